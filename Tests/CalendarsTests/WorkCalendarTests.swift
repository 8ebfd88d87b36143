import Calendars
import CivilTime
import Testing

@Suite struct WorkCalendarTests {
  private let calendar = WorkCalendar.china

  private func date(_ text: String) throws -> CivilDate { try #require(CivilDate(iso: text)) }

  @Test func everyDayAgreesWithTheNaiveCalendar() throws {
    let naive = NaiveCalendar()
    #expect(naive.days.count == 2922)
    for day in naive.days {
      let isWorking = try calendar.isWorkingDay(try date(day.text))
      #expect(isWorking == day.isWorking, "\(day.text)")
    }
    // As the calendar of that year is known to have.
    #expect(naive.days.count { $0.year == 2019 && $0.isWorking } == 250)
  }

  @Test func everyDeadlineAgreesWithTheNaiveCalendar() throws {
    let naive = NaiveCalendar()
    for place in naive.days.indices {
      let start = try date(naive.days[place].text)
      for days in [0, 1, 2, 3, 4, 5, 7, 10, 15, 22, 32] {
        let working = try? calendar.deadline(start: start, days: days, count: .working)
        #expect(working?.date.description == naive.workingDeadline(place, days), "\(start) \(days) working")
        let rolling = try? calendar.deadline(start: start, days: days, count: .rolling)
        #expect(rolling?.date.description == naive.rollingDeadline(place, days), "\(start) \(days) rolling")
      }
    }
  }

  @Test(arguments: [
    ("2019-01-02", 71, DayCount.working, "2019-04-17"), ("2019-09-27", 2, .working, "2019-09-30"),
    ("2019-09-30", 1, .working, "2019-10-08"), ("2021-02-10", 5, .rolling, "2021-02-18"),
    ("2021-04-30", 3, .rolling, "2021-05-06"), ("2018-12-31", 1, .working, "2019-01-02"),
    ("2018-06-01", 365, .rolling, "2019-06-03"), ("2026-12-30", 1, .working, "2026-12-31"),
    ("2023-12-29", 1, .rolling, "2024-01-02"),
  ])
  func knownDeadlines(_ start: String, _ days: Int, _ count: DayCount, _ expected: String) throws {
    let deadline = try calendar.deadline(start: try date(start), days: days, count: count)
    #expect(deadline.date.description == expected)
  }

  @Test func stepsTellEveryDay() throws {
    let deadline = try calendar.deadline(start: try date("2019-04-26"), days: 2, count: .working)
    #expect(
      deadline.steps.map(\.englishTitle) == [
        "2019-04-27 weekend: not counted", "2019-04-28 make-up working day: day 1",
        "2019-04-29 working day: day 2",
      ])
    #expect(deadline.steps.map(\.title).first == "2019-04-27 周末，不计")
    let rolling = try calendar.deadline(start: try date("2021-04-30"), days: 3, count: .rolling)
    #expect(
      rolling.steps.map(\.englishTitle) == [
        "2021-05-01: day 1", "2021-05-02: day 2", "2021-05-03 holiday (劳动节): day 3",
        "2021-05-04 holiday (劳动节): moved past",
        "2021-05-05 holiday (劳动节): moved past", "2021-05-06 working day: moved here",
      ])
    #expect(rolling.steps.last?.date == rolling.date)
  }

  @Test func unknownYearsAreErrors() throws {
    for (start, days, count) in [
      ("2026-12-31", 1, DayCount.working), ("2026-12-20", 365, .rolling), ("2018-01-05", 1, .working),
      ("2017-12-31", 3, .rolling),
      ("2026-12-01", 60, .working),
    ] {
      let error = #expect(throws: CalendarError.self) {
        try calendar.deadline(start: try date(start), days: days, count: count)
      }
      #expect(error?.code == .unknownYear)
    }
    #expect(throws: CalendarError.self) { try calendar.isWorkingDay(try date("2027-01-01")) }
    // The year of the start does not matter, since the start day is not counted.
    #expect(
      try calendar.deadline(start: try date("2027-03-01"), days: 0, count: .working).date
        == date("2027-03-01"))
  }

  @Test func absurdLimitsAreErrors() throws {
    for days in [-1, WorkCalendar.mostDays + 1, Int.max, Int.min] {
      for count in DayCount.allCases {
        let error = #expect(throws: CalendarError.self) {
          try calendar.deadline(start: try date("2019-01-02"), days: days, count: count)
        }
        #expect(error?.code == .daysOutOfRange)
      }
    }
  }

  @Test func namesOfHolidays() throws {
    #expect(try calendar.kind(of: date("2020-10-01")) == .holiday(name: "国庆节、中秋节"))
    #expect(try calendar.kind(of: date("2022-12-31")) == .holiday(name: "元旦"))
    #expect(try calendar.kind(of: date("2020-10-10")) == .makeUpDay)
    #expect(try calendar.kind(of: date("2020-10-11")) == .weekend)
  }
}
