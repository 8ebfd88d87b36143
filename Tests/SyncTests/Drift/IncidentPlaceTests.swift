import CivilTime
import Crypto
import Exchanges
import Journal
import Mapping
import Registry
import SQLDatabase
import Sandbox
import Synchronization
import Testing

@testable import Sync

/// A platform that makes names of people: they stand in no column of an incident, and what does not open is no end.
@Suite struct IncidentPlaceTests {
  private static let platform = "zhejiang-public-data"
  private static let key = OperationKey(platform: "city", operation: "deed")
  private static let person = "拟林知夏"

  /// Every text and every blob of the database, by table and column.
  private static func columns(_ database: Database) async throws -> [(column: String, bytes: [UInt8])] {
    try await database.read { reader in
      let names = try reader.query(
        """
        SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'
        """
      ) { ($0.text(0), $0.text(1)) }
      return try names.flatMap { table, column in
        try reader.query("SELECT \"\(column)\" FROM \"\(table)\"") { row in
          switch row.value(0) {
          case .text(let text): ("\(table).\(column)", Array(text.utf8))
          case .blob(let bytes): ("\(table).\(column)", bytes)
          case .null, .integer, .real: ("\(table).\(column)", [])
          }
        }
      }
    }
  }

  private static func naming(_ text: String, _ database: Database) async throws -> Set<String> {
    Set(
      try await columns(database).filter { !$0.bytes.ranges(of: Array(text.utf8)).isEmpty }.map(\.column))
  }

  /// Deeds have been pulled, enough to know what is usual, under a mapping that holds whatever is new; then some more come.
  private func run(_ body: @escaping @Sendable (SyncBench, Engine, PullRunner) async throws -> Void)
    async throws
  {
    try await SyncBench.run { bench in
      bench.clock.advance(seconds: -3 * DriftPullTests.year)
      let engine = try await bench.engine()
      let mapping = try MappingComparisonTests.mapping(
        "zhejiang-public-data/property-deed",
        [("rows: $.datas[*]", "rows: $.datas[*]\n    contract: {others: freeze}")])
      let runner = try engine.runner(Self.platform, "property-deed", mapping: mapping)
      try #require(await runner.run(requestID: "r").problem == nil)
      bench.clock.advance(seconds: DriftPullTests.year)
      try await body(bench, engine, runner)
      await engine.database.close()
    }
  }

  @Test func aPlaceNamedAfterSomebodyStandsNowhereInTheClear() async throws {
    try await run { bench, engine, runner in
      bench.sandbox.faults.add(
        FaultRule(
          .renamedField(from: "zl", to: Self.person), platform: Self.platform, operation: "propertyDeed"))
      let problem = try #require(await runner.run(requestID: "named").problem)
      #expect(
        problem.code == "drift-held" && problem.message.contains("new-field at deed, in "), "\(problem)")
      #expect(!"\(problem)".contains(Self.person))
      #expect(try await Self.naming(Self.person, engine.database) == [])
      // Whoever may look at incidents sees where it is.
      let incidents = try await engine.ledger.incidents.list()
      let new = try #require(incidents.first { $0.subject.kind == .newField })
      #expect(new.subject.subject == "$.\(Self.person)" && new.isHeld)
      #expect(incidents.contains { $0.subject.kind == .vanishedField && $0.subject.subject == "$.zl" })

      // It is found again, and what was accepted by its place goes on.
      #expect(await runner.run(requestID: "again").problem?.code == "drift-held")
      #expect(try await engine.ledger.incidents.incident(new.id)?.count == 2)
      let step = IncidentStep(time: bench.clock.now, by: "拟操作员", note: nil)
      for incident in incidents {
        try await engine.ledger.incidents.acknowledge(incident.id, step, accepting: true)
      }
      #expect(await runner.run(requestID: "accepted").problem == nil)
      let after = try await engine.ledger.incidents.list()
      #expect(after.count == incidents.count && after.allSatisfy { !$0.isHeld && !$0.isAccepted })
      #expect(try await Self.naming(Self.person, engine.database) == [])
    }
  }

  /// As a program wrote them that did not seal places.
  private static func insertClear(_ id: Int64, _ place: String, _ locator: String?, _ database: Database)
    async throws
  {
    try await database.write { transaction in
      _ = try transaction.execute(
        """
        INSERT INTO incident (id, platform, operation, entity, kind, subject, state, held, accepted, count, detail,
          exchange, locator, first_seen, last_seen, opened)
        VALUES (?1, 'city', 'deed', 'deed', ?2, ?3, 'open', 1, 0, 2, 'in none of 30 rows', 1, ?4, 1000, 3000, 1000)
        """, .int(id), .text(place.hasPrefix("$") ? "new-field" : "unknown-codes"), .text(place),
        .textOrNull(locator))
    }
  }

  @Test func whatWasInTheClearIsSealedOnce() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let (database, ledger) = (engine.database, engine.ledger.incidents)
      let (place, row) = ("$.contacts.\(Self.person)", "$['people']['\(Self.person)']")
      try await Self.insertClear(1, place, row, database)
      try await Self.insertClear(2, "basic.state", "$['datas'][0]", database)
      try await Self.insertClear(3, "$.zl", nil, database)
      #expect(try await Self.naming(Self.person, database) == ["incident.subject", "incident.locator"])
      try await ledger.sealPlaces()
      #expect(try await Self.naming(Self.person, database) == [])
      let sealed = try await Self.columns(database).map(\.bytes)
      try await ledger.sealPlaces()
      #expect(try await Self.columns(database).map(\.bytes) == sealed)

      let incidents = try await ledger.list()
      #expect(incidents.map(\.subject.subject) == ["$.zl", "basic.state", place])
      #expect(incidents.map(\.locator?.path) == [nil, "$['datas'][0]", row])
      #expect(incidents.allSatisfy { $0.isHeld && $0.count == 2 && $0.detail == "in none of 30 rows" })
      #expect(
        try await database.read { try $0.query("SELECT subject FROM incident WHERE id = 2") { $0.text(0) } }
          == ["basic.state"])

      // What is met again is the same incident.
      let finding = DriftFinding(subject: incidents[2].subject, facet: .others, detail: "in 3 of 30 rows")
      let now = bench.clock.now
      func report() async throws -> [IncidentID] {
        try await database.write { try ledger.report([finding], of: Self.key, isHeld: true, at: now, in: $0) }
      }
      #expect(try await report().map(\.rawValue) == [1])
      #expect(try await ledger.incident(IncidentID(rawValue: 1))?.locator?.path == row)
      // Another program that does not seal has met it beside this one.
      try await Self.insertClear(4, place, row, database)
      try await ledger.sealPlaces()
      #expect(try await ledger.list().map(\.id.rawValue) == [3, 2, 1])
      #expect(try await ledger.incident(IncidentID(rawValue: 1))?.count == 5)
      #expect(try await report().map(\.rawValue) == [1])
      #expect(try await Self.naming(Self.person, database) == [])
      await database.close()
    }
  }

  @Test func placesAreSealedAnewAfterARotation() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      try await Self.insertClear(1, "$.\(Self.person)", "$['datas'][0]", engine.database)
      try await engine.ledger.incidents.sealPlaces()
      let keys = try await RegistryKeys.rotate(engine.database, ring: bench.ring)
      let ledger = IncidentLedger(database: engine.database, keys: keys)
      #expect(try await ledger.resealOutdated().resealed == 1)
      #expect(try await ledger.resealOutdated().resealed == 0)
      let incident = try #require(try await ledger.list().first)
      #expect(incident.subject.subject == "$.\(Self.person)" && incident.locator?.path == "$['datas'][0]")
      await engine.database.close()
    }
  }

  private static func damage(_ column: String, byte: Int64, _ database: Database) async throws {
    let table = column.split(separator: ".")[0]
    let value = column.split(separator: ".")[1]
    try await database.write { transaction in
      // A bit more in one byte.
      let changed = try transaction.query("SELECT rowid, \(value) FROM \(table) WHERE \(value) IS NOT NULL") {
        (rowid: $0.int(0), bytes: $0.blob(1))
      }
      for (rowid, bytes) in changed {
        var bytes = bytes
        bytes[byte < 0 ? bytes.count + Int(byte) : Int(byte)] ^= 1
        try transaction.execute(
          "UPDATE \(table) SET \(value) = ?2 WHERE rowid = ?1", .int(rowid), .blob(bytes))
      }
    }
  }

  /// A row that does not open is no end of its operation: what is usual is learned again.
  @Test(arguments: [0, -1] as [Int64]) func whatIsUsualAndDoesNotOpenIsLearnedAnew(_ byte: Int64) async throws
  {
    try await run { bench, engine, runner in
      let lost = Mutex<[DriftLoss]>([])
      let ledger = IncidentLedger(database: engine.database, keys: engine.keys) { loss in
        lost.withLock { $0.append(loss) }
      }
      let mapping = DefinitionID(rawValue: 1)
      try await Self.damage("drift_baseline.content", byte: byte, engine.database)
      #expect(try await ledger.opening(runner.key, mapping: mapping).baseline == DriftBaseline())
      #expect(lost.withLock { $0 } == [.baseline(runner.key)])
      #expect(try await ledger.opening(runner.key, mapping: mapping).baseline == DriftBaseline())
      #expect(lost.withLock { $0.count } == 1, "told once")
      let report = await runner.run(requestID: "r")
      #expect(report.problem == nil && report.counts.new > 0, "\(report)")
      let count = try await engine.database.read { try $0.int("SELECT count(*) FROM drift_baseline") }
      #expect(count == 1)
    }
  }

  /// A key that is not at hand is put back, and all can be read again: nothing is given up for it.
  @Test func aKeyThatIsMissingIsAnError() async throws {
    try await run { bench, engine, runner in
      // The last byte of the number of the key.
      try await Self.damage("drift_baseline.content", byte: 4, engine.database)
      #expect(await runner.run(requestID: "r").problem?.message == "CryptoError")
      let error = await #expect(throws: CryptoError.self) {
        try await engine.ledger.incidents.opening(runner.key, mapping: DefinitionID(rawValue: 1))
      }
      #expect(error?.code == .unknownKey)
      let rotated = IncidentLedger(
        database: engine.database, keys: try await RegistryKeys.rotate(engine.database, ring: bench.ring))
      let other = await #expect(throws: CryptoError.self) { try await rotated.resealOutdated() }
      #expect(other?.code == .unknownKey)
      let count = try await engine.database.read { try $0.int("SELECT count(*) FROM drift_baseline") }
      #expect(count == 1)
    }
  }

  @Test func aRotationGivesUpWhatIsUsualAndDoesNotOpen() async throws {
    try await run { bench, engine, runner in
      try await Self.damage("drift_baseline.content", byte: -1, engine.database)
      let keys = try await RegistryKeys.rotate(engine.database, ring: bench.ring)
      let ledger = IncidentLedger(database: engine.database, keys: keys)
      let step = try await ledger.resealOutdated()
      #expect(step.givenUp == [runner.key] && step.resealed == 0)
      #expect(try await ledger.resealOutdated().givenUp == [])
    }
  }

  /// Whoever closes an incident need not know its place, and a rotation goes on with all others.
  @Test func aRotationLeavesAPlaceThatDoesNotOpen() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      try await Self.insertClear(1, "$.zl", "$['datas'][0]", engine.database)
      try await engine.ledger.incidents.sealPlaces()
      let step = IncidentStep(time: bench.clock.now, by: "拟操作员", note: "问过平台")
      try await engine.ledger.incidents.acknowledge(IncidentID(rawValue: 1), step, accepting: false)
      try await Self.damage("incident.sealed_place", byte: -1, engine.database)
      try await Self.damage("incident.sealed_locator", byte: 0, engine.database)
      try await Self.insertClear(2, "$.name", nil, engine.database)
      let keys = try await RegistryKeys.rotate(engine.database, ring: bench.ring)
      let ledger = IncidentLedger(database: engine.database, keys: keys)
      let rotated = try await ledger.resealOutdated()
      #expect(rotated.resealed == 1 && rotated.unopened.map(\.rawValue) == [1])
      let incidents = try await ledger.list()
      #expect(incidents.map(\.subject.subject) == ["$.name", "?"])
      #expect(incidents[1].locator == nil && incidents[1].acknowledged == step)
      #expect(try await ledger.close(IncidentID(rawValue: 1), step).state == .closed)
      // What somebody wrote is no place.
      try await Self.damage("incident.acknowledged_by", byte: -1, engine.database)
      await #expect(throws: IncidentError.self) { try await ledger.list(IncidentFilter(states: [])) }
      await engine.database.close()
    }
  }

  /// Neither is an incident whose place does not open: it holds nothing, and when it is met again it has its place again.
  @Test func aPlaceThatDoesNotOpenIsMetAgain() async throws {
    try await run { bench, engine, runner in
      bench.sandbox.faults.add(
        FaultRule(
          .renamedField(from: "zl", to: Self.person), platform: Self.platform, operation: "propertyDeed"))
      #expect(await runner.run(requestID: "r").problem?.code == "drift-held")
      let lost = Mutex<[DriftLoss]>([])
      let ledger = IncidentLedger(database: engine.database, keys: engine.keys) { loss in
        lost.withLock { $0.append(loss) }
      }
      let before = try await ledger.list()
      try await Self.damage("incident.sealed_place", byte: -1, engine.database)
      let damaged = try await ledger.list()
      #expect(damaged.map(\.id) == before.map(\.id) && damaged.allSatisfy { $0.subject.subject == "?" })
      _ = try await ledger.opening(runner.key, mapping: DefinitionID(rawValue: 1))
      #expect(Set(lost.withLock { $0 }) == Set(before.map { .place($0.id, runner.key) }))
      #expect(await runner.run(requestID: "r").problem?.code == "drift-held")
      let after = try await ledger.list()
      #expect(
        after.map(\.subject) == before.map(\.subject) && after.allSatisfy { $0.isHeld && $0.count == 2 })
    }
  }
}
