import CivilTime
import Crypto
import SQLDatabase
import Testing

@testable import Work

@Suite struct WorkQueueTests {
  static let now = QueueBench.now

  struct Undone: Error {}

  @Test func workIsKeptWithTheChangeThatCausedItOrNotAtAll() async throws {
    let bench = try await QueueBench()
    let queue = bench.queue
    await #expect(throws: Undone.self) {
      try await bench.database.write { transaction in
        _ = try queue.enqueue(QueueBench.work(1), in: transaction, now: Self.now)
        throw Undone()
      }
    }
    #expect(try await bench.claim().isEmpty)
    try await bench.add(QueueBench.work(1))
    #expect(try await bench.claim().map(\.payload) == [Array("payload 1".utf8)])
    await bench.close()
  }

  @Test func theSameIsEnqueuedOnce() async throws {
    let bench = try await QueueBench()
    let first = try await bench.add(QueueBench.work(1))
    #expect(try await bench.add(QueueBench.work(1)) == .duplicate(first.id, .ready))
    // Another content, lane or kind is other work.
    for other in [
      QueueBench.work(1, content: 1), QueueBench.work(1, lane: "q/submit"), QueueBench.work(1, kind: .probe),
    ] {
      #expect(try await bench.add(other).id != first.id)
    }
    let lease = try #require(await bench.claim(1).first)
    #expect(try await bench.add(QueueBench.work(1)) == .duplicate(first.id, .leased))
    try await bench.complete(lease)
    #expect(try await bench.add(QueueBench.work(1)) == .duplicate(first.id, .done))
    await bench.close()
  }

  @Test func theDatabaseItselfRefusesTheSameTwiceAndTwoHeads() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1, sequence: "case 1"))
    for change in ["sequence = NULL", "content_digest = x'00'"] {
      let error = await #expect(throws: DatabaseError.self) {
        try await bench.database.write { transaction in
          try transaction.execute(
            """
            CREATE TEMPORARY TABLE copy AS SELECT * FROM work_item
            """)
          try transaction.execute("UPDATE copy SET id = id + 100, \(change)")
          try transaction.execute("INSERT INTO work_item SELECT * FROM copy")
        }
      }
      #expect(error?.code == .uniqueConstraint)
    }
    await bench.close()
  }

  @Test func payloadsAreSealedAndGoWhenTheWorkHasEnded() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let sealed = try #require(
      await bench.database.read { try $0.first("SELECT payload FROM work_item") { $0.blob(0) } })
    #expect(sealed.count == Array("payload 1".utf8).count + Sealer.overhead)
    #expect(!String(decoding: sealed, as: UTF8.self).contains("payload"))
    try await bench.complete(#require(await bench.claim().first))
    #expect(try await bench.database.read { try $0.int("SELECT count(payload) FROM work_item") } == 0)
    await bench.close()
  }

  @Test func aPayloadThatDoesNotOpenIsParkedAndHoldsUpNobody() async throws {
    let bench = try await QueueBench()
    for key in 1...3 { try await bench.add(QueueBench.work(key)) }
    // Another row's payload, in the wrong place.
    _ = try await bench.database.write {
      try $0.execute(
        "UPDATE work_item SET payload = (SELECT payload FROM work_item WHERE id = 3) WHERE id = 2")
    }
    #expect(try await bench.claim().map(\.id.rawValue) == [1, 3])
    let parked = try await bench.queue.list(WorkFilter(state: .parked))
    #expect(parked.map(\.id.rawValue) == [2] && parked.first?.problem?.code == "work-payload")
    await bench.close()
  }

  @Test func aSequenceIsDoneInItsOrderAndAFailedHeadHoldsUpOnlyItsOwn() async throws {
    let bench = try await QueueBench()
    // Across kinds and lanes.
    try await bench.add(QueueBench.work(1, sequence: "case 1"))
    try await bench.add(QueueBench.work(2, lane: "q/submit", sequence: "case 1", kind: .notification))
    try await bench.add(QueueBench.work(3, sequence: "case 2"))
    try await bench.add(QueueBench.work(4))
    #expect(try await bench.states() == [.ready, .waiting, .ready, .ready])
    var leases = try await bench.claim()
    #expect(Set(leases.map(\.id.rawValue)) == [1, 3, 4])
    let head = try #require(leases.first { $0.id.rawValue == 1 })

    // Tried again later, and then parked: the second does not pass it.
    let later = Self.now.advanced(bySeconds: 60)
    try await bench.retry(head, at: later)
    #expect(try await bench.claim().isEmpty)
    leases = try await bench.claim(at: later)
    #expect(leases.map(\.id.rawValue).contains(1) && !leases.map(\.id.rawValue).contains(2))
    try await bench.park(#require(leases.first { $0.id.rawValue == 1 }))
    #expect(try await bench.item(2).state == .waiting)

    try await bench.release(WorkID(rawValue: 1), at: later)
    try await bench.complete(#require(await bench.claim(at: later).first { $0.id.rawValue == 1 }))
    #expect(try await bench.item(2).state == .ready, "it came forward in the same transaction")
    await bench.close()
  }

  @Test func theNextStaysBehindWhenTheEndOfTheHeadIsUndone() async throws {
    let bench = try await QueueBench()
    for key in 1...2 { try await bench.add(QueueBench.work(key, sequence: "case 1")) }
    let head = try #require(await bench.claim().first)
    await #expect(throws: Undone.self) {
      try await bench.end(head) {
        try $0.complete(head, in: $1, now: Self.now)
        throw Undone()
      }
    }
    #expect(try await bench.states() == [.leased, .waiting])
    await bench.close()
  }

  @Test func snoozingUsesUpNoAttempt() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    var time = Self.now
    for _ in 0..<5 {
      let lease = try #require(await bench.claim(at: time).first)
      #expect(lease.attempt == 1)
      let next = time.advanced(bySeconds: 60)
      try await bench.end(lease) { try $0.snooze(lease, until: next, in: $1, now: Self.now) }
      #expect(try await bench.claim(at: time).isEmpty)
      time = next
    }
    let lease = try #require(await bench.claim(at: time).first)
    try await bench.retry(lease, at: time)
    #expect(try await bench.claim(at: time).map(\.attempt) == [2])
    #expect(try await bench.item(1).problem == QueueBench.problem)
    await bench.close()
  }

  @Test func whatIsSnoozedMayHaveAnotherPriority() async throws {
    let bench = try await QueueBench()
    for key in 1...3 { try await bench.add(QueueBench.work(key)) }
    for lease in try await bench.claim() {
      // The first keeps its own.
      let priority: Int? =
        switch lease.id.rawValue {
        case 2: -3
        case 3: -7
        default: nil
        }
      try await bench.end(lease) {
        try $0.snooze(lease, until: Self.now, priority: priority, in: $1, now: Self.now)
      }
    }
    #expect(try await bench.claim().map(\.id.rawValue) == [3, 2, 1])
    await bench.close()
  }

  @Test func lanesTakeTurnsAndPrioritiesCountWithinThem() async throws {
    let bench = try await QueueBench()
    for key in 0..<6 { try await bench.add(QueueBench.work(key, lane: "long", priority: key == 5 ? -1 : 0)) }
    for key in 6..<8 { try await bench.add(QueueBench.work(key, lane: "short")) }
    let leases = try await bench.claim(4)
    #expect(leases.map(\.lane) == ["long", "short", "long", "short"])
    #expect(leases.map(\.id.rawValue) == [6, 7, 1, 8])
    await bench.close()
  }

  @Test func pausedLanesAreLeftAlone() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1, lane: "p"))
    try await bench.add(QueueBench.work(2, lane: "q"))
    #expect(try await bench.claim(lanes: ["p"]).map(\.lane) == ["q"])
    #expect(
      try await bench.queue.nextDue(kinds: [.push], lanes: ["p"], now: Self.now)
        == Self.now.advanced(bySeconds: 20), "when the lease ends")
    #expect(try await bench.claim(kinds: [.pull]).isEmpty)
    await bench.close()
  }

  @Test func operatorsReleaseAndCancel() async throws {
    let bench = try await QueueBench()
    for key in 1...3 { try await bench.add(QueueBench.work(key, sequence: "case")) }
    let head = try #require(await bench.claim().first)
    #expect(try await code { try await bench.cancel(head.id) } == .leased)
    #expect(try await code { try await bench.release(head.id) } == .wrongState)
    #expect(try await code { try await bench.release(WorkID(rawValue: 99)) } == .notFound)
    try await bench.park(head)
    try await bench.release(head.id)
    let again = try #require(await bench.claim().first)
    #expect(again.id == head.id && again.attempt == 1, "with all its attempts")
    try await bench.park(again)
    // The third is taken out behind the head, then the head itself.
    try await bench.cancel(WorkID(rawValue: 3))
    try await bench.cancel(head.id)
    #expect(try await bench.states() == [.cancelled, .ready, .cancelled])
    #expect(try await code { try await bench.cancel(head.id) } == .wrongState)
    // What was taken out may come again, behind the others.
    #expect(try await bench.add(QueueBench.work(1, sequence: "case")) == .added(WorkID(rawValue: 4)))
    #expect(try await bench.item(4).state == .waiting)
    await bench.close()
  }

  @Test func listsCountsAndPruning() async throws {
    let bench = try await QueueBench()
    for key in 1...5 { try await bench.add(QueueBench.work(key, lane: key < 4 ? "p" : "q")) }
    for lease in try await bench.claim(3) where lease.lane == "p" { try await bench.complete(lease) }
    let counts = try await bench.queue.counts()
    #expect(counts.reduce(0) { $0 + $1.count } == 5)
    #expect(counts.contains(WorkCount(kind: .push, lane: "p", state: .done, count: 2)))
    #expect(counts.contains(WorkCount(kind: .push, lane: "q", state: .leased, count: 1)))
    #expect(try await bench.queue.list(WorkFilter(lane: "q", limit: 1)).map(\.id.rawValue) == [4])
    #expect(try await bench.queue.list(WorkFilter(kind: .push, state: .done)).count == 2)
    #expect(
      try await bench.queue.list(WorkFilter(after: WorkID(rawValue: 3))).map(\.id.rawValue) == [4, 5])

    let later = Self.now.advanced(bySeconds: 1)
    #expect(try await bench.queue.prune(doneBefore: Self.now, limit: 10) == 0)
    #expect(try await bench.queue.prune(doneBefore: later, limit: 1) == 1)
    #expect(try await bench.queue.prune(doneBefore: later, limit: 10) == 1)
    #expect(try await bench.states().count == 3, "only what has ended")
    await bench.close()
  }

  @Test func numbersAreNotGivenAgain() async throws {
    let bench = try await QueueBench()
    try await bench.add(QueueBench.work(1))
    let stale = try #require(await bench.claim().first)
    try await bench.complete(stale)
    _ = try await bench.queue.prune(doneBefore: Self.now.advanced(bySeconds: 1), limit: 1)
    #expect(try await bench.add(QueueBench.work(1)).id.rawValue == 2)
    _ = try await bench.claim()
    #expect(try await code { try await bench.complete(stale) } == .leaseLost)
    await bench.close()
  }

  @Test func aRotationSealsPayloadsAnew() async throws {
    let bench = try await QueueBench()
    for key in 1...5 { try await bench.add(QueueBench.work(key)) }
    let newer = WorkQueue(
      database: bench.database, sealer: try Sealer(keys: QueueBench.keys, currentKeyID: 2), owner: "a")
    let first = try await newer.resealOutdated(after: 0, limit: 3)
    #expect(first.next == 3 && first.resealed == 3)
    let second = try await newer.resealOutdated(after: 3, limit: 3)
    #expect(second.next == nil && second.resealed == 2)
    let only = WorkQueue(
      database: bench.database, sealer: try Sealer(keys: [QueueBench.keys[1]], currentKeyID: 2), owner: "a")
    #expect(try await bench.claim(by: only).count == 5)
    await bench.close()
  }

  @Test func everyStepOfClaimingUsesAnIndex() async throws {
    let bench = try await QueueBench()
    let plans = try await bench.database.read { reader in
      try [
        (ReadyRows.nextLane, 2), (ReadyRows.ofFuture, 2), (ReadyRows.nextPriority, 3), (ReadyRows.due, 5),
        (ReadyRows.earliest, 3),
        (LeasedRow.select, 1), (LeasedRow.tried, 2),
      ]
      .map { sql, count in try reader.plan(of: sql, Array(repeating: .int(1), count: count)) }
    }
    for plan in plans {
      #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH work_item USING"), "\(plan)")
    }
    await bench.close()
  }
}

extension QueueBench {
  func item(_ id: Int64) async throws -> WorkItem { try #require(await queue.item(WorkID(rawValue: id))) }
}
