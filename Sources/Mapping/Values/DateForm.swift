import CivilTime

/// The forms in which platforms write dates and times. Month and day may have one digit wherever separators stand
/// around them; a time may be followed by a fraction of a second.
enum DateForm: String, CaseIterable, Sendable {
  case dashed = "yyyy-MM-dd"
  case digits = "yyyyMMdd"
  case slashed = "yyyy/MM/dd"
  case dotted = "yyyy.MM.dd"
  case chinese = "yyyy年M月d日"
  case dashedTime = "yyyy-MM-dd HH:mm:ss"
  case digitsTime = "yyyyMMddHHmmss"
  /// ISO 8601 as RFC 3339 narrows it, the zone optional.
  case iso
  case epochSeconds = "epoch-s"
  case epochMilliseconds = "epoch-ms"

  /// The word for all forms, tried in their order.
  static let anyWord = "any"

  /// What a text in this form says.
  enum Reading: Hashable {
    /// A day.
    case date(CivilDate)
    /// A time on a clock whose zone the text does not tell.
    case local(CivilDateTime, millisecond: Int)
    case instant(Timestamp)
  }

  /// Nil when the text is not of this form, or names a day or time that does not exist.
  ///
  /// - Parameter isGuess: the form was not asked for by name: numbers count as seconds or milliseconds since 1970 only
  ///   with the number of digits that the years 2001 to 2286 have.
  func read(_ text: Span<UInt8>, isGuess: Bool) -> Reading? {
    var scanner = DateScanner()
    switch self {
    case .dashed: return scanner.wholeDate(UInt8(ascii: "-"), in: text)
    case .slashed: return scanner.wholeDate(UInt8(ascii: "/"), in: text)
    case .dotted: return scanner.wholeDate(UInt8(ascii: "."), in: text)
    case .digits:
      guard text.count == 8, let date = scanner.compactDate(in: text) else { return nil }
      return .date(date)
    case .chinese:
      guard let date = scanner.chineseDate(in: text), scanner.isAtEnd(of: text) else { return nil }
      return .date(date)
    case .dashedTime:
      guard let date = scanner.date(UInt8(ascii: "-"), in: text), scanner.skip(UInt8(ascii: " "), in: text),
        let second = scanner.time(in: text), let millisecond = scanner.fraction(in: text),
        scanner.isAtEnd(of: text)
      else { return nil }
      return Self.local(date, second, millisecond)
    case .digitsTime:
      guard text.count == 14, let date = scanner.compactDate(in: text),
        let hour = scanner.number(2...2, in: text),
        let minute = scanner.number(2...2, in: text), let second = scanner.number(2...2, in: text),
        let time = CivilDateTime(date: date, hour: hour, minute: minute, second: second)
      else { return nil }
      return .local(time, millisecond: 0)
    case .iso: return Self.readISO(text)
    case .epochSeconds, .epochMilliseconds: return readEpoch(text, isGuess: isGuess)
    }
  }

  private static func local(_ date: CivilDate, _ second: Int, _ millisecond: Int) -> Reading? {
    CivilDateTime(date: date, secondOfDay: second).map { .local($0, millisecond: millisecond) }
  }

  private static func readISO(_ text: Span<UInt8>) -> Reading? {
    if let instant = Timestamp(iso8601: text) { return .instant(instant) }
    var scanner = DateScanner()
    guard let date = scanner.date(UInt8(ascii: "-"), isPadded: true, in: text) else { return nil }
    if scanner.isAtEnd(of: text) { return .date(date) }
    guard scanner.skip(UInt8(ascii: "T"), in: text), let second = scanner.time(in: text),
      let millisecond = scanner.fraction(in: text), scanner.isAtEnd(of: text)
    else { return nil }
    return local(date, second, millisecond)
  }

  private func readEpoch(_ text: Span<UInt8>, isGuess: Bool) -> Reading? {
    var scanner = DateScanner()
    let isNegative = !isGuess && scanner.skip(UInt8(ascii: "-"), in: text)
    let usual = self == .epochSeconds ? 10 : 13
    // Seconds beyond the year 9999 have more digits than these, and are no dates.
    let lengths = isGuess ? usual...usual : 1...(usual + 2)
    guard let number = scanner.number(lengths, in: text), scanner.isAtEnd(of: text) else { return nil }
    let signed = Int64(isNegative ? -number : number)
    let instant = self == .epochSeconds ? Timestamp.seconds(signed) : Timestamp(milliseconds: signed)
    guard Self.writableInstants.contains(instant.milliseconds) else { return nil }
    return .instant(instant)
  }

  /// The years 0001 to 9999, in which every date has its usual form.
  private static let writableInstants: Range<Int64> = -62_135_596_800_000..<253_402_300_800_000
}
