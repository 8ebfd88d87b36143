/// What must hold for a rule to apply: all of its parts.
public struct Condition: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case number(NumberRange)
    case word(Set<String>)
    /// At least one of them is among the fact's words.
    case any(Set<String>)
    case none(Set<String>)
    case flag(Bool)
  }

  /// Nothing is known of a fact that matters is neither true nor false.
  enum Truth: Hashable {
    case yes
    case no
    case unknown([Fact])
  }

  private(set) var parts: [Fact: [Part]] = [:]

  static let always = Condition()

  mutating func add(_ part: Part, on fact: Fact) { parts[fact, default: []].append(part) }

  var facts: Set<Fact> { Set(parts.keys) }

  func holds(for facts: Facts) -> Truth {
    var missing: [Fact] = []
    for (fact, parts) in parts {
      guard let value = facts[fact] else {
        missing.append(fact)
        continue
      }
      if !parts.allSatisfy({ $0.accepts(value) }) { return .no }
    }
    return missing.isEmpty ? .yes : .unknown(missing.sorted { $0.rawValue < $1.rawValue })
  }
}

extension Condition.Part {
  func accepts(_ value: Facts.Value) -> Bool {
    switch (self, value) {
    case (.number(let range), .number(let number)): range.contains(number)
    case (.word(let words), .word(let word)): words.contains(word)
    case (.any(let words), .words(let given)): !words.isDisjoint(with: given)
    case (.none(let words), .words(let given)): words.isDisjoint(with: given)
    case (.flag(let wanted), .flag(let flag)): wanted == flag
    default: false
    }
  }
}
