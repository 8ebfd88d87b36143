import Adapters
import CivilTime
import Crypto
import Documents
import Exchanges
import Journal
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

@testable import Pushing
@testable import Replay

/// How replays run, stop and go on.
@Suite struct ReplayRunTests {
  /// Some messages that can be read, and behind them some that were erased since they were planned.
  private static func planned(
    _ desk: ReplayDesk, _ terms: ReplayTerms, erasing lost: (Int) -> Bool
  ) async throws -> (id: ReplayID, items: Int, lost: Int) {
    try await RemappingTests.pull(desk)
    let id = try await desk.plan(ReplayDesk.deeds, .remap, terms).id
    let items = try await desk.replays.items(of: id)
    let erased = items.filter { lost($0.number) }
    for item in erased { try await desk.engine.journal.erase(ExchangeID(item.original)) }
    return (id, items.count, erased.count)
  }

  @Test func aTrialThatPassesIsFollowedByTheRest() async throws {
    try await ReplayDesk.run { desk in
      let (id, items, _) = try await Self.planned(desk, ReplayDesk.terms(canary: 2)) { _ in false }
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      #expect(try await desk.state(id) == .canary)
      let seen = Mutex<[ReplayState]>([])
      try await desk.settle { _ in
        let state = try await desk.state(id)
        seen.withLock { $0.append(state) }
      }
      #expect(seen.withLock { $0 } == [.canary, .canary] + Array(repeating: .running, count: items - 2))
      #expect(try await desk.state(id) == .completed)
      #expect(desk.events.withLock { $0 } == [.canaryPassed, .completed])
      #expect(
        try await desk.replays.history(of: id).map(\.event) == [
          "planned", "started", "canary-passed", "completed",
        ])
    }
  }

  /// A trial that fails stops it, and who starts it again begins another trial.
  @Test func aTrialThatFailsStopsIt() async throws {
    try await ReplayDesk.run { desk in
      let (id, items, _) = try await Self.planned(desk, ReplayDesk.terms(canary: 2)) { $0 <= 4 }
      for round in 1...2 {
        desk.clock.advance(seconds: 60)
        _ = try await desk.replays.start(id, by: ReplayDesk.person)
        #expect(try await desk.state(id) == .canary)
        try await desk.settle()
        #expect(try await desk.state(id) == .stopped)
        #expect(try await desk.counts(id).list == [items - 2 * round, 0, 0, 2 * round])
      }
      desk.clock.advance(seconds: 60)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      #expect(try await desk.counts(id).list == [0, 0, items - 4, 4])
    }
  }

  /// Above the rate of errors it stops by itself, as soon as there are enough to judge by; what failed is not tried again.
  @Test func tooManyErrorsStopIt() async throws {
    try await ReplayDesk.run { desk in
      var terms = ReplayDesk.terms(mostErrors: 40)
      // Its portions are of one item, so it stops where it has seen enough.
      terms.rate = 1
      for number in 1...12 {
        try await RepushingTests.refused(desk, "SQ-\(number)")
      }
      let id = try await desk.plan(ReplayDesk.permits("greening"), .repush, terms).id
      // The window refuses the first seven.
      desk.pushing.fault(.refusal, "greening", calls: 1...7)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      // Each is sent before the next is handed in.
      try await desk.settle { _ in try await desk.pushing.work() }
      let stopped = try await desk.counts(id)
      #expect(try await desk.state(id) == .stopped)
      #expect(stopped.failed == 7 && stopped.pending + stopped.waiting > 0, "\(stopped)")
      desk.clock.advance(seconds: 60)
      _ = try await desk.replays.start(id, by: ReplayDesk.another)
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      #expect(try await desk.counts(id).list == [0, 0, 5, 7])
      #expect(desk.engine.bench.sandbox.permitCases.count == 5)
    }
  }

  /// The clock is set back by an hour between the start and the first item: what fails is seen all the same, by the trial and behind it.
  @Test(arguments: [3, 0]) func aClockThatIsSetBackTakesNoBrakesAway(_ canary: Int) async throws {
    try await ReplayDesk.run { desk in
      for number in 1...14 { try await RepushingTests.refused(desk, "SQ-\(number)") }
      var terms = ReplayDesk.terms(canary: canary)
      terms.rate = 1
      let id = try await desk.plan(ReplayDesk.permits("greening"), .repush, terms).id
      desk.pushing.fault(.refusal, "greening", calls: 1...100)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      desk.clock.set(bySeconds: -3600)
      try await desk.settle { _ in try await desk.pushing.work() }
      #expect(try await desk.state(id) == .stopped)
      let first = try await desk.counts(id)
      #expect(first.failed >= max(canary, 1) && first.failed <= (canary > 0 ? canary : 13), "\(first)")
      // Another start, on the same clock: what failed under the first one is no failure of this one.
      desk.clock.set(bySeconds: -3600)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      #expect(try await desk.replays.latestResults(of: id, limit: 50).isEmpty)
      #expect(try await desk.replays.finishedSinceStart(of: id) == 0)
    }
  }

  @Test func itIsStoppedAndGoesOn() async throws {
    try await ReplayDesk.run { desk in
      var terms = ReplayDesk.terms()
      terms.rate = 1
      let (id, items, _) = try await Self.planned(desk, terms) { _ in false }
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle { number in
        // The part that is being stored just now is undone, and done again later.
        if number == 2 { _ = try await desk.replays.stop(id, by: ReplayDesk.another) }
      }
      #expect(try await desk.state(id) == .stopped)
      #expect(try await desk.counts(id).list == [items - 1, 0, 1, 0])
      #expect(try await desk.claim() == nil)
      desk.clock.advance(seconds: 60)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      let done = Mutex(0)
      try await desk.settle { number in done.withLock { $0 = number } }
      #expect(done.withLock { $0 } == items - 1, "what is done is not done again")
      #expect(try await desk.counts(id).list == [0, 0, items, 0])
      let history = try await desk.replays.history(of: id)
      #expect(history.map(\.event) == ["planned", "started", "stopped", "started", "completed"])
      #expect(history[2].signOff == ReplayDesk.another)
      #expect(history[4].signOff == nil)
    }
  }

  /// Also in the middle of what is done between two looks at the replay.
  @Test(arguments: [1.0, 1000]) func itIsCancelledForGood(_ rate: Double) async throws {
    try await ReplayDesk.run { desk in
      var terms = ReplayDesk.terms()
      terms.rate = rate
      let (id, items, _) = try await Self.planned(desk, terms) { _ in false }
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle { number in
        if number == 1 { _ = try await desk.replays.cancel(id, by: ReplayDesk.person) }
      }
      #expect(try await desk.state(id) == .cancelled)
      #expect(try await desk.counts(id).list == [items, 0, 0, 0])
      await #expect(throws: ReplayError.self) { try await desk.replays.start(id, by: ReplayDesk.person) }
      await #expect(throws: ReplayError.self) { try await desk.replays.cancel(id, by: ReplayDesk.person) }
    }
  }

  /// Stopped and started again before whoever works on it has looked: one works on it, never two.
  @Test func twoNeverRunOneReplay() async throws {
    try await ReplayDesk.run { desk in
      let (id, items, _) = try await Self.planned(desk, ReplayDesk.terms()) { _ in false }
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      let done = Mutex(0)
      try await desk.settle { number in
        done.withLock { $0 += 1 }
        guard number == 2 else { return }
        _ = try await desk.replays.stop(id, by: ReplayDesk.person)
        _ = try await desk.replays.start(id, by: ReplayDesk.person)
        #expect(try await desk.claim() == nil, "its other work waits")
      }
      #expect(done.withLock { $0 } == items)
      #expect(try await desk.counts(id).list == [0, 0, items, 0])
    }
  }

  @Test func somebodyElseHasToAgree() async throws {
    try await ReplayDesk.run(needsApproval: true) { desk in
      let (id, items, _) = try await Self.planned(desk, ReplayDesk.terms()) { _ in false }
      let refusal = await #expect(throws: ReplayError.self) {
        try await desk.replays.start(id, by: ReplayDesk.person)
      }
      #expect(refusal?.code == .approval)
      let own = await #expect(throws: ReplayError.self) {
        try await desk.replays.approve(id, by: ReplayDesk.person)
      }
      #expect(own?.code == .approval)
      #expect(try await desk.state(id) == .planned)
      #expect(try await desk.claim() == nil)
      _ = try await desk.replays.approve(id, by: ReplayDesk.another)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 0, items, 0])
    }
  }

  /// The operation is gone from the site: the replay does not stay under way without anybody, and can go on later.
  @Test func aReplayThatNobodyCanDoStops() async throws {
    try await ReplayDesk.run { desk in
      let (id, items, _) = try await Self.planned(desk, ReplayDesk.terms()) { _ in false }
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      let lease = try #require(try await desk.claim())
      let clock = desk.clock
      let handler = ReplayHandler(
        replays: desk.replays,
        library: ReplayLibrary(
          runners: [], journal: desk.engine.journal, registry: desk.engine.registry,
          ledger: desk.engine.ledger,
          pushes: desk.pushing.pushes, routes: { _, _ in nil }), now: { clock.now }, sleep: { _ in })
      let error = await #expect(throws: ReplayError.self) { try await handler.perform(lease) }
      // What the loop does with it.
      let problem = handler.problem(of: try #require(error))
      #expect(problem.errorClass == .configuration)
      try await desk.database.write { transaction in
        try desk.pushing.queue.park(lease, problem, in: transaction, now: clock.now)
        try handler.parked(lease, problem, in: transaction, now: clock.now)
      }
      #expect(try await desk.state(id) == .stopped)
      clock.advance(seconds: 60)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 0, items, 0])
    }
  }

  /// What stopped because its work could not be done is cancelled with that work, whatever the site has by then; until then everybody sees why it stopped.
  @Test func whatStoppedByItselfIsCancelledWhole() async throws {
    try await ReplayDesk.run { desk in
      let (id, _, _) = try await Self.planned(desk, ReplayDesk.terms()) { _ in false }
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      #expect(try await desk.replays.problem(of: id) == nil)
      desk.use(try RemappingTests.otherFloor(version: 3))
      let lease = try #require(try await desk.claim())
      let (handler, queue, now) = (try desk.handler(), desk.pushing.queue, desk.clock.now)
      let error = await #expect(throws: ReplayError.self) { try await handler.perform(lease) }
      let problem = handler.problem(of: try #require(error))
      try await desk.database.write { transaction in
        try queue.park(lease, problem, in: transaction, now: now)
        try handler.parked(lease, problem, in: transaction, now: now)
      }
      #expect(try await desk.replays.problem(of: id)?.code == "replay-changed")
      _ = try await desk.replays.cancel(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.state(id) == .cancelled)
      #expect(try await queue.list(WorkFilter(kind: .replay)).map(\.state) == [.done])
      #expect(try await desk.replays.problem(of: id) == nil)
    }
  }

  @Test func theReportIsTheSameForTheSameAndTellsEverything() async throws {
    try await ReplayDesk.run { desk in
      let (id, items, lost) = try await Self.planned(desk, ReplayDesk.terms(mostErrors: 100)) { $0 == 2 }
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      let bytes = try await ReplayReport(id, desk.replays).encoded()
      #expect(try await ReplayReport(id, desk.replays).encoded() == bytes)
      let report = try JSONDocument(parsing: bytes).root
      #expect(report["state"]?.string == "completed" && report["items"]?.count == items)
      #expect(report["items"]?.elements.filter { $0["state"]?.string == "failed" }.count == lost)
      #expect(report["history"]?[0]?["name"]?.string == ReplayDesk.person.name)
      let (publicKey, signature) = try await desk.engine.journal.sign(bytes)
      let key = try SM2.PublicKey(bytes: publicKey)
      #expect(try key.isValid(encodedSignature: signature, for: bytes))
      for place in stride(from: 0, to: bytes.count, by: 97) {
        var altered = bytes
        altered[place] ^= 1
        #expect(try !key.isValid(encodedSignature: signature, for: altered))
      }
      // Who decided lies sealed.
      let stored = try await desk.database.read { reader in
        try reader.query("SELECT who FROM replay_event WHERE who IS NOT NULL") { $0.blob(0) }
      }
      #expect(stored.count == 2)
      #expect(stored.allSatisfy { !String(decoding: $0, as: UTF8.self).contains(ReplayDesk.person.name) })
    }
  }
}
