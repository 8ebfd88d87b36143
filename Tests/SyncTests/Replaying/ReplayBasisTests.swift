import Adapters
import Exchanges
import Mapping
import Pushing
import Registry
import SQLDatabase
import Testing
import Work

@testable import Replay

/// What was looked at is what runs, and nothing else.
@Suite struct ReplayBasisTests {
  private static func code(_ body: () async throws -> Void) async throws -> ReplayErrorCode? {
    do {
      try await body()
      return nil
    } catch let error as ReplayError {
      return error.code
    }
  }

  @Test func nothingStartsWithAnotherMapping() async throws {
    try await ReplayDesk.run { desk in
      try await RemappingTests.pull(desk)
      desk.use(try RemappingTests.otherFloor())
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap)
      let before = try await desk.observations()
      for other in [
        try RemappingTests.otherFloor(version: 3), try #require(Library.mappings["real-estate/deeds"]),
      ] {
        desk.use(other)
        let code = try await Self.code {
          _ = try await desk.replays.start(id, by: ReplayDesk.person, with: try desk.library())
        }
        #expect(code == .changed)
        #expect(try await desk.state(id) == .planned)
      }
      // Another adapter is another reading as well.
      desk.use(try RemappingTests.otherFloor())
      let adapted = try await Self.code {
        _ = try await desk.replays.start(id, by: ReplayDesk.person, with: try desk.library(daily: 9))
      }
      #expect(adapted == .changed)
      #expect(try await desk.observations() == before)
      _ = try await desk.replays.start(id, by: ReplayDesk.person, with: try desk.library())
      try await desk.settle()
      #expect(try await desk.replays.records(of: id) == preview.records)
      // What was foreseen stays with the plan, and is in the report.
      let replay = try await desk.replays.replay(id)
      #expect(
        replay.basis.records == preview.records
          && replay.basis.definitions.map(\.kind) == [.mapping, .adapter])
      let report = String(decoding: try await ReplayReport(id, desk.replays).encoded(), as: UTF8.self)
      for definition in replay.basis.definitions {
        #expect(definition.digest.utf8.count == 64 && report.contains(definition.digest))
      }
      #expect(report.contains(#""changed":\#(preview.records.changed)"#))
    }
  }

  /// A program that was started with other files takes the work over in the middle: no further item is done by them.
  @Test func whoeverGoesOnWithOtherFilesStops() async throws {
    try await ReplayDesk.run { desk in
      try await RemappingTests.pull(desk)
      desk.use(try RemappingTests.otherFloor())
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap)
      try #require(preview.items >= 3)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      let first = try #require(try await desk.claim())
      await #expect(throws: ReplayDesk.End.self) {
        try await desk.handler { if $0 == 2 { throw ReplayDesk.End() } }.perform(first)
      }
      desk.clock.advance(seconds: 30)
      desk.use(try RemappingTests.otherFloor(version: 3))
      let before = try await desk.observations()
      let lease = try #require(try await desk.claim())
      let handler = try desk.handler()
      let error = await #expect(throws: ReplayError.self) { try await handler.perform(lease) }
      let problem = handler.problem(of: try #require(error))
      #expect(problem.code == "replay-changed" && problem.errorClass == .configuration)
      #expect(problem.message.contains("real-estate/deeds") && problem.remedy.contains("plan it anew"))
      // As the loop does with trouble of this class.
      let (queue, now) = (desk.pushing.queue, desk.clock.now)
      try await desk.database.write { transaction in
        try queue.park(lease, problem, in: transaction, now: now)
        try handler.parked(lease, problem, in: transaction, now: now)
      }
      #expect(try await desk.state(id) == .stopped)
      #expect(try await desk.counts(id).succeeded == 1)
      #expect(try await desk.observations() == before)
      // With what was looked at it goes on.
      desk.use(try RemappingTests.otherFloor())
      _ = try await desk.replays.start(id, by: ReplayDesk.person, with: try desk.library())
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      #expect(try await desk.replays.records(of: id) == preview.records)
    }
  }

  /// The same name at another address, or set otherwise, is another platform; another secret is not.
  @Test func whoIsCalledIsLookedAtAsWell() async throws {
    try await ReplayDesk.run { desk in
      let client = desk.pushing.client
      func outline(_ url: String, _ changed: [String: String]) -> [UInt8] {
        let settings = Dictionary(
          uniqueKeysWithValues: client.adapter.settings.map { ($0.name, changed[$0.name] ?? "x") })
        return Connection(platform: "p", url: url, settings: settings).outline(for: client.adapter)
      }
      let before = outline("https://a", [:])
      #expect(outline("https://a", [:]) == before && outline("https://b", [:]) != before)
      try #require(client.adapter.settings.contains { $0.isSecret })
      for setting in client.adapter.settings {
        #expect((outline("https://a", [setting.name: "y"]) == before) == setting.isSecret, "\(setting.name)")
      }
    }
  }

  @Test func aTemplateIsLookedAtAsWell() async throws {
    try await ReplayDesk.run { desk in
      try await RepushingTests.refused(desk, "SQ-1")
      let (id, _) = try await desk.plan(ReplayDesk.permits("greening"), .repush)
      let replay = try await desk.replays.replay(id)
      let now = try desk.library().definitions(replay.query, .repush)
      #expect(replay.basis.definitions == now && now.map(\.kind) == [.template, .adapter, .connection])
      try desk.library().requireUnchanged(replay)
      let other = ReplayBasis.Definition(.template, now[0].name, saying: [1])
      #expect(replay.basis.difference(from: [other, now[1], now[2]]) == other)
      // A plan of which nothing is known is none.
      try await desk.database.write { transaction in
        _ = try transaction.execute("UPDATE replay SET basis = '{}'")
      }
      let code = try await Self.code {
        _ = try await desk.replays.start(id, by: ReplayDesk.person, with: try desk.library())
      }
      #expect(code == .changed)
    }
  }
}
