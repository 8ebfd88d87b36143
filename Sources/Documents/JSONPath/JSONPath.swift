/// A JSONPath query, complete by RFC 9535: parsed and checked once, then used on any document by any thread.
///
/// What the RFC leaves open is taken so: members are visited in the order they are written; of repeated names the last
/// is the one a name selects; numbers are compared by their exact decimal value, however long.
public struct JSONPath: Sendable {
  /// What one evaluation may cost, in nodes looked at; no query written in earnest comes near.
  public static let defaultStepLimit = 100_000_000

  /// The query as written.
  public let text: String

  private let query: JSONPathQuery

  /// Throws `expression` with the position in `text` if it is not well formed or not well typed.
  public init(_ text: String) throws(DocumentError) {
    self.text = text
    var parser = JSONPathParser(text)
    query = try parser.query()
  }

  /// Whether the query names one place: only member names and indices, so one node at most.
  public var isSingular: Bool { query.singular != nil }

  /// All nodes the query selects, in the order of RFC 9535; the same node can come up more than once. `$` stands for
  /// `root`, which may be any value of a document.
  ///
  /// Throws `limit` if the evaluation, or a regular expression in it, runs away. A singular query never throws.
  public func nodes(
    in root: JSONValue, stepLimit: Int = JSONPath.defaultStepLimit
  ) throws(DocumentError) -> [JSONValue] {
    if let singular = query.singular {
      return root.tape.node(at: singular, from: root.index).map { [JSONValue(tape: root.tape, index: $0)] }
        ?? []
    }
    var evaluator = JSONPathEvaluator(tape: root.tape, root: root.index, steps: stepLimit)
    let found = try evaluator.nodes(of: query, current: root.index)
    return found.map { JSONValue(tape: root.tape, index: $0) }
  }

  /// The first node the query selects, or nil. Without cost beyond the look-ups if the query is singular.
  public func first(
    in root: JSONValue, stepLimit: Int = JSONPath.defaultStepLimit
  ) throws(DocumentError) -> JSONValue? {
    if query.singular != nil { return singularNode(in: root) }
    return try nodes(in: root, stepLimit: stepLimit).first
  }

  /// The node a singular query names, or nil; nil, too, if the query is not singular.
  public func singularNode(in root: JSONValue) -> JSONValue? {
    guard let singular = query.singular else { return nil }
    return root.tape.node(at: singular, from: root.index).map { JSONValue(tape: root.tape, index: $0) }
  }

  /// All nodes as by `nodes(in:)`, each with its normalised path, in which `$` stands for `root`.
  public func locatedNodes(
    in root: JSONValue, stepLimit: Int = JSONPath.defaultStepLimit
  ) throws(DocumentError) -> [(path: String, value: JSONValue)] {
    let found = try nodes(in: root, stepLimit: stepLimit)
    let paths = root.tape.normalizedPaths(of: found.map(\.index), below: root.index)
    return zip(paths, found).map { (path: $0, value: $1) }
  }
}

extension JSONPath: Hashable {
  public static func == (left: JSONPath, right: JSONPath) -> Bool { left.text == right.text }

  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension JSONPath: CustomStringConvertible {
  public var description: String { text }
}

extension JSONTape {
  /// Follows names and indices from a node down.
  func node(at selectors: [JSONPathSelector], from start: Int) -> Int? {
    var index = start
    for selector in selectors {
      switch selector {
      case .name(let name):
        guard let value = unsafe name.withUnsafeBufferPointer({ unsafe member(of: index, named: $0) }) else {
          return nil
        }
        index = value
      case .index(let place):
        let count = word(index).kind == .array ? container(index).count : 0
        guard let value = element(of: index, at: place < 0 ? place + count : place) else { return nil }
        index = value
      default: return nil
      }
    }
    return index
  }

  /// The normalised paths of many nodes at or below `root`, found in one walk over the containers that hold them.
  func normalizedPaths(of nodes: [Int], below root: Int) -> [String] {
    var paths: [Int: String] = [:]
    let wanted = Set(nodes).sorted()
    var position = 0

    func walk(_ index: Int, _ path: NormalizedPath) {
      if position < wanted.count, wanted[position] == index {
        paths[index] = path.description
        position += 1
      }
      let header = word(index)
      guard header.isContainer else { return }
      let isObject = header.kind == .object
      var place = 0
      var child = index + 2
      while child < header.extent, position < wanted.count, wanted[position] < header.extent {
        let value = isObject ? child + 1 : child
        let after = next(value)
        if wanted[position] < after {
          walk(
            value, isObject ? path.appending(name: repairedText(word(child))) : path.appending(index: place))
        }
        child = after
        place += 1
      }
    }
    walk(root, NormalizedPath())
    return nodes.map { paths[$0] ?? "" }
  }
}
