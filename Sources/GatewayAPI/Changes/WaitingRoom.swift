import Synchronization

/// Who waits for changes: each takes a handler of the server, and others are to be answered as well.
final class WaitingRoom: Sendable {
  static let most = 64
  static let mostOfOne = 8

  private let waiting = Mutex<[String: Int]>([:])

  /// How many of a consumer wait.
  func count(_ consumer: String) -> Int { waiting.withLock { $0[consumer, default: 0] } }

  /// Lends a place; throws where there is none.
  func wait<Value>(
    _ consumer: String, _ body: () async throws -> Value
  ) async throws -> Value {
    let isIn = waiting.withLock { waiting in
      guard waiting.values.reduce(0, +) < Self.most, waiting[consumer, default: 0] < Self.mostOfOne else {
        return false
      }
      waiting[consumer, default: 0] += 1
      return true
    }
    guard isIn else {
      var problem = APIProblem(
        .overloaded, "Too many requests wait for changes. One for each consumer is enough.")
      problem.retryAfter = 5
      throw problem
    }
    defer {
      waiting.withLock { waiting in
        let left = waiting[consumer, default: 0] - 1
        waiting[consumer] = left > 0 ? left : nil
      }
    }
    return try await body()
  }
}
