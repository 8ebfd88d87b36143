import CXML2

/// Finds the rows of a stream and has only them built, each as a small document of its own.
@safe final class XMLRowBuilder {
  /// A finished row that nobody has taken yet.
  struct Row {
    let document: XMLDocument
    let pathIndex: Int
  }

  private let paths: [XMLRowPath]
  private let maxRowBytes: Int
  /// For each path, how many of the open elements are its steps.
  private var matched: [Int]
  /// For each path and step, how many elements of that step stand in the open parent so far.
  private var positions: [[Int]]
  private var rowPath = 0
  private var rowDepth = 0
  private var rowStart = 0
  private(set) var isInside = false
  var finished: [Row] = []
  private var scope: XMLScope?

  init(paths: [XMLRowPath], maxRowBytes: Int) {
    self.paths = paths
    self.maxRowBytes = maxRowBytes
    matched = paths.map { _ in 0 }
    positions = paths.map { $0.steps.map { _ in 0 } }
  }

  /// Takes note of a start tag outside rows; true if it begins a row, whose document is then ready to be filled.
  func open(_ name: UnsafePointer<xmlChar>?, _ prefix: UnsafePointer<xmlChar>?, _ parser: XMLEventParser)
    -> Bool
  {
    guard let name = unsafe name else { return false }
    let depth = parser.depth
    for index in paths.indices where matched[index] == depth - 1 && depth <= paths[index].steps.count {
      guard unsafe paths[index].matches(depth - 1, name, prefix) else { continue }
      matched[index] = depth
      positions[index][depth - 1] += 1
      if depth < paths[index].steps.count {
        positions[index][depth] = 0
      } else if !isInside {
        guard let document = unsafe Self.newDocument(parser) else { return false }
        unsafe parser.context.pointee.myDoc = document
        isInside = true
        rowPath = index
        rowDepth = depth
        rowStart = parser.position.offset
      }
    }
    return isInside
  }

  /// Takes note of an end tag; at a row's own the row is finished.
  func close(depth: Int, _ parser: XMLEventParser) {
    if isInside, depth > rowDepth { return }
    if isInside {
      isInside = false
      if let document = unsafe parser.takeDocument() {
        let scope = unsafe self.scope ?? XMLScope(dictionary: parser.context.pointee.dict)
        self.scope = scope
        scope.declaredPrefixes = parser.declaredPrefixes
        let row = unsafe XMLDocument(owning: document, scope: scope, rootPath: locator)
        finished.append(Row(document: row, pathIndex: rowPath))
      }
    }
    for index in paths.indices where matched[index] == depth { matched[index] = depth - 1 }
  }

  /// Refuses a row that outgrows its share of memory.
  func checkSize(_ parser: XMLEventParser) {
    guard isInside, parser.position.offset - rowStart > maxRowBytes else { return }
    parser.fail(parser.limit("a row has more than \(maxRowBytes) bytes"))
  }

  /// Calls `body` with every namespace declaration in force, for the row's own root to repeat.
  func withNamespacesInScope(
    _ parser: XMLEventParser, _ body: (Int32, UnsafeMutablePointer<UnsafePointer<xmlChar>?>?) -> Void
  ) {
    let count = unsafe Int(parser.context.pointee.nsNr)
    guard count > 0, let table = unsafe parser.context.pointee.nsTab else { return body(0, nil) }
    // Pairs of prefix and address, outer declarations first; the innermost of each prefix counts.
    var pairs: [UnsafePointer<xmlChar>?] = unsafe []
    for index in stride(from: count - 2, through: 0, by: -2) {
      let prefix = unsafe table[index]
      // Prefixes come from the parser's dictionary: equal texts are equal pointers.
      let isHidden = unsafe stride(from: 0, to: pairs.count, by: 2).contains { unsafe pairs[$0] == prefix }
      if !isHidden { unsafe pairs += [prefix, table[index + 1]] }
    }
    let pairCount = unsafe Int32(pairs.count / 2)
    unsafe pairs.withUnsafeMutableBufferPointer { buffer in unsafe body(pairCount, buffer.baseAddress) }
  }

  /// `/Message/Data/KTT_FW_H[4]`: the row's step always has its position, the others from the second on.
  private var locator: String {
    var text = ""
    let steps = paths[rowPath].steps
    for (index, step) in steps.enumerated() {
      text += "/" + step
      let position = positions[rowPath][index]
      if index == steps.count - 1 || position > 1 { text += "[\(position)]" }
    }
    return text
  }

  private static func newDocument(_ parser: XMLEventParser) -> UnsafeMutablePointer<xmlDoc>? {
    guard let document = unsafe xmlNewDoc("1.0") else {
      parser.fail(DocumentError(.library, "libxml2 ran out of memory"))
      return nil
    }
    // The names of all rows live in the parser's dictionary, which each document keeps alive.
    if let dictionary = unsafe parser.context.pointee.dict {
      unsafe document.pointee.dict = dictionary
      unsafe xmlDictReference(dictionary)
    }
    return unsafe document
  }
}
