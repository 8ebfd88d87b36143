import Adapters
import CivilTime
import Exchanges
import Journal
import Mapping
import Registry
import SQLDatabase
import Sandbox
import Testing
import Work

@testable import Sync

/// Changed mappings on their way to the simulated platforms: those that were not tried are not run.
@Suite struct TrialGateTests {
  private static let name = "real-estate/deeds"

  private static func changed() throws -> CompiledMapping {
    try MappingComparisonTests.mapping(name, [("specific.floor: \"@SJCS\"", "specific.floor: \"@HH\"")])
  }

  private static func gate(_ engine: Engine, budget: Double? = 2) -> TrialGate {
    TrialGate(
      MappingTrials(database: engine.database, sealer: engine.sealer),
      policy: budget.map { TrialPolicyTests.policy($0) })
  }

  private static func runner(_ engine: Engine, _ mapping: CompiledMapping?, _ gate: TrialGate) throws
    -> PullRunner
  {
    try engine.runner("real-estate-xml", "deeds", mapping: mapping, gate: gate)
  }

  /// Tries the changed mapping in place of the project's own, as `mapping diff --record` does.
  private static func record(
    _ engine: Engine, _ gate: TrialGate, isAccepted: Bool = false
  ) async throws -> TrialCounts {
    let (old, new) = (try #require(Library.mappings[name]), try changed())
    let comparison = MappingComparison(of: try runner(engine, nil, gate), old: old, new: new)
    let counts = TrialCounts(try await comparison.run(ExchangeFilter()) { _ in false }, isOfAll: true)
    try await gate.trials.record(
      new.name, old: old.digest, new: new.digest, counts, isAccepted: isAccepted,
      by: SignOff(name: "op-1", reason: "the floor is elsewhere"), at: engine.bench.clock.now)
    return counts
  }

  private func definitions(_ engine: Engine) async throws -> Int64? {
    try await engine.database.read { reader in
      try reader.first("SELECT count(*) FROM definition") { $0.int(0) }
    }
  }

  @Test func anUntriedMappingRunsNothing() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let gate = Self.gate(engine)
      #expect(
        await (try Self.runner(engine, nil, gate)).run(requestID: "r").problem == nil,
        "the first needs no trial")
      bench.clock.advance(seconds: 3600)
      let (content, calls) = (
        try await engine.content(), bench.sandbox.calls("real-estate-xml", "deeds").calls
      )
      let history = SyncHistory(database: engine.database)
      let runner = try Self.runner(engine, try Self.changed(), gate)
      let (standing, kept) = (try await history.standing(of: runner.key), try await definitions(engine))
      let report = await runner.run(requestID: "r2")
      #expect(report.problem?.code == "mapping-untried" && report.problem?.errorClass == .configuration)
      #expect(report.problem?.remedy.contains("mapping diff in-use real-estate/deeds --record") == true)
      #expect(report.pages == 0 && report.rows == 0)
      #expect(try await engine.content() == content)
      #expect(bench.sandbox.calls("real-estate-xml", "deeds").calls == calls, "nothing is called")
      let after = try await history.standing(of: runner.key)
      #expect(after.watermark == standing.watermark && after.lastStarted == standing.lastStarted)
      #expect(try await definitions(engine) == kept)
      // Nor by the other ways in.
      await #expect(throws: TrialError.self) {
        try await runner.take(SavedMessage(name: "a", bytes: Array("<a/>".utf8)), requestID: "r3")
      }
      let refetched = try await runner.refetch(nil, requestID: "r4") { _, _, _ in }
      #expect(refetched.problem?.code == "mapping-untried" && refetched.pages == 0)
      // The former one goes on.
      #expect(await (try Self.runner(engine, nil, gate)).run(requestID: "r5").problem == nil)
      await engine.database.close()
    }
  }

  @Test func aPassedTrialLetsItRunAndNothingElse() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let gate = Self.gate(engine, budget: 100)
      _ = await (try Self.runner(engine, nil, gate)).run(requestID: "r")
      let counts = try await Self.record(engine, gate)
      #expect(counts.exchanges == 7 && counts.isOfAll && counts.differing > 0)
      #expect(await (try Self.runner(engine, try Self.changed(), gate)).run(requestID: "r").problem == nil)
      // What runs now is the changed one: the way back needs a trial too.
      let back = await (try Self.runner(engine, nil, gate)).run(requestID: "r")
      #expect(back.problem?.code == "mapping-untried")
      let third = try MappingComparisonTests.mapping(
        Self.name, [("specific.floor: \"@SJCS\"", "specific.floor: \"@FJH\"")])
      let other = await (try Self.runner(engine, third, gate)).run(requestID: "r")
      #expect(other.problem?.code == "mapping-untried")
      await engine.database.close()
    }
  }

  @Test func whatIsBeyondTheBudgetRunsOnlyWhenSomebodyAcceptsIt() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let gate = Self.gate(engine)
      _ = await (try Self.runner(engine, nil, gate)).run(requestID: "r")
      let counts = try await Self.record(engine, gate)
      #expect(counts.percentage > 2)
      let changed = try Self.changed()
      #expect(await (try Self.runner(engine, changed, gate)).run(requestID: "r").problem != nil)
      _ = try await Self.record(engine, gate, isAccepted: true)
      #expect(await (try Self.runner(engine, changed, gate)).run(requestID: "r").problem == nil)
      let listed = try await gate.trials.list(limit: 10)
      #expect(listed.map(\.isAccepted) == [true, false], "newest first")
      #expect(listed.allSatisfy { $0.signOff.name == "op-1" && $0.new == changed.digest })
      await engine.database.close()
    }
  }

  /// Before anything was noted the registry tells what ran last; and what ran is noted also where no trial is asked for.
  @Test func whatRanLastIsKnownWithoutTheRule() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      #expect(await (try engine.runner("real-estate-xml", "deeds")).run(requestID: "r").problem == nil)
      let changed = try Self.changed()
      let strict = Self.gate(engine)
      #expect(
        await (try Self.runner(engine, changed, strict)).run(requestID: "r").problem?.code
          == "mapping-untried")
      let open = Self.gate(engine, budget: nil)
      #expect(await (try Self.runner(engine, changed, open)).run(requestID: "r").problem == nil)
      let key = OperationKey(platform: "real-estate-xml", operation: "deeds")
      #expect(try await open.trials.used(by: key) == changed.digest)
      #expect(await (try Self.runner(engine, changed, strict)).run(requestID: "r").problem == nil)
      #expect(
        await (try Self.runner(engine, nil, strict)).run(requestID: "r").problem?.code == "mapping-untried")
      await engine.database.close()
    }
  }

  /// The schedule asks again at its own times, and goes on by itself once the trial is there.
  @Test func theScheduleDoesNotHammer() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let gate = Self.gate(engine)
      _ = await (try Self.runner(engine, nil, gate)).run(requestID: "r")
      let runner = try Self.runner(engine, try Self.changed(), gate)
      let story = DaemonTests.Story()
      try await DaemonTests.run(DaemonTests.daemon(engine, [runner], story)) { story.reports.count >= 4 }
      let refused = story.reports.prefix(4)
      #expect(refused.allSatisfy { $0.problem?.code == "mapping-untried" })
      for (one, next) in zip(refused, refused.dropFirst()) {
        #expect(next.started.milliseconds(since: one.started) >= 540_000, "every ten minutes, not sooner")
      }
      _ = try await Self.record(engine, gate, isAccepted: true)
      let later = DaemonTests.Story()
      try await DaemonTests.run(DaemonTests.daemon(engine, [runner], later)) { !later.reports.isEmpty }
      #expect(later.reports.first?.problem == nil)
      await engine.database.close()
    }
  }

  @Test func whoTriedIsSealedAndSealedAnew() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let gate = Self.gate(engine)
      _ = await (try Self.runner(engine, nil, gate)).run(requestID: "r")
      _ = try await Self.record(engine, gate)
      let who = try await engine.database.read { reader in
        try reader.first("SELECT who FROM mapping_trial") { $0.blob(0) }
      }
      #expect(!String(decoding: try #require(who), as: UTF8.self).contains("op-1"))
      let keys = try await RegistryKeys.rotate(engine.database, ring: bench.ring)
      let trials = MappingTrials(database: engine.database, sealer: keys.sealer)
      #expect(try await trials.resealOutdated(after: 0, limit: 10).resealed == 1)
      #expect(try await trials.resealOutdated(after: 0, limit: 10).resealed == 0)
      #expect(try await trials.list(limit: 1).first?.signOff.name == "op-1")
      await engine.database.close()
    }
  }
}
