/// What a handler answers. Date, Content-Length, Transfer-Encoding and Connection are the server's
/// to write.
public struct HTTPServerResponse: Sendable {
  public enum Body: Sendable {
    case bytes([UInt8])
    /// Written piece by piece while the client takes it. Sent in chunks, or as exactly so many bytes
    /// if the handler sets a Content-Length. Throwing resets the connection, so that the client can
    /// tell a broken body from a whole one; returning before a declared length closes it early.
    case stream(@Sendable (HTTPBodyWriter) async throws -> Void)
    /// No answer at all: the connection is reset.
    case abort
  }

  /// 200 to 599.
  public var status: Int
  public var headers: HTTPFields
  public var body: Body
  /// For streams without an end (server-sent events): cancelled and ended in good order as soon as
  /// the server stops, instead of holding the stop up until its drain deadline.
  public var endsWhenStopping = false

  public init(status: Int = 200, headers: HTTPFields = [:], body: Body = .bytes([])) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Plain UTF-8 text.
  public static func text(_ text: String, status: Int = 200) -> HTTPServerResponse {
    HTTPServerResponse(
      status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
  }

  public static func json(_ bytes: [UInt8], status: Int = 200) -> HTTPServerResponse {
    HTTPServerResponse(status: status, headers: ["Content-Type": "application/json"], body: .bytes(bytes))
  }

  /// Server-sent events (WHATWG HTML §9.2): never cached, never buffered by a proxy, ended when the
  /// server stops. `write` runs until the client goes, which cancels it.
  public static func events(_ write: @escaping @Sendable (HTTPBodyWriter) async throws -> Void)
    -> HTTPServerResponse
  {
    var response = HTTPServerResponse(
      headers: [
        "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
      ],
      body: .stream(write))
    response.endsWhenStopping = true
    return response
  }

  public static let abort = HTTPServerResponse(body: .abort)
}
