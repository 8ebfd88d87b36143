/// Writes fixed-width decimal numbers as ASCII.
struct DigitWriter {
  private(set) var bytes: [UInt8] = []

  init() {
    bytes.reserveCapacity(24)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func byte(_ value: UInt8) {
    bytes.append(value)
  }

  /// At least `width` digits, zero-padded; a minus sign goes in front.
  mutating func number(_ value: Int, width: Int) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var divisor = 1
    var digits = 1
    let magnitude = Int(value.magnitude)
    while digits < width || magnitude / divisor >= 10 {
      divisor *= 10
      digits += 1
    }
    while divisor > 0 {
      bytes.append(0x30 + UInt8(magnitude / divisor % 10))
      divisor /= 10
    }
  }

  mutating func date(_ date: CivilDate, separator: UInt8?) {
    number(date.year, width: 4)
    if let separator { byte(separator) }
    number(date.month, width: 2)
    if let separator { byte(separator) }
    number(date.day, width: 2)
  }

  mutating func time(secondOfDay: Int, separator: UInt8?) {
    number(secondOfDay / 3600, width: 2)
    if let separator { byte(separator) }
    number(secondOfDay / 60 % 60, width: 2)
    if let separator { byte(separator) }
    number(secondOfDay % 60, width: 2)
  }
}
