import CivilTime

/// 公民身份号码, GB 11643: area 6, birth date 8, sequence 3 (odd: male), check 1. The number of 15 digits used before
/// 1999 has a year of two digits and no check; its normal form is the 18-character number that follows from it, so
/// that both spellings of one person match.
enum CitizenNumber {
  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    guard let bytes = inspection.ascii(tidy) else { return nil }
    switch bytes.count {
    case 18:
      read(bytes, &inspection)
      return String(decoding: bytes, as: UTF8.self)
    case 15: return readLegacy(bytes, &inspection)
    default:
      inspection.fail(
        .wrongLength, "18 characters are needed (15 in the form before 1999), there are \(bytes.count)")
      return nil
    }
  }

  private static func read(_ bytes: [UInt8], _ inspection: inout Inspection) {
    inspection.requireDigits(bytes, 0..<17, "everything before the check character")
    if !bytes[17].isDigit, bytes[17] != UInt8(ascii: "X") {
      inspection.fail(
        .illegalCharacter, "the check character is a digit or X, but it is \(Inspection.show(bytes[17]))")
    }
    guard !inspection.hasFailed else { return }
    describe(bytes, &inspection)
    inspection.part("check", bytes[17..<18])
    if let expected = CheckCharacter.citizenNumber(bytes[0..<17]), expected != bytes[17] {
      inspection.fail(
        .wrongCheck,
        "the check character is \(Inspection.plain(bytes[17])), the others give \(Inspection.plain(expected))"
      )
    }
  }

  private static func readLegacy(_ bytes: [UInt8], _ inspection: inout Inspection) -> String? {
    inspection.requireDigits(bytes, 0..<15, "a number of 15 characters")
    guard !inspection.hasFailed else { return nil }
    var upgraded = Array(bytes[0..<6]) + Array("19".utf8) + Array(bytes[6..<15])
    if let check = CheckCharacter.citizenNumber(upgraded) { upgraded.append(check) }
    let number = String(decoding: upgraded, as: UTF8.self)
    // The last sequence numbers were kept for people over a hundred years old: their century is not known.
    let isCentenarian =
      bytes[12] == UInt8(ascii: "9") && bytes[13] == UInt8(ascii: "9") && bytes[14] >= UInt8(ascii: "6")
    describe(upgraded, &inspection)
    inspection.part("legacy", bytes[0..<15])
    inspection.warn(
      .legacy, "a number of 15 digits as issued before 1999, without a check; the normal form follows from it"
    )
    if isCentenarian {
      inspection.warn(
        .unlikely, "sequences 996 to 999 were kept for people born before 1900; the century is a guess")
      return String(decoding: bytes, as: UTF8.self)
    }
    return number
  }

  private static func describe(_ bytes: [UInt8], _ inspection: inout Inspection) {
    inspection.part("area", bytes[0..<6])
    readBirthDate(bytes, &inspection)
    inspection.part("sequence", bytes[14..<17])
    inspection.part("sex", (bytes[16] - 0x30) % 2 == 1 ? "male" : "female")
    if bytes[14..<17].allSatisfy({ $0 == UInt8(ascii: "0") }) {
      inspection.warn(.unlikely, "the sequence 000 is not given out")
    }
    switch (bytes[0], bytes[1]) {
    case (UInt8(ascii: "8"), UInt8(ascii: "1")...UInt8(ascii: "3")):
      let place = ["hong-kong", "macao", "taiwan"][Int(bytes[1] - UInt8(ascii: "1"))]
      inspection.part("residencePermit", place)
      if bytes[2..<6].contains(where: { $0 != UInt8(ascii: "0") }) {
        inspection.warn(.unlikely, "the area of a residence permit ends in 0000")
      }
    case (UInt8(ascii: "9"), _):
      inspection.part("residencePermit", "foreign")
      inspection.warn(.unlikely, "numbers that start with 9 are those of foreign permanent residents")
    default:
      if !AreaCode.hasKnownProvince(bytes[0..<6]) {
        inspection.warn(.unknownCode, "the area is not of a known province")
      }
    }
  }

  private static func readBirthDate(_ bytes: [UInt8], _ inspection: inout Inspection) {
    let year = number(bytes[6..<10])
    guard let date = CivilDate(year: year, month: number(bytes[10..<12]), day: number(bytes[12..<14])) else {
      inspection.fail(.impossibleDate, "the calendar has no such birth date (characters 7 to 14)")
      return
    }
    inspection.part("birthDate", date.description)
    if let today = inspection.today, date > today {
      inspection.fail(.impossibleDate, "the birth date lies in the future")
    } else if year < 1800 || year > 2100 {
      inspection.fail(.impossibleDate, "nobody concerned was born in \(year)")
    } else if year < 1900 {
      inspection.warn(.unlikelyDate, "the birth date lies before 1900")
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int {
    var value = 0
    for byte in digits { value = value * 10 + Int(byte) - 0x30 }
    return value
  }
}
