import CivilTime
import Testing

@testable import Calendars

/// Every kind of line of a clock's account, in both languages.
@Suite struct ExplanationTests {
  /// A new kind of step does not compile before it has a name here, and fails before it has a line below.
  private static func name(_ effect: Deadline.Step.Effect) -> String {
    switch effect {
    case .counted: "counted"
    case .skipped: "skipped"
    case .paused: "paused"
    case .held: "held"
    case .movedPast: "moved past"
    case .movedHere: "moved here"
    }
  }

  private struct Course {
    let rule: ClockRule
    let events: [(String, String)]
    let now: String
    let lines: [(String, String)]
  }

  private static let courses: [Course] = [
    // Five rolling days to the Saturday before a day worked, with 补正 on the way and on the last day.
    Course(
      rule: ClockFixture.rule(.days(3, .rolling), pausedDays: .afterFirst),
      events: [
        ("accepted", "2024-09-26"), ("supplement-requested", "2024-09-27"),
        ("supplement-received", "2024-09-29"),
      ],
      now: "2024-09-30",
      lines: [
        ("2024-09-26T10:00:00 受理", "2024-09-26T10:00:00 accepted"),
        ("2024-09-27T10:00:00 补正开始", "2024-09-27T10:00:00 supplement asked for"),
        ("2024-09-27，计第1日", "2024-09-27: day 1"),
        ("2024-09-28，补正期间，不计", "2024-09-28: not counted (supplement)"),
        ("2024-09-29T10:00:00 补正结束", "2024-09-29T10:00:00 supplement received"),
        ("2024-09-29，补正期间，不计", "2024-09-29: not counted (supplement)"),
        ("2024-09-30，计第2日", "2024-09-30: day 2"),
        ("2024-10-01 国庆节放假，计第3日", "2024-10-01 holiday (国庆节): day 3"),
        ("2024-10-02 国庆节放假，顺延", "2024-10-02 holiday (国庆节): moved past"),
        ("2024-10-03 国庆节放假，顺延", "2024-10-03 holiday (国庆节): moved past"),
        ("2024-10-04 国庆节放假，顺延", "2024-10-04 holiday (国庆节): moved past"),
        ("2024-10-05 国庆节放假，顺延", "2024-10-05 holiday (国庆节): moved past"),
        ("2024-10-06 国庆节放假，顺延", "2024-10-06 holiday (国庆节): moved past"),
        ("2024-10-07 国庆节放假，顺延", "2024-10-07 holiday (国庆节): moved past"),
        ("2024-10-08 工作日，顺延至此", "2024-10-08 working day: moved here"),
        ("时限3日（遇休息日顺延），截止 2024-10-08", "the limit of 3 rolling days ends with 2024-10-08"),
      ]),
    Course(
      rule: ClockFixture.rule(.days(2, .working)),
      events: [
        ("accepted", "2024-04-26"), ("supplement-requested", "2024-04-29"),
        ("supplement-received", "2024-04-30"),
      ], now: "2024-05-08",
      lines: [
        ("2024-04-26T10:00:00 受理", "2024-04-26T10:00:00 accepted"),
        ("2024-04-27 周末，不计", "2024-04-27 weekend: not counted"),
        ("2024-04-28 调休上班，计第1日", "2024-04-28 make-up working day: day 1"),
        ("2024-04-29T10:00:00 补正开始", "2024-04-29T10:00:00 supplement asked for"),
        (
          "2024-04-29 工作日，本为最后一日，当日停止计时（补正期间），不计",
          "2024-04-29 working day: would be the last day, and the clock stops (supplement): not counted"
        ),
        ("2024-04-30T10:00:00 补正结束", "2024-04-30T10:00:00 supplement received"),
        ("2024-04-30，补正期间，不计", "2024-04-30: not counted (supplement)"),
        ("2024-05-01 劳动节放假，不计", "2024-05-01 holiday (劳动节): not counted"),
        ("2024-05-02 劳动节放假，不计", "2024-05-02 holiday (劳动节): not counted"),
        ("2024-05-03 劳动节放假，不计", "2024-05-03 holiday (劳动节): not counted"),
        ("2024-05-04 劳动节放假，不计", "2024-05-04 holiday (劳动节): not counted"),
        ("2024-05-05 劳动节放假，不计", "2024-05-05 holiday (劳动节): not counted"),
        ("2024-05-06 工作日，计第2日", "2024-05-06 working day: day 2"),
        ("时限2个工作日，截止 2024-05-06", "the limit of 2 working days ends with 2024-05-06"),
        ("已超期", "late"),
      ]),
    // Material that comes on a Saturday lets the clock go on with Monday.
    Course(
      rule: ClockFixture.rule(.days(2, .working), hours: OfficeHours(opens: 9 * 3600, closes: 17 * 3600)),
      events: [
        ("accepted", "2024-03-06"), ("supplement-requested", "2024-03-07"),
        ("supplement-received", "2024-03-09"),
      ], now: "2024-03-11",
      lines: [
        ("2024-03-06T10:00:00 受理", "2024-03-06T10:00:00 accepted"),
        ("2024-03-07T10:00:00 补正开始", "2024-03-07T10:00:00 supplement asked for"),
        ("2024-03-07 工作日，计第1日", "2024-03-07 working day: day 1"),
        ("2024-03-08，补正期间，不计", "2024-03-08: not counted (supplement)"),
        ("2024-03-09T10:00:00 补正结束", "2024-03-09T10:00:00 supplement received"),
        (
          "2024-03-09T10:00:00 在办公时间之外，自 2024-03-11T09:00:00 起恢复计时",
          "2024-03-09T10:00:00 is outside of the office's hours; it goes on from 2024-03-11T09:00:00"
        ),
        ("2024-03-09，补正期间，不计", "2024-03-09: not counted (supplement)"),
        ("2024-03-10，补正期间，不计", "2024-03-10: not counted (supplement)"),
        ("2024-03-11，补正期间，不计", "2024-03-11: not counted (supplement)"),
        ("2024-03-12 工作日，计第2日", "2024-03-12 working day: day 2"),
        ("时限2个工作日，截止 2024-03-12", "the limit of 2 working days ends with 2024-03-12"),
      ]),
    Course(
      rule: ClockFixture.rule(.days(1, .working)),
      events: [("accepted", "2024-03-04"), ("special-procedure-started", "2024-03-05")], now: "2024-03-06",
      lines: [
        ("2024-03-04T10:00:00 受理", "2024-03-04T10:00:00 accepted"),
        ("2024-03-05T10:00:00 特别程序开始", "2024-03-05T10:00:00 special procedure started"),
        (
          "2024-03-05 工作日，本为最后一日，当日停止计时（特别程序期间），不计",
          "2024-03-05 working day: would be the last day, and the clock stops (special procedure): not counted"
        ),
        ("2024-03-06，特别程序期间，不计", "2024-03-06: not counted (special procedure)"),
        ("计时暂停，恢复后方可确定期限", "the clock stands still; the deadline is known when it goes on"),
      ]),
    Course(
      rule: ClockFixture.rule(
        .minutes(30), hours: OfficeHours(opens: 9 * 3600, closes: 17 * 3600),
        quiet: QuietHours(from: 9 * 3600 + 600, until: 10 * 3600)),
      events: [("accepted", "2024-03-04T18:00:00"), ("approved", "2024-03-05T09:20:00")], now: "2024-03-06",
      lines: [
        ("2024-03-04T18:00:00 受理", "2024-03-04T18:00:00 accepted"),
        (
          "2024-03-04T18:00:00 在办公时间之外，视为 2024-03-05T09:00:00 开始",
          "2024-03-04T18:00:00 is outside of the office's hours and counts as 2024-03-05T09:00:00"
        ),
        ("2024-03-05T09:20:00 办结（通过）", "2024-03-05T09:20:00 approved"),
        ("时限30分钟，截止 2024-03-05T09:30:00", "the limit of 30 minutes ends at 2024-03-05T09:30:00"),
        (
          "静默时段内不得联系，最晚于 2024-03-05T09:10:00 办理",
          "not during quiet hours: to be done by 2024-03-05T09:10:00"
        ),
        ("计时结束于 2024-03-05T09:20:00", "ended at 2024-03-05T09:20:00"),
      ]),
    Course(
      rule: ClockFixture.rule(.days(3, .working)), events: [], now: "2024-03-06",
      lines: [("尚未开始计时，时限3个工作日", "not started; the limit is 3 working days")]),
    Course(
      rule: ClockFixture.rule(.days(3, .working)), events: [("accepted", "2026-12-30")], now: "2026-12-30",
      lines: [
        ("2026-12-30T10:00:00 受理", "2026-12-30T10:00:00 accepted"),
        ("2026-12-31 工作日，计第1日", "2026-12-31 working day: day 1"),
        (
          "无法计算期限：2027年的工作日历尚未提供",
          "the deadline is unknown: no calendar of working days is known for 2027 (2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026 are); add the published one to the calendar file"
        ),
      ]),
    Course(
      rule: silent, events: [("received", "2024-03-04")], now: "2024-03-05",
      lines: [
        ("2024-03-04T10:00:00 接件", "2024-03-04T10:00:00 received"),
        (
          "至 2024-03-06T00:00:00 仍未告知补正或不予受理的，依《行政许可法》（L 三十二）自 2024-03-04T10:00:00 起视为受理",
          "where nothing is said until 2024-03-06T00:00:00 it counts as accepted since 2024-03-04T10:00:00, by 行政许可法 (L 三十二)"
        ),
        ("尚未开始计时，时限3个工作日", "not started; the limit is 3 working days"),
      ]),
    Course(
      rule: silent, events: [("received", "2024-03-04")], now: "2024-03-06",
      lines: [
        ("2024-03-04T10:00:00 接件", "2024-03-04T10:00:00 received"),
        ("2024-03-05 工作日，计第1日", "2024-03-05 working day: day 1"),
        ("2024-03-06 工作日，计第2日", "2024-03-06 working day: day 2"),
        ("2024-03-07 工作日，计第3日", "2024-03-07 working day: day 3"),
        (
          "至 2024-03-06T00:00:00 未告知补正或不予受理，依《行政许可法》（L 三十二）自 2024-03-04T10:00:00 起视为受理",
          "nothing was said until 2024-03-06T00:00:00: it counts as accepted since 2024-03-04T10:00:00, by 行政许可法 (L 三十二)"
        ),
        ("时限3个工作日，截止 2024-03-07", "the limit of 3 working days ends with 2024-03-07"),
      ]),
  ]

  private static let silent: ClockRule = {
    var rule = ClockFixture.rule(.days(3, .working))
    rule.silence = ClockRule.Silence(
      days: 1, count: .working, from: ["received"], unless: [], clause: "L 三十二", document: "行政许可法")
    return rule
  }()

  @Test(arguments: courses.indices) func eachLineReadsRightInBothLanguages(_ index: Int) throws {
    let course = Self.courses[index]
    let events = try course.events.map { try ClockFixture.event($0.0, $0.1) }
    let now = try ClockFixture.moment(course.now)
    let lines = ClockFixture.clock(course.rule).explanation(of: events, at: now)
    #expect(lines.map(\.title) == course.lines.map(\.0))
    #expect(lines.map(\.englishTitle) == course.lines.map(\.1))
  }

  @Test func everyKindOfStepOccurs() throws {
    var seen: Set<String> = []
    for course in Self.courses {
      let events = try course.events.map { try ClockFixture.event($0.0, $0.1) }
      let (clock, now) = (ClockFixture.clock(course.rule), try ClockFixture.moment(course.now))
      _ = clock.reading(
        of: Calendars.Course(events, rule: course.rule, calendar: .china, at: now), at: now
      ) { steps in seen.formUnion(steps.map { Self.name($0.effect) }) }
    }
    #expect(seen == ["counted", "skipped", "paused", "held", "moved past", "moved here"])
  }

  /// Each name that clocks may be stopped by and events that policies know is told in both languages.
  @Test func everyReasonHasAWord() {
    for reason in PauseReason.known + [.standstill] {
      #expect(reason.title != reason.rawValue && reason.englishTitle != "", "\(reason.rawValue)")
    }
  }
}
