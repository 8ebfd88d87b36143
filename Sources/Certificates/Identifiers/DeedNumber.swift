import CivilTime

/// 不动产权证号 `苏(2019)常州市不动产权第0012345号` and 不动产登记证明号 `…不动产证明第…号`, with the forms before unified
/// registration (2015), which stay valid: `常房新字00050538`.
///
/// Repaired and warned of: brackets of other shapes, blanks, a missing 市, missing 第 or 号, the suffix (销).
enum DeedNumber {
  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    guard var deed = ParsedDeedNumber(tidy.scalars) else {
      return LegacyDeedNumber.inspect(tidy, &inspection)
    }
    if let suffix = deed.suffix { readSuffix(suffix, &inspection) }
    readYear(deed.year, &inspection)
    readSerial(deed, &inspection)
    inspection.part("province", deed.province)
    inspection.part("year", String(deed.year))
    readPlace(&deed, &inspection)
    inspection.part("document", deed.isProof ? "proof" : "right")
    inspection.part("serial", deed.serial)
    return deed.normal
  }

  /// Equal for spellings that name the same deed: without 市 at the end of the place and without leading zeros.
  static func lookupText(_ text: String) -> String {
    guard text.utf8.count <= Identifier.longestText * 4 else { return Identifier.tidied(text) }
    if let plain = PlainDeedNumber(text.utf8.span) { return plain.lookupText(text.utf8.span) }
    let tidy = TidyText(text)
    guard let deed = ParsedDeedNumber(tidy.scalars) else {
      return LegacyDeedNumber.normal(tidy.scalars) ?? tidy.string
    }
    return deed.lookupText
  }

  private static func readSuffix(_ suffix: String, _ inspection: inout Inspection) {
    inspection.part("suffix", suffix)
    if suffix.contains("销") {
      inspection.warn(.cancelled, "the suffix says that the deed was cancelled (注销)")
    } else {
      inspection.warn(.nonStandard, "a suffix in brackets was left out of the normal form")
    }
  }

  private static func readYear(_ year: Int, _ inspection: inout Inspection) {
    if year < 1949 || year > 2100 {
      inspection.fail(.impossibleDate, "no deed was registered in \(year)")
    } else if let today = inspection.today, year > today.year {
      inspection.fail(.impossibleDate, "the deed would be registered in the future")
    } else if year < 2015 {
      inspection.warn(.unlikelyDate, "deeds of this form exist since 2015, this one says \(year)")
    }
  }

  private static func readSerial(_ deed: ParsedDeedNumber, _ inspection: inout Inspection) {
    if !deed.hasOrdinalWord {
      inspection.warn(.supplied, "第 before the serial was missing")
    }
    if !deed.hasNumberWord {
      if deed.serial.utf8.count == 7 {
        inspection.warn(.supplied, "号 after the serial was missing")
      } else {
        inspection.fail(
          .wrongForm, "号 is missing after a serial that has not 7 digits: the text may be cut off")
      }
    }
    if !(6...9).contains(deed.serial.utf8.count) {
      inspection.warn(
        .unlikely, "the serial usually has 7 digits (6 to 9), here it has \(deed.serial.utf8.count)")
    }
    if deed.serial.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) {
      inspection.fail(.wrongForm, "serials start at 1")
    }
  }

  private static func readPlace(_ deed: inout ParsedDeedNumber, _ inspection: inout Inspection) {
    if !ParsedDeedNumber.provinces.contains(deed.province) {
      inspection.warn(.unknownCode, "the first character is no province's abbreviation")
    }
    if deed.place.isEmpty {
      inspection.fail(.wrongForm, "the place (市, 区 or 县) between the year and 不动产 is missing")
      return
    }
    if let completed = CityNames.completed(deed.place, province: deed.province) {
      deed.place = completed
      inspection.warn(.supplied, "市 after the place was missing")
    } else if !CityNames.endsAsPlace(deed.place) {
      inspection.warn(.unlikely, "the place does not end in 市, 区, 县 or the like")
    }
    inspection.part("place", deed.place)
  }
}
