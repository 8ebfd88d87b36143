import Glibc

/// An instant: milliseconds of Unix time, without leap seconds.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Since 1970-01-01T00:00:00Z; negative before it.
  public var milliseconds: Int64

  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// The system's clock. It may be set back; measure durations with `ContinuousClock`.
  public static func now() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// An instant given in whole seconds of Unix time. Values beyond the range of milliseconds stop at its end.
  public static func seconds(_ seconds: Int64) -> Timestamp {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return Timestamp(milliseconds: overflow ? (seconds < 0 ? .min : .max) : product)
  }

  /// Stops at the ends of the range instead of wrapping.
  public func advanced(byMilliseconds amount: Int64) -> Timestamp {
    let (sum, overflow) = milliseconds.addingReportingOverflow(amount)
    return Timestamp(milliseconds: overflow ? (amount < 0 ? .min : .max) : sum)
  }

  /// Stops at the ends of the range instead of wrapping.
  public func advanced(bySeconds amount: Int) -> Timestamp {
    advanced(byMilliseconds: Timestamp.seconds(Int64(amount)).milliseconds)
  }

  /// Rounded to milliseconds; not-a-number leaves the instant as it is. Stops at the ends of the range.
  public func advanced(bySeconds amount: Double) -> Timestamp {
    let scaled = (amount * 1000).rounded()
    guard !scaled.isNaN else { return self }
    return advanced(byMilliseconds: Int64(exactly: scaled) ?? (scaled < 0 ? .min : .max))
  }

  /// Whole milliseconds of it; what is left of one is cut off.
  public func advanced(by duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    return advanced(byMilliseconds: Timestamp.seconds(seconds).milliseconds)
      .advanced(byMilliseconds: attoseconds / 1_000_000_000_000_000)
  }

  /// Milliseconds from `earlier` to this instant; negative when `earlier` is later.
  public func milliseconds(since earlier: Timestamp) -> Int64 {
    let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
    return overflow ? (milliseconds < 0 ? .min : .max) : difference
  }

  /// What a clock `offsetSeconds` east of Greenwich shows; milliseconds are cut off.
  public func civil(offsetSeconds: Int) -> CivilDateTime {
    let (days, second, _) = split(offsetSeconds: offsetSeconds)
    return CivilDateTime(date: CivilDate(daysSinceEpoch: days), uncheckedSecondOfDay: second)
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  private func split(offsetSeconds: Int) -> (days: Int, secondOfDay: Int, millisecond: Int) {
    // Division first, so that the extremes of the range do not overflow when the offset is added.
    var millisecond = Int(milliseconds % 1000)
    var seconds = Int(milliseconds / 1000)
    if millisecond < 0 {
      millisecond += 1000
      seconds -= 1
    }
    seconds += offsetSeconds
    var secondOfDay = seconds % 86_400
    var days = seconds / 86_400
    if secondOfDay < 0 {
      secondOfDay += 86_400
      days -= 1
    }
    return (days, secondOfDay, millisecond)
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 with an upper-case `T`, seconds, up to nine digits of fraction (cut to milliseconds) and a zone:
  /// `2026-11-21T05:50:23.123Z`, `2026-11-21T13:50:23+08:00`. Anything else, also a missing zone, is refused.
  public init?(iso8601 text: String) {
    self.init(iso8601: text.utf8.span)
  }

  /// The same from lent bytes.
  public init?(iso8601 bytes: Span<UInt8>) {
    var scanner = DigitScanner()
    guard let date = scanner.date(separator: UInt8(ascii: "-"), in: bytes),
      scanner.skip(UInt8(ascii: "T"), in: bytes),
      let second = scanner.secondOfDay(separator: UInt8(ascii: ":"), in: bytes),
      let millisecond = scanner.fractionMilliseconds(in: bytes),
      let offset = scanner.offsetSeconds(in: bytes), scanner.isAtEnd(of: bytes)
    else { return nil }
    let whole = CivilDateTime(date: date, uncheckedSecondOfDay: second).timestamp(offsetSeconds: offset)
    self.init(milliseconds: whole.milliseconds + Int64(millisecond))
  }

  /// UTC with milliseconds: `2026-11-21T05:50:23.123Z`.
  public var iso8601: String {
    let (days, second, millisecond) = split(offsetSeconds: 0)
    var writer = DigitWriter()
    writer.date(CivilDate(daysSinceEpoch: days), separator: UInt8(ascii: "-"))
    writer.byte(UInt8(ascii: "T"))
    writer.time(secondOfDay: second, separator: UInt8(ascii: ":"))
    writer.byte(UInt8(ascii: "."))
    writer.number(millisecond, width: 3)
    writer.byte(UInt8(ascii: "Z"))
    return writer.text
  }

  public var description: String { iso8601 }
}
