/// Sizes as configuration writes them: `512 B`, `64 KiB`, `16 MiB`, `1 GiB`; decimal `kB`, `MB`, `GB` too.
enum ByteCountText {
  private static let units: [(name: String, bytes: Int)] = [
    ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000),
  ]
  private static let otherNames = [
    "k": "KiB", "kb": "KiB", "m": "MiB", "g": "GiB", "byte": "B", "bytes": "B",
  ]

  static func parse(_ text: String) -> Int? {
    guard let (digits, name) = split(text), let unit = units.first(where: { $0.name == name }) else {
      return nil
    }
    guard let amount = Int(digits) else { return nil }
    let (bytes, overflow) = amount.multipliedReportingOverflow(by: unit.bytes)
    return overflow ? nil : bytes
  }

  /// `16m` → `16 MiB`, `64 KB` → `64 KiB`; a bare number is bytes.
  static func suggestion(_ text: String) -> String? {
    guard let (digits, name) = split(text) else { return nil }
    if name.isEmpty { return "\(digits) B" }
    let unit =
      otherNames[name.lowercased()] ?? units.first { $0.name.lowercased() == name.lowercased() }?.name
    return unit.map { "\(digits) \($0)" }
  }

  static func write(_ bytes: Int) -> String {
    for unit in units.prefix(4) where bytes >= unit.bytes && bytes % unit.bytes == 0 {
      return "\(bytes / unit.bytes) \(unit.name)"
    }
    return "\(bytes) B"
  }

  private static func split(_ text: String) -> (digits: Substring, unit: Substring)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    return digits.isEmpty ? nil : (digits, text.dropFirst(digits.count).drop { $0 == " " })
  }
}
