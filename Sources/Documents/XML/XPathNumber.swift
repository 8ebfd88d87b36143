import CXML2
import Glibc

/// Numbers as text by XPath 1.0, section 4.2: never with an exponent, where libxml2 writes 3000000000 as `3e+09`.
///
/// Integers are written out, of fractions 15 digits. The recommendation wants as many as tell a number from all
/// others, but libxml2 reads decimals not quite exactly: it writes `8.3` as `8.300000000000001`.
enum XPathNumber {
  private static let digitCount = 15

  /// `3`, `0.5`, `12345678901.5`, `NaN`, `-Infinity`.
  static func text(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    // Up to 2⁵³ every integer is a number of its own.
    if let integer = Int(exactly: number), integer.magnitude <= 1 << 53 { return String(integer) }
    let (digits, point) = decimal(number.magnitude)
    var text = number < 0 ? "-" : ""
    if point <= 0 {
      text += "0." + String(repeating: "0", count: -point) + digits
    } else if point >= digits.count {
      text += digits + String(repeating: "0", count: point - digits.count)
    } else {
      text += digits.prefix(point) + "." + digits.dropFirst(point)
    }
    return text
  }

  /// The digits without zeros at the end, and how many of them stand before the point.
  private static func decimal(_ number: Double) -> (digits: Substring, point: Int) {
    // One digit, the point, the other digits, `e`, the sign and at most three digits.
    let written = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      _ = unsafe withVaList([number]) { unsafe vsnprintf(buffer.baseAddress, 32, "%.\(digitCount - 1)e", $0) }
      return unsafe buffer.baseAddress.map { unsafe String(cString: $0) } ?? ""
    }
    let parts = written.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else {
      preconditionFailure("the C library writes numbers in another form")
    }
    var digits = parts[0].filter(\.isNumber)[...]
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    return (digits, exponent + 1)
  }

  /// The functions that take numbers for text write them first, so that `concat('共', sum(//金额))` gives what
  /// `sum(//金额)` gives.
  static func registerFunctions(in context: UnsafeMutablePointer<xmlXPathContext>) {
    let lookUp: xmlXPathFuncLookupFunc = { _, name, _ in
      guard let name = unsafe name else { return nil }
      switch unsafe String(cString: name) {
      case "string":
        return { parser, count in
          unsafe writeNumbers(parser, count)
          unsafe xmlXPathStringFunction(parser, count)
        }
      case "concat":
        return { parser, count in
          unsafe writeNumbers(parser, count)
          unsafe xmlXPathConcatFunction(parser, count)
        }
      case "starts-with":
        return { parser, count in
          unsafe writeNumbers(parser, count)
          unsafe xmlXPathStartsWithFunction(parser, count)
        }
      case "contains":
        return { parser, count in
          unsafe writeNumbers(parser, count)
          unsafe xmlXPathContainsFunction(parser, count)
        }
      case "substring-before":
        return { parser, count in
          unsafe writeNumbers(parser, count)
          unsafe xmlXPathSubstringBeforeFunction(parser, count)
        }
      case "substring-after":
        return { parser, count in
          unsafe writeNumbers(parser, count)
          unsafe xmlXPathSubstringAfterFunction(parser, count)
        }
      case "substring":
        return { parser, count in
          unsafe writeNumbers(parser, count, most: 1)
          unsafe xmlXPathSubstringFunction(parser, count)
        }
      case "string-length":
        return { parser, count in
          unsafe writeNumbers(parser, count)
          unsafe xmlXPathStringLengthFunction(parser, count)
        }
      case "normalize-space":
        return { parser, count in
          unsafe writeNumbers(parser, count)
          unsafe xmlXPathNormalizeFunction(parser, count)
        }
      case "translate":
        return { parser, count in
          unsafe writeNumbers(parser, count)
          unsafe xmlXPathTranslateFunction(parser, count)
        }
      default: return nil
      }
    }
    unsafe xmlXPathRegisterFuncLookup(context, lookUp, nil)
  }
}

/// Turns the numbers among the first `most` of the `count` arguments on the stack into text.
private func writeNumbers(_ parser: xmlXPathParserContextPtr?, _ count: Int32, most: Int32 = .max) {
  guard let parser = unsafe parser, let stack = unsafe parser.pointee.valueTab,
    unsafe count <= parser.pointee.valueNr
  else { return }
  let first = unsafe parser.pointee.valueNr - count
  for index in first..<first + min(count, most) {
    guard let argument = unsafe stack[Int(index)], unsafe argument.pointee.type == XPATH_NUMBER,
      let text = unsafe xmlStrdup(XPathNumber.text(argument.pointee.floatval))
    else { continue }
    unsafe argument.pointee.type = XPATH_STRING
    unsafe argument.pointee.stringval = unsafe text
  }
}
