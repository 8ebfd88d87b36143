import CivilTime

/// The counting between start and end, in days or in minutes.
struct Counting {
  private let limit: TimeLimit
  private let start: CivilDateTime
  private let calendar: WorkCalendar
  private let course: Course
  private let pauses: [Pause]

  init(
    _ course: Course, from start: CivilDateTime, rule: ClockRule, calendar: WorkCalendar
  ) throws(CalendarError) {
    limit = rule.limit
    self.start = start
    self.calendar = calendar
    self.course = course
    pauses = course.pausedDays
  }

  /// The first moment that is too late, or `nil` when the count runs into a pause without an end.
  func due(steps: inout [Deadline.Step]?) throws(CalendarError) -> CivilDateTime? {
    switch limit {
    case .days(let days, let count):
      let last = try calendar.lastDay(
        start: start.date, days: days, count: count, pauses: pauses, steps: &steps)
      return last.map { CivilDateTime(startOf: $0.adding(days: 1)) }
    case .minutes(let minutes): return course.moment(minutes: minutes, after: start)
    }
  }

  /// Days of the count, or whole minutes, used up until `end`.
  func used(until end: CivilDateTime) throws(CalendarError) -> Int {
    switch limit {
    case .days(_, let count):
      return try calendar.daysCounted(after: start.date, through: end.date, count: count, pauses: pauses)
    case .minutes:
      guard end > start else { return 0 }
      let stood = course.gaps.reduce(0) { sum, gap in
        let begin = max(gap.begin, start)
        let stop = min(gap.end ?? end, end)
        return stop > begin ? sum + begin.seconds(until: stop) : sum
      }
      return (start.seconds(until: end) - stood) / 60
    }
  }
}
