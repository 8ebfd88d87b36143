import Adapters
import CivilTime
import Exchanges
import Journal
import Registry
import Sandbox
import Sync
import Testing

@testable import Replay

/// A span of time, asked for again.
@Suite struct RefetchingTests {
  private static func span(_ desk: ReplayDesk) -> ReplayQuery {
    var query = ReplayDesk.deeds
    query.since = Timestamp(iso8601: "2025-08-01T00:00:00+08:00")
    query.until = desk.clock.now
    return query
  }

  @Test func theSpanComesAgainAndTheScheduleStaysWhereItWas() async throws {
    try await ReplayDesk.run { desk in
      let pulled = try await RemappingTests.pull(desk)
      let history = SyncHistory(database: desk.database)
      let (before, standing) = (
        try await desk.observations(), try await history.standing(of: desk.runner().key)
      )
      let exchanges = try await desk.exchanges()
      desk.clock.advance(seconds: 3600)
      let (id, preview) = try await desk.plan(Self.span(desk), .refetch)
      #expect(preview.items == 1 && preview.calls == 1 && preview.daily == nil)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      let records = try await desk.replays.records(of: id)
      #expect(records.new == 0 && records.changed == 0 && records.unchanged > 0)
      #expect(records.unchanged < pulled.rows)
      #expect(try await desk.observations() == before)
      #expect(try await history.standing(of: desk.runner().key) == standing)
      // Its exchanges are new ones and name it; the old ones stay.
      let after = try await desk.exchanges()
      let added = after.keys.filter { exchanges[$0] == nil }
      #expect(
        !added.isEmpty
          && added.allSatisfy { $0.requestID.hasPrefix("replay-\(id)-") && $0.outcome == .succeeded })
      #expect(exchanges.allSatisfy { after[$0.key] == $0.value })
    }
  }

  /// What was lost on our side is there again.
  @Test func whatAPullNeverGotComes() async throws {
    try await ReplayDesk.run { desk in
      let id = try await desk.start(Self.span(desk), .refetch)
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      let records = try await desk.replays.records(of: id)
      #expect(records.new > 0)
      #expect(try await desk.engine.registry.counts().reduce(0) { $0 + $1.count } == records.new)
      #expect(try await SyncHistory(database: desk.database).standing(of: desk.runner().key).watermark == nil)
    }
  }

  /// Stopped while a page was under way: nothing of it is stored, and how the call ended is known.
  @Test func whatIsNotWantedAnyMoreLeavesNoExchangeInTheDark() async throws {
    struct Ended: Error {}
    try await ReplayDesk.run { desk in
      let window = PullWindow(
        from: try #require(Timestamp(iso8601: "2025-08-01T00:00:00+08:00")), to: desk.clock.now)
      let report = try await desk.runner().refetch(
        window, requestID: "r", part: { _, _, _ in throw Ended() }, keep: { _, _, _ in throw Ended() })
      #expect(report.problem != nil)
      let exchanges = try await desk.exchanges().keys.filter { $0.requestID.hasPrefix("r") }
      #expect(!exchanges.isEmpty && exchanges.allSatisfy { $0.outcome != .unknown })
      #expect(exchanges.contains { $0.outcome == .failed && $0.problemCode == "unwanted" })
      #expect(try await desk.observations().isEmpty)
    }
  }

  @Test func aPlatformThatFailsIsAFailedItem() async throws {
    try await ReplayDesk.run { desk in
      desk.engine.bench.sandbox.faults.add(
        FaultRule(.truncatedDocument, platform: "real-estate-xml", trigger: .always))
      let id = try await desk.start(Self.span(desk), .refetch)
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 0, 0, 1])
      #expect(try await desk.replays.items(of: id)[0].problemClass != nil)
    }
  }

  /// One call a day, and today's is gone: nothing fails, the day goes by.
  @Test func whatIsOverTheQuotaWaitsForItsDay() async throws {
    try await ReplayDesk.run { desk in
      var query = ReplayDesk.deeds
      query.since = Timestamp(iso8601: "2026-07-20T00:00:00+08:00")
      query.until = desk.clock.now
      let outlook = try await desk.library(daily: 1).look(
        for: query, depth: .refetch, terms: ReplayDesk.terms(), now: desk.clock.now
      )
      let preview = outlook.preview
      #expect(preview.calls == 1 && preview.daily == 1 && preview.leftToday == 1 && preview.days == 1)
      // Today's call is gone.
      let key = try desk.runner().key
      let claim = BudgetClaim(platform: key.platform, operation: nil, limit: 1)
      _ = try await desk.engine.ledger.take([claim], at: desk.clock.now)
      let late = try await desk.library(daily: 1).look(
        for: query, depth: .refetch, terms: ReplayDesk.terms(), now: desk.clock.now
      ).preview
      #expect(late.leftToday == 0 && late.days == 1 && late.begins.map { $0 > desk.clock.now } == true)
      let day = desk.clock.now
      let id = try await desk.replays.keep(
        query, depth: .refetch, terms: ReplayDesk.terms(), outlook: outlook, by: ReplayDesk.person)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle(daily: 1)
      #expect(try await desk.counts(id).list == [0, 0, 1, 0])
      #expect(desk.clock.now.milliseconds(since: day) >= 86_400_000)
    }
  }

  @Test func aSpanIsAllThatIsAskedFor() async throws {
    try await ReplayDesk.run { desk in
      await #expect(throws: ReplayError.self) { try await desk.look(ReplayDesk.deeds, .refetch) }
      for change: (inout ReplayQuery) -> Void in [
        { $0.outcome = .failed }, { $0.errorClass = .data }, { $0.mappingVersion = 1 }, { $0.sequence = "c" },
        { $0.ids = [1] },
      ] {
        var query = Self.span(desk)
        change(&query)
        let wrong = query
        await #expect(throws: ReplayError.self) { try await desk.look(wrong, .refetch) }
      }
    }
  }
}
