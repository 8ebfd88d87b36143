import Documents

/// Reads `when`: facts, and what each must be.
///
///     when: {voltage: low, capacity: {to: 160}, crossings: {none: [railway]}, digs-road: true}
enum ConditionReader {
  static func read(_ reader: ConfigurationReader?) -> Condition {
    var condition = Condition.always
    guard let reader else { return condition }
    for fact in Fact.allCases {
      guard let value = reader.value(ifPresent: fact.rawValue) else { continue }
      for part in parts(value, fact) { condition.add(part, on: fact) }
    }
    return condition
  }

  private static func parts(_ value: ConfigurationValue, _ fact: Fact) -> [Condition.Part] {
    switch fact.domain {
    case .number(_, let named): return range(value, named).map { [.number($0)] } ?? []
    case .word(let words):
      guard let chosen = chosen(value, words) else { return [] }
      return [.word(chosen)]
    case .words(let words):
      guard let reader = value.reader() else { return [] }
      let any = reader.value(ifPresent: "any").flatMap { chosen($0, words) }
      let none = reader.value(ifPresent: "none").flatMap { chosen($0, words) }
      if !reader.has("any"), !reader.has("none") { reader.error("needs 'any' or 'none'") }
      return [any.map { .any($0) }, none.map { .none($0) }].compactMap(\.self)
    case .flag: return value.boolean().map { [.flag($0)] } ?? []
    }
  }

  private static func chosen(_ value: ConfigurationValue, _ words: [String]) -> Set<String>? {
    value.elementsOrSelf().map { Set($0.compactMap { $0.choice(among: words) }) }
  }

  /// A name, or `{from: 1}`, `{over: 150}`, `{below: 1}`, `{to: 160}`, or one lower and one upper end.
  private static func range(_ value: ConfigurationValue, _ named: [String: NumberRange]) -> NumberRange? {
    if value.isScalar, !named.isEmpty {
      return value.choice(among: named.keys.sorted()).flatMap { named[$0] }
    }
    guard let reader = value.reader() else { return nil }
    func end(_ key: String) -> Int? {
      reader.parse(ifPresent: key, "a number with at most three digits behind the point") { Quantity($0) }?
        .thousandths
    }
    let low = reader.atMostOne(of: "from", "over")
    let high = reader.atMostOne(of: "below", "to")
    if low == nil, high == nil { reader.error("needs an end: from, over, below or to") }
    let least = end("from") ?? end("over").map { $0 + 1 }
    let beyond = end("below") ?? end("to").map { $0 + 1 }
    let range = NumberRange(least: least ?? 0, beyond: beyond ?? .max)
    if range.isEmpty { reader.error("holds no number") }
    return range
  }
}
