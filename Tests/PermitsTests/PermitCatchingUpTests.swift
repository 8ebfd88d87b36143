import Applications
import Calendars
import Changes
import CivilTime
import Documents
import Exchanges
@testable import Permits
import SQLDatabase
import Synchronization
import Testing

/// Cases that an earlier version has left as its rules had them.
@Suite struct PermitCatchingUpTests {
  /// Marks what the step to the version that reads anew marks; the rows are made as they were before it, in tables as they are now.
  private static func mark(_ bench: PermitBench) async throws {
    let step = try #require(PermitSchema.component.migrations.first { $0.version == 12 })
    try await bench.database.write { _ = try $0.execute(step.statements[1]) }
  }

  private static let process = PermitBench.policy.replacing(
    "process:\n",
    with: """
      process:
        - {id: p9, clause: D 9, step: archive, limit: 3 working days, starts: [connected], ends: [archived],
           warnings: [{colour: red, distance: 0, for: manager}]}

      """)

  /// A case in which everything is decided.
  private static func decided(_ bench: PermitBench, _ number: String, _ day: String) async throws
    -> PermitCaseID
  {
    let id = try await bench.open(number, at: "\(day)T09:00:00")
    try await bench.enter(.submitted, "\(day)T10:00:00", in: id)
    try await bench.enter(.approved, "\(day)T11:00:00", in: id)
    try await bench.enter(.filed, "\(day)T10:00:00", of: .roadOccupation, in: id)
    return id
  }

  private static func connect(_ bench: PermitBench, _ id: PermitCaseID, _ time: String) async throws {
    let happened = try #require(CivilDateTime(iso: time))
    let now = try PermitBench.timestamp(time)
    _ = try await bench.database.write {
      try bench.permits.enter(ProcessEntry(.connected, happened: happened), of: id, in: $0, now: now)
    }
  }

  private static func wakes(_ bench: PermitBench, _ id: PermitCaseID) async throws -> Int64 {
    try await bench.database.read { try bench.permits.wakes(of: id, $0) }
  }

  private static func catchUp(_ bench: PermitBench, at time: String) async throws -> Int {
    let now = try PermitBench.timestamp(time)
    return try await bench.permits.catchUp { now }.read
  }

  /// A filing that had what it lacked was received for ever.
  @Test func aFilingThatWasCompletedIsFiled() async throws {
    let bench = try await PermitBench()
    let id = try await Self.decided(bench, "GD-1", "2024-03-04")
    try await bench.enter(.supplementRequested, "2024-03-05T10:00:00", of: .roadOccupation, in: id)
    try await bench.enter(.supplementReceived, "2024-03-06T10:00:00", of: .roadOccupation, in: id)
    try await bench.database.write { transaction in
      try transaction.execute("UPDATE permit_item SET state = 'received' WHERE item = 'road-occupation'")
      try transaction.execute("UPDATE permit_case SET closed = NULL")
    }
    try await Self.mark(bench)
    #expect(try await Self.catchUp(bench, at: "2024-03-07T09:00:00") == 1)
    #expect(try await bench.latest(.roadOccupation, in: id, at: "2024-03-07T09:00:00").state == .filed)
    #expect(try await bench.permits.list(isOpen: false, limit: 10).map(\.id) == [id])
    #expect(try await Self.catchUp(bench, at: "2024-03-07T10:00:00") == 0)
    let changes = try await bench.feed.page(after: nil, kinds: [.permitChanged], limit: 1000).changes.suffix(
      2)
    let told = try changes.map { try JSONDocument(parsing: $0.details).root }
    #expect(told.map { $0["event"]?.string } == ["read-anew", "closed"])
    #expect(told[0]["item"]?.string == "road-occupation" && told[0]["state"]?.string == "filed")
    #expect(told[0]["attempt"]?.integer == 1)
  }

  /// A case that cannot be read keeps none behind it from it, and is looked at again.
  @Test func oneThatIsDamagedKeepsNoOther() async throws {
    let bench = try await PermitBench()
    var ids: [PermitCaseID] = []
    for number in 1...60 { ids.append(try await bench.open("GD-\(number)")) }
    let damaged = ids[0]
    try await bench.database.write { transaction in
      try transaction.execute("UPDATE permit_case SET is_behind = 1")
      try transaction.execute("UPDATE permit_case SET facts = '?' WHERE id = ?1", .int(damaged.rawValue))
    }
    let now = try PermitBench.timestamp("2024-03-07T09:00:00")
    for expected in [59, 0] {
      let skipped = Mutex<[PermitCaseID]>([])
      let counts = try await bench.permits.catchUp(now: { now }) { id, error in
        #expect((error as? PermitError)?.code == .unreadable)
        skipped.withLock { $0.append(id) }
      }
      #expect(counts.read == expected && counts.left == 1)
      #expect(skipped.withLock { $0 } == [damaged])
    }
  }

  /// Of closed cases only those have something to wait for whose limit lies in a year without a calendar.
  @Test func aClosedCaseIsWokenForTheCalendarOfItsOwnLimit() async throws {
    let bench = try await PermitBench(policy: Self.process)
    let waiting = try await Self.decided(bench, "GD-1", "2026-12-28")
    try await Self.connect(bench, waiting, "2026-12-31T12:00:00")
    let other = try await Self.decided(bench, "GD-2", "2026-12-01")
    try await Self.connect(bench, other, "2026-12-02T12:00:00")
    let quiet = try await Self.decided(bench, "GD-3", "2026-12-28")
    try await Self.mark(bench)
    let before = (
      try await Self.wakes(bench, waiting), try await Self.wakes(bench, other),
      try await Self.wakes(bench, quiet)
    )
    #expect(try await Self.catchUp(bench, at: "2027-01-02T09:00:00") == 2)
    #expect(try await Self.wakes(bench, waiting) == before.0 + 1)
    #expect(try await Self.wakes(bench, other) == before.1)
    #expect(try await Self.wakes(bench, quiet) == before.2)
    #expect(try await bench.permits.list(isOpen: true, limit: 10).isEmpty)
  }

  /// The window has an earlier attempt still, which counted for nothing.
  @Test func aClosedCaseIsOpenWhileTheWindowHasAnEarlierAttempt() async throws {
    let bench = try await PermitBench()
    let id = try await Self.decided(bench, "GD-1", "2024-03-04")
    let first = try await bench.latest(.routePlanning, in: id, at: "2024-03-04T12:00:00").attempt.id
    try await bench.database.write { transaction in
      // As if it had come to nothing, another had been tried, and then the first was at the window after all.
      try transaction.execute("UPDATE permit_item SET state = 'refused' WHERE id = ?1", .int(first.rawValue))
      let now = try PermitBench.timestamp("2024-03-05T09:00:00")
      let second = try bench.permits.retry(first, in: transaction, now: now)
      try transaction.execute(
        "DELETE FROM permit_event WHERE item = ?1 AND name = 'approved'", .int(first.rawValue))
      try transaction.execute(
        "UPDATE permit_item SET state = 'submitted' WHERE id = ?1", .int(first.rawValue))
      try transaction.execute(
        "UPDATE permit_item SET state = 'rejected' WHERE id = ?1", .int(second.rawValue))
      try transaction.execute("UPDATE permit_case SET closed = ?1", .int(now.milliseconds))
    }
    try await Self.mark(bench)
    let before = try await Self.wakes(bench, id)
    #expect(try await Self.catchUp(bench, at: "2024-03-07T09:00:00") == 1)
    #expect(try await bench.permits.list(isOpen: true, limit: 10).map(\.id) == [id])
    #expect(try await Self.wakes(bench, id) == before + 1)
  }
}
