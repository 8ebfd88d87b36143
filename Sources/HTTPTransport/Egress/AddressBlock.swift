/// Addresses that begin alike, such as `10.1.0.0/16` or `2001:db8::/32`; a single address is a block of one.
public struct AddressBlock: Hashable, Sendable {
  private let network: NetworkAddress
  private let length: Int

  /// nil unless it is an address with or without a length that it can have.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let network = NetworkAddress(String(parts[0])) else { return nil }
    let most = network.bytes.count * 8
    guard parts.count == 2 else {
      (self.network, length) = (network, most)
      return
    }
    guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]),
      length <= most
    else { return nil }
    (self.network, self.length) = (network, length)
  }

  /// - Parameter address: numeric; anything else is in no block.
  public func contains(_ address: String) -> Bool {
    NetworkAddress(address)?.isIn(network, prefix: length) ?? false
  }
}
