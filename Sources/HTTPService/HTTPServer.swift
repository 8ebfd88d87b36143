import Crypto
import Synchronization

/// An HTTP/1.1 server. It listens as soon as it is made, so `port` is known and clients may connect;
/// `run()` serves them.
///
/// One thread of its own does all input and output (libevent, TLS by OpenSSL). Handlers run as tasks
/// inside `run()`, at most `limits.concurrentRequests` at a time, and are cancelled when their client
/// goes away. `stop()` lets what is under way finish; cancelling the task of `run()` does not.
public final class HTTPServer: Sendable {
  public typealias Handler = @Sendable (HTTPServerRequest) async -> HTTPServerResponse

  /// The port listened on, chosen by the system if 0 was configured.
  public let port: Int
  private let state: ServerState
  private let tls: TLSServerContext?
  private let handler: Handler
  private let hasRun = Atomic(false)

  /// Binds and listens. Throws `.bind` or `.tls` with the remedy.
  public init(configuration: HTTPServerConfiguration, handler: @escaping Handler) throws(HTTPServiceError) {
    if let settings = configuration.tls {
      tls = try settings.makeContext()
    } else {
      tls = nil
    }
    state = try ServerState(configuration)
    port = state.listeningSocket.port
    self.handler = handler
  }

  public var statistics: HTTPServerStatistics { state.counts }

  /// Serves until `stop()` has been carried out, or until the task is cancelled (`CancellationError`).
  /// It returns when every handler has: one that ignores cancellation holds it up. To be called once.
  public func run() async throws {
    guard !hasRun.exchange(true, ordering: .relaxed) else {
      throw HTTPServiceError(.alreadyRan, "A server runs once; make another one.")
    }
    let completion = Completion()
    let state = state
    let tls = tls
    try EventThread.start {
      completion.end(HTTPServer.serve(state, tls))
    }
    try await withTaskCancellationHandler {
      await handleRequests()
      try await completion.wait()
    } onCancel: {
      state.mailbox.post(.cancel)
    }
    try Task.checkCancellation()
  }

  /// Stops accepting at once and ends `run()` when the requests under way are answered, or
  /// `deadlines.drain` after now. May be called from anywhere, also twice, also before `run()`.
  public func stop() {
    state.mailbox.post(.stop)
  }

  /// Uses another certificate for the connections that are accepted from now on.
  public func replaceTLS(_ configuration: TLSServerConfiguration) throws(HTTPServiceError) {
    guard tls != nil else {
      throw HTTPServiceError(.tls, "This server speaks plain HTTP; TLS is chosen when it is made.")
    }
    state.mailbox.post(.replaceTLS(try configuration.makeContext()))
  }

  /// The event thread's life.
  private static func serve(_ state: ServerState, _ tls: TLSServerContext?) -> Result<Void, any Error> {
    defer { state.queue.close() }
    do throws(HTTPServiceError) {
      let loop = try EventLoop(shared: state, tls: tls)
      try loop.run()
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  private func handleRequests() async {
    await withTaskGroup { group in
      for _ in 0..<state.configuration.limits.concurrentRequests {
        group.addTask { await self.work() }
      }
      // A task that was cancelled with its request takes no other; a fresh one takes its place.
      while await group.next() != nil {
        if !state.queue.isClosed, !Task.isCancelled { group.addTask { await self.work() } }
      }
    }
  }

  private func work() async {
    while !Task.isCancelled, let pending = await state.queue.next() {
      await pending.perform(
        handler, mailbox: state.mailbox, streamCapacity: state.configuration.limits.streamBufferBytes)
    }
  }
}
