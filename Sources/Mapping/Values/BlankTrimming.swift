/// Blanks as platforms leave them around values: of ASCII, no-break, ideographic, zero-width, byte order marks.
enum BlankTrimming {
  /// The text without blanks at either end; the same text, uncopied, when there are none.
  static func trim(_ text: String) -> String {
    let bytes = text.utf8.span
    var start = 0
    var end = bytes.count
    while start < end {
      let length = blankLength(at: start, before: end, in: bytes)
      if length == 0 { break }
      start += length
    }
    while end > start {
      let length = blankLength(endingAt: end, after: start, in: bytes)
      if length == 0 { break }
      end -= length
    }
    if start == 0, end == bytes.count { return text }
    let utf8 = text.utf8
    let from = utf8.index(utf8.startIndex, offsetBy: start)
    return String(text[from..<utf8.index(from, offsetBy: end - start)])
  }

  /// The text without any blanks.
  static func remove(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !isBlank(scalar) { scalars.append(scalar) }
    return String(scalars)
  }

  /// The text with each run of blanks as one ASCII blank.
  static func collapse(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    var inRun = false
    for scalar in text.unicodeScalars {
      let blank = isBlank(scalar)
      if !blank { scalars.append(scalar) } else if !inRun { scalars.append(" ") }
      inRun = blank
    }
    return String(scalars)
  }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
      0xFEFF:
      true
    default: false
    }
  }

  /// The bytes of the blank that begins at `index`, or 0.
  @inline(__always)
  private static func blankLength(at index: Int, before end: Int, in bytes: Span<UInt8>) -> Int {
    let byte = bytes[index]
    if byte < 0x80 { return byte == 0x20 || (0x09...0x0D).contains(byte) ? 1 : 0 }
    return wideBlankLength(at: index, before: end, in: bytes)
  }

  @inline(__always)
  private static func blankLength(endingAt end: Int, after start: Int, in bytes: Span<UInt8>) -> Int {
    let byte = bytes[end - 1]
    if byte < 0x80 { return byte == 0x20 || (0x09...0x0D).contains(byte) ? 1 : 0 }
    if end - start >= 3, wideBlankLength(at: end - 3, before: end, in: bytes) == 3 { return 3 }
    if end - start >= 2, wideBlankLength(at: end - 2, before: end, in: bytes) == 2 { return 2 }
    return 0
  }

  /// The same set as `isBlank`, on UTF-8.
  private static func wideBlankLength(at index: Int, before end: Int, in bytes: Span<UInt8>) -> Int {
    let left = end - index
    switch bytes[index] {
    case 0xC2 where left >= 2 && (bytes[index + 1] == 0x85 || bytes[index + 1] == 0xA0): return 2
    case 0xE1 where left >= 3 && bytes[index + 1] == 0x9A && bytes[index + 2] == 0x80: return 3
    case 0xE2 where left >= 3:
      switch (bytes[index + 1], bytes[index + 2]) {
      case (0x80, 0x80...0x8B), (0x80, 0xA8...0xA9), (0x80, 0xAF), (0x81, 0x9F): return 3
      default: return 0
      }
    case 0xE3 where left >= 3 && bytes[index + 1] == 0x80 && bytes[index + 2] == 0x80: return 3
    case 0xEF where left >= 3 && bytes[index + 1] == 0xBB && bytes[index + 2] == 0xBF: return 3
    default: return 0
    }
  }
}
