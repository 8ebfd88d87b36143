/// The proxy a call goes through. Proxies are only ever used when named here; `http_proxy` and its like in the
/// environment are ignored.
///
/// A proxy resolves the platform's name itself, so the address rule of ``EgressPolicy`` cannot see what it
/// resolved to; the host and port rules still apply.
public struct ProxyOptions: Sendable, Hashable {
  public enum Scheme: String, Sendable {
    case http
    case https
    /// SOCKS5 with the name resolved by the proxy.
    case socks5 = "socks5h"
  }

  public var scheme: Scheme
  public var host: String
  public var port: Int
  public var username: String?
  public var password: String?

  public init(
    scheme: Scheme = .http, host: String, port: Int, username: String? = nil, password: String? = nil
  ) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.username = username
    self.password = password
  }

  /// The URL form curl takes; valid once `check` has passed.
  var url: String {
    "\(scheme.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }

  func check() throws(TransportError) {
    _ = try HostName(parsing: host.contains(":") ? "[\(host)]" : host)
    guard (1...65535).contains(port) else {
      throw .invalidRequest("the proxy's port is not between 1 and 65535", remedy: "Write the proxy's port.")
    }
    for secret in [username, password] {
      guard let secret else { continue }
      guard !secret.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
        throw .invalidRequest(
          "the proxy's user name or password has a control character", remedy: "Correct the credential.")
      }
    }
    if username == nil && password != nil {
      throw .invalidRequest("the proxy has a password and no user name", remedy: "Set both or none.")
    }
  }
}
