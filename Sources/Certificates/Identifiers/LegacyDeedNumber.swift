/// Numbers of deeds from before unified registration, which stay valid: 房屋所有权证, 房地产权证, 土地使用证. Every
/// city had its own form; common to them are Chinese text with a marker (字, 国用, 房权证 …) and a serial at the end:
/// `常房新字00050538`, `房权证新字第00012345号`, `常国用(2010)第0123456号`, `常国用(2003)字第123号`, `沪房地浦字2008第012345号`.
///
/// The normal form leaves out 第 and 号, which the same city writes or not, and so it is with 字 and brackets at a year.
enum LegacyDeedNumber {
  private struct Pieces {
    var prefix: String
    var year: Year?
    var serial: String
    var suffix: String?

    var normal: String { prefix + (year.map { "(\($0.number)\($0.mark))" } ?? "") + serial }
  }

  private struct Year {
    var number: Int
    /// Beijing's 出 (granted for money) or 划 (allocated) behind the year of a land-use certificate.
    var mark = ""
  }

  private static let markers = ["字", "国用", "集用", "房权证", "房地证", "产权证", "所有权证", "使用证", "房地权"]

  static func normal(_ scalars: [Unicode.Scalar]) -> String? { read(scalars)?.normal }

  static func inspect(_ tidy: TidyText, _ inspection: inout Inspection) -> String? {
    guard let pieces = read(tidy.scalars) else {
      explain(tidy, &inspection)
      return nil
    }
    inspection.part("prefix", pieces.prefix)
    if let year = pieces.year {
      inspection.part("year", String(year.number))
      if !(1949...2020).contains(year.number) {
        inspection.warn(
          .unlikelyDate, "deeds of this form were issued until about 2016, this one says \(year.number)")
      }
    }
    inspection.part("document", "legacy")
    inspection.part("serial", pieces.serial)
    if let suffix = pieces.suffix {
      inspection.part("suffix", suffix)
      if suffix.contains("销") {
        inspection.warn(.cancelled, "the suffix says that the deed was cancelled (注销)")
      } else {
        inspection.warn(.nonStandard, "a suffix in brackets was left out of the normal form")
      }
    }
    inspection.warn(
      .legacy, "a deed of the time before unified registration; its form differs from city to city")
    return pieces.normal
  }

  private static func read(_ scalars: [Unicode.Scalar]) -> Pieces? {
    guard (6...60).contains(scalars.count) else { return nil }
    var rest = scalars[...]
    let suffix = takeSuffix(&rest)
    if rest.last == "号" { rest = rest.dropLast() }
    guard let serial = takeSerial(&rest) else { return nil }
    let hasOrdinalWord = rest.last == "第"
    if hasOrdinalWord { rest = rest.dropLast() }
    let year = takeYear(&rest, mayBeBare: hasOrdinalWord)
    if rest.last == "第" { rest = rest.dropLast() }
    // Beijing wrote an X before the name of the city.
    let named = rest.first == "X" ? rest.dropFirst() : rest
    guard named.count >= 3, named.allSatisfy(ParsedDeedNumber.isHan) else { return nil }
    let prefix = ParsedDeedNumber.text(rest)
    guard !prefix.contains("不动产"), markers.contains(where: prefix.contains) else { return nil }
    return Pieces(prefix: prefix, year: year, serial: serial, suffix: suffix)
  }

  /// Digits, possibly with a letter before and parts after a hyphen; at least four digits, unless 第 stands before.
  private static func takeSerial(_ rest: inout ArraySlice<Unicode.Scalar>) -> String? {
    let serial = rest.suffix(while: { scalar in
      (scalar.value >= 0x30 && scalar.value <= 0x39) || (scalar.value >= 0x41 && scalar.value <= 0x5A)
        || scalar == "-"
    })
    let digits = serial.count { $0.value >= 0x30 && $0.value <= 0x39 }
    let letters = serial.count { $0.value >= 0x41 && $0.value <= 0x5A }
    let isMarked = serial.startIndex > rest.startIndex && rest[serial.startIndex - 1] == "第"
    guard (isMarked ? 1...16 : 4...16).contains(digits), letters <= 2, serial.count <= 20,
      serial.first != "-", serial.last != "-"
    else { return nil }
    rest = rest[..<serial.startIndex]
    return ParsedDeedNumber.text(serial)
  }

  private static func takeSuffix(_ rest: inout ArraySlice<Unicode.Scalar>) -> String? {
    guard rest.last == ")", let open = rest.lastIndex(of: "(") else { return nil }
    let inner = rest[(open + 1)..<(rest.endIndex - 1)]
    guard (1...6).contains(inner.count), inner.allSatisfy(ParsedDeedNumber.isHan) else { return nil }
    rest = rest[..<open]
    return ParsedDeedNumber.text(inner)
  }

  /// `(2010)`, `(2003)字`, `(2005出)` or, where 第 keeps it apart from the serial, `2008`.
  private static func takeYear(_ rest: inout ArraySlice<Unicode.Scalar>, mayBeBare: Bool) -> Year? {
    var head = rest
    if head.last == "字" { head = head.dropLast() }
    if head.last == ")" {
      head = head.dropLast()
      let mark = head.last.map(ParsedDeedNumber.isHan) == true ? head.suffix(1) : head.suffix(0)
      head = head.dropLast(mark.count)
      guard let number = number(head.suffix(4)), head.dropLast(4).last == "(" else { return nil }
      rest = head.dropLast(5)
      return Year(number: number, mark: ParsedDeedNumber.text(mark))
    }
    guard mayBeBare, let number = number(rest.suffix(4)), (1949...2020).contains(number) else { return nil }
    rest = rest.dropLast(4)
    return Year(number: number)
  }

  private static func number(_ digits: ArraySlice<Unicode.Scalar>) -> Int? {
    guard digits.count == 4, digits.allSatisfy({ "0"..."9" ~= $0 }) else { return nil }
    return Int(ParsedDeedNumber.text(digits))
  }

  /// Says what is missing of the present form, since that is what people usually mean.
  private static func explain(_ tidy: TidyText, _ inspection: inout Inspection) {
    let text = tidy.string
    let form = "苏(2019)常州市不动产权第0012345号"
    if !text.contains("不动产") {
      inspection.fail(.wrongForm, "neither the form \(form) nor that of an older deed such as 常房新字00050538")
    } else if !text.contains("(") || !text.contains(")") {
      inspection.fail(.wrongForm, "the year in brackets is missing; the form is \(form)")
    } else if text.hasPrefix("(") {
      inspection.fail(
        .wrongForm, "the province's abbreviation before the year is missing; the form is \(form)")
    } else if !text.contains("不动产权"), !text.contains("不动产证明"), !text.contains("不动产登记证明") {
      inspection.fail(.wrongForm, "不动产权 or 不动产证明 is missing; the form is \(form)")
    } else {
      inspection.fail(.wrongForm, "year, place or serial cannot be read; the form is \(form)")
    }
  }
}

extension ArraySlice {
  /// The longest end whose elements all satisfy `predicate`.
  fileprivate func suffix(while predicate: (Element) -> Bool) -> ArraySlice<Element> {
    var start = endIndex
    while start > startIndex, predicate(self[start - 1]) { start -= 1 }
    return self[start...]
  }
}
