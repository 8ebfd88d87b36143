import Applications
import Calendars
import Changes
import CivilTime
import Documents
import SQLDatabase
import TestSupport
import Testing

@testable import Permits

/// What cases show in a year without a calendar, and what the utility's own process shows.
@Suite struct PermitCalendarTests {
  private static func moment(_ text: String) throws -> CivilDateTime {
    try #require(CivilDateTime(iso: text))
  }

  private static func details(_ bench: PermitBench) async throws -> [String] {
    let page = try await bench.feed.page(after: nil, kinds: [.permitDigest], limit: 1000)
    return page.changes.map { String(decoding: $0.details, as: UTF8.self) }
  }

  @Test func aDeadlineInAYearWithoutACalendarIsUnknownEverywhere() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2026-12-28T09:00:00")
    try await bench.enter(.submitted, "2026-12-28T10:00:00", in: id)
    let before = try await bench.latest(.routePlanning, in: id, at: "2026-12-28T11:00:00")
    // Whether it counts as accepted without a word by January nobody can say.
    #expect(before.doubts == [.calendarMissing] && !before.isUnknown)
    try await bench.enter(.accepted, "2026-12-29T10:00:00", in: id)
    let view = try await bench.latest(.routePlanning, in: id, at: "2027-01-20T10:00:00")
    #expect(view.isUnknown && view.doubts == [.calendarMissing] && view.deadline == "unknown")
    #expect(view.attempt.doubts == [], "it is not kept: it goes when the calendar has the year")
    let now = try Self.moment("2027-01-20T10:00:00")
    let board = try await bench.permits.board(at: now)
    let line = try #require(board.lines.first { $0.standing.view.attempt.item == .routePlanning })
    #expect(line.standing.view.deadline == "unknown")
    let digest = try await bench.permits.digest(at: now)
    // The other item should have been handed in by the day after it was opened, which is known, and is late.
    let waiting = try await bench.latest(.roadOccupation, in: id, at: "2027-01-20T10:00:00")
    #expect(!waiting.isUnknown && waiting.doubts == [] && waiting.ownDeadline == "2026-12-29")
    #expect(waiting.own?.reading.isLate == true && waiting.ownColour == .yellow)
    #expect(digest.unknown == PermitDigest.Unknown(items: 1, processes: 0, cases: ["GD-2024-1"]))
    let time = now.timestamp(offsetSeconds: UTCOffset.china)
    #expect(try await bench.permits.tellDigest(at: time))
    let told = try await Self.details(bench)
    #expect(
      told.contains {
        $0.contains(#""deadline":"unknown","items":1,"processes":0,"cases":"GD-2024-1""#)
      }, "\(told)")
  }

  @Test func aWarningBehindTheCalendarIsDoubtedToo() async throws {
    let late = PermitBench.policy.replacing("red, distance: 0", with: "red, distance: 3")
    #expect(late != PermitBench.policy)
    let bench = try await PermitBench(policy: late)
    let id = try await bench.open(at: "2026-12-23T09:00:00")
    try await bench.enter(.submitted, "2026-12-23T10:00:00", in: id)
    try await bench.enter(.accepted, "2026-12-23T11:00:00", in: id)
    let view = try await bench.latest(.routePlanning, in: id, at: "2026-12-24T10:00:00")
    #expect(view.deadline == "2026-12-30" && !view.isUnknown && view.doubts == [.calendarMissing])
  }

  private static let process = PermitBench.policy.replacing(
    "process:\n",
    with: """
      process:
        - {id: c, clause: D 8, step: contact, limit: 30 minutes, starts: [requested], ends: [contacted],
           warnings: [{colour: yellow, distance: 0, for: manager}]}
        - {id: a, clause: D 9, step: archive, limit: 1 working day, starts: [connected], ends: [archived],
           warnings: [{colour: orange, distance: 0, for: unit}, {colour: red, distance: 0, for: manager}]}

      """)

  private static func enter(
    _ event: ProcessEvent, _ happened: String, in id: PermitCaseID, _ bench: PermitBench
  ) async throws {
    let entry = ProcessEntry(event, happened: try moment(happened))
    let now = try PermitBench.timestamp(happened)
    _ = try await bench.database.write { try bench.permits.enter(entry, of: id, in: $0, now: now) }
  }

  private static func lines(_ digest: PermitDigest) -> [String] {
    digest.lines.map { line in
      "\(line.audience) \(line.colour.rawValue) \(line.items) \(line.processes) \(line.cases.joined(separator: " "))"
    }
  }

  @Test func theUtilitysOwnProcessStandsOnTheBoardAndInTheDigest() async throws {
    let bench = try await PermitBench(policy: Self.process)
    let id = try await bench.open(at: "2024-03-01T09:00:00")
    try await Self.enter(.requested, "2024-03-01T09:00:00", in: id, bench)
    let early = try await bench.permits.board(at: try Self.moment("2024-03-01T09:10:00"))
    #expect(early.process.map(\.clock.limit.step) == ["contact"])
    #expect(early.process.first?.deadline == "2024-03-01T09:30:00")
    #expect(early.process.first?.clock.reading.colour == nil)
    let late = try await bench.permits.digest(at: try Self.moment("2024-03-01T09:40:00"))
    #expect(Self.lines(late).contains("manager yellow 0 1 GD-2024-1"))
    try await Self.enter(.contacted, "2024-03-01T09:50:00", in: id, bench)
    #expect(try await bench.permits.board(at: try Self.moment("2024-03-01T10:00:00")).process.isEmpty)
    // As it was known then.
    let known = try PermitBench.timestamp("2024-03-01T09:40:00")
    let then = try await bench.permits.digest(at: try Self.moment("2024-03-01T09:40:00"), knownAt: known)
    #expect(Self.lines(then) == Self.lines(late))
  }

  @Test func theUtilitysOwnLimitIsShownAlsoWhenAllPermitsAreDecided() async throws {
    let bench = try await PermitBench(policy: Self.process)
    let id = try await bench.open(at: "2024-03-01T09:00:00")
    for item in [PermitItem.routePlanning, .roadOccupation] {
      try await bench.enter(.submitted, "2024-03-01T10:00:00", of: item, in: id)
      try await bench.enter(.accepted, "2024-03-01T11:00:00", of: item, in: id)
      try await bench.enter(.approved, "2024-03-04T10:00:00", of: item, in: id)
    }
    let view = try await bench.permits.view(id, at: try Self.moment("2024-03-04T11:00:00"))
    #expect(view.permitCase.closed != nil)
    try await Self.enter(.connected, "2024-03-04T12:00:00", in: id, bench)
    let now = try PermitBench.timestamp("2024-03-06T08:00:00")
    _ = try await bench.database.write { try bench.permits.warn(id, in: $0, now: now) }
    let moment = try Self.moment("2024-03-06T08:00:00")
    let digest = try await bench.permits.digest(at: moment)
    #expect(digest.open == 0 && Self.lines(digest) == ["manager red 0 1 GD-2024-1"])
    let board = try await bench.permits.board(at: moment)
    #expect(board.lines.isEmpty && board.process.map(\.clock.limit.step) == ["archive"])
    #expect(try await bench.permits.tellDigest(at: now))
    #expect(
      try await Self.details(bench) == [
        #"{"open":0,"for":"manager","colour":"red","items":0,"processes":1,"cases":"GD-2024-1"}"#
      ])
    // As it was known then, when it is archived since.
    try await Self.enter(.archived, "2024-03-06T09:00:00", in: id, bench)
    #expect(try await bench.permits.digest(at: try Self.moment("2024-03-06T10:00:00")).lines.isEmpty)
    #expect(Self.lines(try await bench.permits.digest(at: moment, knownAt: now)) == Self.lines(digest))
  }

  /// The last day of the calendar: when the archive is due nobody knows, and nothing else would wake the case.
  @Test func aClosedCaseWaitsForTheCalendarOfItsOwnLimit() async throws {
    let bench = try await PermitBench(policy: Self.process)
    let id = try await bench.open(at: "2026-12-28T09:00:00")
    for item in [PermitItem.routePlanning, .roadOccupation] {
      try await bench.enter(.submitted, "2026-12-28T10:00:00", of: item, in: id)
      try await bench.enter(.approved, "2026-12-29T10:00:00", of: item, in: id)
    }
    func next(_ time: String) async throws -> Timestamp? {
      let now = try PermitBench.timestamp(time)
      return try await bench.database.write { try bench.permits.warn(id, in: $0, now: now) }
    }
    #expect(
      try await bench.permits.view(id, at: try Self.moment("2026-12-30T10:00:00")).permitCase.closed != nil)
    #expect(try await next("2026-12-30T10:00:00") == nil)
    try await Self.enter(.connected, "2026-12-31T12:00:00", in: id, bench)
    #expect(try await next("2026-12-31T12:00:00") == PermitBench.timestamp("2027-01-01T12:00:00"))
    try await Self.enter(.archived, "2027-01-04T12:00:00", in: id, bench)
    #expect(try await next("2027-01-04T12:00:00") == nil)
  }

  private static let ownSteps = PermitBench.policy.replacing(
    "process:\n",
    with: """
      process:
        - {id: o, clause: D 8, step: own-steps, limit: 6 working days, starts: [requested], ends: [connected], stops: [others],
           warnings: [{colour: blue, distance: 2, for: unit}, {colour: orange, distance: 0, for: unit},
             {colour: yellow, distance: 0, for: manager}, {colour: red, distance: 2, for: province}]}

      """)

  private static func warnings(_ bench: PermitBench, _ id: PermitCaseID, at time: String) async throws
    -> [String]
  {
    let now = try PermitBench.timestamp(time)
    _ = try await bench.database.write { try bench.permits.warn(id, in: $0, now: now) }
    let page = try await bench.feed.page(
      after: nil, kinds: [.permitWarning, .permitWarningWithdrawn], limit: 1000)
    return try page.changes.compactMap { change in
      let details = try JSONDocument(parsing: change.details).root
      guard details["clock"]?.string == "own-steps" else { return nil }
      let words = ["colour", "for", "reason"].compactMap { details[$0]?.string }
      return (change.kind == .permitWarning ? "" : "-") + words.joined(separator: " ")
    }
  }

  /// The utility's own steps: while the customer or an authority is at work nothing is shown, and no day counts.
  @Test func theUtilitysOwnStepsStandStillWhileOthersAreAtWork() async throws {
    let bench = try await PermitBench(policy: Self.ownSteps)
    let id = try await bench.open(at: "2024-03-01T09:00:00")
    try await Self.enter(.requested, "2024-03-01T09:00:00", in: id, bench)
    // Six working days: until the 11th. Two before that it is blue.
    let running = try await bench.permits.board(at: try Self.moment("2024-03-06T10:00:00"))
    #expect(running.process.map(\.deadline) == ["2024-03-11"])
    #expect(try await Self.warnings(bench, id, at: "2024-03-07T08:00:00") == ["blue unit"])
    #expect(
      Self.lines(try await bench.permits.digest(at: try Self.moment("2024-03-07T08:00:00"))).contains(
        "unit blue 0 1 GD-2024-1"))
    try await Self.enter(.othersStarted, "2024-03-07T10:00:00", in: id, bench)
    #expect(
      try await Self.warnings(bench, id, at: "2024-03-07T10:00:00") == ["blue unit", "-blue unit paused"])
    let still = try #require(
      try await bench.permits.board(at: try Self.moment("2024-03-20T10:00:00")).process.first)
    #expect(still.clock.reading.state == .paused(.others) && still.deadline == nil)
    #expect(!still.clock.reading.isLate && still.clock.reading.colour == nil)
    try await Self.enter(.othersEnded, "2024-03-20T11:00:00", in: id, bench)
    // Four were used up to the 7th; two are left, of which the 20th is none.
    let going = try await bench.permits.board(at: try Self.moment("2024-03-21T10:00:00"))
    #expect(going.process.map(\.deadline) == ["2024-03-22"])
    #expect(try await Self.warnings(bench, id, at: "2024-03-23T08:00:00").last == "yellow manager")
    #expect(try await Self.warnings(bench, id, at: "2024-03-27T08:00:00").last == "red province")
    try await Self.enter(.connected, "2024-03-27T10:00:00", in: id, bench)
    #expect(try await bench.permits.board(at: try Self.moment("2024-03-27T11:00:00")).process.isEmpty)
  }
}
