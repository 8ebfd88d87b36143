public import Certificates
public import Exchanges

/// How one row became a record, field by field: what `certificate prove` shows.
public struct RowDerivation: Sendable {
  public let entity: String
  public let locator: RecordLocator
  /// In the order of the record.
  public let fields: [FieldDerivation]
  /// The record, or nil when the row is quarantined.
  public let record: CertificateRecord?
  public let reasons: [RowProblem]
  public let warnings: [RowProblem]
}

/// Where the value of one field comes from.
public struct FieldDerivation: Hashable, Sendable {
  /// `basic.number`, `holders[1].name`.
  public let field: String
  /// The absolute path in the message (`$['datas'][3]['uniscid']`, `/Message/Data/KTT_FW_H[4]/@ZL`); nil for a constant
  /// or an `otherwise` of the mapping.
  public let source: String?
  /// The text at that place, before anything was done to it. Personal data.
  public let raw: String?
  /// The value in the record, as one text. Personal data.
  public let value: String
}
