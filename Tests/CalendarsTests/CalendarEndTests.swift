import Calendars
import CivilTime
import Testing

/// The end of what is known of working days, and how it is told.
@Suite struct CalendarEndTests {
  private static func date(_ text: String) throws -> CivilDate { try #require(CivilDate(iso: text)) }

  @Test(
    arguments: [
      ("2026-11-01", 60), ("2026-11-02", 59), ("2026-12-31", 0), ("2027-01-01", 0), ("2018-12-31", 0),
      ("2025-12-31", 365),
    ])
  func daysAreLeftUntilTheLastYearEnds(_ day: String, _ left: Int) throws {
    #expect(WorkCalendar.china.daysLeft(on: try Self.date(day)) == left)
  }

  @Test func aYearThatIsLeftOutEndsIt() throws {
    let later = try WorkCalendar(parsing: "2028 off 元旦 01-01", file: "later")
    let gap = WorkCalendar.china.replacing(with: later)
    #expect(gap.daysLeft(on: try Self.date("2026-12-30")) == 1)
    #expect(gap.daysLeft(on: try Self.date("2028-12-30")) == 1)
    let whole = gap.replacing(with: try WorkCalendar(parsing: "2027 off 元旦 01-01", file: "next"))
    #expect(whole.daysLeft(on: try Self.date("2026-12-31")) == 365 + 366)
  }

  @Test func itIsToldOnceADayUntilTheNextYearIsThere() throws {
    var watch = CalendarWatch(.china)
    var told: [Int] = []
    for day in 0..<4 {
      let date = try Self.date("2026-10-31").adding(days: day)
      for _ in 0..<24 { if let left = watch.daysToTell(on: date) { told.append(left) } }
    }
    #expect(told == [59, 58])
    let next = try WorkCalendar(parsing: "2027 off 元旦 01-01", file: "next")
    watch = CalendarWatch(WorkCalendar.china.replacing(with: next))
    #expect(watch.daysToTell(on: try Self.date("2026-12-31")) == nil)
  }

  @Test func theAccountNamesTheYearInBothLanguages() throws {
    let rule = ClockRule(
      limit: .days(5, .working), starts: ["accepted"], ends: ["approved"], stops: [], warnings: [])
    let accepted = try #require(CivilDateTime(iso: "2026-12-29T10:00:00"))
    let event = ClockEvent(
      id: "1", name: "accepted", happened: accepted,
      learned: accepted.timestamp(offsetSeconds: UTCOffset.china))
    let clock = Clock(rule: rule, calendar: .china)
    let reading = clock.reading(of: [event], at: accepted)
    #expect(reading.isUnknown && reading.lacksCalendar && !reading.isLate)
    let last = try #require(clock.explanation(of: [event], at: accepted).last)
    #expect(last.title == "无法计算期限：2027年的工作日历尚未提供")
    #expect(last.englishTitle.contains("no calendar of working days is known for 2027"))
  }

  /// When something was due is known, whether or not the days since are.
  @Test func aDeadlineBeforeTheEndStaysKnownBehindIt() throws {
    let rule = ClockRule(
      limit: .days(2, .working), starts: ["accepted"], ends: ["approved"], stops: [], warnings: [])
    let accepted = try #require(CivilDateTime(iso: "2026-12-28T10:00:00"))
    let event = ClockEvent(
      id: "1", name: "accepted", happened: accepted,
      learned: accepted.timestamp(offsetSeconds: UTCOffset.china))
    let later = try #require(CivilDateTime(iso: "2027-01-20T10:00:00"))
    let reading = Clock(rule: rule, calendar: .china).reading(of: [event], at: later)
    #expect(reading.lastDay == CivilDate(iso: "2026-12-30"))
    #expect(reading.isLate && !reading.isUnknown && reading.used == nil)
  }
}
