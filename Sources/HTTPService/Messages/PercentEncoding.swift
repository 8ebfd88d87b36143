/// Percent-encoding of RFC 3986, read strictly: a stray percent sign or bytes that are not UTF-8 are
/// not guessed at.
public enum PercentEncoding {
  /// `nil` if an escape is malformed or the result is not UTF-8. `plusIsSpace` is for form data and
  /// queries (`application/x-www-form-urlencoded`), never for paths.
  public static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
    guard let bytes = decodeBytes(text, plusIsSpace: plusIsSpace) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  public static func decode(_ text: String, plusIsSpace: Bool = false) -> String? {
    decode(text[...], plusIsSpace: plusIsSpace)
  }

  /// As `decode`, for values in another charset. `nil` only if an escape is malformed.
  public static func decodeBytes(_ text: Substring, plusIsSpace: Bool = false) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      if byte == Bytes.percent {
        guard let high = rest.next().flatMap(Bytes.hexValue), let low = rest.next().flatMap(Bytes.hexValue)
        else { return nil }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? Bytes.space : byte)
      }
    }
    return bytes
  }

  /// Escapes everything but the unreserved characters, so the result fits any part of a URL.
  public static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): bytes.append(byte)
      case _ where Bytes.isLetter(byte) || Bytes.isDigit(byte): bytes.append(byte)
      default:
        bytes.append(Bytes.percent)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
