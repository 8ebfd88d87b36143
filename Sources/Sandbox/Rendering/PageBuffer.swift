import CivilTime
import Documents

/// Bytes of a page being written, in the charset of the platform. Everything goes straight to bytes; Strings are
/// only made for people (``text(_:)``).
struct PageBuffer {
  private(set) var bytes: [UInt8] = []
  let charset: Charset

  init(charset: Charset = .utf8, capacity: Int = 0) {
    self.charset = charset
    bytes.reserveCapacity(capacity)
  }

  /// What `write` writes, as a String.
  static func text(_ write: (inout PageBuffer) -> Void) -> String {
    var buffer = PageBuffer(charset: .utf8, capacity: 96)
    write(&buffer)
    return String(decoding: buffer.bytes, as: UTF8.self)
  }

  mutating func byte(_ byte: UInt8) {
    bytes.append(byte)
  }

  /// ASCII only: the same bytes in every charset.
  mutating func ascii(_ text: StaticString) {
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ other: [UInt8]) {
    bytes.append(contentsOf: other)
  }

  mutating func append(_ other: ArraySlice<UInt8>) {
    bytes.append(contentsOf: other)
  }

  mutating func word(_ list: WordList, _ index: Int) {
    list.append(index, to: &bytes, charset: charset)
  }

  /// For the rare text that is in no list (identifiers, messages): converted here.
  mutating func string(_ text: String) {
    switch charset {
    case .utf8: bytes.append(contentsOf: text.utf8)
    case .gb18030: bytes.append(contentsOf: WordList.gb18030(text))
    }
  }

  mutating func number(_ value: Int) {
    if value < 0 { byte(UInt8(ascii: "-")) }
    var digits = 1
    var rest = value.magnitude
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    padded(Int(value.magnitude), width: digits)
  }

  /// Exactly `width` digits of a number that is not negative; higher ones are cut off.
  mutating func padded(_ value: Int, width: Int) {
    if width > 8 {
      padded(value / 100_000_000, width: width - 8)
      padded(value % 100_000_000, width: 8)
      return
    }
    // Eight digits fit into a word, the highest in its lowest byte: appended at once instead of one by one.
    var rest = UInt64(value)
    var digits: UInt64 = 0
    for _ in 0..<width {
      digits = digits << 8 | (0x30 + rest % 10)
      rest /= 10
    }
    unsafe withUnsafeBytes(of: digits.littleEndian) { word in
      unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: word[..<width]))
    }
  }

  /// `12345` hundredths as `123.45`.
  mutating func hundredths(_ value: Int) {
    number(value / 100)
    byte(UInt8(ascii: "."))
    padded(value % 100, width: 2)
  }

  /// `2019-04-17`, or `20190417` without a separator.
  mutating func date(_ date: CivilDate, separator: UInt8? = UInt8(ascii: "-")) {
    padded(date.year, width: 4)
    if let separator { byte(separator) }
    padded(date.month, width: 2)
    if let separator { byte(separator) }
    padded(date.day, width: 2)
  }

  /// Beijing time: `2019-04-17 08:05:09`
  mutating func dateTime(seconds: Int) {
    let local = seconds + UTCOffset.china
    // The sandbox has no time before 1970, so truncating division is the floor.
    date(CivilDate(daysSinceEpoch: local / 86_400))
    byte(UInt8(ascii: " "))
    clock(local % 86_400, separator: UInt8(ascii: ":"))
  }

  mutating func clock(_ secondOfDay: Int, separator: UInt8?) {
    padded(secondOfDay / 3600, width: 2)
    if let separator { byte(separator) }
    padded(secondOfDay / 60 % 60, width: 2)
    if let separator { byte(separator) }
    padded(secondOfDay % 60, width: 2)
  }

  /// Makes the last byte another one of the same alphabet: how a poisoned record loses its check character.
  mutating func breakLast() {
    guard let last = bytes.last else { return }
    bytes[bytes.count - 1] = last == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
  }

  /// ( or ), or the full-width form some systems write.
  mutating func bracket(open: Bool, fullWidth: Bool) {
    guard fullWidth else {
      byte(open ? UInt8(ascii: "(") : UInt8(ascii: ")"))
      return
    }
    switch charset {
    case .utf8: append(open ? [0xEF, 0xBC, 0x88] : [0xEF, 0xBC, 0x89])
    case .gb18030: append(open ? [0xA3, 0xA8] : [0xA3, 0xA9])
    }
  }
}
