import CivilTime

/// A position in the bytes of a date. Every method returns nil or false when the bytes do not fit; the caller gives up
/// then.
struct DateScanner {
  private var position = 0

  func isAtEnd(of text: Span<UInt8>) -> Bool { position == text.count }

  mutating func skip(_ byte: UInt8, in text: Span<UInt8>) -> Bool {
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  /// As many digits as there are, but within `width`.
  mutating func number(_ width: ClosedRange<Int>, in text: Span<UInt8>) -> Int? {
    var value = 0
    var count = 0
    while position < text.count, count <= width.upperBound {
      let digit = Int(text[position]) - 0x30
      guard (0...9).contains(digit) else { break }
      guard count < width.upperBound else { return width.lowerBound == width.upperBound ? value : nil }
      value = value * 10 + digit
      count += 1
      position += 1
    }
    return count >= width.lowerBound ? value : nil
  }

  /// Year, month and day with the separator between them.
  mutating func date(_ separator: UInt8, isPadded: Bool = false, in text: Span<UInt8>) -> CivilDate? {
    let width = isPadded ? 2...2 : 1...2
    guard let year = number(4...4, in: text), skip(separator, in: text),
      let month = number(width, in: text), skip(separator, in: text), let day = number(width, in: text)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  mutating func wholeDate(_ separator: UInt8, in text: Span<UInt8>) -> DateForm.Reading? {
    guard let date = date(separator, in: text), isAtEnd(of: text) else { return nil }
    return .date(date)
  }

  mutating func compactDate(in text: Span<UInt8>) -> CivilDate? {
    guard let year = number(4...4, in: text), let month = number(2...2, in: text),
      let day = number(2...2, in: text)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  mutating func chineseDate(in text: Span<UInt8>) -> CivilDate? {
    // 年 E5 B9 B4, 月 E6 9C 88, 日 E6 97 A5
    guard let year = number(4...4, in: text), skip(0xE5, 0xB9, 0xB4, in: text),
      let month = number(1...2, in: text), skip(0xE6, 0x9C, 0x88, in: text),
      let day = number(1...2, in: text), skip(0xE6, 0x97, 0xA5, in: text)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  /// `HH:mm:ss` as a second of the day.
  mutating func time(in text: Span<UInt8>) -> Int? {
    let colon = UInt8(ascii: ":")
    guard let hour = number(2...2, in: text), hour < 24, skip(colon, in: text),
      let minute = number(2...2, in: text), minute < 60, skip(colon, in: text),
      let second = number(2...2, in: text), second < 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  /// `.1` to `.123456789`, cut to milliseconds; 0 when there is none.
  mutating func fraction(in text: Span<UInt8>) -> Int? {
    guard skip(UInt8(ascii: "."), in: text) else { return 0 }
    let start = position
    guard var value = number(1...9, in: text) else { return nil }
    for _ in 0..<max(0, position - start - 3) { value /= 10 }
    for _ in 0..<max(0, 3 - (position - start)) { value *= 10 }
    return value
  }

  private mutating func skip(_ first: UInt8, _ second: UInt8, _ third: UInt8, in text: Span<UInt8>) -> Bool {
    skip(first, in: text) && skip(second, in: text) && skip(third, in: text)
  }
}
