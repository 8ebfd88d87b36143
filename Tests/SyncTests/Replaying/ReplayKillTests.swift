import Adapters
import CivilTime
import Documents
import Exchanges
import Journal
import Registry
import SQLDatabase
import Sandbox
import Sync
import Synchronization
import Testing
import Work

@testable import Pushing
@testable import Replay

/// Ends of the process, and of the lease, at each point of a replay: nothing that is done is done again, nothing is left out.
@Suite struct ReplayKillTests {
  /// Lets a handler run until it throws, and others take over once its lease has ended.
  private static func killed(_ desk: ReplayDesk, at number: Int) async throws {
    let lease = try #require(try await desk.claim())
    await #expect(throws: ReplayDesk.End.self) {
      try await desk.handler { if $0 == number { throw ReplayDesk.End() } }.perform(lease)
    }
    #expect(try await desk.claim() == nil, "nobody takes it over as long as the lease lasts")
    desk.clock.advance(seconds: 30)
  }

  /// Before each of the items in turn, until none is left.
  @Test func theProcessEndsBetweenItems() async throws {
    try await ReplayDesk.run { desk in
      try await RemappingTests.pull(desk)
      desk.clock.advance(seconds: 60)
      desk.use(try RemappingTests.otherFloor())
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap, ReplayDesk.terms(canary: 2))
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      // Each process does one item and dies before its second.
      for done in 1..<preview.items {
        try await Self.killed(desk, at: 2)
        #expect(try await desk.counts(id).succeeded == done)
      }
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      #expect(try await desk.counts(id).list == [0, 0, preview.items, 0])
      #expect(try await desk.replays.records(of: id) == preview.records)
      #expect(
        try await desk.replays.history(of: id).map(\.event) == [
          "planned", "started", "canary-passed", "completed",
        ])
    }
  }

  /// Held up in the middle of an item until somebody else has done it: what the late one brings is not stored.
  @Test(arguments: [ReplayDepth.remap, .refetch, .repush])
  func theLeaseIsLostInTheMiddleOfAnItem(_ depth: ReplayDepth) async throws {
    try await ReplayDesk.run { desk in
      var query = ReplayDesk.deeds
      switch depth {
      case .remap:
        try await RemappingTests.pull(desk)
        desk.clock.advance(seconds: 60)
        desk.use(try RemappingTests.otherFloor())
      case .refetch: query.since = Timestamp(iso8601: "2020-01-01T00:00:00+08:00")
      case .repush:
        for number in 1...4 { try await RepushingTests.refused(desk, "SQ-\(number)") }
        query = ReplayDesk.permits("greening")
      }
      let (id, preview) = try await desk.plan(query, depth)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      let slow = try #require(try await desk.claim())
      let last = preview.items
      await #expect(throws: WorkError.self) {
        try await desk.handler { number in
          guard number == last else { return }
          // The lease ends, and somebody else does what is left, this item included.
          desk.clock.advance(seconds: 30)
          try await desk.settle()
          #expect(try await desk.state(id) == .completed)
        }.perform(slow)
      }
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 0, preview.items, 0])
      switch depth {
      case .remap: #expect(try await desk.replays.records(of: id) == preview.records)
      case .refetch:
        let counted = try await desk.engine.registry.counts().reduce(0) { $0 + $1.count }
        #expect(try await desk.replays.records(of: id).new == counted)
      case .repush:
        #expect(desk.engine.bench.sandbox.permitCases.count == 4)
        #expect(try await desk.pushing.pushes.list(PushFilter()).count { $0.follows != nil } == 4)
      }
    }
  }

  /// Whatever a process had handed in when it died is not handed in again by the next.
  @Test func theProcessEndsBetweenPushes() async throws {
    try await ReplayDesk.run { desk in
      for number in 1...5 { try await RepushingTests.refused(desk, "SQ-\(number)") }
      let id = try await desk.start(ReplayDesk.permits("greening"), .repush)
      for done in 1..<5 {
        try await Self.killed(desk, at: 2)
        #expect(try await desk.counts(id).waiting == done)
      }
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 0, 5, 0])
      #expect(desk.engine.bench.sandbox.permitCases.map(\.submissions) == [1, 1, 1, 1, 1])
    }
  }

  /// The store itself breaks at each step: the item is not to blame, and what is done stays done.
  @Test(arguments: [
    ("replay_item", "NEW.number = 1", 0), ("replay_item", "NEW.number = 4", 3),
    ("replay", "NEW.state = 'running'", 2), ("replay", "NEW.state = 'completed'", nil),
  ])
  func ourOwnTroubleIsNoFailureOfAnItem(_ table: String, _ step: String, _ done: Int?) async throws {
    try await ReplayDesk.run { desk in
      try await RemappingTests.pull(desk)
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap, ReplayDesk.terms(canary: 2))
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      let lease = try #require(try await desk.claim())
      try await desk.database.write { transaction in
        _ = try transaction.execute(
          "CREATE TRIGGER full BEFORE UPDATE ON \(table) WHEN \(step) BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
      }
      await #expect(throws: DatabaseError.self) { try await desk.handler().perform(lease) }
      let (items, before) = (preview.items, done ?? preview.items)
      #expect(try await desk.counts(id).list == [items - before, 0, before, 0])
      try await desk.database.write { _ = try $0.execute("DROP TRIGGER full") }
      desk.clock.advance(seconds: 30)
      let repeated = Mutex(0)
      try await desk.settle { number in repeated.withLock { $0 = number } }
      #expect(try await desk.state(id) == .completed)
      #expect(try await desk.counts(id).list == [0, 0, items, 0])
      #expect(repeated.withLock { $0 } == items - before)
    }
  }

  /// What is done when so many more records are stored.
  private static func when(_ records: Int, _ statement: String, _ desk: ReplayDesk) async throws {
    let most = try await desk.database.read { try $0.int("SELECT coalesce(max(id), 0) FROM observation") }
    try await desk.database.write { transaction in
      _ = try transaction.execute(
        """
        CREATE TRIGGER breaks BEFORE INSERT ON observation
        WHEN (SELECT max(id) FROM observation) >= \(most + Int64(records)) BEGIN \(statement); END
        """)
    }
  }

  private static func reported(_ desk: ReplayDesk, _ id: ReplayID) async throws -> [JSONValue] {
    let bytes = try await ReplayReport(id, desk.replays).encoded()
    return try JSONDocument(parsing: bytes).root["items"]?.elements.map { $0 } ?? []
  }

  /// The store breaks at the fifth record of a page: it goes on behind the fourth, and tells what it has changed, once.
  @Test func whatIsDoneOfAnItemIsNotDoneAgain() async throws {
    try await ReplayDesk.run { desk in
      try await RemappingTests.pull(desk)
      desk.clock.advance(seconds: 60)
      desk.use(try RemappingTests.otherFloor())
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      let (before, lease) = (try await desk.observations().count, try #require(try await desk.claim()))
      try await Self.when(4, "SELECT RAISE(ABORT, 'no room')", desk)
      await #expect(throws: DatabaseError.self) { try await desk.handler().perform(lease) }
      #expect(try await desk.observations().count == before + 4)
      #expect(try await desk.counts(id).list == [preview.items, 0, 0, 0])
      #expect(try await desk.replays.records(of: id).changed == 4)
      #expect(try await desk.replays.unfinished(id)?.stored == 4)
      try await desk.database.write { _ = try $0.execute("DROP TRIGGER breaks") }
      desk.clock.advance(seconds: 30)
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 0, preview.items, 0])
      #expect(try await desk.replays.records(of: id) == preview.records)
      #expect(try await desk.replays.unfinished(id) == nil)
      #expect(try await Self.reported(desk, id).allSatisfy { $0["stored"] == nil })
    }
  }

  /// Cancelled in the middle of a page: the report says how much of it is stored.
  @Test func whatIsCancelledInTheMiddleSaysHowFarItCame() async throws {
    try await ReplayDesk.run { desk in
      try await RemappingTests.pull(desk)
      desk.clock.advance(seconds: 60)
      desk.use(try RemappingTests.otherFloor())
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      let (before, lease) = (try await desk.observations().count, try #require(try await desk.claim()))
      // In the transaction of the third part, which does not stay.
      try await Self.when(4, "UPDATE replay SET state = 'cancelled' WHERE state = 'running'", desk)
      try await desk.handler().perform(lease)
      try await desk.database.write { _ = try $0.execute("DROP TRIGGER breaks") }
      #expect(try await desk.observations().count == before + 4)
      #expect(try await desk.state(id) == .running, "that was undone with the part")
      _ = try await desk.replays.cancel(id, by: ReplayDesk.person)
      #expect(try await desk.counts(id).list == [preview.items, 0, 0, 0])
      #expect(try await desk.replays.records(of: id) == ReplayRecords(changed: 4))
      let items = try await Self.reported(desk, id)
      #expect(items[0]["state"]?.string == "pending" && items[0]["stored"]?.integer == 4)
      #expect(items[0]["changed"]?.integer == 4)
      #expect(items.dropFirst().allSatisfy { $0["stored"] == nil && $0["changed"]?.integer == 0 })
    }
  }

  /// The process ends behind the first page, and behind the first and the second: all of them come again, and each record is counted once.
  @Test(arguments: [[25], [25, 45], [45, 1], [1]])
  func aReFetchThatIsTakenUpAgainCountsItsRecordsOnce(_ breaks: [Int]) async throws {
    try await ReplayDesk.run { desk in
      var query = ReplayDesk.deeds
      query.since = Timestamp(iso8601: "2020-01-01T00:00:00+08:00")
      query.until = desk.clock.now
      let id = try await desk.plan(query, .refetch).id
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      var reached = 0
      for records in breaks {
        let lease = try #require(try await desk.claim())
        try await Self.when(records, "SELECT RAISE(ABORT, 'no room')", desk)
        await #expect(throws: DatabaseError.self) { try await desk.handler().perform(lease) }
        try await desk.database.write { _ = try $0.execute("DROP TRIGGER breaks") }
        desk.clock.advance(seconds: 30)
        let stored = try await desk.replays.unfinished(id)?.stored ?? 0
        #expect(stored >= reached, "never less than was counted")
        reached = stored
      }
      #expect(breaks == [1] || reached > 0)
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      _ = try await desk.counts(id)
      let records = try await desk.replays.records(of: id)
      #expect(try await desk.engine.registry.counts().reduce(0) { $0 + $1.count } == records.new)
      // Once more, undisturbed, everything is as it was.
      let again = try await desk.start(query, .refetch)
      try await desk.settle()
      let all = try await desk.replays.records(of: again)
      #expect(all.new == 0 && all.changed == 0)
      #expect(records.new + records.changed + records.unchanged == all.unchanged)
    }
  }

  /// A re-fetch that fails behind its first page has stored that page, and says so.
  @Test func aReFetchThatFailsInTheMiddleSaysWhatItStored() async throws {
    try await ReplayDesk.run { desk in
      var query = ReplayDesk.deeds
      query.since = Timestamp(iso8601: "2020-01-01T00:00:00+08:00")
      let id = try await desk.plan(query, .refetch, ReplayDesk.terms(mostErrors: 100)).id
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      desk.engine.bench.sandbox.faults.add(
        FaultRule(.truncatedDocument, platform: "real-estate-xml", trigger: .call(2)))
      try await desk.settle()
      #expect(try await desk.counts(id).failed == 1)
      let stored = try await Int(desk.engine.registry.counts().reduce(0) { $0 + $1.count })
      #expect(stored > 0)
      #expect(try await desk.replays.records(of: id).new == stored)
      let items = try await Self.reported(desk, id)
      #expect(items[0]["state"]?.string == "failed" && (items[0]["stored"]?.integer ?? 0) >= stored)
    }
  }
}
