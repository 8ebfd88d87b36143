public import Certificates
public import Exchanges

/// What one message gave. Rows stand in the order of the message.
public struct MappingResult: Sendable {
  public internal(set) var records: [MappedRecord] = []
  public internal(set) var quarantined: [QuarantinedRow] = []
  /// Rows that no entity took because the conditions of all were false.
  public internal(set) var skipped = 0
  /// All rows the message has: each is counted once here, however many entities took it.
  public internal(set) var rows = 0
  /// Rows of joined tables that no row claimed.
  public internal(set) var orphans: [OrphanRow] = []
  /// Entities whose place for rows is not in the message at all: neither an empty list nor anything else stands there.
  /// Harmless where a platform leaves out what is empty, a sign of a changed message elsewhere.
  public internal(set) var absentEntities: [String] = []
  /// What the rows of each entity look like, where it was asked for.
  public internal(set) var surveys: [String: EntitySurvey] = [:]
}

/// A row that became a record.
public struct MappedRecord: Sendable {
  public let entity: String
  public let record: CertificateRecord
  public let locator: RecordLocator
  /// The row as the message has it, where it was asked for: personal data, for digests.
  public let content: [UInt8]?
  /// What deserves a look although the record may be kept.
  public let warnings: [RowProblem]
}

/// A row that must not become a record, with everything that is wrong with it.
public struct QuarantinedRow: Sendable {
  public let entity: String
  public let kind: CertificateKind
  public let locator: RecordLocator
  /// The row as the message has it: personal data, for digests.
  public let content: [UInt8]
  public let reasons: [RowProblem]
  public let warnings: [RowProblem]
}

/// A row of a joined table that belongs to no row.
public struct OrphanRow: Hashable, Sendable {
  public let entity: String
  public let join: String
  public let locator: RecordLocator
}

/// One thing wrong or doubtful in a row. Holds no value of the row, so it may be stored and shown as it is.
public struct RowProblem: Hashable, Sendable, CustomStringConvertible {
  /// A stable word for counting: `wrong-type`, `no-value`, `unknown-code`, `wrong-check`, …
  public let code: String
  /// `basic.number`, `holders[1].code`; empty for the row as a whole.
  public let field: String
  /// Where the mapping looked, as written there and relative to the row (`$.uniscid`), so that the same fault has the
  /// same text in every row; empty when the problem is not with one place.
  public let source: String
  public let message: String

  public init(code: String, field: String, source: String, message: String) {
    self.code = code
    self.field = field
    self.source = source
    self.message = message
  }

  public var description: String {
    let place = [field, source.isEmpty ? "" : "(\(source))"].filter { !$0.isEmpty }.joined(separator: " ")
    return "\(place.isEmpty ? "" : place + ": ")\(message) [\(code)]"
  }
}
