import Adapters
import CivilTime
import Exchanges
import Journal
import Registry
import SQLDatabase
import Sandbox
import Testing

@testable import Sync

/// Where a pull goes on after it broke: behind its last stored page, or from the first one of its window.
@Suite struct ResumingTests {
  private func expectSameAsUndisturbed(_ engine: Engine, _ platform: String, _ operation: String) async throws
  {
    let bench = engine.bench
    bench.sandbox.faults.removeAll()
    let other = try await bench.engine("b")
    let report = try await other.runner(platform, operation).run(requestID: "r")
    #expect(report.problem == nil)
    #expect(try await engine.content() == other.content())
    await engine.database.close()
    await other.database.close()
  }

  @Test func pagesThatDoNotAddUpArePulledFromTheFirst() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      bench.sandbox.faults.add(
        FaultRule(.earlyEnd, platform: "real-estate-xml", trigger: .call(4), most: 1))
      let broken = await runner.run(requestID: "r")
      #expect(broken.problem?.code == "paging-incomplete" && broken.rows == 180)
      let whole = await runner.run(requestID: "r")
      #expect(whole.problem == nil && whole.rows == 400, "the window started over")
      #expect(whole.counts.unchanged == 180)
      try await expectSameAsUndisturbed(engine, "real-estate-xml", "deeds")
    }
  }

  @Test(arguments: ["restart", "age"])
  func aWindowStartsOverWhenItIsToldToOrTooOld(_ why: String) async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let rule = bench.sandbox.faults.add(
        FaultRule(.htmlPage, platform: "real-estate-xml", operation: "houses", trigger: .every(3)))
      _ = await runner.run(requestID: "r")
      _ = bench.sandbox.faults.remove(rule)
      if why == "age" { bench.clock.advance(seconds: 86_401) }
      let whole = await runner.run(requestID: "r", restart: why == "restart")
      #expect(whole.problem == nil && whole.rows >= 400)
      #expect(whole.counts.unchanged >= 120)
      try await expectSameAsUndisturbed(engine, "real-estate-xml", "deeds")
    }
  }

  @Test func aCursorThatHasEndedStartsTheWindowOver() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("investment-3", "projects", pageSize: 20)
      bench.sandbox.faults.add(FaultRule(.htmlPage, platform: "investment-3", trigger: .every(2)))
      #expect(await runner.run(requestID: "r").rows == 20)
      bench.sandbox.faults.removeAll()
      let ledger = engine.ledger
      let cursor = try await engine.database.write { transaction in
        var state = try ledger.load(runner.key, transaction)
        let cursor = state.progress.next
        #expect(state.progress.pages > 0)
        state.progress.next = "a-cursor-the-platform-forgot"
        try ledger.save(state, runner.key, transaction)
        return cursor
      }
      // Sealed: neither word lies in the table.
      let stored = try await engine.database.read { reader in
        try reader.first("SELECT next FROM pull_state") { $0.blob(0) }
      }
      let text = String(decoding: try #require(stored), as: UTF8.self)
      let first = try #require(cursor)
      #expect(!text.contains("cursor") && !text.contains(first))
      let refused = await runner.run(requestID: "r")
      #expect(refused.problem?.code == "platform-refused" && refused.rows == 0)
      #expect(await runner.run(requestID: "r").problem == nil)
      try await expectSameAsUndisturbed(engine, "investment-3", "projects")
    }
  }

  @Test func aSlowPlatformsPagesAreStoredAsTheyCome() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      // Each page takes longer than the longest wait; a kill in the fifth finds the others stored.
      bench.sandbox.faults.add(
        FaultRule(
          .slowDrip(bytesPerSecond: 40_000), platform: "real-estate-xml", operation: "houses",
          trigger: .every(1)))
      let pull = Task { await runner.run(requestID: "r") }
      while bench.sandbox.calls("real-estate-xml", "houses").calls < 5 {
        try await Task.sleep(for: .milliseconds(5))
      }
      // Pages 1 to 3 were complete a second ago at the latest.
      let stored = try await engine.registry.counts().reduce(0) { $0 + $1.count }
      #expect(stored >= 180)
      pull.cancel()
      _ = await pull.value
      await engine.database.close()
    }
  }

  @Test func aStoppedPullKeepsWhatItKnows() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      bench.sandbox.faults.add(
        FaultRule(.stall(seconds: 600), platform: "real-estate-xml", trigger: .call(4)))
      let pull = Task { await runner.run(requestID: "r") }
      while bench.sandbox.calls("real-estate-xml", "houses").calls < 4 {
        try await Task.sleep(for: .milliseconds(5))
      }
      pull.cancel()
      let report = await pull.value
      #expect(report.problem?.isStop == true)
      #expect(report.rows == 180 && report.counts.new == 180, "three pages had been understood")
      let run = try await SyncHistory(database: engine.database).standing(of: runner.key).lastRun
      #expect(run?.problemCode == "stopped" && run?.report.rows == 180)
      // What had left when it was stopped is in the journal, and told as broken.
      let exchanges = try await engine.journal.list(ExchangeFilter())
      #expect(exchanges.count == 4)
      #expect(exchanges.filter { $0.outcome == .failed }.count == 1)
      #expect(exchanges.filter { $0.outcome == .succeeded }.count == 3)
      bench.sandbox.faults.removeAll()
      #expect(await runner.run(requestID: "r").rows == 220)
      try await expectSameAsUndisturbed(engine, "real-estate-xml", "deeds")
    }
  }
}
