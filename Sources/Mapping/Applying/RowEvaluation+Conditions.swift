import Documents

extension RowEvaluation {
  /// Whether the condition is true of the row. A fault on the way (an expression that runs away) is noted as a reason, so
  /// that the row is neither taken nor passed over in silence.
  mutating func holds(_ condition: Condition) -> Bool {
    switch condition {
    case .not(let inner): return !holds(inner)
    case .all(let inner):
      for condition in inner where !holds(condition) { return false }
      return true
    case .any(let inner):
      for condition in inner where holds(condition) { return true }
      return false
    case .test(let rule, let test):
      do throws(DocumentError) {
        return try passes(rule, test)
      } catch {
        note("condition-failed", nil, rule.body.sourceText, error.message)
        return false
      }
    }
  }

  private func passes(_ rule: SharedRule, _ test: ConditionTest) throws(DocumentError) -> Bool {
    let (text, isThere) = try text(of: rule)
    switch test {
    case .isPresent(let wanted): return isThere == wanted
    case .isOneOf(let texts, _):
      guard let text else { return false }
      return texts.contains(text)
    case .matches(let pattern, _):
      guard let text else { return false }
      return try pattern.contains(text)
    }
  }

  /// The first value of the rule's paths; a container is there, but has no text.
  func text(of rule: SharedRule) throws(DocumentError) -> (text: String?, isThere: Bool) {
    for index in 0..<startCount(rule.body.scope) {
      let start = start(rule.body.scope, index)
      for path in rule.body.paths {
        switch try path.find(from: start, wantsSeveral: false) {
        case .nothing: continue
        case .wrongKind, .texts: return (nil, true)
        case .text(let raw):
          var text = rule.body.keepsBlanks ? raw : BlankTrimming.trim(raw)
          if rule.body.nulls.contains(text) { continue }
          if !rule.body.normalization.isEmpty { text = rule.body.normalization.apply(to: text) }
          return (text, true)
        }
      }
    }
    return (nil, false)
  }
}
