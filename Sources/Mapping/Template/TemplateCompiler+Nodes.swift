import Applications
import Documents

/// The tree of a message: objects and lists of JSON, elements of XML.
extension TemplateCompiler {
  /// The words by which a JSON value is known as no rule.
  private static let treeWords = ["object", "each"]

  /// `{name: value, …}`. Nil after a report.
  func members(
    _ value: ConfigurationValue, _ scope: TemplateScope, _ condition: TemplateCondition?
  ) -> JSONTemplate? {
    guard let entries = value.entries() else { return nil }
    if entries.isEmpty { value.error("needs at least one member") }
    let members = entries.compactMap { entry in
      json(entry.value, scope).map { JSONMember(name: entry.name, value: $0) }
    }
    return .object(members, condition: condition)
  }

  private func json(_ value: ConfigurationValue, _ scope: TemplateScope) -> JSONTemplate? {
    guard value.isMapping, Self.treeWords.contains(where: { value.node[$0] != nil }),
      let reader = value.reader()
    else { return self.value(value, scope, .json).map { .value($0) } }
    let list = reader.value(ifPresent: "each").flatMap { self.list($0, scope) }
    var inner = scope
    inner.list = list?.field ?? scope.list
    let condition = reader.value(ifPresent: "when").flatMap { self.condition($0, inner) }
    guard reader.has("each") else {
      return reader.value("object").flatMap { members($0, inner, condition) }
    }
    let element: JSONTemplate?
    switch reader.exactlyOne(of: "object", "value") {
    case "object": element = reader.value("object").flatMap { members($0, inner, condition) }
    case "value":
      reader.refuse("when", "a rule has a 'when' of its own")
      element = reader.value("value").flatMap { self.value($0, inner, .json) }.map { .value($0) }
    default: element = nil
    }
    guard let list, let element else { return nil }
    return .each(list.path, element)
  }

  /// Nil after a report.
  func element(
    _ value: ConfigurationValue, _ outer: TemplateScope, isRoot: Bool = false
  ) -> ElementTemplate? {
    guard let reader = value.reader() else { return nil }
    let name = reader.parse("element", "an XML name") { XMLNameCheck.isName($0) ? $0 : nil }
    var scope = outer
    var list: ListPath?
    if isRoot {
      reader.refuse("each", "a message has one root")
      reader.refuse("when", "a message has one root")
    } else if let found = reader.value(ifPresent: "each").flatMap({ self.list($0, outer) }) {
      list = found.path
      scope.list = found.field
    }
    let condition = reader.value(ifPresent: "when").flatMap { self.condition($0, scope) }
    let attributes = (reader.entries(ifPresent: "attributes") ?? []).compactMap { entry in
      guard XMLNameCheck.isName(entry.name) else {
        entry.key.mismatch(expected: "an XML name")
        return nil as (name: String, value: TemplateValue)?
      }
      return self.value(entry.value, scope, .xml).map { (entry.name, $0) }
    }
    var content = ElementTemplate.Content.nothing
    switch reader.atMostOne(of: "text", "children") {
    case "text":
      if let text = reader.value("text").flatMap({ self.value($0, scope, .xml) }) { content = .text(text) }
    case "children":
      content = .children(reader.list("children", count: 1...1000) { self.element($0, scope) })
    default: break
    }
    guard let name else { return nil }
    return ElementTemplate(
      name: name, each: list, condition: condition, attributes: attributes, content: content)
  }

  private func list(
    _ value: ConfigurationValue, _ scope: TemplateScope
  ) -> (path: ListPath, field: ApplicationField)? {
    let lists = fields.filter(\.isList)
    guard scope.list == nil else {
      value.error("stands inside another 'each', and the elements of a list have no lists")
      return nil
    }
    guard let name = value.choice(among: lists.map(\.name)), let field = lists[name] else { return nil }
    usedFields.insert(name)
    return (ListPath(name: name, mark: value.mark), field)
  }
}

/// Names of elements and attributes, with at most one prefix: the letters that messages have.
enum XMLNameCheck {
  static func isName(_ text: String) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy(isPart)
  }

  private static func isPart(_ part: Substring) -> Bool {
    guard let first = part.unicodeScalars.first, isLetter(first) else { return false }
    return part.unicodeScalars.allSatisfy { scalar in
      isLetter(scalar) || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "."
    }
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "_", "\u{4E00}"..."\u{9FFF}": true
    default: false
    }
  }
}
