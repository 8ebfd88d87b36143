public import Calendars
public import CivilTime

/// How often a window is asked how far an item is: soon after it was handed in, then ever more seldom, for what takes days
/// changes by the hour; and seldom while nobody is there who could go on with it. Times are seconds. Pure; chance is passed in.
public struct PermitPolling: Hashable, Sendable {
  public var first: Double = 60
  public var longest: Double = 3600
  /// While the office is closed.
  public var resting: Double = 6 * 3600
  /// Of any window; nil: it is always open.
  public var hours = OfficeHours(opens: 8 * 3600, closes: 18 * 3600)

  public init() {}

  /// The wait before the next question.
  ///
  /// - Parameters:
  ///   - sinceChange: since something was last learned of the item.
  ///   - fraction: chance in 0..<1; spreads the questions of cases that were opened together.
  ///   - now: what the clock of China shows. In a year without a calendar the office counts as open.
  public func wait(
    sinceChange: Double, fraction: Double, at now: CivilDateTime, in calendar: WorkCalendar
  ) -> Double {
    // A tenth of the time that nothing has happened.
    let usual = min(max(sinceChange / 10, first), longest)
    let spread = 0.9 + 0.2 * fraction
    guard sinceChange > longest, let opening = opening(after: now, calendar) else { return usual * spread }
    return max(usual, min(resting, Double(now.seconds(until: opening)))) * spread
  }

  /// `nil` while it is open.
  private func opening(after now: CivilDateTime, _ calendar: WorkCalendar) -> CivilDateTime? {
    do throws(CalendarError) {
      guard let opening = try hours?.effective(now, in: calendar), opening > now else { return nil }
      return opening
    } catch {
      return nil
    }
  }
}
