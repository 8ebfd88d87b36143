extension JSONParser {
  /// A string from its opening quotation mark on; leaves `index` behind the closing one, appends the string's word
  /// to the tape and returns it.
  @inline(__always)
  mutating func string() throws(DocumentError) -> UInt64 {
    let start = index &+ 1
    var position = start
    var marks: UInt64 = 0
    let raw = unsafe UnsafeRawPointer(base)

    scan: while true {
      // Eight bytes at a time while nothing needs a closer look. The subtractions borrow only out of a byte that is
      // itself marked, so the lowest marked byte is always right.
      while position &+ 8 <= end {
        let chunk = unsafe raw.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
        let quote = chunk ^ 0x2222_2222_2222_2222
        let backslash = chunk ^ 0x5C5C_5C5C_5C5C_5C5C
        let special =
          (chunk | (chunk &- 0x2020_2020_2020_2020) | (quote &- 0x0101_0101_0101_0101)
            | (backslash &- 0x0101_0101_0101_0101)) & 0x8080_8080_8080_8080
        if special != 0 {
          position &+= special.trailingZeroBitCount &>> 3
          break
        }
        position &+= 8
      }
      guard position < end else { throw endInString(start) }
      let byte = unsafe base[position]
      if byte == UInt8(ascii: "\"") { break scan }
      if byte >= 0x80 {
        repeat {
          let length = unsafe UTF8Validation.sequenceLength(base, position, end)
          if length == 0 {
            index = position
            throw failure(
              "the bytes are not UTF-8; if the platform sends GBK or GB18030, set the charset",
              code: .damagedCharacter)
          }
          position &+= length
        } while position < end && (unsafe base[position]) >= 0x80
      } else if byte == UInt8(ascii: "\\") {
        position = try escape(at: position, start: start, marks: &marks)
      } else if byte < 0x20 {
        index = position
        throw failure("\(found()) inside a string; it must be written as an escape such as \\n or \\u0000")
      } else {
        position &+= 1
      }
    }

    let word = JSONWord(.string, start: start, extent: position &- start, marks: marks).bits
    words.append(word)
    if marks & JSONWord.unpaired != 0 { unpairedStrings.append(word) }
    index = position &+ 1
    return word
  }

  /// One escape sequence, or a surrogate pair of two; returns the position behind it.
  @inline(never)
  private mutating func escape(
    at position: Int, start: Int, marks: inout UInt64
  ) throws(DocumentError) -> Int {
    marks |= JSONWord.escaped
    guard position + 1 < end else { throw endInString(start) }
    switch unsafe base[position + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return position + 2
    case UInt8(ascii: "u"):
      let unit = try hexadecimal(at: position + 2, start: start)
      guard 0xD800...0xDFFF ~= unit else { return position + 6 }
      if unit < 0xDC00, position + 8 < end, unsafe base[position + 6] == UInt8(ascii: "\\"),
        unsafe base[position + 7] == UInt8(ascii: "u")
      {
        let low = try hexadecimal(at: position + 8, start: start)
        if 0xDC00...0xDFFF ~= low { return position + 12 }
      }
      if limits.refusesUnpairedSurrogates {
        index = position
        throw failure(
          "the escape is half of a surrogate pair without its other half: no character", code: .forbidden)
      }
      marks |= JSONWord.unpaired
      return position + 6
    default:
      index = position + 1
      throw failure("\(found()) after '\\'; only \" \\ / b f n r t u may follow")
    }
  }

  private mutating func hexadecimal(at position: Int, start: Int) throws(DocumentError) -> UInt32 {
    var value: UInt32 = 0
    for offset in position..<(position + 4) {
      guard offset < end else { throw endInString(start) }
      guard let digit = unsafe hexadecimalDigit(base[offset]) else {
        index = offset
        throw failure("expected four hexadecimal digits after '\\u', found \(found())")
      }
      value = value << 4 | digit
    }
    return value
  }

  @inline(never)
  private mutating func endInString(_ start: Int) -> DocumentError {
    index = start - 1
    return failure("the string that starts here has no closing quotation mark: the text is cut off")
  }
}

/// The value of a hexadecimal digit in either case, or nil.
@inline(__always)
func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}
