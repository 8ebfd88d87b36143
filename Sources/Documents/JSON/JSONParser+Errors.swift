extension JSONParser {
  /// An error at `index`.
  @inline(never)
  func failure(_ message: String, code: DocumentError.Code = .syntax) -> DocumentError {
    let buffer = unsafe UnsafeBufferPointer(start: base, count: end)
    return unsafe DocumentError(
      code, message, position: DocumentPosition(offset: index, in: Span(_unsafeElements: buffer)))
  }

  @inline(never)
  func unexpectedEnd(missing: String) -> DocumentError {
    failure("the JSON text ends where \(missing) is expected: it is cut off")
  }

  /// What stands where a value should start, with a hint for the usual mistakes.
  @inline(never)
  func unexpectedValue() -> DocumentError {
    switch unsafe base[index] {
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      failure("expected a value, found \(found()); a comma must not stand before a closing bracket")
    case UInt8(ascii: "'"): failure("expected a value, found \(found()); strings take quotation marks (\")")
    case UInt8(ascii: "+"): failure("expected a value, found \(found()); a number has no plus sign")
    case UInt8(ascii: "."): failure("expected a value, found \(found()); a number starts with a digit")
    case UInt8(ascii: "/"): failure("expected a value, found \(found()); JSON has no comments")
    case UInt8(ascii: "<"):
      failure("expected a value, found \(found()); this looks like XML or HTML, perhaps an error page")
    case 0x00, 0xFE, 0xFF: failure("expected a value, found \(found()); JSON is UTF-8, this may be UTF-16")
    default: failure("expected a value, found \(found())")
    }
  }

  /// The character at `index` in words; never more than one, because it may be part of somebody's data.
  @inline(never)
  func found() -> String {
    guard index < end else { return "the end of the text" }
    let byte = unsafe base[index]
    switch byte {
    case 0x21...0x7E: return "'\(Character(Unicode.Scalar(byte)))'"
    case 0x0A: return "a line feed"
    case 0x0D: return "a carriage return"
    case 0x09: return "a tab"
    case 0x20: return "a space"
    case 0x00..<0x20, 0x7F: return "the control character U+00" + hexadecimal(byte)
    default:
      guard let scalar = scalar() else { return "the byte 0x" + hexadecimal(byte) }
      let isWide = 0x3000...0x303F ~= scalar || 0xFF00...0xFF5E ~= scalar || 0x2010...0x201F ~= scalar
      let name = "the character U+" + String(scalar, radix: 16, uppercase: true)
      return isWide ? name + ", which is punctuation of Chinese text and not of JSON" : name
    }
  }

  func closing(_ isObject: Bool) -> String { isObject ? "'}'" : "']'" }

  /// The number of the character at `index`, if its bytes are UTF-8.
  private func scalar() -> UInt32? {
    let length = unsafe UTF8Validation.sequenceLength(base, index, end)
    guard length > 0 else { return nil }
    var value = UInt32(unsafe base[index]) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length { value = value << 6 | UInt32(unsafe base[index + offset]) & 0x3F }
    return value
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "0" + digits : digits
  }
}
