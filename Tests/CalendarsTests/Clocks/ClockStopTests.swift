import Calendars
import CivilTime
import Testing

/// Stops that end without the word for it.
@Suite struct ClockStopTests {
  private static let rule = ClockRule(
    limit: .days(5, .working), starts: ["accepted"], ends: ["approved"],
    stops: [
      ClockRule.Stop(
        reason: .supplement, begins: "supplement-requested", ends: "supplement-received",
        alsoEnds: ["accepted"])
    ])

  private static func reading(_ events: [(String, String)], at now: String) throws -> ClockReading {
    ClockFixture.clock(rule).reading(
      of: try events.map { try ClockFixture.event($0.0, $0.1) }, at: try ClockFixture.moment(now))
  }

  /// Asked before it was accepted: the acceptance starts the clock, which does not stand still.
  @Test func anAcceptanceEndsWhatWasAskedForBeforeIt() throws {
    let events = [("supplement-requested", "2024-03-01"), ("accepted", "2024-03-04")]
    let going = try Self.reading(events, at: "2024-03-06")
    #expect(going.state == .running && going.findings == [] && going.used == 2)
    #expect(going.lastDayText == "2024-03-11")
    let same = try Self.reading([("accepted", "2024-03-04")], at: "2024-03-06")
    #expect(same.due == going.due)
  }

  /// What somebody brings on a Saturday the office has on Monday, which is not counted as the day on which the clock goes on. A notice that is over
  /// on Saturday is over: it takes nothing of Monday (行政许可法 第四十五条, the time that is needed is left out).
  @Test(arguments: [
    (PauseReason.supplement, "supplement-requested", "supplement-received", "2024-03-14"),
    (.publicNotice, "public-notice-started", "public-notice-ended", "2024-03-13"),
    (.survey, "survey-started", "survey-ended", "2024-03-13"),
    (.specialProcedure, "special-procedure-started", "special-procedure-ended", "2024-03-13"),
  ])
  func onARestDayOnlyWhatIsBroughtWaits(
    _ reason: PauseReason, _ begins: String, _ ends: String, _ lastDay: String
  ) throws {
    var rule = Self.rule
    rule.hours = OfficeHours(opens: 9 * 3600, closes: 17 * 3600)
    rule.stops = [ClockRule.Stop(reason: reason, begins: begins, ends: ends)]
    let events = try [("accepted", "2024-03-04"), (begins, "2024-03-06"), (ends, "2024-03-09")]
      .map { try ClockFixture.event($0.0, $0.1) }
    let (clock, now) = (ClockFixture.clock(rule), try ClockFixture.moment("2024-03-10"))
    let reading = clock.reading(of: events, at: now)
    #expect(reading.state == .running && reading.lastDayText == lastDay)
    let lines = clock.explanation(of: events, at: now)
    #expect(lines.contains { $0.englishTitle.contains("it goes on from") } == (reason == .supplement))
    // After hours on a Friday it is the same.
    let friday = try Array(events.prefix(2)) + [ClockFixture.event(ends, "2024-03-08T18:30:00")]
    #expect(clock.reading(of: friday, at: now).lastDayText == lastDay)
  }

  /// 容缺: what was still missing at the approval comes after the clock has ended.
  @Test func whatComesAfterTheEndMovesNoDeadline() throws {
    let decided = [
      ("accepted", "2024-03-04"), ("supplement-requested", "2024-03-05"), ("approved", "2024-03-07"),
    ]
    let before = try Self.reading(decided, at: "2024-03-08")
    let after = try Self.reading(decided + [("supplement-received", "2024-03-20")], at: "2024-03-21")
    #expect(before.due == after.due && after.state == before.state && before.due != .open)
  }

  /// Accepted once more: the clock goes on, and that is no second start.
  @Test func anAcceptanceLetsTheClockGoOn() throws {
    let stopped = [("accepted", "2024-03-04"), ("supplement-requested", "2024-03-05")]
    #expect(try Self.reading(stopped, at: "2024-03-07").state == .paused(.supplement))
    let word = try Self.reading(stopped + [("accepted", "2024-03-08")], at: "2024-03-11")
    let usual = try Self.reading(stopped + [("supplement-received", "2024-03-08")], at: "2024-03-11")
    #expect(word == usual && word.state == .running)
    // Where nothing stands still it is one too many.
    let again = try Self.reading([("accepted", "2024-03-04"), ("accepted", "2024-03-05")], at: "2024-03-06")
    #expect(again.findings.map(\.code) == [.startedAgain])
  }
}
