import Applications
import Authorisations
public import Calendars
import Certificates
public import CivilTime
import Documents
import Exchanges
import Journal
import Materials
import Policies
public import Registry
public import SQLDatabase
import Work

/// Notes that customers are connected, has their archives looked through in time, and makes packages of them.
public struct SupplyArchivist: Sendable {
  /// Finds the permit cases of a number, and of a project where there is one, by the keyed digest of its code; with the content of their files
  /// where that is asked for.
  public typealias CaseFinder =
    @Sendable (_ number: String, _ project: [UInt8]?, _ withFiles: Bool) async throws -> [ArchivedCase]

  /// 归档: how long the archive may take to be whole, where no policy of the region says so.
  public static let usualLimit = ClockRule(
    limit: .days(1, .working), starts: [connectedEvent], ends: [archivedEvent])
  /// As the rules of `process` call the step and what begins and ends it.
  static let step = "archive"
  private static let connectedEvent = "connected"
  private static let archivedEvent = "archived"

  let desk: SupplyDesk
  let following: SupplyFollowing
  private let calendar: WorkCalendar
  private let prover: any Prover
  private let cases: CaseFinder

  public init(
    _ desk: SupplyDesk, _ following: SupplyFollowing, calendar: WorkCalendar, prover: any Prover,
    cases: @escaping CaseFinder
  ) {
    self.desk = desk
    self.following = following
    self.calendar = calendar
    self.prover = prover
    self.cases = cases
  }

  /// Notes that the customer has electricity, and has the archive looked through. The same once more is one note.
  ///
  /// - Parameters:
  ///   - contracts: the utility's own numbers of its contracts.
  ///   - recording: called in the same transaction.
  /// - Throws: `SupplyError`: `notFound`, `erased`, `unfit` for a moment to come or a number that is none.
  public func connected(
    _ id: SupplyApplicationID, at moment: Timestamp, contracts: [String], now: Timestamp,
    recording: @escaping @Sendable (Transaction) throws -> Void = { _ in }
  ) async throws -> ArchiveStanding {
    try SupplyConnection.require(contracts)
    guard moment <= now else {
      throw SupplyError(.unfit, "at: lies ahead", remedy: "note it when the customer has electricity")
    }
    let (store, following) = (desk.store, following)
    // What it rests on is looked at once more; what an earlier note of the moment rests on stays.
    if try await store.archiveStanding(id)?.connection.connected != moment {
      try await desk.refresh(id, at: now)
    }
    let verdicts = try await store.verdicts(id, upTo: nil)
    let forms = try await store.applications(id, requestID: "archive-\(id)").map(\.form)
    guard let form = forms.last else { throw SupplyStore.erased(id) }
    let due = deadline(of: form.supply, connected: moment)
    let requirements = try await requirements(of: verdicts, isPinned: false, at: now)
    let isMet = try unjudged(forms, verdicts).isEmpty && requirements.allSatisfy(\.isMet)
    let latest = ArchivePin(
      verdict: verdicts[verdicts.count - 1].version, line: SupplyLine(forms, desk.policies, store.keys))
    return try await store.database.write { transaction in
      let (connection, isNew) = try store.connect(
        id, at: moment, contracts: contracts, due: due, pin: isMet ? latest : nil, in: transaction, now: now)
      try recording(transaction)
      if isNew {
        try following.archive(id, connection, in: transaction, now: now)
        // What is known may only be too old.
        if !isMet {
          try following.follow(id, because: "connected \(connection.id)", in: transaction, now: now)
        }
      }
      guard let standing = try store.archive(id, transaction)?.standing else {
        throw SupplyError.unreadable("the archive of application \(id)")
      }
      return standing
    }
  }

  /// The first moment that is too late, by the region's policy of that day, else by ``usualLimit``; nil where a calendar is missing.
  func deadline(of supply: SupplyCase, connected moment: Timestamp) -> Timestamp? {
    let civil = moment.civil(offsetSeconds: UTCOffset.china)
    let limits = desk.policies.process(forRegion: supply.region, supply.facts, on: civil.date)
    let rule = limits?[Self.step]?.ruling?.rule.outcome.rule ?? Self.usualLimit
    let event = ClockEvent(id: "1", name: Self.connectedEvent, happened: civil, learned: moment)
    let reading = Clock(rule: rule, calendar: calendar).reading(of: [event], at: civil)
    guard case .at(let due) = reading.due else { return nil }
    return due.timestamp(offsetSeconds: UTCOffset.china)
  }

  /// What belongs into the archive, and what is missing: of the verdicts on which the connection rests, with certificates in the versions that they saw, of the line
  /// as the forms told of it then, and without what was revoked, taken back or erased since. As long as the verdicts do not meet everything each step is judged anew
  /// first, by what is known.
  ///
  /// - Throws: `SupplyError`: `notFound`, `erased`.
  public func contents(
    of id: SupplyApplicationID, withFiles: Bool = false, at now: Timestamp
  ) async throws -> ArchiveContents {
    let store = desk.store
    let pinned = try await store.database.read { try store.pinned(id, $0) }
    if pinned == nil { try await desk.refresh(id, at: now) }
    let verdicts = try await store.verdicts(id, upTo: pinned?.verdict)
    let forms = try await store.applications(id, requestID: "archive-\(id)").map(\.form)
    guard !verdicts.isEmpty, let form = forms.last else { throw SupplyStore.erased(id) }
    let standing = try await desk.store.archiveStanding(id)
    let line = pinned?.line ?? SupplyLine(forms, desk.policies, store.keys)
    let cases = try await cases(of: id, form.number, line, withFiles)
    var missing: [ArchivePart] = []
    if standing == nil { missing.append(.connection) }
    if standing?.connection.contracts.isEmpty != false { missing.append(.contract) }
    let requirements = try await requirements(of: verdicts, isPinned: pinned != nil, at: now)
    missing += requirements.filter { !$0.isMet }.map { .requirement($0.name) }
    let unjudged = pinned == nil ? try unjudged(forms, verdicts) : []
    missing += unjudged.map { .stage($0) }
    if cases.isEmpty, line.permits == .needed { missing.append(.permits) }
    var certificates: [ArchiveContents.Paper] = []
    var looked: Set<CertificateID> = []
    let allowed = try await allowance(of: requirements, form.supply)
    let proofs = requirements.compactMap { one in one.certificate.map { ($0, one.version, allowed(one)) } }
    let decisions = cases.flatMap(\.certificates).map { ($0, Int?.none, true) }
    for (certificate, version, isAllowed) in proofs + decisions where looked.insert(certificate).inserted {
      guard isAllowed else {
        missing.append(.revoked(certificate))
        continue
      }
      switch try await paper(certificate, version: version) {
      case .there(let paper, let lack):
        certificates.append(paper)
        missing += [lack].compactMap(\.self)
      case .gone: missing.append(.certificate(certificate))
      }
    }
    for found in cases {
      missing += found.items.filter { !$0.isPermitted }.map { .permit(case: found.number, item: $0.item) }
    }
    let (materials, lacks) = try await materials(requirements, form.supply.materials, withFiles)
    return ArchiveContents(
      id: id, region: form.supply.region, verdicts: verdicts, requirements: requirements,
      isJudged: unjudged.isEmpty, line: line, materials: materials, standing: standing,
      certificates: certificates, cases: cases, missing: missing + lacks)
  }

  /// The permit cases of an application among those of its number and of its project.
  private func cases(
    of id: SupplyApplicationID, _ number: String, _ line: SupplyLine, _ withFiles: Bool
  ) async throws -> [ArchivedCase] {
    let found = try await cases(number, line.project, withFiles)
    let store = desk.store
    return try await store.database.read { reader in
      let own = OrderCases(
        numbers: try store.numbers(ofOrderWith: id, reader).union([number]), permits: line.permits,
        until: try store.casesUntil(id, reader))
      let numbered = try store.came(withNumbers: found.map(\.number), reader)
      return found.filter {
        own.include($0.number, opened: $0.opened, numbered: numbered[$0.number])
      }
    }
  }

  /// The steps that the region's policy has for such an application, by the form of the application itself, and on which there is no verdict.
  private func unjudged(_ forms: [SupplyForm], _ verdicts: [KeptVerdict]) throws -> [String] {
    guard let form = forms.first(where: { $0.step == SupplyStep.application }) ?? forms.last else {
      return []
    }
    let supply = form.supply
    let later = desk.policies.stages(forRegion: supply.region, supply.facts, on: supply.day)
    let judged = Set(try verdicts.map { try $0.step })
    return SupplyStep.judged.filter {
      ($0 == SupplyStep.application || later.contains($0)) && !judged.contains($0)
    }
  }

  /// Whether the certificate of a requirement may be handed over: a person's, where an authorisation by which it was looked up was not revoked since, nor erased
  /// while it held. That one has ended meanwhile takes nothing out, and neither does that it was removed behind its end.
  private func allowance(
    of requirements: [ArchiveContents.Requirement], _ supply: SupplyCase
  ) async throws -> (ArchiveContents.Requirement) -> Bool {
    var holding: [AuthorisationID: Authorisation] = [:]
    for id in Set(requirements.flatMap(\.authorisations)) {
      let kept = try await desk.counter.authorisations.authorisation(id)
      let isErased = kept.erased.map { erased in kept.until.map { erased < $0 } ?? true } ?? false
      if kept.revoked == nil, !isErased { holding[id] = kept }
    }
    let held = holding
    return { one in
      guard let kind = one.kind else { return true }
      let party = SupplyRequirement(rawValue: one.name).flatMap { supply.party($0.party) }
      guard one.isRepresentatives || kind.isPersonal(holderIsPerson: party?.isPerson ?? true) else {
        return true
      }
      return one.authorisations.compactMap { held[$0] }.contains { $0.kinds?.contains(kind) ?? true }
    }
  }

  /// What each step asked for. Of what a connection rests on nothing is judged anew: what was taken back since is left out by itself.
  private func requirements(
    of verdicts: [KeptVerdict], isPinned: Bool, at now: Timestamp
  ) async throws -> [ArchiveContents.Requirement] {
    let counter = desk.counter
    return try await ArchiveContents.requirements(of: verdicts) { kept in
      if isPinned { true } else { try await counter.holds(kept, at: now) }
    }
  }

  /// What the verdict rests on and was not taken back since, and what the form names besides.
  private func materials(
    _ requirements: [ArchiveContents.Requirement], _ named: [SupplyMaterial], _ withFiles: Bool
  ) async throws -> (files: [ArchivedCase.File], lacks: [ArchivePart]) {
    var (files, lacks) = ([ArchivedCase.File](), [ArchivePart]())
    for material in requirements.compactMap(\.material) {
      var file: Applications.Attachment?
      if let kept = material.kept {
        switch try await self.file(of: kept, withFiles) {
        case .there(let found): file = found
        case .withdrawn:
          lacks.append(.withdrawn(material.code))
          continue
        case .erased:
          lacks.append(.erased(material.code))
          continue
        }
      }
      files.append(
        ArchivedCase.File(
          code: material.code, sm3: material.sm3, mediaType: file?.mediaType ?? "", bytes: file?.bytes))
    }
    for material in named where !files.contains(where: { $0.code == material.code && $0.sm3 == material.sm3 })
    {
      files.append(
        ArchivedCase.File(code: material.code, sm3: material.sm3, mediaType: "", bytes: nil))
    }
    return (files, lacks)
  }

  private enum Kept {
    /// nil: it was not asked for.
    case there(Applications.Attachment?)
    case withdrawn
    case erased
  }

  private func file(of id: MaterialID, _ isWanted: Bool) async throws -> Kept {
    let material = try await desk.counter.materials.material(id)
    guard material.erased == nil else { return .erased }
    guard material.withdrawn == nil else { return .withdrawn }
    guard isWanted else { return .there(nil) }
    do {
      return .there(try await desk.counter.materials.file(of: id))
    } catch let error as MaterialError where error.code == .erased {
      return .erased
    }
  }

  private enum Found {
    case there(ArchiveContents.Paper, lack: ArchivePart?)
    case gone
  }

  /// - Parameter version: that is wanted; nil: the present one.
  private func paper(_ id: CertificateID, version: Int?) async throws -> Found {
    guard let certificate = try await desk.registry.certificate(id),
      let evidence = try await desk.registry.evidence(for: id)
    else { return .gone }
    if let version, version != certificate.version {
      return try await paper(id, before: certificate.version, version)
    }
    let isKept = try await desk.journal.summary(evidence.exchange) != nil
    var proof = ArchiveContents.Proof.none("the exchange is not in the journal any more")
    var lack: ArchivePart? = isKept ? nil : .exchange(id)
    if isKept {
      do {
        let found = try await prover.prove(id)
        proof = .derived(found)
        if !found.holds { lack = .proof(id) }
      } catch let error as RegistryError where error.code == .unprovable {
        // A decision of a permit is made of its case; what the platform said is in the journal all the same.
        proof = .none(error.message)
      } catch let error as JournalError where [.notFound, .erased].contains(error.code) {
        proof = .none("what was said in the exchange was erased")
        lack = .exchange(id)
      }
    }
    return .there(
      ArchiveContents.Paper(
        id: id, record: certificate.record, version: certificate.version, platform: certificate.platform,
        changed: certificate.changed, seen: certificate.seen, evidence: evidence, proof: proof,
        isExchangeKept: isKept), lack: lack)
  }

  /// A version that another one followed.
  private func paper(_ id: CertificateID, before present: Int, _ version: Int) async throws -> Found {
    let history = try await desk.registry.observations(of: id)
    guard let said = history.last(where: { $0.version == version }) else { return .gone }
    let isKept = try await desk.journal.summary(said.exchange) != nil
    return .there(
      ArchiveContents.Paper(
        id: id, record: said.record, version: version, platform: said.platform, changed: said.received,
        seen: said.lastSeen, evidence: said,
        proof: .none("the certificate has version \(present) by now; only that is derived again"),
        isExchangeKept: isKept), lack: isKept ? nil : .exchange(id))
  }
}
