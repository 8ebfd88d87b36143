/// A day of the proleptic Gregorian calendar, without time of day and without zone.
///
/// Parsing and ``init(year:month:day:)`` accept the years 1 to 9999. Arithmetic may leave that range (it never
/// wraps silently); such dates compare and print correctly but their text is not parsed back.
public struct CivilDate: Hashable, Sendable {
  private let storedYear: Int32
  private let storedMonth: UInt8
  private let storedDay: UInt8

  /// Fails for a day that does not exist (month 13, 30 February, 29 February of a common year) and for years
  /// outside 1…9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= CivilDate.days(inMonth: month, ofYear: year)
    else { return nil }
    self.init(uncheckedYear: year, month: month, day: day)
  }

  /// The day `days` after 1970-01-01 (negative before it). More than 700,000 million days either way is a
  /// programming error: bound numbers from outside before counting with them.
  public init(daysSinceEpoch days: Int) {
    // Years are taken to begin on 1 March, so that the leap day is the last of its year and of its 400-year
    // era (146,097 days); day 0 of era 0 is 0000-03-01, which is 719,468 days before 1970-01-01.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    // From March on, month lengths repeat 31 30 31 30 31: 153 days in five months.
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    self.init(
      uncheckedYear: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private init(uncheckedYear year: Int, month: Int, day: Int) {
    storedYear = Int32(year)
    storedMonth = UInt8(truncatingIfNeeded: month)
    storedDay = UInt8(truncatingIfNeeded: day)
  }

  public var year: Int { Int(storedYear) }
  /// 1…12
  public var month: Int { Int(storedMonth) }
  /// 1…31
  public var day: Int { Int(storedDay) }

  /// Days after 1970-01-01; negative before it.
  public var daysSinceEpoch: Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let marchMonth = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// 1 Monday … 7 Sunday, as ISO 8601 counts.
  public var weekday: Int {
    // 1970-01-01 was a Thursday.
    let remainder = (daysSinceEpoch + 3) % 7
    return (remainder < 0 ? remainder + 7 : remainder) + 1
  }

  public func adding(days: Int) -> CivilDate {
    CivilDate(daysSinceEpoch: daysSinceEpoch + days)
  }

  /// The same day of the month `months` later, or that month's last day when it is shorter
  /// (31 January plus one month is 28 or 29 February).
  public func adding(months: Int) -> CivilDate {
    let total = year * 12 + (month - 1) + months
    let newYear = total >= 0 ? total / 12 : (total - 11) / 12
    let newMonth = total - newYear * 12 + 1
    return CivilDate(
      uncheckedYear: newYear, month: newMonth,
      day: min(day, CivilDate.days(inMonth: newMonth, ofYear: newYear)))
  }

  /// The number of days from this date to `other`; negative when `other` is earlier.
  public func days(until other: CivilDate) -> Int {
    other.daysSinceEpoch - daysSinceEpoch
  }

  public static func isLeapYear(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// 28…31. The month must be 1…12.
  public static func days(inMonth month: Int, ofYear year: Int) -> Int {
    switch month {
    case 2: isLeapYear(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate: Comparable {
  public static func < (left: CivilDate, right: CivilDate) -> Bool {
    if left.storedYear != right.storedYear { return left.storedYear < right.storedYear }
    if left.storedMonth != right.storedMonth { return left.storedMonth < right.storedMonth }
    return left.storedDay < right.storedDay
  }
}
