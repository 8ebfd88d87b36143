import CivilTime
import Exchanges
import Glibc
import SQLDatabase
import Synchronization
import Testing

@testable import Work

@Suite struct WorkLoopTests {
  /// Does what it is told, and keeps what it was handed.
  final class Handler: WorkHandler {
    /// Stands still while it works.
    let clock: VirtualClock?
    private let body: @Sendable (WorkLease) async throws -> Void
    private let seen = Mutex<[WorkLease]>([])

    init(stopping clock: VirtualClock? = nil, _ body: @escaping @Sendable (WorkLease) async throws -> Void) {
      self.clock = clock
      self.body = body
    }

    var leases: [WorkLease] { seen.withLock { $0 } }

    func perform(_ lease: WorkLease) async throws {
      defer { clock?.end() }
      seen.withLock { $0.append(lease) }
      try await body(lease)
    }

    func problem(of error: any Error) -> WorkProblem { (error as? Failure)?.problem ?? WorkProblem(error) }

    func parked(_ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp)
      throws
    {
      try transaction.execute(
        "INSERT INTO effect (item, fence) VALUES (?1, -1)", .int(lease.id.rawValue))
    }
  }

  struct Failure: Error {
    let problem: WorkProblem
  }

  final class Events: Sendable {
    private let list = Mutex<[WorkLoop.Event]>([])
    var all: [WorkLoop.Event] { list.withLock { $0 } }
    func add(_ event: WorkLoop.Event) { list.withLock { $0.append(event) } }
    func count(_ matches: (WorkLoop.Event) -> Bool) -> Int { all.count(where: matches) }
  }

  static func configuration(_ change: (inout WorkLoop.Configuration) -> Void = { _ in })
    -> WorkLoop.Configuration
  {
    var configuration = WorkLoop.Configuration()
    configuration.failures = FailureRule(mostAttempts: 4, backoff: Backoff(first: 10, longest: 60))
    change(&configuration)
    return configuration
  }

  /// Runs a loop until the clock's end, or until `until` returns.
  static func run(
    _ bench: QueueBench, _ handler: Handler, clock: VirtualClock, events: Events = Events(),
    configuration: WorkLoop.Configuration = configuration(), paused: Set<String> = [],
    until: @escaping @Sendable () async throws -> Void = {}
  ) async throws {
    let loop = WorkLoop(
      bench.queue, handlers: [.push: handler], configuration: configuration, clock: clock.clock,
      paused: { paused },
      report: { event in
        if case .started = event { handler.clock?.begin() }
        events.add(event)
      })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await loop.run() }
      try await until()
      await clock.waitForTheEnd()
      group.cancelAll()
    }
  }

  @Test func everythingIsDoneOnceAndWhatComesLaterToo() async throws {
    let bench = try await QueueBench()
    let clock = VirtualClock(seconds: 120)
    for key in 0..<100 { try await bench.add(QueueBench.work(key, lane: "lane \(key % 5)")) }
    try await bench.add(QueueBench.work(100, at: QueueBench.now.advanced(bySeconds: 90)))
    let handler = Handler(stopping: clock) { try await bench.complete($0, at: clock.now) }
    try await Self.run(bench, handler, clock: clock) {
      // By another task of this process: it is woken.
      try await bench.add(QueueBench.work(101, at: clock.now))
    }
    #expect(try await bench.effects().sorted() == Array(1...102))
    #expect(try await bench.states().allSatisfy { $0 == .done })
    await bench.close()
  }

  /// A loop that was told before the item could be seen would find nothing, and sleep.
  @Test func whatIsEnqueuedIsBegunAtOnce() async throws {
    let bench = try await QueueBench()
    let done = Bell()
    let handler = Handler { lease in
      try await bench.complete(lease)
      done.ring()
    }
    let clock = WorkClock(
      now: { QueueBench.now }, fraction: { 0.5 }, sleep: { try await Task.sleep(for: $0) })
    let loop = WorkLoop(
      bench.queue, handlers: [.push: handler],
      configuration: Self.configuration {
        ($0.look, $0.lease) = (.seconds(3600), .seconds(3600))
      }, clock: clock)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await loop.run() }
      let queue = bench.queue
      for key in 0..<20 {
        try await bench.database.write { transaction in
          _ = try queue.enqueue(QueueBench.work(key), in: transaction, now: QueueBench.now)
          // Long enough for a look before the commit.
          usleep(5_000)
        }
        // Only a loop that sleeps keeps it waiting.
        await done.wait(.seconds(30), clock)
        try #require(handler.leases.count == key + 1)
      }
      group.cancelAll()
    }
    await bench.close()
  }

  /// A disk without room for ten minutes: no attempt is used up, everything is tried ever more seldom, and goes on by itself.
  @Test func troubleOfTheDatabaseUsesUpNothing() async throws {
    let bench = try await QueueBench()
    let clock = VirtualClock(seconds: 700)
    for key in 0..<20 { try await bench.add(QueueBench.work(key, lane: "lane \(key % 5)")) }
    let end = QueueBench.now.advanced(bySeconds: 600)
    let events = Events()
    let handler = Handler(stopping: clock) { lease in
      guard clock.now >= end else { throw DatabaseError(.full, "There is no room.") }
      try await bench.complete(lease, at: clock.now)
    }
    try await Self.run(bench, handler, clock: clock, events: events)
    #expect(try await bench.effects().sorted() == Array(1...20))
    #expect(handler.leases.allSatisfy { $0.attempt == 1 })
    let tries = handler.leases.count - 20
    #expect(tries >= 20 && tries <= 400, "\(tries)")
    #expect(events.count { if case .storeFailed = $0 { true } else { false } } == tries)
    #expect(events.count { if case .failed = $0 { true } else { false } } == 0)
    await bench.close()
  }

  /// What a statement or a rule of a table refuses is the item's own fault.
  @Test func anItemThatTheDatabaseRefusesIsParked() async throws {
    let bench = try await QueueBench()
    let clock = VirtualClock(seconds: 700)
    try await bench.add(QueueBench.work(1))
    let handler = Handler(stopping: clock) { _ in throw DatabaseError(.otherConstraint, "It is refused.") }
    try await Self.run(bench, handler, clock: clock)
    #expect(try await bench.states() == [.parked])
    #expect(handler.leases.count == 4)
    await bench.close()
  }

  @Test func placesAndLanesAreLimited() async throws {
    let bench = try await QueueBench()
    for key in 0..<60 { try await bench.add(QueueBench.work(key, lane: "lane \(key % 3)")) }
    let clock = VirtualClock(seconds: 60)
    let running = Mutex<[String: Int]>([:])
    let most = Mutex<[String: Int]>([:])
    let handler = Handler(stopping: clock) { lease in
      for name in [lease.lane, "all"] {
        let count = running.withLock { running in
          running[name, default: 0] += 1
          return running[name] ?? 0
        }
        most.withLock { $0[name] = max($0[name] ?? 0, count) }
      }
      for _ in 0..<10 { await Task.yield() }
      for name in [lease.lane, "all"] { running.withLock { $0[name, default: 0] -= 1 } }
      try await bench.complete(lease)
    }
    let configuration = Self.configuration {
      $0.concurrency = 5
      $0.perLane = 3
      $0.lanes = ["lane 0": 1]
    }
    try await Self.run(bench, handler, clock: clock, configuration: configuration)
    #expect(try await bench.effects().count == 60)
    let reached = most.withLock { $0 }
    #expect((reached["all"] ?? 0) <= 5 && (reached["lane 0"] ?? 0) == 1 && (reached["lane 1"] ?? 0) <= 3)
    await bench.close()
  }

  @Test func anErrorIsTriedAgainAndParkedAtTheEndWithTheHandlersOwnState() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    try await bench.add(QueueBench.work(2))
    let (clock, events) = (VirtualClock(seconds: 600), Events())
    let handler = Handler(stopping: clock) { lease in
      if lease.id.rawValue == 1 { throw Failure(problem: QueueBench.problem) }
      try await bench.complete(lease)
    }
    try await Self.run(bench, handler, clock: clock, events: events)
    #expect(try await bench.states() == [.parked, .done])
    #expect(handler.leases.filter { $0.id.rawValue == 1 }.map(\.attempt) == [1, 2, 3, 4])
    #expect(try await bench.effects().sorted() == [1, 2], "parked() ran once, in the transaction")
    #expect(try await bench.item(1).problem == QueueBench.problem)
    let verdicts = events.all.compactMap { event -> FailureRule.Verdict? in
      if case .failed(_, _, let verdict) = event { verdict } else { nil }
    }
    #expect(verdicts.count == 4 && verdicts.last == .park)
    await bench.close()
  }

  @Test func aHandlerThatDoesNotEndItsLeaseIsAMistakeThatShows() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let events = Events()
    try await Self.run(bench, Handler { _ in }, clock: VirtualClock(seconds: 60), events: events)
    #expect(try await bench.item(1).problem?.code == "work-not-ended")
    #expect(try await bench.states() == [.parked])
    #expect(events.count { if case .abandoned = $0 { true } else { false } } == 1)
    await bench.close()
  }

  @Test func anOrphanIsTakenOverWithinThirtySeconds() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    // The process that held it is gone.
    _ = try await bench.claim(by: bench.queue("gone"))
    let clock = VirtualClock(seconds: 60)
    let taken = Mutex<Int?>(nil)
    let handler = Handler(stopping: clock) { lease in
      taken.withLock { $0 = clock.seconds }
      try await bench.complete(lease)
    }
    try await Self.run(bench, handler, clock: clock)
    #expect(handler.leases.map(\.isTakeover) == [true])
    let seconds = try #require(taken.withLock { $0 })
    #expect(seconds >= 20 && seconds <= 30)
    await bench.close()
  }

  @Test func longWorkIsHeldByRenewing() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let clock = VirtualClock(seconds: 300)
    let other = try bench.queue("other")
    let handler = Handler { lease in
      while clock.seconds < 200 {
        await Task.yield()
        #expect(try await bench.claim(at: clock.now, by: other).isEmpty, "nobody else gets it")
      }
      try await bench.complete(lease, at: clock.now)
    }
    try await Self.run(bench, handler, clock: clock)
    #expect(handler.leases.count == 1)
    #expect(try await bench.states() == [.done])
    await bench.close()
  }

  @Test func whoLosesALeaseIsStopped() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let (clock, events) = (VirtualClock(seconds: 300), Events())
    let other = try bench.queue("other")
    let handler = Handler { lease in
      guard lease.fence == 1 else { return try await bench.complete(lease, at: clock.now) }
      // This process stood still for a while, and another thought that it was gone.
      repeat { clock.advance(bySeconds: 21) } while try await bench.claim(at: clock.now, by: other).isEmpty
      try await Task.sleep(for: .seconds(3600))
    }
    try await Self.run(bench, handler, clock: clock, events: events)
    #expect(events.count { if case .lost = $0 { true } else { false } } == 1)
    #expect(handler.leases.map(\.isTakeover) == [false, true], "the other vanished in its turn")
    #expect(try await bench.states() == [.done])
    await bench.close()
  }

  @Test func stoppingGivesBackWhatWasNotDone() async throws {
    let bench = try await QueueBench()
    for key in 0..<6 { try await bench.add(QueueBench.work(key)) }
    let clock = VirtualClock(seconds: 30)
    let handler = Handler { _ in try await Task.sleep(for: .seconds(3600)) }
    let configuration = Self.configuration {
      $0.concurrency = 2
      $0.perLane = 2
    }
    try await Self.run(bench, handler, clock: clock, configuration: configuration)
    #expect(handler.leases.count == 2)
    #expect(try await bench.states().allSatisfy { $0 == .ready })
    let next = try await bench.claim(at: clock.now)
    #expect(next.count == 6 && next.allSatisfy { $0.attempt == 1 })
    // What was begun may have left something behind.
    #expect(Set(next.filter(\.isTakeover).map(\.id)) == Set(handler.leases.map(\.id)))
    await bench.close()
  }

  @Test func pausedLanesAreNotBegun() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1, lane: "p"))
    try await bench.add(QueueBench.work(2, lane: "q"))
    let clock = VirtualClock(seconds: 60)
    let handler = Handler(stopping: clock) { try await bench.complete($0) }
    try await Self.run(bench, handler, clock: clock, paused: ["p"])
    #expect(try await bench.states() == [.ready, .done])
    await bench.close()
  }

  @Test func anIdleLoopHardlyLooks() async throws {
    let bench = try await QueueBench()
    let clock = VirtualClock(seconds: 600)
    try await Self.run(bench, Handler { _ in }, clock: clock)
    #expect(clock.sleeps <= 600 / 5 + 2)
    await bench.close()
  }

  /// A hundred items, and a platform that does not answer for ten minutes.
  @Test func anOutageCostsFewAttempts() async throws {
    let bench = try await QueueBench()
    for key in 0..<100 { try await bench.add(QueueBench.work(key)) }
    let (clock, events) = (VirtualClock(seconds: 1200), Events())
    let handler = Handler(stopping: clock) { lease in
      if clock.seconds < 600 { throw Failure(problem: QueueBench.problem) }
      try await bench.complete(lease, at: clock.now)
    }
    let configuration = Self.configuration {
      $0.failures = FailureRule(mostAttempts: 50, backoff: Backoff(first: 10, longest: 300))
    }
    try await Self.run(bench, handler, clock: clock, events: events, configuration: configuration)
    #expect(try await bench.effects().sorted() == Array(1...100), "all are done once it is over")
    // 7.5 s, 15 s, 30 s, 60 s, 120 s, 225 s, 225 s.
    #expect(handler.leases.map(\.attempt).max() ?? 0 <= 9)
    #expect(events.all.count <= 100 * 9 * 2)
    await bench.close()
  }

  @Test func aDatabaseThatFailsIsNotAskedAllTheTime() async throws {
    let bench = try await QueueBench()
    let (clock, events) = (VirtualClock(seconds: 600), Events())
    await bench.close()
    try await Self.run(bench, Handler { _ in }, clock: clock, events: events)
    let failures = events.count { if case .storeFailed = $0 { true } else { false } }
    #expect(failures > 5 && failures < 40)
  }
}
