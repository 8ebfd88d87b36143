import CivilTime
import SQLDatabase
import TestSupport
import Testing

@testable import Work

/// Random interleavings of several owners, compared with ``QueueModel`` after each step.
@Suite struct QueuePropertyTests {
  @Test(arguments: 0..<24) func theQueueDoesWhatTheModelSays(_ seed: UInt64) async throws {
    var walk = try await Walk(seed: seed)
    for _ in 0..<150 { try await walk.step() }
    try await walk.finish()
    await walk.bench.close()
  }

  /// One walk through the queue's states.
  struct Walk {
    static let lease = Duration.seconds(20)
    static let lanes = ["p", "q", "r"]

    let bench: QueueBench
    let owners: [WorkQueue]
    var model = QueueModel()
    var generator: SplitMix64
    var now = QueueBench.now
    /// Every lease ever given, those that were lost among them.
    var leases: [WorkLease] = []
    /// Ended as done, in this order.
    var done: [WorkID] = []

    init(seed: UInt64) async throws {
      bench = try await QueueBench()
      owners = try ["a", "b", "c"].map(bench.queue)
      generator = SplitMix64(seed: seed)
    }

    mutating func random(_ range: Range<Int>) -> Int { .random(in: range, using: &generator) }

    mutating func step() async throws {
      switch random(0..<14) {
      case 0..<4: try await enqueue()
      case 4..<7: try await claim(limit: random(1..<5))
      case 7: now = now.advanced(bySeconds: random(0..<25))
      case 8: try await renew()
      case 9: try await operate()
      default: try await end()
      }
      try await compare()
    }

    private mutating func enqueue() async throws {
      let (key, lane) = (random(0..<40), Self.lanes[random(0..<3)])
      let sequence = random(0..<4) == 0 ? nil : "case \(random(0..<4))"
      let due = now.advanced(bySeconds: max(0, random(-20..<20)))
      let (queue, time) = (owners[0], now)
      let found = try await bench.database.write {
        try queue.enqueue(
          QueueBench.work(key, lane: lane, sequence: sequence, at: due), in: $0, now: time)
      }
      #expect(found == model.enqueue(key, lane: lane, sequence: sequence, at: due, as: found.id))
    }

    private mutating func claim(limit: Int) async throws {
      let paused = random(0..<4) == 0 ? Self.lanes[random(0..<3)] : nil
      let owner = random(0..<3)
      var claimable = model.claimable(without: paused, at: now)
      if model.isTrying(owner, at: now) {
        claimable = claimable.filter { !model.isAlone($0, at: now) && !model.isOverdue($0, at: now) }
      }
      let due = try await owners[owner].nextDue(kinds: [.push], lanes: paused.map { [$0] } ?? [], now: now)
      #expect(
        (due.map { $0 <= now } ?? false) == !claimable.isEmpty, "it wakes exactly when there is something")
      let claimed = try await owners[owner].claim(
        kinds: [.push], lanes: paused.map { [$0] } ?? [], limit: limit, lease: Self.lease, now: now)
      let overdue = claimable.filter { model.isOverdue($0, at: now) }
      let together = claimable.filter { !model.isAlone($0, at: now) }.subtracting(overdue)
      let most = together.isEmpty ? min(1, claimable.count) : together.count + min(1, overdue.count)
      #expect(claimed.count { overdue.contains($0.id) } == min(1, overdue.count) || claimed.count == limit)
      #expect(claimed.count == min(limit, most) && claimable.isSuperset(of: claimed.map(\.id)))
      for lease in claimed {
        let item = model.claim(lease.id, by: owner, until: lease.until, at: now)
        #expect(lease.fence == item.fence && lease.attempt == item.attempts + 1)
        #expect(lease.vanished == item.vanished)
        #expect(lease.isTakeover == item.orphaned && lease.sequence == item.sequence)
        #expect(lease.payload == Array("payload \(item.key)".utf8))
        let before = model.items.first { $0.sequence == item.sequence && !$0.hasEnded }
        #expect(item.sequence == nil || before?.id == item.id, "only the head of a sequence is done")
      }
      leases += claimed
    }

    private mutating func renew() async throws {
      let held = try await owners[0].renew(leases, lease: Self.lease, now: now)
      for lease in leases where model.isHeld(lease) {
        #expect(held.contains(lease))
        model.renew(lease, until: now.advanced(by: Self.lease))
      }
    }

    private mutating func operate() async throws {
      guard !model.items.isEmpty else { return }
      let id = WorkID(rawValue: model.items[random(0..<model.items.count)].id)
      if random(0..<4) == 0 {
        let isDone = try await code { [bench, now] in try await bench.cancel(id, at: now) } == nil
        #expect(isDone == model.cancel(id))
      } else {
        let isDone = try await code { [bench, now] in try await bench.release(id, at: now) } == nil
        #expect(isDone == model.release(id, at: now))
      }
    }

    private mutating func end() async throws {
      guard !leases.isEmpty else { return }
      // The latest ones more often: the others are mostly lost.
      let lease = leases[max(random(0..<leases.count), random(0..<leases.count))]
      let (choice, later, now) = (random(0..<8), now.advanced(bySeconds: random(0..<30)), now)
      let isHeld = model.isHeld(lease)
      let failure = try await code {
        try await bench.end(lease) { queue, transaction in
          switch choice {
          case 0: try queue.snooze(lease, until: later, in: transaction, now: now)
          case 1: try queue.retry(lease, at: later, QueueBench.problem, in: transaction, now: now)
          case 2: try queue.park(lease, QueueBench.problem, in: transaction, now: now)
          case 3: try queue.giveBack(lease, wasBegun: true, in: transaction, now: now)
          default: try queue.complete(lease, in: transaction, now: now)
          }
        }
      }
      #expect(failure == (isHeld ? nil : .leaseLost))
      guard isHeld else { return }
      switch choice {
      case 0: model.end(lease, as: .ready, due: later, usesAttempt: false)
      case 1: model.end(lease, as: .ready, due: later, usesAttempt: true)
      case 2: model.end(lease, as: .parked, usesAttempt: true)
      case 3: model.end(lease, as: .ready, due: now, usesAttempt: false)
      default:
        model.end(lease, as: .done, usesAttempt: false)
        done.append(lease.id)
      }
      if choice != 2, choice < 4 { model.settle(lease.id, orphaned: choice == 3) }
    }

    private func compare() async throws {
      let items = try await bench.queue.list(WorkFilter(limit: 1000))
      #expect(items.map(\.state) == model.items.map(\.state))
      #expect(items.map(\.attempts) == model.items.map(\.attempts))
      #expect(items.map(\.leaseUntil) == model.items.map(\.until))
    }

    /// Everything that waits comes to its turn, and is done once.
    mutating func finish() async throws {
      for item in model.items where item.state == .parked {
        let id = WorkID(rawValue: item.id)
        try await bench.release(id, at: now)
        let isReleased = model.release(id, at: now)
        #expect(isReleased)
      }
      for _ in 0..<200 where model.items.contains(where: { !$0.hasEnded }) {
        now = now.advanced(bySeconds: 30)
        let before = leases.count
        try await claim(limit: 50)
        for lease in leases[before...] {
          try await bench.complete(lease, at: now)
          model.end(lease, as: .done, usesAttempt: false)
          done.append(lease.id)
        }
      }
      try await compare()
      #expect(model.items.allSatisfy { $0.hasEnded }, "nothing is lost and nothing starves")
      #expect(Set(done).count == done.count, "nothing is done twice")
      #expect(Set(done) == Set(model.items.filter { $0.state == .done }.map { WorkID(rawValue: $0.id) }))
      for sequence in Set(model.items.compactMap(\.sequence)) {
        let own = done.filter { model.item($0).sequence == sequence }
        #expect(own == own.sorted(), "first in, first out")
      }
    }
  }
}
