import Synchronization

/// How the event thread ended, told once to the one task that waits for it.
final class Completion: Sendable {
  private enum State {
    case open
    case waiting(CheckedContinuation<Void, any Error>)
    case ended(Result<Void, any Error>)
  }

  private let state = Mutex(State.open)

  func end(_ result: Result<Void, any Error>) {
    let waiter: CheckedContinuation<Void, any Error>? = state.withLock { state in
      defer { state = .ended(result) }
      if case .waiting(let waiter) = state { return waiter }
      return nil
    }
    waiter?.resume(with: result)
  }

  func wait() async throws {
    try await withCheckedThrowingContinuation { continuation in
      let result: Result<Void, any Error>? = state.withLock { state in
        if case .ended(let result) = state { return result }
        state = .waiting(continuation)
        return nil
      }
      if let result { continuation.resume(with: result) }
    }
  }
}
