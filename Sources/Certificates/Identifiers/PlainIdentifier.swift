public import CivilTime

/// The quick way for the usual case: an identifier in its normal form about which there is nothing to say. Registers
/// hold hundreds of thousands of them, so they are judged over UTF-8 without making a report.
extension Identifier {
  /// `true` only when ``inspect(_:_:today:)`` would give neither reasons nor warnings; `false` says nothing.
  public static func isPlain(_ kind: IdentifierKind, _ text: String, today: CivilDate? = nil) -> Bool {
    let bytes = text.utf8.span
    switch kind {
    case .citizenNumber: return isPlainCitizenNumber(bytes, today)
    case .socialCreditCode: return isPlainSocialCreditCode(bytes)
    case .realEstateUnit: return isPlainUnit(bytes)
    case .areaCode: return bytes.count == 6 && areDigits(bytes, 0..<6) && hasPlainProvince(bytes, 0)
    case .deedNumber:
      guard let deed = PlainDeedNumber(bytes) else { return false }
      return deed.isUsual(today)
    case .projectCode: return isPlainProjectCode(bytes, today)
    case .installerLicence: return isPlainInstallerLicence(bytes, today)
    case .certificateIdentifier, .accountNumber: return false
    }
  }

  private static func isPlainCitizenNumber(_ bytes: borrowing Span<UInt8>, _ today: CivilDate?) -> Bool {
    guard bytes.count == 18, areDigits(bytes, 0..<17), hasPlainProvince(bytes, 0) else { return false }
    // Years 1900 to 2099 and a sequence other than 000; what lies outside is judged in full.
    let year = number(bytes, 6..<10)
    guard (1900..<2100).contains(year), number(bytes, 14..<17) > 0,
      let born = CivilDate(year: year, month: number(bytes, 10..<12), day: number(bytes, 12..<14))
    else { return false }
    if let today, born > today { return false }
    // ISO 7064 MOD 11,2 in its recursive form.
    var product = 0
    for index in 0..<17 { product = (product + Int(bytes[index]) - 0x30) * 2 % 11 }
    let check = (12 - product) % 11
    return bytes[17] == (check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(check))
  }

  private static func isPlainSocialCreditCode(_ bytes: borrowing Span<UInt8>) -> Bool {
    guard bytes.count == 18, areDigits(bytes, 2..<8), hasPlainProvince(bytes, 2) else { return false }
    // Companies, co-operatives and one-man businesses; the rest is judged in full.
    guard bytes[0] == UInt8(ascii: "9"), bytes[1] >= UInt8(ascii: "1"), bytes[1] <= UInt8(ascii: "3") else {
      return false
    }
    var sum = 0
    var weight = 1
    for index in 0..<17 {
      let value = socialValue(bytes[index])
      guard value >= 0 else { return false }
      sum += value * weight
      weight = weight * 3 % 31
    }
    guard socialValue(bytes[17]) == (31 - sum % 31) % 31 else { return false }
    var inner = 0
    for index in 0..<8 {
      inner += Int(organisationWeight(index)) * (CheckCharacter.value36(bytes[8 + index]) ?? 0)
    }
    let check = (11 - inner % 11) % 11
    return bytes[16] == (check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(check))
  }

  private static func isPlainUnit(_ bytes: borrowing Span<UInt8>) -> Bool {
    guard bytes.count == 28, areDigits(bytes, 0..<12), areDigits(bytes, 14..<19), areDigits(bytes, 20..<28),
      hasPlainProvince(bytes, 0)
    else { return false }
    // Houses on land for building, state or collective: nearly all there is.
    guard bytes[12] == UInt8(ascii: "G") || bytes[12] == UInt8(ascii: "J"), bytes[13] == UInt8(ascii: "B"),
      bytes[19] == UInt8(ascii: "F")
    else { return false }
    return number(bytes, 14..<19) > 0 && number(bytes, 20..<28) > 0
  }

  private static func isPlainProjectCode(_ bytes: borrowing Span<UInt8>, _ today: CivilDate?) -> Bool {
    guard bytes.count == 24, areDigits(bytes, 0..<4), areDigits(bytes, 5..<11), areDigits(bytes, 12..<14),
      areDigits(bytes, 15..<17), areDigits(bytes, 18..<24), hasPlainProvince(bytes, 5)
    else { return false }
    let hyphen = UInt8(ascii: "-")
    guard bytes[4] == hyphen, bytes[11] == hyphen, bytes[14] == hyphen, bytes[17] == hyphen else {
      return false
    }
    let first = number(bytes, 0..<4)
    let isNew = (1...12).contains(first % 100)
    let (year, month) = isNew ? (2000 + first / 100, first % 100) : (first, 1)
    guard (2013...2050).contains(year) else { return false }
    if let today, (year, month) > (today.year, today.month) { return false }
    guard isNew else { return true }
    // ISO 7064 MOD 11,10.
    var product = 10
    for index in 0..<23 where bytes[index] != hyphen {
      product = (product + Int(bytes[index]) - 0x30) % 10
      if product == 0 { product = 10 }
      product = product * 2 % 11
    }
    return Int(bytes[23]) - 0x30 == (11 - product) % 10
  }

  private static func isPlainInstallerLicence(_ bytes: borrowing Span<UInt8>, _ today: CivilDate?) -> Bool {
    guard bytes.count == 14, areDigits(bytes, 0..<1), areDigits(bytes, 2..<3), areDigits(bytes, 4..<9),
      areDigits(bytes, 10..<14)
    else { return false }
    let hyphen = UInt8(ascii: "-")
    guard bytes[1] == hyphen, bytes[3] == hyphen, bytes[9] == hyphen else { return false }
    let year = number(bytes, 10..<14)
    if let today, year > today.year { return false }
    return (2005...2100).contains(year)
  }

  private static func areDigits(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range where !bytes[index].isDigit { return false }
    return true
  }

  private static func number(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int {
    var value = 0
    for index in range { value = value * 10 + Int(bytes[index]) - 0x30 }
    return value
  }

  /// A province of the mainland; the digits were checked.
  private static func hasPlainProvince(_ bytes: borrowing Span<UInt8>, _ start: Int) -> Bool {
    switch number(bytes, start..<start + 2) {
    case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65: true
    default: false
    }
  }

  /// The value in the alphabet of GB 32100, or −1: digits, then capitals without I O S V Z.
  private static func socialValue(_ byte: UInt8) -> Int {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case UInt8(ascii: "A")...UInt8(ascii: "H"): Int(byte) - 55
    case UInt8(ascii: "J")...UInt8(ascii: "N"): Int(byte) - 56
    case UInt8(ascii: "P")...UInt8(ascii: "R"): Int(byte) - 57
    case UInt8(ascii: "T")...UInt8(ascii: "U"): Int(byte) - 58
    case UInt8(ascii: "W")...UInt8(ascii: "Y"): Int(byte) - 59
    default: -1
    }
  }

  private static func organisationWeight(_ index: Int) -> UInt8 {
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
