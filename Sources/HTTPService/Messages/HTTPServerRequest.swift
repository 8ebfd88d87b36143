/// One whole request: the header was checked and the body has been received to its end.
public struct HTTPServerRequest: Sendable {
  /// In capitals as sent; methods are case-sensitive.
  public var method: String
  /// As on the wire, still percent-encoded, beginning with "/" (or `*` for OPTIONS). Its escapes are
  /// well-formed UTF-8 and it has no `.` or `..` segment.
  public var path: String
  /// As on the wire, without the question mark; empty if there is none.
  public var query: String
  public var headers: HTTPFields
  /// Chunks are put together; a content coding (gzip) is left as it is.
  public var body: [UInt8]
  /// The peer's numeric address without its port.
  public var remoteAddress: String
  public var remotePort: Int
  /// Whether it came by TLS.
  public var isSecure: Bool
  /// The subject of the client certificate (RFC 2253: `CN=…,O=…,C=CN`), if one was shown and
  /// verified against the configured authorities.
  public var clientCertificateSubject: String?

  public init(
    method: String, path: String, query: String = "", headers: HTTPFields = [:], body: [UInt8] = [],
    remoteAddress: String = "127.0.0.1", remotePort: Int = 0, isSecure: Bool = false,
    clientCertificateSubject: String? = nil
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    self.remotePort = remotePort
    self.isSecure = isSecure
    self.clientCertificateSubject = clientCertificateSubject
  }
}
