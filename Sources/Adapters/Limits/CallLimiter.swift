import Synchronization

/// Holds calls back until rate and concurrency of their operation let them through.
final class CallLimiter: Sendable {
  private let places: [String: ConcurrencyGate]
  private let rates: Mutex<[String: RateGate]>
  private let start = ContinuousClock.now

  init(_ operations: [Operation]) {
    places = Dictionary(
      uniqueKeysWithValues: operations.map { ($0.name, ConcurrencyGate($0.limits.concurrency)) })
    rates = Mutex(
      Dictionary(
        uniqueKeysWithValues: operations.compactMap { operation in
          operation.limits.rate.map { (operation.name, RateGate($0)) }
        }))
  }

  /// Operations without limits (token calls) pass at once.
  func withPlace<T>(
    _ operation: String, _ environment: CallEnvironment, _ body: () async throws -> T
  ) async throws -> T {
    guard let gate = places[operation] else { return try await body() }
    return try await gate.withPlace {
      let elapsed = ContinuousClock.now - start
      let now = Double(elapsed.components.seconds) * 1000 + Double(elapsed.components.attoseconds) / 1e15
      let wait = rates.withLock { $0[operation]?.reserve(at: now) } ?? 0
      if wait > 0 { try await environment.sleep(.milliseconds(Int64(wait.rounded(.up)))) }
      return try await body()
    }
  }
}
