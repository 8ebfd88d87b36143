/// A position in lent bytes, reading fixed-width ASCII digits. The bytes are passed to each call because a span may
/// not be stored without experimental features. Every method returns nil and leaves the position undefined when the
/// bytes do not fit; the caller gives up then.
struct DigitScanner {
  private var position = 0

  func isAtEnd(of bytes: Span<UInt8>) -> Bool { position == bytes.count }

  private func peek(_ bytes: Span<UInt8>) -> UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skip(_ byte: UInt8, in bytes: Span<UInt8>) -> Bool {
    guard peek(bytes) == byte else { return false }
    position += 1
    return true
  }

  /// Exactly `width` digits.
  mutating func number(width: Int, in bytes: Span<UInt8>) -> Int? {
    guard bytes.count - position >= width else { return nil }
    var value = 0
    for _ in 0..<width {
      let digit = Int(bytes[position]) - 0x30
      guard digit >= 0, digit <= 9 else { return nil }
      value = value * 10 + digit
      position += 1
    }
    return value
  }

  mutating func date(separator: UInt8?, in bytes: Span<UInt8>) -> CivilDate? {
    guard let year = number(width: 4, in: bytes), skipSeparator(separator, in: bytes),
      let month = number(width: 2, in: bytes), skipSeparator(separator, in: bytes),
      let day = number(width: 2, in: bytes)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  /// `HH:mm:ss`, or `HHmmss` without a separator, as a second of the day. 24:00:00 and leap seconds are refused.
  mutating func secondOfDay(separator: UInt8?, in bytes: Span<UInt8>) -> Int? {
    guard let hour = number(width: 2, in: bytes), hour < 24, skipSeparator(separator, in: bytes),
      let minute = number(width: 2, in: bytes), minute < 60, skipSeparator(separator, in: bytes),
      let second = number(width: 2, in: bytes), second < 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  /// `.5`, `.123`, … up to nine digits, cut (not rounded) to milliseconds; 0 when there is no dot.
  mutating func fractionMilliseconds(in bytes: Span<UInt8>) -> Int? {
    guard skip(UInt8(ascii: "."), in: bytes) else { return 0 }
    var value = 0
    var count = 0
    while let byte = peek(bytes), byte >= 0x30, byte <= 0x39 {
      if count < 3 { value = value * 10 + Int(byte) - 0x30 }
      count += 1
      position += 1
    }
    guard count >= 1, count <= 9 else { return nil }
    for _ in 0..<max(0, 3 - count) { value *= 10 }
    return value
  }

  /// `Z`, `+08:00` or `-03:30` as seconds east of Greenwich.
  mutating func offsetSeconds(in bytes: Span<UInt8>) -> Int? {
    if skip(UInt8(ascii: "Z"), in: bytes) { return 0 }
    let sign: Int
    if skip(UInt8(ascii: "+"), in: bytes) {
      sign = 1
    } else if skip(UInt8(ascii: "-"), in: bytes) {
      sign = -1
    } else {
      return nil
    }
    guard let hour = number(width: 2, in: bytes), hour < 24, skip(UInt8(ascii: ":"), in: bytes),
      let minute = number(width: 2, in: bytes), minute < 60
    else { return nil }
    return sign * (hour * 3600 + minute * 60)
  }

  private mutating func skipSeparator(_ separator: UInt8?, in bytes: Span<UInt8>) -> Bool {
    guard let separator else { return true }
    return skip(separator, in: bytes)
  }
}
