/// 统一社会信用代码, GB 32100-2015: department 1, category 1, area 6, organisation code 9, check 1.
enum SocialCreditCode {
  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    guard let bytes = inspection.ascii(tidy) else { return nil }
    guard bytes.count == 18 else {
      inspection.fail(.wrongLength, "18 characters are needed, there are \(bytes.count)\(hint(bytes))")
      return nil
    }
    for (index, byte) in bytes.enumerated() where !CheckCharacter.socialCreditAlphabet.contains(byte) {
      inspection.fail(
        .illegalCharacter,
        "character \(index + 1) is \(Inspection.show(byte)); the code has digits and capitals without I O S V Z"
      )
    }
    guard !inspection.hasFailed else { return nil }
    inspection.requireDigits(bytes, 2..<8, "the area")
    inspection.part("registrationDepartment", bytes[0..<1])
    inspection.part("category", bytes[1..<2])
    inspection.part("area", bytes[2..<8])
    inspection.part("organisationCode", bytes[8..<17])
    inspection.part("check", bytes[17..<18])
    if let title = departments[bytes[0]] { inspection.part("departmentTitle", title) }
    if let title = categoryTitle(bytes[0], bytes[1]) { inspection.part("categoryTitle", title) }
    guard !inspection.hasFailed else { return nil }

    if let expected = CheckCharacter.socialCreditCode(bytes[0..<17]), expected != bytes[17] {
      inspection.fail(
        .wrongCheck,
        "the check character is \(Inspection.plain(bytes[17])), the others give \(Inspection.plain(expected))"
      )
    }
    warn(bytes, &inspection)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Doubts that do not decide: lists of departments and areas grow, and codes whose inner organisation code never
  /// had a right check are in use.
  private static func warn(_ bytes: [UInt8], _ inspection: inout Inspection) {
    if departments[bytes[0]] == nil {
      inspection.warn(.unknownCode, "\(Inspection.plain(bytes[0])) is not a known registration department")
    } else if categoryTitle(bytes[0], bytes[1]) == nil {
      inspection.warn(
        .unknownCode,
        "\(Inspection.plain(bytes[1])) is not a known category of department \(Inspection.plain(bytes[0]))")
    }
    if !AreaCode.hasKnownProvince(bytes[2..<8]) {
      inspection.warn(.unknownCode, "the area is not of a known province")
    }
    if let expected = CheckCharacter.organisationCode(bytes[8..<16]), expected != bytes[16] {
      inspection.warn(
        .innerCheck, "the organisation code (characters 9 to 17) has no right check character by GB 11714")
    }
  }

  private static func hint(_ bytes: [UInt8]) -> String {
    switch bytes.count {
    case 15 where bytes.allSatisfy(\.isDigit): " (15 digits: an old registration number, 注册号?)"
    case 9, 10: " (an organisation code, 组织机构代码?)"
    default: ""
    }
  }

  /// GB 32100-2015 with its later amendment.
  private static let departments: [UInt8: String] = [
    UInt8(ascii: "1"): "机构编制", UInt8(ascii: "2"): "外交", UInt8(ascii: "3"): "司法行政",
    UInt8(ascii: "4"): "文化", UInt8(ascii: "5"): "民政", UInt8(ascii: "6"): "旅游", UInt8(ascii: "7"): "宗教",
    UInt8(ascii: "8"): "工会", UInt8(ascii: "9"): "市场监管", UInt8(ascii: "A"): "中央军委改革和编制办公室",
    UInt8(ascii: "N"): "农业农村", UInt8(ascii: "Y"): "其他",
  ]

  private static func categoryTitle(_ department: UInt8, _ category: UInt8) -> String? {
    switch (department, category) {
    case (UInt8(ascii: "1"), UInt8(ascii: "1")): "机关"
    case (UInt8(ascii: "1"), UInt8(ascii: "2")): "事业单位"
    case (UInt8(ascii: "1"), UInt8(ascii: "3")): "编办直接管理机构编制的群众团体"
    case (UInt8(ascii: "5"), UInt8(ascii: "1")): "社会团体"
    case (UInt8(ascii: "5"), UInt8(ascii: "2")): "民办非企业单位"
    case (UInt8(ascii: "5"), UInt8(ascii: "3")): "基金会"
    case (UInt8(ascii: "9"), UInt8(ascii: "1")): "企业"
    case (UInt8(ascii: "9"), UInt8(ascii: "2")): "个体工商户"
    case (UInt8(ascii: "9"), UInt8(ascii: "3")): "农民专业合作社"
    case (UInt8(ascii: "N"), UInt8(ascii: "1")): "组级集体经济组织"
    case (UInt8(ascii: "N"), UInt8(ascii: "2")): "村级集体经济组织"
    case (UInt8(ascii: "N"), UInt8(ascii: "3")): "乡镇级集体经济组织"
    // The other departments number their categories themselves; 9 is "other" everywhere.
    case (_, UInt8(ascii: "9")): "其他"
    case (UInt8(ascii: "1"), _), (UInt8(ascii: "5"), _), (UInt8(ascii: "9"), _), (UInt8(ascii: "N"), _): nil
    default: "其他"
    }
  }
}

extension Inspection {
  static func plain(_ byte: UInt8) -> String { String(Character(Unicode.Scalar(byte))) }
}
