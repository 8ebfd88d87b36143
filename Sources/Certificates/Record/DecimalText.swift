/// The one written form of a decimal number: no sign `+`, no superfluous zeros, a point only before digits, no
/// exponent: `0`, `-12.5`, `1000000`. Amounts and areas are kept so and never become binary numbers.
public enum DecimalText {
  /// Longer numbers are no amounts or areas.
  static let mostDigits = 60

  /// The canonical form of a decimal as people write it (`+012.50` → `12.5`), or `nil` when it is none. Exponents and
  /// digit grouping are refused.
  public static func canonical(_ text: String) -> String? {
    var bytes = Array(text.utf8)[...]
    guard bytes.count <= mostDigits + 2 else { return nil }
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      bytes = bytes.dropFirst()
    }
    let point = bytes.firstIndex(of: UInt8(ascii: "."))
    var whole = bytes[..<(point ?? bytes.endIndex)]
    var fraction = point.map { bytes[($0 + 1)...] } ?? []
    guard whole.allSatisfy(\.isDigit), fraction.allSatisfy(\.isDigit), !whole.isEmpty || !fraction.isEmpty
    else { return nil }
    // "12." and ".5" are written by some systems.
    while let zero = whole.first, zero == UInt8(ascii: "0") { whole = whole.dropFirst() }
    while let zero = fraction.last, zero == UInt8(ascii: "0") { fraction = fraction.dropLast() }
    var result: [UInt8] = []
    if isNegative, !whole.isEmpty || !fraction.isEmpty { result.append(UInt8(ascii: "-")) }
    if whole.isEmpty { result.append(UInt8(ascii: "0")) } else { result += whole }
    if !fraction.isEmpty {
      result.append(UInt8(ascii: "."))
      result += fraction
    }
    return String(decoding: result, as: UTF8.self)
  }
}
