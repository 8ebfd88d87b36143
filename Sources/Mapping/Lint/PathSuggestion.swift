import Documents

/// Finds the name that a path probably means, among those that stand in a message where the path leads nowhere.
enum PathSuggestion {
  private enum Step {
    case name(String)
    case attribute(String)
    case everyElement
  }

  /// The path with one name mended; nil when the path is more than names, or no name is near.
  static func nearest(to text: String, from starts: [SourceNode]) -> String? {
    guard let parts = steps(of: text) else { return nil }
    var nodes = starts
    // An absolute XPath names the root element itself.
    var isAtRoot = text.first == "/"
    for (place, part) in parts.enumerated() {
      let next = isAtRoot ? nodes.filter { isRoot($0, part.step) } : nodes.flatMap { follow(part.step, $0) }
      guard next.isEmpty else {
        nodes = next
        isAtRoot = false
        continue
      }
      let known = Set(isAtRoot ? nodes.flatMap(ownName) : nodes.flatMap { names($0, like: part.step) })
      let name =
        switch part.step {
        case .name(let name), .attribute(let name): name
        case .everyElement: ""
        }
      guard let mended = Suggestion.nearest(to: name, in: known.sorted()) else { return nil }
      var written = parts.map(\.written)
      written[place] = written[place].replacing(name, with: mended)
      return written.joined()
    }
    return nil
  }

  /// The path in pieces that give it again when they are joined.
  private static func steps(of text: String) -> [(step: Step, written: String)]? {
    text.first == "$" ? jsonSteps(of: text) : xmlSteps(of: text)
  }

  private static func jsonSteps(of text: String) -> [(step: Step, written: String)]? {
    var steps: [(step: Step, written: String)] = []
    var rest = text.dropFirst()
    while !rest.isEmpty {
      if rest.hasPrefix("[*]") {
        steps.append((.everyElement, "[*]"))
        rest = rest.dropFirst(3)
        continue
      }
      guard rest.first == "." else { return nil }
      let name = rest.dropFirst().prefix { $0 != "." && $0 != "[" }
      guard !name.isEmpty, name != "*" else { return nil }
      steps.append((.name(String(name)), "." + name))
      rest = rest.dropFirst(1 + name.count)
    }
    guard !steps.isEmpty else { return nil }
    steps[0].written = "$" + steps[0].written
    return steps
  }

  private static func xmlSteps(of text: String) -> [(step: Step, written: String)]? {
    let isAbsolute = text.first == "/"
    let names = (isAbsolute ? text.dropFirst() : text[...]).split(
      separator: "/", omittingEmptySubsequences: false)
    var steps: [(step: Step, written: String)] = []
    for (place, name) in names.enumerated() {
      let bare = name.first == "@" ? name.dropFirst() : name
      guard let first = bare.first, first.isLetter || first == "_",
        bare.allSatisfy({ $0.isLetter || $0.isNumber || "_-.:".contains($0) })
      else { return nil }
      let slash = place > 0 || isAbsolute ? "/" : ""
      steps.append(
        (name.first == "@" ? .attribute(String(bare)) : .name(String(name)), slash + name))
    }
    return steps
  }

  private static func follow(_ step: Step, _ node: SourceNode) -> [SourceNode] {
    switch (node, step) {
    case (.json(let value), .name(let name)): value[name].map { [.json($0)] } ?? []
    case (.json(let value), .everyElement): value.elements.map { .json($0) }
    case (.xml(let element), .name(let name)): element.children(named: name).map { .xml($0) }
    // Nothing follows an attribute.
    case (.xml(let element), .attribute(let name)): element.attribute(name) == nil ? [] : [node]
    default: []
    }
  }

  private static func names(_ node: SourceNode, like step: Step) -> [String] {
    switch (node, step) {
    case (.json(let value), .name): value.members.map(\.key)
    case (.xml(let element), .name): element.children.map(\.qualifiedName)
    case (.xml(let element), .attribute): element.attributes.map(\.name)
    default: []
    }
  }

  private static func isRoot(_ node: SourceNode, _ step: Step) -> Bool {
    guard case .name(let name) = step else { return false }
    return ownName(node) == [name]
  }

  private static func ownName(_ node: SourceNode) -> [String] {
    guard case .xml(let element) = node else { return [] }
    return [element.qualifiedName]
  }
}
