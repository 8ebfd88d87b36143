public import CivilTime

/// Working days in China: Monday to Friday without the decreed rest days, and the weekend days worked in exchange.
///
/// Knows only years whose calendar was published. A question about another year is an error, never a guess; the
/// operator adds each new year to a file (``init(parsing:file:)``, ``replacing(with:)``).
public struct WorkCalendar: Hashable, Sendable {
  /// The decreed days of one year, by day of the year counted from 0.
  struct Year: Hashable, Sendable {
    var rest: [Int: String?] = [:]
    var worked: Set<Int> = []
  }

  let plans: [Int: Year]
  /// Made of the plans.
  private let table: DayTable

  init(plans: [Int: Year]) {
    self.plans = plans
    table = Self.table(plans)
  }

  /// The years the calendar knows, ascending.
  public var years: [Int] { plans.keys.sorted() }

  /// What `date` is.
  ///
  /// - Throws: ``CalendarError`` of code `unknownYear`.
  public func kind(of date: CivilDate) throws(CalendarError) -> DayKind {
    guard let plan = plans[date.year] else { throw .unknownYear(date.year, known: years) }
    return Self.kind(of: date, plan)
  }

  public func isWorkingDay(_ date: CivilDate) throws(CalendarError) -> Bool {
    try isWorked(date.daysSinceEpoch)
  }

  /// - Parameter day: in days since 1970-01-01.
  func isWorked(_ day: Int) throws(CalendarError) -> Bool {
    if let isWorked = table.isWorked(day) { return isWorked }
    throw .unknownYear(CivilDate(daysSinceEpoch: day).year, known: years)
  }

  /// How many of the days after `start` up to and with `end`, in days since 1970-01-01, are worked.
  ///
  /// - Throws: ``CalendarError`` of code `unknownYear`, which names the first such year.
  func worked(after start: Int, through end: Int) throws(CalendarError) -> Int {
    if let count = table.worked(after: start, through: end) { return count }
    var day = start + 1
    while day < end, table.isWorked(day) != nil { day += 1 }
    throw .unknownYear(CivilDate(daysSinceEpoch: day).year, known: years)
  }

  /// This calendar with every year of `other` instead of its own: an operator's file corrects and extends what the
  /// program brings along.
  public func replacing(with other: WorkCalendar) -> WorkCalendar {
    WorkCalendar(plans: plans.merging(other.plans) { _, theirs in theirs })
  }

  private static func kind(of date: CivilDate, _ plan: Year) -> DayKind {
    let day = dayOfYear(date)
    if plan.worked.contains(day) { return .makeUpDay }
    if let name = plan.rest[day] { return .holiday(name: name) }
    return date.weekday >= 6 ? .weekend : .workday
  }

  private static func table(_ plans: [Int: Year]) -> DayTable {
    guard let first = plans.keys.min(), let last = plans.keys.max(),
      let start = CivilDate(year: first, month: 1, day: 1)
    else { return DayTable(first: 0, years: []) }
    var day = start
    return DayTable(
      first: start.daysSinceEpoch,
      years: (first...last).map { year in
        let days = CivilDate.isLeapYear(year) ? 366 : 365
        defer { day = day.adding(days: days) }
        let isWorked = plans[year].map { plan in
          (0..<days).map { kind(of: day.adding(days: $0), plan).isWorking }
        }
        return (days, isWorked)
      })
  }

  static func dayOfYear(_ date: CivilDate) -> Int {
    guard let first = CivilDate(year: date.year, month: 1, day: 1) else { return 0 }
    return date.daysSinceEpoch - first.daysSinceEpoch
  }
}
