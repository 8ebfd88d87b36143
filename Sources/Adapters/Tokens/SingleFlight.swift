import Synchronization

/// One caller does the work while the others wait for its result.
///
/// The worker runs inside its own caller's task, so cancelling that caller cancels the work; one of those that waited then begins anew.
public final class SingleFlight<Key: Hashable & Sendable, Result: Sendable>: Sendable {
  private enum Ending: Sendable {
    case finished(Swift.Result<Result, any Error>)
    /// The worker was cancelled: whoever waited has to look again.
    case abandoned
  }

  private typealias Waiters = [CheckedContinuation<Ending, Never>]

  private let flights = Mutex<[Key: Waiters]>([:])

  public init() {}

  public func run(_ key: Key, _ work: () async throws -> Result) async throws -> Result {
    while true {
      try Task.checkCancellation()
      let ending = await join(key)
      switch ending {
      case .finished(let result): return try result.get()
      case .abandoned: continue
      case nil: break
      }
      do {
        let result = try await work()
        land(key, .finished(.success(result)))
        return result
      } catch {
        land(key, error is CancellationError || Task.isCancelled ? .abandoned : .finished(.failure(error)))
        throw error
      }
    }
  }

  func isUnderWay(_ key: Key) -> Bool { flights.withLock { $0[key] != nil } }

  /// How many wait for a flight under way.
  func waiting(for key: Key) -> Int { flights.withLock { $0[key]?.count ?? 0 } }

  /// Waits for the flight under way; nil when there was none and the caller now owns it.
  private func join(_ key: Key) async -> Ending? {
    let mine = flights.withLock { flights in
      guard flights[key] == nil else { return false }
      flights[key] = []
      return true
    }
    if mine { return nil }
    return await withCheckedContinuation { continuation in
      let landed = flights.withLock { flights in
        // It may have landed between the two looks.
        guard flights[key] != nil else { return true }
        flights[key]?.append(continuation)
        return false
      }
      if landed { continuation.resume(returning: .abandoned) }
    }
  }

  private func land(_ key: Key, _ ending: Ending) {
    let waiters = flights.withLock { $0.removeValue(forKey: key) ?? [] }
    for waiter in waiters { waiter.resume(returning: ending) }
  }
}
