import Exchanges
import Journal
import Registry
import SQLDatabase
import Testing

@testable import Replay

/// Who planned, started and cancelled replays, and why, is in the journal's chain.
@Suite struct ReplayProofTests {
  private static func altered(_ desk: ReplayDesk) async throws -> String? {
    #expect(try await Journal.verify(desk.database).finding == nil)
    let keys = try await RegistryKeys.open(desk.database, ring: desk.engine.bench.ring)
    return try await Replays.alteredDecision(in: desk.database, keys: keys)
  }

  private static func run(
    _ body: @escaping @Sendable (ReplayDesk, ReplayID) async throws -> Void
  ) async throws {
    try await ReplayDesk.run(needsApproval: true) { desk in
      try await RemappingTests.pull(desk)
      let id = try await desk.plan(ReplayDesk.deeds, .remap).id
      _ = try await desk.replays.approve(id, by: ReplayDesk.another)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      #expect(try await altered(desk) == nil)
      try await body(desk, id)
    }
  }

  @Test func eachDecisionHasALink() async throws {
    try await Self.run { desk, id in
      _ = try await desk.replays.cancel(id, by: ReplayDesk.another)
      #expect(try await Self.altered(desk) == nil)
      let words = try await desk.database.read { reader in
        try reader.query("SELECT content FROM journal_entry WHERE kind = 6 ORDER BY number") {
          String(decoding: $0.blob(0), as: UTF8.self)
        }
      }
      #expect(words.count == 5 && words.allSatisfy { !$0.contains("拟经办") })
      for (text, word) in zip(words.dropFirst(), ["planned", "approved", "started", "cancelled"]) {
        #expect(text.contains("replay-\(id)") && text.contains(word))
      }
    }
  }

  @Test(arguments: [
    "UPDATE replay_event SET event = 'stopped' WHERE event = 'approved'",
    "UPDATE replay_event SET moment = moment + 1 WHERE event = 'started'",
    "UPDATE replay_event SET who = (SELECT who FROM replay_event WHERE event = 'planned') WHERE event = 'approved'",
    "UPDATE replay_event SET who = x'00' WHERE event = 'started'",
    "DELETE FROM replay_event WHERE event = 'approved'",
    """
    INSERT INTO replay_event (replay, moment, event, state, who)
    SELECT replay, moment + 1, event, state, who FROM replay_event WHERE event = 'approved'
    """,
  ])
  func aDecisionThatWasAlteredIsFound(_ sql: String) async throws {
    try await Self.run { desk, id in
      let rows = try await desk.database.write { try $0.execute(sql) }
      let altered = try await Self.altered(desk)
      #expect(rows == 1)
      #expect(altered == "replay \(id)")
    }
  }
}
