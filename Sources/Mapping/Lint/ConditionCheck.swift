import Documents

/// Finds conditions that no row can meet, as far as that can be decided from the mapping alone: a value that would have
/// to be two texts at once, or there and not there.
enum ConditionCheck {
  private struct Facts {
    var texts: Set<String>?
    var isPresent: Bool?
  }

  /// Warns at `key` when the conditions cannot all be true of one row.
  static func warn(_ conditions: [Condition], at reader: ConfigurationReader, _ key: String) {
    var facts: [String: Facts] = [:]
    for condition in conditions {
      guard let source = contradiction(condition, &facts) else { continue }
      reader.warning("can never be true: it asks for two different things of \(source)", at: key)
      return
    }
  }

  /// The source of which contradicting things are asked, or nil.
  private static func contradiction(_ condition: Condition, _ facts: inout [String: Facts]) -> String? {
    switch condition {
    case .all(let inner):
      for condition in inner {
        if let source = contradiction(condition, &facts) { return source }
      }
      return nil
    case .any(let inner):
      // All branches have to be impossible, each by itself.
      var found: String?
      for condition in inner {
        var own = facts
        guard let source = contradiction(condition, &own) else { return nil }
        found = source
      }
      return found
    case .not(.test(let rule, .isPresent(let isPresent))):
      return contradiction(.test(rule, .isPresent(!isPresent)), &facts)
    case .not(.test(let rule, .isOneOf(let texts, _))):
      guard rule.body.paths.count == 1, let known = facts[key(rule)]?.texts else { return nil }
      let left = known.subtracting(texts.texts)
      facts[key(rule)]?.texts = left
      return left.isEmpty ? rule.body.sourceText : nil
    case .not: return nil
    case .test(let rule, let test):
      var own = facts[key(rule)] ?? Facts()
      switch test {
      case .isOneOf(let texts, _):
        own.texts = own.texts.map { $0.intersection(texts.texts) } ?? Set(texts.texts)
        if own.isPresent == false || own.texts?.isEmpty == true { return rule.body.sourceText }
        own.isPresent = true
      case .matches:
        if own.isPresent == false { return rule.body.sourceText }
        own.isPresent = true
      case .isPresent(let wanted):
        if let known = own.isPresent, known != wanted { return rule.body.sourceText }
        own.isPresent = wanted
      }
      facts[key(rule)] = own
      return nil
    }
  }

  /// Two tests see the same value only when everything about their source is the same.
  private static func key(_ rule: SharedRule) -> String {
    let nulls = rule.body.nulls.texts.joined(separator: "\u{1}")
    return
      "\(rule.body.scope) \(rule.body.sourceText) \(rule.body.keepsBlanks) \(rule.body.normalization.rawValue) \(nulls)"
  }
}

extension Condition {
  static func conjunction(_ first: Condition?, _ second: Condition?) -> Condition? {
    switch (first, second) {
    case (let first?, let second?): .all([first, second])
    case (let only?, nil), (nil, let only?): only
    case (nil, nil): nil
    }
  }
}
