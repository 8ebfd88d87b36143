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

  /// Where a decision was told, as it is kept with the entry.
  struct Decided {
    let number: String
    let platform: String
    let exchange: ExchangeID
    let adapter: DefinitionID
    let happened: CivilDateTime
  }

  /// Keeps the certificate of an attempt whose state is, or was, that of a permit. Without a number of the decision there is none.
  func keepCertificate(
    of attempt: PermitItemAttempt, _ state: PermitState, in transaction: Transaction, now: Timestamp
  ) throws {
    guard let registry, Self.hasCertificate(state) || attempt.state.map(Self.hasCertificate) == true,
      let decided = try decided(attempt.id, transaction)
    else { return }
    let permitCase = try load(attempt.permitCase, transaction)
    // Its certificate stands as it was.
    guard permitCase.erased == nil else { return }
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
    let observation = Observation(
      platform: decided.platform,
      record: Self.record(application, permitCase, attempt.item, state, decided), exchange: decided.exchange,
      locator: locator, mapping: mapping, adapter: decided.adapter, received: now)
    _ = try registry.store(try registry.prepare([observation]), in: transaction, now: now)
  }

  private static func hasCertificate(_ state: PermitState) -> Bool {
    switch state {
    case .approved, .approvedDeferred, .recalled, .revoked: true
    default: false
    }
  }

  /// The latest decision that was given a number, also when its entry was taken back since.
  private func decided(_ id: PermitItemID, _ reader: Reader) throws -> Decided? {
    for said in try words(of: id, reader).reversed() {
      let words = said.words
      guard let number = words.decision, let platform = words.platform, let exchange = words.exchange,
        let adapter = words.adapter, let happened = CivilDateTime(iso: said.happened)
      else { continue }
      return Decided(
        number: number, platform: platform, exchange: exchange, adapter: DefinitionID(rawValue: adapter),
        happened: happened)
    }
    return nil
  }

  private struct Said {
    let entry: Int64
    let name: String
    let happened: String
    let isTakenBack: Bool
    let words: PermitWords
  }

  /// What was said with the entries of an attempt, in the order in which it was learned.
  private func words(of id: PermitItemID, _ reader: Reader) throws -> [Said] {
    try reader.query(
      """
      SELECT id, name, happened, note,
        EXISTS (SELECT 1 FROM permit_event AS other WHERE other.retracts = permit_event.id)
      FROM permit_event WHERE item = ?1 AND note IS NOT NULL ORDER BY id
      """, .int(id.rawValue)
    ) { row in
      let entry = row.int(0)
      return Said(
        entry: entry, name: row.text(1), happened: row.text(2), isTakenBack: row.flag(4),
        words: try PermitWords(
          decoding: try keys.sealer.open(row.blob(3), context: Self.wordsContext(entry))))
    }
  }

  /// What somebody has to look at of an attempt in a state, by all that is entered of it.
  func doubts(
    of item: PermitItemAttempt, _ state: PermitState, _ reader: Reader
  ) throws -> Set<PermitDoubt> {
    var doubts: Set<PermitDoubt> = []
    if state == .approvedDeferred { doubts = item.doubts.intersection([.deferralOver]) }
    let doubtful = try reader.int(
      """
      SELECT count(*) FROM permit_event WHERE item = ?1 AND said IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM permit_event AS other WHERE other.retracts = permit_event.id)
      """, .int(item.id.rawValue))
    if doubtful > 0 { doubts.insert(.moment) }
    if state == .approved || state == .approvedDeferred,
      try !words(of: item.id, reader).contains(where: { $0.words.decision != nil && !$0.isTakenBack })
    {
      doubts.insert(.unnumbered)
    }
    return doubts
  }

  /// The entry that stands in for a decision without a number when a platform tells the number afterwards; nil where nothing of
  /// that is news. When it happened stays as it was entered.
  func numbered(
    _ event: PermitEvent, _ number: String?, of item: PermitItemAttempt, reference: String,
    source: PermitEntry.Source, evidence: PermitEvidence?, _ reader: Reader
  ) throws -> PermitEntry? {
    guard let number, item.doubts.contains(.unnumbered) else { return nil }
    let known = try events(of: item.id, reader).known()
    guard let entered = known.last(where: { $0.name == event.rawValue }), let id = Int64(entered.id) else {
      return nil
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
    _ decided: Decided
  ) -> CertificateRecord {
    let kind = kind(of: item)
    var record = CertificateRecord(kind: kind)
    func set(_ path: String, _ value: FieldValue?) {
      guard let field = FieldSchema.field(path: path, kind: kind) else {
        preconditionFailure("a \(kind.rawValue) has no \(path)")
      }
      record[field] = value
    }
    func given(_ path: String) -> FieldValue? {
      application.values.value(at: path)?.text.map { .text($0) }
    }
    set("basic.number", .text(decided.number))
    set("basic.name", .text(kind.title))
    set("basic.areaCode", .text(permitCase.region))
    set("basic.issuedDate", .date(decided.happened.date))
    set("basic.state", .text(standing(state).rawValue))
    set("basic.stateText", .text(state.title))
    set("specific.projectCode", given("projectCode"))
    set("specific.projectName", given("projectName"))
    set("specific.itemCode", .text(item.rawValue))
    set("specific.caseNumber", .text(permitCase.number))
    set("specific.caseState", .text(state.title))
    set("specific.decisionNumber", .text(decided.number))
    set("specific.decisionDate", .date(decided.happened.date))
    set("management.sourceSystem", .text(decided.platform))
    var holder = FieldValues()
    for (field, path) in [
      (Field.holderName, "applicant.name"), (.holderCode, "applicant.code"),
      (.holderCodeType, "applicant.codeType"),
    ] { holder[field] = given(path) }
    if !holder.isEmpty { record.holders = [holder] }
    return record
  }

  static func kind(of item: PermitItem) -> CertificateKind {
    switch item {
    case .routePlanning: .constructionPlanningPermit
    case .roadOccupation, .roadDigging: .roadPermit
    case .greening: .greeningPermit
    }
  }

  private static func standing(_ state: PermitState) -> CertificateState {
    switch state {
    case .approved, .approvedDeferred: .valid
    // 撤销
    case .revoked: .withdrawn
    // What is taken back is struck off (行政许可法 第七十条).
    case .recalled: .cancelled
    // The approval itself was entered wrongly.
    default: .other
    }
  }
}
