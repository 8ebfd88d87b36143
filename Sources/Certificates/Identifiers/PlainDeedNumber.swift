import CivilTime

/// A deed number in its normal form, read over UTF-8: province, year in brackets, a place that ends in 市, 区 or 县,
/// 不动产权第 or 不动产证明第, 7 digits that are not all 0, 号. Everything else is left to ``ParsedDeedNumber``.
struct PlainDeedNumber {
  let year: Int
  /// Where the serial's seven digits start.
  let serialStart: Int
  /// Where the place ends.
  let placeEnd: Int
  let placeEndsInCity: Bool
  let placeLength: Int
  private let province: UInt32

  init?(_ bytes: borrowing Span<UInt8>) {
    // 3 for the province, 6 for the year, at least 6 for the place, 15 for the words, 7 digits, 3 for 号.
    guard bytes.count >= 40, bytes.count <= 90, bytes[3] == UInt8(ascii: "("), bytes[8] == UInt8(ascii: ")")
    else {
      return nil
    }
    guard Self.isHan(bytes, 0), bytes[4] != UInt8(ascii: "0") else { return nil }
    province = Self.character(bytes, 0)
    var year = 0
    for index in 4..<8 {
      guard bytes[index].isDigit else { return nil }
      year = year * 10 + Int(bytes[index]) - 0x30
    }
    self.year = year
    var place = 9
    while place + 9 < bytes.count, !Self.isPropertyWord(bytes, place) {
      guard Self.isHan(bytes, place) else { return nil }
      place += 3
    }
    placeEnd = place
    placeLength = (place - 9) / 3
    // The words, the serial and 号 must fit behind the place.
    guard placeLength >= 2, placeLength <= 15, bytes.count >= place + 25 else { return nil }
    let last = Self.character(bytes, place - 3)
    placeEndsInCity = last == Self.city
    guard placeEndsInCity || last == Self.district || last == Self.county else { return nil }
    place += 9
    if Self.character(bytes, place) == Self.right {
      place += 3
    } else if Self.character(bytes, place) == Self.proof.0,
      Self.character(bytes, place + 3) == Self.proof.1
    {
      place += 6
    } else {
      return nil
    }
    guard bytes.count == place + 13, Self.character(bytes, place) == Self.ordinal,
      Self.character(bytes, place + 10) == Self.numberWord
    else { return nil }
    serialStart = place + 3
    var isZero = true
    for index in serialStart..<serialStart + 7 {
      guard bytes[index].isDigit else { return nil }
      if bytes[index] != UInt8(ascii: "0") { isZero = false }
    }
    if isZero { return nil }
  }

  /// Whether there is nothing to remark: a known province and a likely year.
  func isUsual(_ today: CivilDate?) -> Bool {
    guard Self.provinces.contains(province), (2015...2100).contains(year) else { return false }
    return today.map { year <= $0.year } ?? true
  }

  /// The text equal for all spellings, see ``DeedNumber/lookupText(_:)``.
  func lookupText(_ bytes: borrowing Span<UInt8>) -> String {
    var first = serialStart
    while bytes[first] == UInt8(ascii: "0") { first += 1 }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    let cityEnd = placeEndsInCity && placeLength > 2 ? placeEnd - 3 : placeEnd
    for index in 0..<cityEnd { text.append(bytes[index]) }
    for index in placeEnd..<serialStart { text.append(bytes[index]) }
    for index in first..<bytes.count { text.append(bytes[index]) }
    return String(decoding: text, as: UTF8.self)
  }

  private static let provinces = Set(ParsedDeedNumber.provinces.map(pack))
  private static let city = pack("市")
  private static let district = pack("区")
  private static let county = pack("县")
  private static let right = pack("权")
  private static let proof = (pack("证"), pack("明"))
  private static let ordinal = pack("第")
  private static let numberWord = pack("号")
  private static let property = (pack("不"), pack("动"), pack("产"))

  private static func isPropertyWord(_ bytes: borrowing Span<UInt8>, _ start: Int) -> Bool {
    character(bytes, start) == property.0 && character(bytes, start + 3) == property.1
      && character(bytes, start + 6) == property.2
  }

  /// A character of three bytes between U+4E00 and U+9FFF.
  private static func isHan(_ bytes: borrowing Span<UInt8>, _ start: Int) -> Bool {
    let code = character(bytes, start)
    return code >= 0xE4B8_80 && code <= 0xE9BF_BF
  }

  private static func character(_ bytes: borrowing Span<UInt8>, _ start: Int) -> UInt32 {
    UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
  }

  private static func pack(_ text: String) -> UInt32 {
    text.utf8.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
