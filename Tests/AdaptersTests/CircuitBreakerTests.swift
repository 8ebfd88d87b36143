import Exchanges
import TestSupport
import Testing

@testable import Adapters

/// The pure breakers, with a clock of the test's.
@Suite struct CircuitBreakerTests {
  static func policy(failures: Int = 3) -> BreakerPolicy {
    var policy = BreakerPolicy()
    policy.failures = failures
    return policy
  }

  /// One call, from its beginning to its end, at one time.
  static func call(_ breaker: inout CircuitBreaker, _ verdict: CallVerdict, at now: Double) -> Bool {
    guard let ticket = breaker.enter(at: now) else { return false }
    breaker.end(ticket, verdict, at: now, fraction: 0)
    return true
  }

  static func enter(_ breaker: inout CircuitBreaker, at now: Double) throws -> CircuitBreaker.Ticket {
    let ticket = breaker.enter(at: now)
    return try #require(ticket)
  }

  @Test func failuresInARowOpenItAndOneCallTries() throws {
    var breaker = CircuitBreaker(Self.policy())
    for verdict in [CallVerdict.failed, .failed, .answered, .failed, .failed] {
      #expect(Self.call(&breaker, verdict, at: 0))
    }
    #expect(breaker.state == .closed, "one that succeeds begins the count anew")
    #expect(Self.call(&breaker, .unreachable, at: 0))
    #expect(breaker.state == .open(until: 15_000) && breaker.wait(at: 5_000) == 10_000)
    #expect(!Self.call(&breaker, .answered, at: 14_999))

    let trial = try Self.enter(&breaker, at: 15_000)
    let second = breaker.enter(at: 15_000)
    #expect(second == nil && breaker.wait(at: 15_000) == 30_000, "only one")
    breaker.end(trial, .failed, at: 16_000, fraction: 0)
    #expect(breaker.state == .open(until: 46_000), "twice as long")
    #expect(Self.call(&breaker, .answered, at: 46_000))
    #expect(breaker.state == .closed)
    for _ in 0..<3 { #expect(Self.call(&breaker, .failed, at: 50_000)) }
    #expect(breaker.state == .open(until: 65_000), "as short as the first time")
  }

  @Test func halfOfTheCallsOpenItToo() {
    var breaker = CircuitBreaker(Self.policy())
    for number in 0..<11 { #expect(Self.call(&breaker, number % 2 == 0 ? .failed : .answered, at: 0)) }
    #expect(breaker.state == .closed, "too few to tell")
    #expect(Self.call(&breaker, .answered, at: 0))
    #expect(breaker.state == .closed, "it is not opened by a success")
    #expect(Self.call(&breaker, .failed, at: 0))
    #expect(breaker.state != .closed)
  }

  @Test func aTrialThatTellsNothingLeavesItToTheNext() throws {
    var breaker = CircuitBreaker(Self.policy(failures: 1))
    #expect(Self.call(&breaker, .failed, at: 0))
    let trial = try Self.enter(&breaker, at: 15_000)
    breaker.end(trial, .none, at: 15_001, fraction: 0)
    _ = try Self.enter(&breaker, at: 15_001)
  }

  @Test func callsFromBeforeCountNoMore() throws {
    var breaker = CircuitBreaker(Self.policy(failures: 1))
    let (slow, slower) = (try Self.enter(&breaker, at: 0), try Self.enter(&breaker, at: 0))
    #expect(Self.call(&breaker, .failed, at: 0))
    breaker.end(slow, .answered, at: 1, fraction: 0)
    #expect(breaker.state == .open(until: 15_000))
    let trial = try Self.enter(&breaker, at: 15_000)
    breaker.end(slower, .failed, at: 15_000, fraction: 0)
    #expect(breaker.state == .trying, "only the trial tells")
    breaker.end(trial, .answered, at: 15_000, fraction: 0)
    #expect(breaker.state == .closed)
  }

  @Test func whateverHappensItNeitherFloodsNorSticks() {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<300 {
      let policy = Self.policy(failures: .random(in: 1...6, using: &generator))
      var breaker = CircuitBreaker(policy)
      var under: [(ticket: CircuitBreaker.Ticket, epoch: Int)] = []
      // Grows with each change of state: what began before one does not count after it.
      var epoch = 0
      var now = 0.0
      var streak = 0
      for _ in 0..<200 {
        now += .random(in: 0..<40_000, using: &generator)
        let before = breaker.state
        if Bool.random(using: &generator) {
          let wait = breaker.wait(at: now)
          let ticket = breaker.enter(at: now)
          #expect((ticket == nil) == (wait != nil))
          if breaker.state != before { epoch += 1 }
          if let ticket { under.append((ticket, epoch)) }
          switch before {
          case .closed: #expect(ticket != nil)
          case .trying: #expect(ticket == nil, "one trial at a time")
          case .open(let until): #expect((ticket != nil) == (until <= now))
          }
        } else if let index = under.indices.randomElement(using: &generator) {
          let verdict = [CallVerdict.answered, .turnedAway, .failed, .unreachable, .none]
            .randomElement(using: &generator)!
          let call = under.remove(at: index)
          breaker.end(call.ticket, verdict, at: now, fraction: .random(in: 0..<1, using: &generator))
          if before == .closed, call.epoch == epoch {
            let counts = verdict.isFailure || verdict == .turnedAway
            streak = counts ? streak + 1 : verdict == .answered ? 0 : streak
            #expect(streak < policy.failures || breaker.state != .closed)
          }
          if case .open(let until) = breaker.state, breaker.state != before, verdict != .none {
            #expect(until - now >= 15_000 && until - now <= 600_000)
          }
          if breaker.state != before { epoch += 1 }
        }
        if breaker.state != .closed || before != .closed { streak = 0 }
      }
      // Once the platform answers it is closed within one wait, whatever was before.
      for call in under { breaker.end(call.ticket, .none, at: now, fraction: 0) }
      now += 600_000
      #expect(Self.call(&breaker, .answered, at: now))
      #expect(breaker.state == .closed)
    }
  }

  @Test func aPlatformIsDownWhenNothingConnectsOrSeveralKindsOfCallFail() {
    func platform(_ calls: [(String, CallVerdict)]) -> [String?] {
      var breakers = PlatformBreakers(Self.policy(), single: ["c": Self.policy(failures: 1)])
      for (name, verdict) in calls {
        guard let ticket = breakers.enter(name, at: 0) else { continue }
        breakers.end(ticket, verdict, at: 0, fraction: 0)
      }
      return breakers.states().filter { $0.state != .closed }.map(\.name)
    }
    #expect(platform([("a", .failed), ("a", .failed), ("a", .failed), ("b", .failed)]) == ["a"])
    #expect(platform([("a", .failed), ("a", .failed), ("b", .failed), ("b", .failed)]) == [nil])
    #expect(
      platform([("a", .failed), ("a", .failed), ("b", .answered), ("b", .failed), ("b", .failed)]) == [])
    #expect(platform([("a", .unreachable), ("b", .unreachable), ("d", .unreachable)]) == [nil])
    #expect(platform([("c", .failed)]) == ["c"], "its own policy")
  }

  @Test func aPlatformThatIsDownIsTriedByOneCallOfAnyKind() throws {
    var breakers = PlatformBreakers(Self.policy(), single: [:])
    for name in ["a", "b", "d"] {
      let ticket = breakers.enter(name, at: 0)
      breakers.end(try #require(ticket), .unreachable, at: 0, fraction: 0)
    }
    #expect(breakers.wait("e", at: 0) == 15_000)
    let early = breakers.enter("e", at: 14_000)
    let trial = breakers.enter("e", at: 15_000)
    let second = breakers.enter("a", at: 15_000)
    #expect(early == nil && second == nil)
    breakers.end(try #require(trial), .answered, at: 15_000, fraction: 0)
    #expect(breakers.wait("a", at: 15_000) == nil)
  }

  /// It takes no calls of one kind, and says not for how long: that kind waits ever longer, and no other does.
  @Test func whatIsTurnedAwayAgainAndAgainIsNotAskedAgain() throws {
    var breakers = PlatformBreakers(Self.policy(), single: [:])
    var (now, calls) = (0.0, 0)
    while now < 3_600_000 {
      if let ticket = breakers.enter("a", at: now) {
        calls += 1
        breakers.end(ticket, .turnedAway, at: now, fraction: 0.5)
      }
      #expect(breakers.wait("b", at: now) == nil)
      now += 1000
    }
    #expect(calls >= 3 + 6 && calls <= 3 + 12, "\(calls) in an hour")
    now += 600_000
    let ticket = breakers.enter("a", at: now)
    breakers.end(try #require(ticket), .answered, at: now, fraction: 0)
    #expect(breakers.wait("a", at: now) == nil, "the first success ends it")
  }

  @Test(
    arguments: [
      (.rate, nil, .turnedAway), (.rate, 5, .turnedAway), (.rate, 60, .answered),
      (.configuration, nil, .turnedAway), (.data, nil, .answered), (.drift, nil, .answered),
      (.credentials, nil, .failed), (.transient, nil, .failed),
    ] as [(ErrorClass, Int?, CallVerdict)])
  func refusalsTellWhatIsBehindThem(_ errorClass: ErrorClass, _ retryAfter: Int?, _ verdict: CallVerdict) {
    let error = AdapterError(.refused, errorClass, "m", remedy: "r", retryAfter: retryAfter)
    #expect(CallVerdict(error, wasSent: true) == verdict)
  }

  @Test func holdsEndAndAreBounded() {
    var holds = CallHolds()
    holds.hold("a", seconds: 10, at: 0)
    holds.hold("a", seconds: 5, at: 0)
    #expect(holds.wait("a", at: 4_000) == 6_000 && holds.wait("b", at: 4_000) == 0)
    holds.hold(nil, seconds: 10_000_000, at: 0)
    #expect(holds.wait("b", at: 0) == 86_400_000)
    #expect(holds.wait("a", at: 90_000_000) == 0)
  }
}
