/// A date and a time of day to the second, without zone: what a wall clock shows somewhere.
public struct CivilDateTime: Hashable, Comparable, Sendable {
  public let date: CivilDate
  /// 0…86399. There are no leap seconds.
  public let secondOfDay: Int

  /// Fails when the second lies outside the day.
  public init?(date: CivilDate, secondOfDay: Int) {
    guard (0..<86_400).contains(secondOfDay) else { return nil }
    self.init(date: date, uncheckedSecondOfDay: secondOfDay)
  }

  /// Fails for a time of day that does not exist; 24:00 is refused.
  public init?(date: CivilDate, hour: Int, minute: Int = 0, second: Int = 0) {
    guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second) else { return nil }
    self.init(date: date, uncheckedSecondOfDay: hour * 3600 + minute * 60 + second)
  }

  /// Midnight at the beginning of the day.
  public init(startOf date: CivilDate) {
    self.init(date: date, uncheckedSecondOfDay: 0)
  }

  init(date: CivilDate, uncheckedSecondOfDay: Int) {
    self.date = date
    self.secondOfDay = uncheckedSecondOfDay
  }

  public var hour: Int { secondOfDay / 3600 }
  public var minute: Int { secondOfDay / 60 % 60 }
  public var second: Int { secondOfDay % 60 }

  public func advanced(bySeconds amount: Int) -> CivilDateTime {
    let seconds = secondOfDay + amount
    let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    return CivilDateTime(date: date.adding(days: days), uncheckedSecondOfDay: seconds - days * 86_400)
  }

  /// Negative when `other` is earlier.
  public func seconds(until other: CivilDateTime) -> Int {
    date.days(until: other.date) * 86_400 + other.secondOfDay - secondOfDay
  }

  /// The instant at which a clock `offsetSeconds` east of Greenwich shows this.
  public func timestamp(offsetSeconds: Int) -> Timestamp {
    Timestamp(milliseconds: (Int64(date.daysSinceEpoch) * 86_400 + Int64(secondOfDay - offsetSeconds)) * 1000)
  }

  public static func < (left: CivilDateTime, right: CivilDateTime) -> Bool {
    left.date == right.date ? left.secondOfDay < right.secondOfDay : left.date < right.date
  }
}

extension CivilDateTime: CustomStringConvertible {
  /// Exactly `yyyy-MM-ddTHH:mm:ss`; a blank is taken in place of the `T`. Nothing may follow, no fraction and no zone.
  public init?(iso text: String) {
    self.init(iso: text.utf8.span)
  }

  /// Exactly `yyyy-MM-ddTHH:mm:ss`; a blank is taken in place of the `T`. Nothing may follow, no fraction and no zone.
  public init?(iso bytes: Span<UInt8>) {
    var scanner = DigitScanner()
    guard let date = scanner.date(separator: UInt8(ascii: "-"), in: bytes),
      scanner.skip(UInt8(ascii: "T"), in: bytes) || scanner.skip(UInt8(ascii: " "), in: bytes),
      let second = scanner.secondOfDay(separator: UInt8(ascii: ":"), in: bytes), scanner.isAtEnd(of: bytes)
    else { return nil }
    self.init(date: date, uncheckedSecondOfDay: second)
  }

  /// Exactly `yyyyMMddHHmmss`: fourteen ASCII digits.
  public init?(compact text: String) {
    self.init(compact: text.utf8.span)
  }

  /// Exactly `yyyyMMddHHmmss`: fourteen ASCII digits.
  public init?(compact bytes: Span<UInt8>) {
    var scanner = DigitScanner()
    guard let date = scanner.date(separator: nil, in: bytes),
      let second = scanner.secondOfDay(separator: nil, in: bytes),
      scanner.isAtEnd(of: bytes)
    else { return nil }
    self.init(date: date, uncheckedSecondOfDay: second)
  }

  /// `2019-04-17T08:05:09`
  public var description: String {
    var writer = DigitWriter()
    writer.date(date, separator: UInt8(ascii: "-"))
    writer.byte(UInt8(ascii: "T"))
    writer.time(secondOfDay: secondOfDay, separator: UInt8(ascii: ":"))
    return writer.text
  }

  /// `20190417080509`
  public var compact: String {
    var writer = DigitWriter()
    writer.date(date, separator: nil)
    writer.time(secondOfDay: secondOfDay, separator: nil)
    return writer.text
  }
}
