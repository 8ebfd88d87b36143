/// The exact decimal value of a number as JSON writes it, for comparing: `1`, `1.0` and `10e-1` are equal, and
/// integers of any length are told apart to the last digit.
struct JSONNumber: Equatable, Sendable {
  let isNegative: Bool
  /// Digits 0…9 (not characters) without leading and trailing zeros; empty for zero.
  let digits: [UInt8]
  /// The value is 0.d₁d₂d₃… × 10^exponent; 0 for zero.
  let exponent: Int

  /// `text` must be a number of RFC 8259.
  init(_ text: borrowing Span<UInt8>) {
    var digits: [UInt8] = []
    digits.reserveCapacity(text.count)
    var index = 0
    var isNegative = false
    var point = 0
    var seenPoint = false
    var exponent = 0
    if text.count > 0, text[0] == UInt8(ascii: "-") {
      isNegative = true
      index = 1
    }
    scan: while index < text.count {
      let byte = text[index]
      index += 1
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = byte - UInt8(ascii: "0")
        if digit == 0, digits.isEmpty {
          if seenPoint { point -= 1 }
        } else {
          digits.append(digit)
          if !seenPoint { point += 1 }
        }
      case UInt8(ascii: "."): seenPoint = true
      default:
        exponent = Self.exponent(text, from: index)
        break scan
      }
    }
    while digits.last == 0 { digits.removeLast() }
    self.isNegative = isNegative && !digits.isEmpty
    self.exponent = digits.isEmpty ? 0 : exponent + point
    self.digits = digits
  }

  /// The value, if it is an integer that fits in an Int.
  static func integer(_ text: borrowing Span<UInt8>) -> Int? {
    let number = JSONNumber(text)
    guard number.exponent <= 19, number.exponent >= number.digits.count else { return nil }
    var value = 0
    for place in 0..<number.exponent {
      let digit = place < number.digits.count ? Int(number.digits[place]) : 0
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      // Counted downwards for negative numbers, so that the smallest Int fits.
      let (sum, carry) =
        number.isNegative
        ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  /// Exponents beyond any number somebody could write out are taken as ±2⁵⁰: larger and smaller than all others, and
  /// far from overflow when a number's own digits are added.
  private static func exponent(_ text: borrowing Span<UInt8>, from start: Int) -> Int {
    var index = start
    var isNegative = false
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    var value = 0
    while index < text.count {
      value = min(value * 10 + Int(text[index] - UInt8(ascii: "0")), 1 << 50)
      index += 1
    }
    return isNegative ? -value : value
  }
}

extension JSONNumber: Comparable {
  static func < (left: JSONNumber, right: JSONNumber) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative ? right.isSmallerInSize(than: left) : left.isSmallerInSize(than: right)
  }

  /// Compares without signs.
  private func isSmallerInSize(than other: JSONNumber) -> Bool {
    if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
    if exponent != other.exponent { return exponent < other.exponent }
    return digits.lexicographicallyPrecedes(other.digits)
  }
}
