import Certificates
import Documents

/// `codes` and `check`: what a value must be one of.
extension MappingCompiler {
  func codes(
    _ value: ConfigurationValue, _ field: Field, _ scope: RuleScope, nulls: TextSet
  ) -> CodeRule? {
    var unknown = scope.contract.strictness(.codes)
    var table: CodeTable?
    if value.isMapping {
      guard let reader = value.reader() else { return nil }
      unknown = reader.choice("unknown", default: unknown)
      switch reader.exactlyOne(of: "list", "entries") {
      case "list":
        if let name = reader.value("list"), let text = name.text() { table = self.table(text, at: name) }
      case "entries":
        let entries = reader.entries("entries")
        if entries.isEmpty { reader.error("needs at least one entry", at: "entries") }
        for entry in entries {
          if let text = entry.value.text() { judge(text, field, entry.value) }
          if nulls.contains(entry.name) {
            entry.key.warning("never matches, because '\(entry.name)' means \"no value\" here; see 'nulls'")
          }
        }
        return CodeRule(
          table: CodeTable(name: "", entries: reader.dictionary("entries") { $0.text() }), unknown: unknown)
      default: return nil
      }
    } else if let name = value.text() {
      table = self.table(name, at: value)
    }
    guard let table else { return nil }
    for text in Set(table.entries.values).sorted() { judge(text, field, value) }
    return CodeRule(table: table, unknown: unknown)
  }

  /// Reports a value of a code list that the field does not hold.
  private func judge(_ text: String, _ field: Field, _ value: ConfigurationValue) {
    switch field.type {
    case .code(let list):
      guard list.entry(text) == nil else { return }
      let message = "gives '\(text)', but \(field.path) holds one of \(list.words)"
      let nearest = Suggestion.nearest(to: text, in: list.entries.map(\.code))
      if list.isClosed {
        value.error(message, suggestion: nearest)
      } else {
        value.warning(message, suggestion: nearest)
      }
    case .flag where FlagText.read(text) == nil:
      value.error("gives '\(text)', but \(field.path) holds true or false")
    default: break
    }
  }

  func check(_ value: ConfigurationValue, _ field: Field, _ scope: RuleScope) -> CheckRule? {
    let rule: CheckRule?
    if value.isMapping {
      guard let reader = value.reader() else { return nil }
      let kind: IdentifierKind = reader.choice("identifier")
      let otherwise: CheckStrictness? =
        reader.has("otherwise") ? reader.choice("otherwise", default: .quarantine) : nil
      rule = CheckRule(
        identifier: kind, otherwise: otherwise?.strictness ?? scope.contract.strictness(.checks))
    } else {
      rule = value.choice(IdentifierKind.self).map {
        CheckRule(identifier: $0, otherwise: scope.contract.strictness(.checks))
      }
    }
    guard let rule else { return nil }
    switch field.type {
    case .identifier(let wanted) where wanted != rule.identifier:
      value.error("is \(rule.identifier.rawValue), but \(field.path) holds a \(wanted.rawValue)")
    case .text, .texts, .identifier:
      if field == .number, let wanted = scope.kind.numberIdentifier, wanted != rule.identifier {
        value.error(
          "is \(rule.identifier.rawValue), but the number of a \(scope.kind.rawValue) is a \(wanted.rawValue)"
        )
      }
    default: value.error("is for identifiers; \(field.path) holds none")
    }
    return rule
  }

  private enum CheckStrictness: String, CaseIterable {
    case quarantine, warn
    case discard = "discard-value"

    var strictness: Strictness {
      switch self {
      case .quarantine: .quarantine
      case .warn: .warn
      case .discard: .discard
      }
    }
  }
}
