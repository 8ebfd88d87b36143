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
