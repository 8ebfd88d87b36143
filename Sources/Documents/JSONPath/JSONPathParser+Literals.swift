extension JSONPathParser {
  /// string-literal, in either kind of quotation marks; its text in UTF-8.
  mutating func stringLiteral() throws(DocumentError) -> [UInt8] {
    let start = index
    let quote = bytes[index]
    index += 1
    var output: [UInt8] = []
    while let byte = current {
      switch byte {
      case quote:
        index += 1
        return output
      case UInt8(ascii: "\\"): try escape(quote, into: &output)
      case ..<0x20:
        throw failure("a control character stands in a string; write an escape such as \\n or \\u0000")
      default:
        output.append(byte)
        index += 1
      }
    }
    throw failure("the string that starts here has no closing quotation mark", at: start)
  }

  private mutating func escape(_ quote: UInt8, into output: inout [UInt8]) throws(DocumentError) {
    let start = index
    index += 1
    let letter = current
    index += 1
    switch letter {
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "/"), UInt8(ascii: "\\"): output.append(bytes[index - 1])
    case quote: output.append(quote)
    case UInt8(ascii: "u"):
      var scalar = try hexadecimal()
      if 0xD800..<0xDC00 ~= scalar {
        guard current == UInt8(ascii: "\\"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "u")
        else {
          throw failure("half of a surrogate pair without its other half", at: start)
        }
        index += 2
        let low = try hexadecimal()
        guard 0xDC00..<0xE000 ~= low else {
          throw failure("half of a surrogate pair without its other half", at: start)
        }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      } else if 0xDC00..<0xE000 ~= scalar {
        throw failure("half of a surrogate pair without its other half", at: start)
      }
      JSONEscapes.append(scalar, to: &output)
    default:
      throw failure(
        "this escape does not exist here; there are \\b \\f \\n \\r \\t \\/ \\\\ \\u and the string's own quotation mark",
        at: start)
    }
  }

  private mutating func hexadecimal() throws(DocumentError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = hexadecimalDigit(byte) else {
        throw failure("expected four hexadecimal digits after '\\u', found \(found)")
      }
      value = value << 4 | digit
      index += 1
    }
    return value
  }

  // number = (int / "-0") [ frac ] [ exp ]
  mutating func numberLiteral() throws(DocumentError) -> JSONPathNumber {
    let start = index
    if current == UInt8(ascii: "-") { index += 1 }
    let firstDigit = index
    try digits()
    if bytes[firstDigit] == UInt8(ascii: "0"), index - firstDigit > 1 {
      throw failure("a number has no leading zeros", at: start)
    }
    if current == UInt8(ascii: ".") {
      index += 1
      try digits()
    }
    if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
      index += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
      try digits()
    }
    return JSONPathNumber(bytes.span.extracting(start..<index))
  }

  private mutating func digits() throws(DocumentError) {
    let start = index
    while let byte = current, Self.isDigit(byte) { index += 1 }
    guard index > start else { throw failure("expected a digit, found \(found)") }
  }
}
