import Documents

/// The rows of one table in document order. Where they stand is written out only when asked for.
struct RowList {
  private enum Paths {
    /// The path of the array with its opening bracket.
    case elements(String)
    case written([String])
    /// From which row on the elements have which path without position, and how many there are.
    case siblings([(start: Int, count: Int, path: String)])
  }

  let nodes: [SourceNode]
  private let paths: Paths

  /// The elements of an array.
  init(_ array: JSONValue) {
    nodes = array.elements.map { .json($0) }
    paths = .elements(array.normalizedPath + "[")
  }

  init(_ nodes: [SourceNode], paths: [String]) {
    self.nodes = nodes
    self.paths = .written(paths)
  }

  /// Elements found by a plain path: all namesakes of their parents are among them, so positions can be counted.
  init(siblings elements: [XMLElement]) {
    var runs: [(start: Int, count: Int, path: String)] = []
    var start = 0
    while start < elements.count {
      let home = elements[start].parent
      var end = start + 1
      while end < elements.count, elements[end].parent == home { end += 1 }
      runs.append((start, end - start, "\(home?.path ?? "")/\(elements[start].qualifiedName)"))
      start = end
    }
    nodes = elements.map { .xml($0) }
    paths = .siblings(runs)
  }

  static var none: RowList { RowList([], paths: []) }

  /// The absolute path of a row.
  func path(_ index: Int) -> String {
    switch paths {
    case .elements(let prefix): return "\(prefix)\(index)]"
    case .written(let paths): return paths[index]
    case .siblings(let runs):
      // Nearly always there is one run.
      guard let run = runs.last(where: { $0.start <= index }) else { return "" }
      return run.count == 1 ? run.path : "\(run.path)[\(index - run.start + 1)]"
    }
  }

  func firstIndex(of path: String) -> Int? {
    nodes.indices.first { self.path($0) == path }
  }
}

extension RowSelector {
  /// All rows of the message; nil when not even the place where they would stand is there.
  func rows(in message: MessageDocument) throws(DocumentError) -> RowList? {
    switch (message, step) {
    case (.json(let document), .elements(let path)):
      guard let array = path.singularNode(in: document.root) else { return nil }
      // `[*]` of an object would be its members' values, which are no rows anybody means; a null is no list.
      guard array.isArray else { return array.isNull ? RowList.none : nil }
      return RowList(array)
    case (.json(let document), .json(let path)):
      let found = try path.locatedNodes(in: document.root)
      return RowList(found.map { .json($0.value) }, paths: found.map(\.path))
    case (.xml(let document), .xml(let path, let parent)):
      let elements = try path.elements(in: document)
      guard let parent else { return RowList(elements.map { .xml($0) }, paths: elements.map(\.path)) }
      if elements.isEmpty, try parent.elements(in: document).isEmpty { return nil }
      return RowList(siblings: elements)
    default: return nil
    }
  }
}
