/// Builds the tree of one document from libyaml's events and keeps to the subset of YAML that configuration
/// needs: no anchors, aliases, tags, merge keys, complex or repeated keys, and one document a file.
///
/// What is merely refused is collected, so that one run shows all of it; only what stops the parser is thrown.
struct YAMLTreeBuilder: ~Copyable {
  /// Nobody reads more of them, and each costs a walk through the text.
  private static let maxProblems = 100

  private var events: YAMLEventReader
  private let file: String
  private let limits: YAMLLimits
  private var nodes = 0
  private(set) var problems: [DocumentError] = []

  init(_ bytes: ArraySlice<UInt8>, file: String, limits: YAMLLimits) throws(DocumentError) {
    events = try YAMLEventReader(bytes)
    self.file = file
    self.limits = limits
  }

  mutating func build() throws(DocumentError) -> YAMLNode {
    _ = try events.next()
    let start = try events.next()
    guard case .documentStart(let declaresTags) = start.kind else {
      throw DocumentError(.syntax, "the document is empty", position: position(start))
    }
    if declaresTags { try refuse("%TAG directives are not used here; remove the line", at: start) }
    let root = try node(events.next(), depth: 0)
    _ = try events.next()
    let end = try events.next()
    guard case .streamEnd = end.kind else {
      throw DocumentError(
        .forbidden, "a second document begins here; put each document in a file of its own",
        position: position(end))
    }
    return root
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(DocumentError) -> YAMLNode {
    nodes += 1
    guard nodes <= limits.maxNodes else {
      throw DocumentError(.limit, "more than \(limits.maxNodes) nodes", position: position(event))
    }
    guard depth <= limits.maxDepth else {
      throw DocumentError(.limit, "nested deeper than \(limits.maxDepth)", position: position(event))
    }
    if let anchor = event.anchor {
      try refuse("the anchor &\(anchor) is not allowed: write the value where it is used", at: event)
    }
    if let tag = event.tag {
      try refuse("the tag \(tag) is not allowed: what a value means is decided by its key", at: event)
    }
    let mark = YAMLMark(file: file, line: event.line, column: event.column)
    switch event.kind {
    case .scalar(let text, let style):
      return YAMLNode(.scalar(text, style), mark: mark)
    case .alias(let name):
      try refuse("the alias *\(name) is not allowed: write the value out", at: event)
      return YAMLNode(.scalar("", .plain), mark: mark)
    case .sequenceStart:
      return YAMLNode(.sequence(try sequence(depth: depth)), mark: mark)
    case .mappingStart:
      return YAMLNode(.mapping(try mapping(depth: depth)), mark: mark)
    default:
      throw DocumentError(
        .library, "libyaml gave its events in an impossible order", position: position(event))
    }
  }

  private mutating func sequence(depth: Int) throws(DocumentError) -> [YAMLNode] {
    var elements: [YAMLNode] = []
    while true {
      let event = try events.next()
      if case .sequenceEnd = event.kind { return elements }
      elements.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func mapping(depth: Int) throws(DocumentError) -> YAMLMapping {
    var mapping = YAMLMapping()
    while true {
      let event = try events.next()
      if case .mappingEnd = event.kind { return mapping }
      let key = try node(event, depth: depth + 1)
      let value = try node(events.next(), depth: depth + 1)
      guard case .scalar(let text, let style) = key.content else {
        try refuse("a key must be a single word, not a list or mapping", at: event)
        continue
      }
      if case .alias = event.kind { continue }
      if style == .plain && text == "<<" {
        try refuse("merge keys (<<) are not allowed: write the keys out", at: event)
      } else if key.isNull {
        try refuse("a key must not be empty; quote it if it is meant: \"\(text)\"", at: event)
      } else if let first = mapping.insert(.init(key: text, keyMark: key.mark, value: value)) {
        let place = "line \(first.keyMark.line), column \(first.keyMark.column)"
        try refuse("the key '\(text)' is already given at \(place)", at: event)
      }
    }
  }

  private mutating func refuse(_ message: String, at event: YAMLEvent) throws(DocumentError) {
    let problem = DocumentError(.forbidden, message, position: position(event))
    guard problems.count < Self.maxProblems else { throw problem }
    problems.append(problem)
  }

  private func position(_ event: YAMLEvent) -> DocumentPosition {
    events.position(line: event.line, column: event.column, scalarIndex: event.scalarIndex)
  }
}
