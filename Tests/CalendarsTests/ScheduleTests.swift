import CivilTime
import Testing

@testable import Calendars

@Suite struct ScheduleTests {
  static func time(_ text: String) -> CivilDateTime { CivilDateTime(iso: text)! }

  @Test(arguments: [
    ("*/10 * * * *", "2026-03-04 10:00:00", "2026-03-04 10:10:00"),
    ("*/10 * * * *", "2026-12-31 23:59:59", "2027-01-01 00:00:00"),
    ("30 2 * * *", "2026-03-04 02:30:00", "2026-03-05 02:30:00"),
    ("0 8-18/5 * * mon-fri", "2026-03-06 18:00:00", "2026-03-09 08:00:00"),
    ("0 0 29 2 *", "2026-03-01 00:00:00", "2028-02-29 00:00:00"),
    ("0 0 13 * 5", "2026-03-01 00:00:00", "2026-03-06 00:00:00"),
    ("0 0 * * 7", "2026-03-02 00:00:00", "2026-03-08 00:00:00"),
    ("5,35 0 1 1,7 *", "2026-01-01 00:05:00", "2026-01-01 00:35:00"),
  ])
  func theNextMinute(_ cron: String, _ after: String, _ expected: String) throws {
    #expect(try #require(CronExpression(cron)).next(after: Self.time(after)) == Self.time(expected))
  }

  @Test(arguments: [
    "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
    "a * * * *", "*/0 * * * *", "5-1 * * * *", "1,,2 * * * *", "0 0 30 2 *", "-1 * * * *",
  ])
  func otherTextsAreRefused(_ cron: String) { #expect(CronExpression(cron) == nil) }

  /// Against the plainest reading: try each minute.
  @Test(arguments: ["*/7 3 * * *", "15 */6 1,15 * *", "0 12 * * tue", "59 23 31 * 0"])
  func agreesWithTryingEveryMinute(_ cron: String) throws {
    let expression = try #require(CronExpression(cron))
    var at = Self.time("2027-12-28 00:00:00")
    for _ in 0..<20 {
      let next = try #require(expression.next(after: at))
      #expect(next > at)
      // No minute between them matches: its own predecessor would lead to it.
      let middle = CivilDateTime(date: at.date, secondOfDay: at.secondOfDay)!
      #expect(expression.next(after: middle) == next)
      at = next
    }
  }

  @Test func missedRunsAreCaughtUpOnceOrSkipped() throws {
    let cron = try #require(CronExpression("0 * * * *"))
    let last = Self.time("2026-03-04 08:00:00").timestamp(offsetSeconds: UTCOffset.china)
    let now = Self.time("2026-03-04 12:30:00").timestamp(offsetSeconds: UTCOffset.china)
    let once = Schedule(cron: cron, catchUp: .once)
    #expect(once.due(after: last, now: now) == last.advanced(bySeconds: 3600))
    let skip = Schedule(cron: cron, catchUp: .skip)
    let next = Self.time("2026-03-04 13:00:00").timestamp(offsetSeconds: UTCOffset.china)
    #expect(skip.due(after: last, now: now) == next)
  }
}
