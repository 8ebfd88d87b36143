/// Offsets in seconds east of Greenwich.
public enum UTCOffset {
  public static let utc = 0
  /// China standard time (北京时间). Without summer time since 1992, so a constant serves.
  public static let china = 8 * 3600

  /// `Z`, `+08:00` or `-03:30`; nil for anything else.
  public static func seconds(parsing text: String) -> Int? {
    let bytes = text.utf8.span
    var scanner = DigitScanner()
    guard let seconds = scanner.offsetSeconds(in: bytes), scanner.isAtEnd(of: bytes) else { return nil }
    return seconds
  }
}
