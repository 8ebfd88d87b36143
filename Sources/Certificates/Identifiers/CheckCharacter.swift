/// The check characters of the identifiers, computed over ASCII bytes. Each returns `nil` when a character is not of
/// the identifier's alphabet or the number of characters is wrong, and never traps.
public enum CheckCharacter {
  static let socialCreditAlphabet: [UInt8] = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

  /// GB 32100-2015, over the first 17 characters. ISO 7064 MOD 31,3 written with weights 3^i mod 31.
  public static func socialCreditCode(_ first17: some Collection<UInt8>) -> UInt8? {
    guard first17.count == 17 else { return nil }
    var sum = 0
    var weight = 1
    for byte in first17 {
      guard let value = socialCreditAlphabet.firstIndex(of: byte) else { return nil }
      sum += value * weight
      weight = weight * 3 % 31
    }
    return socialCreditAlphabet[(31 - sum % 31) % 31]
  }

  /// GB 11714 (组织机构代码), over the first 8 characters, digits and capitals.
  public static func organisationCode(_ first8: some Collection<UInt8>) -> UInt8? {
    guard first8.count == 8 else { return nil }
    let weights = [3, 7, 9, 10, 5, 8, 4, 2]
    var sum = 0
    for (weight, byte) in zip(weights, first8) {
      guard let value = value36(byte) else { return nil }
      sum += value * weight
    }
    switch 11 - sum % 11 {
    case 10: return UInt8(ascii: "X")
    case 11: return UInt8(ascii: "0")
    case let digit: return UInt8(ascii: "0") + UInt8(digit)
    }
  }

  /// GB 11643 (公民身份号码), over the first 17 digits. ISO 7064 MOD 11,2 written with weights.
  public static func citizenNumber(_ first17: some Collection<UInt8>) -> UInt8? {
    guard first17.count == 17 else { return nil }
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    var sum = 0
    for (weight, byte) in zip(weights, first17) {
      guard byte.isDigit else { return nil }
      sum += Int(byte - UInt8(ascii: "0")) * weight
    }
    return Array("10X98765432".utf8)[sum % 11]
  }

  /// ISO 7064 MOD 37,36 (hybrid), over digits and capitals: the check of an electronic certificate's identifier
  /// (GB/T 36904), taken over type, issuer, serial and version without the dots.
  public static func certificateIdentifier(_ characters: some Collection<UInt8>) -> UInt8? {
    var product = 36
    for byte in characters {
      guard let value = value36(byte) else { return nil }
      product = (product + value) % 36
      if product == 0 { product = 36 }
      product = product * 2 % 37
    }
    let check = (37 - product) % 36
    return check < 10 ? UInt8(ascii: "0") + UInt8(check) : UInt8(ascii: "A") + UInt8(check - 10)
  }

  /// ISO 7064 MOD 11,10 (hybrid), over the first 19 digits of a project code. Inferred from published codes.
  public static func projectCode(_ first19: some Collection<UInt8>) -> UInt8? {
    guard first19.count == 19 else { return nil }
    var product = 10
    for byte in first19 {
      guard byte.isDigit else { return nil }
      product = (product + Int(byte - UInt8(ascii: "0"))) % 10
      if product == 0 { product = 10 }
      product = product * 2 % 11
    }
    return UInt8(ascii: "0") + UInt8((11 - product) % 10)
  }

  static func value36(_ byte: UInt8) -> Int? {
    if byte.isDigit { return Int(byte) - 0x30 }
    return byte.isCapital ? Int(byte) - 0x41 + 10 : nil
  }
}
