import CivilTime
import Crypto
import Documents
import Exchanges
import Pushing
import SQLDatabase
import Sandbox
import Testing

@testable import Replay

/// What is left of replays that ended long ago.
@Suite struct ReplayPruningTests {
  private static func items(_ desk: ReplayDesk) async throws -> Int64 {
    try await desk.database.read { try $0.int("SELECT count(*) FROM replay_item") }
  }

  private static func prune(_ desk: ReplayDesk, isTrial: Bool = false) async throws -> [Int] {
    let pruning = try await desk.replays.prune(
      endedBefore: desk.clock.now.advanced(bySeconds: -60), now: desk.clock.now, isTrial: isTrial)
    return [pruning.replays, pruning.items, pruning.held]
  }

  /// Its items go, and its sums and the digest of what was told of them stay; what is planned or under way has its own.
  @Test func whatEndedLongAgoLosesItsItems() async throws {
    try await ReplayDesk.run { desk in
      try await RemappingTests.pull(desk)
      desk.clock.advance(seconds: 60)
      desk.use(try RemappingTests.otherFloor())
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      let other = try await desk.plan(ReplayDesk.deeds, .remap).id
      let whole = try await ReplayReport(id, desk.replays).encoded()
      #expect(try await Self.prune(desk) == [0, 0, 0], "it ended just now")
      desk.clock.advance(seconds: 3600)
      let before = try await Self.items(desk)
      #expect(try await Self.prune(desk, isTrial: true) == [1, preview.items, 0])
      #expect(try await Self.items(desk) == before)
      let ended = try await desk.replays.replay(id).changed.milliseconds
      let spared = try await desk.replays.prune(
        endedBefore: desk.clock.now, sparing: [ended - 1...ended + 1], now: desk.clock.now, isTrial: false)
      #expect(spared == ReplayPruning())
      #expect(try await Self.prune(desk) == [1, preview.items, 0])
      #expect(try await Self.prune(desk) == [0, 0, 0])
      #expect(try await desk.replays.items(of: id).isEmpty)
      #expect(try await desk.replays.items(of: other).count == preview.items)
      let replay = try await desk.replays.replay(id)
      #expect(replay.counts.succeeded == preview.items && replay.records == preview.records)
      let report = try JSONDocument(parsing: try await ReplayReport(id, desk.replays).encoded()).root
      #expect(report["items"]?.count == 0 && report["history"]?.count == 3)
      #expect(report["pruned"]?["sm3"]?.string == Hex.encode(Digest.sm3.hash(whole)))
      #expect(report["pruned"]?["changed"]?.integer == preview.records.changed)
    }
  }

  /// The process ends while items are removed: the next night goes on, and what was told stays what it was.
  @Test func aNightThatEndsEarlyIsGoneOnWith() async throws {
    try await ReplayDesk.run { desk in
      try await RemappingTests.pull(desk)
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      desk.clock.advance(seconds: 3600)
      try await desk.database.write { transaction in
        _ = try transaction.execute(
          "CREATE TRIGGER breaks BEFORE DELETE ON replay_item BEGIN SELECT RAISE(ABORT, 'no room'); END")
      }
      await #expect(throws: DatabaseError.self) { try await Self.prune(desk) }
      let told = try await ReplayReport(id, desk.replays).encoded()
      try await desk.database.write { _ = try $0.execute("DROP TRIGGER breaks") }
      #expect(try await Self.prune(desk) == [1, preview.items, 0])
      #expect(try await ReplayReport(id, desk.replays).encoded() == told)
    }
  }

  /// As long as somebody has to find out what became of something the report must be able to say it.
  @Test func whatIsOpenIsHeld() async throws {
    try await ReplayDesk.run { desk in
      try await RepushingTests.refused(desk, "SQ-1")
      desk.pushing.fault(.reset, "greening")
      let id = try await desk.start(
        ReplayDesk.permits("greening"), .repush, ReplayDesk.terms(mostErrors: 100))
      try await desk.settle()
      try #require(try await desk.state(id) == .completed)
      try #require(try await desk.counts(id).unknown == 1)
      desk.clock.advance(seconds: 3600)
      #expect(try await Self.prune(desk) == [0, 0, 1])
      let push = PushID(try #require(try await desk.replays.items(of: id)[0].repetition))
      try await desk.pushing.pushes.decide(
        .happened(receipt: nil), about: push, by: ReplayDesk.person)
      #expect(try await Self.prune(desk) == [1, 1, 0])
    }
  }
}
