import Applications
import Documents

extension TemplateCompiler {
  /// Nil after a report.
  func condition(_ value: ConfigurationValue, _ scope: TemplateScope) -> TemplateCondition? {
    guard let reader = value.reader() else { return nil }
    guard reader.has("from") else {
      reader.allow("of", "equals", "in", "matches", "present")
      switch reader.exactlyOne(of: "all", "any", "not") {
      case "all": return .all(reader.list("all", count: 1...100) { condition($0, scope) })
      case "any": return .any(reader.list("any", count: 1...100) { condition($0, scope) })
      case "not": return reader.value("not").flatMap { condition($0, scope) }.map { .not($0) }
      default: return nil
      }
    }
    reader.refuse("all", "it stands for itself, without 'from'")
    reader.refuse("any", "it stands for itself, without 'from'")
    let isOfRecord = reader.value(ifPresent: "of")?.choice(among: ["record"]) != nil
    let path = reader.value("from").flatMap { self.path($0, scope, isOfRecord: isOfRecord) }
    guard let word = reader.exactlyOne(of: "equals", "in", "matches", "present", "not") else { return nil }
    if word == "not" {
      guard let inner = reader.value("not")?.reader(),
        let word = inner.exactlyOne(of: "equals", "in", "matches", "present"),
        let test = test(inner, word, path)
      else { return nil }
      return path.map { .not(.test($0, test)) }
    }
    guard let test = test(reader, word, path) else { return nil }
    return path.map { .test($0, test) }
  }

  private func test(_ reader: ConfigurationReader, _ word: String, _ path: FieldPath?) -> FieldTest? {
    switch word {
    case "present": return .isPresent(reader.boolean("present"))
    case "matches":
      return reader.parse("matches", "a regular expression") { text throws(DocumentError) in
        try RegularExpression(text)
      }.map { .matches($0) }
    default:
      let values =
        word == "in" ? reader.elements("in", count: 1...1000) : [reader.value("equals")].compactMap(\.self)
      return .isOneOf(Set(values.compactMap { compared($0, path) }))
    }
  }

  /// A text that the field never holds makes the test vain.
  private func compared(_ value: ConfigurationValue, _ path: FieldPath?) -> String? {
    guard let text = value.text() else { return nil }
    let words: [String]
    switch path?.field.type {
    case .code(let list): words = list
    case .flag: words = ["true", "false"]
    default: return text
    }
    guard !words.contains(text) else { return text }
    value.error(
      "is '\(text)', which '\(path?.text ?? "")' never holds",
      suggestion: Suggestion.nearest(to: text, in: words))
    return nil
  }
}
