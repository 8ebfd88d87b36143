public import Certificates
public import CivilTime
public import Exchanges

/// What one platform said about one certificate at one time, with the way back to its raw words.
public struct Observation: Sendable {
  public var platform: String
  public var record: CertificateRecord
  /// Where the raw message lies in the journal, and where in it the row.
  public var exchange: ExchangeID
  public var locator: RecordLocator
  /// The mapping and the adapter by which the record was derived.
  public var mapping: DefinitionID
  public var adapter: DefinitionID
  /// When the message had come.
  public var received: Timestamp

  public init(
    platform: String, record: CertificateRecord, exchange: ExchangeID, locator: RecordLocator,
    mapping: DefinitionID, adapter: DefinitionID, received: Timestamp
  ) {
    self.platform = platform
    self.record = record
    self.exchange = exchange
    self.locator = locator
    self.mapping = mapping
    self.adapter = adapter
    self.received = received
  }
}

/// A row that gave no record, with every reason. The reasons never hold a value of the row.
public struct QuarantineEntry: Hashable, Sendable {
  public var platform: String
  public var operation: String
  public var exchange: ExchangeID
  public var locator: RecordLocator
  public var mapping: DefinitionID
  /// `field: what was expected`, one each.
  public var reasons: [String]
  public var received: Timestamp

  public init(
    platform: String, operation: String, exchange: ExchangeID, locator: RecordLocator, mapping: DefinitionID,
    reasons: [String], received: Timestamp
  ) {
    self.platform = platform
    self.operation = operation
    self.exchange = exchange
    self.locator = locator
    self.mapping = mapping
    self.reasons = reasons
    self.received = received
  }
}
