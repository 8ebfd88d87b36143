import Adapters
import Exchanges
import TestSupport
import Testing

@testable import Pushing

@Suite struct PushMachineTests {
  /// Every step there is, by class: what is not here cannot happen.
  static let steps: [(PushState, PushEvent, Bool, PushState, Set<Idempotency.Class>)] = {
    let all = Set(Idempotency.Class.allCases)
    let askable: Set<Idempotency.Class> = [.nativeKey, .queryable]
    var steps: [(PushState, PushEvent, Bool, PushState, Set<Idempotency.Class>)] = [
      (.unknown, .begun, true, .sending, [.nativeKey]),
      (.unknown, .found, true, .accepted, askable),
      (.unknown, .absent, true, .queued, askable),
      (.unknown, .signedHappened, true, .accepted, all),
      (.unknown, .signedAbsent, true, .queued, all),
      (.unknown, .notMade, true, .unknown, all),
      (.unknown, .gaveUp, true, .unknown, all),
      (.unknown, .late, true, .accepted, all),
      (.unknown, .lateLost, true, .unknown, all),
      (.unknown, .released, true, .unknown, askable),
      (.sending, .refused, true, .unknown, all),
      (.sending, .notMade, true, .unknown, all),
      (.sending, .gaveUp, true, .unknown, all),
      (.sending, .refused, false, .refused, all),
      (.sending, .notMade, false, .queued, all),
      (.sending, .gaveUp, false, .parked, all),
    ]
    for isDoubtful in [true, false] {
      steps += [
        (.sending, .accepted, isDoubtful, .accepted, all), (.sending, .lost, isDoubtful, .unknown, all),
        (.sending, .late, isDoubtful, .accepted, all),
        (.sending, .restored, isDoubtful, .unknown, all),
        (.sending, .lateLost, isDoubtful, .sending, all),
      ]
    }
    steps += [
      (.queued, .begun, false, .sending, all), (.queued, .notMade, false, .queued, all),
      (.queued, .gaveUp, false, .parked, all), (.queued, .cancelled, false, .cancelled, all),
      (.queued, .late, false, .accepted, all), (.parked, .released, false, .queued, all),
      (.parked, .cancelled, false, .cancelled, all), (.parked, .late, false, .accepted, all),
      (.cancelled, .late, false, .accepted, all), (.queued, .restored, false, .unknown, all),
      (.accepted, .erased, false, .accepted, all), (.refused, .erased, false, .refused, all),
      (.cancelled, .erased, false, .cancelled, all),
      (.parked, .restored, false, .unknown, all), (.accepted, .secondEffect, false, .accepted, all),
      (.accepted, .late, false, .accepted, all), (.refused, .late, false, .accepted, all),
    ]
    for state in [PushState.queued, .refused, .parked, .cancelled] {
      steps.append((state, .lateLost, false, .unknown, all))
    }
    return steps
  }()

  /// Doubt belongs to some states only.
  static func mayDoubt(_ state: PushState) -> [Bool] {
    switch state {
    case .unknown: [true]
    case .sending: [true, false]
    default: [false]
    }
  }

  @Test(arguments: Idempotency.Class.allCases) func everyStepThereIs(_ idempotency: Idempotency.Class) {
    for state in PushState.allCases {
      for event in PushEvent.allCases {
        for isDoubtful in Self.mayDoubt(state) {
          let expected = Self.steps.first {
            $0.0 == state && $0.1 == event && $0.2 == isDoubtful && $0.4.contains(idempotency)
          }?.3
          let machine = PushMachine(state, isDoubtful: isDoubtful, idempotency: idempotency)
          #expect(
            machine.state(after: event) == expected,
            "\(state) \(event) doubtful \(isDoubtful) \(idempotency)")
        }
      }
    }
  }

  /// What ended in an older copy is what it was, until a person has said whether something that repeated it is there. Nothing but that may happen besides what could.
  @Test(arguments: Idempotency.Class.allCases)
  func whatMayHaveBeenRepeatedIsAPersonsToSay(_ idempotency: Idempotency.Class) throws {
    for state in PushState.allCases {
      let plain = PushMachine(state, idempotency: idempotency)
      let doubted = PushMachine(state, mayHaveBeenRepeated: true, idempotency: idempotency)
      let isEnded = [.refused, .cancelled, .parked, .accepted].contains(state)
      for event in PushEvent.allCases {
        let expected: PushState? =
          switch event {
          case .signedAbsent where isEnded: state
          case .signedHappened where isEnded && state != .accepted: .accepted
          default: plain.state(after: event)
          }
        #expect(doubted.state(after: event) == expected, "\(state) \(event)")
        guard expected != nil else { continue }
        var after = doubted
        try after.apply(event)
        let isSaid =
          [.accepted, .found, .late, .signedHappened, .signedAbsent].contains(event)
          || event == .released && state == .parked
        #expect(after.mayHaveBeenRepeated == !isSaid, "\(state) \(event)")
      }
    }
  }

  private static let notToBeSent = [PushState.refused, .parked, .cancelled]

  /// What was not to be sent before the doubt goes back to that, and is not sent to learn what became of it; all else is as ever.
  @Test(arguments: Idempotency.Class.allCases) func doubtLeadsBack(_ idempotency: Idempotency.Class) throws {
    for former in Self.notToBeSent {
      let machine = PushMachine(.unknown, isDoubtful: true, returnsTo: former, idempotency: idempotency)
      let plain = PushMachine(.unknown, isDoubtful: true, idempotency: idempotency)
      for event in PushEvent.allCases {
        let next: PushState? =
          switch event {
          case .begun: nil
          case .absent: idempotency == .neither ? nil : former
          case .signedAbsent: former
          default: plain.state(after: event)
          }
        #expect(machine.state(after: event) == next, "\(former) \(event) \(idempotency)")
        guard let next else { continue }
        var after = machine
        try after.apply(event)
        #expect(after.state == next && after.returnsTo == (next == .unknown ? former : nil))
      }
      for event in [PushEvent.lateLost, .restored] {
        var doubted = PushMachine(former, idempotency: idempotency)
        guard doubted.state(after: event) != nil else { continue }
        try doubted.apply(event)
        #expect(doubted == machine)
      }
    }
    for state in [PushState.queued, .sending] {
      var doubted = PushMachine(state, idempotency: idempotency)
      try doubted.apply(.restored)
      #expect(doubted.state == .unknown && doubted.returnsTo == .parked)
      #expect(doubted.state(after: .begun) == nil)
      try doubted.apply(.signedAbsent)
      #expect(doubted.state == .parked)
      try doubted.apply(.released)
      #expect(doubted.state == .queued)
    }
  }

  /// What was refused or taken back is handed in once more, and that again: whatever is learned of the earlier ones, they are not sent beside it, and the window
  /// has one at most as long as nothing arrives late.
  @Test(arguments: Idempotency.Class.allCases)
  func nothingHappensTwiceBesideARepetition(_ idempotency: Idempotency.Class) throws {
    var random = SplitMix64(seed: 20_261_126)
    var doubted = 0
    for _ in 0..<10_000 {
      var machines = [PushMachine(idempotency: idempotency)]
      var platforms = [Platform(idempotency: idempotency)]
      for _ in 0..<Int.random(in: 5...60, using: &random) {
        let last = machines.count - 1
        if Self.notToBeSent.contains(machines[last].state), machines[last].state != .parked,
          Bool.random(using: &random)
        {
          machines.append(PushMachine(idempotency: idempotency))
          platforms.append(Platform(idempotency: idempotency))
          continue
        }
        let index = Int.random(in: 0...last, using: &random)
        let event = PushEvent.allCases.randomElement(using: &random) ?? .begun
        guard machines[index].state(after: event) != nil else { continue }
        let isDone = platforms[index].effects > 0
        let isDoubtful = machines[index].isDoubtful
        switch event {
        case .accepted where !isDone, .found where !isDone, .signedHappened where !isDone,
          .late where !isDone, .absent where isDone, .signedAbsent where isDone, .secondEffect:
          continue
        case .refused where isDone && !isDoubtful, .notMade where isDone && !isDoubtful,
          .gaveUp where isDone && !isDoubtful:
          continue
        default: break
        }
        try machines[index].apply(event)
        if event == .begun {
          #expect(index == last, "it was handed in again, and is sent itself")
          if Bool.random(using: &random) { platforms[index].receive() }
        }
        if index < last, machines[index].state == .unknown { doubted += 1 }
        #expect(platforms.map(\.effects).reduce(0, +) <= 1)
      }
    }
    #expect(doubted > 1000, "there is doubt about what was repeated")
  }

  /// Whatever time goes by, and whenever the machine is started again: never believed before `settle` has really gone by, and always in the end.
  @Test func whatIsNotThereIsBelievedInTime() {
    var random = SplitMix64(seed: 53)
    for _ in 0..<5000 {
      let settle = Int.random(in: 0...120, using: &random)
      var (uptime, real) = (Int64.random(in: 0...500_000, using: &random), Int64(0))
      var lost: Int64? = Bool.random(using: &random) ? uptime : nil
      for step in 0..<100 {
        if step < 50, Int.random(in: 0..<4, using: &random) == 0 { uptime = 0 }
        let more = Int64.random(in: 0...60_000, using: &random)
        (uptime, real) = (uptime + more, real + more)
        let wait = PushPolicy.secondsUntilSettled(settle, lost: lost, uptime: uptime)
        #expect(wait >= 0 && wait <= Double(settle))
        if wait == 0 {
          #expect(real >= Int64(settle) * 1000)
          break
        }
        if lost.map({ $0 > uptime }) ?? true { lost = uptime }
        if step == 99 { Issue.record("never believed") }
      }
    }
  }

  /// What is accepted stays so; what is refused or taken back only another request of it can change.
  @Test func whatIsFinalStaysSo() {
    for state in PushState.allCases where state.isFinal {
      for event in PushEvent.allCases {
        let next = PushMachine(state, idempotency: .nativeKey).state(after: event)
        let mayChange = state != .accepted && (event == .late || event == .lateLost)
        #expect(next == nil || next == state || mayChange)
      }
    }
  }

  /// A request that another had overtaken leaves doubt, until the platform or a person has answered.
  @Test func doubtComesLateToo() throws {
    for state in PushState.allCases where state != .accepted && state != .unrecognized {
      for idempotency in Idempotency.Class.allCases {
        var machine = PushMachine(state, idempotency: idempotency)
        try machine.apply(.lateLost)
        #expect(machine.isDoubtful && machine.state == (state == .sending ? .sending : .unknown))
        if state == .sending { try machine.apply(.refused) }
        #expect(machine.state == .unknown)
        try machine.apply(.signedAbsent)
        #expect(!machine.isDoubtful)
        #expect(machine.state == (Self.notToBeSent.contains(state) ? state : .queued))
      }
    }
  }

  /// A platform, as far as one push is concerned: how often it did it, and whether it knows our key.
  private struct Platform {
    let idempotency: Idempotency.Class
    var effects = 0

    mutating func receive() {
      if idempotency != .nativeKey || effects == 0 { effects += 1 }
    }
  }

  /// Whatever comes in whatever order: nothing is done twice as long as platform and people tell the truth, and nothing accepted was not done.
  @Test(arguments: Idempotency.Class.allCases)
  func nothingHappensTwice(_ idempotency: Idempotency.Class) throws {
    var random = SplitMix64(seed: 20_260_304)
    for _ in 0..<20_000 {
      var machine = PushMachine(idempotency: idempotency)
      var platform = Platform(idempotency: idempotency)
      for _ in 0..<Int.random(in: 1...30, using: &random) {
        let event = PushEvent.allCases.randomElement(using: &random) ?? .begun
        guard machine.state(after: event) != nil else { continue }
        // What cannot be, since nobody lies.
        let isDone = platform.effects > 0
        switch event {
        case .accepted where !isDone, .found where !isDone, .signedHappened where !isDone:
          continue
        // The request of a process that was held up has arrived meanwhile, if it was the first.
        case .late where !isDone: platform.receive()
        case .lateLost where !isDone: if Bool.random(using: &random) { platform.receive() }
        case .absent where isDone, .signedAbsent where isDone: continue
        case .secondEffect: continue
        case .refused where isDone && !machine.isDoubtful, .notMade where isDone && !machine.isDoubtful,
          .gaveUp where isDone && !machine.isDoubtful:
          continue
        default: break
        }
        try machine.apply(event)
        // What is under way may arrive, be it answered or not.
        if machine.state == .sending, event == .begun, Bool.random(using: &random) { platform.receive() }
        #expect(platform.effects <= 1)
      }
      if machine.state == .accepted { #expect(platform.effects == 1) }
      if [.refused, .parked, .cancelled].contains(machine.state) { #expect(platform.effects == 0) }
    }
  }
}

@Suite struct PushPolicyTests {
  let policy = PushPolicy()

  static func idempotency(_ name: Idempotency.Class, probe: String?) -> Idempotency {
    Idempotency(class: name, probe: probe, settle: 60)
  }

  @Test func whatPassesByItselfIsTriedAgainAndNotForEver() {
    for (errorClass, most) in [
      (ErrorClass.transient, policy.mostUnheard), (.platform, policy.mostAttempts),
    ] {
      var waited = 0.0
      for attempt in 1..<most {
        guard
          case .retry(let seconds) = policy.afterNotMade(
            errorClass, isOwnLimit: false, retryAfter: nil, attempt: attempt, inVain: 1, fraction: 0.5)
        else {
          Issue.record("attempt \(attempt) is not tried again")
          return
        }
        #expect(seconds >= waited * 0.99 && seconds <= 1800)
        waited = seconds
      }
      #expect(
        policy.afterNotMade(
          errorClass, isOwnLimit: false, retryAfter: nil, attempt: most, inVain: 1, fraction: 0.5)
          == .park)
    }
  }

  @Test func ourOwnLimitsUseUpNoAttempt() {
    for errorClass in ErrorClass.allCases {
      let step = policy.afterNotMade(
        errorClass, isOwnLimit: true, retryAfter: 90, attempt: 1000, inVain: 1000, fraction: 0)
      #expect(step == .snooze(seconds: 90))
    }
  }

  @Test func theClassDecides() {
    func step(_ errorClass: ErrorClass, inVain: Int = 1, retryAfter: Int? = nil) -> PushPolicy.Step {
      policy.afterNotMade(
        errorClass, isOwnLimit: false, retryAfter: retryAfter, attempt: 1, inVain: inVain, fraction: 0)
    }
    #expect(step(.data) == .park)
    #expect(step(.drift) == .park)
    #expect(step(.configuration) == .snooze(seconds: 60))
    #expect(step(.credentials) == .snooze(seconds: 60))
    #expect(step(.rate) == .snooze(seconds: 2.5))
    #expect(step(.transient) == .retry(afterSeconds: 2.5))
    // However often that was in vain: ever more seldom, once an hour at least, and by no means all at one moment.
    #expect(step(.configuration, inVain: 3) == .snooze(seconds: 240))
    #expect(step(.rate, inVain: 5) == .snooze(seconds: 40))
    #expect(step(.rate, inVain: 5, retryAfter: 3) == .snooze(seconds: 40))
    #expect(step(.rate, inVain: 5, retryAfter: 7200) == .snooze(seconds: 7200))
    for errorClass in [ErrorClass.rate, .configuration, .credentials] {
      #expect(step(errorClass, inVain: 1000) == .snooze(seconds: 1800))
      let last = policy.afterNotMade(
        errorClass, isOwnLimit: false, retryAfter: nil, attempt: 1, inVain: 1000, fraction: 1)
      #expect(last == .snooze(seconds: 3600))
    }
  }

  @Test func whatWasLostGoesByTheClassOfThePush() {
    func step(_ name: Idempotency.Class, _ probe: String?, attempt: Int = 1) -> PushPolicy.Step {
      policy.afterLost(Self.idempotency(name, probe: probe), attempt: attempt, fraction: 0)
    }
    #expect(step(.neither, nil) == .park)
    #expect(step(.queryable, "status") == .snooze(seconds: 60))
    #expect(step(.nativeKey, "status") == .snooze(seconds: 60))
    #expect(step(.nativeKey, nil) == .retry(afterSeconds: 2.5))
    #expect(step(.nativeKey, nil, attempt: policy.mostUnheard) == .park)
  }

  @Test func whatIsNotThereIsSentEverMoreSeldom() {
    #expect(policy.afterAbsent(attempt: 1, fraction: 0) == .retry(afterSeconds: 2.5))
    #expect(policy.afterAbsent(attempt: 5, fraction: 0) == .retry(afterSeconds: 40))
    #expect(policy.afterAbsent(attempt: 1000, fraction: 1) == .retry(afterSeconds: 1800))
  }

  @Test func askingEndsToo() {
    func step(_ errorClass: ErrorClass, _ probes: Int, isOwnLimit: Bool = false) -> PushPolicy.Step {
      policy.afterUndecided(
        errorClass, probes: probes, retryAfter: nil, isOwnLimit: isOwnLimit, fraction: 0.9)
    }
    for errorClass in ErrorClass.allCases {
      let most = errorClass == .transient ? policy.mostUnheard : policy.mostProbes
      #expect(step(errorClass, most) == .park)
      #expect(step(errorClass, most, isOwnLimit: true) != .park)
      guard case .snooze(let seconds) = step(errorClass, most - 1) else {
        Issue.record("the platform is not asked again after \(errorClass)")
        return
      }
      #expect(seconds <= 1800)
    }
  }

  /// A platform that is down from Friday night to Monday is no reason to ask a person.
  @Test func aPlatformMayBeDownOverALongWeekend() {
    func time(_ next: (Int) -> PushPolicy.Step) -> Double {
      var (time, tries) = (0.0, 1)
      while true {
        let step = next(tries)
        if step == .park { return time }
        time += step.seconds
        tries += 1
      }
    }
    let days = 3 * 86_400.0
    #expect(
      time {
        policy.afterNotMade(
          .transient, isOwnLimit: false, retryAfter: nil, attempt: $0, inVain: 1, fraction: 0.5)
      } > days)
    #expect(
      time {
        policy.afterUndecided(.transient, probes: $0, retryAfter: nil, isOwnLimit: false, fraction: 0.5)
      } > days)
  }
}
