/// Where calls may go. A client refuses everything else before a name is looked up.
///
/// A destination is written as a rule:
///
///     api.zj.gov.cn              this host, ports 80 and 443
///     *.zj.gov.cn:8443           every host below it (not zj.gov.cn itself), one port
///     10.1.0.0/16:8000-8099      addresses written in the URL, a range of ports
///     [2001:db8::1]:443          an IPv6 address
///     https://x.gov.cn           this host, port 443, only with TLS
///     x.gov.cn:*                 any port
///     *                          any host, ports 80 and 443
///
/// A rule for names says nothing about what the names resolve to; that is the ``AddressRule``.
public struct EgressPolicy: Sendable, Hashable {
  /// Which addresses a connection may be opened to, judged at the moment of connecting, after the name has been
  /// resolved. Calls through a proxy are not judged by what their names resolve to: the proxy resolves them.
  public enum AddressRule: String, Sendable, Hashable {
    /// Every address, this machine included.
    case any
    /// No loopback, link-local (cloud metadata), multicast or unspecified address.
    case notLocal = "not-local"
    /// Only addresses that are globally reachable.
    case publicOnly = "public-only"
  }

  let rules: [EgressRule]
  public let addresses: AddressRule

  /// Throws `invalid-configuration` naming the first rule that cannot be read. No rules allow nothing.
  public init(allowing rules: [String], addresses: AddressRule = .any) throws(TransportError) {
    var read: [EgressRule] = []
    for rule in rules { read.append(try EgressRule(rule)) }
    self.rules = read
    self.addresses = addresses
  }

  private init(rules: [EgressRule], addresses: AddressRule) {
    self.rules = rules
    self.addresses = addresses
  }

  /// Every host and port. For benches and tests; a site lists its platforms.
  public static func unrestricted(addresses: AddressRule = .any) -> EgressPolicy {
    EgressPolicy(rules: [EgressRule(scheme: nil, host: .any, ports: 1...65535)], addresses: addresses)
  }

  /// Throws `egress-refused`, or `invalid-url` for a URL no call could be made to.
  public func check(_ url: String) throws(TransportError) {
    try check(TransportURL(parsing: url), throughProxy: false)
  }

  func check(_ url: TransportURL, throughProxy: Bool) throws(TransportError) {
    guard rules.contains(where: { $0.allows(url) }) else {
      throw TransportError(
        code: .egressRefused, message: "the destination is not on the list of allowed destinations",
        remedy:
          "Add \(url.host.urlText):\(url.port) to 'egress' of the configuration if it is meant.",
        origin: url.origin)
    }
    if let address = url.host.address, !allows(address) {
      throw Self.refusedAddress(origin: url.origin)
    }
  }

  /// Whether a connection may be opened to `address`.
  func allows(_ address: NetworkAddress) -> Bool {
    switch (addresses, address.reach) {
    case (.any, _), (.notLocal, .reserved), (_, .public): true
    case (.notLocal, .local), (.publicOnly, .local), (.publicOnly, .reserved): false
    }
  }

  static func refusedAddress(origin: String) -> TransportError {
    TransportError(
      code: .egressRefused, message: "the host has an address that connections may not be opened to",
      remedy: "Check what the name resolves to; relax the address rule only if such an address is meant.",
      origin: origin)
  }
}
