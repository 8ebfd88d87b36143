import Adapters
import CivilTime
import Exchanges
import Journal
import Registry
import SQLDatabase
import Sandbox
import Testing

@testable import Sync

/// A clock that stood ahead, seen by pulls: nothing of what changed meanwhile is passed by.
@Suite struct PullClockTests {
  private func watermark(_ engine: Engine) async throws -> Timestamp {
    Timestamp(milliseconds: try await engine.database.read { try $0.int("SELECT watermark FROM pull_state") })
  }

  @Test(arguments: [1, 24, 24 * 365])
  func whatChangesAfterAClockStoodAheadIsAskedFor(_ hours: Int) async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let whole = await runner.run(requestID: "first")
      #expect(whole.problem == nil && whole.setBack == nil)
      let before = try await watermark(engine)
      bench.clock.set(bySeconds: hours * 3600)
      for _ in 0..<3 {
        bench.clock.advance(seconds: 60)
        #expect(await runner.run(requestID: "ahead").setBack == nil)
      }
      let ahead = try await watermark(engine)
      #expect(ahead > before)
      bench.clock.set(bySeconds: -hours * 3600)
      bench.clock.advance(seconds: 600)
      let report = await runner.run(requestID: "right again")
      #expect(report.setBack == ahead && report.pages > 0 && report.problem == nil)
      // From where it truly was, and up to now: the window was asked for.
      #expect(try await watermark(engine) == bench.clock.now)
      let asked = try await engine.journal.list(ExchangeFilter(requestID: "right again", limit: 10))
      let exchange = try await engine.journal.exchange(try #require(asked.last).id)
      let from = before.advanced(bySeconds: -600).civil(offsetSeconds: UTCOffset.china)
      #expect(
        String(decoding: exchange.requestBody, as: UTF8.self)
          .contains("From=\"\(from.description.replacing("T", with: " "))"))
      bench.clock.advance(seconds: 600)
      #expect(await runner.run(requestID: "later").setBack == nil)
      await engine.database.close()
    }
  }

  @Test func aWindowUnderWayThatReachesAheadIsLeft() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      bench.clock.set(bySeconds: 86_400)
      bench.sandbox.faults.add(
        FaultRule(.htmlPage, platform: "real-estate-xml", operation: "houses", trigger: .call(3), most: 1))
      #expect(await runner.run(requestID: "broken").problem != nil)
      bench.clock.set(bySeconds: -86_400)
      let report = await runner.run(requestID: "right again")
      // It was the first: everything is pulled.
      #expect(report.problem == nil && report.setBack != nil && report.rows >= 400)
      #expect(try await watermark(engine) == bench.clock.now)
      await engine.database.close()
    }
  }

  @Test func marksGetFewerTheOlderTheyAre() {
    for newest: Int64 in [1, 16, 17, 100, 1000, 100_000] {
      let kept = (1..<newest).filter { PullMarks.keeps($0, behind: newest) }
      #expect(kept.count <= 16 * 18)
      // However long the clock was wrong, one is no older than twice as many runs.
      for behind in sequence(first: Int64(1), next: { $0 * 2 < newest ? $0 * 2 : nil }) where newest > behind
      {
        let found = kept.last { $0 <= newest - behind }
        #expect(
          found.map { newest - $0 <= 2 * behind + 1 } ?? (newest <= 2 * behind + 1), "\(newest) \(behind)")
      }
      // What is kept later was kept before.
      #expect(kept.allSatisfy { $0 == newest - 1 || PullMarks.keeps($0, behind: newest - 1) })
    }
  }
}
