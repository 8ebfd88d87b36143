import CXML2

/// What documents with the same dictionary of names share: one document, or all rows of one stream. Names are
/// compared by address in it, and expressions are compiled once for it.
@safe final class XMLScope {
  private let dictionary: xmlDictPtr?
  private var compiled: [Int: CompiledXPath] = [:]
  private var evaluator: XPathEvaluator?
  /// Prefixes declared in the document, for expressions that bring no address for theirs.
  var declaredPrefixes: [String: String] = [:]

  init(dictionary: xmlDictPtr?) {
    unsafe self.dictionary = dictionary
    if let dictionary = unsafe dictionary { unsafe xmlDictReference(dictionary) }
  }

  deinit {
    if let dictionary = unsafe dictionary { unsafe xmlDictFree(dictionary) }
  }

  /// The one address at which `name` stands in all nodes of this scope.
  func intern(_ name: String) -> UnsafePointer<xmlChar>? {
    unsafe xmlDictLookup(dictionary, name, Int32(name.utf8.count))
  }

  func compiled(_ expression: XPath) throws(DocumentError) -> CompiledXPath {
    if let compiled = compiled[expression.identity] { return compiled }
    let new = try CompiledXPath(expression, self)
    compiled[expression.identity] = new
    return new
  }

  func sharedEvaluator() throws(DocumentError) -> XPathEvaluator {
    if let evaluator { return evaluator }
    let new = try XPathEvaluator()
    evaluator = new
    return new
  }
}
