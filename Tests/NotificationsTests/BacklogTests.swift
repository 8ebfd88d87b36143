import Changes
import CivilTime
import SQLDatabase
import Synchronization
import TestSupport
import Testing
import Work

@testable import Notifications

/// What is still to be told lies in the feed; a subscription has one item of work while there is something.
@Suite struct BacklogTests {
  @Test func aBacklogIsOneItemAndDeletingItCostsOne() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let ids = [
        try await process.subscribe(as: "one"), try await process.subscribe([.replayEnded], as: "two"),
      ]
      for _ in 1...40 { try await process.append(.pushSettled, .replayEnded, .pushUnknown) }
      let items = try await process.queue.list(WorkFilter(kind: .notification))
      #expect(items.map(\.state) == [.ready, .ready])
      #expect(items.map(\.sequence) == ids.map { Subscription.sequence($0) })
      try await process.subscriptions.delete(ids[0])
      #expect(try await process.waiting() == 1)
      #expect(try await process.workOff() == 40)
      #expect(bench.receiver.ids == (0..<40).map { "change-\(3 * $0 + 2)" })
      // What followed is of no interest, and was passed over.
      #expect(try await process.subscription(ids[1]).delivered == 120)
      #expect(try await process.queue.list(WorkFilter(kind: .notification)).count == 2)
    }
  }

  /// Slow receivers leave room for other work, and take turns.
  @Test func notificationsAreLimitedTogetherAndTakeTurns() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      for number in 1...6 { try await process.subscribe(as: "consumer-\(number)") }
      try await process.append(.pushSettled, .pushSettled)
      let leases = try await process.queue.claim(
        kinds: [.notification], limit: 16, room: { _ in 4 }, lease: .seconds(20), now: bench.now)
      #expect(leases.count == 4 && Set(leases.map(\.lane)) == ["notification"])
      for lease in leases { try await process.handler.perform(lease) }
      #expect(bench.receiver.ids == Array(repeating: "change-1", count: 4))
      bench.advance(1)
      #expect(try await process.work() == 8)
      #expect(bench.receiver.ids.suffix(8).filter { $0 == "change-1" }.count == 2)
    }
  }

  /// Others' kinds are pruned long before anything comes that a subscription wants: it has missed nothing.
  @Test func whoWantsLittleMissesNothingByPruning() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe([.replayEnded])
      try await process.append(.pushSettled, .pushSettled, .pushSettled)
      bench.advance(10)
      try await process.feed.prune(before: bench.now)
      try await process.append(.replayEnded)
      #expect(try await process.work() == 1)
      #expect(bench.receiver.ids == ["change-4"])
      let subscription = try await process.subscription(id)
      #expect(subscription.state == .active && subscription.delivered == 4)
    }
  }

  @Test func whoFallsBehindWhatIsKeptIsPausedAndToldWhy() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe([.pushSettled])
      try await process.append(.pushSettled, .pushSettled)
      bench.receiver.answer(503)
      #expect(try await process.work() == 1)
      bench.advance(100)
      try await process.feed.prune(before: bench.now)
      #expect(try await process.work() == 1)
      let subscription = try await process.subscription(id)
      #expect(subscription.state == .paused && subscription.problemCode == "changes-gone")
      #expect(subscription.problemMessage?.contains("no longer kept") == true)
      #expect(bench.receiver.ids == ["change-1"] && bench.events.withLock { $0.count } == 2)
      #expect(try await process.waiting() == 0)
      let told = try await process.feed.page(after: 2, kinds: [.subscriptionPaused], limit: 10)
      #expect(told.changes.map(\.subject) == ["subscription-\(id)"])
    }
  }

  @Test func aRestoredCopyPausesAll() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let ids = [try await process.subscribe(as: "one"), try await process.subscribe(as: "two")]
      try await process.append(.pushSettled)
      try await bench.database.write { try ChangeFeed.leaveGap(in: $0) }
      #expect(try await process.subscriptions.pauseAll(at: bench.now) == 2)
      for id in ids {
        let subscription = try await process.subscription(id)
        #expect(subscription.state == .paused && subscription.problemCode == "changes-gone")
        await #expect(throws: SubscriptionError.self) {
          try await process.subscriptions.resume(id, with: .missed)
        }
        _ = try await process.subscriptions.resume(id, with: .new)
      }
      #expect(try await process.workOff() == 0)
      try await process.append(.replayEnded)
      #expect(try await process.work() == 2 && Set(bench.receiver.ids).count == 1)
    }
  }

  @Test func rightsAreAskedForWhenAMessageIsSent() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe()
      let other = try await process.subscribe([.pushSettled], as: "other")
      try await process.append(.certificateChanged, .pushSettled)
      bench.hide([.certificateChanged], from: "erp")
      bench.forget("other")
      #expect(try await process.work() == 3)
      // The pause of the other one is a change that the first may see.
      #expect(bench.receiver.ids.contains("change-2") && !bench.receiver.ids.contains("change-1"))
      #expect(try await process.subscription(id).state == .active)
      let gone = try await process.subscription(other)
      #expect(gone.state == .paused && gone.problemCode == "consumer-gone" && gone.delivered == 1)
      await #expect(throws: SubscriptionError.self) {
        try await process.subscriptions.resume(other, with: .missed)
      }
    }
  }

  /// Neither writers nor lists stumble over what a newer program wrote.
  @Test func aRowOfANewerProgramStopsNobody() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      var ids: [SubscriptionID] = []
      for name in ["a", "b", "c", "d"] { ids.append(try await process.subscribe([.pushSettled], as: name)) }
      func set(_ column: String, _ text: String, _ id: SubscriptionID) async throws {
        try await bench.database.write { transaction in
          _ = try transaction.execute(
            "UPDATE subscription SET \(column) = ?2 WHERE id = ?1", .int(id.rawValue), .text(text))
        }
      }
      try await set("state", "drowsy", ids[0])
      try await set("kinds", "push.forgotten,push.settled", ids[1])
      try await set("kinds", "push.forgotten", ids[2])
      try await process.append(.pushSettled)
      #expect(try await process.waiting() == 2)
      #expect(try await process.work() == 2)
      let list = try await process.subscriptions.list()
      #expect(list.map(\.state) == [.unrecognized, .active, .active, .active])
      #expect(list.map(\.delivered) == [0, 1, 0, 1])
      #expect(list[2].unrecognizedKinds == ["push.forgotten"] && list[2].kinds == [])
      // Work of such a one is left to the newer program.
      try await process.append(.pushSettled)
      let lease = try #require(
        try await process.queue.claim(
          kinds: [.notification], limit: 1, lease: .seconds(20), now: bench.now
        ).first)
      let id = try #require(Int64(String(decoding: lease.businessKey, as: UTF8.self)))
      try await set("state", "drowsy", SubscriptionID(rawValue: id))
      try await process.handler.perform(lease)
      let item = try #require(try await process.queue.item(lease.id))
      #expect(item.state == .ready && item.attempts == 0 && item.due == bench.now.advanced(bySeconds: 60))
      await #expect(throws: SubscriptionError.self) {
        try await process.subscriptions.resume(ids[0], with: .new)
      }
      // Nor need its address open to delete it.
      try await set("sealed", "x", ids[0])
      #expect(try await process.subscriptions.delete(ids[0]).state == .unrecognized)
    }
  }

  /// Whatever fails, dies or is taken out between: each change that is wanted comes, in its order.
  @Test(arguments: [UInt64](1...12))
  func everyWantedChangeComesInOrder(_ seed: UInt64) async throws {
    try await NotificationBench.run { bench in
      var random = SplitMix64(seed: seed)
      let processes = [try bench.process("a"), try bench.process("b")]
      let wanted: Set<ChangeKind> = [.pushSettled, .replayEnded]
      let id = try await processes[0].subscribe(wanted)
      var expected: [String] = []
      var sequence = 0
      for _ in 1...60 {
        let process = processes.randomElement(using: &random)!
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4:
          let kind = [ChangeKind.pushSettled, .replayEnded, .workParked, .incidentOpened]
            .randomElement(using: &random)!
          try await process.append(kind)
          sequence += 1
          if wanted.contains(kind) { expected.append("change-\(sequence)") }
        case 4: bench.receiver.answer([500, 503, 302].randomElement(using: &random)!)
        case 5: bench.advance(Int.random(in: 1...30, using: &random))
        case 6:
          // A holder that vanishes, before or behind the call.
          guard let lease = try await process.claim() else { continue }
          bench.advance(21)
          if Bool.random(using: &random), let taken = try await process.claim(), taken.id == lease.id {
            await #expect(throws: WorkError.self) { try await process.handler.perform(lease) }
            try await process.handler.perform(taken)
          }
        case 7:
          // Somebody takes its work out: the next change brings it back.
          let open = try await process.queue.list(WorkFilter(kind: .notification, state: .ready))
          let (queue, now) = (process.queue, bench.now)
          for item in open {
            try await bench.database.write { try queue.cancel(item.id, in: $0, now: now) }
          }
        default:
          if let lease = try await process.claim() { try await process.handler.perform(lease) }
        }
        #expect(try await process.waiting() <= 1)
      }
      try await processes[0].append(.replayEnded)
      expected.append("change-\(sequence + 1)")
      bench.advance(30)
      try await processes[0].workOff()
      var told: [String] = []
      for change in bench.receiver.ids where change != told.last { told.append(change) }
      #expect(told == expected)
      let subscription = try await processes[0].subscription(id)
      #expect(subscription.delivered == sequence + 1 && subscription.state == .active)
      #expect(try await processes[0].waiting() == 0)
    }
  }
}
