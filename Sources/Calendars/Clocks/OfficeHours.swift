public import CivilTime

/// When somebody is there to take something in. What comes outside of the hours counts as come when the next working
/// day opens.
public struct OfficeHours: Hashable, Sendable {
  /// Seconds of the day; it is open from `opens` up to, but not at, `closes`.
  public let opens: Int
  public let closes: Int
  /// 7×8: open on rest days too. What comes outside of the hours waits for a working day all the same.
  public let isOpenOnRestDays: Bool

  /// `nil` unless the office opens before it closes, within one day.
  public init?(opens: Int, closes: Int, isOpenOnRestDays: Bool = false) {
    guard 0 <= opens, opens < closes, closes <= 86_400 else { return nil }
    self.opens = opens
    self.closes = closes
    self.isOpenOnRestDays = isOpenOnRestDays
  }

  /// When something that came at `moment` counts as come.
  ///
  /// - Throws: ``CalendarError`` of code `unknownYear`.
  public func effective(
    _ moment: CivilDateTime, in calendar: WorkCalendar
  ) throws(CalendarError) -> CivilDateTime {
    let isWithinHours = (opens..<closes).contains(moment.secondOfDay)
    if isWithinHours, isOpenOnRestDays { return moment }
    let isWorkingDay = try calendar.isWorkingDay(moment.date)
    if isWithinHours, isWorkingDay { return moment }
    var day = moment.date
    if !isWorkingDay || moment.secondOfDay >= opens {
      repeat { day = day.adding(days: 1) } while try !calendar.isWorkingDay(day)
    }
    return CivilDateTime(startOf: day).advanced(bySeconds: opens)
  }
}

/// Hours of the night in which nobody may be called, such as 21:00–08:00.
public struct QuietHours: Hashable, Sendable {
  /// Seconds of the day. A night reaches over midnight when `from` is the later one.
  public let from: Int
  public let until: Int

  /// `nil` when both are the same or no time of a day.
  public init?(from: Int, until: Int) {
    guard from != until, (0..<86_400).contains(from), (0..<86_400).contains(until) else { return nil }
    self.from = from
    self.until = until
  }

  public func contains(_ moment: CivilDateTime) -> Bool {
    from < until
      ? (from..<until).contains(moment.secondOfDay) : moment.secondOfDay >= from || moment.secondOfDay < until
  }

  /// The latest moment at which something due at `due` may still be done: before the quiet hours, unless it started
  /// only in them; then when they end, however late that is.
  public func lastMoment(before due: CivilDateTime, since start: CivilDateTime) -> CivilDateTime {
    guard contains(due) else { return due }
    // The quiet hours that `due` lies in began today, or yesterday when they reach over midnight.
    let day = due.secondOfDay >= from ? due.date : due.date.adding(days: -1)
    let begin = CivilDateTime(startOf: day).advanced(bySeconds: from)
    if begin > start { return begin }
    let end = CivilDateTime(startOf: due.date).advanced(bySeconds: until)
    return end > due ? end : end.advanced(bySeconds: 86_400)
  }
}
