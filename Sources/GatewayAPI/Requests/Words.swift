import Certificates
import Crypto
import HTTPService

/// Texts that callers choose and that end up in logs, tables and answers.
enum Words {
  /// 8 to 64 letters, digits, `.`, `_`, `-`, and nobody's number.
  static func isRequestID(_ text: String) -> Bool {
    (8...64).contains(text.utf8.count) && isWord(text) && !holdsIdentifier(text)
  }

  static func freshRequestID() -> String { Hex.encode(SecureRandom.bytes(16)) }

  /// 事项编码.
  static func isItemCode(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && isWord(text) && !Identifier.holdsCitizenNumber(text)
  }

  static let longestOperator = 128

  /// Who asks, as the consumer names people: up to 128 bytes without control characters; percent-encoded where it is not ASCII.
  static func operatorName(_ text: String) -> String? {
    guard (1...longestOperator).contains(text.utf8.count),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { return nil }
    guard text.contains("%"), let decoded = PercentEncoding.decode(text) else { return text }
    return decoded.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ? decoded : nil
  }

  /// A name of a member or parameter as it may be repeated to whoever sent it: only what looks like a name.
  static func shown(_ name: String) -> String {
    let isPlain =
      name.utf8.count <= 40
      && name.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
    return isPlain && longestDigitRun(name) < 6 ? name : "…"
  }

  /// Whether a text could lead to somebody: a citizen number, a credit code, a mobile telephone.
  static func holdsIdentifier(_ text: String) -> Bool {
    if Identifier.holdsCitizenNumber(text) { return true }
    for part in parts(text) {
      if part.count == 18, Identifier.inspect(.socialCreditCode, String(part)).isValid { return true }
      if part.count == 11, part.hasPrefix("1"), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
        return true
      }
    }
    return false
  }

  private static func parts(_ text: String) -> [Substring] {
    text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
  }

  private static func isWord(_ text: String) -> Bool {
    text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func longestDigitRun(_ text: String) -> Int {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = (0x30...0x39).contains(byte) ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
