/// Durations as configuration writes them: `250ms`, `30s`, `10m`, `48h`, `31d`, `1h30m`.
public enum DurationText {
  private static let units: [(name: String, milliseconds: Int)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
  ]
  private static let otherNames = [
    "day": "d", "days": "d", "天": "d", "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "小时": "h",
    "minute": "m", "minutes": "m", "min": "m", "mins": "m", "分钟": "m", "分": "m",
    "second": "s", "seconds": "s", "sec": "s", "secs": "s", "秒": "s",
    "msec": "ms", "millis": "ms", "millisecond": "ms", "milliseconds": "ms", "毫秒": "ms",
  ]

  /// `nil` for any other form: a number without a unit has no obvious meaning.
  public static func parse(_ text: String) -> Duration? {
    var rest = text[...]
    var total = 0
    var next = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { !($0.isASCII && $0.isNumber) }
      rest = rest.dropFirst(name.count)
      guard let amount = Int(digits), let unit = units[next...].firstIndex(where: { $0.name == name }) else {
        return nil
      }
      let (part, tooLarge) = amount.multipliedReportingOverflow(by: units[unit].milliseconds)
      let (sum, overflow) = total.addingReportingOverflow(part)
      if tooLarge || overflow { return nil }
      total = sum
      next = unit + 1
    }
    return text.isEmpty ? nil : .milliseconds(total)
  }

  /// `30 sec` → `30s`; a bare number has no obvious unit.
  public static func suggestion(_ text: String) -> String? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let name = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    guard !digits.isEmpty, !name.isEmpty else { return nil }
    let unit = otherNames[name] ?? units.first { $0.name == name }?.name
    return unit.map { "\(digits)\($0)" }
  }

  static func write(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    var rest = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    var text = ""
    for unit in units where rest >= unit.milliseconds {
      text += "\(rest / unit.milliseconds)\(unit.name)"
      rest %= unit.milliseconds
    }
    return text.isEmpty ? "0s" : text
  }
}
