/// Runs a query on one document. Nodes are indices on its tape.
struct JSONPathEvaluator {
  let tape: JSONTape
  let root: Int
  /// How many more nodes may be looked at.
  var steps: Int
  /// Expressions found in the document, by their text; nil for those that are no I-Regexp.
  var patterns: [[UInt8]: RegularExpression?] = [:]

  init(tape: JSONTape, root: Int, steps: Int) {
    self.tape = tape
    self.root = root
    self.steps = steps
  }

  mutating func nodes(of query: JSONPathQuery, current: Int) throws(DocumentError) -> [Int] {
    let start = query.origin == .root ? root : current
    if let singular = query.singular {
      try spend(singular.count)
      return tape.node(at: singular, from: start).map { [$0] } ?? []
    }
    var nodes = [start]
    for segment in query.segments {
      var selected: [Int] = []
      for node in nodes {
        if segment.isDescendant {
          // Containers in the order of the tape are the descendants in the order the RFC wants, scalars left out:
          // no selector selects anything from a scalar.
          var index = node
          let end = tape.next(node)
          while index < end {
            try spend(1)
            if tape.word(index).isContainer {
              for selector in segment.selectors { try select(selector, from: index, into: &selected) }
              index += 2
            } else {
              index += 1
            }
          }
        } else {
          for selector in segment.selectors { try select(selector, from: node, into: &selected) }
        }
      }
      nodes = selected
    }
    return nodes
  }

  private mutating func select(
    _ selector: JSONPathSelector, from node: Int, into selected: inout [Int]
  ) throws(DocumentError) {
    let header = tape.word(node)
    switch selector {
    case .name, .index:
      try spend(1)
      if let child = tape.node(at: [selector], from: node) { selected.append(child) }
    case .wildcard:
      guard header.isContainer else { return }
      try spend(tape.container(node).count)
      children(of: node) { selected.append($0) }
    case .slice(let start, let end, let step):
      guard header.kind == .array else { return }
      let count = tape.container(node).count
      try spend(count)
      var elements: [Int] = []
      elements.reserveCapacity(count)
      children(of: node) { elements.append($0) }
      for place in Self.places(start, end, step, count) { selected.append(elements[place]) }
    case .filter(let condition):
      guard header.isContainer else { return }
      let isObject = header.kind == .object
      var child = node + 2
      while child < header.extent {
        let value = isObject ? child + 1 : child
        if try holds(condition, for: value) { selected.append(value) }
        child = tape.next(value)
      }
    }
  }

  private func children(of node: Int, _ body: (Int) -> Void) {
    let header = tape.word(node)
    let isObject = header.kind == .object
    var child = node + 2
    while child < header.extent {
      let value = isObject ? child + 1 : child
      body(value)
      child = tape.next(value)
    }
  }

  /// The elements a slice takes from an array of `count` (RFC 9535, section 2.3.4.2.2).
  private static func places(_ start: Int?, _ end: Int?, _ step: Int, _ count: Int) -> StrideTo<Int> {
    func normal(_ place: Int) -> Int { place >= 0 ? place : count + place }
    func bounded(_ place: Int, _ least: Int, _ most: Int) -> Int { min(max(place, least), most) }
    if step > 0 {
      let lower = bounded(normal(start ?? 0), 0, count)
      let upper = bounded(normal(end ?? count), 0, count)
      return stride(from: lower, to: upper, by: step)
    }
    guard step < 0 else { return stride(from: 0, to: 0, by: 1) }
    let upper = bounded(normal(start ?? count - 1), -1, count - 1)
    let lower = bounded(normal(end ?? -count - 1), -1, count - 1)
    return stride(from: upper, to: lower, by: step)
  }

  mutating func spend(_ count: Int) throws(DocumentError) {
    steps -= count + 1
    if steps < 0 {
      throw DocumentError(
        .limit, "the JSONPath looks at more nodes than allowed on this document; make it more specific")
    }
  }
}
