public import CivilTime

/// Five fields that say at which minutes something happens: minute, hour, day of month, month, day of week.
///
/// As in the crontab of POSIX and its common extensions: `*`, lists, ranges, steps (`*/10`, `8-18/2`); days of week 0–7 with 0 and 7 for Sunday,
/// or `mon`…`sun`; when both kinds of day are restricted, either may match.
public struct CronExpression: Hashable, Sendable {
  private struct Field: Hashable {
    var bits: UInt64
    /// Written as `*` (or a step of it): it restricts nothing by itself.
    var isStar: Bool

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }
  }

  private let minute: Field
  private let hour: Field
  private let day: Field
  private let month: Field
  private let weekday: Field
  /// As written.
  public let text: String

  public init?(_ text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 5,
      let minute = Self.field(parts[0], 0...59), let hour = Self.field(parts[1], 0...23),
      let day = Self.field(parts[2], 1...31), let month = Self.field(parts[3], 1...12),
      var weekday = Self.field(parts[4], 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
    else { return nil }
    if weekday.contains(7) { weekday.bits |= 1 }
    self.minute = minute
    self.hour = hour
    self.day = day
    self.month = month
    self.weekday = weekday
    self.text = text
    guard next(after: CivilDateTime(startOf: CivilDate(daysSinceEpoch: 0))) != nil else { return nil }
  }

  /// The first matching minute later than `time`; nil when none comes within 12 years (30 February).
  public func next(after time: CivilDateTime) -> CivilDateTime? {
    let firstMinute = time.secondOfDay / 60 + 1
    var date = time.date
    var from = firstMinute
    for _ in 0...(12 * 366) {
      if matches(date), let minuteOfDay = firstMinuteOfDay(from: from) {
        return CivilDateTime(date: date, secondOfDay: minuteOfDay * 60)
      }
      date = date.adding(days: 1)
      from = 0
    }
    return nil
  }

  private func matches(_ date: CivilDate) -> Bool {
    guard month.contains(date.month) else { return false }
    let byDay = day.contains(date.day)
    let byWeekday = weekday.contains(date.weekday % 7)
    return day.isStar || weekday.isStar ? byDay && byWeekday : byDay || byWeekday
  }

  private func firstMinuteOfDay(from: Int) -> Int? {
    guard from < 1440 else { return nil }
    for hourOfDay in (from / 60)..<24 where hour.contains(hourOfDay) {
      let start = hourOfDay == from / 60 ? from % 60 : 0
      for minuteOfHour in start..<60 where minute.contains(minuteOfHour) {
        return hourOfDay * 60 + minuteOfHour
      }
    }
    return nil
  }

  private static func field(_ text: Substring, _ range: ClosedRange<Int>, names: [String] = []) -> Field? {
    var field = Field(bits: 0, isStar: text.first == "*")
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let stepped = item.split(separator: "/", omittingEmptySubsequences: false)
      guard (1...2).contains(stepped.count) else { return nil }
      var span = range
      if stepped[0] != "*" {
        let ends = stepped[0].split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count), let low = number(ends[0], names),
          let high = ends.count == 2 ? number(ends[1], names) : (stepped.count == 2 ? range.upperBound : low),
          low <= high, range.contains(low), range.contains(high)
        else { return nil }
        span = low...high
      }
      var step = 1
      if stepped.count == 2 {
        guard let given = number(stepped[1], []), given > 0 else { return nil }
        step = given
      }
      for number in stride(from: span.lowerBound, through: span.upperBound, by: step) {
        field.bits |= 1 << UInt64(number)
      }
    }
    return field
  }

  private static func number(_ text: Substring, _ names: [String]) -> Int? {
    if let index = names.firstIndex(of: text.lowercased()) { return index }
    guard !text.isEmpty, text.utf8.count <= 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(text)
  }
}
