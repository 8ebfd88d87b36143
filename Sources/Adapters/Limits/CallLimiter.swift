import CivilTime
import Exchanges
import Synchronization

/// Holds calls back until the limits of their operation and those of the whole platform let them through.
final class CallLimiter: Sendable {
  /// Rate and concurrency of an operation, or of the platform.
  private final class Gates: Sendable {
    private let places: ConcurrencyGate?
    private let rate: Mutex<RateGate?>

    init(_ limits: CallLimits) {
      places = limits.concurrency.map { ConcurrencyGate($0) }
      rate = Mutex(limits.rate.map { RateGate($0) })
    }

    func withPlace<T>(_ body: () async throws -> T) async throws -> T {
      guard let places else { return try await body() }
      return try await places.withPlace(body)
    }

    /// Milliseconds to wait.
    func reserve(at now: Double) -> Double { rate.withLock { $0?.reserve(at: now) ?? 0 } }
  }

  private let platform: String
  private let whole: CallLimits
  private let single: [String: CallLimits]
  private let wholeGates: Gates
  private let singleGates: [String: Gates]
  private let budget: any CallBudget
  private let environment: CallEnvironment
  private let start = ContinuousClock.now

  init(
    _ adapter: Adapter, platform: String, budget: any CallBudget, environment: CallEnvironment
  ) {
    self.platform = platform
    self.budget = budget
    self.environment = environment
    whole = adapter.limits
    single = Dictionary(uniqueKeysWithValues: adapter.operations.map { ($0.name, $0.limits) })
    wholeGates = Gates(whole)
    singleGates = single.mapValues { Gates($0) }
  }

  /// Seconds until the service hours of the operation and of the platform are open; 0 when they are.
  func secondsUntilOpen(_ operation: String, at time: Timestamp) -> Int {
    ServiceHours.secondsUntilAllOpen([whole.hours, single[operation]?.hours ?? ServiceHours()], at: time)
  }

  /// Runs `body`, which makes one call, once all limits allow it.
  ///
  /// Calls for tokens belong to no operation; only the platform's limits hold for them.
  ///
  /// - Throws: ``AdapterError/Code/limit`` with the seconds to wait when the hours are closed or the day's calls are used up; nothing is counted then.
  func withPlace<T>(_ operation: String, _ body: () async throws -> T) async throws -> T {
    // The operation's places come first: calls that wait for one must not keep the platform's from other operations.
    guard let gates = singleGates[operation] else {
      return try await wholeGates.withPlace { try await passing(operation, [wholeGates], body) }
    }
    return try await gates.withPlace {
      try await wholeGates.withPlace { try await passing(operation, [gates, wholeGates], body) }
    }
  }

  private func passing<T>(
    _ operation: String, _ gates: [Gates], _ body: () async throws -> T
  ) async throws -> T {
    // Closed doors are found before anything is reserved or counted.
    try requireOpen(operation)
    let elapsed = ContinuousClock.now - start
    let now = Double(elapsed.components.seconds) * 1000 + Double(elapsed.components.attoseconds) / 1e15
    let wait = gates.reduce(0) { max($0, $1.reserve(at: now)) }
    if wait > 0 {
      try await environment.sleep(.milliseconds(Int64(wait.rounded(.up))))
      try requireOpen(operation)
    }
    try await count(operation)
    return try await body()
  }

  private func requireOpen(_ operation: String) throws(AdapterError) {
    let wait = secondsUntilOpen(operation, at: environment.now())
    guard wait > 0 else { return }
    throw AdapterError(
      .limit, .rate, "the platform's service hours have not begun",
      remedy: "the pull goes on when they begin",
      retryAfter: wait)
  }

  private func count(_ operation: String) async throws {
    var claims: [BudgetClaim] = []
    if let daily = single[operation]?.daily {
      claims.append(BudgetClaim(platform: platform, operation: operation, limit: daily))
    }
    if let daily = whole.daily {
      claims.append(BudgetClaim(platform: platform, operation: nil, limit: daily))
    }
    let time = environment.now()
    guard !claims.isEmpty, let exhausted = try await budget.take(claims, at: time) else { return }
    throw AdapterError(
      .limit, .rate, "the \(exhausted.limit) calls of this day are used up",
      remedy: "the pull goes on after midnight, Beijing time",
      retryAfter: 86_400 - time.civil(offsetSeconds: UTCOffset.china).secondOfDay)
  }
}
