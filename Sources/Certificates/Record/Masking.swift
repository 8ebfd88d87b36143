/// How texts are hidden. At least a third of a code is replaced, half where it is short; the length of the hidden part
/// is kept only where it says nothing (codes of fixed length).
public enum Masking {
  static let compoundSurnames: Set<String> = [
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊", "赫连", "澹台", "皇甫",
    "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "子车", "亓官",
    "司寇", "令狐", "呼延", "轩辕", "西门", "东郭", "百里", "拓跋", "第五", "谷梁", "段干", "梁丘", "左丘", "东门",
  ]

  /// 张三 → 张*, 欧阳修文 → 欧阳**, 买买提·艾力 → 买**, John Smith → J**. Never shows more than the surname.
  public static func personName(_ name: String) -> String {
    let characters = Array(name)
    guard let first = characters.first else { return name }
    let isChinese = name.unicodeScalars.allSatisfy(ParsedDeedNumber.isHan)
    guard isChinese, characters.count > 1 else { return characters.count == 1 ? "*" : "\(first)**" }
    if characters.count > 2, compoundSurnames.contains(String(characters.prefix(2))) {
      return String(characters.prefix(2)) + String(repeating: "*", count: min(characters.count - 2, 2))
    }
    return String(first) + String(repeating: "*", count: min(characters.count - 1, 2))
  }

  /// 320400199003071232 → 3204**********1232; shorter codes keep a quarter on either side.
  public static func code(_ code: String) -> String {
    middle(code, first: 4, last: 4)
  }

  /// 13812341234 → 138****1234.
  public static func phone(_ phone: String) -> String {
    middle(phone, first: 3, last: 4)
  }

  /// 常州市新北区通江路88号1幢 → 常州市新北区通江路***: up to the street or village, and never more than half.
  public static func address(_ address: String) -> String {
    let characters = Array(address)
    var kept = 0
    for (place, character) in characters.enumerated() where place < characters.count - 1 {
      if "省市区县镇乡村".contains(character) { kept = place + 1 }
      if "路街巷弄道".contains(character) {
        kept = place + 1
        break
      }
      if character.isNumber { break }
    }
    let most = max(characters.count * 2 / 3, 1)
    return String(characters.prefix(kept == 0 ? characters.count / 3 : min(kept, most))) + "***"
  }

  /// A number of a paper or a home: its last two characters stay, of what stands before the serial everything.
  public static func number(_ number: String) -> String {
    let characters = Array(number)
    var digitEnd = characters.count
    while digitEnd > 0, !characters[digitEnd - 1].isASCII || !characters[digitEnd - 1].isNumber {
      digitEnd -= 1
    }
    var digitStart = digitEnd
    while digitStart > 0, characters[digitStart - 1].isASCII, characters[digitStart - 1].isNumber {
      digitStart -= 1
    }
    let hasWords = characters[..<digitStart].contains { !$0.isASCII }
    guard hasWords, digitEnd - digitStart >= 3 else { return middle(number, first: 6, last: 2) }
    let hidden = digitEnd - digitStart - 2
    return String(characters[..<digitStart]) + String(repeating: "*", count: hidden)
      + String(characters[(digitStart + hidden)...])
  }

  /// Whether a name is an organisation's, as far as names tell. In doubt it is a person's.
  static func isOrganisationName(_ name: String) -> Bool {
    let words = [
      "公司", "集团", "工厂", "银行", "医院", "学校", "大学", "中心", "委员会", "合作社", "协会", "事务所", "研究院", "管理局", "政府",
    ]
    return words.contains(where: name.contains) || isTradeName(name)
  }

  /// Whether a name is one that 个体工商户 have.
  static func isTradeName(_ name: String) -> Bool { ["经营部", "商行"].contains(where: name.contains) }

  private static func middle(_ text: String, first: Int, last: Int) -> String {
    let characters = Array(text)
    var (head, tail) = (first, last)
    if head + tail > characters.count * 2 / 3 {
      head = characters.count / 4
      tail = characters.count / 4
    }
    let hidden = characters.count - head - tail
    return String(characters.prefix(head)) + String(repeating: "*", count: hidden)
      + String(characters.suffix(tail))
  }
}
