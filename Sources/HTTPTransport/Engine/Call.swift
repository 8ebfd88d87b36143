import Synchronization

/// One call on its way from the caller to the transfer thread.
final class Call: Sendable {
  typealias Continuation = CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

  let request: HTTPRequest
  let url: TransportURL
  let queuedAt: MonotonicTime
  let queuedAtWall: Int64
  /// `deadline` on the clock of the transfer thread.
  let deadline: MonotonicTime?
  /// Set before the thread is told, so that a cancellation that overtakes its own call is still seen.
  private let cancelled = Atomic<Bool>(false)

  init(request: HTTPRequest, url: TransportURL) {
    self.request = request
    self.url = url
    let now = MonotonicTime.now
    queuedAt = now
    queuedAtWall = MonotonicTime.wallMilliseconds
    deadline = request.timeouts.deadline.map { now.advanced(by: ContinuousClock.now.duration(to: $0)) }
  }

  var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

  func markCancelled() { cancelled.store(true, ordering: .releasing) }

  /// What competes for the same connections: origin and proxy.
  var route: String {
    request.proxy.map { "\(url.origin) via \($0.url)" } ?? url.origin
  }

  /// An error of a call that never had a transfer.
  func failure(_ code: TransportError.Code, _ message: String, remedy: String) -> TransportError {
    TransportError(
      code: code, message: message, remedy: remedy,
      timings: TransferTimings(queuedAt: queuedAtWall, done: MonotonicTime.now.duration(since: queuedAt)),
      origin: url.origin)
  }
}

/// A call that waits for its turn, with whom to tell.
struct WaitingCall: Sendable {
  let call: Call
  let continuation: Call.Continuation
}
