import Applications
import Documents

extension TemplateCompiler {
  /// `codes`: a list from our words to the platform's, inline or by name; `reverse: true` turns a mapping's list round.
  func codes(
    _ value: ConfigurationValue, _ field: ApplicationField, hasOtherwise: Bool
  ) -> TemplateRule.Codes? {
    var table: [String: String]?
    var keepsUnknown = false
    if value.isMapping {
      guard let reader = value.reader() else { return nil }
      keepsUnknown = reader.choice("unknown", default: Unknown.refuse) == .keep
      switch reader.exactlyOne(of: "list", "entries") {
      case "list":
        let isReverse = reader.boolean("reverse", default: false)
        if let name = reader.value("list"), let text = name.text(), let found = self.table(text, at: name) {
          table = isReverse ? reversed(found, at: name) : found.entries
        }
      case "entries":
        reader.refuse("reverse", "write the entries the other way round")
        let entries = reader.entries("entries")
        if entries.isEmpty, reader.has("entries") { reader.error("needs at least one entry", at: "entries") }
        for entry in entries { judge(entry, field) }
        table = reader.dictionary("entries") { $0.text() }
      default: reader.allow("reverse")
      }
    } else if let name = value.text() {
      table = self.table(name, at: value)?.entries
    }
    guard let table else { return nil }
    if !keepsUnknown, !hasOtherwise { warnOfMissing(field, table, value) }
    return TemplateRule.Codes(table: table, keepsUnknown: keepsUnknown)
  }

  private enum Unknown: String, CaseIterable {
    /// The record does not become a message.
    case refuse
    /// The word is written as records have it.
    case keep
  }

  /// An entry for a word that the field never has.
  private func judge(_ entry: ConfigurationEntry, _ field: ApplicationField) {
    let words = field.words
    guard !words.isEmpty, !words.contains(entry.name) else { return }
    entry.key.error(
      "is none of the words of '\(field.name)'", suggestion: Suggestion.nearest(to: entry.name, in: words))
  }

  /// A word without entry would be refused when somebody needs it.
  private func warnOfMissing(
    _ field: ApplicationField, _ table: [String: String], _ value: ConfigurationValue
  ) {
    let missing = field.words.filter { table[$0] == nil }
    guard !missing.isEmpty else { return }
    value.warning("has no entry for \(missing.joined(separator: ", ")), which '\(field.name)' may hold")
  }

  private func reversed(_ table: CodeTable, at value: ConfigurationValue) -> [String: String]? {
    var reversed: [String: String] = [:]
    var twice: [String] = []
    for (code, meaning) in table.entries.sorted(by: { $0.key < $1.key }) {
      if reversed.updateValue(code, forKey: meaning) != nil { twice.append(meaning) }
    }
    guard twice.isEmpty else {
      value.error(
        "cannot be turned round: \(Set(twice).sorted().joined(separator: ", ")) has several codes in '\(table.name)'; write the entries here"
      )
      return nil
    }
    return reversed
  }
}

extension ApplicationField {
  /// The words the field may hold; none where they are free.
  fileprivate var words: [String] {
    switch type {
    case .code(let words): words
    case .flag: ["true", "false"]
    default: []
    }
  }
}
