import Documents
public import Exchanges

/// Where a platform told something: the exchange, and the manifest by which it was read.
public struct PermitEvidence: Hashable, Sendable {
  public let platform: String
  public let exchange: ExchangeID
  /// The manifest's name and its bundle, as it was.
  public let adapter: String
  public let bundle: [UInt8]

  public init(platform: String, exchange: ExchangeID, adapter: String, bundle: [UInt8]) {
    self.platform = platform
    self.exchange = exchange
    self.adapter = adapter
    self.bundle = bundle
  }
}
