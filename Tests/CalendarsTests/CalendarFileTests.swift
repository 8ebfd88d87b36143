import Calendars
import CivilTime
import Testing

@Suite struct CalendarFileTests {
  @Test func aFileExtendsAndCorrects() throws {
    let file = try WorkCalendar(
      parsing: """
        \u{FEFF}# the next year
        2027 off 元旦 01-01..03 02-06..12   # without a name: 元旦 goes on
        2027 work 01-09 02-14
        2026 off 01-01
        """, file: "days.txt")
    #expect(file.years == [2026, 2027])
    let calendar = WorkCalendar.china.replacing(with: file)
    #expect(calendar.years == Array(2019...2027))
    let newYear = try #require(CivilDate(iso: "2027-01-03"))
    #expect(try calendar.kind(of: newYear) == .holiday(name: "元旦"))
    // The whole year is replaced, not mixed.
    #expect(try calendar.isWorkingDay(#require(CivilDate(iso: "2026-01-02"))))
    #expect(try calendar.kind(of: #require(CivilDate(iso: "2026-01-04"))) == .weekend)
  }

  @Test func thePublishedDaysAreAFile() throws {
    #expect(try WorkCalendar(parsing: WorkCalendar.publishedDays, file: "x") == WorkCalendar.china)
    let windows = WorkCalendar.publishedDays.split(separator: "\n").joined(separator: "\r\n")
    #expect(try WorkCalendar(parsing: windows, file: "x") == WorkCalendar.china)
  }

  @Test(arguments: [
    ("", "1:1"), ("abc off 01-01", "1:1"), ("27 off 01-01", "1:1"), ("2027", "1:1"), ("2027 of 01-01", "1:6"),
    ("2027 off", "1:6"), ("2027 off 1-1", "1:10"), ("2027 off 01-32", "1:10"), ("2027 off 02-29", "1:10"),
    ("2027 off 01-05..03", "1:10"), ("2027 off 01-01..02-30", "1:10"), ("2027 off 01-01 01-01", "1:16"),
    ("2027 off 01-01..x", "1:10"), ("2027 off 元旦 01-01..", "1:13"), ("2027 off 01-01..04-01", "1:10"),
    ("2027 off 01-01\n2027 work 01-05", "2:11"), ("2027 off 01-02\n2027 work 01-02", "2:11"),
    ("\n# c\n2027 work 01-02", "3:1"), ("2027 off 0１-01", "1:10"),
  ])
  func mistakesHaveAPlace(_ text: String, _ place: String) {
    let error = #expect(throws: CalendarError.self) { try WorkCalendar(parsing: text, file: "f") }
    #expect(error?.code == .invalidFile)
    let first = error?.problems.first
    #expect(first.map { "\($0.line):\($0.column)" } == place, "\(String(describing: error))")
  }

  @Test func allMistakesAreReported() {
    let error = #expect(throws: CalendarError.self) {
      try WorkCalendar(parsing: "2027 off 13-01 01-40\n2028 off 01-01 01-01\nx", file: "f")
    }
    #expect(error?.problems.count == 5)
    #expect(error?.description.contains("f:1:10: error:") == true)
  }
}
