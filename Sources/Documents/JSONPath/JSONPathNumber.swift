/// A number to compare with: as an Int where that is exact, else by its decimal digits.
struct JSONPathNumber: Sendable {
  private enum Form {
    case integer(Int)
    case decimal(JSONNumber)
  }

  private let form: Form

  init(_ integer: Int) { form = .integer(integer) }

  /// `text` must be a number of RFC 8259.
  init(_ text: borrowing Span<UInt8>) {
    if let integer = Self.plainInteger(text) {
      form = .integer(integer)
    } else {
      form = .decimal(JSONNumber(text))
    }
  }

  /// Integers of up to 18 digits without fraction and exponent: nearly all numbers there are.
  private static func plainInteger(_ text: borrowing Span<UInt8>) -> Int? {
    guard text.count <= 18 else { return nil }
    var value = 0
    var isNegative = false
    for index in text.indices {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value &* 10 &+ Int(byte &- UInt8(ascii: "0"))
      case UInt8(ascii: "-"): isNegative = true
      default: return nil
      }
      // "1e-2" ends above at its 'e', so a minus sign can only have been the first byte.
    }
    return isNegative ? -value : value
  }

  private var decimal: JSONNumber {
    switch form {
    case .integer(let value): JSONNumber(Array(String(value).utf8).span)
    case .decimal(let number): number
    }
  }
}

extension JSONPathNumber: Comparable {
  static func == (left: JSONPathNumber, right: JSONPathNumber) -> Bool {
    if case .integer(let left) = left.form, case .integer(let right) = right.form { return left == right }
    return left.decimal == right.decimal
  }

  static func < (left: JSONPathNumber, right: JSONPathNumber) -> Bool {
    if case .integer(let left) = left.form, case .integer(let right) = right.form { return left < right }
    return left.decimal < right.decimal
  }
}
