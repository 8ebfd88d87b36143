/// The breakers of one platform: one for each kind of call, those for tokens among them, and one for the platform as a whole. Pure.
///
/// The platform's opens when no connection comes about again and again, or when several kinds of call fail and none succeeds in between: then it is not the
/// operation that is broken.
struct PlatformBreakers {
  struct Ticket {
    let name: String
    fileprivate let own: CircuitBreaker.Ticket
    fileprivate let whole: CircuitBreaker.Ticket
  }

  private var whole: CircuitBreaker
  private var single: [String: CircuitBreaker]
  /// Failures since anything succeeded, by kind of call; and how many of them had no connection.
  private var failures: [String: Int] = [:]
  private var unreachable = 0

  /// - Parameter single: of calls whose policy differs from the platform's.
  init(_ whole: BreakerPolicy, single: [String: BreakerPolicy]) {
    self.whole = CircuitBreaker(whole)
    self.single = single.mapValues { CircuitBreaker($0) }
  }

  /// Milliseconds until a call may be made; nil when it may be now.
  func wait(_ name: String, at now: Double) -> Double? {
    let waits = [whole.wait(at: now), own(name).wait(at: now)].compactMap { $0 }
    return waits.max()
  }

  /// Lets a call through both; nil while one of them is open.
  mutating func enter(_ name: String, at now: Double) -> Ticket? {
    guard wait(name, at: now) == nil else { return nil }
    var breaker = own(name)
    guard let own = breaker.enter(at: now), let whole = whole.enter(at: now) else { return nil }
    single[name] = breaker
    return Ticket(name: name, own: own, whole: whole)
  }

  /// - Returns: the breakers that were opened or closed by it, nil for the platform's. One that is opened again after a trial was open all the time.
  @discardableResult
  mutating func end(
    _ ticket: Ticket, _ verdict: CallVerdict, at now: Double, fraction: Double
  ) -> [(name: String?, isClosed: Bool)] {
    let before = (own: own(ticket.name).state == .closed, whole: whole.state == .closed)
    take(ticket, verdict, at: now, fraction: fraction)
    let after = (own: own(ticket.name).state == .closed, whole: whole.state == .closed)
    var changes: [(name: String?, isClosed: Bool)] = []
    if before.own != after.own { changes.append((ticket.name, after.own)) }
    if before.whole != after.whole { changes.append((nil, after.whole)) }
    return changes
  }

  private mutating func take(_ ticket: Ticket, _ verdict: CallVerdict, at now: Double, fraction: Double) {
    var breaker = own(ticket.name)
    breaker.end(ticket.own, verdict, at: now, fraction: fraction)
    single[ticket.name] = breaker

    // What is turned away is turned away by a platform that works, and may take other kinds of calls.
    let verdict = verdict == .turnedAway ? .answered : verdict
    if whole.state != .closed {
      whole.end(ticket.whole, verdict, at: now, fraction: fraction)
      if whole.state == .closed { forget() }
      return
    }
    switch verdict {
    case .none: return
    case .answered, .turnedAway: forget()
    case .failed, .unreachable:
      failures[ticket.name, default: 0] += 1
      unreachable = verdict == .unreachable ? unreachable + 1 : 0
      guard isDown else { return }
      whole.open(at: now, fraction: fraction)
      forget()
    }
  }

  /// nil for the platform as a whole.
  func states() -> [(name: String?, state: CircuitBreaker.State)] {
    [(nil, whole.state)] + single.sorted { $0.key < $1.key }.map { ($0.key, $0.value.state) }
  }

  private func own(_ name: String) -> CircuitBreaker { single[name] ?? CircuitBreaker(whole.policy) }

  private var isDown: Bool {
    let most = whole.policy.failures
    // One failure of another call may be its own.
    let several = failures.values.count { $0 > 1 } > 1
    return unreachable >= most || several && failures.values.reduce(0, +) >= most
  }

  private mutating func forget() {
    failures = [:]
    unreachable = 0
  }
}
