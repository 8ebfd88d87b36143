/// One call to make. It is checked as a whole before anything is sent: a method, URL or header that could
/// smuggle another line into the request is refused with `invalid-request`.
public struct HTTPRequest: Sendable {
  /// What to do when a kept connection turns out to be closed by the server after the request was written to it
  /// and before one byte of a reply came back. The server may or may not have acted on the request.
  public enum StaleConnectionRule: Sendable {
    /// GET, HEAD and OPTIONS are sent once more on a new connection; everything else fails with
    /// `closed-without-reply` and `requestBytesSent`.
    case repeatSafeMethods
    /// Nothing is ever sent twice.
    case neverRepeat
    /// The caller knows the request to be repeatable: a query that happens to be a POST.
    case alwaysRepeat
  }

  /// An upper-case token such as `GET` or `POST`. `CONNECT` and `TRACE` are refused.
  public var method: String
  /// An absolute `http` or `https` URL in ASCII (the host may be an internationalised name), without userinfo.
  /// What is not allowed in a URL must arrive percent-encoded: nothing is encoded or rewritten here, because
  /// signatures are computed over the written form. A fragment is dropped.
  public var url: String
  /// Sent in this order. `Host`, `Content-Length`, `Transfer-Encoding`, `Connection` and their like belong to the
  /// transport and are refused here.
  public var headers: [HTTPHeader]
  /// `nil` sends no body; a POST, PUT or PATCH then says `Content-Length: 0`. No `Content-Type` is made up.
  public var body: [UInt8]?
  public var timeouts: Timeouts
  /// The most bytes of body that are accepted, counted after decompression.
  public var maxResponseBytes: Int
  /// The most bytes of status lines, header lines and trailers that are accepted.
  public var maxHeaderBytes: Int
  /// The most header lines that are accepted.
  public var maxHeaderCount: Int
  public var tls: TLSOptions
  /// `nil` connects directly; proxies named in the environment are never used.
  public var proxy: ProxyOptions?
  /// Offers gzip and deflate, and decodes what comes back; `false` leaves the body as the server sent it.
  public var acceptsCompression: Bool
  public var staleConnectionRule: StaleConnectionRule
  /// `false` takes a new connection and closes it afterwards.
  public var reusesConnection: Bool

  public init(
    method: String = "GET", url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
    timeouts: Timeouts = Timeouts(), maxResponseBytes: Int = 16 << 20, maxHeaderBytes: Int = 128 << 10,
    maxHeaderCount: Int = 500, tls: TLSOptions = TLSOptions(), proxy: ProxyOptions? = nil,
    acceptsCompression: Bool = true, staleConnectionRule: StaleConnectionRule = .repeatSafeMethods,
    reusesConnection: Bool = true
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeouts = timeouts
    self.maxResponseBytes = maxResponseBytes
    self.maxHeaderBytes = maxHeaderBytes
    self.maxHeaderCount = maxHeaderCount
    self.tls = tls
    self.proxy = proxy
    self.acceptsCompression = acceptsCompression
    self.staleConnectionRule = staleConnectionRule
    self.reusesConnection = reusesConnection
  }

  /// Whether the method promises to change nothing (RFC 9110 §9.2.1).
  public var hasSafeMethod: Bool { method == "GET" || method == "HEAD" || method == "OPTIONS" }

  /// Whether curl may put the request on a second connection after bytes of it have left on a first one.
  var mayBeSentTwice: Bool {
    switch staleConnectionRule {
    case .repeatSafeMethods: hasSafeMethod
    case .neverRepeat: false
    case .alwaysRepeat: true
    }
  }
}
