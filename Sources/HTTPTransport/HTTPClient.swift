/// Makes HTTP calls. One thread of its own drives all of them through curl; nothing blocks the caller's thread.
///
/// - Redirects are not followed, cookies not kept, environment proxies not used; only `http` and `https`, HTTP/1.1.
/// - Cancelling the task that awaits ``send(_:)`` aborts its transfer at once.
/// - A call ends with a complete reply or with an error that says whether bytes had left and what had come back.
///
/// A client is meant to live as long as the program; ``shutdown(_:)`` ends it. Letting go of the last reference
/// ends its thread too.
public final class HTTPClient: Sendable {
  private let configuration: Configuration
  private let mailbox: Mailbox

  /// Throws `invalid-configuration`, or `internal-failure` when the system gives no thread.
  public init(configuration: Configuration) throws(TransportError) {
    try configuration.check()
    self.configuration = configuration
    mailbox = Mailbox(maxWaiting: configuration.maxWaitingCalls + configuration.maxConnections)
    try TransferThread.start(configuration: configuration, mailbox: mailbox)
  }

  deinit {
    // No call can be in progress: each holds the client. The thread sees this, cleans up and ends.
    mailbox.requestShutdown(.abort, whenDone: nil)
  }

  public var statistics: Statistics { mailbox.statistics }

  /// Makes one call and returns its complete reply, whatever the status.
  ///
  /// The request, the URL and the egress policy are checked first, before a name is looked up. The error says
  /// whether bytes of the request had left (`requestBytesSent`).
  public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    try request.check()
    let url = try TransportURL(parsing: request.url)
    try configuration.egress.check(url, throughProxy: request.proxy != nil)
    let call = Call(request: request, url: url)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        mailbox.submit(call, continuation)
      }
    } onCancel: {
      mailbox.cancel(call)
    }
    return try result.get()
  }

  /// Ends the client and returns when its connections are closed. Calls made afterwards fail with `shut-down`.
  /// May be called more than once; `abort` also ends a drain under way.
  public func shutdown(_ mode: ShutdownMode = .drain(within: .seconds(30))) async {
    await withCheckedContinuation { continuation in
      mailbox.requestShutdown(mode, whenDone: continuation)
    }
  }
}
