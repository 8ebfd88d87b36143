import CivilTime
import Exchanges
import SQLDatabase
import TestSupport
import Testing

@testable import Work

/// Work that ends its process, beside work that does not.
@Suite struct VanishingTests {
  /// Processes come one after the other; each ends at once when it begins the one item that ends it, and what it holds is left behind.
  @Test(arguments: 0..<12) func whatEndsItsProcessIsBegunFiveTimesAndHarmsNothingElse(_ seed: UInt64)
    async throws
  {
    let bench = try await QueueBench()
    var generator = SplitMix64(seed: seed)
    let others = Int.random(in: 3..<12, using: &generator)
    let culprit = Int.random(in: 0...others, using: &generator)
    for key in 0...others {
      try await bench.add(
        QueueBench.work(key, lane: "lane \(key % 3)", priority: .random(in: 0..<2, using: &generator)))
    }
    let id = WorkID(rawValue: Int64(culprit + 1))
    var (now, begun, isParked, innocents) = (QueueBench.now, 0, false, 0)
    process: for number in 0..<60 where !isParked || innocents < others {
      let queue = try bench.queue("process \(number)")
      var held: [WorkLease] = []
      for _ in 0..<30 {
        let holding = Set(held.map(\.id))
        let claimed = try await queue.claim(
          kinds: [.push], limit: .random(in: 1..<5, using: &generator), holding: holding,
          lease: .seconds(20), now: now)
        if claimed.contains(where: { $0.vanished >= 3 }) {
          #expect(claimed.count == 1 && held.isEmpty, "it is begun when there is nothing that it could harm")
        }
        held += claimed
        if let lease = claimed.first(where: { $0.id == id }) {
          guard lease.endsProcess else {
            begun += 1
            now = now.advanced(bySeconds: 25)
            continue process
          }
          try await bench.park(lease)
          isParked = true
          held.removeAll { $0.id == id }
        }
        #expect(held.allSatisfy { !$0.endsProcess }, "nobody else is taken for it")
        while let lease = held.last, Int.random(in: 0..<3, using: &generator) > 0 || claimed.isEmpty {
          try await bench.complete(lease, at: now)
          held.removeLast()
          innocents += 1
        }
      }
    }
    #expect(begun == WorkLease.mostVanished && isParked)
    let items = try await bench.queue.list(WorkFilter(limit: 100))
    #expect(items.filter { $0.state == .parked }.map(\.id) == [id])
    #expect(items.count { $0.state == .done } == others, "all others were done, each once")
    #expect(innocents == others)
    await bench.close()
  }

  /// Over which so many holders have vanished.
  private func left(_ vanished: Int, _ bench: QueueBench) async throws -> Timestamp {
    var now = QueueBench.now
    for number in 0..<vanished {
      let lease = try #require(try await bench.claim(at: now, by: bench.queue("gone \(number)")).first)
      #expect(lease.vanished == number && lease.attempt == number + 1)
      now = now.advanced(bySeconds: 21)
    }
    return now
  }

  @Test func theLoopSetsItAsideWithTheHandlersOwnState() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let end = try await left(5, bench)
    try await bench.add(QueueBench.work(2, at: end))
    let clock = VirtualClock(seconds: 300)
    let events = WorkLoopTests.Events()
    let handler = WorkLoopTests.Handler(stopping: clock) { try await bench.complete($0, at: clock.now) }
    let unending = WorkLoopTests.configuration { $0.failures.mostAttempts = .max }
    try await WorkLoopTests.run(bench, handler, clock: clock, events: events, configuration: unending)
    #expect(handler.leases.map(\.id.rawValue) == [2], "it is not begun")
    #expect(try await bench.states() == [.parked, .done])
    let problem = try #require(try await bench.item(1).problem)
    #expect(problem.code == "work-ends-process" && problem.errorClass == .configuration)
    #expect(problem.message.contains("5") && !problem.remedy.isEmpty)
    #expect(try await bench.effects().sorted() == [1, 2], "parked() ran once, in the transaction")
    let told = events.all.compactMap { event -> WorkProblem? in
      if case .setAside(let lease, let problem) = event, lease.id.rawValue == 1 { problem } else { nil }
    }
    #expect(told == [problem])
    // A person lets it run again, with all its lives.
    try await bench.release(WorkID(rawValue: 1), at: clock.now)
    let lease = try #require(try await bench.claim(at: clock.now).first)
    #expect(lease.vanished == 0 && lease.isTakeover)
    await bench.close()
  }

  @Test func fourMayVanish() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    _ = try await left(4, bench)
    let clock = VirtualClock(seconds: 300)
    let handler = WorkLoopTests.Handler(stopping: clock) { try await bench.complete($0, at: clock.now) }
    try await WorkLoopTests.run(bench, handler, clock: clock)
    #expect(handler.leases.map(\.vanished) == [4])
    #expect(try await bench.states() == [.done])
    await bench.close()
  }

  /// Only a holder that knows what was left behind sets the count back.
  @Test func whoSettlesItSetsItBack() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let now = try await left(3, bench)
    let (queue, first) = (bench.queue, try #require(try await bench.claim(at: now).first))
    #expect(first.vanished == 3)
    try await bench.end(first) { _, transaction in
      try queue.snooze(first, until: now, isSettled: false, in: transaction, now: now)
    }
    let second = try #require(try await bench.claim(at: now).first)
    #expect(second.vanished == 3 && second.isTakeover)
    try await bench.end(second) { _, transaction in
      try queue.retry(second, at: now, QueueBench.problem, in: transaction, now: now)
    }
    #expect(try await bench.claim(at: now).map(\.vanished) == [0])
    await bench.close()
  }

  /// A machine that crashes twice ends whatever it was at: that is taken over when its lease ends, beside whatever else is due or under way.
  @Test(arguments: 1...2) func anOrdinaryCrashPutsNothingOff(_ crashes: Int) async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1, sequence: "case"))
    let now = try await left(crashes, bench)
    try await bench.add(QueueBench.work(2, at: now))
    let held: Set = [WorkID(rawValue: 99)]
    #expect(try await bench.queue.nextDue(kinds: [.push], holding: held, now: now).map { $0 <= now } == true)
    let claimed = try await bench.queue.claim(
      kinds: [.push], limit: 5, holding: held, lease: .seconds(20), now: now)
    #expect(claimed.map(\.id.rawValue) == [1, 2] && claimed.map(\.vanished) == [crashes, 0])
    await bench.close()
  }

  /// Where others are always due, and more of them than can be taken, its turn comes all the same.
  @Test func itsTurnComesAlsoBeforeABacklog() async throws {
    let bench = try await QueueBench()
    for key in 1...2 { try await bench.add(QueueBench.work(key, sequence: "case \(key)")) }
    var (now, key, begun) = (try await left(3, bench), 3, Set<Int64>())
    let start = now
    for _ in 0..<40 {
      try await bench.add(QueueBench.work(key, at: now), now: now)
      key += 1
    }
    while begun.count < 2, now < start.advanced(bySeconds: 100) {
      let claimed = try await bench.queue.claim(
        kinds: [.push], limit: 8, room: { _ in 8 }, lease: .seconds(20), now: now)
      let old = claimed.filter { $0.vanished >= 3 }
      #expect(old.count <= 1 && claimed.count == 8, "one at a time, and nothing waits for it")
      begun.formUnion(old.map(\.id.rawValue))
      for lease in claimed {
        try await bench.complete(lease, at: now)
        try await bench.add(QueueBench.work(key, at: now), now: now)
        key += 1
      }
      now = now.advanced(bySeconds: 10)
    }
    #expect(begun == [1, 2])
    await bench.close()
  }

  /// What only lay at hand when its holder vanished ended nobody: none is counted, no attempt used up, and what had been begun beside it is told apart.
  @Test func whatWasNotBegunEndsNobody() async throws {
    let bench = try await QueueBench()
    for key in 1...3 { try await bench.add(QueueBench.work(key)) }
    var now = QueueBench.now
    for number in 0..<6 {
      let claimed = try await bench.queue("gone \(number)").claim(
        kinds: [.push], limit: 3, beginning: { $0.map { _ in false } }, lease: .seconds(20), now: now)
      #expect(
        claimed.count == 3 && claimed.allSatisfy { $0.vanished == 0 && $0.attempt == 1 && !$0.isTakeover })
      now = now.advanced(bySeconds: 21)
    }
    let queue = try bench.queue("the last")
    let last = try await queue.claim(
      kinds: [.push], limit: 3, beginning: { $0.map { _ in false } }, lease: .seconds(20), now: now)
    #expect(try await queue.begin([last[0]]) == [last[0]])
    now = now.advanced(bySeconds: 21)
    let after = try await bench.claim(at: now)
    #expect(
      after.first { $0.id == last[0].id }.map { $0.vanished == 1 && $0.attempt == 2 && $0.isTakeover } == true
    )
    #expect(after.count { $0.vanished == 0 && !$0.isTakeover } == 2)
    #expect(try await queue.begin([last[1]]).isEmpty, "it is somebody else's by now")
    await bench.close()
  }

  /// The loop says so before a handler has its item.
  @Test func theLoopSaysWhatItBegins() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let clock = VirtualClock(seconds: 300)
    let handler = WorkLoopTests.Handler(stopping: clock) { lease in
      let begun = try await bench.database.read {
        try $0.int("SELECT begun FROM work_item WHERE id = ?1", .int(lease.id.rawValue))
      }
      #expect(begun == 1)
      try await bench.complete(lease, at: clock.now)
    }
    try await WorkLoopTests.run(bench, handler, clock: clock)
    #expect(try await bench.states() == [.done])
    await bench.close()
  }

  /// A process that always has something under way does not put it off for ever, nor asks for it all the time.
  @Test func itsTurnComesInAnyCaseWithinThirtySecondsOfVanishing() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let now = try await left(3, bench)
    try await bench.add(QueueBench.work(2, at: now))
    let held = try #require(try await bench.claim(1, at: now).first)
    #expect(held.id.rawValue == 2, "the other one is first")
    let until = now.advanced(bySeconds: -1)
    let due = try await bench.queue.nextDue(kinds: [.push], holding: [held.id], now: now)
    #expect(due == until.advanced(bySeconds: 8))
    for (time, count) in [(7, 0), (8, 1)] {
      let claimed = try await bench.queue.claim(
        kinds: [.push], limit: 5, holding: [held.id], lease: .seconds(20),
        now: until.advanced(bySeconds: time))
      #expect(claimed.count == count)
    }
    await bench.close()
  }
}
