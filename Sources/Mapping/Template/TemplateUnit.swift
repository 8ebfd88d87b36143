/// Converts an amount from the unit records keep it in to the one a platform wants: exactly, on its digits.
struct TemplateUnit: Hashable, Sendable {
  /// The factor is `multiplier` · 10^exponent.
  let multiplier: Int
  let exponent: Int

  private static let table: [String: [(word: String, unit: TemplateUnit)]] = [
    "m": [("m", .init(1, 0)), ("km", .init(1, -3))],
    "kV": [("kV", .init(1, 0)), ("V", .init(1, 3))],
    "kW": [("kW", .init(1, 0)), ("MW", .init(1, -3)), ("W", .init(1, 3))],
    // One 亩 is 2000/3 ㎡.
    "㎡": [("㎡", .init(1, 0)), ("m²", .init(1, 0)), ("亩", .init(15, -4)), ("公顷", .init(1, -4))],
    "个": [("个", .init(1, 0))],
    "B": [("B", .init(1, 0)), ("kB", .init(1, -3))],
  ]

  private init(_ multiplier: Int, _ exponent: Int) {
    self.multiplier = multiplier
    self.exponent = exponent
  }

  /// Nil for a word that names no unit of the same kind.
  init?(_ word: String, for unit: String) {
    guard let found = Self.table[unit]?.first(where: { $0.word == word }) else { return nil }
    self = found.unit
  }

  /// The words for amounts that records keep in `unit`.
  static func words(for unit: String) -> [String] { table[unit]?.map(\.word) ?? [] }

  /// Nil when `text` is no amount.
  func convert(_ text: String) -> String? {
    guard var digits = DecimalDigits(text) else { return nil }
    digits.multiply(by: multiplier)
    digits.shift(by: exponent)
    return digits.canonicalText
  }
}
