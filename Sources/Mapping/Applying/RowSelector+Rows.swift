import Documents

/// A row and where it stands.
struct LocatedRow {
  let node: SourceNode
  let path: String
}

extension RowSelector {
  /// All rows of the message in document order; nil when not even the place where they would stand is there.
  func rows(in message: MessageDocument) throws(DocumentError) -> [LocatedRow]? {
    switch (message, step) {
    case (.json(let document), .elements(let path)): elements(at: path, in: document)
    case (.json(let document), .json(let path)):
      try path.locatedNodes(in: document.root).map { LocatedRow(node: .json($0.value), path: $0.path) }
    case (.xml(let document), .xml(let path, let parent)): try elements(path, parent, in: document)
    default: nil
    }
  }

  private func elements(at path: JSONPath, in document: JSONDocument) -> [LocatedRow]? {
    guard let array = path.singularNode(in: document.root) else { return nil }
    // `[*]` of an object would be its members' values, which are no rows anybody means; a null is no list.
    guard array.isArray else { return array.isNull ? [] : nil }
    let prefix = array.normalizedPath + "["
    var rows: [LocatedRow] = []
    rows.reserveCapacity(array.count)
    for (index, element) in array.elements.enumerated() {
      rows.append(LocatedRow(node: .json(element), path: "\(prefix)\(index)]"))
    }
    return rows
  }

  private func elements(
    _ path: XPath, _ parent: XPath?, in document: XMLDocument
  ) throws(DocumentError) -> [LocatedRow]? {
    let elements = try path.elements(in: document)
    guard let parent else {
      return elements.map { LocatedRow(node: .xml($0), path: $0.path) }
    }
    if elements.isEmpty { return try parent.elements(in: document).isEmpty ? nil : [] }
    // Of a plain path all namesakes are rows, so positions are counted along the way.
    var rows: [LocatedRow] = []
    rows.reserveCapacity(elements.count)
    var start = 0
    while start < elements.count {
      let home = elements[start].parent
      var end = start + 1
      while end < elements.count, elements[end].parent == home { end += 1 }
      let prefix = "\(home?.path ?? "")/\(elements[start].qualifiedName)"
      for index in start..<end {
        let path = end - start == 1 ? prefix : "\(prefix)[\(index - start + 1)]"
        rows.append(LocatedRow(node: .xml(elements[index]), path: path))
      }
      start = end
    }
    return rows
  }
}
