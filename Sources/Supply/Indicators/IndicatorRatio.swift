/// A rate as a fraction, so that sums of rates are exact and no rate is made of nothing.
public struct IndicatorRatio: Hashable, Sendable {
  public let numerator: Int
  public let denominator: Int

  /// nil where there is nothing to divide by: no rate, and not 0.
  public init?(_ numerator: Int, of denominator: Int) {
    guard denominator > 0 else { return nil }
    self.numerator = numerator
    self.denominator = denominator
  }

  public static func + (left: IndicatorRatio, right: IndicatorRatio) -> IndicatorRatio {
    let sum = left.numerator * right.denominator + right.numerator * left.denominator
    guard let ratio = IndicatorRatio(sum, of: left.denominator * right.denominator) else {
      preconditionFailure("neither denominator is 0")
    }
    return ratio
  }

  /// Rounded to four digits behind the point, halves up; no zeros at the end.
  public var decimal: String {
    let scale = 10_000
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    let fraction = (rest * scale * 2 + denominator) / (denominator * 2)
    let value = whole * scale + fraction
    var digits = String(value % scale)
    digits = String(repeating: "0", count: 4 - digits.utf8.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return digits.isEmpty ? "\(value / scale)" : "\(value / scale).\(digits)"
  }
}
