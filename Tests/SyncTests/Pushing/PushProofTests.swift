import Exchanges
import Journal
@testable import Pushing
import Registry
import SQLDatabase
import Testing

/// What people decided is in the journal's chain, also where no exchange is there of which it could be said.
@Suite struct PushProofTests {
  private static func run(_ body: @escaping @Sendable (PushDesk, PushID) async throws -> Void) async throws {
    try await PushDesk.run { desk in
      // Never sent, so that there is no exchange.
      let push = try await desk.submit("road-digging")
      try await desk.pushes.decide(
        .cancel, about: push.id, by: SignOff(name: "拟经办", reason: "重复提交"))
      let exchanges = try await desk.database.read { try $0.int("SELECT count(*) FROM exchange") }
      #expect(exchanges == 0)
      try await body(desk, push.id)
    }
  }

  private static func altered(_ desk: PushDesk) async throws -> String? {
    #expect(try await Journal.verify(desk.database).finding == nil)
    let keys = try await RegistryKeys.open(desk.database, ring: desk.bench.ring)
    return try await Pushes.alteredDecision(in: desk.database, keys: keys)
  }

  @Test func aDecisionWithoutAnExchangeHasALink() async throws {
    try await Self.run { desk, _ in
      let altered = try await Self.altered(desk)
      #expect(altered == nil)
      let links = try await desk.database.read { reader in
        try reader.query("SELECT content FROM journal_entry WHERE kind = 6 ORDER BY number") { $0.blob(0) }
      }
      // The first one says that no row is without a link.
      #expect(links.count == 2)
      #expect(String(decoding: links[0], as: UTF8.self).contains("unlinked 0 0"))
      let text = String(decoding: links[1], as: UTF8.self)
      #expect(text.contains("cancelled") && !text.contains("拟经办") && !text.contains("重复提交"))
    }
  }

  @Test(arguments: [
    "UPDATE push_event SET event = 'released' WHERE signature IS NOT NULL",
    "UPDATE push_event SET moment = moment + 1 WHERE signature IS NOT NULL",
    "UPDATE push_event SET signature = x'00' WHERE signature IS NOT NULL",
    "DELETE FROM push_event WHERE signature IS NOT NULL",
    "INSERT INTO push_event (push, moment, event, state, signature) SELECT push, moment + 1, event, state, signature FROM push_event WHERE signature IS NOT NULL",
  ])
  func aDecisionThatWasAlteredIsFound(_ sql: String) async throws {
    try await Self.run { desk, push in
      let rows = try await desk.database.write { try $0.execute(sql) }
      let altered = try await Self.altered(desk)
      #expect(rows == 1)
      #expect(altered == "push \(push)")
    }
  }

  /// What was decided by an older program has no link, and is no finding; but nobody adds to it.
  @Test func decisionsOfBeforeAreLeftOut() async throws {
    try await PushDesk.run { desk in
      let (first, second) = (
        try await desk.submit("road-digging"), try await desk.submit("road-digging", number: "SQ-2")
      )
      for id in [first.id, second.id] {
        try await desk.pushes.decide(.cancel, about: id, by: SignOff(name: "拟经办", reason: "重复提交"))
      }
      // As an older program had left them: without links.
      try await desk.database.write { _ = try $0.execute("DELETE FROM journal_entry") }
      let third = try await desk.submit("road-digging", number: "SQ-3")
      try await desk.pushes.decide(
        .cancel, about: third.id, by: SignOff(name: "拟经办", reason: "重复提交"))
      #expect(try await Self.altered(desk) == nil)
      let link = try await desk.database.read { reader in
        try reader.first("SELECT content FROM journal_entry WHERE kind = 6 ORDER BY number") { $0.blob(0) }
      }
      #expect(String(decoding: try #require(link), as: UTF8.self).contains("unlinked 2 2"))
      _ = try await desk.database.write { transaction in
        try transaction.execute("DELETE FROM push_event WHERE id = 1")
      }
      #expect(try await Self.altered(desk) == "an older push")
    }
  }

  /// Put in where nobody has decided anything yet: with the first push the chain says that there is no decision.
  @Test func aDecisionBeforeAllOthersIsFound() async throws {
    let forge = """
      INSERT INTO push_event (push, moment, event, state, signature) VALUES (1, 5, 'cancelled', 'cancelled', x'00')
      """
    try await PushDesk.run { desk in
      #expect(try await Self.altered(desk) == nil)
      _ = try await desk.database.write { try $0.execute(forge) }
      #expect(try await Self.altered(desk) == "push 1", "where there is no push")
    }
    try await PushDesk.run { desk in
      let push = try await desk.submit("road-digging")
      #expect(try await Self.altered(desk) == nil)
      _ = try await desk.database.write { try $0.execute(forge) }
      #expect(try await Self.altered(desk) == "push \(push.id)")
      try await desk.pushes.beginDecisions()
      #expect(try await Self.altered(desk) == "push \(push.id)", "the chain has said it already")
    }
  }

  /// What an older program's people decided has no link; how many those are is said when the gateway starts.
  @Test func decisionsOfBeforeAreCountedWhenTheGatewayStarts() async throws {
    try await Self.run { desk, push in
      try await desk.database.write { _ = try $0.execute("DELETE FROM journal_entry") }
      #expect(try await Self.altered(desk) == "push \(push)")
      try await desk.pushes.beginDecisions()
      #expect(try await Self.altered(desk) == nil)
      _ = try await desk.database.write {
        try $0.execute(
          "INSERT INTO push_event (push, moment, event, state, signature) VALUES (1, 5, 'cancelled', 'cancelled', x'00')"
        )
      }
      #expect(try await Self.altered(desk) == "push \(push)")
    }
  }

  /// A program of before has linked its rows from some row on, and never said which.
  @Test func linksOfBeforeCountFromTheFirst() async throws {
    try await Self.run { desk, push in
      try await desk.database.write { transaction in
        // Without the first link of all, which it did not know.
        try transaction.execute("DELETE FROM journal_entry WHERE number = 2")
        try transaction.execute("UPDATE push_event SET id = id + 10")
        try transaction.execute(
          "INSERT INTO push_event (id, push, moment, event, state, signature) VALUES (5, 1, 5, 'cancelled', 'cancelled', x'00')"
        )
      }
      let keys = try await RegistryKeys.open(desk.database, ring: desk.bench.ring)
      #expect(try await Pushes.alteredDecision(in: desk.database, keys: keys) == nil)
      let other = try await desk.submit("road-digging", number: "SQ-2")
      try await desk.pushes.decide(
        .cancel, about: other.id, by: SignOff(name: "拟经办", reason: "重复提交"))
      #expect(try await Pushes.alteredDecision(in: desk.database, keys: keys) == nil)
      // Behind the first of before there is none without.
      _ = try await desk.database.write { transaction in
        try transaction.execute(
          """
          INSERT INTO push_event (id, push, moment, event, state, signature)
          SELECT 10, push, moment + 1, event, state, signature FROM push_event WHERE id = 11
          """)
      }
      #expect(try await Pushes.alteredDecision(in: desk.database, keys: keys) == "push \(push)")
    }
  }

  /// Copied to where nobody looked: before the first row that ever was.
  @Test(arguments: [-1, 0, Int64.min + 1]) func aRowBeforeAllOthersIsFound(_ id: Int64) async throws {
    try await Self.run { desk, push in
      let rows = try await desk.database.write { transaction in
        try transaction.execute(
          """
          INSERT INTO push_event (id, push, moment, event, state, signature)
          SELECT ?1, push, moment + 1, 'released', state, signature FROM push_event WHERE signature IS NOT NULL
          """, .int(id))
      }
      #expect(rows == 1)
      #expect(try await Self.altered(desk) == "an older push")
    }
  }

  /// Decided again and again under a clock that is set back: nothing was altered.
  @Test func aClockThatGoesBackAltersNothing() async throws {
    try await Self.run { desk, _ in
      for (number, back) in [0, 2, 86_400].enumerated() {
        let push = try await desk.submit("road-digging", number: "SQ-\(number + 2)")
        desk.bench.clock.set(bySeconds: -back)
        try await desk.pushes.decide(
          .cancel, about: push.id, by: SignOff(name: "拟经办", reason: "重复提交"))
      }
      #expect(try await Self.altered(desk) == nil)
    }
  }

  /// As many rows as links are not the same rows.
  @Test func aDecisionThatWasReplacedByAnotherIsFound() async throws {
    try await Self.run { desk, push in
      let other = try await desk.submit("road-digging", number: "SQ-2")
      try await desk.pushes.decide(
        .cancel, about: other.id, by: SignOff(name: "拟经办", reason: "重复提交"))
      _ = try await desk.database.write { transaction in
        try transaction.execute(
          "DELETE FROM push_event WHERE push = ?1 AND signature IS NOT NULL", .int(push.rawValue))
        return try transaction.execute(
          """
          INSERT INTO push_event (push, moment, event, state, signature)
          SELECT push, moment, event, state, signature FROM push_event WHERE push = ?1 AND signature IS NOT NULL
          """, .int(other.id.rawValue))
      }
      #expect(try await Self.altered(desk) == "push \(push)")
    }
  }
}
