/// 行政区划代码, GB/T 2260: province 2, city 2, county 2. Codes are created and abolished, so a code is never refused
/// by a table; only the province is compared, and that only warns.
enum AreaCode {
  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    guard let bytes = inspection.ascii(tidy) else { return nil }
    guard bytes.count == 6 else {
      inspection.fail(.wrongLength, "6 digits are needed, there are \(bytes.count) characters")
      return nil
    }
    inspection.requireDigits(bytes, 0..<6, "an area code")
    guard !inspection.hasFailed else { return nil }
    inspection.part("province", bytes[0..<2])
    inspection.part("city", bytes[2..<4])
    inspection.part("county", bytes[4..<6])
    if !hasKnownProvince(bytes[...]) {
      inspection.warn(.unknownCode, "the first two digits are no known province")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether the first two digits are a province of GB/T 2260 (10 stands for the national level in codes of
  /// authorities, 83 and 91 for residence permits and foreign places).
  static func hasKnownProvince(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = bytes.startIndex
    guard bytes.count >= 2, bytes[start].isDigit, bytes[start + 1].isDigit else { return false }
    switch Int(bytes[start] - 0x30) * 10 + Int(bytes[start + 1] - 0x30) {
    case 10...15, 21...23, 31...37, 41...46, 50...54, 61...66, 71, 81...83, 91: return true
    default: return false
    }
  }
}
