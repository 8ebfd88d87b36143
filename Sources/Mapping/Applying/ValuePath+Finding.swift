import Documents

extension ValuePath {
  /// The text at this path. Of several nodes the first counts, unless several texts are wanted.
  func find(from node: SourceNode, wantsSeveral: Bool) throws(DocumentError) -> FoundText {
    switch (node, step) {
    case (.json(let value), .member(let name)):
      return value.member(utf8: name).map { Self.text(of: $0, wantsSeveral) } ?? .nothing
    case (.json(let value), .json(let path)):
      if !path.isSingular, wantsSeveral {
        let nodes = try path.nodes(in: value)
        if nodes.count == 1 { return Self.text(of: nodes[0], true) }
        return Self.texts(of: nodes)
      }
      return try path.first(in: value).map { Self.text(of: $0, wantsSeveral) } ?? .nothing
    case (.json(let value), .node): return Self.text(of: value, wantsSeveral)
    case (.xml(let element), .attribute(let name)):
      return element.attribute(name).map { .text($0) } ?? .nothing
    case (.xml(let element), .xml(let path)):
      if wantsSeveral {
        let strings = try path.strings(from: element)
        if strings.count != 1 { return strings.isEmpty ? .nothing : .texts(strings) }
        return .text(strings[0])
      }
      return try path.string(from: element).map { .text($0) } ?? .nothing
    case (.xml(let element), .node): return .text(element.text)
    case (.part(let part), .node): return .text(part.text)
    default:
      // The compiler of mappings lets no such path through.
      return .nothing
    }
  }

  /// Whether anything but null stands there, a container too.
  func isPresent(from node: SourceNode) throws(DocumentError) -> Bool {
    switch try find(from: node, wantsSeveral: false) {
    case .nothing: false
    case .text, .texts, .wrongKind: true
    }
  }

  /// Where the text stands, as an absolute path; the written path after the node's where there is no better one.
  func absolutePath(from node: SourceNode) -> String {
    switch (node, step) {
    case (.json(let value), .member(let name)):
      return value.member(utf8: name)?.normalizedPath ?? value.normalizedPath
    case (.json(let value), .json(let path)):
      if let found = try? path.first(in: value) { return found.normalizedPath }
      return value.normalizedPath
    case (.xml(let element), .attribute(let name)): return "\(element.path)/@\(name)"
    case (.xml(let element), .xml(let path)): return Self.absolutePath(path, from: element)
    default: return node.path
    }
  }

  private static func absolutePath(_ path: XPath, from element: XMLElement) -> String {
    if let elements = try? path.elements(from: element), let first = elements.first { return first.path }
    // An attribute below other elements: their path and its name.
    if let slash = path.text.lastIndex(of: "/"), path.text[slash...].hasPrefix("/@"),
      let parent = try? XPath(String(path.text[..<slash])),
      let elements = try? parent.elements(from: element), let first = elements.first
    {
      return first.path + path.text[slash...]
    }
    return path.text.first == "/" ? path.text : "\(element.path)/\(path.text)"
  }

  private static func text(of value: JSONValue, _ wantsSeveral: Bool) -> FoundText {
    if let text = value.scalarText { return .text(text) }
    switch value.kind {
    case .null: return .nothing
    case .array:
      return wantsSeveral ? texts(of: Array(value.elements)) : .wrongKind("an array")
    case .object: return .wrongKind("an object")
    default: return .wrongKind("a text with half of a character")
    }
  }

  private static func texts(of values: [JSONValue]) -> FoundText {
    var texts: [String] = []
    for value in values where !value.isNull {
      guard let text = value.scalarText else { return .wrongKind("a list of more than texts") }
      texts.append(text)
    }
    return texts.isEmpty ? .nothing : .texts(texts)
  }
}

extension NodePath {
  /// The nodes at this path, in document order.
  func nodes(from node: SourceNode) throws(DocumentError) -> [SourceNode] {
    switch (node, step) {
    case (.json(let value), .json(let path)): try path.nodes(in: value).map { .json($0) }
    case (.xml(let element), .xml(let path)): try path.elements(from: element).map { .xml($0) }
    default: []
    }
  }
}
