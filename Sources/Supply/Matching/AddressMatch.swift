import Certificates

/// A way of writing an address. Says that two are of the same place, or of different ones, only where that is plain; the names of places have many spellings.
struct AddressMatch {
  /// Without what is written in different ways.
  private let normal: [Unicode.Scalar]
  private let numbers: [ArraySlice<Unicode.Scalar>]
  private let isHidden: Bool
  /// 行政区划代码 without what says nothing: 4115 of 411500; nil where it is not known.
  private let area: Substring?

  /// - Parameter area: nothing follows from one that is not six digits.
  init(_ text: String, area: String? = nil) {
    normal = Self.normal(text)
    numbers = normal.split { !Self.isDigit($0) }
    isHidden = text.contains("*")
    self.area = area.flatMap { area in
      guard area.utf8.count == 6, area.unicodeScalars.allSatisfy(Self.isDigit) else { return nil }
      var rest = area[...]
      while rest.hasSuffix("00") { rest = rest.dropLast(2) }
      return rest
    }
  }

  /// Of a place, in its own area if that is known, else that of the application.
  init(_ place: SupplyPlace, region: String) {
    self.init(place.address, area: place.unitNumber.flatMap(Self.area(ofUnit:)) ?? region)
  }

  /// 不动产单元号 begins with the area in which the unit lies.
  static func area(ofUnit number: String) -> String? {
    let area = LookupDomain.unitNumber.normal(number).prefix(6)
    return area.utf8.count == 6 && area.unicodeScalars.allSatisfy(isDigit) ? String(area) : nil
  }

  /// - Parameter byCity: whether two are of different places also for the cities of their areas alone.
  func compare(_ other: AddressMatch, byCity: Bool = true) -> HolderMatch.Sameness {
    guard !normal.isEmpty, !other.normal.isEmpty, !isHidden, !other.isHidden else { return .unknown }
    if normal == other.normal { return .same }
    if Self.areApart(numbers, other.numbers) { return .different }
    // Not by the city alone: where street and numbers agree, the county may have been given to that city since.
    let isLikely = numbers.isEmpty == other.numbers.isEmpty && street == other.street
    if byCity, !isLikely, isInAnotherCity(than: other) { return .different }
    // One names the province or the city, and the other begins below.
    guard numbers == other.numbers, !numbers.isEmpty else { return .unknown }
    let (short, long) =
      normal.count < other.normal.count ? (normal, other.normal) : (other.normal, normal)
    guard long.suffix(short.count) == short[...], Self.isArea(long.dropLast(short.count)),
      short.first.map(Self.isDigit) == false, isNear(other)
    else { return .unknown }
    return .same
  }

  /// The end of what stands before the first number, by which a street is told from another, whatever stands before its name.
  private var street: ArraySlice<Unicode.Scalar> { normal.prefix { !Self.isDigit($0) }.suffix(3) }

  /// Whether both areas are known, and the provinces or the cities in which they lie are not the same.
  private func isInAnotherCity(than other: AddressMatch) -> Bool {
    if let area, let otherArea = other.area, !area.isEmpty, !otherArea.isEmpty,
      area.prefix(2) != otherArea.prefix(2)
    {
      return true
    }
    guard let city = area.flatMap(Self.city), let otherCity = other.area.flatMap(Self.city) else {
      return false
    }
    return city != otherCity
  }

  /// 直辖市 are cities themselves: their districts and their counties have numbers of their own. nil where an area is no part of one city: a province, or a
  /// county directly under one (省直辖县), which an older number has in a city.
  private static func city(of area: Substring) -> Substring? {
    if municipalities.contains(area.prefix(2)) { return area.prefix(2) }
    let city = area.prefix(4)
    return city.utf8.count == 4 && !city.hasSuffix("90") ? city : nil
  }

  /// 北京, 天津, 上海, 重庆.
  private static let municipalities: Set<Substring> = ["11", "12", "31", "50"]

  /// Whether nothing says that one lies in another area.
  private func isNear(_ other: AddressMatch) -> Bool {
    guard let area, let otherArea = other.area else { return true }
    return area.hasPrefix(otherArea) || otherArea.hasPrefix(area)
  }

  /// Whether a beginning ends with the name of a province, a city, a district or a town, and not within that of a road or a house.
  private static func isArea(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let last = text.last else { return false }
    if last == "区" { return text.dropLast().last.map { !estates.contains($0) } ?? false }
    return areas.contains(last) || streets.contains { text.reversed().starts(with: $0.reversed()) }
  }

  private static let areas: Set<Unicode.Scalar> = ["省", "市", "县", "旗", "州", "盟", "镇", "乡"]
  /// 小区, 社区, 园区, 校区, 厂区, 院区 and the like are no districts.
  private static let estates: Set<Unicode.Scalar> = ["小", "社", "园", "校", "厂", "院", "住", "营"]
  private static let streets = ["街道", "办事处"].map { Array($0.unicodeScalars) }

  /// Whether the numbers of house, entrance and room tell the places apart, whatever stands around them. One of the two
  /// may leave some out (a deed of a whole house, a floor for an entrance): then nothing follows.
  private static func areApart(
    _ left: [ArraySlice<Unicode.Scalar>], _ right: [ArraySlice<Unicode.Scalar>]
  ) -> Bool {
    guard let first = left.first, let last = left.last, let otherFirst = right.first,
      let otherLast = right.last
    else { return false }
    if left.count == right.count { return first != otherFirst || last != otherLast }
    let (short, long) = left.count < right.count ? (left, right) : (right, left)
    return first != otherFirst && last != otherLast && !isContained(short, in: long)
  }

  /// In this order, with others between.
  private static func isContained(
    _ short: [ArraySlice<Unicode.Scalar>], in long: [ArraySlice<Unicode.Scalar>]
  ) -> Bool {
    var rest = short[...]
    for number in long where rest.first == number { rest.removeFirst() }
    return rest.isEmpty
  }

  /// Words for a building and a room, each with the one that stands for it; longer ones first.
  private static let words: [(word: [Unicode.Scalar], kept: Unicode.Scalar)] = [
    ("号楼", "幢"), ("号院", "院"), ("栋", "幢"), ("座", "幢"), ("号房", "室"), ("单元", "元"), ("房", "室"),
  ].map { (Array($0.0.unicodeScalars), $0.1) }

  /// The same text for what is compared as the same, but for places above it that are named or not.
  static func text(_ address: String) -> String {
    String(String.UnicodeScalarView(normal(address)))
  }

  /// Without what is written in different ways: blanks, widths, and the words for a building and a room.
  private static func normal(_ text: String) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var rest = Array(Identifier.tidied(text).unicodeScalars)[...]
    while let first = rest.first {
      if let (word, kept) = words.first(where: { rest.starts(with: $0.word) }) {
        result.append(kept)
        rest = rest.dropFirst(word.count)
      } else {
        rest = rest.dropFirst()
        let isLeadingZero =
          first == "0" && !(result.last.map(isDigit) ?? false) && (rest.first.map(isDigit) ?? false)
        // Signs between numbers only keep them apart.
        if !isLeadingZero { result.append(isSign(first) ? "," : first) }
      }
    }
    // The last word says nothing: 301, 301号, 301室.
    while let last = result.last, last == "室" || last == "号" || last == "," { result.removeLast() }
    return result
  }

  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "-", "#", ",", ".", ";", ":", "/": true
    default: false
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
