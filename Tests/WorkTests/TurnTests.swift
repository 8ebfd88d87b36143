import CivilTime
import Glibc
import SQLDatabase
import Synchronization
import Testing

@testable import Work

/// One certain item, beside the loops; and who is known to be gone.
@Suite struct TurnTests {
  static let now = QueueBench.now

  @Test func oneItemIsTakenBeforeItsTime() async throws {
    let bench = try await QueueBench()
    let tomorrow = Self.now.advanced(bySeconds: 86_400)
    let id = try await bench.add(QueueBench.work(1, sequence: "s", at: tomorrow)).id
    let behind = try await bench.add(QueueBench.work(2, sequence: "s")).id
    let queue = bench.queue
    #expect(try await code { _ = try await queue.claim(behind, now: Self.now) } == .wrongState)
    let lease = try await queue.claim(id, now: Self.now)
    #expect(lease.payload == Array("payload 1".utf8) && !lease.isTakeover)
    #expect(try await code { _ = try await queue.claim(id, now: Self.now) } == .leased)
    #expect(try await queue.heldLanes(.push, now: Self.now) == ["p/submit"])
    let later = Self.now.advanced(bySeconds: 20)
    #expect(try await queue.heldLanes(.push, now: later) == [])
    #expect(try await queue.claim(id, now: later).isTakeover)
    #expect(try await code { _ = try await queue.claim(WorkID(rawValue: 99), now: later) } == .notFound)
    let head = try await bench.database.read { try queue.head(of: "s", in: $0) }
    #expect(head?.id == id && head?.state == .leased)
    await bench.close()
  }

  /// What is looked at again may come behind what others wait for.
  @Test func whatIsHastenedCanBePutBehind() async throws {
    let bench = try await QueueBench()
    let (queue, first) = (bench.queue, try await bench.add(QueueBench.work(1)).id)
    let second = try await bench.add(QueueBench.work(2)).id
    try await bench.database.write { transaction in
      #expect(try queue.isOpen(first, in: transaction))
      try queue.hasten(first, priority: 10, in: transaction, now: Self.now)
      // It keeps it.
      try queue.hasten(first, in: transaction, now: Self.now)
    }
    let claimed = try await bench.claim()
    #expect(claimed.map(\.id) == [second, first])
    let lease = try #require(claimed.last)
    try await bench.database.write { transaction in
      try queue.complete(lease, in: transaction, now: Self.now)
      #expect(try !queue.isOpen(first, in: transaction))
      #expect(try !queue.isOpen(WorkID(rawValue: 99), in: transaction))
    }
    await bench.close()
  }

  /// Waiting, being done or set aside: what it is about begins anew. What has ended has not.
  @Test func whatBeginsAnewHasAllItsAttempts() async throws {
    let bench = try await QueueBench()
    let queue = bench.queue
    var ids: [WorkID] = []
    for number in 0..<4 { ids.append(try await bench.add(QueueBench.work(number)).id) }
    for lease in try await bench.claim() { try await bench.retry(lease) }
    let leases = try await bench.claim()
    #expect(leases.map(\.attempt) == [2, 2, 2, 2])
    try await bench.park(leases[1])
    try await bench.complete(leases[2])
    try await bench.retry(leases[3])
    let all = ids
    try await bench.database.write { transaction in
      for id in all { try queue.beginAnew(id, in: transaction) }
    }
    #expect(try await queue.list(WorkFilter(limit: 10)).map(\.attempts) == [0, 0, 1, 0])
    #expect(try await queue.list(WorkFilter(limit: 10)).map(\.state) == [.leased, .parked, .done, .ready])
    await bench.close()
  }

  @Test func whatIsReadyCanBeMoved() async throws {
    let bench = try await QueueBench()
    let (queue, id) = (bench.queue, try await bench.add(QueueBench.work(1)).id)
    let later = Self.now.advanced(bySeconds: 60)
    #expect(try await bench.database.write { try queue.reschedule(id, at: later, in: $0) })
    #expect(try await bench.claim().isEmpty)
    _ = try await bench.claim(at: later)
    #expect(try await bench.database.write { try !queue.reschedule(id, at: later, in: $0) })
    await bench.close()
  }

  @Test func aHeldItemIsRenewedAndItsWorkStoppedWhenItIsLost() async throws {
    let bench = try await QueueBench()
    let (queue, other) = (bench.queue, try bench.queue("other"))
    let clock = VirtualClock(seconds: 120)
    try await bench.add(QueueBench.work(1))
    let lease = try #require(await bench.claim().first)
    let told = try await queue.holding(lease, clock: clock.clock) {
      while clock.seconds < 100 { try await Task.sleep(for: .milliseconds(1)) }
      return try await bench.claim(at: clock.now, by: other).count
    }
    #expect(told == 0, "nobody could take it over")

    let again = VirtualClock(seconds: 400)
    again.advance(bySeconds: 200)
    #expect(try await bench.claim(at: again.now, by: other).count == 1)
    let failure = try await code {
      try await queue.holding(lease, clock: again.clock) { try await Task.sleep(for: .seconds(3600)) }
    }
    #expect(failure == .leaseLost)
    await bench.close()
  }

  @Test func whatAProcessHeldThatIsGoneIsFreeAtOnce() async throws {
    let bench = try await QueueBench()
    let (gone, alive) = (try bench.queue("gone"), try bench.queue("alive"))
    for key in 1...2 { try await bench.add(QueueBench.work(key)) }
    _ = try await bench.claim(1, by: gone)
    _ = try await bench.claim(1, by: alive)
    let queue = WorkQueue(
      database: bench.database, sealer: bench.queue.sealer, owner: "next", isGone: { $0 == "gone" })
    #expect(try await queue.nextDue(kinds: [.push], now: Self.now) == Self.now)
    #expect(try await queue.heldLanes(.push, now: Self.now) == ["p/submit"])
    let leases = try await bench.claim(by: queue)
    #expect(leases.map(\.id.rawValue) == [1] && leases.allSatisfy(\.isTakeover))
    await bench.close()
  }

  @Test func ownersKnowWhetherOneAnotherRuns() throws {
    let own = WorkOwner()
    #expect(!own.isGone(own.description))
    // The same place and number, another beginning: the number was given again.
    let words = own.description.split(separator: " ")
    try #require(words.count == 4, "the system tells who runs: \(own)")
    let place = words.prefix(2).joined(separator: " ")
    #expect(own.isGone("\(place) \(getpid()) 1"))
    // A number that no process has.
    #expect(own.isGone("\(place) 4194303 1"))
    // Elsewhere, and nonsense: not known, so not gone.
    for other in ["elsewhere pid:[1] 4194303 1", "unknown 4194303", "", place, "\(place) x y"] {
      #expect(!own.isGone(other))
    }
    // The first process began before and belongs to somebody else, as a rule.
    #expect(!own.isGone("\(place) 1 -"))
  }
}
