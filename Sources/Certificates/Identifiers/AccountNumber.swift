/// 用电户号: a string, not a number. 13 digits, 10 in older account books.
enum AccountNumber {
  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    guard let bytes = inspection.ascii(tidy) else { return nil }
    guard bytes.count == 13 || bytes.count == 10 else {
      inspection.fail(
        .wrongLength, "13 digits are needed (10 in older books), there are \(bytes.count) characters")
      return nil
    }
    inspection.requireDigits(bytes, 0..<bytes.count, "an account number")
    if bytes.count == 10 {
      inspection.warn(.legacy, "an account number of 10 digits, as used in older books")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
