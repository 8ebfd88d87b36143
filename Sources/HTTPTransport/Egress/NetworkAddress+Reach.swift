extension NetworkAddress {
  /// How far an address reaches, after IANA's special-purpose address registries.
  enum Reach: Sendable {
    /// This machine, its link, unspecified, multicast, broadcast: never a platform. Holds the metadata addresses
    /// of clouds.
    case local
    /// Networks of organisations and carriers, documentation and test ranges.
    case reserved
    case `public`
  }

  private struct Range {
    let network: NetworkAddress
    let length: Int
    let reach: Reach

    init(_ text: String, _ length: Int, _ reach: Reach) {
      guard let network = NetworkAddress(text) else { preconditionFailure("not an address: \(text)") }
      self.network = network
      self.length = length
      self.reach = reach
    }
  }

  // RFC 6890 and the registries "IPv4/IPv6 Special-Purpose Address Space". The first match counts.
  private static let ranges: [Range] = [
    Range("0.0.0.0", 8, .local), Range("127.0.0.0", 8, .local), Range("169.254.0.0", 16, .local),
    Range("224.0.0.0", 4, .local), Range("255.255.255.255", 32, .local),
    Range("100.100.100.200", 32, .local),  // metadata of a large Chinese cloud
    Range("10.0.0.0", 8, .reserved), Range("100.64.0.0", 10, .reserved), Range("172.16.0.0", 12, .reserved),
    Range("192.0.0.0", 24, .reserved), Range("192.0.2.0", 24, .reserved), Range("192.88.99.0", 24, .reserved),
    Range("192.168.0.0", 16, .reserved), Range("198.18.0.0", 15, .reserved),
    Range("198.51.100.0", 24, .reserved), Range("203.0.113.0", 24, .reserved),
    Range("240.0.0.0", 4, .reserved),
    Range("::", 128, .local), Range("::1", 128, .local), Range("fe80::", 10, .local),
    Range("ff00::", 8, .local),
    Range("fd00:ec2::254", 128, .local),
    Range("2001:db8::", 32, .reserved), Range("2001::", 23, .reserved), Range("2002::", 16, .reserved),
    Range("3fff::", 20, .reserved),
    // Only 2000::/3 is given out; everything else in IPv6 is private, translated or not in use.
    Range("2000::", 3, .public), Range("::", 0, .reserved),
  ]

  var reach: Reach {
    // An address translated to IPv4 (64:ff9b::/96, RFC 6052) reaches what that IPv4 address reaches.
    if isIPv6, let translated = NetworkAddress("64:ff9b::"), isIn(translated, prefix: 96),
      let inner = NetworkAddress(bytes: Array(bytes[12...]))
    {
      return inner.reach
    }
    return Self.ranges.first { isIn($0.network, prefix: $0.length) }?.reach ?? .public
  }
}
