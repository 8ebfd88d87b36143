import Adapters
import CivilTime
import Crypto
import Exchanges
import Journal
import Registry
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

@testable import Sync

/// Schedules as work of the queue: what several processes, killed ones and broken platforms make of them.
@Suite struct DaemonTests {
  /// Pulls under way, during which clocks stand still.
  final class Pulls: Sendable {
    private let count = Mutex(0)
    var areUnderWay: Bool { count.withLock { $0 > 0 } }
    func add(_ number: Int) { count.withLock { $0 += number } }
  }

  /// What a daemon told, and how often it slept.
  final class Story: Sendable {
    let pulls: Pulls
    private let events = Mutex<[SyncDaemon.Event]>([])
    private let slept = Mutex(0)

    var all: [SyncDaemon.Event] { events.withLock { $0 } }
    var sleeps: Int { slept.withLock { $0 } }

    init(_ pulls: Pulls = Pulls()) { self.pulls = pulls }

    func add(_ event: SyncDaemon.Event) {
      switch event {
      case .pull(.started): pulls.add(1)
      // A run that another process has taken over has no other end.
      case .pull(.ended), .lost: pulls.add(-1)
      default: break
      }
      events.withLock { $0.append(event) }
    }

    func sleep() { slept.withLock { $0 += 1 } }

    var reports: [PullReport] {
      all.compactMap { if case .pull(.ended(_, let report)) = $0 { report } else { nil } }
    }
  }

  /// A daemon whose clock goes on by itself when it sleeps.
  static func daemon(
    _ engine: Engine, _ runners: [PullRunner], _ story: Story, owner: String = "a",
    onSleep: @escaping @Sendable () -> Void = {}
  ) -> SyncDaemon {
    let clock = engine.bench.clock
    return SyncDaemon(
      runners, desk: engine.desk(owner), history: SyncHistory(database: engine.database),
      environment: CallEnvironment(
        now: { clock.now }, random: { SecureRandom.bytes($0) },
        sleep: { duration in
          for _ in 0..<20 { await Task.yield() }
          while story.pulls.areUnderWay { try await Task.sleep(for: .milliseconds(1)) }
          try Task.checkCancellation()
          story.sleep()
          clock.advance(by: duration)
          onSleep()
        })
    ) { story.add($0) }
  }

  /// Runs daemons until `isOver`.
  static func run(_ daemons: SyncDaemon..., until isOver: @escaping @Sendable () -> Bool) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for daemon in daemons {
        group.addTask { do { try await daemon.run() } catch is CancellationError {} }
      }
      while !isOver() { try await Task.sleep(for: .milliseconds(2)) }
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  @Test func eachRunPlansTheNext() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let story = Story()
      try await Self.run(Self.daemon(engine, [runner], story)) { story.reports.count >= 4 }
      #expect(story.reports.prefix(4).allSatisfy { $0.problem == nil })
      let starts = story.reports.map(\.started)
      for (one, next) in zip(starts, starts.dropFirst()) {
        // Every ten minutes with up to a minute's jitter, and at most one look later.
        #expect((540...665).contains(next.milliseconds(since: one) / 1000))
      }
      let items = try await engine.desk().queue.list(WorkFilter(kind: .pull))
      #expect(items.count { $0.state == .done } >= 4)
      #expect(items.count { $0.state != .done } == 1, "the next one")
      await engine.database.close()
    }
  }

  /// The clock is set by a day, forward and back: runs go on at their pace by the time that passes, and what they bring is neither lost nor doubled.
  @Test(arguments: [86_400, -86_400]) func theClockIsSet(_ jump: Int) async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let story = Story()
      let ends = Mutex<[Int64]>([])
      let isSet = Atomic(false)
      let daemon = Self.daemon(engine, [runner], story) {
        ends.withLock { ends in
          while ends.count < story.reports.count { ends.append(bench.clock.elapsed) }
        }
        guard story.reports.count == 2, !isSet.exchange(true, ordering: .relaxed) else { return }
        bench.clock.set(bySeconds: jump)
      }
      try await Self.run(daemon) { story.reports.count >= 6 }
      #expect(story.reports.allSatisfy { $0.problem == nil }, "\(story.reports.compactMap(\.problem))")
      let times = ends.withLock { $0 }
      for (one, next) in zip(times.dropFirst(), times.dropFirst(2)) {
        // No longer than by the schedule; sooner only where the clock says that a run was missed.
        #expect((next - one) / 1000 <= 700, "\(times)")
      }
      #expect(zip(times.dropFirst(2), times.dropFirst(3)).allSatisfy { ($1 - $0) / 1000 >= 500 }, "\(times)")
      #expect(try await engine.registry.counts().reduce(0) { $0 + $1.count } == 400)
      await engine.database.close()
    }
  }

  @Test func twoProcessesShareTheRuns() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let pulls = Pulls()
      let (first, second) = (Story(pulls), Story(pulls))
      try await Self.run(
        Self.daemon(engine, [runner], first), Self.daemon(engine, [runner], second, owner: "b")
      ) { first.reports.count + second.reports.count >= 6 }
      let reports = (first.reports + second.reports).sorted { $0.started < $1.started }
      #expect(reports.allSatisfy { $0.problem == nil })
      for (one, next) in zip(reports, reports.dropFirst()) {
        #expect(one.finished <= next.started, "one after the other")
      }
      #expect(try await engine.registry.counts().reduce(0) { $0 + $1.count } == 400)
      await engine.database.close()
    }
  }

  /// Ten minutes in which the platform does not answer.
  @Test func anOutageCostsFewCallsAndFewLines() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let (story, outage) = (Story(), bench.clock.now)
      bench.sandbox.faults.add(FaultRule(.reset, platform: "real-estate-xml", trigger: .always))
      let duringOutage = Mutex<(calls: Int, events: Int, sleeps: Int)?>(nil)
      let daemon = Self.daemon(engine, [runner], story) {
        guard bench.clock.now.milliseconds(since: outage) >= 600_000 else { return }
        duringOutage.withLock { cost in
          guard cost == nil else { return }
          cost = (
            bench.sandbox.calls("real-estate-xml", "houses").calls, story.all.count, story.sleeps
          )
          bench.sandbox.faults.removeAll()
        }
      }
      try await Self.run(daemon) { story.reports.contains { $0.problem == nil } }
      let cost = try #require(duringOutage.withLock { $0 })
      #expect(cost.calls > 0 && cost.calls <= 20)
      #expect(cost.events > 0 && cost.events <= 30)
      // Once in five seconds, and when something is due.
      #expect(cost.sleeps <= 160)
      let recovered = try #require(story.reports.first { $0.problem == nil })
      #expect(recovered.finished.milliseconds(since: outage) < 1_500_000, "soon after")
      await engine.database.close()
    }
  }

  @Test func whatAKilledProcessPulledGoesOnElsewhere() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      // It had taken the run and recorded an exchange when it was killed.
      let gone = engine.desk("gone")
      let turn = try await gone.take(runner.key, now: bench.clock.now)
      let left = try await engine.journal.record(
        Exchange(
          platform: runner.key.platform, operation: runner.key.operation, method: "GET", address: "/",
          created: bench.clock.now, outcome: .unknown, requestID: "r"))
      let killed = bench.clock.now
      bench.clock.advance(seconds: 1)
      let story = Story()
      try await Self.run(Self.daemon(engine, [runner], story)) { !story.reports.isEmpty }
      let report = try #require(story.reports.first)
      #expect(report.problem == nil)
      #expect((20_000...30_000).contains(report.started.milliseconds(since: killed)))
      let settled = try await engine.journal.list(ExchangeFilter()).first { $0.id == left }
      #expect(settled?.outcome == .failed && settled?.problemCode == "interrupted")
      // Had it only been slow, it could not end the run now.
      await #expect(throws: WorkError.self) { try await gone.giveBack(turn, now: bench.clock.now) }
      await engine.database.close()
    }
  }

  /// The platform's message makes the process run out of memory, whichever process it is.
  @Test func aPullThatEndsItsProcessIsSetAsideUntilSomebodyRunsIt() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let other = try engine.runner("zhejiang-public-data", "property-deed")
      for number in 0..<5 {
        _ = try await engine.desk("gone \(number)").take(runner.key, now: bench.clock.now)
        bench.clock.advance(seconds: 21)
      }
      let lane = runner.key.description
      for start in 0..<2 {
        let story = Story()
        try await Self.run(Self.daemon(engine, [runner, other], story, owner: "start \(start)")) {
          story.sleeps >= 200 && !story.reports.isEmpty
        }
        let told = story.all.compactMap { event -> WorkProblem? in
          if case .setAside(let which, let problem) = event, which == lane { problem } else { nil }
        }
        #expect(told.map(\.code) == ["work-ends-process"], "once a start")
        let started = story.all.compactMap { event -> String? in
          if case .pull(.started(let key)) = event { key.description } else { nil }
        }
        #expect(!started.isEmpty && Set(started) == [other.key.description], "the other one goes on")
      }
      // Somebody's turn that is no run leaves it parked.
      let turn = try await engine.desk().take(runner.key, now: bench.clock.now)
      try await engine.desk().giveBack(turn, now: bench.clock.now)
      let parked = try await engine.desk().queue.list(WorkFilter(kind: .pull, lane: lane, state: .parked))
      #expect(parked.map { $0.problem?.code } == ["work-ends-process"])
      let handler = PullHandler([runner], desk: engine.desk(), environment: Self.environment(bench))
      let report = await handler.runNow(runner)
      #expect(report.problem == nil && report.rows == 400)
      #expect(try await handler.nextRun(runner) != nil, "planned as after any other run")
      await engine.database.close()
    }
  }

  @Test func aRunThatLostItsTurnStoresNothing() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let turn = try await engine.desk("slow").take(runner.key, now: bench.clock.now)
      let slow = engine.desk("slow").queue
      // Another takes over and completes it in the meantime.
      bench.clock.advance(seconds: 21)
      let other = PullHandler([runner], desk: engine.desk("other"), environment: Self.environment(bench))
      #expect(await other.runNow(runner).problem == nil)
      let before = try await engine.content()
      bench.sandbox.faults.removeAll()
      let lost = await runner.pull(
        requestID: "r", restart: true, guarding: { try slow.check(turn.lease, in: $0) }, watcher: nil)
      #expect(lost.problem?.code == "work-lease-lost" && lost.pages == 0)
      #expect(try await engine.content() == before)
      await engine.database.close()
    }
  }

  @Test func oneProcessRunsAnOperationAtATime() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let turn = try await engine.desk("first").take(runner.key, now: bench.clock.now)
      let handler = PullHandler([runner], desk: engine.desk("second"), environment: Self.environment(bench))
      let refused = await handler.runNow(runner)
      #expect(refused.problem?.code == "work-leased" && refused.rows == 0)
      try await engine.desk("first").giveBack(turn, now: bench.clock.now)
      let report = await handler.runNow(runner)
      #expect(report.problem == nil && report.rows == 400)
      let next = try #require(await handler.nextRun(runner))
      #expect(next > bench.clock.now, "planned as after any other run")
      // Before its time, and once more.
      #expect(await handler.runNow(runner).problem == nil)
      #expect(try await engine.desk().queue.list(WorkFilter(state: .ready)).count == 1)
      await engine.database.close()
    }
  }

  @Test func whatIsScheduledNoMoreIsTakenOut() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let (desk, now) = (engine.desk(), bench.clock.now)
      let gone = OperationKey(platform: "real-estate-xml", operation: "gone")
      try await desk.begin(gone, at: now, now: now)
      // One that does not know it leaves it to others.
      let runner = try engine.runner("real-estate-xml", "deeds")
      let lease = try #require(
        await desk.queue.claim(kinds: [.pull], limit: 1, lease: .seconds(20), now: now).first)
      try await PullHandler([runner], desk: desk, environment: Self.environment(bench)).perform(lease)
      #expect(try await desk.next(gone) == now.advanced(bySeconds: 600))
      let story = Story()
      try await Self.run(Self.daemon(engine, [runner], story)) { !story.reports.isEmpty }
      #expect(try await desk.next(gone) == nil)
      #expect(try await desk.queue.list(WorkFilter(state: .cancelled)).map(\.lane) == [gone.description])
      await engine.database.close()
    }
  }

  static func environment(_ bench: SyncBench) -> CallEnvironment {
    let clock = bench.clock
    return CallEnvironment(
      now: { clock.now }, random: { SecureRandom.bytes($0) }, sleep: { try await Task.sleep(for: $0) })
  }
}

extension PullHandler {
  func nextRun(_ runner: PullRunner) async throws -> Timestamp? { try await desk.next(runner.key) }
}
