/// One line of an ``EgressPolicy``.
struct EgressRule: Sendable, Hashable {
  enum Host: Sendable, Hashable {
    case any
    case name(String)
    /// With the leading dot: `.zj.gov.cn`.
    case below(String)
    case network(NetworkAddress, prefix: Int)
  }

  let scheme: TransportURL.Scheme?
  let host: Host
  /// `nil` means the scheme's own port.
  let ports: ClosedRange<Int>?

  init(scheme: TransportURL.Scheme?, host: Host, ports: ClosedRange<Int>?) {
    self.scheme = scheme
    self.host = host
    self.ports = ports
  }

  init(_ text: String) throws(TransportError) {
    var rest = Substring(text)
    var scheme: TransportURL.Scheme?
    if let slashes = rest.firstRange(of: "://") {
      guard let named = TransportURL.Scheme(rawValue: rest[..<slashes.lowerBound].lowercased()) else {
        throw Self.unreadable(text, "the scheme is not http or https")
      }
      scheme = named
      rest = rest[slashes.upperBound...]
    }
    let (hostText, portText) = Self.split(rest)
    self.scheme = scheme
    ports = try Self.readPorts(portText, in: text)
    host = try Self.readHost(hostText, in: text)
  }

  func allows(_ url: TransportURL) -> Bool {
    if let scheme, scheme != url.scheme { return false }
    guard ports?.contains(url.port) ?? (url.port == url.scheme.defaultPort) else { return false }
    switch host {
    case .any: return true
    case .name(let name): return url.host.address == nil && url.host.text == name
    case .below(let suffix): return url.host.address == nil && url.host.text.hasSuffix(suffix)
    case .network(let network, let prefix): return url.host.address?.isIn(network, prefix: prefix) ?? false
    }
  }

  /// The colon of the port is the last one, unless it stands inside the brackets of an IPv6 address.
  private static func split(_ text: Substring) -> (host: Substring, port: Substring?) {
    let searchFrom = text.lastIndex(of: "]") ?? text.startIndex
    guard let colon = text[searchFrom...].lastIndex(of: ":") else { return (text, nil) }
    return (text[..<colon], text[text.index(after: colon)...])
  }

  private static func readPorts(_ text: Substring?, in rule: String) throws(TransportError) -> ClosedRange<
    Int
  >? {
    guard let text else { return nil }
    if text == "*" { return 1...65535 }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { readPort($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last
    else {
      throw unreadable(rule, "the port is not a number, a range such as 8000-8099, or *")
    }
    return first...last
  }

  private static func readPort(_ text: Substring) -> Int? {
    guard text.utf8.count <= 5, !text.isEmpty, text.utf8.allSatisfy({ ASCII.isDigit($0) }),
      let port = Int(text), (1...65535).contains(port)
    else { return nil }
    return port
  }

  private static func readHost(_ text: Substring, in rule: String) throws(TransportError) -> Host {
    if text == "*" { return .any }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { throw unreadable(rule, "a path is not part of a rule") }
    let isBelow = text.hasPrefix("*.")
    let name: HostName
    do throws(TransportError) {
      name = try HostName(parsing: isBelow ? parts[0].dropFirst(2) : parts[0])
    } catch {
      throw unreadable(rule, error.message)
    }
    if let address = name.address {
      let most = address.bytes.count * 8
      guard !isBelow, parts.count == 1 || Self.readPrefix(parts[1], most: most) != nil else {
        throw unreadable(rule, "the length of the network is not between 0 and \(most)")
      }
      return .network(
        address, prefix: parts.count == 1 ? most : Self.readPrefix(parts[1], most: most) ?? most)
    }
    guard parts.count == 1 else { throw unreadable(rule, "only an address has a network length") }
    return isBelow ? .below("." + name.text) : .name(name.text)
  }

  private static func readPrefix(_ text: Substring, most: Int) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ ASCII.isDigit($0) }),
      let length = Int(text),
      length <= most
    else { return nil }
    return length
  }

  private static func unreadable(_ rule: String, _ reason: String) -> TransportError {
    TransportError(
      code: .invalidConfiguration, message: "the allowed destination \"\(rule)\" cannot be read: \(reason)",
      remedy: "Write host, host:port, *.domain:port, address/length:ports or https://host.")
  }
}
