import CivilTime

/// The counting between start and end, in days or in minutes.
struct Counting {
  private let limit: TimeLimit
  private let start: CivilDateTime
  private let course: Course
  private var walk: Walk

  /// - Parameter steps: the days on the way are kept.
  init(
    _ course: Course, from start: CivilDateTime, rule: ClockRule, calendar: WorkCalendar, steps: Bool
  ) {
    limit = rule.limit
    self.start = start
    self.course = course
    var count = DayCount.rolling
    if case .days(_, let given) = rule.limit { count = given }
    walk = Walk(calendar: calendar, count: count, pauses: course.pausedDays, steps: steps ? [] : nil)
  }

  /// The days on the way to the deadline, once that is known.
  var steps: [Deadline.Step] { walk.steps ?? [] }

  /// The days that are not counted; once the deadline is known, with those that were held.
  var pauses: [Pause] { walk.pauses }

  /// The first moment that is too late, or `nil` when the count runs into a pause without an end.
  mutating func due() throws(CalendarError) -> CivilDateTime? {
    switch limit {
    case .days(let days, _):
      let last = try walk.lastDay(start: start.date.daysSinceEpoch, days: days)
      return last.map { CivilDateTime(startOf: CivilDate(daysSinceEpoch: $0 + 1)) }
    case .minutes(let minutes): return course.moment(minutes: minutes, after: start)
    }
  }

  /// Days of the count, or whole minutes, used up until `end`.
  func used(until end: CivilDateTime) throws(CalendarError) -> Int {
    switch limit {
    case .days:
      return try walk.counted(after: start.date.daysSinceEpoch, through: end.date.daysSinceEpoch)
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
