import Calendars
import CivilTime
import Testing

/// What a clock shows, case by case.
@Suite struct ClockTests {
  private let five = ClockFixture.rule(.days(5, .working))

  private func reading(
    _ rule: ClockRule, _ events: [(String, String)], at now: String
  ) throws -> ClockReading {
    let events = try events.map { try ClockFixture.event($0.0, $0.1) }
    return ClockFixture.clock(rule).reading(of: events, at: try ClockFixture.moment(now))
  }

  @Test func aClockWaitsForItsStart() throws {
    let reading = try reading(five, [("submitted", "2024-03-01")], at: "2024-03-05")
    #expect(reading.state == .waiting)
    #expect(reading.due == .notYet)
    #expect(reading.used == nil)
    #expect(!reading.isLate)
  }

  @Test func everyStartWithoutAPauseEndsAsTheCalendarSays() throws {
    for offset in 0..<2922 {
      let start = try ClockFixture.date("2019-01-01").adding(days: offset)
      for limit in [0, 1, 2, 4, 5, 7, 10, 22] {
        for count in DayCount.allCases {
          let clock = ClockFixture.clock(ClockFixture.rule(.days(limit, count)))
          let moment = CivilDateTime(startOf: start).advanced(bySeconds: 36_000)
          let event = ClockEvent(
            id: "1", name: "accepted", happened: moment, learned: Timestamp(milliseconds: 0))
          let reading = clock.reading(of: [event], at: moment)
          guard let expected = try? WorkCalendar.china.deadline(start: start, days: limit, count: count)
          else {
            guard case .unknown(let error) = reading.due else {
              Issue.record("\(start) \(limit) \(count): a deadline in a year without a calendar")
              continue
            }
            #expect(error.code == .unknownYear)
            continue
          }
          #expect(reading.lastDay == expected.date, "\(start) \(limit) \(count)")
        }
      }
    }
  }

  @Test func aSupplementStopsTheClockAndShiftsTheDeadline() throws {
    // Accepted on a Monday; five working days end on the next Monday.
    let events = [("accepted", "2024-03-04"), ("supplement-requested", "2024-03-06")]
    let stopped = try reading(five, events, at: "2024-03-12")
    #expect(stopped.state == .paused(.supplement))
    #expect(stopped.due == .open)
    #expect(stopped.used == 2)
    #expect(stopped.shown.isEmpty)
    let going = try reading(five, events + [("supplement-received", "2024-03-13")], at: "2024-03-14")
    #expect(going.state == .running)
    #expect(going.lastDayText == "2024-03-18")
    #expect(going.used == 3)
  }

  @Test(arguments: [
    (PausedDays.afterFirst, "2024-03-18"), (.untilLast, "2024-03-18"),
  ])
  func bothWaysOfTakingDaysOutShiftAsMuch(_ days: PausedDays, _ expected: String) throws {
    let reading = try reading(
      ClockFixture.rule(.days(5, .working), pausedDays: days),
      [
        ("accepted", "2024-03-04"), ("supplement-requested", "2024-03-06"),
        ("supplement-received", "2024-03-13"),
      ], at: "2024-03-14")
    #expect(reading.lastDayText == expected)
  }

  @Test func theWayOfTakingDaysOutMattersAtAWeekend() throws {
    // Stopped on a Saturday, on again on a Monday.
    let events = [
      ("accepted", "2024-03-07"), ("supplement-requested", "2024-03-09"),
      ("supplement-received", "2024-03-11"),
    ]
    let after = try reading(five, events, at: "2024-03-12")
    #expect(after.lastDayText == "2024-03-15")
    let until = try reading(
      ClockFixture.rule(.days(5, .working), pausedDays: .untilLast), events, at: "2024-03-12")
    #expect(until.lastDayText == "2024-03-14")
  }

  /// Asked on the last day: the limit ends neither with that day nor while it stands still, but with the next one that counts.
  @Test func aLimitDoesNotEndWhileTheClockStandsStill() throws {
    let accepted = ("accepted", "2024-03-04")
    let asked = [accepted, ("supplement-requested", "2024-03-11")]
    for now in ["2024-03-11T23:59:59", "2024-03-12T00:00:00", "2024-03-20"] {
      let stopped = try reading(five, asked, at: now)
      #expect(stopped.due == .open && !stopped.isLate && stopped.used == 4, "\(now)")
      #expect(stopped.state == .paused(.supplement))
    }
    let going = try reading(five, asked + [("supplement-received", "2024-03-14")], at: "2024-03-15")
    #expect(going.lastDayText == "2024-03-15" && going.used == 5 && !going.isLate)
    // Over a weekend, and asked once more on that day.
    let again =
      asked + [
        ("supplement-received", "2024-03-15"), ("supplement-requested", "2024-03-18"),
        ("supplement-received", "2024-03-20"),
      ]
    #expect(try reading(five, Array(again.prefix(3)), at: "2024-03-17").lastDayText == "2024-03-18")
    #expect(try reading(five, Array(again.prefix(4)), at: "2024-03-19").due == .open)
    #expect(try reading(five, again, at: "2024-03-21").lastDayText == "2024-03-21")
    // Answered on the same day it changes nothing.
    let same = asked + [("supplement-received", "2024-03-11T15:00:00")]
    #expect(try reading(five, same, at: "2024-03-12").lastDayText == "2024-03-11")
    // Asked a day later it is late already, and stays so.
    let late = [accepted, ("supplement-requested", "2024-03-12")]
    #expect(try reading(five, late, at: "2024-03-13").isLate)
    // The day to which a rolling limit moves is its last one too.
    let rolling = ClockFixture.rule(.days(5, .rolling))
    let moved = [accepted, ("supplement-requested", "2024-03-11")]
    #expect(try reading(rolling, [accepted], at: "2024-03-05").lastDayText == "2024-03-11")
    #expect(try reading(rolling, moved, at: "2024-03-12").due == .open)
    #expect(
      try reading(rolling, moved + [("supplement-received", "2024-03-13")], at: "2024-03-14").lastDayText
        == "2024-03-14")
    // Colours count back over the day that was held.
    var warned = five
    warned.warnings = [Warning(colour: .blue, distance: 1, audience: "unit")]
    let held = try reading(warned, asked + [("supplement-received", "2024-03-14")], at: "2024-03-15")
    #expect(held.alerts.map(\.at.description) == ["2024-03-08T00:00:00"])
  }

  @Test func pausesThatOverlapCountOnce() throws {
    let reading = try reading(
      five,
      [
        ("accepted", "2024-03-04"), ("supplement-requested", "2024-03-05"),
        ("special-procedure-started", "2024-03-06"), ("supplement-received", "2024-03-07"),
        ("special-procedure-ended", "2024-03-11"),
      ], at: "2024-03-12")
    // Of the working days after 03-04 the 5th counts, 6, 7, 8 and 11 do not.
    #expect(reading.lastDayText == "2024-03-15")
    #expect(reading.used == 2)
  }

  @Test func aRollingLimitMovesOffRestDaysAndOffPauses() throws {
    let rule = ClockFixture.rule(.days(5, .rolling))
    #expect(try reading(rule, [("accepted", "2024-09-26")], at: "2024-09-27").lastDayText == "2024-10-08")
    // The fifth day is the Saturday; while it would move on, the clock stops.
    let events = [("accepted", "2024-03-04"), ("supplement-requested", "2024-03-09")]
    #expect(try reading(rule, events, at: "2024-03-11").due == .open)
    let going = try reading(rule, events + [("supplement-received", "2024-03-12")], at: "2024-03-13")
    #expect(going.lastDayText == "2024-03-13")
  }

  @Test func itIsLateFromTheMidnightAfterTheLastDay() throws {
    let events = [("accepted", "2024-03-04")]
    #expect(try !reading(five, events, at: "2024-03-11T23:59:59").isLate)
    #expect(try reading(five, events, at: "2024-03-12T00:00:00").isLate)
    let inTime = try reading(five, events + [("approved", "2024-03-11T17:00:00")], at: "2024-04-01")
    #expect(!inTime.isLate)
    #expect(inTime.used == 5)
    #expect(inTime.state == .ended(try ClockFixture.moment("2024-03-11T17:00:00")))
    #expect(try reading(five, events + [("rejected", "2024-03-12")], at: "2024-04-01").isLate)
  }

  /// 补正 before acceptance, say, or a look at the place that began with the receipt.
  @Test func aPauseThatBeganBeforeTheStartCountsFromTheStart() throws {
    let events = [("supplement-requested", "2024-03-01"), ("accepted", "2024-03-04")]
    let stopped = try reading(five, events, at: "2024-03-12")
    #expect(stopped.state == .paused(.supplement) && stopped.due == .open && stopped.used == 0)
    #expect(stopped.findings.isEmpty && stopped.shown.isEmpty)
    // The 6th is the day it goes on, which is not counted: five working days from the 7th.
    let going = try reading(five, events + [("supplement-received", "2024-03-06")], at: "2024-03-08")
    #expect(going.state == .running && going.lastDayText == "2024-03-13" && going.used == 2)
    // What was over by then changes nothing.
    let over = try reading(
      five,
      [
        ("supplement-requested", "2024-02-26"), ("supplement-received", "2024-03-01"),
        ("accepted", "2024-03-04"),
      ], at: "2024-03-05")
    #expect(over.lastDayText == "2024-03-11" && over.findings.isEmpty)
    let minutes = try reading(
      ClockFixture.rule(.minutes(30)),
      [
        ("supplement-requested", "2024-03-04T09:00:00"), ("accepted", "2024-03-04T10:00:00"),
        ("supplement-received", "2024-03-04T10:20:00"),
      ], at: "2024-03-04T10:30:00")
    #expect(minutes.due == .at(try ClockFixture.moment("2024-03-04T10:50:00")) && minutes.used == 10)
  }

  /// Also what was shown after the limit is taken back while the clock stands still.
  @Test func nothingIsShownWhileTheClockStandsStill() throws {
    let rule = ClockFixture.rule(
      .days(5, .working),
      warnings: [
        Warning(colour: .blue, distance: 1, audience: "unit"),
        Warning(colour: .orange, distance: 0, audience: "unit"),
        Warning(colour: .yellow, distance: 0, audience: "manager"),
        Warning(colour: .red, distance: 2, audience: "province"),
      ])
    // Due with the end of the 11th; yellow from the 12th, red from the 14th.
    let accepted = ("accepted", "2024-03-04")
    #expect(try reading(rule, [accepted], at: "2024-03-13").shown.map(\.warning.colour) == [.yellow])
    #expect(try reading(rule, [accepted], at: "2024-03-14").shown.map(\.warning.colour) == [.yellow, .red])
    let stop = ("supplement-requested", "2024-03-12")
    let stopped = try reading(rule, [accepted, stop], at: "2024-03-20")
    #expect(stopped.shown.isEmpty && stopped.colour == nil && stopped.isLate)
    #expect(stopped.state == .paused(.supplement))
    // Nobody knows when it would be red; blue, orange and yellow had their times.
    #expect(stopped.alerts.map(\.warning.colour) == [.blue, .orange, .yellow])
    // The 12th was one more day, the next is the 21st: yellow again at once, red from the 22nd.
    let going = [accepted, stop, ("supplement-received", "2024-03-20")]
    #expect(try reading(rule, going, at: "2024-03-21").shown.map(\.warning.colour) == [.yellow])
    #expect(try reading(rule, going, at: "2024-03-22").shown.map(\.warning.colour) == [.yellow, .red])
    #expect(try reading(rule, going, at: "2024-03-22").lastDayText == "2024-03-11")
    // In minutes likewise.
    let short = ClockFixture.rule(
      .minutes(30), warnings: [Warning(colour: .red, distance: 60, audience: "province")])
    let course = [
      ("accepted", "2024-03-04T10:00:00"), ("supplement-requested", "2024-03-04T11:00:00"),
      ("supplement-received", "2024-03-04T15:00:00"),
    ]
    #expect(
      try reading(short, course, at: "2024-03-04T15:00:00").alerts.map(\.at.description) == [
        "2024-03-04T15:30:00"
      ])
    #expect(try reading(short, Array(course.prefix(2)), at: "2024-03-04T14:00:00").alerts.isEmpty)
  }

  @Test func eventsThatDoNotFitAreFindings() throws {
    let reading = try reading(
      five,
      [
        ("supplement-received", "2024-03-01"), ("accepted", "2024-03-04"), ("accepted", "2024-03-05"),
        ("supplement-requested", "2024-03-06"), ("supplement-requested", "2024-03-07"),
        ("supplement-received", "2024-03-08"), ("approved", "2024-03-11"), ("rejected", "2024-03-12"),
        ("supplement-requested", "2024-03-13"),
      ], at: "2024-03-14")
    #expect(
      reading.findings.map(\.code) == [
        .notPaused, .startedAgain, .alreadyPaused, .endedAgain, .afterEnd,
      ])
  }

  @Test func anEventAfterHoursOrOnARestDayCountsFromTheNextWorkingDay() throws {
    let hours = try #require(OfficeHours(opens: 9 * 3600, closes: 17 * 3600))
    let rule = ClockFixture.rule(.days(1, .working), hours: hours)
    for (start, expected) in [
      ("2024-03-04T16:59:59", "2024-03-05"), ("2024-03-04T17:00:00", "2024-03-06"),
      ("2024-03-04T08:00:00", "2024-03-05"), ("2024-03-08T18:00:00", "2024-03-12"),
      ("2024-03-09T10:00:00", "2024-03-12"), ("2024-04-28T10:00:00", "2024-04-29"),
    ] {
      let reading = try reading(rule, [("accepted", start)], at: start)
      #expect(reading.lastDayText == expected, "\(start)")
    }
  }

  @Test func aYearWithoutACalendarIsUnknown() throws {
    let reading = try reading(five, [("accepted", "2026-12-29")], at: "2026-12-30")
    guard case .unknown(let error) = reading.due else {
      Issue.record("a deadline out of nothing: \(reading.due)")
      return
    }
    #expect(error.code == .unknownYear)
    #expect(reading.state == .running)
  }

  @Test func aClockThatGoesOnInAYearWithoutACalendarIsUnknown() throws {
    let hours = try #require(OfficeHours(opens: 9 * 3600, closes: 17 * 3600))
    for limit in [TimeLimit.minutes(90), .days(3, .working), .days(3, .rolling)] {
      let reading = try reading(
        ClockFixture.rule(limit, hours: hours),
        [
          ("accepted", "2026-12-30T10:00:00"), ("supplement-requested", "2026-12-30T11:00:00"),
          ("supplement-received", "2027-01-05T20:00:00"),
        ], at: "2027-01-06")
      guard case .unknown(let error) = reading.due else {
        Issue.record("a deadline out of nothing: \(reading.due)")
        continue
      }
      #expect(error.code == .unknownYear)
    }
  }

  @Test func limitsOfTheServiceHours() throws {
    // CZ-204: within half an hour in 7×8 hours, else half an hour after the next working day starts, and nobody is
    // called between 21:00 and 08:00.
    let hours = try #require(
      OfficeHours(opens: 8 * 3600 + 1800, closes: 16 * 3600 + 1800, isOpenOnRestDays: true))
    let quiet = try #require(QuietHours(from: 21 * 3600, until: 8 * 3600))
    let rule = ClockFixture.rule(.minutes(30), hours: hours, quiet: quiet)
    for (start, due) in [
      ("2024-03-04T10:00:00", "2024-03-04T10:30:00"), ("2024-03-09T10:00:00", "2024-03-09T10:30:00"),
      ("2024-03-04T16:29:00", "2024-03-04T16:59:00"), ("2024-03-04T22:00:00", "2024-03-05T09:00:00"),
      ("2024-03-08T22:00:00", "2024-03-11T09:00:00"), ("2024-03-05T03:00:00", "2024-03-05T09:00:00"),
    ] {
      let reading = try reading(rule, [("accepted", start)], at: start)
      #expect(reading.due == .at(try ClockFixture.moment(due)), "\(start)")
      #expect(reading.lastMoment == (try ClockFixture.moment(due)))
    }
  }

  @Test func quietHoursBringTheLastMomentForward() throws {
    let quiet = try #require(QuietHours(from: 21 * 3600, until: 8 * 3600))
    let rule = ClockFixture.rule(.minutes(18 * 60), quiet: quiet)
    for (start, last) in [
      ("2024-03-04T10:00:00", "2024-03-04T21:00:00"), ("2024-03-04T15:00:00", "2024-03-05T09:00:00"),
      ("2024-03-04T04:00:00", "2024-03-04T21:00:00"), ("2024-03-04T13:59:00", "2024-03-04T21:00:00"),
    ] {
      let reading = try reading(rule, [("accepted", start)], at: start)
      #expect(reading.lastMoment == (try ClockFixture.moment(last)), "\(start)")
    }
    // It begins in the quiet hours and is due in them: as soon as they end.
    let short = ClockFixture.rule(.minutes(20), quiet: quiet)
    let reading = try reading(short, [("accepted", "2024-03-04T23:50:00")], at: "2024-03-05")
    #expect(reading.lastMoment == (try ClockFixture.moment("2024-03-05T08:00:00")))
  }

  @Test func coloursComeOneAfterTheOtherAndGoWithThePause() throws {
    let rule = ClockFixture.rule(
      .days(5, .working),
      warnings: [
        Warning(colour: .blue, distance: 2, audience: "unit"),
        Warning(colour: .orange, distance: 0, audience: "unit"),
        Warning(colour: .yellow, distance: 0, audience: "manager"),
        Warning(colour: .red, distance: 2, audience: "province"),
      ])
    let accepted = [("accepted", "2024-03-04")]
    for (now, colour) in [
      ("2024-03-06T23:59:59", nil), ("2024-03-07T00:00:00", Warning.Colour.blue),
      ("2024-03-11T00:00:00", .orange),
      ("2024-03-12T00:00:00", .yellow), ("2024-03-13T23:59:59", .yellow), ("2024-03-14T00:00:00", .red),
    ] {
      #expect(try reading(rule, accepted, at: now).colour == colour, "\(now)")
    }
    let paused = try reading(
      rule, accepted + [("supplement-requested", "2024-03-08")], at: "2024-03-08T12:00:00")
    #expect(paused.colour == nil)
    // A supplement asked for after the limit does not make it undone, and takes its colours back all the same.
    let late = try reading(rule, accepted + [("supplement-requested", "2024-03-12")], at: "2024-03-14")
    #expect(late.state == .paused(.supplement))
    #expect(late.isLate && late.colour == nil)
    let ended = try reading(rule, accepted + [("approved", "2024-03-13")], at: "2024-03-20")
    #expect(ended.isLate)
    #expect(ended.shown.isEmpty)
  }

  @Test func theAccountNamesEveryDay() throws {
    let clock = ClockFixture.clock(ClockFixture.rule(.days(2, .working)))
    let events = [
      try ClockFixture.event("accepted", "2024-03-07"),
      try ClockFixture.event("supplement-requested", "2024-03-08"),
      try ClockFixture.event("supplement-received", "2024-03-11"),
    ]
    let lines = clock.explanation(of: events, at: try ClockFixture.moment("2024-03-11T12:00:00"))
    #expect(
      lines.map(\.englishTitle) == [
        "2024-03-07T10:00:00 accepted", "2024-03-08T10:00:00 supplement asked for",
        "2024-03-08 working day: day 1", "2024-03-09: not counted (supplement)",
        "2024-03-10: not counted (supplement)", "2024-03-11T10:00:00 supplement received",
        "2024-03-11: not counted (supplement)", "2024-03-12 working day: day 2",
        "the limit of 2 working days ends with 2024-03-12",
      ])
    #expect(lines.map(\.title).last == "时限2个工作日，截止 2024-03-12")
    #expect(lines.map(\.title).contains("2024-03-09，补正期间，不计"))
  }

  @Test func limitsAreReadAsPoliciesWriteThem() {
    for limit in [
      TimeLimit.days(1, .working), .days(5, .working), .days(7, .rolling), .minutes(30), .minutes(1),
      .minutes(18 * 60),
      .minutes(90), .minutes(0),
    ] {
      #expect(TimeLimit(limit.englishTitle) == limit, "\(limit.englishTitle)")
    }
    for text in [
      "", "5", "working days", "5 days", "5 calendar days", "-1 working days", "9999999 minutes", "a hour",
    ] {
      #expect(TimeLimit(text) == nil, "\(text)")
    }
  }
}
