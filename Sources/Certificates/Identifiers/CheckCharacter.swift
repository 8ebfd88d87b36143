/// The check characters of the identifiers, computed over ASCII bytes. Each returns `nil` when a character is not of
/// the identifier's alphabet or the number of characters is wrong, and never traps.
public enum CheckCharacter {
  static let socialCreditAlphabet: [UInt8] = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

  /// GB 32100-2015, over the first 17 characters. ISO 7064 MOD 31,3 written with weights 3^i mod 31.
  public static func socialCreditCode(_ first17: borrowing Span<UInt8>) -> UInt8? {
    guard first17.count == 17 else { return nil }
    var sum = 0
    var weight = 1
    for index in 0..<17 {
      guard let value = socialCreditValue(first17[index]) else { return nil }
      sum += value * weight
      weight = weight * 3 % 31
    }
    return socialCreditAlphabet[(31 - sum % 31) % 31]
  }

  /// GB 11714 (组织机构代码), over the first 8 characters, digits and capitals.
  public static func organisationCode(_ first8: borrowing Span<UInt8>) -> UInt8? {
    guard first8.count == 8 else { return nil }
    var sum = 0
    for index in 0..<8 {
      guard let value = value36(first8[index]) else { return nil }
      sum += value * organisationWeight(index)
    }
    switch 11 - sum % 11 {
    case 10: return UInt8(ascii: "X")
    case 11: return UInt8(ascii: "0")
    case let digit: return UInt8(ascii: "0") + UInt8(digit)
    }
  }

  /// GB 11643 (公民身份号码), over the first 17 digits. The weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2 are 2^(17−i)
  /// mod 11: ISO 7064 MOD 11,2, computed in its recursive form.
  public static func citizenNumber(_ first17: borrowing Span<UInt8>) -> UInt8? {
    guard first17.count == 17 else { return nil }
    var product = 0
    for index in 0..<17 {
      guard first17[index].isDigit else { return nil }
      product = (product + Int(first17[index] - UInt8(ascii: "0"))) * 2 % 11
    }
    let check = (12 - product) % 11
    return check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(check)
  }

  /// ISO 7064 MOD 37,36 (hybrid), over digits and capitals: the check of an electronic certificate's identifier
  /// (GB/T 36904), taken over type, issuer, serial and version without the dots.
  public static func certificateIdentifier(_ characters: borrowing Span<UInt8>) -> UInt8? {
    var product = 36
    for index in characters.indices {
      guard let value = value36(characters[index]) else { return nil }
      product = (product + value) % 36
      if product == 0 { product = 36 }
      product = product * 2 % 37
    }
    let check = (37 - product) % 36
    return check < 10 ? UInt8(ascii: "0") + UInt8(check) : UInt8(ascii: "A") + UInt8(check - 10)
  }

  /// ISO 7064 MOD 11,10 (hybrid), over the first 19 digits of a project code. Inferred from published codes.
  public static func projectCode(_ first19: borrowing Span<UInt8>) -> UInt8? {
    guard first19.count == 19 else { return nil }
    var product = 10
    for index in 0..<19 {
      guard first19[index].isDigit else { return nil }
      product = (product + Int(first19[index] - UInt8(ascii: "0"))) % 10
      if product == 0 { product = 10 }
      product = product * 2 % 11
    }
    return UInt8(ascii: "0") + UInt8((11 - product) % 10)
  }

  static func value36(_ byte: UInt8) -> Int? {
    if byte.isDigit { return Int(byte) - 0x30 }
    return byte.isCapital ? Int(byte) - 0x41 + 10 : nil
  }

  /// The value in the alphabet of GB 32100: digits, then capitals without I O S V Z.
  static func socialCreditValue(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case UInt8(ascii: "A")...UInt8(ascii: "H"): Int(byte) - 55
    case UInt8(ascii: "J")...UInt8(ascii: "N"): Int(byte) - 56
    case UInt8(ascii: "P")...UInt8(ascii: "R"): Int(byte) - 57
    case UInt8(ascii: "T")...UInt8(ascii: "U"): Int(byte) - 58
    case UInt8(ascii: "W")...UInt8(ascii: "Y"): Int(byte) - 59
    default: nil
    }
  }

  private static func organisationWeight(_ index: Int) -> Int {
    switch index {
    case 0: 3
    case 1: 7
    case 2: 9
    case 3: 10
    case 4: 5
    case 5: 8
    case 6: 4
    default: 2
    }
  }
}

/// The same over any bytes, for callers that are not in a hurry.
extension CheckCharacter {
  public static func socialCreditCode(_ first17: some Collection<UInt8>) -> UInt8? {
    socialCreditCode(Array(first17).span)
  }

  public static func organisationCode(_ first8: some Collection<UInt8>) -> UInt8? {
    organisationCode(Array(first8).span)
  }

  public static func citizenNumber(_ first17: some Collection<UInt8>) -> UInt8? {
    citizenNumber(Array(first17).span)
  }

  public static func certificateIdentifier(_ characters: some Collection<UInt8>) -> UInt8? {
    certificateIdentifier(Array(characters).span)
  }

  public static func projectCode(_ first19: some Collection<UInt8>) -> UInt8? {
    projectCode(Array(first19).span)
  }
}
