public import CivilTime

extension WorkCalendar {
  /// So many days before it ends whoever runs a site should add the next year: the State Council decrees the rest days of
  /// a year in November of the one before.
  public static let daysOfWarning = 60

  /// Days from `date` to the last one that is known without a gap; 0 on that day, and where the year of `date` itself is
  /// not known.
  public func daysLeft(on date: CivilDate) -> Int {
    var year = date.year
    guard plans[year] != nil else { return 0 }
    while plans[year + 1] != nil { year += 1 }
    guard let last = CivilDate(year: year, month: 12, day: 31) else { return 0 }
    return last.daysSinceEpoch - date.daysSinceEpoch
  }
}

/// When to say that a calendar ends: once a day, as long as it ends soon. Reads no clock.
public struct CalendarWatch: Sendable {
  private let calendar: WorkCalendar
  private var told: CivilDate?

  public init(_ calendar: WorkCalendar) { self.calendar = calendar }

  /// The days that are left, where that has to be said now.
  public mutating func daysToTell(on date: CivilDate) -> Int? {
    let left = calendar.daysLeft(on: date)
    guard left < WorkCalendar.daysOfWarning, told != date else { return nil }
    told = date
    return left
  }
}
