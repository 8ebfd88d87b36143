/// Base64 of RFC 4648.
public enum Base64 {
  public enum Alphabet: Sendable {
    /// `+` and `/`, padded with `=`.
    case standard
    /// `-` and `_`, without padding.
    case urlSafe
  }

  public static func encode(_ bytes: [UInt8], alphabet: Alphabet = .standard) -> String {
    let symbols = alphabet == .standard ? standardSymbols : urlSafeSymbols
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index + 2 < bytes.count {
      let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
      result.append(symbols[Int(group >> 18)])
      result.append(symbols[Int(group >> 12 & 63)])
      result.append(symbols[Int(group >> 6 & 63)])
      result.append(symbols[Int(group & 63)])
      index += 3
    }
    let rest = bytes.count - index
    if rest > 0 {
      let group = UInt32(bytes[index]) << 16 | (rest == 2 ? UInt32(bytes[index + 1]) << 8 : 0)
      result.append(symbols[Int(group >> 18)])
      result.append(symbols[Int(group >> 12 & 63)])
      if rest == 2 { result.append(symbols[Int(group >> 6 & 63)]) }
      if alphabet == .standard {
        for _ in rest..<3 { result.append(UInt8(ascii: "=")) }
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Strict: the padding of the alphabet (for `urlSafe` it may be there or not), no foreign characters, no stray
  /// bits in the last character. `skippingLineBreaks` lets CR and LF pass, as in PEM and MIME.
  public static func decode(
    _ text: String, alphabet: Alphabet = .standard, skippingLineBreaks: Bool = false
  ) throws(CryptoError) -> [UInt8] {
    let table = alphabet == .standard ? standardValues : urlSafeValues
    let input = text.utf8.span
    var result: [UInt8] = []
    result.reserveCapacity(input.count / 4 * 3 + 3)
    var group: UInt32 = 0
    var symbols = 0
    var padding = 0
    for index in 0..<input.count {
      let byte = input[index]
      if skippingLineBreaks, byte == 0x0A || byte == 0x0D { continue }
      if byte == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      let value = table[Int(byte)]
      guard value < 64, padding == 0 else {
        throw CryptoError(code: .malformedText, message: "no Base64 at byte \(index)")
      }
      group = group << 6 | UInt32(value)
      symbols += 1
      if symbols % 4 == 0 {
        result.append(UInt8(truncatingIfNeeded: group >> 16))
        result.append(UInt8(truncatingIfNeeded: group >> 8))
        result.append(UInt8(truncatingIfNeeded: group))
        group = 0
      }
    }
    let rest = symbols % 4
    let expectedPadding = rest == 0 ? 0 : 4 - rest
    guard rest != 1, padding == expectedPadding || (alphabet == .urlSafe && padding == 0) else {
      throw CryptoError(code: .malformedText, message: "Base64 text is cut off or badly padded")
    }
    let strayBits: UInt32 = rest == 2 ? group & 0xF : rest == 3 ? group & 0x3 : 0
    guard strayBits == 0 else {
      throw CryptoError(code: .malformedText, message: "Base64 text has stray bits in its last character")
    }
    if rest == 2 {
      result.append(UInt8(truncatingIfNeeded: group >> 4))
    } else if rest == 3 {
      result.append(UInt8(truncatingIfNeeded: group >> 10))
      result.append(UInt8(truncatingIfNeeded: group >> 2))
    }
    return result
  }

  private static let standardSymbols = symbols(last: "+/")
  private static let urlSafeSymbols = symbols(last: "-_")
  private static let standardValues = values(of: standardSymbols)
  private static let urlSafeValues = values(of: urlSafeSymbols)

  private static func symbols(last: String) -> [UInt8] {
    Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(last)".utf8)
  }

  private static func values(of symbols: [UInt8]) -> [UInt8] {
    var table = [UInt8](repeating: 255, count: 256)
    for (value, symbol) in symbols.enumerated() { table[Int(symbol)] = UInt8(value) }
    return table
  }
}
