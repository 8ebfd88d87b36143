import Exchanges
import Mapping

/// In what way a platform's messages are no longer what they were. The raw value is stored and never changed.
public enum DriftKind: String, CaseIterable, Hashable, Sendable {
  case newField = "new-field"
  case vanishedField = "vanished-field"
  case changedType = "changed-type"
  case unknownCodes = "unknown-codes"
  case failingChecks = "failing-checks"
  /// Values that cannot be read as the date, amount or flag they stand for.
  case unreadableValues = "unreadable-values"
  /// A required value, or the row of a joined table, is missing.
  case missingValues = "missing-values"
  case suddenEmptiness = "sudden-emptiness"
  case volumeCollapse = "volume-collapse"
  /// A message as a whole is no longer understood.
  case unreadableMessage = "unreadable-message"

  public var title: String {
    switch self {
    case .newField: "出现新字段"
    case .vanishedField: "字段消失"
    case .changedType: "字段类型改变"
    case .unknownCodes: "代码不在字典中"
    case .failingChecks: "校验码不符"
    case .unreadableValues: "值无法识别"
    case .missingValues: "缺少必需的值"
    case .suddenEmptiness: "数据突然为空"
    case .volumeCollapse: "数据量骤减"
    case .unreadableMessage: "报文无法识别"
    }
  }

  /// Whether its subject is a place of the message, whose names are the platform's: one may be somebody's. Else it is a field of the schema or a word of ours.
  var isAtPlace: Bool {
    switch self {
    case .newField, .vanishedField, .changedType: true
    case .unknownCodes, .failingChecks, .unreadableValues, .missingValues, .suddenEmptiness, .volumeCollapse,
      .unreadableMessage:
      false
    }
  }

  init(_ facet: Contract.Facet) {
    self =
      switch facet {
      case .codes: .unknownCodes
      case .checks: .failingChecks
      case .types: .unreadableValues
      case .fields, .others, .volume: .missingValues
      }
  }
}

/// What an incident is about: all that is found of it belongs to one incident.
public struct DriftSubject: Hashable, Comparable, Sendable {
  /// Empty for the operation as a whole.
  public var entity: String
  public var kind: DriftKind
  /// A place of the row (`$.name`), a field of the schema (`basic.state`) or a word; never a value.
  public var subject: String

  public init(entity: String, kind: DriftKind, subject: String) {
    self.entity = entity
    self.kind = kind
    self.subject = subject
  }

  /// For problems and logs: without a place of the message.
  var outline: String {
    let words = [entity, kind.isAtPlace ? "" : subject].filter { !$0.isEmpty }
    return words.isEmpty ? kind.rawValue : "\(kind.rawValue) at \(words.joined(separator: " "))"
  }

  public static func < (left: DriftSubject, right: DriftSubject) -> Bool {
    (left.entity, left.kind.rawValue, left.subject) < (right.entity, right.kind.rawValue, right.subject)
  }
}

/// One thing found in a window.
struct DriftFinding: Hashable, Sendable {
  var subject: DriftSubject
  /// Which word of the contract decides.
  var facet: Contract.Facet
  /// What was found and what was usual, in figures.
  var detail: String
  /// Where it was met first.
  var exchange: ExchangeID?
  var locator: RecordLocator?
  /// Known to be so already: the incident keeps what was found.
  var isStill = false
  /// Nobody can tell any more what was usual.
  var isUnsettled = false

  /// Of what holds an operation, that it is so still.
  static func still(_ subject: DriftSubject, in page: PullPage) -> DriftFinding {
    let survey = page.surveys[subject.entity]
    return DriftFinding(
      subject: subject, facet: .fields, detail: "still so in the last \(survey?.rows ?? 0) rows",
      exchange: page.exchange,
      locator: survey.flatMap { $0.examples[subject.subject] ?? $0.firstRow }, isStill: true)
  }

  static func unsettled(_ subject: DriftSubject, _ exchange: ExchangeID) -> DriftFinding {
    DriftFinding(
      subject: subject, facet: .fields, detail: "what was usual before is not known any more",
      exchange: exchange, isStill: true, isUnsettled: true)
  }

  /// - Parameters:
  ///   - code: of the problem with the message as a whole.
  ///   - detail: without words of a platform, which may name somebody.
  static func unreadable(_ code: String, _ detail: String, _ exchange: ExchangeID?) -> DriftFinding {
    DriftFinding(
      subject: DriftSubject(entity: "", kind: .unreadableMessage, subject: code), facet: .fields,
      detail: detail,
      exchange: exchange)
  }
}
