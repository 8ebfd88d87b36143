import CivilTime
import Exchanges
import HTTPTransport
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
  private let breakers: Mutex<PlatformBreakers>
  private let holds = Mutex(CallHolds())
  private let givenBack = Mutex(GivenBack())

  /// What a platform asks for is waited for within a call up to this time, in milliseconds; longer waits are for those who plan calls.
  private static let longestWait = 60_000.0

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
    breakers = Mutex(
      PlatformBreakers(whole.breaker ?? BreakerPolicy(), single: single.compactMapValues(\.breaker)))
  }

  /// Seconds until the service hours of the operation and of the platform are open; 0 when they are.
  func secondsUntilOpen(_ operation: String, at time: Timestamp) -> Int {
    ServiceHours.secondsUntilAllOpen([whole.hours, single[operation]?.hours ?? ServiceHours()], at: time)
  }

  func isPaused(_ operation: String, at time: Timestamp) -> Bool {
    let now = environment.uptime()
    return secondsUntilOpen(operation, at: time) > 0
      || breakers.withLock { $0.wait(operation, at: now) } != nil
      || holds.withLock { $0.wait(operation, at: now) } > Self.longestWait
  }

  /// Runs `body`, which makes one call, once all limits allow it.
  ///
  /// Calls for tokens belong to no operation; only the platform's limits hold for them.
  ///
  /// - Parameters:
  ///   - call: what it is about; nil: the operation says it all.
  ///   - due: when what the call is about must be there; nil: it may wait.
  ///   - verdict: what the result tells about the platform.
  ///   - prepare: builds the call when its turn has come; what it throws ends the call, and nothing is counted.
  /// - Throws: with the seconds to wait, and nothing counted: ``AdapterError/Code/limit`` when the hours are closed, the day's calls are used up or the platform
  ///   asked for a pause, ``AdapterError/Code/breakerOpen`` while a breaker is open.
  func withPlace<Call, T>(
    _ operation: String, about call: String? = nil, due: Timestamp? = nil, verdict: (T) -> CallVerdict,
    prepare: () throws -> Call,
    _ body: (Call) async throws -> T
  ) async throws -> T {
    let claim = Claim(operation: operation, call: call ?? operation, due: due)
    // The operation's places come first: calls that wait for one must not keep the platform's from other operations.
    guard let gates = singleGates[operation] else {
      return try await wholeGates.withPlace {
        try await passing(claim, [wholeGates], verdict, prepare, body)
      }
    }
    return try await gates.withPlace {
      try await wholeGates.withPlace {
        try await passing(claim, [gates, wholeGates], verdict, prepare, body)
      }
    }
  }

  func withPlace<T>(
    _ operation: String, about call: String? = nil, due: Timestamp? = nil, verdict: (T) -> CallVerdict,
    _ body: () async throws -> T
  ) async throws -> T {
    try await withPlace(
      operation, about: call, due: due, verdict: verdict, prepare: {}, { _ in try await body() })
  }

  /// What a call of the day is asked for.
  private struct Claim {
    let operation: String
    let call: String
    let due: Timestamp?
  }

  private func passing<Call, T>(
    _ claim: Claim, _ gates: [Gates], _ verdict: (T) -> CallVerdict, _ prepare: () throws -> Call,
    _ body: (Call) async throws -> T
  ) async throws -> T {
    let operation = claim.operation
    // Closed doors are found before anything is reserved or counted.
    try requireOpen(operation)
    let now = environment.uptime()
    if let wait = breakers.withLock({ $0.wait(operation, at: now) }) { throw Self.isBroken(wait) }
    let held = try hold(operation, at: now)
    let wait = gates.reduce(held) { max($0, $1.reserve(at: now)) }
    if wait > 0 {
      try await environment.sleep(.milliseconds(Int64(wait.rounded(.up))))
      try requireOpen(operation)
    }
    let call = try prepare()
    let ticket = try enter(operation)
    do {
      try await count(claim)
      let result = try await body(call)
      end(ticket, verdict(result))
      return result
    } catch {
      end(ticket, .none)
      throw error
    }
  }

  /// What the platform says about further calls, in the headers of an answer.
  func note(_ operation: String, _ headers: [HTTPHeader], retryAfter: Int?) {
    let (time, now) = (environment.now(), environment.uptime())
    let waits: [(name: String?, seconds: Int?)] = [
      (operation, retryAfter), (operation, single[operation]?.hints?.wait(headers, at: time)),
      (nil, whole.hints?.wait(headers, at: time)),
    ]
    holds.withLock { holds in
      for (name, seconds) in waits {
        if let seconds { holds.hold(name, seconds: seconds, at: now) }
      }
    }
  }

  /// The breakers by kind of call, nil for the platform as a whole: closed or not.
  func breakerStates() -> [(name: String?, isClosed: Bool)] {
    breakers.withLock { $0.states().map { ($0.name, $0.state == .closed) } }
  }

  private func hold(_ operation: String, at now: Double) throws(AdapterError) -> Double {
    let wait = holds.withLock { $0.wait(operation, at: now) }
    guard wait > Self.longestWait else { return wait }
    throw AdapterError(
      .limit, .rate, "the platform asked for a pause",
      remedy: "calls go on when it is over", retryAfter: Int((wait / 1000).rounded(.up)))
  }

  private func enter(_ operation: String) throws(AdapterError) -> PlatformBreakers.Ticket {
    let now = environment.uptime()
    let (ticket, wait) = breakers.withLock { breakers in
      (breakers.enter(operation, at: now), breakers.wait(operation, at: now))
    }
    guard let ticket else { throw Self.isBroken(wait ?? 0) }
    return ticket
  }

  private func end(_ ticket: PlatformBreakers.Ticket, _ verdict: CallVerdict) {
    let (now, fraction) = (environment.uptime(), Double(environment.jitterByte()) / 256)
    let changes = breakers.withLock { breakers in
      breakers.end(ticket, verdict, at: now, fraction: fraction).map { name, isClosed in
        BreakerChange(
          platform: platform, operation: name, isClosed: isClosed,
          seconds: Int(((breakers.wait(ticket.name, at: now) ?? 0) / 1000).rounded(.up)))
      }
    }
    for change in changes { environment.told(change) }
  }

  private static func isBroken(_ wait: Double) -> AdapterError {
    AdapterError(
      .breakerOpen, .transient, "the calls before this one failed one after the other",
      remedy: "nothing: one call is tried when the wait is over, and closes the breaker when it succeeds",
      retryAfter: max(1, Int((wait / 1000).rounded(.up))))
  }

  private func requireOpen(_ operation: String) throws(AdapterError) {
    let wait = secondsUntilOpen(operation, at: environment.now())
    guard wait > 0 else { return }
    throw AdapterError(
      .limit, .rate, "the platform's service hours have not begun",
      remedy: "the pull goes on when they begin",
      retryAfter: wait)
  }

  private func count(_ claim: Claim) async throws {
    let time = environment.now()
    var claims: [BudgetClaim] = []
    for (name, limits) in [(claim.operation, single[claim.operation]), (nil, whole)]
      as [(String?, CallLimits?)]
    {
      guard let limits, let daily = limits.daily else { continue }
      claims.append(
        BudgetClaim(
          platform: platform, operation: name,
          limit: limits.reserve.limit(of: daily, due: claim.due, at: time)))
    }
    guard !claims.isEmpty, let exhausted = try await budget.take(claims, at: time) else { return }
    let limits = exhausted.operation.flatMap { single[$0] } ?? whole
    if let daily = limits.daily, exhausted.limit < daily {
      // Not all come again for each one that is given back.
      let wait = givenBack.withLock {
        $0.wait(for: exhausted.operation, about: claim.call, due: claim.due, limits.reserve, at: time)
      }
      throw AdapterError(
        .limit, .rate, "the \(exhausted.limit) calls that are not kept for what is urgent are used up",
        remedy: "calls go on as the reserve is given back, call by call until midnight, Beijing time",
        retryAfter: wait)
    }
    throw AdapterError(
      .limit, .rate, "the \(exhausted.limit) calls of this day are used up",
      remedy: "calls go on after midnight, Beijing time",
      retryAfter: CallReserve.secondsLeft(at: time))
  }
}
