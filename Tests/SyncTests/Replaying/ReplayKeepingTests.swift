import CivilTime
import Exchanges
import SQLDatabase
import Synchronization
import Testing

@testable import Replay

/// Plans are written down in portions, and are there whole or not at all.
@Suite struct ReplayKeepingTests {
  private static func keep(_ desk: ReplayDesk, items: Int) async throws -> ReplayID {
    try await desk.replays.keep(
      ReplayDesk.deeds, depth: .remap, terms: ReplayTerms(),
      outlook: ReplayOutlook(originals: (1...items).map { (Int64($0), nil) }), by: ReplayDesk.person)
  }

  private static func rows(_ desk: ReplayDesk) async throws -> [Int64] {
    try await desk.database.read { reader in
      [
        try reader.int("SELECT count(*) FROM replay"), try reader.int("SELECT count(*) FROM replay_item"),
        try reader.int("SELECT count(*) FROM replay_event"),
      ]
    }
  }

  private static func breaks(_ desk: ReplayDesk, _ table: String, when condition: String) async throws {
    try await desk.database.write { transaction in
      _ = try transaction.execute(
        "CREATE TRIGGER breaks BEFORE INSERT ON \(table) WHEN \(condition) BEGIN SELECT RAISE(ABORT, 'no room'); END"
      )
    }
  }

  @Test func aLargePlanIsWhole() async throws {
    try await ReplayDesk.run { desk in
      let id = try await Self.keep(desk, items: 1001)
      let replay = try await desk.replays.replay(id)
      #expect(replay.state == .planned && replay.counts.pending == 1001)
      #expect(try await desk.replays.items(of: id, limit: 2000).map(\.number) == Array(1...1001))
      #expect(try await desk.replays.history(of: id).map(\.event) == ["planned"])
    }
  }

  /// The store breaks at each step: nothing is left of the plan, and the next is kept.
  @Test(arguments: [
    ("replay_item", "NEW.number = 1"), ("replay_item", "NEW.number = 777"), ("replay_event", "1"),
  ])
  func aPlanThatCannotBeKeptLeavesNothing(_ table: String, _ condition: String) async throws {
    try await ReplayDesk.run { desk in
      try await Self.breaks(desk, table, when: condition)
      await #expect(throws: DatabaseError.self) { try await Self.keep(desk, items: 1001) }
      #expect(try await Self.rows(desk) == [0, 0, 0])
      try await desk.database.write { _ = try $0.execute("DROP TRIGGER breaks") }
      let id = try await Self.keep(desk, items: 1001)
      #expect(try await desk.replays.list().map(\.id) == [id])
    }
  }

  /// What a process has left that ended in the middle: nobody sees it, and an hour later it is gone.
  @Test(arguments: [7200, -7200]) func whatAProcessHasLeftIsRemoved(_ seconds: Int) async throws {
    try await ReplayDesk.run { desk in
      let id = try await Self.keep(desk, items: 401)
      // As it stands before the last portion.
      try await desk.database.write { transaction in
        try transaction.execute("UPDATE replay SET state = 'draft'")
        try transaction.execute("DELETE FROM replay_item WHERE number = 401")
        try transaction.execute("DELETE FROM replay_event")
      }
      let replays = desk.replays
      await #expect(throws: ReplayError.self) { try await replays.replay(id) }
      await #expect(throws: ReplayError.self) { try await replays.start(id, by: ReplayDesk.person) }
      await #expect(throws: ReplayError.self) { try await replays.cancel(id, by: ReplayDesk.person) }
      #expect(try await replays.list().isEmpty)
      #expect(try await replays.counts().isEmpty)
      // Whoever keeps it may still be at it.
      try await replays.removeDrafts()
      #expect(try await Self.rows(desk) == [1, 400, 0])
      desk.clock.set(bySeconds: seconds)
      let next = try await Self.keep(desk, items: 3)
      #expect(next > id)
      #expect(try await Self.rows(desk) == [1, 3, 1])
    }
  }

  /// Somebody who was held up for so long that the plan was removed does not bring back half of it.
  @Test func whatWasTakenForDeadStaysDead() async throws {
    try await ReplayDesk.run { desk in
      try await desk.database.write { transaction in
        _ = try transaction.execute(
          "CREATE TRIGGER late AFTER INSERT ON replay_item WHEN NEW.number = 300 BEGIN UPDATE replay SET state = 'discarded'; END"
        )
      }
      let error = await #expect(throws: ReplayError.self) { try await Self.keep(desk, items: 1001) }
      #expect(error?.code == .notNow)
      #expect(try await Self.rows(desk) == [0, 0, 0])
    }
  }
}
