/// All facts that rules can tell apart: one example of each combination. Conditions are ranges, words and flags, so that
/// examples at the ends of ranges stand for everything between them, and looking at all of them is a proof.
struct FactSpace {
  private let axes: [(fact: Fact, values: [Facts.Value])]

  init(_ conditions: [Condition]) {
    let mentioned = Set(conditions.flatMap(\.facts))
    axes = Fact.allCases.filter(mentioned.contains).map { fact in
      (fact, Self.values(fact, conditions.flatMap { $0.parts[fact] ?? [] }))
    }
  }

  var count: Int { axes.reduce(1) { $0 * $1.values.count } }

  /// Calls `body` with every combination until it returns false.
  func forEach(_ body: (Facts) -> Bool) {
    var facts = Facts()
    _ = walk(0, &facts, body)
  }

  private func walk(_ place: Int, _ facts: inout Facts, _ body: (Facts) -> Bool) -> Bool {
    guard place < axes.count else { return body(facts) }
    for value in axes[place].values {
      facts.set(axes[place].fact, value)
      guard walk(place + 1, &facts, body) else { return false }
    }
    return true
  }

  private static func values(_ fact: Fact, _ parts: [Condition.Part]) -> [Facts.Value] {
    switch fact.domain {
    case .number:
      var ends: Set = [0]
      for case .number(let range) in parts {
        ends.insert(range.least)
        if range.beyond < .max { ends.insert(range.beyond) }
      }
      return ends.sorted().map { .number(Quantity(thousandths: $0)) }
    case .word(let words): return words.map { .word($0) }
    case .flag: return [.flag(false), .flag(true)]
    case .words:
      var mentioned: Set<String> = []
      for part in parts {
        switch part {
        case .any(let words), .none(let words): mentioned.formUnion(words)
        default: break
        }
      }
      let words = mentioned.sorted()
      return (0..<(1 << words.count)).map { mask in
        .words(Set(words.indices.filter { mask >> $0 & 1 == 1 }.map { words[$0] }))
      }
    }
  }
}
