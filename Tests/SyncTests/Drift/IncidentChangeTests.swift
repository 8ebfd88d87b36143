import Changes
import CivilTime
import Crypto
import Mapping
import SQLDatabase
import Testing

@testable import Sync

/// What the feed is told of incidents.
@Suite struct IncidentChangeTests {
  @Test func openingIsToldOnceUntilItIsClosed() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      try await engine.database.migrate(ChangesSchema.component)
      let feed = ChangeFeed(database: engine.database)
      let ledger = IncidentLedger(database: engine.database, keys: engine.keys, changes: feed)
      let now = bench.clock.now
      func report(_ subjects: String...) async throws {
        let findings = subjects.map { subject in
          DriftFinding(
            subject: DriftSubject(entity: "deed", kind: .vanishedField, subject: subject), facet: .fields,
            detail: "in none of 30 rows")
        }
        try await engine.database.write { transaction in
          _ = try ledger.report(
            findings, of: OperationKey(platform: "city", operation: "deed"), isHeld: true, at: now,
            in: transaction)
        }
      }
      try await report("$.zl")
      try await report("$.zl", "$.yt")
      let step = IncidentStep(time: now, by: "拟某", note: "拟")
      try await ledger.acknowledge(IncidentID(rawValue: 1), step, accepting: true)
      try await report("$.zl")
      try await ledger.close(IncidentID(rawValue: 1), step)
      try await report("$.zl", "$.yt")
      let told = try await feed.page(after: 0, kinds: Set(ChangeKind.allCases), limit: 100).changes
      #expect(
        told.map { "\($0.kind.rawValue) \($0.subject)" } == [
          "incident.opened incident-1", "incident.opened incident-2", "incident.closed incident-1",
          "incident.opened incident-1",
        ])
      let details = String(decoding: try #require(told.first).details, as: UTF8.self)
      #expect(details == #"{"platform":"city","operation":"deed","drift":"vanished-field"}"#)
      await engine.database.close()
    }
  }
}
