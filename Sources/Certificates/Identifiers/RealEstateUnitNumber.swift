/// 不动产单元号, GB/T 37346-2019, 28 characters without a check: area 6, cadastral area 3, cadastral subarea 3, parcel
/// character 2, parcel number 5, fixture character 1, fixture unit 8. Printed in groups of 6, 6, 7 and 9.
enum RealEstateUnitNumber {
  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    inspection.blanksAreOfficial = isInOfficialGroups(inspection.input)
    guard let bytes = inspection.ascii(tidy) else { return nil }
    guard bytes.count == 28 else {
      let hint = bytes.count == 19 ? " (a parcel code, 宗地代码, without its unit?)" : ""
      if bytes.count == 19 { readParcel(bytes, &inspection) }
      inspection.fail(.wrongLength, "28 characters are needed, there are \(bytes.count)\(hint)")
      return nil
    }
    readParcel(bytes, &inspection)
    readFixture(bytes, &inspection)
    guard !inspection.hasFailed else { return nil }
    if !AreaCode.hasKnownProvince(bytes[0..<6]) {
      inspection.warn(.unknownCode, "the area is not of a known province")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func readParcel(_ bytes: [UInt8], _ inspection: inout Inspection) {
    inspection.requireDigits(bytes, 0..<12, "everything before the parcel character")
    inspection.requireDigits(bytes, 14..<19, "the parcel number")
    if owners[bytes[12]] == nil {
      inspection.fail(
        .illegalCharacter, "character 13 (ownership) is G, J or Z, but it is \(Inspection.show(bytes[12]))")
    }
    if uses[bytes[13]] == nil {
      inspection.fail(
        .illegalCharacter,
        "character 14 (kind of parcel) is A to H, S, W, X or Y, but it is \(Inspection.show(bytes[13]))")
    }
    guard !inspection.hasFailed else { return }
    inspection.part("area", bytes[0..<6])
    inspection.part("cadastralArea", bytes[6..<9])
    inspection.part("cadastralSubarea", bytes[9..<12])
    inspection.part("parcelCharacter", bytes[12..<14])
    inspection.part("parcelNumber", bytes[14..<19])
    inspection.part("parcel", bytes[0..<19])
    if let title = owners[bytes[12]] { inspection.part("ownershipTitle", title) }
    if let title = uses[bytes[13]] { inspection.part("parcelTitle", title) }
    if bytes[14..<19].allSatisfy({ $0 == UInt8(ascii: "0") }) {
      inspection.warn(.unlikely, "parcel numbers start at 00001")
    }
    // Ownership of land by a collective and homesteads exist on collective land only.
    if bytes[12] == UInt8(ascii: "G"), bytes[13] == UInt8(ascii: "A") || bytes[13] == UInt8(ascii: "C") {
      inspection.warn(.unlikely, "this kind of parcel belongs to collective land (J), not to state land (G)")
    }
  }

  private static func readFixture(_ bytes: [UInt8], _ inspection: inout Inspection) {
    guard let title = fixtures[bytes[19]] else {
      inspection.fail(
        .illegalCharacter, "character 20 (fixture) is F, L, Q or W, but it is \(Inspection.show(bytes[19]))")
      return
    }
    inspection.requireDigits(bytes, 20..<28, "the unit of the fixture")
    guard !inspection.hasFailed else { return }
    inspection.part("fixtureCharacter", bytes[19..<20])
    inspection.part("fixtureUnit", bytes[20..<28])
    inspection.part("fixtureTitle", title)
    let isZero = bytes[20..<28].allSatisfy { $0 == UInt8(ascii: "0") }
    switch bytes[19] {
    case UInt8(ascii: "W") where !isZero:
      inspection.warn(.unlikely, "bare land (W) ends in 00000000")
    case UInt8(ascii: "F"):
      inspection.part("building", bytes[20..<24])
      inspection.part("household", bytes[24..<28])
      if isZero { inspection.warn(.unlikely, "a building has a number other than 00000000") }
    case UInt8(ascii: "L") where isZero, UInt8(ascii: "Q") where isZero:
      inspection.warn(.unlikely, "a fixture has a number other than 00000000")
    default: break
    }
  }

  /// Four groups of 6, 6, 7 and 9 between single blanks, as printed on a deed.
  private static func isInOfficialGroups(_ input: String) -> Bool {
    let groups = input.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    return groups.map(\.count) == [6, 6, 7, 9]
  }

  private static let owners: [UInt8: String] = [
    UInt8(ascii: "G"): "国家土地所有权", UInt8(ascii: "J"): "集体土地所有权", UInt8(ascii: "Z"): "土地所有权未确定或有争议",
  ]

  private static let uses: [UInt8: String] = [
    UInt8(ascii: "A"): "集体土地所有权宗地", UInt8(ascii: "B"): "建设用地使用权宗地(地表)", UInt8(ascii: "C"): "宅基地使用权宗地",
    UInt8(ascii: "D"): "土地承包经营权宗地(耕地)", UInt8(ascii: "E"): "土地承包经营权宗地(林地)",
    UInt8(ascii: "F"): "土地承包经营权宗地(草地)", UInt8(ascii: "G"): "无居民海岛", UInt8(ascii: "H"): "宗海",
    UInt8(ascii: "S"): "建设用地使用权宗地(地上)", UInt8(ascii: "W"): "使用权未确定或有争议的土地",
    UInt8(ascii: "X"): "建设用地使用权宗地(地下)", UInt8(ascii: "Y"): "其他使用权土地",
  ]

  private static let fixtures: [UInt8: String] = [
    UInt8(ascii: "F"): "房屋等建筑物、构筑物", UInt8(ascii: "L"): "森林或林木", UInt8(ascii: "Q"): "其他类型的定着物",
    UInt8(ascii: "W"): "无定着物",
  ]
}
