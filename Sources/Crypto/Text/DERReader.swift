/// Reads the few DER forms that SM2 needs, refusing what BER would allow beside DER: long lengths for short values,
/// padded or negative integers, indefinite lengths, bytes left over.
struct DERReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position == bytes.endIndex }

  /// The contents of the one SEQUENCE that `bytes` must be.
  static func onlySequence(in bytes: [UInt8]) -> DERReader? {
    var outer = DERReader(bytes[...])
    guard let contents = outer.value(tag: 0x30), outer.isAtEnd else { return nil }
    return DERReader(contents)
  }

  /// A positive INTEGER or zero as exactly `byteCount` big-endian bytes; nil when it does not fit.
  mutating func unsignedInteger(byteCount: Int) -> [UInt8]? {
    guard var contents = value(tag: 0x02), let first = contents.first, first & 0x80 == 0 else { return nil }
    if first == 0, contents.count > 1 {
      // A leading zero belongs there only to keep the sign bit clear.
      guard contents[contents.startIndex + 1] & 0x80 != 0 else { return nil }
      contents = contents.dropFirst()
    }
    guard contents.count <= byteCount else { return nil }
    return [UInt8](repeating: 0, count: byteCount - contents.count) + contents
  }

  mutating func octetString() -> [UInt8]? {
    value(tag: 0x04).map { contents in Array(contents) }
  }

  private mutating func value(tag: UInt8) -> ArraySlice<UInt8>? {
    guard byte() == tag, let length = length(), length <= bytes.endIndex - position else { return nil }
    defer { position += length }
    return bytes[position..<position + length]
  }

  private mutating func length() -> Int? {
    guard let first = byte() else { return nil }
    if first < 0x80 { return Int(first) }
    let count = Int(first & 0x7F)
    guard (1...4).contains(count) else { return nil }
    var length = 0
    for index in 0..<count {
      guard let next = byte(), index > 0 || next != 0 else { return nil }
      length = length << 8 | Int(next)
    }
    return length >= 0x80 ? length : nil
  }

  private mutating func byte() -> UInt8? {
    guard position < bytes.endIndex else { return nil }
    defer { position += 1 }
    return bytes[position]
  }
}

/// Writes the same forms.
struct DERWriter {
  private(set) var bytes: [UInt8] = []

  /// Big-endian, of any length; leading zeros are dropped.
  mutating func unsignedInteger(_ number: [UInt8]) {
    var digits = number.drop { $0 == 0 }
    if digits.isEmpty { digits = [0] }
    let needsZero = digits[digits.startIndex] & 0x80 != 0
    header(tag: 0x02, length: digits.count + (needsZero ? 1 : 0))
    if needsZero { bytes.append(0) }
    bytes += digits
  }

  mutating func octetString(_ contents: [UInt8]) {
    header(tag: 0x04, length: contents.count)
    bytes += contents
  }

  /// What was written so far, inside a SEQUENCE.
  func sequence() -> [UInt8] {
    var outer = DERWriter()
    outer.header(tag: 0x30, length: bytes.count)
    return outer.bytes + bytes
  }

  private mutating func header(tag: UInt8, length: Int) {
    bytes.append(tag)
    if length < 0x80 {
      bytes.append(UInt8(length))
      return
    }
    let count = (Int.bitWidth - length.leadingZeroBitCount + 7) / 8
    bytes.append(0x80 | UInt8(count))
    for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * index))) }
  }
}
