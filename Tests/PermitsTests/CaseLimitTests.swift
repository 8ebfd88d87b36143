import Applications
import Calendars
import Changes
import CivilTime
import Documents
import SQLDatabase
import TestSupport
import Testing

@testable import Permits

/// Limits of a case as a whole, in a database: of all permits together, and of the utility's own process.
@Suite struct CaseLimitTests {
  private static let policy = """
    policy: a
    title: 甲
    region: "110000"
    documents: {D: {title: 文件}}
    clock:
      starts: [accepted]
      silence: {after: 5 working days, from: [received, submitted], unless: [supplement-requested, refused, withdrawn], clause: D 32}
      ends: [approved, rejected, withdrawn]
      stops: [supplement]
      warnings: [{colour: blue, distance: 1, for: unit}, {colour: red, distance: 0, for: manager}]
    permits:
      needs:
        - {id: n, clause: D, items: [route-planning, road-occupation, road-digging], need: needed}
        - {id: m, clause: D, items: [greening], need: not-needed}
      ways:
        - {id: w1, clause: D, items: [route-planning, road-digging, greening], way: approval}
        - {id: w2, clause: D, items: [road-occupation], way: promise}
      limits: [{id: l, clause: D, limit: none}]
      totals: [{id: t, clause: D 4, limit: 5 working days}]
      materials: [{id: all, clause: D 1, need: [drawing]}, {id: letter, clause: D 2, ways: [promise], need: [letter]}]
    process:
      - {id: c, clause: D 8, step: contact, limit: 30 minutes, starts: [requested], ends: [contacted],
         hours: {opens: "09:00", closes: "17:00", rest-days: open}, quiet: 21:00-08:00,
         warnings: [{colour: orange, distance: 10, for: unit}, {colour: yellow, distance: 0, for: manager}]}
      - {id: a, clause: D 9, step: archive, limit: 1 working day, starts: [connected], ends: [archived],
         warnings: [{colour: yellow, distance: 0, for: manager}]}
      - {id: v, clause: D 9, step: average, limit: 3 working days, starts: [requested], ends: [connected]}
      - {id: s, clause: D 9, step: supply, limit: none}
    """

  private static func told(_ bench: PermitBench) async throws -> [String] {
    let page = try await bench.feed.page(
      after: nil, kinds: [.permitWarning, .permitWarningWithdrawn], limit: 1000)
    return try page.changes.map { change in
      let details = try JSONDocument(parsing: change.details).root
      #expect(details["item"]?.string == nil && details["attempt"]?.integer == nil)
      let words = ["colour", "clock", "for", "reason"].compactMap { details[$0]?.string }
      return (change.kind == .permitWarning ? "" : "-") + words.joined(separator: " ")
    }
  }

  private static func warn(_ bench: PermitBench, _ id: PermitCaseID, at time: String) async throws -> String?
  {
    let now = try PermitBench.timestamp(time)
    let next = try await bench.database.write { try bench.permits.warn(id, in: $0, now: now) }
    return next?.civil(offsetSeconds: UTCOffset.china).description
  }

  private static func view(
    _ bench: PermitBench, _ id: PermitCaseID, at now: String, knownAt: String? = nil
  ) async throws -> PermitCaseView {
    try await bench.permits.view(
      id, at: try #require(CivilDateTime(iso: now)), knownAt: try knownAt.map(PermitBench.timestamp))
  }

  @Test func allPermitsHaveOneClockAndItsWarningsAreFiredOnceACase() async throws {
    let bench = try await PermitBench(policy: Self.policy)
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    for item in [PermitItem.routePlanning, .roadDigging] {
      try await bench.enter(.submitted, "2024-03-01T10:00:00", of: item, in: id)
    }
    try await bench.enter(.filed, "2024-03-01T10:00:00", of: .roadOccupation, in: id)
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    try await bench.enter(.accepted, "2024-03-06T10:00:00", of: .roadDigging, in: id)
    let open = try await Self.view(bench, id, at: "2024-03-06T11:00:00")
    let clock = try #require(open.totals.first)
    #expect(open.totals.count == 1 && clock.total.name == "total-t" && clock.total.clause == "D 4")
    #expect(clock.total.items == [.routePlanning, .roadDigging])
    // Five working days from the first acceptance, not from each.
    #expect(clock.reading.lastDay?.description == "2024-03-11")
    for item in open.items { #expect(item.reading == nil) }
    let board = try await bench.permits.board(at: try #require(CivilDateTime(iso: "2024-03-06T11:00:00")))
    #expect(board.lines.map(\.standing.view.totalDeadline) == ["2024-03-11", nil, "2024-03-11"])
    #expect(board.lines.map(\.clause) == ["D 4", "D", "D 4"])
    #expect(try await Self.warn(bench, id, at: "2024-03-07T00:00:00") == "2024-03-08T00:00:00")
    for _ in 0..<2 { _ = try await Self.warn(bench, id, at: "2024-03-08T00:00:00") }
    #expect(try await Self.told(bench) == ["blue total-t unit"])
    // One of them is decided; the other has what is left, and is late with it.
    try await bench.enter(.approved, "2024-03-08T10:00:00", in: id)
    _ = try await Self.warn(bench, id, at: "2024-03-12T00:00:00")
    #expect(
      try await Self.told(bench) == ["blue total-t unit", "-blue total-t unit passed", "red total-t manager"])
    #expect(
      try await bench.permits.warningCounts() == [
        PermitWarningCount(region: "110000", clock: .total, colour: .red, items: 1)
      ])
    let digest = try await bench.permits.digest(at: try #require(CivilDateTime(iso: "2024-03-12T08:00:00")))
    #expect(digest.lines.map { "\($0.audience) \($0.colour.rawValue) \($0.items)" } == ["manager red 1"])
    try await bench.enter(.rejected, "2024-03-12T09:00:00", of: .roadDigging, in: id)
    #expect(try await Self.told(bench).last == "-red total-t manager ended")
    let ended = try await Self.view(bench, id, at: "2024-03-13T09:00:00")
    #expect(ended.totals.first?.reading.isLate == true && ended.permitCase.closed != nil)
    // The next attempt is another application, and has the whole time.
    let attempt = try #require(ended.items.last { $0.attempt.item == .roadDigging }).attempt
    let time = try PermitBench.timestamp("2024-03-14T09:00:00")
    _ = try await bench.database.write { try bench.permits.retry(attempt.id, in: $0, now: time) }
    let waiting = try await Self.view(bench, id, at: "2024-03-14T10:00:00")
    #expect(waiting.totals.map(\.name) == ["total-t", "total-t-road-digging-2"])
    #expect(waiting.totals.last?.reading.state == .waiting && waiting.totals.last?.reading.isLate == false)
    try await bench.enter(.accepted, "2024-03-15T10:00:00", of: .roadDigging, in: id)
    #expect(try await Self.told(bench).count == 4, "nothing of the first clock is told again")
    let again = try await Self.view(bench, id, at: "2024-03-15T11:00:00")
    #expect(again.totals.last?.reading.lastDay?.description == "2024-03-22")
    #expect(again.items.last { $0.attempt.item == .roadDigging }?.totalColour == nil)
    #expect(again.items.last { $0.attempt.item == .roadDigging }?.totalDeadline == "2024-03-22")
    _ = try await Self.warn(bench, id, at: "2024-03-21T00:00:00")
    #expect(try await Self.told(bench).last == "blue total-t-road-digging-2 unit")
    #expect(
      try await bench.permits.warningCounts() == [
        PermitWarningCount(region: "110000", clock: .total, colour: .blue, items: 1)
      ])
    let now = try #require(CivilDateTime(iso: "2024-03-21T11:00:00"))
    let later = try await bench.permits.view(id, at: now)
    let beliefs = later.beliefs(of: try #require(later.totals.last), .china, until: now)
    #expect(
      beliefs.map { $0.since.civil(offsetSeconds: UTCOffset.china).description } == ["2024-03-15T10:00:00"])
  }

  /// A window that takes everything and says nothing: the case wakes when that counts as acceptance.
  @Test func aSilentWindowStartsTheClockOfAllPermits() async throws {
    let bench = try await PermitBench(policy: Self.policy)
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    for item in [PermitItem.routePlanning, .roadDigging] {
      try await bench.enter(.submitted, "2024-03-01T10:00:00", of: item, in: id)
    }
    #expect(try await Self.warn(bench, id, at: "2024-03-02T00:00:00") == "2024-03-09T00:00:00")
    #expect(try await Self.told(bench).isEmpty)
    // Five working days later it has been late since the same moment, for the limit is as long as the silence.
    _ = try await Self.warn(bench, id, at: "2024-03-09T00:00:00")
    #expect(try await Self.told(bench) == ["red total-t manager"])
    let total = try #require(try await Self.view(bench, id, at: "2024-03-09T00:00:00").totals.first)
    #expect(total.reading.basis == .deemed && total.reading.silence?.clause == "D 32")
    let midnight = try #require(CivilDateTime(iso: "2024-03-09T00:00:00"))
    let beliefs = try await Self.view(bench, id, at: "2024-03-09T00:00:00")
      .beliefs(of: total, .china, until: midnight)
    #expect(beliefs.map(\.state) == [.waiting, .running])
    // 补正 comes too late; the clock stands, and has run.
    try await bench.enter(.supplementRequested, "2024-03-11T10:00:00", in: id)
    try await bench.enter(.supplementRequested, "2024-03-11T10:00:00", of: .roadDigging, in: id)
    let stopped = try #require(try await Self.view(bench, id, at: "2024-03-11T11:00:00").totals.first)
    #expect(stopped.reading.state == .paused(.standstill) && stopped.reading.isLate)
    // Its own word, however late, comes before what was concluded.
    try await bench.enter(.accepted, "2024-03-07T10:00:00", in: id, learned: "2024-03-12T10:00:00")
    try await bench.enter(
      .accepted, "2024-03-07T10:00:00", of: .roadDigging, in: id, learned: "2024-03-12T10:00:00")
    let told = try #require(try await Self.view(bench, id, at: "2024-03-12T11:00:00").totals.first)
    #expect(told.reading.basis == .told && !told.reading.isLate && told.reading.due == .open)
  }

  @Test func whatIsLearnedLateChangesWhatIsBelievedOfAllPermits() async throws {
    let bench = try await PermitBench(policy: Self.policy)
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    try await bench.enter(.accepted, "2024-03-05T10:00:00", in: id)
    // On paper the other one had been accepted before.
    try await bench.enter(
      .accepted, "2024-03-04T10:00:00", of: .roadDigging, in: id, learned: "2024-03-07T10:00:00")
    let view = try await Self.view(bench, id, at: "2024-03-07T11:00:00")
    let total = try #require(view.totals.first)
    #expect(total.reading.lastDay?.description == "2024-03-11")
    let before = try await Self.view(bench, id, at: "2024-03-07T11:00:00", knownAt: "2024-03-06T10:00:00")
    #expect(before.totals.first?.reading.lastDay?.description == "2024-03-12")
    let beliefs = view.beliefs(of: total, .china)
    #expect(
      beliefs.map { "\($0.since.civil(offsetSeconds: UTCOffset.china)) \($0.due)" } == [
        "2024-03-05T10:00:00 \(ClockReading.Due.at(try #require(CivilDateTime(iso: "2024-03-13T00:00:00"))))",
        "2024-03-07T10:00:00 \(ClockReading.Due.at(try #require(CivilDateTime(iso: "2024-03-12T00:00:00"))))",
      ])
  }

  @discardableResult
  private static func report(
    _ bench: PermitBench, _ event: ProcessEvent?, _ happened: String, of id: PermitCaseID,
    learned: String? = nil, retracts: Int64? = nil
  ) async throws -> (id: Int64, isNew: Bool) {
    let entry = ProcessEntry(
      event, happened: try #require(CivilDateTime(iso: happened)), retracts: retracts, note: "张三的电话")
    let now = try PermitBench.timestamp(learned ?? happened)
    return try await bench.database.write { try bench.permits.enter(entry, of: id, in: $0, now: now) }
  }

  /// Half an hour in office hours, and nobody is called in the night.
  @Test func theUtilitysOwnLimitsRunByWhatIsReported() async throws {
    let bench = try await PermitBench(policy: Self.policy)
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    let before = try await Self.view(bench, id, at: "2024-03-01T10:00:00")
    #expect(before.process.map(\.limit.step) == ["archive", "contact"], "an average is of no case")
    #expect(before.process.allSatisfy { $0.reading.state == .waiting })
    // After hours on a Friday: half an hour after the Monday begins.
    try await Self.report(bench, .requested, "2024-03-01T20:50:00", of: id)
    let running = try await Self.view(bench, id, at: "2024-03-01T21:00:00").process[1]
    #expect(running.reading.due == .at(try #require(CivilDateTime(iso: "2024-03-04T09:30:00"))))
    #expect(try await Self.warn(bench, id, at: "2024-03-01T21:00:00") == "2024-03-04T09:20:00")
    _ = try await Self.warn(bench, id, at: "2024-03-04T09:20:00")
    _ = try await Self.warn(bench, id, at: "2024-03-04T09:30:00")
    #expect(
      try await Self.told(bench) == [
        "orange contact unit", "-orange contact unit passed", "yellow contact manager",
      ])
    // He had been called in time, and that is learned late.
    let call = try await Self.report(
      bench, .contacted, "2024-03-04T09:05:00", of: id, learned: "2024-03-04T11:00:00")
    #expect(call.isNew)
    #expect(try await Self.told(bench).last == "-yellow contact manager ended")
    let again = try await Self.report(
      bench, .contacted, "2024-03-04T09:05:00", of: id, learned: "2024-03-04T12:00:00")
    #expect(!again.isNew && again.id == call.id)
    let ended = try await Self.view(bench, id, at: "2024-03-04T12:00:00")
    #expect(ended.process[1].reading.state == .ended(try #require(CivilDateTime(iso: "2024-03-04T09:05:00"))))
    #expect(!ended.process[1].reading.isLate && ended.steps.map(\.name) == ["requested", "contacted"])
    let believed = try await Self.view(bench, id, at: "2024-03-04T10:00:00", knownAt: "2024-03-04T10:00:00")
    #expect(believed.process[1].reading.isLate)
    // That was somebody else.
    try await Self.report(
      bench, nil, "2024-03-04T09:05:00", of: id, learned: "2024-03-04T13:00:00", retracts: call.id)
    #expect(
      try await Self.view(bench, id, at: "2024-03-04T14:00:00").process[1].reading.state == .running)
    await #expect(throws: PermitError.self) {
      try await Self.report(
        bench, .contacted, "2024-03-04T09:06:00", of: id, learned: "2024-03-04T14:00:00", retracts: call.id)
    }
    await #expect(throws: PermitError.self) {
      try await Self.report(bench, .contacted, "2024-03-04T09:06:00", of: PermitCaseID(rawValue: 99))
    }
    // What was said is sealed, kept with the entry, and destroyed with the case.
    let report = try await bench.permits.report(
      id, at: try #require(CivilDateTime(iso: "2024-03-05T09:00:00")))
    #expect(report.steps.map(\.event.name) == ["requested", "contacted", "retracted"])
    #expect(report.steps.allSatisfy { $0.words?.note == "张三的电话" })
    let isOpen = try await bench.database.read { reader in
      try reader.query("SELECT note FROM permit_step") { row in
        String(decoding: row.blob(0), as: UTF8.self).contains("张三")
      }
    }
    #expect(isOpen == [false, false, false])
  }

  /// The archive is due when all permits have long been decided.
  @Test func aClosedCaseStillTellsWhatTheUtilityOwes() async throws {
    let bench = try await PermitBench(policy: Self.policy)
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    try await bench.enter(.filed, "2024-03-01T10:00:00", of: .roadOccupation, in: id)
    for item in [PermitItem.routePlanning, .roadDigging] {
      try await bench.enter(.approved, "2024-03-01T11:00:00", of: item, in: id)
    }
    #expect(try await Self.view(bench, id, at: "2024-03-04T10:00:00").permitCase.closed != nil)
    try await Self.report(bench, .connected, "2024-03-11T15:00:00", of: id)
    #expect(try await Self.warn(bench, id, at: "2024-03-11T15:00:01") == "2024-03-13T00:00:00")
    _ = try await Self.warn(bench, id, at: "2024-03-13T00:00:00")
    #expect(try await Self.told(bench) == ["yellow archive manager"])
    #expect(
      try await bench.permits.warningCounts() == [
        PermitWarningCount(region: "110000", clock: .own, colour: .yellow, items: 1)
      ])
    let erased = try PermitBench.timestamp("2024-03-13T10:00:00")
    _ = try await bench.database.write { try bench.permits.erase(id, in: $0, now: erased) }
    let report = try await bench.permits.report(
      id, at: try #require(CivilDateTime(iso: "2024-03-13T11:00:00")))
    #expect(report.steps.map(\.words) == [nil] && report.steps.map(\.event.name) == ["connected"])
  }

  /// Of a region with a limit of all permits together only: that nobody can say when silence is acceptance is doubted.
  @Test func aSilenceIntoAYearWithoutACalendarIsDoubted() async throws {
    let bench = try await PermitBench(policy: Self.policy)
    let id = try await bench.open(at: "2026-12-28T09:00:00")
    try await bench.enter(.submitted, "2026-12-28T10:00:00", in: id)
    let view = try await bench.latest(.routePlanning, in: id, at: "2026-12-28T11:00:00")
    #expect(view.reading == nil && view.total?.reading.findings.map(\.code) == [.silenceUnknown])
    #expect(view.doubts == [.calendarMissing] && view.attempt.doubts == [])
    try await bench.enter(.supplementRequested, "2026-12-29T10:00:00", in: id)
    #expect(try await bench.latest(.routePlanning, in: id, at: "2026-12-29T11:00:00").doubts == [])
  }
}
