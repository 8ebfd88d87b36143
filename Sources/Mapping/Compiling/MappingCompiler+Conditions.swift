import Documents

extension MappingCompiler {
  /// Nil after a report.
  func condition(_ value: ConfigurationValue, _ scope: RuleScope) -> Condition? {
    guard let reader = value.reader() else { return nil }
    guard reader.has("from") else {
      reader.allow("of", "nulls", "keepBlanks", "normalize", "equals", "in", "matches", "present")
      switch reader.exactlyOne(of: "all", "any", "not") {
      case "all": return .all(reader.list("all", count: 1...100) { condition($0, scope) })
      case "any": return .any(reader.list("any", count: 1...100) { condition($0, scope) })
      case "not": return reader.value("not").flatMap { condition($0, scope) }.map { .not($0) }
      default: return nil
      }
    }
    reader.refuse("all", "it stands for itself, without 'from'")
    reader.refuse("any", "it stands for itself, without 'from'")
    var rule = ValueRule()
    rule.nulls = nulls
    readSource(reader, &rule, scope)
    rule.normalization = normalization(reader)
    guard let word = reader.exactlyOne(of: "equals", "in", "matches", "present", "not") else { return nil }
    if word == "not" {
      guard let inner = reader.value("not")?.reader(),
        let word = inner.exactlyOne(of: "equals", "in", "matches", "present")
      else { return nil }
      return test(inner, word, rule).map { .not(.test(SharedRule(rule), $0)) }
    }
    return test(reader, word, rule).map { .test(SharedRule(rule), $0) }
  }

  private func test(_ reader: ConfigurationReader, _ word: String, _ rule: ValueRule) -> ConditionTest? {
    switch word {
    case "present": return .isPresent(reader.boolean("present"))
    case "matches":
      guard let value = reader.value("matches"), let pattern = pattern(value) else { return nil }
      return .matches(pattern, ComparedText(text: value.node.asText ?? "", mark: value.mark))
    default:
      let values =
        word == "in" ? reader.elements("in", count: 1...1000) : [reader.value("equals")].compactMap(\.self)
      let compared = values.compactMap { value in
        value.text(allowingEmpty: true).map { ComparedText(text: $0, mark: value.mark) }
      }
      let texts = compared.map(\.text)
      for text in texts where rule.nulls.contains(text) {
        reader.warning(
          "compares with '\(text)', which means \"no value\" here and so is never found; use 'present: false'",
          at: word)
      }
      return .isOneOf(TextSet(texts), compared)
    }
  }
}
