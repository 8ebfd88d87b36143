public import CivilTime
public import Exchanges

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
  /// What the row said, as ``Registry/rowDigest(_:entity:)`` gives it: the same row that comes again is known
  /// by it. nil in old entries.
  public var row: [UInt8]?

  public init(
    platform: String, operation: String, exchange: ExchangeID, locator: RecordLocator, mapping: DefinitionID,
    reasons: [String], received: Timestamp, row: [UInt8]?
  ) {
    self.platform = platform
    self.operation = operation
    self.exchange = exchange
    self.locator = locator
    self.mapping = mapping
    self.reasons = reasons
    self.received = received
    self.row = row
  }
}
