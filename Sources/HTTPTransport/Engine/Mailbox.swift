import Synchronization

/// What callers leave for the transfer thread. All its methods may be called from anywhere and never block for
/// longer than it takes to append to an array.
final class Mailbox: Sendable {
  struct Mail {
    var submitted: [WaitingCall] = []
    var cancelled: [Call] = []
    var shutdown: HTTPClient.ShutdownMode?

    var isEmpty: Bool { submitted.isEmpty && cancelled.isEmpty && shutdown == nil }
  }

  private struct State {
    var mail = Mail()
    /// Set while there is a thread to wake. Used only under the lock, so the thread cannot free it meanwhile.
    var bell: Bell?
    var isClosed = false
    var isEnded = false
    var finished: [CheckedContinuation<Void, Never>] = []
    var statistics = HTTPClient.Statistics()
    var admitted = 0
  }

  private let state = Mutex(State())
  private let maxWaiting: Int

  /// `maxWaiting`: calls that may be in the client at one time, in line or in progress.
  init(maxWaiting: Int) {
    self.maxWaiting = maxWaiting
  }

  var statistics: HTTPClient.Statistics { state.withLock { $0.statistics } }

  /// Resumes the continuation at once when the call cannot be taken.
  func submit(_ call: Call, _ continuation: Call.Continuation) {
    let refusal: TransportError? = state.withLock { state in
      if state.isClosed { return Self.closed(call) }
      guard state.admitted < maxWaiting else {
        return call.failure(
          .queueFull, "too many calls wait already", remedy: "Send fewer at a time or raise maxWaitingCalls.")
      }
      state.admitted += 1
      wake(&state)
      state.mail.submitted.append(WaitingCall(call: call, continuation: continuation))
      return nil
    }
    if let refusal { continuation.resume(returning: .failure(refusal)) }
  }

  func cancel(_ call: Call) {
    call.markCancelled()
    state.withLock { state in
      guard !state.isEnded else { return }
      wake(&state)
      state.mail.cancelled.append(call)
    }
  }

  func requestShutdown(
    _ mode: HTTPClient.ShutdownMode, whenDone continuation: CheckedContinuation<Void, Never>?
  ) {
    let isEnded = state.withLock { state in
      state.isClosed = true
      if state.isEnded { return true }
      wake(&state)
      state.mail.shutdown = mode
      if let continuation { state.finished.append(continuation) }
      return false
    }
    if isEnded { continuation?.resume() }
  }

  static func closed(_ call: Call) -> TransportError {
    call.failure(.shutDown, "the HTTP client is shutting down", remedy: "Send again after the restart.")
  }

  /// One write to curl's pipe for all that is left before the thread looks: while there is mail, it is awake or
  /// about to be.
  private func wake(_ state: inout State) {
    guard state.mail.isEmpty, let bell = state.bell else { return }
    bell.ring()
  }

  // For the transfer thread only.

  func open(_ bell: Bell) {
    state.withLock { $0.bell = bell }
  }

  func forgetThread() {
    state.withLock { $0.bell = nil }
  }

  func take(into mail: inout Mail) {
    state.withLock { swap(&mail, &$0.mail) }
  }

  /// `ended`: calls that make room for others.
  func publish(_ statistics: HTTPClient.Statistics, ended: Int) {
    state.withLock { state in
      state.statistics = statistics
      state.admitted -= ended
    }
  }

  /// No call can be taken any more from here on; what was left meanwhile is handed over a last time.
  func close(into mail: inout Mail) {
    state.withLock { state in
      state.isClosed = true
      state.bell = nil
      swap(&mail, &state.mail)
    }
  }

  func end() {
    let finished = state.withLock { state in
      state.isEnded = true
      state.mail = Mail()
      return state.finished
    }
    for continuation in finished { continuation.resume() }
  }
}
