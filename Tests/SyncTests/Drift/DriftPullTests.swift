import Adapters
import Certificates
import CivilTime
import Exchanges
import Journal
import Mapping
import Registry
import SQLDatabase
import Sandbox
import Testing

@testable import Sync

@Suite struct DriftPullTests {
  static let platform = "zhejiang-public-data"
  static let year = 365 * 86_400

  private struct Site: Sendable {
    let bench: SyncBench
    let engine: Engine
    let runner: PullRunner
    var ledger: IncidentLedger { engine.ledger.incidents }

    func incident(_ kind: DriftKind, _ subject: String) async throws -> Incident? {
      try await ledger.list(IncidentFilter(states: [])).first {
        $0.subject.kind == kind && $0.subject.subject == subject
      }
    }

    func count() async throws -> Int { try await engine.registry.counts().reduce(0) { $0 + $1.count } }

    /// Since when any of the first certificates is stale.
    func stale() async throws -> Bool {
      let id = try #require(try await engine.registry.ids(after: 0, limit: 1).first).id
      let certificate = try #require(try await engine.registry.certificate(id))
      return try await ledger.staleness(engine.registry).since(of: certificate) != nil
    }
  }

  /// Deeds up to three years ago have been pulled, enough to know what is usual; two years later there are more.
  private func run(
    mapping: CompiledMapping? = nil, pageSize: Int = 60,
    _ body: @escaping @Sendable (Site) async throws -> Void
  ) async throws {
    try await SyncBench.run { bench in
      bench.clock.advance(seconds: -3 * Self.year)
      let engine = try await bench.engine()
      let runner = try engine.runner(Self.platform, "property-deed", mapping: mapping, pageSize: pageSize)
      let first = await runner.run(requestID: "r")
      try #require(first.problem == nil && first.rows >= DriftBaseline.settledRows, "\(first)")
      #expect(try await engine.ledger.incidents.list().isEmpty)
      bench.clock.advance(seconds: Self.year)
      try await body(Site(bench: bench, engine: engine, runner: runner))
      await engine.database.close()
    }
  }

  private static func rename(_ from: String, _ to: String) -> FaultRule {
    FaultRule(.renamedField(from: from, to: to), platform: platform, operation: "propertyDeed")
  }

  private static func mapping(_ changes: [(String, String)]) throws -> CompiledMapping {
    try MappingComparisonTests.mapping("zhejiang-public-data/property-deed", changes)
  }

  /// Friday night: the platform renames a field. Nothing of it is taken, what is known is served as stale, and it goes on once somebody has said that it is right.
  @Test func aChangedSchemaHoldsTheWindowUntilItIsAccepted() async throws {
    try await run { site in
      let before = try await site.engine.content()
      let watermark = try await SyncHistory(database: site.engine.database).standing(of: site.runner.key)
        .watermark
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      let held = await site.runner.run(requestID: "friday")
      let problem = try #require(held.problem)
      #expect(problem.code == "drift-held" && problem.errorClass == .drift && !problem.passesByItself)
      #expect(held.pages == 0 && held.counts == StoreCounts())
      #expect(try await site.engine.content() == before)
      let standing = try await SyncHistory(database: site.engine.database).standing(of: site.runner.key)
      #expect(standing.watermark == watermark && standing.lastRun?.problemClass == "drift")

      let incident = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(
        problem.message.contains("incident \(incident.id)") && problem.remedy.contains("\(incident.id)"))
      #expect(problem.remedy.hasSuffix("the next run starts at the same place"))
      #expect(incident.state == .open && incident.isHeld && incident.count == 1)
      #expect(incident.key == site.runner.key && incident.subject.entity == "deed")
      #expect(incident.locator?.path.hasPrefix("$['datas'][") == true)
      // A field that no rule reads changes no record: it is told, and holds nothing.
      let new = try #require(try await site.incident(.newField, "$.address"))
      #expect(!new.isHeld)
      #expect(try await site.stale())

      // Every exchange of the run has its end, and the example is one of them.
      let exchanges = try await site.engine.journal.list(ExchangeFilter(requestID: "friday"))
      let pages = exchanges.filter { $0.operation == "property-deed" }
      #expect(!pages.isEmpty && pages.allSatisfy { $0.outcome == .failed && $0.problemClass == .drift })
      #expect(pages.contains { $0.id == incident.exchange })

      // The next run looks again and holds again; it is the same incident.
      #expect(await site.runner.run(requestID: "r").problem?.code == "drift-held")
      #expect(try await site.incident(.vanishedField, "$.zl")?.count == 2)

      // To have seen it is not to accept it.
      let step = IncidentStep(time: site.bench.clock.now, by: "拟操作员", note: "问过平台")
      try await site.ledger.acknowledge(incident.id, step, accepting: false)
      #expect(await site.runner.run(requestID: "r").problem?.code == "drift-held")
      #expect(try await site.incident(.vanishedField, "$.zl")?.acknowledged == step)

      try await site.ledger.acknowledge(incident.id, step, accepting: true)
      let released = await site.runner.run(requestID: "r")
      #expect(released.problem == nil && released.counts.new > 0, "\(String(describing: released.problem))")
      #expect(try await !site.stale())
      let after = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(!after.isHeld && !after.isAccepted && after.state == .acknowledged)

      // It is usual now.
      site.bench.clock.advance(seconds: Self.year)
      let next = await site.runner.run(requestID: "r")
      #expect(next.problem == nil && next.counts.new > 0)
      #expect(try await site.incident(.vanishedField, "$.zl") == after)
    }
  }

  private static func baseline(_ site: Site) async throws -> [[UInt8]] {
    try await site.engine.database.read { try $0.query("SELECT content FROM drift_baseline") { $0.blob(0) } }
  }

  /// What is asked for once more, or comes from a file, is held by the same contract.
  @Test func nothingIsStoredPastTheContract() async throws {
    try await run { site in
      let (before, usual) = (try await site.engine.content(), try await Self.baseline(site))
      let now = site.bench.clock.now
      let window = PullWindow(from: now.advanced(bySeconds: -Self.year), to: now)
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      let held = try await site.runner.refetch(window, requestID: "held") { _, _, _ in
        Issue.record("it was kept")
      }
      #expect(held.problem?.code == "drift-held" && held.problem?.errorClass == .drift)
      #expect(held.problem?.remedy.hasSuffix("then the window can be asked for again") == true)
      #expect(held.counts == StoreCounts() && held.pages == 0)
      #expect(try await site.engine.content() == before)
      let incident = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(incident.isHeld && incident.count == 1 && incident.state == .open)
      #expect(try await site.stale())
      let exchanges = try await site.engine.journal.list(ExchangeFilter(requestID: "held"))
      let page = try #require(exchanges.first { $0.id == incident.exchange })
      #expect(page.outcome == .failed && page.problemClass == .drift)

      // Held already: the platform is not asked again, even once it has mended itself.
      site.bench.sandbox.faults.removeAll()
      let refused = try await site.runner.refetch(window, requestID: "refused") { _, _, _ in
        Issue.record("it was kept")
      }
      #expect(refused.problem?.code == "drift-held")
      #expect(refused.problem?.message.contains("\(incident.id)") == true)
      #expect(try await site.engine.journal.list(ExchangeFilter(requestID: "refused")).isEmpty)
      #expect(try await Self.baseline(site) == usual, "nothing was learned")

      #expect(await site.runner.run(requestID: "r").problem == nil)
      #expect(try await !site.stale())
      let (content, learned) = (try await site.engine.content(), try await Self.baseline(site))
      let again = try await site.runner.refetch(window, requestID: "again") { _, _, _ in }
      #expect(again.problem == nil && again.rows > 0)
      #expect(try await Self.baseline(site) == learned)

      // The same message from a file.
      let body = try await site.engine.journal.body(page.id, .response)
      var folder = FolderWatch()
      let file = try await site.runner.take(
        SavedMessage(name: "a.json", bytes: body), requestID: "file", &folder)
      #expect(file.problem?.code == "drift-held" && file.counts == StoreCounts())
      #expect(file.problem?.remedy.hasSuffix("then take the file again") == true)
      #expect(try await site.engine.content() == content)
      #expect(try await site.incident(.vanishedField, "$.zl")?.count == 2)
      #expect(try await site.incident(.vanishedField, "$.zl")?.isHeld == true)
      #expect(try await site.stale())
      let taken = try await site.engine.journal.list(ExchangeFilter(requestID: "file"))
      #expect(taken.map(\.problemCode) == ["drift-held"])
      // One that is as usual is taken behind it.
      let good = try #require(
        try await site.engine.journal.list(ExchangeFilter(requestID: "again")).first {
          $0.operation == "property-deed"
        })
      let fine = try await site.runner.take(
        SavedMessage(name: "b.json", bytes: try await site.engine.journal.body(good.id, .response)),
        requestID: "file", &folder)
      #expect(fine.problem == nil && fine.rows > 0)
    }
  }

  @Test func aPlatformThatMendsItselfLetsItGoOn() async throws {
    try await run { site in
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      #expect(await site.runner.run(requestID: "r").problem?.code == "drift-held")
      site.bench.sandbox.faults.removeAll()
      #expect(await site.runner.run(requestID: "r").problem == nil)
      let incident = try #require(try await site.incident(.vanishedField, "$.zl"))
      // That it was is for somebody to close.
      #expect(!incident.isHeld && incident.state == .open)
      #expect(try await !site.stale())
      try await site.ledger.close(
        incident.id, IncidentStep(time: site.bench.clock.now, by: "a", note: nil))
      // When it comes again it opens again.
      site.bench.clock.advance(seconds: Self.year)
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      #expect(await site.runner.run(requestID: "r").problem?.code == "drift-held")
      let again = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(again.id == incident.id && again.state == .open && again.count == 2)
      #expect(again.opened == site.bench.clock.now && again.firstSeen < again.opened)
    }
  }

  @Test func aMendedMappingLetsItGoOn() async throws {
    try await run { site in
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      #expect(await site.runner.run(requestID: "r").problem?.code == "drift-held")
      let mended = try Self.mapping([("specific.location: $.zl", "specific.location: $.address")])
      let runner = try site.engine.runner(Self.platform, "property-deed", mapping: mended)
      let report = await runner.run(requestID: "r")
      #expect(report.problem == nil && report.counts.new > 0)
      #expect(try await !site.stale())
    }
  }

  /// What was usual is lost, by an upgrade or a damaged row: what held the operation is not learned by that.
  @Test func whatIsHeldStaysSoWhenNobodyKnowsWhatWasUsual() async throws {
    try await run { site in
      let before = try await site.engine.content()
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      #expect(await site.runner.run(requestID: "r").problem?.code == "drift-held")
      _ = try await site.engine.database.write { try $0.execute("DELETE FROM drift_baseline") }
      let held = await site.runner.run(requestID: "r")
      #expect(held.problem?.code == "drift-held")
      #expect(held.problem?.remedy.contains("behind a mended mapping too") == true)
      #expect(try await site.engine.content() == before)
      let incident = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(incident.count == 2 && incident.detail.contains("until now in"), "what was found is kept")
      let step = IncidentStep(time: site.bench.clock.now, by: "拟操作员", note: nil)
      try await site.ledger.acknowledge(incident.id, step, accepting: true)
      #expect(await site.runner.run(requestID: "r").problem == nil)
      #expect(try await site.incident(.vanishedField, "$.zl")?.isHeld == false)
    }
  }

  /// That a field is there again can be seen by whoever does not know how usual it was.
  @Test func whatIsMendedGoesOnAlsoWhenNobodyKnowsWhatWasUsual() async throws {
    try await run { site in
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      #expect(await site.runner.run(requestID: "r").problem?.code == "drift-held")
      _ = try await site.engine.database.write { try $0.execute("DELETE FROM drift_baseline") }
      site.bench.sandbox.faults.removeAll()
      let report = await site.runner.run(requestID: "r")
      #expect(report.problem == nil && report.counts.new > 0, "\(report)")
      #expect(try await site.incident(.vanishedField, "$.zl")?.isHeld == false)
      #expect(try await !site.stale())
    }
  }

  @Test func aContractThatEvolvesTellsItAndGoesOn() async throws {
    let evolving = try Self.mapping([
      ("rows: $.datas[*]", "rows: $.datas[*]\n    contract: {fields: evolve}")
    ])
    try await run(mapping: evolving) { site in
      site.bench.sandbox.faults.add(Self.rename("zl", "address"))
      let report = await site.runner.run(requestID: "r")
      #expect(report.problem == nil && report.counts.new > 0)
      let incident = try #require(try await site.incident(.vanishedField, "$.zl"))
      #expect(!incident.isHeld && incident.state == .open && incident.count == 1)
      #expect(try await !site.stale())
      // Once is enough: it is usual now.
      site.bench.clock.advance(seconds: Self.year)
      #expect(await site.runner.run(requestID: "r").problem == nil)
      #expect(try await site.incident(.vanishedField, "$.zl")?.count == 1)
    }
  }

  @Test func aContractMayFreezeWhatNobodyReads() async throws {
    let frozen = try Self.mapping([("rows: $.datas[*]", "rows: $.datas[*]\n    contract: {others: freeze}")])
    try await run(mapping: frozen) { site in
      site.bench.sandbox.faults.add(Self.rename("sxh", "order"))
      #expect(await site.runner.run(requestID: "r").problem?.code == "drift-held")
      let incident = try await site.incident(.newField, "$.qlrlb[*].order")
      #expect(incident?.isHeld == true)
    }
  }

  /// One damaged row a page is quarantined, as ever; when many are, something has happened.
  @Test func failingCheckDigitsHoldTheWindowWhenTheyAreMany() async throws {
    try await run { site in
      site.bench.sandbox.faults.add(
        FaultRule(.poisonedRecord(.brokenCheck), platform: Self.platform, operation: "propertyDeed", most: 1))
      let few = await site.runner.run(requestID: "r")
      #expect(few.problem == nil && few.counts.quarantined == 1)
      site.bench.clock.advance(seconds: Self.year)
      // One row of four in each page.
      site.bench.sandbox.faults.removeAll()
      site.bench.sandbox.faults.add(
        FaultRule(.poisonedRecord(.brokenCheck), platform: Self.platform, operation: "propertyDeed"))
      let small = try site.engine.runner(Self.platform, "property-deed", pageSize: 4)
      #expect(await small.run(requestID: "r").problem?.code == "drift-held")
      let incident = try await site.incident(.failingChecks, "specific.unitNumber")
      #expect(incident?.isHeld == true)
    }
  }

  /// A message that is not understood at all was held before there were contracts; it is an incident too.
  @Test func aMessageThatIsNoLongerUnderstoodIsAnIncident() async throws {
    try await run { site in
      site.bench.sandbox.faults.add(Self.rename("bdcqzh", "certNo"))
      let problem = try #require(await site.runner.run(requestID: "r").problem)
      #expect(problem.errorClass == .drift)
      let held = try await site.ledger.list().filter(\.isHeld)
      #expect(!held.isEmpty && held.allSatisfy { $0.state == .open })
      #expect(try await site.stale())
      // To accept what nobody understands would change nothing.
      let unreadable = try #require(held.first { $0.subject.kind == .unreadableMessage })
      await #expect(throws: IncidentError.self) {
        try await site.ledger.acknowledge(
          unreadable.id, IncidentStep(time: site.bench.clock.now, by: "a", note: nil), accepting: true)
      }
      site.bench.sandbox.faults.removeAll()
      #expect(await site.runner.run(requestID: "r").problem == nil)
      #expect(try await !site.stale())
    }
  }

  /// Two platforms tell of the same houses; one of them has another area for one of them.
  @Test func twoPlatformsThatDisagreeAreInTheLedger() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine(
        precedence: Precedence([.propertyDeed: ["real-estate-xml", Self.platform]]))
      for (platform, operation) in [(Self.platform, "property-deed"), ("real-estate-xml", "deeds")] {
        let report = await (try engine.runner(platform, operation)).run(requestID: "r")
        #expect(report.problem == nil)
      }
      let found = try await engine.registry.disagreements(
        DisagreementFilter(field: "specific.buildingArea", limit: 1000))
      #expect(found.count == 1)
      let area = try #require(found.first)
      #expect(area.platforms == ["real-estate-xml", Self.platform] && area.prevailing == "real-estate-xml")
      #expect(area.state == .open && area.kind == .propertyDeed)
      let observations = try await engine.registry.observations(of: area.certificate)
      let areas = observations.compactMap { $0.record.text(ofDisagreement: area.field) }
      #expect(Set(areas).count == 2)
      let objection = try await engine.registry.objection(to: area.id)
      #expect(
        objection.platform == Self.platform && Set([objection.observed, objection.expected]) == Set(areas))
      // Nothing is left to be compared, and comparing once more changes nothing.
      #expect(try await engine.registry.compareObservations(at: bench.clock.now) == 0)
      await engine.database.close()
    }
  }
}
