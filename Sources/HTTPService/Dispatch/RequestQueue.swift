import Synchronization

/// Requests on their way from the event thread to the tasks that handle them, first come first served.
final class RequestQueue: Sendable {
  private struct State {
    var waiting: [PendingRequest] = []
    /// Index of the first of `waiting` not yet taken.
    var first = 0
    var idle: [CheckedContinuation<PendingRequest?, Never>] = []
    var isClosed = false
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) {
    self.capacity = capacity
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// `false` if too many are waiting already, or the queue is closed.
  func push(_ request: PendingRequest) -> Bool {
    enum Verdict {
      case handOver(CheckedContinuation<PendingRequest?, Never>)
      case queued
      case refused
    }
    let verdict: Verdict = state.withLock { state in
      if state.isClosed { return .refused }
      if let worker = state.idle.popLast() { return .handOver(worker) }
      guard state.waiting.count - state.first < capacity else { return .refused }
      state.waiting.append(request)
      return .queued
    }
    switch verdict {
    case .handOver(let worker):
      worker.resume(returning: request)
      return true
    case .queued: return true
    case .refused: return false
    }
  }

  /// The next request, or `nil` when the queue is closed.
  func next() async -> PendingRequest? {
    await withCheckedContinuation { continuation in
      let now: PendingRequest?? = state.withLock { state in
        if state.isClosed { return .some(nil) }
        guard state.first < state.waiting.count else {
          state.idle.append(continuation)
          return nil
        }
        let request = state.waiting[state.first]
        state.first += 1
        if state.first == state.waiting.count || state.first >= 256 {
          state.waiting.removeFirst(state.first)
          state.first = 0
        }
        return request
      }
      if let now { continuation.resume(returning: now) }
    }
  }

  /// What waits is dropped: its connections are gone by then.
  func close() {
    let idle = state.withLock { state in
      state.isClosed = true
      state.waiting = []
      state.first = 0
      let idle = state.idle
      state.idle = []
      return idle
    }
    for worker in idle { worker.resume(returning: nil) }
  }
}
