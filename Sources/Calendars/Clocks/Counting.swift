import CivilTime

/// The counting between start and end, in days or in minutes.
struct Counting {
  private let limit: TimeLimit
  private let start: CivilDateTime
  private let calendar: WorkCalendar
  private let pauses: [Pause]
  /// Moments between which the clock stands still, apart from each other, ascending. `nil`: until further notice.
  private let gaps: [(begin: CivilDateTime, end: CivilDateTime?)]

  init(
    _ course: Course, from start: CivilDateTime, rule: ClockRule, calendar: WorkCalendar
  ) throws(CalendarError) {
    limit = rule.limit
    self.start = start
    self.calendar = calendar
    pauses = course.pausedDays
    gaps = Self.joined(course.stops)
  }

  /// The first moment that is too late, or `nil` when the count runs into a pause without an end.
  func due(steps: inout [Deadline.Step]?) throws(CalendarError) -> CivilDateTime? {
    switch limit {
    case .days(let days, let count):
      let last = try calendar.lastDay(
        start: start.date, days: days, count: count, pauses: pauses, steps: &steps)
      return last.map { CivilDateTime(startOf: $0.adding(days: 1)) }
    case .minutes(let minutes):
      var due = start.advanced(bySeconds: minutes * 60)
      for gap in gaps where gap.begin < due && gap.end.map({ $0 > start }) ?? true {
        guard let end = gap.end else { return nil }
        due = due.advanced(bySeconds: max(gap.begin, start).seconds(until: end))
      }
      return due
    }
  }

  /// Days of the count, or whole minutes, used up until `end`.
  func used(until end: CivilDateTime) throws(CalendarError) -> Int {
    switch limit {
    case .days(_, let count):
      return try calendar.daysCounted(after: start.date, through: end.date, count: count, pauses: pauses)
    case .minutes:
      guard end > start else { return 0 }
      let stood = gaps.reduce(0) { sum, gap in
        let begin = max(gap.begin, start)
        let stop = min(gap.end ?? end, end)
        return stop > begin ? sum + begin.seconds(until: stop) : sum
      }
      return (start.seconds(until: end) - stood) / 60
    }
  }

  /// Stops that overlap stand still once.
  private static func joined(_ stops: [Course.Stop]) -> [(begin: CivilDateTime, end: CivilDateTime?)] {
    var joined: [(begin: CivilDateTime, end: CivilDateTime?)] = []
    for stop in stops {
      guard let last = joined.last, last.end.map({ stop.begin <= $0 }) ?? true else {
        joined.append((stop.begin, stop.end))
        continue
      }
      guard let lastEnd = last.end else { continue }
      joined[joined.count - 1].end = stop.end.map { max($0, lastEnd) }
    }
    return joined
  }
}
