import Documents
public import HTTPTransport

/// Where the gateway's own interface listens.
public struct ListenConfiguration: Hashable, Sendable {
  public struct TLS: Hashable, Sendable {
    /// PEM: the server's certificate, then the intermediate ones.
    public var certificate: FileReference
    public var key: FileReference
    /// PEM; given, a client without a certificate signed by one of them gets no connection.
    public var clientAuthorities: FileReference?
  }

  /// A numeric address or a name; `::` listens on both families.
  public var host = "127.0.0.1"
  /// 0 lets the system choose.
  public var port = 8080
  /// Without it plain HTTP is spoken: for a loopback address, or behind a proxy that speaks TLS (国密 TLS always ends there).
  public var tls: TLS?
  /// The longest a request may take before it is answered with 503.
  public var deadline = Duration.seconds(10)
  /// The largest body of a request.
  public var largestBody = 256 << 10
  /// Proxies in front: what they say in `X-Forwarded-For` is where a request comes from.
  public var proxies: [AddressBlock] = []

  public init() {}

  static func read(_ reader: ConfigurationReader?, _ place: FilePlace) -> ListenConfiguration {
    var listen = ListenConfiguration()
    guard let reader else { return listen }
    listen.host = reader.text("host", default: listen.host)
    listen.port = reader.integer("port", in: 0...65_535, default: listen.port)
    listen.deadline = reader.duration(
      "deadline", in: .milliseconds(100)...(.seconds(300)), default: listen.deadline)
    listen.largestBody = reader.byteCount("largestBody", in: 1024...(16 << 20), default: listen.largestBody)
    listen.proxies =
      reader.list(ifPresent: "proxies", count: 1...100) { value in
        value.parse("an address, or a block such as 10.1.0.0/16") { AddressBlock($0) }
      } ?? []
    if let tls = reader.nested(ifPresent: "tls") {
      let certificate = place.required("certificate", in: tls)
      let key = place.required("key", in: tls)
      let authorities = place.reference("clientAuthorities", in: tls)
      if let certificate, let key {
        listen.tls = TLS(certificate: certificate, key: key, clientAuthorities: authorities)
      }
    } else if !isLoopback(listen.host) {
      reader.warning(
        "is \(listen.host) without tls: keys and papers cross the network in clear unless a proxy in front speaks TLS",
        at: "host")
    }
    return listen
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }
}
