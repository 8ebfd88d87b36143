/// The pieces of a deed number of unified registration, as far as its form holds.
struct ParsedDeedNumber {
  static let provinces = Set("京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新台港澳国".map(String.init))

  let province: String
  let year: Int
  var place: String
  let isProof: Bool
  let serial: String
  let suffix: String?
  let hasOrdinalWord: Bool
  let hasNumberWord: Bool

  /// `nil` unless the text reads: one or two characters, a year of four digits in brackets, a place, 不动产权 or
  /// 不动产证明, a serial of digits, and at most a short suffix in brackets.
  init?(_ scalars: [Unicode.Scalar]) {
    guard scalars.count <= 80 else { return nil }
    var rest = scalars[...]
    let province = Self.takeHan(&rest, upTo: 2)
    guard !province.isEmpty, let year = Self.takeYear(&rest) else { return nil }
    guard let word = Self.range(of: Array("不动产".unicodeScalars), in: rest) else { return nil }
    let place = rest[..<word.lowerBound]
    guard place.allSatisfy(Self.isHan), place.count <= 15 else { return nil }
    rest = rest[word.upperBound...]
    if Self.take("证明", &rest) || Self.take("登记证明", &rest) {
      isProof = true
    } else if Self.take("权证书", &rest) || Self.take("权证", &rest) || Self.take("权", &rest) {
      isProof = false
    } else {
      return nil
    }
    hasOrdinalWord = Self.take("第", &rest)
    let digits = rest.prefix { $0.value >= 0x30 && $0.value <= 0x39 }
    guard (1...12).contains(digits.count) else { return nil }
    rest = rest[digits.endIndex...]
    hasNumberWord = Self.take("号", &rest)
    if rest.isEmpty {
      suffix = nil
    } else {
      guard rest.first == "(", rest.last == ")", (3...8).contains(rest.count) else { return nil }
      let inner = rest.dropFirst().dropLast()
      guard inner.allSatisfy(Self.isHan) else { return nil }
      suffix = Self.text(inner)
    }
    self.province = Self.text(province)
    self.year = year
    self.place = Self.text(place)
    self.serial = Self.text(digits)
  }

  var normal: String {
    "\(province)(\(year))\(place)不动产\(isProof ? "证明" : "权")第\(serial)号"
  }

  var lookupText: String {
    let city = place.hasSuffix("市") && place.unicodeScalars.count > 2 ? String(place.dropLast()) : place
    let digits = serial.drop { $0 == "0" }
    return "\(province)(\(year))\(city)不动产\(isProof ? "证明" : "权")第\(digits)号"
  }

  static func isHan(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: true
    default: false
    }
  }

  static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  static func take(_ word: String, _ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
    guard rest.starts(with: word.unicodeScalars) else { return false }
    rest = rest.dropFirst(word.unicodeScalars.count)
    return true
  }

  static func takeYear(_ rest: inout ArraySlice<Unicode.Scalar>) -> Int? {
    let group = rest.prefix(6)
    guard group.count == 6, group.first == "(", group.last == ")" else { return nil }
    var year = 0
    for scalar in group.dropFirst().dropLast() {
      guard scalar.value >= 0x30, scalar.value <= 0x39 else { return nil }
      year = year * 10 + Int(scalar.value) - 0x30
    }
    rest = rest.dropFirst(6)
    return year
  }

  private static func takeHan(
    _ rest: inout ArraySlice<Unicode.Scalar>, upTo most: Int
  ) -> ArraySlice<Unicode.Scalar> {
    let taken = rest.prefix(most).prefix(while: isHan)
    rest = rest[taken.endIndex...]
    return taken
  }

  private static func range(
    of word: [Unicode.Scalar], in scalars: ArraySlice<Unicode.Scalar>
  ) -> Range<Int>? {
    guard scalars.count >= word.count else { return nil }
    for start in scalars.startIndex...(scalars.endIndex - word.count)
    where scalars[start..<start + word.count].elementsEqual(word) {
      return start..<start + word.count
    }
    return nil
  }
}
