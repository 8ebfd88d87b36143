/// Where a server listens and what it puts up with.
public struct HTTPServerConfiguration: Sendable {
  /// What one client may send, and how many of them there may be.
  public struct Limits: Sendable {
    /// Request line, header fields and their line ends together; more is answered with 431.
    public var headerBytes = 32 * 1024
    /// Header fields of one request; more is answered with 431.
    public var headerFields = 100
    /// The request target; more is answered with 414.
    public var targetBytes = 8 * 1024
    /// The decoded body; more is answered with 413.
    public var bodyBytes = 16 * 1024 * 1024
    /// Bodies of all connections together that are being received or waited upon; more is
    /// answered with 503.
    public var bufferedBodyBytes = 256 * 1024 * 1024
    /// Open connections. When all are taken the longest idle one gives way; if none is idle the
    /// new one is refused.
    public var connections = 1024
    /// Handlers running at the same time.
    public var concurrentRequests = 256
    /// Requests waiting for a handler; more are answered with 503.
    public var waitingRequests = 1024
    /// Bytes of a streamed response that may wait for the client before the writer suspends.
    public var streamBufferBytes = 256 * 1024

    public init() {}
  }

  /// All deadlines are absolute for their phase: a client that sends a byte now and then does not
  /// extend them. They are looked at ten times a second.
  public struct Deadlines: Sendable {
    /// From connecting (or the first byte of a later request) to the end of the header,
    /// TLS handshake included.
    public var header: Duration = .seconds(10)
    /// From the end of the header to the end of the body.
    public var body: Duration = .seconds(60)
    /// A kept-alive connection without a request.
    public var idle: Duration = .seconds(60)
    /// The longest time a client may take no byte of a response that waits for it.
    public var write: Duration = .seconds(30)
    /// A client that has closed its sending side may be gone or may only be half-closed: its
    /// handler gets this long before it is cancelled.
    public var halfClose: Duration = .seconds(1)
    /// How long a closing connection still reads, so that its last response is not lost to a reset.
    public var linger: Duration = .seconds(2)
    /// From `stop()` to the cancellation of the handlers that are still running.
    public var drain: Duration = .seconds(10)
    /// What cancelled handlers get to answer after `drain` before their connections are closed.
    public var cancelled: Duration = .seconds(1)

    public init() {}
  }

  /// A numeric address or a name that resolves to one; `::` listens on both families.
  public var host: String
  /// 0 lets the system choose; `HTTPServer.port` tells.
  public var port: Int
  /// Without it the server speaks plain HTTP.
  public var tls: TLSServerConfiguration?
  public var limits = Limits()
  public var deadlines = Deadlines()
  /// Told of what no client and no handler sees: a response that may not be sent, a failed
  /// handshake, an accept that failed. Called on the event thread: it must not block.
  public var problem: @Sendable (HTTPServiceError) -> Void = { _ in }

  /// Makes the answers to requests that never reach the handler, which is also how they are noticed. Without it they get
  /// plain problem details. Called on the event thread: it must not block.
  public var refused: (@Sendable (HTTPRefusal) -> HTTPServerResponse)?

  public init(host: String = "127.0.0.1", port: Int = 0, tls: TLSServerConfiguration? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
  }
}
