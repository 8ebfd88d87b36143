import CivilTime
import Crypto
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
        held += claimed
        #expect(held.count { $0.vanished == WorkLease.mostVanished - 1 } <= 1, "the last time one at a time")
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

  /// Processes one after the other, each with room for everything, over twenty calls of three seconds. What ends its process is set aside and nothing else; what up to three
  /// have vanished over is taken over within thirty seconds, all of it, and of what four have, the first.
  ///
  /// - Parameters:
  ///   - isSeen: a process is known to be gone as soon as it is.
  ///   - isBusy: there is always something else to do.
  @Test(arguments: [false, true], [false, true]) func callsOfThreeSecondsAreNotSetAsideWithIt(
    _ isSeen: Bool, _ isBusy: Bool
  ) async throws {
    let bench = try await QueueBench()
    for key in 1...20 { try await bench.add(QueueBench.work(key, lane: "lane \(key % 5)")) }
    let (culprit, start) = (WorkID(rawValue: 10), QueueBench.now)
    var (now, key, begun, parked) = (start, 21, 0, [WorkID]())
    var ended: Set<WorkID> = []
    var vanished: [WorkID: Timestamp] = [:]
    var firstOfLast: [Timestamp: Timestamp] = [:]
    processes: for number in 0..<12 {
      let name = "process \(number)"
      let queue = WorkQueue(
        database: bench.database, sealer: try Sealer(keys: QueueBench.keys, currentKeyID: 1), owner: name,
        isGone: { isSeen && $0 != name })
      var held: [WorkLease] = []
      while ended.count(where: { $0.rawValue <= 20 }) < 20, now < start.advanced(bySeconds: 400) {
        for lease in held where lease.until.advanced(bySeconds: -17) <= now {
          try await bench.complete(lease, at: now)
          ended.insert(lease.id)
        }
        held.removeAll { ended.contains($0.id) }
        if isBusy {
          try await bench.add(QueueBench.work(key, lane: "lane \(key % 5)", at: now), now: now)
          key += 1
        }
        // As a loop does: until there is nothing more to claim.
        while true {
          let claimed = try await queue.claim(
            kinds: [.push], limit: 40, holding: Set(held.map(\.id)), lease: .seconds(20), now: now)
          guard !claimed.isEmpty else { break }
          for lease in claimed where lease.endsProcess {
            try await bench.park(lease)
            parked.append(lease.id)
            ended.insert(lease.id)
          }
          held += claimed.filter { !$0.endsProcess }
          for lease in claimed {
            guard let moment = vanished[lease.id] else { continue }
            let isLast = lease.vanished == WorkLease.mostVanished - 1
            if isLast { firstOfLast[moment] = min(firstOfLast[moment] ?? now, now) }
            #expect(isLast || now <= moment.advanced(bySeconds: 30), "\(lease) waited for too long")
          }
          guard !claimed.contains(where: { $0.id == culprit && !$0.endsProcess }) else {
            begun += 1
            for lease in held { vanished[lease.id] = now }
            now = now.advanced(bySeconds: 1)
            continue processes
          }
        }
        now = now.advanced(bySeconds: 1)
      }
      break
    }
    #expect(begun == WorkLease.mostVanished && parked == [culprit], "whoever is beside it is not set aside")
    #expect(ended.isSuperset(of: (1...20).map { WorkID(rawValue: $0) }))
    #expect(firstOfLast.allSatisfy { $0.value <= $0.key.advanced(bySeconds: 30) } && !firstOfLast.isEmpty)
    #expect(now < start.advanced(bySeconds: 240), "it keeps nobody for long")
    await bench.close()
  }

  /// A machine that is cut off three times: nothing is what ended it, and all of it goes on.
  @Test(arguments: [false, true]) func threeCrashesKeepNothingForMoreThanThirtySeconds(_ isSeen: Bool)
    async throws
  {
    let bench = try await QueueBench()
    for key in 1...20 { try await bench.add(QueueBench.work(key, lane: "lane \(key % 5)")) }
    let crash = try await left(3, bench).advanced(bySeconds: -20)
    let queue = WorkQueue(
      database: bench.database, sealer: try Sealer(keys: QueueBench.keys, currentKeyID: 1), owner: "the last",
      isGone: { isSeen && $0 != "the last" })
    var (held, begun, now) = ([WorkLease](), Set<WorkID>(), crash)
    while begun.count < 20, now < crash.advanced(bySeconds: 60) {
      for lease in held where lease.until.advanced(bySeconds: -17) <= now {
        try await bench.complete(lease, at: now)
        held.removeAll { $0.id == lease.id }
      }
      while true {
        let claimed = try await queue.claim(
          kinds: [.push], limit: 40, holding: Set(held.map(\.id)), lease: .seconds(20), now: now)
        guard !claimed.isEmpty else { break }
        #expect(claimed.allSatisfy { $0.vanished == 3 })
        held += claimed
        begun.formUnion(claimed.map(\.id))
      }
      now = now.advanced(bySeconds: 1)
    }
    #expect(begun.count == 20 && now <= crash.advanced(bySeconds: 30))
    await bench.close()
  }

  /// Over two of which four holders in a row have vanished; their leases have ended.
  private func leftByFour(_ bench: QueueBench) async throws -> Timestamp {
    let now = try await left(3, bench).advanced(bySeconds: 10)
    #expect(try await bench.claim(at: now, by: bench.queue("gone 3")).map(\.vanished) == [3, 3])
    return now.advanced(bySeconds: 20)
  }

  /// One that goes on for long keeps the next for as long as a lease from its beginning, in each loop of its process.
  @Test func whatIsTriedForTheLastTimeKeepsTheNextForALease() async throws {
    let bench = try await QueueBench()
    for key in 1...2 { try await bench.add(QueueBench.work(key)) }
    let now = try await leftByFour(bench).advanced(bySeconds: 8)
    let queue = bench.queue
    func claim(at second: Double, holding: Set<WorkID> = []) async throws -> [WorkLease] {
      try await queue.claim(
        kinds: [.push], limit: 5, holding: holding, lease: .seconds(20), now: now.advanced(bySeconds: second))
    }
    func due(at second: Double, holding: Set<WorkID> = []) async throws -> Int64? {
      try await queue.nextDue(kinds: [.push], holding: holding, now: now.advanced(bySeconds: second))
        .map { $0.milliseconds(since: now) / 1_000 }
    }
    let first = try await claim(at: 0)
    #expect(first.map(\.id.rawValue) == [1] && first.map(\.vanished) == [4])
    let held = Set(first.map(\.id))
    for second in [0.0, 7, 19] {
      #expect(try await claim(at: second, holding: held).isEmpty)
      #expect(try await due(at: second, holding: held) == 20)
    }
    // It had lain at hand for a while. Another loop holds nothing, and has to wait as well.
    let late = now.advanced(bySeconds: 19)
    #expect(try await queue.renew(first, lease: .seconds(20), now: late) == first)
    #expect(try await queue.begin(first, now: late) == first)
    #expect(try await claim(at: 38, holding: held).isEmpty)
    #expect(try await claim(at: 20).isEmpty)
    #expect(try await due(at: 20, holding: held) == 39)
    #expect(try await queue.renew(first, lease: .seconds(20), now: now.advanced(bySeconds: 30)) == first)
    #expect(try await claim(at: 39, holding: held).map(\.id.rawValue) == [2])
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
    var (now, key, begun) = (try await leftByFour(bench), 3, Set<Int64>())
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
      let more = try await bench.queue.claim(
        kinds: [.push], limit: 8, room: { _ in 8 }, holding: Set(claimed.map(\.id)), lease: .seconds(20),
        now: now)
      #expect(old.isEmpty || !more.contains { $0.vanished >= 3 }, "nor with the next call")
      begun.formUnion((old + more.filter { $0.vanished >= 3 }).map(\.id.rawValue))
      for lease in more {
        try await bench.complete(lease, at: now)
        try await bench.add(QueueBench.work(key, at: now), now: now)
        key += 1
      }
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
    #expect(try await queue.begin([last[0]], now: now) == [last[0]])
    now = now.advanced(bySeconds: 21)
    let after = try await bench.claim(at: now)
    #expect(
      after.first { $0.id == last[0].id }.map { $0.vanished == 1 && $0.attempt == 2 && $0.isTakeover } == true
    )
    #expect(after.count { $0.vanished == 0 && !$0.isTakeover } == 2)
    #expect(try await queue.begin([last[1]], now: now).isEmpty, "it is somebody else's by now")
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
