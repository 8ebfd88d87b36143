/// A complete reply. Any status is a reply, 500 included; redirects are not followed.
public struct HTTPResponse: Sendable {
  /// How the end of the body was known.
  public enum Framing: String, Sendable {
    /// The declared length arrived.
    case contentLength = "content-length"
    /// The last chunk arrived.
    case chunked
    /// The server closed the connection. A body cut short looks the same: check it by its content.
    case untilClose = "until-close"
    /// There is no body by rule: HEAD, 1xx, 204, 304.
    case noBody = "no-body"
  }

  public var status: Int
  /// In the order received, without trailers. Values that are not UTF-8 are read as ISO 8859-1, one scalar a byte.
  public var headers: [HTTPHeader]
  /// After decompression.
  public var body: [UInt8]
  public var framing: Framing
  public var timings: TransferTimings
  /// The address that answered (a proxy's, when there is one), `1.2.3.4:443` or `[::1]:443`.
  public var remoteAddress: String
  /// 1, or 2 when a kept connection was found closed and the request was sent again on a new one.
  public var attempts: Int
  /// Whether a kept connection was used.
  public var connectionReused: Bool
  /// `false` when the server answered before it had read the whole request body.
  public var requestComplete: Bool

  public init(
    status: Int, headers: [HTTPHeader], body: [UInt8], framing: Framing, timings: TransferTimings,
    remoteAddress: String, attempts: Int, connectionReused: Bool, requestComplete: Bool
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.framing = framing
    self.timings = timings
    self.remoteAddress = remoteAddress
    self.attempts = attempts
    self.connectionReused = connectionReused
    self.requestComplete = requestComplete
  }
}

/// What had come back when a call failed. Empty (`status` nil) when nothing had.
public struct PartialResponse: Sendable {
  public var status: Int?
  public var headers: [HTTPHeader]
  /// The beginning of the body, at most `maxResponseBytes`.
  public var body: [UInt8]

  public init(status: Int? = nil, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  public var isEmpty: Bool { status == nil && headers.isEmpty && body.isEmpty }
}
