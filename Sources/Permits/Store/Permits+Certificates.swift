import Applications
import Calendars
import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
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

  /// Keeps the certificate of an attempt whose state is, or was, that of a permit. Without a number of the decision, or
  /// where no platform has told it, there is none.
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

  /// The latest decision that a platform gave a number, also when its entry was taken back since.
  private func decided(_ id: PermitItemID, _ reader: Reader) throws -> Decided? {
    let rows = try reader.query(
      "SELECT id, happened, note FROM permit_event WHERE item = ?1 AND note IS NOT NULL ORDER BY id DESC",
      .int(id.rawValue)
    ) { (id: $0.int(0), happened: $0.text(1), sealed: $0.blob(2)) }
    for row in rows {
      let words = try PermitWords(
        decoding: try keys.sealer.open(row.sealed, context: Self.wordsContext(row.id)))
      guard let number = words.decision, let platform = words.platform, let exchange = words.exchange,
        let adapter = words.adapter, let happened = CivilDateTime(iso: row.happened)
      else { continue }
      return Decided(
        number: number, platform: platform, exchange: exchange, adapter: DefinitionID(rawValue: adapter),
        happened: happened)
    }
    return nil
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
