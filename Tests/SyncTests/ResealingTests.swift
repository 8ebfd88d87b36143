import Exchanges
import Adapters
import Applications
import CivilTime
import Crypto
import Journal
import Registry
import SQLDatabase
import Testing

@testable import Pushing
@testable import Replay
@testable import Sync

/// After a rotation everything that column keys seal comes under the new one, portion by portion, and opens.
@Suite struct ResealingTests {
  @Test func pushesAndReplays() async throws {
    try await ReplayDesk.run { desk in
      let refused = try await RepushingTests.refused(desk, "SQ-1")
      let accepted = try await desk.pushing.submit("greening", number: "SQ-2").id
      try await desk.pushing.settle()
      let cancelled = try await desk.pushing.submit("greening", number: "SQ-3").id
      let word = try SignOff(name: "拟经办", reason: "not needed")
      try await desk.pushing.pushes.decide(.cancel, about: cancelled, by: word)
      let replay = try await desk.start(ReplayDesk.permits("greening"), .repush)
      let receipt = try #require(try await desk.pushing.pushes.acknowledgement(of: accepted)?.receipt)

      let keys = try await RegistryKeys.rotate(desk.database, ring: desk.engine.bench.ring)
      let clock = desk.clock
      let pushes = Pushes(
        database: desk.database, journal: desk.engine.journal, queue: desk.pushing.queue, keys: keys,
        now: { clock.now })
      let replays = Replays(pushes: pushes, keys: keys, needsApproval: false)
      // Each push has a record, a message and an attachment; one has a receipt, one a signature.
      #expect(try await pushes.countOutdated(after: 0, limit: 100) == (nil, 3 * 3 + 2))
      #expect(try await replays.countOutdated(after: 0, limit: 100) == (nil, 2))
      var (position, resealed, portions): (Int64?, Int, Int) = (0, 0, 0)
      while let start = position {
        let step = try await pushes.resealOutdated(after: start, limit: 1)
        (position, resealed, portions) = (step.next, resealed + step.resealed, portions + 1)
      }
      #expect(resealed == 11 && portions == 4)
      #expect(try await pushes.countOutdated(after: 0, limit: 100) == (nil, 0))
      #expect(try await pushes.resealOutdated(after: 0, limit: 100) == (nil, 0))
      let first = try await replays.resealOutdated(after: 0, limit: 1)
      #expect(first.resealed == 1 && first.next != nil)
      #expect(try await replays.resealOutdated(after: first.next ?? 0, limit: 10) == (nil, 1))
      #expect(try await replays.countOutdated(after: 0, limit: 100) == (nil, 0))

      #expect(try await pushes.acknowledgement(of: accepted)?.receipt == receipt)
      #expect(try await pushes.history(of: cancelled).last?.signOff == word)
      for id in [refused, accepted, cancelled] {
        #expect(try await pushes.content(of: id).attachments.map(\.name) == ["a.txt"])
      }
      #expect(
        try await replays.history(of: replay).map { $0.signOff?.name } == [
          ReplayDesk.person.name, ReplayDesk.person.name,
        ])
    }
  }

  @Test func wordsForNextPages() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let key = OperationKey(platform: "city", operation: "pull")
      var state = PullState()
      state.progress.next = "cursor-17"
      let (saved, sealer) = (state, engine.sealer)
      try await engine.database.write { try saved.save(key, $0, sealer) }
      let keys = try await RegistryKeys.rotate(engine.database, ring: bench.ring)
      let ledger = SyncLedger(database: engine.database, journal: engine.journal, keys: keys)
      #expect(try await ledger.countOutdated() == 1)
      #expect(try await ledger.resealOutdated() == 1)
      #expect(try await ledger.countOutdated() == 0)
      #expect(try await ledger.resealOutdated() == 0)
      let loaded = try await engine.database.read { try PullState.load(key, $0, keys.sealer) }
      #expect(loaded.progress.next == "cursor-17")
      await engine.database.close()
    }
  }
}
