import Certificates

/// Compares two ways of writing an address. Says that they are the same or different only where that is plain; the
/// names of places have many spellings.
enum AddressMatch {
  static func compare(_ left: String, _ right: String) -> HolderMatch.Sameness {
    let (one, other) = (normal(left), normal(right))
    guard !one.isEmpty, !other.isEmpty, !left.contains("*"), !right.contains("*") else { return .unknown }
    if one == other { return .same }
    let (numbers, others) = (Self.numbers(one), Self.numbers(other))
    if areApart(numbers, others) { return .different }
    // One names the province or the city, and the other begins below.
    guard numbers == others, !numbers.isEmpty, one.hasSuffix(other) || other.hasSuffix(one) else {
      return .unknown
    }
    return .same
  }

  /// Whether the numbers of house, entrance and room tell the places apart, whatever stands around them. One of the two
  /// may leave some out (a deed of a whole house, a floor for an entrance): then nothing follows.
  private static func areApart(_ left: [Substring], _ right: [Substring]) -> Bool {
    guard let first = left.first, let last = left.last, let otherFirst = right.first,
      let otherLast = right.last
    else { return false }
    if left.count == right.count { return first != otherFirst || last != otherLast }
    let (short, long) = left.count < right.count ? (left, right) : (right, left)
    return first != otherFirst && last != otherLast && !isContained(short, in: long)
  }

  /// In this order, with others between.
  private static func isContained(_ short: [Substring], in long: [Substring]) -> Bool {
    var rest = short[...]
    for number in long where rest.first == number { rest.removeFirst() }
    return rest.isEmpty
  }

  /// Without what is written in different ways: blanks, widths, and the words for a building and a room.
  private static func normal(_ text: String) -> String {
    var result = ""
    var rest = Identifier.tidied(text)[...]
    let words = [
      ("号楼", "幢"), ("号院", "院"), ("栋", "幢"), ("座", "幢"), ("号房", "室"), ("单元", "元"), ("房", "室"),
    ]
    while let first = rest.first {
      if let (word, kept) = words.first(where: { rest.hasPrefix($0.0) }) {
        result += kept
        rest = rest.dropFirst(word.count)
      } else {
        rest = rest.dropFirst()
        let isLeadingZero =
          first == "0" && !(result.last.map(isDigit) ?? false) && (rest.first.map(isDigit) ?? false)
        // Signs between numbers only keep them apart.
        if !isLeadingZero { result.append("-#,.;:/".contains(first) ? "," : first) }
      }
    }
    // The last word says nothing: 301, 301号, 301室.
    while let last = result.last, "室号,".contains(last) { result.removeLast() }
    return result
  }

  private static func numbers(_ text: String) -> [Substring] { text.split { !isDigit($0) } }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}
