/// The escape sequences of JSON strings (RFC 8259, section 7), both ways.
enum JSONEscapes {
  /// The text of a string's written content, whose escapes the parser has checked.
  ///
  /// An unpaired surrogate comes out as the three bytes UTF-8 would take for it if it were allowed: not text, but
  /// enough to compare names exactly.
  static func unescaped(_ content: borrowing Span<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(content.count)
    var index = 0
    while index < content.count {
      let byte = content[index]
      guard byte == UInt8(ascii: "\\") else {
        output.append(byte)
        index += 1
        continue
      }
      let letter = content[index + 1]
      index += 2
      switch letter {
      case UInt8(ascii: "b"): output.append(0x08)
      case UInt8(ascii: "f"): output.append(0x0C)
      case UInt8(ascii: "n"): output.append(0x0A)
      case UInt8(ascii: "r"): output.append(0x0D)
      case UInt8(ascii: "t"): output.append(0x09)
      case UInt8(ascii: "u"):
        var scalar = unit(content, index)
        index += 4
        if 0xD800..<0xDC00 ~= scalar, index + 6 <= content.count, content[index] == UInt8(ascii: "\\"),
          content[index + 1] == UInt8(ascii: "u")
        {
          let low = unit(content, index + 2)
          if 0xDC00..<0xE000 ~= low {
            scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            index += 6
          }
        }
        append(scalar, to: &output)
      default: output.append(letter)
      }
    }
    return output
  }

  /// Appends `utf8` to `output` as the content of a JSON string: quotation mark, backslash and control characters
  /// escaped, everything else as it is.
  static func append(escaping utf8: borrowing Span<UInt8>, to output: inout [UInt8]) {
    var start = 0
    for index in utf8.indices {
      let byte = utf8[index]
      if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
      append(utf8.extracting(start..<index), to: &output)
      start = index + 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0x08: output.append(contentsOf: "\\b".utf8)
      case 0x09: output.append(contentsOf: "\\t".utf8)
      case 0x0A: output.append(contentsOf: "\\n".utf8)
      case 0x0C: output.append(contentsOf: "\\f".utf8)
      case 0x0D: output.append(contentsOf: "\\r".utf8)
      default:
        output.append(contentsOf: "\\u00".utf8)
        output.append(hexadecimalDigits[Int(byte >> 4)])
        output.append(hexadecimalDigits[Int(byte & 15)])
      }
    }
    append(utf8.extracting(start..<utf8.count), to: &output)
  }

  private static func append(_ run: borrowing Span<UInt8>, to output: inout [UInt8]) {
    unsafe run.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
  }

  static let hexadecimalDigits = Array("0123456789abcdef".utf8)

  /// Appends the UTF-8 form of `scalar`, surrogates included.
  static func append(_ scalar: UInt32, to output: inout [UInt8]) {
    func continuation(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift & 0x3F)) }
    switch scalar {
    case ..<0x80: output.append(UInt8(scalar))
    case ..<0x800:
      output.append(UInt8(0xC0 | scalar >> 6))
      output.append(continuation(0))
    case ..<0x10000:
      output.append(UInt8(0xE0 | scalar >> 12))
      output.append(continuation(6))
      output.append(continuation(0))
    default:
      output.append(UInt8(0xF0 | scalar >> 18))
      output.append(continuation(12))
      output.append(continuation(6))
      output.append(continuation(0))
    }
  }

  private static func unit(_ content: borrowing Span<UInt8>, _ index: Int) -> UInt32 {
    var value: UInt32 = 0
    for offset in index..<(index + 4) { value = value << 4 | (hexadecimalDigit(content[offset]) ?? 0) }
    return value
  }
}
