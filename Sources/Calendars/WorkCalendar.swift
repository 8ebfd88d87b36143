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

  var plans: [Int: Year]

  init(plans: [Int: Year]) { self.plans = plans }

  /// The years the calendar knows, ascending.
  public var years: [Int] { plans.keys.sorted() }

  /// What `date` is.
  ///
  /// - Throws: ``CalendarError`` of code `unknownYear`.
  public func kind(of date: CivilDate) throws(CalendarError) -> DayKind {
    guard let plan = plans[date.year] else { throw .unknownYear(date.year, known: years) }
    let day = Self.dayOfYear(date)
    if plan.worked.contains(day) { return .makeUpDay }
    if let name = plan.rest[day] { return .holiday(name: name) }
    return date.weekday >= 6 ? .weekend : .workday
  }

  public func isWorkingDay(_ date: CivilDate) throws(CalendarError) -> Bool {
    try kind(of: date).isWorking
  }

  /// This calendar with every year of `other` instead of its own: an operator's file corrects and extends what the
  /// program brings along.
  public func replacing(with other: WorkCalendar) -> WorkCalendar {
    WorkCalendar(plans: plans.merging(other.plans) { _, theirs in theirs })
  }

  static func dayOfYear(_ date: CivilDate) -> Int {
    guard let first = CivilDate(year: date.year, month: 1, day: 1) else { return 0 }
    return date.daysSinceEpoch - first.daysSinceEpoch
  }
}
