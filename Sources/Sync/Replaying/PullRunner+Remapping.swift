import Adapters
import Certificates
public import Exchanges
public import Journal
import Mapping
public import Registry
public import SQLDatabase

/// What understanding old messages again would do.
public struct RemappingEffect: Hashable, Sendable {
  public var counts = StoreCounts()
  /// Messages that are not a success by adapter and mapping as they are now.
  public var unreadable: [ExchangeID] = []
  /// Everything was followed to its end; else records that come several times may be counted otherwise than they come out.
  public var isExact = true
  /// How often each field would change; places of holders are left out of the path.
  public var fields: [String: Int] = [:]

  public init() {}
}

/// Understands once more what was received, by adapter and mapping as they are now.
public struct Remapper: Sendable {
  fileprivate let runner: PullRunner
  fileprivate let derivation: Derivation

  /// Records stored at once: whoever wants to write meanwhile waits for no more than these.
  private static let portion = 2

  /// Stores what comes out of an exchange, a few records at a time. The exchange stays as it was, and so do the versions of certificates
  /// that rest on it. Broken off, it is gone on with behind what is stored.
  ///
  /// What a drift incident holds is not stored, as long as it does and nobody has accepted it; that is thrown.
  ///
  /// - Parameters:
  ///   - done: records of it that are stored already.
  ///   - part: takes what came of a part, and how many records are stored by then, in the transaction of each part but the last; throws where no
  ///     more is to be stored.
  ///   - keep: writes down that it was done, with what came of the last part, in the transaction of that one.
  public func remap(
    _ exchange: ExchangeID, behind done: Int = 0,
    part: @escaping @Sendable (StoreCounts, _ stored: Int, Transaction) throws -> Void,
    keep: @escaping @Sendable (StoreCounts, Transaction) throws -> Void
  ) async throws {
    let page = try await runner.understand(exchange, derivation, mayBeHeld: false)
    let (registry, database) = (runner.registry, runner.ledger.database)
    var rest = page.prepared.dropFirst(done)
    var stored = done
    // Nobody waits for it, and many may be done in a second.
    while rest.count > Self.portion {
      let some = Array(rest.prefix(Self.portion))
      rest = rest.dropFirst(Self.portion)
      stored += some.count
      let reached = stored
      try await database.writeRegardless(isPatient: true) { transaction in
        try part(try registry.store(some, in: transaction), reached, transaction)
      }
    }
    let last = Array(rest)
    try await database.writeRegardless(isPatient: true) { transaction in
      var counts = try registry.store(last, in: transaction)
      counts.quarantined += try derivation.settleRows(of: page, in: transaction)
      try keep(counts, transaction)
    }
  }
}

extension PullRunner {
  /// Serves for a while: what comes into quarantine later is not looked for.
  ///
  /// - Throws: `TrialError` for a mapping that must not be run yet.
  public func remapper() async throws -> Remapper {
    Remapper(runner: self, derivation: try await derivation())
  }

  /// What a ``Remapper`` would do with these exchanges, one after the other. Nothing is written, not even that the mapping is in use.
  ///
  /// - Parameter found: takes each record that would be new or changed, in the order of the exchanges; false leaves out the rest, which is still counted.
  public func effectOfRemapping(
    _ exchanges: some Sequence<ExchangeID>, found: (RecordDifference) throws -> Bool = { _ in false }
  ) async throws -> RemappingEffect {
    let derivation = preview
    var effect = RemappingEffect()
    let outlook = StoreOutlook()
    var wantsMore = true
    for exchange in exchanges {
      try Task.checkCancellation()
      let page: PullPage
      do {
        page = try await understand(exchange, derivation)
      } catch is AdapterError {
        effect.unreadable.append(exchange)
        continue
      } catch is MappingError {
        effect.unreadable.append(exchange)
        continue
      }
      let registry = registry
      let stored = try await ledger.database.read { reader in
        try registry.effect(of: page.prepared, after: outlook, in: reader)
      }
      effect.counts += stored.counts
      effect.counts.quarantined += page.quarantined.count
      for change in stored.changes {
        let difference = try await difference(change, in: page, derivation)
        for field in difference.kindsOfFields { effect.fields[field, default: 0] += 1 }
        if wantsMore { wantsMore = try found(difference) }
      }
    }
    effect.isExact = outlook.isExact
    return effect
  }

  /// The incidents that hold the operation just now and that nobody has accepted, in words; nil: nothing does.
  public func hold() async throws -> String? {
    try await ledger.incidents.standing(key).map { standing in
      standing.incidents.isEmpty
        ? "drift" : "incident " + standing.incidents.map(\.description).joined(separator: " ")
    }
  }

  /// Whether an exchange was kept from being stored by drift.
  public static func isHeld(_ exchange: ExchangeSummary) -> Bool {
    exchange.outcome == .failed && exchange.problemCode == SyncProblem.held
  }

  /// What nothing is stored by.
  private var preview: Derivation {
    Derivation(
      key: key, mapping: mapping, mappingID: DefinitionID(rawValue: 0), adapterID: DefinitionID(rawValue: 0),
      registry: registry, mayRelease: false)
  }

  private func difference(
    _ change: StoreEffect.Change, in page: PullPage, _ derivation: Derivation
  ) async throws -> RecordDifference {
    let observation = page.prepared[change.index].observation
    let old: CertificateRecord?
    switch change.before {
    case nil: old = nil
    case .stored(let sealed): old = try registry.record(sealed)
    case .previewed(let place):
      // Understood once more, since keeping what each of many thousand certificates would say is no matter of memory.
      let earlier = place.exchange == page.exchange ? page : try await understand(place.exchange, derivation)
      old = earlier.prepared[place.index].observation.record
    }
    return RecordDifference(
      exchange: observation.exchange, locator: observation.locator, entity: page.entities[change.index],
      kind: old == nil ? .appeared : .changed,
      fields: old?.differences(to: observation.record, includingManagement: true) ?? [], old: old,
      new: observation.record, reasons: [])
  }

  /// - Parameter mayBeHeld: also what a drift incident holds.
  fileprivate func understand(
    _ exchange: ExchangeID, _ derivation: Derivation, mayBeHeld: Bool = true
  ) async throws -> PullPage {
    let stored = try await ledger.journal.exchange(exchange)
    if !mayBeHeld, stored.outcome == .failed, stored.problem?.code == SyncProblem.held,
      let standing = try await ledger.incidents.standing(key)
    {
      throw standing
    }
    let answer = try client.open(
      stored.responseBody, status: stored.status ?? 0, of: operation.base)
    let page = PlatformClient.Page(
      exchange: exchange, answer: answer, received: stored.received ?? stored.created,
      bytes: stored.responseBody.count, contentType: nil)
    return try derivation.page(page, progress: PullProgress())
  }
}
