import Adapters
import Certificates
import CivilTime
import Exchanges
import Journal
import Mapping
import Registry
import SQLDatabase
import Sandbox
@testable import Sync
import Testing
import Work

@testable import Replay

/// What was received, understood again.
@Suite struct RemappingTests {
  /// Deeds whose floor is read elsewhere: most records change.
  static func otherFloor(version: Int = 2) throws -> CompiledMapping {
    try MappingComparisonTests.mapping(
      "real-estate/deeds",
      [("specific.floor: \"@SJCS\"", "specific.floor: \"@HH\""), ("version: 1", "version: \(version)")])
  }

  @discardableResult
  static func pull(_ desk: ReplayDesk) async throws -> PullReport {
    let report = try await desk.runner().run(requestID: "pull")
    try #require(report.problem == nil && report.pages >= 4)
    return report
  }

  /// Records change as the plan said; exchanges, and what certificates were before, stay as they were.
  @Test func recordsChangeAndNothingBehindThem() async throws {
    try await ReplayDesk.run { desk in
      try await Self.pull(desk)
      let (exchanges, before) = (try await desk.exchanges(), try await desk.observations())
      desk.clock.advance(seconds: 60)
      desk.use(try Self.otherFloor())
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap)
      #expect(preview.items == exchanges.count && preview.calls == 0)
      #expect(preview.records.changed > 20 && preview.records.new == 0)
      #expect(try await desk.observations() == before, "a plan changes nothing")
      let unused = try await desk.engine.registry.periods(ofMapping: "real-estate/deeds", version: 2)
      #expect(unused.isEmpty, "a plan is no use of a mapping")

      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      #expect(try await desk.counts(id).list == [0, 0, exchanges.count, 0])
      #expect(try await desk.replays.records(of: id) == preview.records)
      #expect(try await desk.exchanges() == exchanges)
      let after = try await desk.observations()
      #expect(Set(before.keys).isSubset(of: after.keys))
      #expect(after.count == before.count + preview.records.changed)
      // Nothing is left to be done a second time.
      #expect(try await desk.look(ReplayDesk.deeds, .remap).preview.records.changed == 0)
    }
  }

  /// The plan tells each record that would change, with what it is now: exactly those, in order, and no page of a list loses any.
  @Test func thePlanTellsWhichRecordsChange() async throws {
    try await ReplayDesk.run { desk in
      try await Self.pull(desk)
      let before = try await desk.observations()
      desk.clock.advance(seconds: 60)
      desk.use(try Self.otherFloor())
      var found: [RecordDifference] = []
      let outlook = try await desk.library().look(
        for: ReplayDesk.deeds, depth: .remap, terms: ReplayDesk.terms(), now: desk.clock.now
      ) { difference in
        found.append(difference)
        return true
      }
      let records = outlook.preview.records
      #expect(found.count == records.changed && records.new == 0)
      #expect(found.allSatisfy { $0.kind == .changed && $0.fields == ["specific.floor"] })
      #expect(outlook.preview.fields == ["specific.floor": records.changed])
      #expect(found.map(\.exchange) == found.map(\.exchange).sorted())
      let stored = Set(before.keys.map(\.record))
      for difference in found {
        #expect(difference.old.map(stored.contains) == true, "the old one is what is stored")
        #expect(difference.new.map(stored.contains) == false)
      }
      // Nobody is told more than they want, and everything is counted all the same.
      var few: [RecordDifference] = []
      let short = try await desk.library().look(
        for: ReplayDesk.deeds, depth: .remap, terms: ReplayDesk.terms(), now: desk.clock.now
      ) { difference in
        few.append(difference)
        return few.count < 3
      }
      var preview = short.preview
      // How long the looking took is no matter of what was found.
      preview.seconds = outlook.preview.seconds
      #expect(few.count == 3 && preview == outlook.preview)

      let id = try await desk.plan(ReplayDesk.deeds, .remap).id
      let replay = try await desk.replays.replay(id)
      func listed(_ size: Int) async throws -> [String] {
        var (places, after) = ([String](), 0)
        while true {
          let items = try await desk.replays.items(of: id, after: after, limit: size)
          guard let last = items.last else { return places }
          after = last.number
          try await desk.library().differences(items, of: replay) { difference in
            places.append("\(difference.exchange) \(difference.locator.path)")
            return true
          }
        }
      }
      let all = found.map { "\($0.exchange) \($0.locator.path)" }
      #expect(try await listed(1000) == all)
      #expect(try await Set(listed(1)).isSuperset(of: all))
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await listed(1000).isEmpty, "nothing is left to change")
      let now = try await desk.observations().keys
      #expect(found.allSatisfy { difference in now.contains { $0.record == difference.new } })
    }
  }

  /// Of two messages about one certificate the second is compared with what the first would have made of it.
  @Test func theSecondIsComparedWithTheFirst() async throws {
    try await ReplayDesk.run { desk in
      try await Self.pull(desk)
      desk.use(try Self.otherFloor())
      let id = try await desk.start(ReplayDesk.deeds, .remap)
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      // What is stored comes from the other mapping; the empty registry of a copy would know nothing.
      try await desk.database.write { transaction in
        for table in ["certificate_key", "observation", "certificate"] {
          try transaction.execute("DELETE FROM \(table)")
        }
      }
      var found: [RecordDifference] = []
      let outlook = try await desk.library().look(
        for: ReplayDesk.deeds, depth: .remap, terms: ReplayDesk.terms(), now: desk.clock.now
      ) { difference in
        found.append(difference)
        return true
      }
      #expect(found.count { $0.kind == .appeared } == outlook.preview.records.new)
      #expect(found.count { $0.kind == .changed } == outlook.preview.records.changed)
      #expect(found.allSatisfy { ($0.kind == .changed) == ($0.old != nil) && $0.new != nil })
      for difference in found where difference.kind == .changed {
        #expect(found.contains { $0.new == difference.old }, "it is what an earlier message made")
      }
    }
  }

  /// The other way round as well: what changes back is new again, version upon version.
  @Test func aRemappingIsTakenBackByAnother() async throws {
    try await ReplayDesk.run { desk in
      try await Self.pull(desk)
      let before = try await desk.engine.content().keys
      for mapping in [try Self.otherFloor(), try #require(Library.mappings["real-estate/deeds"])] {
        desk.clock.advance(seconds: 60)
        desk.use(mapping)
        let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap)
        _ = try await desk.replays.start(id, by: ReplayDesk.person)
        try await desk.settle()
        #expect(try await desk.replays.records(of: id) == preview.records)
        #expect(preview.records.changed > 20)
      }
      #expect(try await Set(desk.engine.content().keys) == Set(before))
    }
  }

  @Test func queriesFindWhatTheySay() async throws {
    try await ReplayDesk.run { desk in
      // The second page is not understood: it says it is something else.
      desk.engine.bench.sandbox.faults.add(
        FaultRule(.truncatedDocument, platform: "real-estate-xml", trigger: .call(2)))
      #expect(try await desk.runner().run(requestID: "pull").problem != nil)
      let broken = try await desk.engine.journal.list(ExchangeFilter(order: .oldestFirst))
        .filter { $0.outcome == .failed }
      try #require(broken.count == 1)
      // The journal's times are the machine's.
      let late = Timestamp.now()
      try await Self.pull(desk)
      desk.clock.advance(seconds: 3600)
      desk.use(try Self.otherFloor())
      let later = Timestamp.now()
      _ = try await desk.runner().run(requestID: "pull", restart: true)
      try await desk.database.write { transaction in
        _ = try transaction.execute(
          "UPDATE definition SET first_used = ?1 WHERE name = 'real-estate/deeds' AND version = 2",
          .int(later.milliseconds))
      }
      let all = try await desk.exchanges().keys.sorted { $0.id < $1.id }.filter { $0.outcome == .succeeded }
      func ids(_ isMeant: (ExchangeSummary) -> Bool) -> [Int64] { all.filter(isMeant).map(\.id.rawValue) }
      try #require(!ids { $0.recorded >= later }.isEmpty && !ids { $0.recorded < later }.isEmpty)

      func found(_ change: (inout ReplayQuery) -> Void) async throws -> (ids: [Int64], leftOut: Int) {
        var query = ReplayDesk.deeds
        change(&query)
        let outlook = try await desk.look(query, .remap)
        return (outlook.originals.map(\.id), outlook.preview.leftOut.values.reduce(0, +))
      }
      let failed = try await found { $0.outcome = .failed }
      #expect(failed.ids == [] && failed.leftOut == 1, "what is no success is left out, and said")
      let problemClass = try #require(broken[0].problemClass)
      #expect(try await found { $0.errorClass = problemClass }.leftOut == 1)
      #expect(try await found { $0.outcome = .succeeded }.ids == ids { _ in true })
      #expect(try await found { $0.since = later }.ids == ids { $0.recorded >= later })
      #expect(
        try await found { ($0.since, $0.until) = (late, later) }.ids
          == ids { $0.recorded >= late && $0.recorded < later })
      #expect(try await found { $0.mappingVersion = 2 }.ids == ids { $0.recorded >= later })
      #expect(try await found { $0.mappingVersion = 1 }.ids == ids { $0.recorded < later })
      #expect(try await found { $0.mappingVersion = 3 }.ids == [])
      let chosen = Array(ids { _ in true }.prefix(3))
      #expect(try await found { $0.ids = Set(chosen) }.ids == chosen)
      await #expect(throws: ReplayError.self) {
        try await desk.look(ReplayQuery(platform: "no", operation: "no"), .remap)
      }
      var cased = ReplayDesk.deeds
      cased.sequence = "case-1"
      let query = cased
      await #expect(throws: ReplayError.self) { try await desk.look(query, .remap) }
      // A plan of nothing is none.
      await #expect(throws: ReplayError.self) {
        try await desk.replays.keep(
          ReplayDesk.deeds, depth: .remap, terms: ReplayTerms(), outlook: ReplayOutlook(),
          by: ReplayDesk.person)
      }
    }
  }

  /// As a drift incident holds a message that a pull has got.
  private static func hold(_ exchange: ExchangeID, _ desk: ReplayDesk) async throws -> IncidentID {
    let (ledger, key, now) = (desk.engine.ledger, try desk.runner().key, desk.clock.now)
    let finding = DriftFinding(
      subject: DriftSubject(entity: "deed", kind: .vanishedField, subject: "@ZL"), facet: .fields,
      detail: "in 0 of 20 rows", exchange: exchange)
    return try await ledger.database.write { transaction in
      let incidents = try ledger.incidents.report([finding], of: key, isHeld: true, at: now, in: transaction)
      try ledger.incidents.hold(key, mapping: "real-estate/deeds", at: now, in: transaction)
      let held = SyncProblem(DriftHeld(incidents: incidents, findings: [finding], arrival: .pull))
      try ledger.journal.conclude(exchange, .failed, held.exchangeProblem, in: transaction)
      return incidents[0]
    }
  }

  /// What an incident holds is not stored by another way, until somebody has said that it is right.
  @Test func whatAnIncidentHoldsIsLeftOut() async throws {
    try await ReplayDesk.run { desk in
      try await Self.pull(desk)
      let ids = try await desk.engine.journal.list(ExchangeFilter(order: .oldestFirst)).map(\.id)
      let terms = ReplayDesk.terms(mostErrors: 100)
      let planned = try await desk.plan(ReplayDesk.deeds, .remap, terms).id
      let incident = try await Self.hold(ids[1], desk)
      let preview = try await desk.look(ReplayDesk.deeds, .remap).preview
      #expect(preview.leftOut == ["held by incident \(incident)": 1] && preview.items == ids.count - 1)
      // What was planned before is not stored either.
      _ = try await desk.replays.start(planned, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.counts(planned).list == [0, 0, ids.count - 1, 1])
      let failed = try await desk.replays.items(of: planned, state: .failed)
      #expect(failed.map(\.original) == [ids[1].rawValue] && failed[0].problemCode == "drift-held")
      _ = try await desk.engine.ledger.incidents.acknowledge(
        incident, IncidentStep(time: desk.clock.now, by: "op-1", note: "asked"), accepting: true)
      let accepted = try await desk.look(ReplayDesk.deeds, .remap).preview
      #expect(accepted.leftOut.isEmpty && accepted.items == ids.count)
    }
  }

  @Test func anErasedMessageIsLeftOutAndFailsWhenItGoesLater() async throws {
    try await ReplayDesk.run { desk in
      try await Self.pull(desk)
      let ids = try await desk.engine.journal.list(ExchangeFilter(order: .oldestFirst)).map(\.id)
      try await desk.engine.journal.erase(ids[0])
      let (id, preview) = try await desk.plan(ReplayDesk.deeds, .remap, ReplayDesk.terms(mostErrors: 100))
      #expect(preview.leftOut == ["no message is kept": 1] && preview.items == ids.count - 1)
      try await desk.engine.journal.erase(ids[1])
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 0, ids.count - 2, 1])
      let failed = try await desk.replays.items(of: id, state: .failed)
      #expect(failed.map(\.original) == [ids[1].rawValue] && failed[0].problemCode != nil)
    }
  }
}
