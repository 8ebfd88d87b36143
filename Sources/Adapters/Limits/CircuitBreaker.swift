import Exchanges

/// When calls that keep failing are no longer made for a while.
public struct BreakerPolicy: Hashable, Sendable {
  /// So many failures in a row open it; so does half of the last four times as many calls.
  public var failures = 5
  /// Seconds it stays open the first time; doubled, with jitter, each time that the trial call fails.
  public var open = 30
  public var longest = 600

  public init() {}
}

/// What a call told about the platform.
enum CallVerdict: Hashable {
  /// It answers, whatever it said about the request.
  case answered
  /// It answers that it takes no such calls just now, or none of ours, and not for how long: another call would only hear the same.
  case turnedAway
  case failed
  /// Not even a connection came about.
  case unreachable
  /// Nothing: the call was not made, or given up by us.
  case none

  var isFailure: Bool { self == .failed || self == .unreachable }

  /// The shortest wait that a platform can ask for and that is left to it, in seconds: shorter ones again and again would be a loop.
  private static let leastHint = 60
}

extension CallVerdict {
  /// A platform that says no to a request works. One that says no to every request, because there are too many or because they are not set up as it wants them,
  /// works as well, but not for this kind of call.
  ///
  /// - Parameters:
  ///   - wasSent: whether a request had left.
  ///   - isToken: refusing a token is refusing us; else a platform that refuses in its own words works.
  init(_ error: AdapterError, wasSent: Bool, isToken: Bool = false) {
    let isFailure =
      switch error.errorClass {
      case .transient, .credentials: error.action != .refresh
      case .platform: error.action != .refresh && (isToken || error.code != .refused)
      case .configuration, .rate, .data, .drift: false
      }
    if isFailure {
      self = wasSent ? .failed : .unreachable
    } else {
      self = error.code == .transport ? .none : Self.turnsAway(error) ? .turnedAway : .answered
    }
  }

  private static func turnsAway(_ error: AdapterError) -> Bool {
    switch error.errorClass {
    case .configuration: true
    // What it asks for itself is waited for, with all calls of the kind.
    case .rate: (error.retryAfter ?? 0) < leastHint
    case .credentials, .transient, .platform, .data, .drift: false
    }
  }
}

/// Stops calls to what has failed again and again, and lets one through now and then to see whether it is over. Pure: the time (milliseconds of a clock that
/// never runs back) and chance are passed in.
struct CircuitBreaker {
  enum State: Hashable {
    case closed
    case open(until: Double)
    /// One call is under way; the others wait for what it tells.
    case trying
  }

  /// Of a call that was let through. What calls from before a change of state tell does not count any more.
  struct Ticket: Hashable {
    fileprivate let generation: Int
  }

  let policy: BreakerPolicy
  private(set) var state = State.closed
  private var generation = 0
  /// Calls that failed or were turned away since the last success.
  private var streak = 0
  /// The last calls, oldest first; true for a failure.
  private var recent: [Bool] = []
  /// How often it has opened since it was closed.
  private var openings = 0

  init(_ policy: BreakerPolicy) {
    self.policy = policy
  }

  /// Milliseconds until a call may be made; nil when it may be now.
  func wait(at now: Double) -> Double? {
    switch state {
    case .closed: nil
    case .open(let until): until > now ? until - now : nil
    // Nobody knows when the trial ends; to come back sooner would be a flat loop.
    case .trying: Double(policy.open) * 1000
    }
  }

  /// Lets a call through; nil while none may be made. Each one is followed by ``end(_:_:at:fraction:)``.
  mutating func enter(at now: Double) -> Ticket? {
    guard wait(at: now) == nil else { return nil }
    if case .open = state {
      generation += 1
      state = .trying
    }
    return Ticket(generation: generation)
  }

  /// - Parameter fraction: chance in 0..<1.
  mutating func end(_ ticket: Ticket, _ verdict: CallVerdict, at now: Double, fraction: Double) {
    guard ticket.generation == generation else { return }
    switch (state, verdict) {
    case (.closed, .answered): note(failure: false)
    case (.closed, .failed), (.closed, .unreachable), (.closed, .turnedAway):
      note(failure: true)
      if streak >= policy.failures || isHalfFailed { open(at: now, fraction: fraction) }
    case (.trying, .answered): close()
    case (.trying, .failed), (.trying, .unreachable), (.trying, .turnedAway):
      open(at: now, fraction: fraction)
    case (.trying, .none):
      // The next call tries.
      generation += 1
      state = .open(until: now)
    case (.closed, .none), (.open, _): break
    }
  }

  mutating func open(at now: Double, fraction: Double) {
    openings += 1
    let backoff = Backoff(first: Double(policy.open), longest: Double(policy.longest))
    begin(.open(until: now + 1000 * backoff.delay(afterFailures: openings, fraction: fraction)))
  }

  private mutating func close() {
    openings = 0
    begin(.closed)
  }

  private mutating func begin(_ next: State) {
    state = next
    generation += 1
    streak = 0
    recent = []
  }

  private mutating func note(failure: Bool) {
    streak = failure ? streak + 1 : 0
    recent.append(failure)
    if recent.count > 4 * policy.failures { recent.removeFirst() }
  }

  private var isHalfFailed: Bool {
    recent.count == 4 * policy.failures && recent.count(where: { $0 }) * 2 >= recent.count
  }
}
