import CivilTime

/// 承装(修、试)电力设施许可证 number, such as `4-1-00033-2006`: region, kind of number, serial, year. Known from
/// examples only, so everything but the four groups of digits only warns.
enum InstallerLicenceNumber {
  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    guard let bytes = inspection.ascii(tidy) else { return nil }
    let groups = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard groups.count == 4 else {
      inspection.fail(
        .wrongForm, "four groups of digits between hyphens are needed, there are \(groups.count)")
      return nil
    }
    for (index, byte) in bytes.enumerated() where !byte.isDigit && byte != UInt8(ascii: "-") {
      inspection.fail(
        .illegalCharacter,
        "the groups have only digits, but character \(index + 1) is \(Inspection.show(byte))")
    }
    checkLengths(groups.map(\.count), &inspection)
    guard !inspection.hasFailed else { return nil }
    inspection.part("region", groups[0])
    inspection.part("series", groups[1])
    inspection.part("serial", groups[2])
    inspection.part("year", groups[3])
    judgeYear(groups[3].reduce(0) { $0 * 10 + Int($1) - 0x30 }, &inspection)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func checkLengths(_ lengths: [Int], _ inspection: inout Inspection) {
    let most = [2, 2, 6, 4]
    let least = [1, 1, 4, 4]
    for index in 0..<4 where lengths[index] < least[index] || lengths[index] > most[index] {
      inspection.fail(
        .wrongLength,
        "the groups have 1-1-5-4 digits, here they have \(lengths.map(String.init).joined(separator: "-"))")
      return
    }
    if lengths != [1, 1, 5, 4] {
      inspection.warn(.unlikely, "the groups usually have 1-1-5-4 digits")
    }
  }

  /// The licence exists since 2005/2006.
  private static func judgeYear(_ year: Int, _ inspection: inout Inspection) {
    if year < 1990 || year > 2100 {
      inspection.fail(.impossibleDate, "no licence was given out in \(year)")
    } else if let today = inspection.today, year > today.year {
      inspection.fail(.impossibleDate, "the licence would be given out in the future")
    } else if year < 2005 {
      inspection.warn(.unlikelyDate, "the licence was introduced in 2005, this one says \(year)")
    }
  }
}
