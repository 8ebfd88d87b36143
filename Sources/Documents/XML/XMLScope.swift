import CXML2

/// What documents with the same dictionary of names share: one document, or all rows of one stream. Names are
/// compared by address in it, and expressions are compiled once for it.
@safe final class XMLScope {
  /// A power of two.
  private static let recentCount = 64

  private let dictionary: xmlDictPtr?
  private var compiled: [Int: CompiledXPath] = [:]
  /// The ones used last, found by a few bits of their identity.
  private var recent: [(identity: Int, compiled: CompiledXPath?)]
  private var evaluator: XPathEvaluator?
  /// Prefixes declared in the document, for expressions that bring no address for theirs.
  var declaredPrefixes: [String: String] = [:]

  init(dictionary: xmlDictPtr?) {
    unsafe self.dictionary = dictionary
    recent = Array(repeating: (0, nil), count: Self.recentCount)
    if let dictionary = unsafe dictionary { unsafe xmlDictReference(dictionary) }
  }

  deinit {
    if let dictionary = unsafe dictionary { unsafe xmlDictFree(dictionary) }
  }

  /// The one address at which `name` stands in all nodes of this scope.
  func intern(_ name: String) -> UnsafePointer<xmlChar>? {
    unsafe xmlDictLookup(dictionary, name, Int32(name.utf8.count))
  }

  func compiled(_ expression: XPath.Definition) throws(DocumentError) -> CompiledXPath {
    let identity = expression.identity
    let slot = identity & (Self.recentCount - 1)
    if recent[slot].identity == identity, let compiled = recent[slot].compiled { return compiled }
    let found: CompiledXPath
    if let known = compiled[identity] {
      found = known
    } else {
      found = try CompiledXPath(expression, self)
      compiled[identity] = found
    }
    recent[slot] = (identity, found)
    return found
  }

  func sharedEvaluator() throws(DocumentError) -> XPathEvaluator {
    if let evaluator { return evaluator }
    let new = try XPathEvaluator()
    evaluator = new
    return new
  }
}
