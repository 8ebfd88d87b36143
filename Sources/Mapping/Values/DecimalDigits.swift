import Certificates

/// A decimal number as its digits and the place of its point, for arithmetic without binary fractions.
struct DecimalDigits: Hashable {
  private static let mostDigits = 60

  private var isNegative = false
  /// Digits 0…9, most significant first; empty for zero.
  private var digits: [UInt8] = []
  /// How many of the digits stand behind the point; negative: zeros follow.
  private var fractionDigits = 0

  /// Reads `-012.50`, `.5`, `12.` and JSON's `1.2E3`; nil for anything else, and for numbers of more than 60 places.
  init?(_ text: String) {
    let bytes = text.utf8.span
    guard bytes.count > 0, bytes.count <= 128 else { return nil }
    var index = 0
    if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
      isNegative = bytes[0] == UInt8(ascii: "-")
      index = 1
    }
    var seenPoint = false
    var count = 0
    scan: while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits.append(bytes[index] - UInt8(ascii: "0"))
        if seenPoint { fractionDigits += 1 }
        count += 1
      case UInt8(ascii: ".") where !seenPoint: seenPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
      default: return nil
      }
      index += 1
    }
    guard count > 0 else { return nil }
    if index < bytes.count {
      guard let exponent = Self.exponent(bytes, from: index + 1) else { return nil }
      fractionDigits -= exponent
    }
    tidy()
    guard digits.count - fractionDigits <= Self.mostDigits, fractionDigits <= Self.mostDigits else {
      return nil
    }
  }

  /// Multiplies by 10^`exponent`.
  mutating func shift(by exponent: Int) {
    if !digits.isEmpty { fractionDigits -= exponent }
  }

  mutating func double() { multiply(by: 2) }

  /// - Parameter factor: small, and not negative.
  mutating func multiply(by factor: Int) {
    var carry = 0
    for index in digits.indices.reversed() {
      let value = Int(digits[index]) * factor + carry
      digits[index] = UInt8(value % 10)
      carry = value / 10
    }
    while carry > 0 {
      digits.insert(UInt8(carry % 10), at: 0)
      carry /= 10
    }
    tidy()
  }

  /// Divides by three; the quotient is rounded half away from zero to that many digits behind the point.
  mutating func divideByThree(fractionDigits places: Int) {
    // One digit more than wanted decides about rounding; a third is never exactly half of a place.
    let wanted = places + 1
    while fractionDigits < wanted {
      digits.append(0)
      fractionDigits += 1
    }
    var remainder: UInt8 = 0
    for index in digits.indices {
      let value = remainder * 10 + digits[index]
      digits[index] = value / 3
      remainder = value % 3
    }
    round(to: places)
    tidy()
  }

  private mutating func round(to places: Int) {
    while fractionDigits > places + 1, !digits.isEmpty {
      digits.removeLast()
      fractionDigits -= 1
    }
    guard fractionDigits == places + 1, let last = digits.popLast() else { return }
    fractionDigits -= 1
    guard last >= 5 else { return }
    var index = digits.count - 1
    while index >= 0 {
      if digits[index] < 9 {
        digits[index] += 1
        return
      }
      digits[index] = 0
      index -= 1
    }
    digits.insert(1, at: 0)
  }

  var canonicalText: String {
    guard !digits.isEmpty else { return "0" }
    var text: [UInt8] = []
    if isNegative { text.append(UInt8(ascii: "-")) }
    let whole = digits.count - fractionDigits
    if whole <= 0 { text.append(UInt8(ascii: "0")) }
    for place in 0..<max(whole, 0) {
      text.append(UInt8(ascii: "0") + (place < digits.count ? digits[place] : 0))
    }
    if fractionDigits > 0 {
      text.append(UInt8(ascii: "."))
      for _ in 0..<max(-whole, 0) { text.append(UInt8(ascii: "0")) }
      for place in max(whole, 0)..<digits.count { text.append(UInt8(ascii: "0") + digits[place]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Without zeros at either end.
  private mutating func tidy() {
    while digits.last == 0 {
      digits.removeLast()
      fractionDigits -= 1
    }
    if let first = digits.firstIndex(where: { $0 != 0 }) {
      if first > 0 { digits.removeFirst(first) }
    } else {
      digits = []
      fractionDigits = 0
      isNegative = false
    }
  }

  private static func exponent(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    var index = start
    var isNegative = false
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    guard index < bytes.count, bytes.count - index <= 3 else { return nil }
    var value = 0
    while index < bytes.count {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) else { return nil }
      value = value * 10 + Int(bytes[index] - UInt8(ascii: "0"))
      index += 1
    }
    return isNegative ? -value : value
  }
}
