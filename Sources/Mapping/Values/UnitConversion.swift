import Certificates

/// Converts a decimal from the unit a platform writes to the unit a field is kept in, on its digits: exactly, with one
/// exception. A 亩 is 2000/3 ㎡, so its result is rounded half up to ``roundedDigits`` places unless it ends before.
struct UnitConversion: Hashable, Sendable {
  /// The units a mapping may name.
  enum Unit: String, CaseIterable {
    case squareMetre = "㎡"
    case squareMetreToo = "m²"
    case mu = "亩"
    case hectare = "公顷"
    case yuan = "元"
    case tenThousandYuan = "万元"
    case hundredMillionYuan = "亿元"
    case metre = "m"
    case kilometre = "km"
    case kilowatt = "kW"
    case count = "个"
  }

  static let roundedDigits = 4

  /// The factor is 10^exponent, for 亩 with 2/3 besides.
  let exponent: Int
  let isMu: Bool

  /// Nil when the one cannot be converted to the other.
  init?(from unit: Unit, to target: MeasureUnit) {
    isMu = unit == .mu
    switch (unit, target) {
    case (.squareMetre, .squareMetre), (.squareMetreToo, .squareMetre): exponent = 0
    case (.mu, .squareMetre): exponent = 3
    case (.hectare, .squareMetre): exponent = 4
    case (.yuan, .tenThousandYuan): exponent = -4
    case (.tenThousandYuan, .tenThousandYuan): exponent = 0
    case (.hundredMillionYuan, .tenThousandYuan): exponent = 4
    case (.metre, .metre): exponent = 0
    case (.kilometre, .metre): exponent = 3
    case (.kilowatt, .kilowatt), (.count, .count): exponent = 0
    default: return nil
    }
  }

  /// The units that fit a target, for messages.
  static func words(for target: MeasureUnit) -> [String] {
    Unit.allCases.filter { UnitConversion(from: $0, to: target) != nil }.map(\.rawValue)
  }

  /// The canonical text of the converted number, or nil when `text` is no decimal number.
  func convert(_ text: String) -> String? {
    if exponent == 0, !isMu, let canonical = DecimalText.canonical(text) { return canonical }
    guard var number = DecimalDigits(text) else { return nil }
    number.shift(by: exponent)
    if isMu {
      number.double()
      number.divideByThree(fractionDigits: Self.roundedDigits)
    }
    return number.canonicalText
  }
}
