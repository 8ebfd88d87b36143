/// Hexadecimal text of bytes.
public enum Hex {
  public static func encode(_ bytes: [UInt8], uppercase: Bool = false) -> String {
    let letters: UInt8 = uppercase ? 0x41 - 10 : 0x61 - 10
    return unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
      for index in bytes.indices {
        let high = bytes[index] >> 4
        let low = bytes[index] & 0xF
        unsafe buffer[2 * index] = high < 10 ? 0x30 + high : letters + high
        unsafe buffer[2 * index + 1] = low < 10 ? 0x30 + low : letters + low
      }
      return bytes.count * 2
    }
  }

  /// Digits in either case, an even number of them, nothing between them and no `0x`.
  public static func decode(_ text: String) throws(CryptoError) -> [UInt8] {
    let digits = text.utf8.span
    guard digits.count % 2 == 0 else {
      throw CryptoError(
        code: .malformedText, message: "hexadecimal text has an odd number of digits (\(digits.count))")
    }
    var result: [UInt8] = []
    result.reserveCapacity(digits.count / 2)
    var index = 0
    while index < digits.count {
      guard let high = value(of: digits[index]) else { throw badDigit(index) }
      guard let low = value(of: digits[index + 1]) else { throw badDigit(index + 1) }
      result.append(high << 4 | low)
      index += 2
    }
    return result
  }

  private static func badDigit(_ index: Int) -> CryptoError {
    CryptoError(code: .malformedText, message: "no hexadecimal digit at byte \(index)")
  }

  private static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
