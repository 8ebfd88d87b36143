/// A URL taken apart once. The policy judges these parts and the connection is made from these parts, so the two
/// cannot disagree about what the text meant.
struct TransportURL: Hashable, Sendable {
  enum Scheme: String, Sendable {
    case http
    case https

    var defaultPort: Int { self == .http ? 80 : 443 }
  }

  let scheme: Scheme
  let host: HostName
  let port: Int
  /// Path and query as written, beginning with `/`.
  let target: String

  init(parsing text: String) throws(TransportError) {
    guard let colon = text.utf8.firstIndex(of: 0x3A),
      let scheme = Scheme(rawValue: text[..<colon].lowercased())
    else {
      throw .invalidURL(
        "the URL does not begin with http:// or https://", remedy: "Write an absolute http or https URL.")
    }
    let rest = text[text.index(after: colon)...]
    guard rest.hasPrefix("//") else {
      throw .invalidURL("the URL has no // after its scheme", remedy: "Write an absolute http or https URL.")
    }
    let afterSlashes = rest.dropFirst(2)
    let end = afterSlashes.utf8.firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 || $0 == 0x5C }
    let authority = afterSlashes[..<(end ?? afterSlashes.endIndex)]
    self.scheme = scheme
    (host, port) = try Self.readAuthority(authority, defaultPort: scheme.defaultPort)
    target = try Self.readTarget(afterSlashes[(end ?? afterSlashes.endIndex)...])
  }

  /// `https://host:port`: names the platform and nobody else.
  var origin: String { "\(scheme.rawValue)://\(host.urlText):\(port)" }

  /// What curl is given. The port is left out where it is the scheme's own, because it then is left out of
  /// `Host` too, and servers compare that.
  var text: String {
    port == scheme.defaultPort
      ? "\(scheme.rawValue)://\(host.urlText)\(target)" : "\(origin)\(target)"
  }

  private static func readAuthority(
    _ authority: Substring, defaultPort: Int
  ) throws(TransportError) -> (HostName, Int) {
    guard !authority.utf8.contains(0x40) else {
      throw .invalidURL(
        "the URL has a user name before the host", remedy: "Remove it; credentials go into headers.")
    }
    var host = authority
    var port = defaultPort
    let searchFrom = authority.utf8.lastIndex(of: 0x5D) ?? authority.startIndex
    if let colon = authority[searchFrom...].utf8.firstIndex(of: 0x3A) {
      host = authority[..<colon]
      let digits = authority[authority.index(after: colon)...]
      guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ ASCII.isDigit($0) }),
        let number = Int(digits), (1...65535).contains(number)
      else {
        throw .invalidURL("the URL's port is not between 1 and 65535", remedy: "Correct the port.")
      }
      port = number
    }
    return (try HostName(parsing: host), port)
  }

  private static func readTarget(_ written: Substring) throws(TransportError) -> String {
    let target = written.prefix { $0 != "#" }
    guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
      throw .invalidURL(
        "the URL has a blank, a control character, a backslash or a character outside ASCII",
        remedy: "Percent-encode it before the URL is built.")
    }
    return target.utf8.first == 0x2F ? String(target) : "/" + target
  }
}
