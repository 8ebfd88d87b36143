import Adapters
import CivilTime
import Exchanges
import Journal
import Mapping
import Registry
import SQLDatabase
import Sandbox
import Testing

@testable import Sync

/// Answers to questions, that come one by one: the contract of the mapping holds there too.
@Suite struct MessageDriftTests {
  private static let platform = "zhejiang-public-data"

  private struct Site: Sendable {
    let bench: SyncBench
    let engine: Engine
    let runner: QueryRunner
    var ledger: IncidentLedger { engine.ledger.incidents }
    /// As another process has it.
    var other: QueryRunner {
      get throws { try engine.queryRunner(MessageDriftTests.platform, "property-unit-query") }
    }

    /// Asks about a house; the problem, if there was one.
    func ask(_ house: Int, by runner: QueryRunner? = nil) async throws -> SyncProblem? {
      let unit = bench.sandbox.population.house(house).unitNumber
      do {
        _ = try await (runner ?? self.runner).ask(
          Enquiry(keys: [.unitNumber: unit], purpose: "supply-application", operator: "柜台3", item: nil),
          requestID: "r-\(house)")
        return nil
      } catch {
        return SyncProblem(error)
      }
    }

    func incident(_ kind: DriftKind, _ subject: String) async throws -> Incident? {
      try await ledger.list(IncidentFilter(states: [])).first {
        $0.subject.kind == kind && $0.subject.subject == subject
      }
    }

    func versions() async throws -> Int {
      try await engine.registry.counts().reduce(0) { $0 + $1.count }
    }
  }

  /// What is usual is known one window later.
  private static let settled = DriftBaseline.settledRows + MessageWatch.windowRows

  /// So many questions that it is known what is usual.
  private func run(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let site = Site(
        bench: bench, engine: engine, runner: try engine.queryRunner(Self.platform, "property-unit-query"))
      try #require(bench.sandbox.population.sizes.houses >= Self.settled + 100)
      for house in 0..<Self.settled {
        let problem = try await site.ask(house)
        try #require(problem == nil, "\(house): \(String(describing: problem))")
      }
      #expect(try await engine.ledger.incidents.list().isEmpty)
      try await body(site)
      await engine.database.close()
    }
  }

  private static func rename(_ from: String, _ to: String) -> FaultRule {
    FaultRule(.renamedField(from: from, to: to), platform: platform)
  }

  @Test func aChangedAnswerIsHeldUntilItIsAccepted() async throws {
    try await run { site in
      let first = Self.settled
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      // One that lacks a field may be one of its kind: as many as are judged together tell.
      var house = first
      var problem: SyncProblem?
      while problem == nil, house < first + DriftRules.leastRows {
        problem = try await site.ask(house)
        house += 1
      }
      #expect(house == first + DriftRules.leastRows)
      #expect(problem?.code == "drift-held" && problem?.errorClass == .drift)
      let incident = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(incident.state == .open && incident.isHeld && incident.exchange == problem?.exchange)
      // Nothing of it is stored, and its exchange says why.
      let kept = try await site.versions()
      let again = try #require(try await site.ask(house))
      #expect(again.code == "drift-held" && again.message.contains("still so in the last 1 rows"))
      #expect(again.remedy.contains("the next question") && !again.remedy.contains("run"))
      // What was found stays to be read while it is so.
      let still = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(still.detail == incident.detail && incident.detail.hasPrefix("in none of"))
      #expect(still.count == 2 && still.lastSeen == site.bench.clock.now)
      #expect(try await site.versions() == kept)
      let exchange = try #require(problem?.exchange)
      #expect(try await site.engine.journal.exchange(exchange).problem?.code == "drift-held")
      let id = try #require(try await site.engine.registry.ids(after: 0, limit: 1).first).id
      let certificate = try #require(try await site.engine.registry.certificate(id))
      func isStale() async throws -> Bool {
        try await site.ledger.staleness(site.engine.registry).since(of: certificate) != nil
      }
      #expect(try await isStale())

      try await site.ledger.acknowledge(
        incident.id, IncidentStep(time: site.bench.clock.now, by: "拟操作员", note: "问过平台"), accepting: true)
      #expect(try await site.ask(house) == nil)
      #expect(try await !isStale())
      #expect(try await site.incident(.vanishedField, "$.zl")?.isHeld == false)
      // It is usual now, in another process too.
      let other = try site.other
      for next in house + 1..<house + 1 + 2 * DriftRules.leastRows {
        #expect(try await site.ask(next, by: other) == nil)
      }
    }
  }

  /// Whatever process asks: nothing that shows what holds the operation is stored, and the first answer that does not lets it go. Nothing is learned by the way.
  @Test func whatIsAsBeforeGoesOnByItself() async throws {
    try await run { site in
      var house = Self.settled
      // In the middle of a window, so that it has good rows as well.
      for _ in 0..<7 {
        #expect(try await site.ask(house) == nil)
        house += 1
      }
      for round in 1...3 {
        let rule = site.bench.sandbox.faults.add(Self.rename("zl", "address"))
        // A process that begins gets a secret of its own, and that of the one before is no more.
        let one = try round == 1 ? site.runner : site.other
        var problem: SyncProblem?
        while problem == nil, house < Self.settled + 7 + round * 25 {
          problem = try await site.ask(house, by: one)
          house += 1
        }
        #expect(problem?.code == "drift-held", "\(round)")
        let kept = try await site.versions()
        let other = try site.other
        #expect(try await site.ask(house, by: other)?.code == "drift-held")
        #expect(try await site.versions() == kept)
        #expect(try await site.incident(.vanishedField, "$.zl")?.isHeld == true)
        #expect(site.bench.sandbox.faults.remove(rule))
        #expect(try await site.ask(house + 1, by: other) == nil)
        #expect(try await site.incident(.vanishedField, "$.zl")?.isHeld == false)
        house += 2
      }
    }
  }

  /// Whoever mends the mapping need not accept what the mended one does not find.
  @Test func anotherMappingIsHeldByNothingOfTheFirst() async throws {
    try await run { site in
      let first = Self.settled
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      for house in first..<first + DriftRules.leastRows { _ = try await site.ask(house) }
      #expect(try await site.ask(first)?.code == "drift-held")
      let mended = try MappingComparisonTests.mapping(
        "zhejiang-public-data/property-deed", [("$.zl", "$.address")])
      let runner = try site.engine.queryRunner(Self.platform, "property-unit-query", mapping: mended)
      #expect(try await site.ask(first + 20, by: runner) == nil)
      #expect(try await site.incident(.vanishedField, "$.zl")?.isHeld == false)
    }
  }

  /// An acceptance is there until it was of use, whoever asks meanwhile.
  @Test func anotherProcessTakesWhatWasAccepted() async throws {
    try await run { site in
      let first = Self.settled
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      for house in first..<first + DriftRules.leastRows { _ = try await site.ask(house) }
      let incident = try #require(try await site.incident(.vanishedField, "$.zl"))
      try await site.ledger.acknowledge(
        incident.id, IncidentStep(time: site.bench.clock.now, by: "拟操作员", note: "问过平台"), accepting: true)
      let other = try site.other
      #expect(try await site.ask(first + 20, by: other) == nil)
      let after = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(!after.isHeld && after.isAccepted)
      for number in 0..<3 * MessageWatch.windowRows {
        #expect(try await site.ask((first + number) % 300, by: other) == nil)
      }
      #expect(try await site.incident(.vanishedField, "$.zl")?.isAccepted == false)
    }
  }

  /// An answer without what is wrong in every third one says nothing: it is stored, and what shows it is not, until as many rows as found it are as before.
  @Test(arguments: [
    (Poison.brokenCheck, DriftKind.failingChecks, "specific.unitNumber"),
    (.wrongType, .changedType, "$.bdcdyh"),
  ])
  func whatIsWrongInSomeAnswersIsHeldUntilItIsInNone(
    _ poison: Poison, _ kind: DriftKind, _ subject: String
  ) async throws {
    try await run { site in
      let rule = site.bench.sandbox.faults.add(
        FaultRule(
          .poisonedRecord(poison), platform: Self.platform, operation: "propertyUnitQuery", trigger: .every(3)
        ))
      var house = Self.settled
      while try await site.ask(house) == nil, house < Self.settled + 2 * MessageWatch.windowRows {
        house += 1
      }
      func isHeld() async throws -> Bool { try await site.incident(kind, subject)?.isHeld == true }
      #expect(try await isHeld())
      let kept = try await site.engine.registry.quarantined().count
      let other = try site.other
      var refused = 0
      for number in 0..<60 {
        if let problem = try await site.ask(number, by: other) {
          #expect(problem.code == "drift-held")
          refused += 1
        }
        #expect(try await isHeld(), "\(number)")
      }
      #expect(refused == 20)
      #expect(try await site.engine.registry.quarantined().count == kept)
      #expect(site.bench.sandbox.faults.remove(rule))
      for number in 0..<2 * DriftRules.leastFaultRows {
        #expect(try await site.ask(number, by: other) == nil)
      }
      #expect(try await !isHeld())
    }
  }

  /// Another process lets go and holds again while this one sees nothing of it: what came before says nothing of that.
  @Test func whatCameBeforeItWasHeldAgainDoesNotCount() async throws {
    try await run { site in
      let rule = site.bench.sandbox.faults.add(
        FaultRule(
          .poisonedRecord(.brokenCheck), platform: Self.platform, operation: "propertyUnitQuery",
          trigger: .every(3)))
      var house = Self.settled
      while try await site.ask(house) == nil, house < Self.settled + 2 * MessageWatch.windowRows {
        house += 1
      }
      #expect(site.bench.sandbox.faults.remove(rule))
      let other = try site.other
      func isHeld() async throws -> Bool {
        try await site.incident(.failingChecks, "specific.unitNumber")?.isHeld == true
      }
      func ask(_ numbers: Range<Int>) async throws {
        for number in numbers { #expect(try await site.ask(number, by: other) == nil) }
      }
      try await ask(0..<DriftRules.leastFaultRows - 1)
      #expect(try await isHeld())
      _ = try await site.engine.database.write { try $0.execute("UPDATE drift_hold SET since = since + 1") }
      try await ask(20..<20 + DriftRules.leastFaultRows - 1)
      #expect(try await isHeld())
      try await ask(40..<41)
      #expect(try await !isHeld())
    }
  }

  /// What was usual is lost while it holds: what shows it is not stored, nobody need accept what is mended.
  @Test(arguments: [true, false]) func whatIsHeldStaysSoWhenNobodyKnowsWhatWasUsual(
    _ isMended: Bool
  ) async throws {
    try await run { site in
      let first = Self.settled
      let rule = site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      for house in first..<first + DriftRules.leastRows { _ = try await site.ask(house) }
      _ = try await site.engine.database.write { try $0.execute("DELETE FROM drift_baseline") }
      let kept = try await site.versions()
      let problem = try await site.ask(first + 20)
      #expect(problem?.code == "drift-held")
      #expect(problem?.remedy.contains("behind a mended mapping too") == true)
      #expect(try await site.versions() == kept)
      let incident = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(incident.isHeld)
      if isMended {
        #expect(site.bench.sandbox.faults.remove(rule))
      } else {
        try await site.ledger.acknowledge(
          incident.id, IncidentStep(time: site.bench.clock.now, by: "拟操作员", note: nil), accepting: true)
      }
      #expect(try await site.ask(first + 20) == nil)
      #expect(try await site.incident(.vanishedField, "$.zl")?.isHeld == false)
    }
  }

  /// The platform takes back what somebody has accepted: when it comes months later, somebody has to look at it again.
  @Test func anAcceptanceThatIsOfNoUseEnds() async throws {
    try await run { site in
      let first = Self.settled
      let rule = site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      for house in first..<first + DriftRules.leastRows { _ = try await site.ask(house) }
      let incident = try #require(try await site.incident(.vanishedField, "$.zl"))
      let step = IncidentStep(time: site.bench.clock.now, by: "拟操作员", note: "问过平台")
      try await site.ledger.acknowledge(incident.id, step, accepting: true)
      #expect(site.bench.sandbox.faults.remove(rule))
      for number in 0...2 * MessageWatch.windowRows {
        #expect(try await site.ask(number) == nil)
      }
      try await site.ledger.close(incident.id, step)
      #expect(try await site.incident(.vanishedField, "$.zl")?.isAccepted == false)

      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      var problem: SyncProblem?
      for number in 0..<2 * DriftRules.leastRows where problem == nil {
        problem = try await site.ask(number)
      }
      #expect(problem?.code == "drift-held")
      #expect(try await site.incident(.vanishedField, "$.zl")?.state == .open)
    }
  }
}
