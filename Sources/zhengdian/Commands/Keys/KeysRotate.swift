import Access
import Authorisations
import Calendars
import Changes
import Crypto
import Documents
import Exchanges
import Gateway
import HTTPTransport
import Inbound
import Journal
import Materials
import Notifications
import Permits
import Pushing
import Registry
import Replay
import SQLDatabase
import Supply
import Sync
import Work

/// `keys rotate`: a new column key, and everything under it and the current master key.
enum KeysRotate {
  /// Rows in one transaction: small enough that a break loses seconds of work.
  private static let portion = 2_000
  /// Of pushes, which bring their attachments.
  private static let pushPortion = 50

  /// What a rotation has done.
  private struct Counts: Sendable {
    /// Nil when a rotation that had been broken off was gone on with.
    var newColumnKey: UInt32?
    var records = 0
    var auditRows = 0
    var workItems = 0
    /// Values of pushes: records, messages, attachments, receipts, signatures.
    var pushValues = 0
    /// Values of permit cases: applications, files, the words of entries.
    var permitValues = 0
    /// Forms of applications for electricity, and the verdicts on them.
    var supplyValues = 0
    /// Papers that customers handed in, and what they agreed to.
    var materialValues = 0
    var authorisationValues = 0
    var projects = 0
    var replayEntries = 0
    var pullWords = 0
    /// Who tried mappings and why.
    var mappingTrials = 0
    /// Incidents, with who said what about them, and what is usual of operations.
    var incidents = 0
    /// What was usual of operations and did not open.
    var baselinesGivenUp = 0
    var disagreements = 0
    var messageKeys = 0
  }

  static let command = Command(
    "rotate", "A new column key, and everything under it and the current master key.",
    details: """
      Stop the gateway first: it could not open what is sealed anew. Works in portions that are each
      safe on the disk; broken off, it goes on where it was when run again, and everything can be
      opened at any time. Content of messages is not touched, only the keys it is sealed by.
      """
  ) { invocation in
    let configuration = try SiteFile.read(invocation)
    let ring = try SiteFile.masterKeys(configuration, invocation.environment)
    try DatabaseUsers.requireNone(configuration.database)
    return try await SiteDatabase.use(configuration.database) { database in
      try await SiteDatabase.requireCurrent(database)
      // All must open before anything is changed.
      let inventory = try await KeyInventory(database)
      try inventory.requireMasterKeys(ring)
      let counts = try await rotate(database, ring, inventory, invocation.errors)
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("masterKey", ring.currentID)
          $0.member("newColumnKey", counts.newColumnKey)
          $0.member("records", counts.records)
          $0.member("auditRows", counts.auditRows)
          $0.member("workItems", counts.workItems)
          $0.member("pushValues", counts.pushValues)
          $0.member("permitValues", counts.permitValues)
          $0.member("supplyValues", counts.supplyValues)
          $0.member("materialValues", counts.materialValues)
          $0.member("authorisationValues", counts.authorisationValues)
          $0.member("projects", counts.projects)
          $0.member("replayEntries", counts.replayEntries)
          $0.member("pullWords", counts.pullWords)
          $0.member("mappingTrials", counts.mappingTrials)
          $0.member("incidents", counts.incidents)
          $0.member("baselinesGivenUp", counts.baselinesGivenUp)
          $0.member("disagreements", counts.disagreements)
          $0.member("messageKeys", counts.messageKeys)
        }
      } else {
        invocation.output.line(
          "everything is under the master key '\(ring.currentID)'"
            + (counts.newColumnKey.map { " and the new column key \($0)" }
              ?? "; an earlier rotation is finished")
            + ": \(counts.records) records, \(counts.auditRows) rows of the audit, \(counts.workItems) items of work, "
            + "\(counts.pushValues) values of pushes, \(counts.permitValues) values of permits, \(counts.supplyValues) values of applications, \(counts.materialValues) of materials, \(counts.authorisationValues) of authorisations, \(counts.projects) projects, \(counts.replayEntries) entries of replays, \(counts.mappingTrials) trials, "
            + "\(counts.incidents) incidents, \(counts.disagreements) disagreements and \(counts.messageKeys) message keys changed"
        )
      }
      return try await Erasure.emptyLog(
        of: database, invocation,
        remedy:
          "the rotation is whole, and another would not help: end what uses the database, and run 'zhengdian database compact', which leaves no log"
      )
    }
  }

  private static func rotate(
    _ database: Database, _ ring: KeyRing, _ inventory: KeyInventory, _ errors: Output
  ) async throws -> Counts {
    var counts = Counts()
    var keys = try await RegistryKeys.open(database, ring: ring)
    if try await isUnfinished(Sealed(database, keys), ring, inventory, errors) {
      errors.line("a rotation was broken off; going on with its column key \(keys.sealer.currentKeyID)")
    } else {
      keys = try await RegistryKeys.rotate(database, ring: ring)
      counts.newColumnKey = keys.sealer.currentKeyID
    }
    try await RegistryKeys.rewrap(database, ring: ring)

    // The records come behind everything else that column keys seal, and the messages behind the records: see `isUnfinished`.
    let sealed = Sealed(database, keys)
    try await resealWork(sealed, &counts, errors)
    let audit = AccessAudit(database: database, keys: keys)
    counts.auditRows = try await inPortions("rows of the audit", errors) { position in
      let step = try await audit.resealOutdated(after: position, limit: portion)
      return (step.next, step.resealed)
    }
    let trials = MappingTrials(database: database, sealer: keys.sealer)
    counts.mappingTrials = try await inPortions("trials of mappings", errors) { position in
      let step = try await trials.resealOutdated(after: position, limit: portion)
      return (step.next, step.resealed)
    }
    let incidents = try await IncidentLedger(database: database, keys: keys).resealOutdated()
    (counts.incidents, counts.baselinesGivenUp) = (incidents.resealed, incidents.givenUp.count)
    for key in incidents.givenUp {
      errors.line("what is usual of \(key) does not open: it is given up and learned anew")
    }
    for id in incidents.unopened {
      errors.line("a place of incident \(id) does not open: it stays as it is")
    }
    counts.disagreements = try await sealed.registry.resealDisagreements()
    _ = try await Subscriptions(
      feed: ChangeFeed(database: database), queue: sealed.queue, sealer: keys.sealer,
      destinations: .unrestricted(), visible: { _ in nil }
    ).resealOutdated()
    let sealer = keys.sealer
    _ = try await inPortions("answers to platforms", errors) { position in
      let step = try await InboundDesk.resealOutdated(database, sealer, after: position, limit: portion)
      return (step.next, step.resealed)
    }
    counts.records = try await inPortions("records", errors) { position in
      let step = try await sealed.registry.resealOutdated(after: position, limit: portion)
      return (step.next, step.resealed)
    }
    let journal = Journal(database: database, keys: ring)
    try await journal.rewrapSigningKeys()
    counts.messageKeys = try await inPortions("message keys", errors) { position in
      let step = try await journal.rewrapKeys(after: ExchangeID(position), limit: portion)
      return (step.next?.rawValue, step.rewrapped)
    }
    return counts
  }

  /// What column keys seal besides the audit.
  private struct Sealed: Sendable {
    let registry: Registry
    let queue: WorkQueue
    let pushes: Pushes
    let permits: Permits
    let supply: SupplyStore
    let materials: Materials
    let authorisations: Authorisations
    let reserve: ReserveStore
    let replays: Replays
    let ledger: SyncLedger

    init(_ database: Database, _ keys: RegistryKeys) {
      // Nothing is signed, called or decided here, so the journal and the rules of replays do not matter.
      let journal = Journal(database: database, keys: .ephemeral())
      registry = Registry(database: database, keys: keys)
      queue = WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner())
      pushes = Pushes(database: database, journal: journal, queue: queue, keys: keys)
      permits = Permits(database: database, keys: keys, queue: queue, calendar: .china)
      supply = SupplyStore(database: database, keys: keys)
      materials = Materials(database: database, keys: keys)
      authorisations = Authorisations(database: database, keys: keys)
      reserve = ReserveStore(database: database, keys: keys, changes: ChangeFeed(database: database))
      replays = Replays(pushes: pushes, keys: keys, needsApproval: false)
      ledger = SyncLedger(database: database, journal: journal, keys: keys)
    }
  }

  private static func resealWork(_ sealed: Sealed, _ counts: inout Counts, _ errors: Output) async throws {
    counts.pullWords = try await sealed.ledger.resealOutdated()
    counts.workItems = try await inPortions("items of work", errors) { position in
      let step = try await sealed.queue.resealOutdated(after: position, limit: portion)
      return (step.next, step.resealed)
    }
    counts.replayEntries = try await inPortions("entries of replays", errors) { position in
      let step = try await sealed.replays.resealOutdated(after: position, limit: portion)
      return (step.next, step.resealed)
    }
    counts.pushValues = try await inPortions("values of pushes", errors) { position in
      let step = try await sealed.pushes.resealOutdated(after: position, limit: pushPortion)
      return (step.next, step.resealed)
    }
    counts.permitValues = try await inPortions("values of permits", errors) { position in
      let step = try await sealed.permits.resealOutdated(after: position, limit: pushPortion)
      return (step.next, step.resealed)
    }
    counts.supplyValues = try await inPortions("values of applications", errors) { position in
      let step = try await sealed.supply.resealOutdated(after: position, limit: pushPortion)
      return (step.next, step.resealed)
    }
    counts.materialValues = try await inPortions("values of materials", errors) { position in
      let step = try await sealed.materials.resealOutdated(after: position, limit: pushPortion)
      return (step.next, step.resealed)
    }
    counts.authorisationValues = try await inPortions("values of authorisations", errors) { position in
      let step = try await sealed.authorisations.resealOutdated(after: position, limit: portion)
      return (step.next, step.resealed)
    }
    counts.projects = try await inPortions("projects", errors) { position in
      let step = try await sealed.reserve.resealOutdated(after: position, limit: portion)
      return (step.next, step.resealed)
    }
  }

  private static func outdatedWork(_ sealed: Sealed, _ errors: Output) async throws -> Int {
    var outdated = try await sealed.ledger.countOutdated()
    for step: @Sendable (Int64) async throws -> (next: Int64?, outdated: Int) in [
      { try await sealed.queue.countOutdated(after: $0, limit: portion) },
      { try await sealed.replays.countOutdated(after: $0, limit: portion) },
      { try await sealed.pushes.countOutdated(after: $0, limit: pushPortion) },
      { try await sealed.permits.countOutdated(after: $0, limit: pushPortion) },
      { try await sealed.supply.countOutdated(after: $0, limit: pushPortion) },
      { try await sealed.materials.countOutdated(after: $0, limit: pushPortion) },
      { try await sealed.authorisations.countOutdated(after: $0, limit: portion) },
      { try await sealed.reserve.countOutdated(after: $0, limit: portion) },
    ] where outdated == 0 {
      outdated = try await inPortions("looked at", errors, isSilent: true) { position in
        let found = try await step(position)
        return (found.outdated > 0 ? nil : found.next, found.outdated)
      }
    }
    return outdated
  }

  /// Whether a rotation was broken off: an older column key still seals something, or the column keys are already under
  /// the current master key and message keys are not.
  private static func isUnfinished(
    _ sealed: Sealed, _ ring: KeyRing, _ inventory: KeyInventory, _ errors: Output
  ) async throws -> Bool {
    let isRewrapped = inventory.columns.allSatisfy { $0.masterKeyID == ring.currentID }
    if isRewrapped, inventory.messages.keys.contains(where: { $0 != ring.currentID }) { return true }
    let outdated = try await inPortions("looked at", errors, isSilent: true) { position in
      let step = try await sealed.registry.countOutdated(after: position, limit: portion)
      return (step.outdated > 0 ? nil : step.next, step.outdated)
    }
    if outdated > 0 { return true }
    return try await outdatedWork(sealed, errors) > 0
  }

  /// Runs `step` from position 0 until it has no next one, and gives the sum of what it did.
  private static func inPortions(
    _ title: String, _ errors: Output, isSilent: Bool = false,
    _ step: (Int64) async throws -> (next: Int64?, done: Int)
  ) async throws -> Int {
    let progress = isSilent ? nil : ProgressBar(title, on: errors)
    var total = 0
    var position: Int64? = 0
    while let start = position {
      let result = try await step(start)
      total += result.done
      progress?.advance(by: result.done)
      position = result.next
    }
    progress?.finish()
    return total
  }
}
