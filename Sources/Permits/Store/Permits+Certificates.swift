import Applications
import Calendars
import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
import Journal
import Pushing
import Registry
import SQLDatabase

/// Decisions become certificates, in the transaction of the entry that brings them.
extension Permits {
  /// In place of a mapping: what a decision's certificate is made of stands in the case, beside the exchange.
  public static let decisionMapping = "permits/decision"

  /// Keeps the certificates of an attempt: of the number under which it is allowed, or was, and of every number that was told before and
  /// holds no more. Without a number of the decision there is none.
  ///
  /// - Parameters:
  ///   - told: where it was said what the attempt's state is since.
  ///   - isThorough: as in ``approvals(of:isThorough:_:)``.
  func keepCertificates(
    of attempt: PermitItemAttempt, in permitCase: PermitCase, _ state: PermitState,
    told: PermitEvidence? = nil, isThorough: Bool = false, in transaction: Transaction, now: Timestamp
  ) throws {
    guard permitCase.erased == nil else {
      return try keepErasedCertificate(
        of: attempt, in: permitCase, state, told: told, in: transaction, now: now)
    }
    guard let registry else { return }
    let approvals = try approvals(of: attempt.id, isThorough: isThorough, transaction)
    guard !approvals.isEmpty else { return }
    let sealed = try transaction.first(
      "SELECT application FROM permit_case WHERE id = ?1", .int(permitCase.id.rawValue)
    ) { $0.blob(0) }
    guard let sealed else { throw PermitError.unreadable("permit case \(permitCase.id)") }
    let application = try ApplicationRecord(
      decoding: try keys.sealer.open(sealed, context: Self.context(permitCase.number, "application")))
    let mapping = try registry.define(
      .mapping, name: Self.decisionMapping, version: 1, content: Array("permit-decision/1".utf8),
      in: transaction,
      at: now)
    guard let locator = RecordLocator(path: "$") else { preconditionFailure("the root is a place") }
    let current = Self.hasCertificate(state) ? approvals.lastIndex(where: \.holds) : nil
    let elsewhere = try numbersAllowed(besides: attempt, in: permitCase, transaction)
    var observations: [String: Observation] = [:]
    for (place, approval) in zip(approvals.indices, approvals) {
      guard let evidence = approval.evidence else { continue }
      let standing = Self.standing(holds: approval.holds, isCurrent: place == current, state)
      let record = Self.record(application, permitCase, attempt.item, state, standing, approval, evidence)
      // The same number may have been told more than once: the last of them counts.
      guard let identity = record.identity else { continue }
      observations[identity.text] = nil
      if place != current {
        let known = try registry.record(of: identity, in: transaction)
        // What another case or attempt says of its number is not this one's to say.
        guard let known, Self.caseNumber(known) == permitCase.number, known.state != record.state,
          !elsewhere.contains(identity.text)
        else { continue }
        if let other = try said(
          of: identity, under: approval.number, besides: permitCase, attempt.item, registry, transaction)
        {
          // It was entered here by mistake: the word of the case that has it counts again.
          observations[identity.text] = Observation(
            platform: evidence.platform, record: other.record, exchange: other.exchange,
            locator: other.locator, mapping: other.mapping, adapter: other.adapter, received: now)
          continue
        }
      }
      let told = try teller(of: state, attempt.id, at: evidence.platform, transaction) ?? evidence
      observations[identity.text] = Observation(
        platform: evidence.platform, record: record, exchange: told.exchange, locator: locator,
        mapping: mapping, adapter: told.adapter, received: now)
    }
    let kept = observations.sorted { $0.key < $1.key }.map(\.value)
    _ = try registry.store(try registry.prepare(kept), in: transaction, now: now)
  }

  /// What another case said last of a number under which it is allowed still; nil where there is none.
  private func said(
    of identity: RecordIdentity, under number: String, besides permitCase: PermitCase, _ item: PermitItem,
    _ registry: Registry, _ reader: Reader
  ) throws -> StoredObservation? {
    var heard: Set<String> = []
    for one in try registry.observations(of: identity, in: reader).reversed() {
      guard let other = Self.caseNumber(one.record), other != permitCase.number, heard.insert(other).inserted,
        one.record.state == .valid, try isAllowed(item, under: number, inCase: other, reader)
      else { continue }
      return one
    }
    return nil
  }

  private func isAllowed(
    _ item: PermitItem, under number: String, inCase other: String, _ reader: Reader
  ) throws -> Bool {
    let attempts = try reader.query(
      """
      SELECT item.id, item.state, parent.erased FROM permit_item AS item
      JOIN permit_case AS parent ON parent.id = item.permit_case WHERE parent.number = ?1 AND item.item = ?2
      """, .text(other), .text(item.rawValue)
    ) { row in
      (
        id: PermitItemID(rawValue: row.int(0)), state: row.textOrNull(1).flatMap(PermitState.init),
        isErased: !row.isNull(2)
      )
    }
    return try attempts.contains { attempt in
      guard attempt.state == .approved || attempt.state == .approvedDeferred else { return false }
      // Its numbers are destroyed with the rest, and nobody takes one back any more.
      return try attempt.isErased
        || approvals(of: attempt.id, reader).last(where: \.holds)?.number == number
    }
  }

  /// Under which numbers the other attempts at an item are allowed, as their certificates are identified.
  private func numbersAllowed(
    besides attempt: PermitItemAttempt, in permitCase: PermitCase, _ reader: Reader
  ) throws -> Set<String> {
    let others = try reader.query(
      "SELECT id, state FROM permit_item WHERE permit_case = ?1 AND item = ?2 AND id <> ?3",
      .int(permitCase.id.rawValue), .text(attempt.item.rawValue), .int(attempt.id.rawValue)
    ) { (id: PermitItemID(rawValue: $0.int(0)), state: $0.textOrNull(1).flatMap(PermitState.init)) }
    var identities: Set<String> = []
    for (id, state) in others {
      guard let state, state == .approved || state == .approvedDeferred,
        let approval = try approvals(of: id, reader).last(where: \.holds), approval.evidence != nil,
        let identity = Self.identity(of: approval.number, attempt.item, in: permitCase.region)
      else { continue }
      identities.insert(identity.text)
    }
    return identities
  }

  static func hasCertificate(_ state: PermitState) -> Bool {
    switch state {
    case .approved, .approvedDeferred, .recalled, .revoked: true
    default: false
    }
  }

  /// What somebody has to look at of an attempt in a state, by all that is entered of it.
  func doubts(
    of item: PermitItemAttempt, in permitCase: PermitCase, _ state: PermitState, _ reader: Reader
  ) throws -> Set<PermitDoubt> {
    var doubts: Set<PermitDoubt> = []
    if state == .approvedDeferred { doubts = item.doubts.intersection([.deferralOver]) }
    if item.doubts.contains(.takenAfterAll), try !events(of: item.id, reader).tellTaken {
      doubts.insert(.takenAfterAll)
    }
    let doubtful = try reader.int(
      """
      SELECT count(*) FROM permit_event WHERE item = ?1 AND said IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM permit_event AS other WHERE other.retracts = permit_event.id)
      """, .int(item.id.rawValue))
    if doubtful > 0 { doubts.insert(.moment) }
    // The numbers of what was erased are destroyed.
    if state == .approved || state == .approvedDeferred, permitCase.erased == nil,
      try !approvals(of: item.id, reader).contains(where: \.holds)
    {
      doubts.insert(.unnumbered)
    }
    return doubts
  }

  /// The entry that stands in for a decision without a number when a platform tells the number afterwards, or for one under a number that
  /// the platform had told and tells otherwise now; nil where nothing of that is news. What a person has entered stands. When it happened
  /// stays as it was entered.
  ///
  /// - Parameter isLatest: the platform has told nothing of a later moment.
  func numbered(
    _ event: PermitEvent, _ number: String?, of item: PermitItemAttempt, isLatest: Bool, reference: String,
    source: PermitEntry.Source, evidence: PermitEvidence?, _ reader: Reader
  ) throws -> PermitEntry? {
    guard let number, Self.allows(event.rawValue), item.state == .approved || item.state == .approvedDeferred
    else { return nil }
    let known = try events(of: item.id, reader).known()
    guard let entered = known.last(where: { $0.name == event.rawValue }), let id = Int64(entered.id) else {
      return nil
    }
    if !item.doubts.contains(.unnumbered) {
      let own = try words(of: item.id, reader)[entered.id]?.decision
      let teller = try reader.first("SELECT source FROM permit_event WHERE id = ?1", .int(id)) { $0.text(0) }
      // What has no number of its own, as an approval behind 容缺, is under the one before.
      let before = try own ?? approvals(of: item.id, reader).last(where: \.holds)?.number
      guard isLatest, own == nil || teller != PermitEntry.Source.person.rawValue, let before, before != number
      else { return nil }
    }
    return PermitEntry(
      event, happened: entered.happened, source: source, reference: reference, retracts: id,
      decision: number, evidence: evidence)
  }

  /// In place of a manifest, where a person has entered a decision: what it says is in the journal as it was entered.
  private static let entryAdapter = "permits/entry"

  /// Of a site that has handed nothing in: the decision came on paper.
  static let onPaper = "paper"

  /// Puts the decision that a person enters into the journal, so that its certificate rests on something. It counts as said by the
  /// window that has the item, whose own word takes its place when it comes.
  func evidence(
    of entry: PermitEntry, about item: PermitItemAttempt, in transaction: Transaction, now: Timestamp
  ) throws -> PermitEvidence? {
    guard let journal else { return nil }
    let permitCase = try load(item.permitCase, transaction)
    let platform = try item.push.flatMap { try Pushes.push(PushID($0), in: transaction)?.platform }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("case", permitCase.number)
      writer.member("item", item.item.rawValue)
      writer.member("attempt", item.attempt)
      writer.member("event", entry.name)
      writer.member("happened", entry.happened.description)
      writer.member("decision", entry.decision)
      writer.member("by", entry.signOff?.name)
      writer.member("reason", entry.signOff?.reason)
    }
    let exchange = Exchange(
      platform: platform ?? Self.onPaper, operation: "permit-entry", direction: .inbound, method: "ENTER",
      address: "permit-case/\(permitCase.id)", requestBody: writer.takeBytes(), created: now, received: now,
      outcome: .succeeded, requestID: "")
    let id = try journal.insert(journal.prepare(exchange), in: transaction, now: now)
    return PermitEvidence(
      platform: exchange.platform, exchange: id, adapter: Self.entryAdapter,
      bundle: Array("permit-entry/1".utf8))
  }

  private static func record(
    _ application: ApplicationRecord, _ permitCase: PermitCase, _ item: PermitItem, _ state: PermitState,
    _ standing: (state: CertificateState, title: String), _ approval: Approval, _ evidence: Approval.Evidence
  ) -> CertificateRecord {
    let kind = kind(of: item)
    var record = CertificateRecord(kind: kind)
    func given(_ path: String) -> FieldValue? {
      application.values.value(at: path)?.text.map { .text($0) }
    }
    record.set("basic.number", .text(approval.number))
    record.set("basic.name", .text(kind.title))
    record.set("basic.areaCode", .text(permitCase.region))
    record.set("basic.issuedDate", .date(approval.happened.date))
    record.set("basic.state", .text(standing.state.rawValue))
    record.set("basic.stateText", .text(standing.title))
    record.set("specific.projectCode", given("projectCode"))
    record.set("specific.projectName", given("projectName"))
    record.set("specific.itemCode", .text(item.rawValue))
    record.set("specific.caseNumber", .text(permitCase.number))
    record.set("specific.caseState", .text(state.title))
    record.set("specific.decisionNumber", .text(approval.number))
    record.set("specific.decisionDate", .date(approval.happened.date))
    record.set("management.sourceSystem", .text(evidence.platform))
    var holder = FieldValues()
    for (field, path) in [
      (Field.holderName, "applicant.name"), (.holderCode, "applicant.code"),
      (.holderCodeType, "applicant.codeType"),
    ] { holder[field] = given(path) }
    if !holder.isEmpty { record.holders = [holder] }
    return record
  }

  static func caseNumber(_ record: CertificateRecord) -> String? {
    FieldSchema.field(path: "specific.caseNumber", kind: record.kind).flatMap { record[$0]?.displayText }
  }

  static func kind(of item: PermitItem) -> CertificateKind {
    switch item {
    case .routePlanning: .constructionPlanningPermit
    case .roadOccupation, .roadDigging: .roadPermit
    case .greening: .greeningPermit
    }
  }

  /// What a number is worth in a state of its attempt.
  ///
  /// - Parameter holds: the approval under it was not taken back, and fits.
  static func standing(
    holds: Bool, isCurrent: Bool, _ state: PermitState
  ) -> (state: CertificateState, title: String) {
    switch state {
    case .approved, .approvedDeferred:
      if isCurrent { return (.valid, state.title) }
    // 撤销
    case .revoked: if holds { return (.withdrawn, state.title) }
    // What is taken back is struck off (行政许可法 第七十条).
    case .recalled: if holds { return (.cancelled, state.title) }
    default: break
    }
    // Another decision has taken its place, or it was entered wrongly.
    return (.other, holds ? "已被取代" : "已更正")
  }
}
