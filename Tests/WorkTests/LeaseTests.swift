import CivilTime
import Crypto
import Glibc
import SQLDatabase
import TestSupport
import Testing

@testable import Work

/// Who may do and store what, by the clock and by the fencing number.
@Suite struct LeaseTests {
  static let now = QueueBench.now
  static let later = now.advanced(bySeconds: 20)
  static let masterKey = "test: 8f2ac41d9be07536a1c3d5e7f90b2d4f6183a5c7e9fb0d2f41638597b9dbfd1e"

  @Test func anOrphanIsTakenOverWhenItsLeaseEnds() async throws {
    let bench = try await QueueBench()
    let other = try bench.queue("b")
    try await bench.add(QueueBench.work(1))
    let first = try #require(await bench.claim().first)
    #expect(!first.isTakeover && first.fence == 1 && first.until == Self.later)
    #expect(try await bench.claim(at: Self.later.advanced(byMilliseconds: -1), by: other).isEmpty)
    let second = try #require(await bench.claim(at: Self.later, by: other).first)
    #expect(second.isTakeover && second.fence == 2 && second.attempt == 2)
    #expect(try await bench.item(1).owner == "b")
    await bench.close()
  }

  @Test func whoLostALeaseStoresNothing() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let lost = try #require(await bench.claim().first)
    let holder = try #require(await bench.claim(at: Self.later).first)
    let endings: [@Sendable (WorkQueue, Transaction) throws -> Void] = [
      { try $0.complete(lost, in: $1, now: Self.now) },
      { try $0.retry(lost, at: Self.now, QueueBench.problem, in: $1, now: Self.now) },
      { try $0.snooze(lost, until: Self.now, in: $1, now: Self.now) },
      { try $0.park(lost, QueueBench.problem, in: $1, now: Self.now) },
      { try $0.giveBack(lost, wasBegun: true, in: $1, now: Self.now) },
      { try $0.check(lost, in: $1) },
    ]
    for ending in endings {
      #expect(try await code { try await bench.end(lost, ending) } == .leaseLost)
    }
    #expect(try await bench.effects().isEmpty)
    #expect(
      try await bench.queue.renew([lost, holder], lease: .seconds(20), now: Self.later).map(\.id) == [
        holder.id
      ])
    try await bench.end(holder) { try $0.check(holder, in: $1) }
    try await bench.complete(holder)
    #expect(try await code { try await bench.complete(holder) } == .leaseLost, "it has ended")
    #expect(try await bench.effects().count == 2)
    await bench.close()
  }

  /// It is taken up from there on, as what it was, and only its holder can move it.
  @Test func itsHolderMovesItToAnotherLane() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    try await bench.add(QueueBench.work(2, lane: "p/other"))
    let lease = try #require(try await bench.claim(1).first)
    let queue = bench.queue
    try await bench.database.write { transaction in
      try queue.move(lease, to: "p/other", priority: -1, in: transaction, now: QueueBench.now)
    }
    let code = try await code {
      try await bench.database.write { transaction in
        try queue.move(lease, to: "p/submit", priority: 0, in: transaction, now: QueueBench.now)
      }
    }
    #expect(code == .leaseLost)
    let moved = try await bench.claim()
    #expect(moved.map(\.lane) == ["p/other", "p/other"])
    #expect(moved.first?.id == lease.id && moved.first?.payload == lease.payload)
    #expect(moved.first?.attempt == 1 && moved.first?.isTakeover == false)
    await bench.close()
  }

  @Test func aLeaseThatEndedIsStillGoodUntilSomebodyTakesIt() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let lease = try #require(await bench.claim().first)
    try await bench.complete(lease, at: Self.later.advanced(bySeconds: 3600))
    #expect(try await bench.states() == [.done])
    await bench.close()
  }

  @Test func renewingHoldsIt() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let lease = try #require(await bench.claim().first)
    var time = Self.now
    for _ in 0..<10 {
      time = time.advanced(bySeconds: 15)
      #expect(try await bench.queue.renew([lease], lease: .seconds(20), now: time).map(\.id) == [lease.id])
      #expect(try await bench.claim(at: time).isEmpty)
    }
    await bench.close()
  }

  /// A program that takes itself over would do the same twice at once.
  @Test func aHolderDoesNotTakeOverWhatItWorksOn() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let lease = try #require(await bench.claim().first)
    let queue = bench.queue
    let claimed = try await queue.claim(
      kinds: [.push], limit: 1, holding: [lease.id], lease: .seconds(20), now: Self.later)
    #expect(claimed.isEmpty)
    #expect(try await queue.nextDue(kinds: [.push], holding: [lease.id], now: Self.later) == nil)
    await bench.close()
  }

  @Test func whatAVanishedHolderMayHaveDoneIsRememberedUntilItIsSettled() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    _ = try await bench.claim()
    var lease = try #require(await bench.claim(at: Self.later).first)
    // Given back unread, and tried again after an error: still a takeover.
    try await bench.end(lease) { [lease] in
      try $0.giveBack(lease, wasBegun: false, in: $1, now: Self.later)
    }
    lease = try #require(await bench.claim(at: Self.later).first)
    #expect(lease.isTakeover)
    try await bench.end(lease) { [lease] in
      try $0.retry(lease, at: Self.later, QueueBench.problem, isSettled: false, in: $1, now: Self.later)
    }
    lease = try #require(await bench.claim(at: Self.later).first)
    #expect(lease.isTakeover)
    try await bench.end(lease) { [lease] in try $0.snooze(lease, until: Self.later, in: $1, now: Self.later) }
    lease = try #require(await bench.claim(at: Self.later).first)
    #expect(!lease.isTakeover)
    // Stopped in the middle: nobody knows.
    try await bench.end(lease) { [lease] in
      try $0.giveBack(lease, wasBegun: true, in: $1, now: Self.later)
    }
    let last = try #require(await bench.claim(at: Self.later).first)
    #expect(last.isTakeover && last.attempt == 3, "the one that vanished, and the one that failed")
    await bench.close()
  }

  @Test func aClockSetForwardEndsLeasesAndFencesKeepThemApart() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let first = try #require(await bench.claim().first)
    let tomorrow = Self.now.advanced(bySeconds: 86_400)
    let second = try #require(await bench.claim(at: tomorrow).first)
    #expect(try await code { try await bench.complete(first) } == .leaseLost)
    try await bench.complete(second, at: tomorrow)
    await bench.close()
  }

  /// The holder is gone and the clock was set back by a day: without care the lease would last a day more.
  @Test func aClockSetBackHoldsNothingUpForLongerThanALease() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let lease = try #require(await bench.claim().first)
    let yesterday = Self.now.advanced(bySeconds: -86_400)
    #expect(try await bench.queue.nextDue(kinds: [.push], now: yesterday) == yesterday, "look at it now")
    #expect(try await bench.claim(at: yesterday).isEmpty, "the holder may be alive: it keeps a whole lease")
    let end = yesterday.advanced(bySeconds: 20)
    #expect(try await bench.queue.nextDue(kinds: [.push], now: yesterday) == end)
    #expect(try await bench.claim(at: end).map(\.isTakeover) == [true])
    #expect(try await code { try await bench.complete(lease) } == .leaseLost)
    await bench.close()
  }

  /// What waited for its time waits as long as it was to, not a day more; what was planned before the clock went wrong stays planned.
  @Test func aClockSetBackLetsNothingWaitLonger() async throws {
    let bench = try await QueueBench()
    let yesterday = Self.now.advanced(bySeconds: -86_400)
    try await bench.add(QueueBench.work(1))
    try await bench.add(QueueBench.work(2, lane: "p/later", at: Self.now.advanced(bySeconds: 60)))
    try await bench.add(QueueBench.work(3, lane: "p/planned", at: Self.now), now: yesterday)
    try await bench.add(QueueBench.work(4, lane: "p/tried"))
    let tried = try #require(await bench.claim(lanes: ["p/submit", "p/later", "p/planned"]).first)
    try await bench.retry(tried, at: Self.now.advanced(bySeconds: 30))
    let back = yesterday.advanced(bySeconds: 10)
    #expect(try await bench.queue.nextDue(kinds: [.push], now: back) == back, "look at it now")
    #expect(try await bench.claim(at: back).map(\.lane) == ["p/submit"])
    #expect(
      try await bench.queue.nextDue(kinds: [.push], now: back) == back.advanced(bySeconds: 20), "the lease")
    #expect(try await bench.claim(at: back.advanced(bySeconds: 29)).map(\.lane) == ["p/submit"], "taken over")
    #expect(try await bench.claim(at: back.advanced(bySeconds: 30)).map(\.lane) == ["p/tried"])
    #expect(try await bench.claim(at: back.advanced(bySeconds: 60)).map(\.lane).contains("p/later"))
    // Once, not each time that somebody looks.
    #expect(try await !bench.claim(at: Self.now.advanced(bySeconds: -1)).map(\.lane).contains("p/planned"))
    #expect(try await bench.claim(at: Self.now).map(\.lane).contains("p/planned"))
    await bench.close()
  }

  /// The clocks of two processes that look at nearly the same moment are not one that was set back.
  @Test func aMomentApartIsNotTheFuture() async throws {
    let bench = try await QueueBench()
    let due = Self.now.advanced(bySeconds: 5)
    try await bench.add(QueueBench.work(1, at: due), now: Self.now.advanced(byMilliseconds: 900))
    #expect(try await bench.claim().isEmpty)
    #expect(try await bench.queue.nextDue(kinds: [.push], now: Self.now) == due)
    await bench.close()
  }

  @Test func aTermIsNeverLongerThanItWasGiven() {
    var generator = SplitMix64(seed: 7)
    for _ in 0..<10_000 {
      let given = Timestamp(milliseconds: .random(in: 0...1_000_000, using: &generator))
      let term = LeaseTerm(from: given, lasting: .milliseconds(Int.random(in: 1...50_000, using: &generator)))
      let now = Timestamp(milliseconds: .random(in: -1_000_000...2_000_000, using: &generator))
      switch term.standing(at: now) {
      case .ended: #expect(now >= term.until)
      case .held: #expect(now < term.until && now >= given && term.cut(at: now) == term)
      case .tooLong:
        #expect(now < given)
        let cut = term.cut(at: now)
        #expect(cut.until == now.advanced(byMilliseconds: term.length) && cut.standing(at: now) == .held)
      }
      #expect(term.due(at: now) <= max(now, term.until))
    }
  }

  @Test func manyOwnersDoEachItemOnce() async throws {
    let bench = try await QueueBench()
    let queue = bench.queue
    try await bench.database.write { transaction in
      for key in 0..<400 {
        let work = QueueBench.work(key, sequence: key % 3 == 0 ? "case \(key % 30)" : nil)
        _ = try queue.enqueue(work, in: transaction, now: Self.now)
      }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for owner in 0..<6 {
        let queue = try bench.queue("owner \(owner)")
        group.addTask {
          while true {
            let leases = try await bench.claim(1 + owner * 3, by: queue)
            if leases.isEmpty, try await queue.nextDue(kinds: [.push], now: Self.now) == nil { return }
            for lease in leases { try await bench.complete(lease) }
            await Task.yield()
          }
        }
      }
      try await group.waitForAll()
    }
    let effects = try await bench.effects()
    #expect(effects.sorted() == Array(1...400))
    // Within a sequence in their order.
    for sequence in 0..<10 {
      let own = effects.filter { ($0 - 1) % 3 == 0 && ($0 - 1) % 30 == sequence * 3 }
      #expect(own == own.sorted())
    }
    await bench.close()
  }

  @Test func aKilledProcessLeavesItsWorkToTheNext() async throws {
    let folder = TemporaryFolder()
    let path = folder.file("work.db")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let database = try Database(path: path)
      try await database.migrate(WorkSchema.component)
      let key = DataKey(id: 1, purpose: .sealing)
      let queue = WorkQueue(
        database: database, sealer: try Sealer(keys: [key], currentKeyID: 1), owner: "killed")
      let wrapped = key.wrapped(with: try KeyRing(text: Self.masterKey, source: "test"))
      try await database.write { transaction in
        try transaction.execute("CREATE TABLE kept (wrapped BLOB)")
        try transaction.execute("INSERT INTO kept VALUES (?1)", .blob(wrapped))
        for key in 0..<50 {
          _ = try queue.enqueue(QueueBench.work(key), in: transaction, now: QueueBench.now)
        }
      }
      let leases = try await queue.claim(
        kinds: [.push], limit: 20, lease: .seconds(20), now: QueueBench.now)
      try await database.write { transaction in
        for lease in leases.prefix(5) { try queue.complete(lease, in: transaction, now: QueueBench.now) }
      }
      kill(getpid(), SIGKILL)
    }
    let database = try Database(path: folder.file("work.db"))
    let wrapped = try #require(
      await database.read { try $0.first("SELECT wrapped FROM kept") { $0.blob(0) } })
    let key = try DataKey(
      unwrapping: wrapped, id: 1, purpose: .sealing, with: KeyRing(text: Self.masterKey, source: "test"))
    let queue = WorkQueue(
      database: database, sealer: try Sealer(keys: [key], currentKeyID: 1), owner: "next")
    let fresh = try await queue.claim(kinds: [.push], limit: 100, lease: .seconds(20), now: Self.now)
    #expect(fresh.count == 30 && fresh.allSatisfy { !$0.isTakeover })
    let orphans = try await queue.claim(
      kinds: [.push], limit: 100, holding: Set(fresh.map(\.id)), lease: .seconds(20), now: Self.later)
    #expect(
      orphans.count == 15 && orphans.allSatisfy { $0.isTakeover && $0.payload.starts(with: "payload".utf8) })
    #expect(try await queue.list(WorkFilter(state: .done)).count == 5)
    await database.close()
  }
}
