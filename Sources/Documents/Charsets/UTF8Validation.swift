/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Validation {
  /// The length of the well-formed sequence at `start`, or 0 if the bytes there are damaged or cut off.
  /// `start` must be inside `base ..< base + end` and hold a byte of 0x80 or more.
  @inline(__always)
  static func sequenceLength(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    let lead = unsafe base[start]
    guard start &+ 2 < end else { return unsafe tailLength(base, start, end) }
    let second = unsafe base[start &+ 1]
    let third = unsafe base[start &+ 2]
    // Chinese text is nearly all three-byte sequences that start with E4…E9.
    if lead &- 0xE4 <= 5 { return second & 0xC0 == 0x80 && third & 0xC0 == 0x80 ? 3 : 0 }
    switch lead {
    case 0xC2...0xDF: return second & 0xC0 == 0x80 ? 2 : 0
    case 0xE0: return second & 0xE0 == 0xA0 && third & 0xC0 == 0x80 ? 3 : 0
    case 0xED: return second & 0xE0 == 0x80 && third & 0xC0 == 0x80 ? 3 : 0
    case 0xE1...0xEF: return second & 0xC0 == 0x80 && third & 0xC0 == 0x80 ? 3 : 0
    case 0xF0...0xF4:
      guard start &+ 3 < end, unsafe base[start &+ 3] & 0xC0 == 0x80, third & 0xC0 == 0x80 else { return 0 }
      switch lead {
      case 0xF0: return 0x90...0xBF ~= second ? 4 : 0
      case 0xF4: return 0x80...0x8F ~= second ? 4 : 0
      default: return second & 0xC0 == 0x80 ? 4 : 0
      }
    default: return 0
    }
  }

  /// The offset of the first byte of the first damaged sequence, or nil if all of `bytes` is UTF-8.
  static func firstDamage(in bytes: borrowing Span<UInt8>) -> Int? {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      return unsafe firstDamage(base, buffer.count)
    }
  }

  private static func firstDamage(_ base: UnsafePointer<UInt8>, _ end: Int) -> Int? {
    let raw = unsafe UnsafeRawPointer(base)
    var index = 0
    while index < end {
      while index &+ 16 <= end {
        let low = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let high = unsafe raw.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
        if (low | high) & 0x8080_8080_8080_8080 != 0 { break }
        index &+= 16
      }
      while index < end, unsafe base[index] < 0x80 { index &+= 1 }
      while index < end, unsafe base[index] >= 0x80 {
        let length = unsafe sequenceLength(base, index, end)
        if length == 0 { return index }
        index &+= length
      }
    }
    return nil
  }

  /// The last two bytes of the input: only a two-byte sequence fits there.
  @inline(never)
  private static func tailLength(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    guard start &+ 1 < end, 0xC2...0xDF ~= (unsafe base[start]) else { return 0 }
    return unsafe base[start &+ 1] & 0xC0 == 0x80 ? 2 : 0
  }
}
