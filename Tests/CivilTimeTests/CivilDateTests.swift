import CivilTime
import Glibc
import Testing

/// Counts day by day with a table of month lengths: shares nothing with the closed formulas under test.
struct DayCounter {
  var year = 1900
  var month = 1
  var day = 1
  /// 1900-01-01 was a Monday.
  var weekday = 1

  mutating func next() {
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    day += 1
    if day > lengths[month - 1] {
      day = 1
      month += 1
    }
    if month > 12 {
      month = 1
      year += 1
    }
    weekday = weekday == 7 ? 1 : weekday + 1
  }

  private var isLeap: Bool {
    if year % 400 == 0 { return true }
    if year % 100 == 0 { return false }
    return year % 4 == 0
  }
}

@Suite struct CivilDateTests {
  @Test func everyDayFrom1900To2100() throws {
    var counter = DayCounter()
    // 70 years of 365 days and 17 leap days (1904…1968) lie between 1900 and 1970.
    var expected = -(70 * 365 + 17)
    var previous: CivilDate?
    while counter.year <= 2100 {
      let date = try #require(CivilDate(year: counter.year, month: counter.month, day: counter.day))
      guard date.daysSinceEpoch == expected, CivilDate(daysSinceEpoch: expected) == date,
        date.weekday == counter.weekday, CivilDate(iso: date.description) == date,
        CivilDate(compact: date.compact) == date, previous.map({ $0 < date && !(date < $0) }) ?? true,
        previous.map({ $0.adding(days: 1) == date }) ?? true
      else {
        Issue.record("\(date)")
        return
      }
      previous = date
      expected += 1
      counter.next()
    }
    #expect(expected == 47_847)  // 2101-01-01
  }

  @Test func agreesWithTheCLibraryOverTenThousandYears() throws {
    // timegm knows nothing of our formulas; a prime step visits all months and days.
    for days in stride(from: -719_162, through: 2_932_896, by: 97) {
      var seconds = time_t(days) * 86_400
      var broken = unsafe tm()
      _ = unsafe gmtime_r(&seconds, &broken)
      let date = CivilDate(daysSinceEpoch: days)
      let (year, month) = unsafe (Int(broken.tm_year) + 1900, Int(broken.tm_mon) + 1)
      let (day, weekday) = unsafe (Int(broken.tm_mday), Int(broken.tm_wday))
      guard date.year == year, date.month == month, date.day == day, date.weekday % 7 == weekday,
        date.daysSinceEpoch == days
      else {
        Issue.record("day \(days): \(date)")
        return
      }
    }
  }

  @Test(arguments: [
    (2019, 2, 29), (2100, 2, 29), (1900, 2, 29), (2019, 0, 1), (2019, 13, 1), (2019, 4, 31), (2019, 1, 0),
    (2019, 1, 32), (0, 1, 1), (10_000, 1, 1), (-5, 1, 1), (Int.max, Int.max, Int.max), (Int.min, 1, Int.min),
  ])
  func refusesDaysThatDoNotExist(year: Int, month: Int, day: Int) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }

  @Test(arguments: [
    "", "2019", "2019-04", "2019-4-17", "19-04-17", "2019-04-17 ", " 2019-04-17", "2019/04/17", "2019-04-1a",
    "２０１９-04-17", "2019-04-177", "+019-04-17", "2019-02-29", "2019-04-17T00:00:00", "20190417", "0000-01-01",
    "2019-04-1", "2019--4-17",
  ])
  func refusesOtherText(text: String) {
    #expect(CivilDate(iso: text) == nil)
  }

  @Test(arguments: ["2019041", "201904170", "2019-417", "20190431", "2019 417", ""])
  func refusesOtherCompactText(text: String) {
    #expect(CivilDate(compact: text) == nil)
  }

  @Test func parsesFromBytes() throws {
    let bytes: [UInt8] = Array("2024-02-29".utf8)
    let parsed = CivilDate(iso: bytes.span)
    let date = try #require(parsed)
    #expect((date.year, date.month, date.day) == (2024, 2, 29))
    let compact: [UInt8] = Array("20240229".utf8)
    let again = CivilDate(compact: compact.span)
    #expect(again == date)
  }

  @Test(arguments: [
    ("2019-01-31", 1, "2019-02-28"), ("2020-01-31", 1, "2020-02-29"), ("2019-12-15", 1, "2020-01-15"),
    ("2020-02-29", 12, "2021-02-28"), ("2019-03-31", -1, "2019-02-28"), ("2019-01-15", -1, "2018-12-15"),
    ("2019-01-15", -13, "2017-12-15"), ("2019-05-05", 0, "2019-05-05"),
  ])
  func addsMonths(start: String, months: Int, end: String) throws {
    #expect(try #require(CivilDate(iso: start)).adding(months: months).description == end)
  }

  @Test func countsDays() throws {
    let start = try #require(CivilDate(iso: "2019-01-02"))
    let end = try #require(CivilDate(iso: "2019-04-17"))
    #expect(start.days(until: end) == 105)
    #expect(end.days(until: start) == -105)
    #expect(start.adding(days: 105) == end)
    #expect(end.adding(days: -105) == start)
  }

  @Test func survivesFarDates() {
    for days in [-700_000_000_000, -1_000_000, 3_000_000, 700_000_000_000] {
      #expect(CivilDate(daysSinceEpoch: days).daysSinceEpoch == days)
    }
    #expect(CivilDate(daysSinceEpoch: -719_163).description == "0000-12-31")
    #expect(CivilDate(daysSinceEpoch: -719_529).description == "-0001-12-31")
    #expect(CivilDate(daysSinceEpoch: 2_932_897).description == "10000-01-01")
  }
}
