import Synchronization

/// The sending end of a streamed body. Writing suspends while the client is slower than the handler.
public final class HTTPBodyWriter: Sendable {
  private struct State {
    /// Bytes handed to `write`.
    var posted = 0
    /// Of these, bytes the event thread has put into the connection's output.
    var accepted = 0
    /// What still lies in that output.
    var unsent = 0
    var isClosed = false
    var isCancelled = false
    var waiters: [CheckedContinuation<Void, any Error>] = []

    var outstanding: Int { posted - accepted + unsent }
  }

  private static let disconnected = HTTPServiceError(.disconnected, "The client is gone.")

  private let pending: PendingRequest
  private let mailbox: Mailbox
  private let capacity: Int
  private let declaredLength: Int?
  private let state = Mutex(State())

  init(pending: PendingRequest, mailbox: Mailbox, capacity: Int, declaredLength: Int?) {
    self.pending = pending
    self.mailbox = mailbox
    self.capacity = capacity
    self.declaredLength = declaredLength
  }

  /// Hands the bytes to the connection; returns at once as long as its buffer has room and suspends
  /// until the client has taken enough otherwise. Throws `.disconnected` when the client is gone,
  /// `.bodyTooLong` beyond a declared Content-Length, and `CancellationError` in a cancelled task.
  public func write(_ bytes: [UInt8]) async throws {
    try Task.checkCancellation()
    guard !bytes.isEmpty else { return }
    let mustWait = try state.withLock { state in
      guard !state.isClosed else { throw HTTPBodyWriter.disconnected }
      guard state.posted + bytes.count <= declaredLength ?? .max else {
        throw HTTPServiceError(.bodyTooLong, "The stream wrote more than its Content-Length.")
      }
      state.posted += bytes.count
      return state.outstanding > capacity
    }
    mailbox.post(.streamBytes(pending, bytes))
    if mustWait { try await waitForRoom() }
  }

  public func write(_ text: String) async throws {
    try await write(Array(text.utf8))
  }

  public func write(_ event: ServerSentEvent) async throws {
    try await write(event.bytes)
  }

  private func waitForRoom() async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let verdict: Result<Void, any Error>? = state.withLock { state in
          if state.isCancelled { return .failure(CancellationError()) }
          if state.isClosed { return .failure(HTTPBodyWriter.disconnected) }
          if state.outstanding <= capacity { return .success(()) }
          state.waiters.append(continuation)
          return nil
        }
        if let verdict { continuation.resume(with: verdict) }
      }
    } onCancel: {
      let waiters = state.withLock { state in
        state.isCancelled = true
        return HTTPBodyWriter.takeWaiters(&state)
      }
      for waiter in waiters { waiter.resume(throwing: CancellationError()) }
    }
  }

  /// Called on the event thread as bytes move on.
  func update(accepted: Int, unsent: Int) {
    let waiters = state.withLock { state in
      state.accepted = accepted
      state.unsent = unsent
      return state.outstanding <= capacity / 2 ? HTTPBodyWriter.takeWaiters(&state) : []
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Called on the event thread when nothing more can be sent.
  func close() {
    let waiters = state.withLock { state in
      state.isClosed = true
      return HTTPBodyWriter.takeWaiters(&state)
    }
    for waiter in waiters { waiter.resume(throwing: HTTPBodyWriter.disconnected) }
  }

  private static func takeWaiters(_ state: inout State) -> [CheckedContinuation<Void, any Error>] {
    let waiters = state.waiters
    state.waiters = []
    return waiters
  }
}
