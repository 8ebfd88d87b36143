import CivilTime

/// 投资项目代码, 20 digits in groups of 4, 6, 2, 2 and 6. The new form starts with year and month (YYMM) and its last
/// digit is a check by ISO 7064 MOD 11,10; the old form starts with the year (YYYY) and has no check. That the check
/// is this one is inferred from published codes, so a failure only warns.
enum ProjectCode {
  private static let groupLengths = [4, 6, 2, 2, 6]

  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    guard let bytes = inspection.ascii(tidy) else { return nil }
    guard let digits = digits(of: bytes, &inspection) else { return nil }
    inspection.requireDigits(digits, 0..<20, "a project code")
    guard !inspection.hasFailed else { return nil }
    let isNew = readDate(digits, &inspection)
    inspection.part("area", digits[4..<10])
    inspection.part(isNew ? "department" : "industry", digits[10..<12])
    inspection.part("projectType", digits[12..<14])
    inspection.part("serial", isNew ? digits[14..<19] : digits[14..<20])
    if isNew {
      inspection.part("check", digits[19..<20])
      if let expected = CheckCharacter.projectCode(digits[0..<19]), expected != digits[19] {
        inspection.warn(
          .inferredCheck,
          "the last digit is \(Inspection.plain(digits[19])), the others give \(Inspection.plain(expected)) by MOD 11,10"
        )
      }
    }
    guard !inspection.hasFailed else { return nil }
    if !AreaCode.hasKnownProvince(digits[4..<10]) {
      inspection.warn(.unknownCode, "the area is not of a known province")
    }
    return normal(digits)
  }

  /// The 20 digits without their hyphens.
  private static func digits(of bytes: [UInt8], _ inspection: inout Inspection) -> [UInt8]? {
    let groups = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    if groups.count == 1 {
      guard bytes.count == 20 else {
        inspection.fail(.wrongLength, "20 digits in groups of 4-6-2-2-6 are needed, there are \(bytes.count)")
        return nil
      }
      inspection.warn(.separators, "the hyphens between the groups were missing")
      return bytes
    }
    guard groups.map(\.count) == groupLengths else {
      let lengths = groups.map { String($0.count) }.joined(separator: "-")
      inspection.fail(.wrongLength, "the groups have 4-6-2-2-6 digits, here they have \(lengths)")
      return nil
    }
    return Array(groups.joined())
  }

  /// Whether the code is of the new form.
  private static func readDate(_ digits: [UInt8], _ inspection: inout Inspection) -> Bool {
    let first = digits[0..<4].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    if (1...12).contains(first % 100) {
      let year = 2000 + first / 100
      inspection.part("form", "new")
      inspection.part("year", String(year))
      inspection.part("month", String(decoding: digits[2..<4], as: UTF8.self))
      judge(year, month: first % 100, &inspection)
      return true
    } else if (2013...2099).contains(first) {
      inspection.part("form", "old")
      inspection.part("year", String(first))
      judge(first, month: 1, &inspection)
    } else {
      inspection.fail(.impossibleDate, "the first four digits are neither a year and month (YYMM) nor a year")
    }
    return false
  }

  /// The codes were introduced in 2015; a few years before are tolerated silently because projects were entered late.
  private static func judge(_ year: Int, month: Int, _ inspection: inout Inspection) {
    if let today = inspection.today, (year, month) > (today.year, today.month) {
      inspection.fail(.impossibleDate, "the code would be given out in the future")
    } else if !(2013...2050).contains(year) {
      inspection.warn(.unlikelyDate, "project codes are given out since 2015, this one says \(year)")
    }
  }

  private static func normal(_ digits: [UInt8]) -> String {
    var text: [UInt8] = []
    var start = 0
    for length in groupLengths {
      if start > 0 { text.append(UInt8(ascii: "-")) }
      text += digits[start..<start + length]
      start += length
    }
    return String(decoding: text, as: UTF8.self)
  }
}
