import CXML2

/// Owns libxml2's XPath context.
@safe final class XPathEvaluator {
  private let context: UnsafeMutablePointer<xmlXPathContext>

  init() throws(DocumentError) {
    guard XMLLibrary.isReady, let context = unsafe xmlXPathNewContext(nil) else {
      throw DocumentError(.library, "libxml2's XPath could not start: out of memory")
    }
    unsafe self.context = context
    // The context keeps the last error; without a handler libxml2 would write it to standard error.
    unsafe context.pointee.error = { _, _ in }
    unsafe xmlXPathContextSetCache(context, 1, 64, 0)
    unsafe XPathNumber.registerFunctions(in: context)
  }

  deinit {
    unsafe xmlXPathFreeContext(context)
  }

  func compile(_ source: XPathSource) throws(DocumentError) -> CompiledXPath.Handle {
    unsafe xmlResetError(&context.pointee.lastError)
    guard let expression = unsafe xmlXPathCtxtCompile(context, source.compilable) else {
      throw problem(source)
    }
    return unsafe CompiledXPath.Handle(expression)
  }

  /// Evaluates and lends the result; its nodes live as long as the document, namespaces only during `body`.
  func evaluate<Result>(
    _ compiled: xmlXPathCompExprPtr, _ source: XPathSource, _ expression: XPath.Definition,
    _ document: XMLDocument, from node: UnsafeMutablePointer<xmlNode>,
    _ body: (xmlXPathObject) throws(DocumentError) -> Result
  ) throws(DocumentError) -> Result {
    for prefix in source.prefixes {
      guard let address = expression.namespaces[prefix] ?? document.scope.declaredPrefixes[prefix] else {
        let known = Set(expression.namespaces.keys).union(document.scope.declaredPrefixes.keys).sorted()
        let words = known.isEmpty ? "there are none" : "known are \(known.joined(separator: ", "))"
        throw DocumentError(.expression, "the namespace prefix '\(prefix)' is not declared; \(words)")
      }
      guard unsafe xmlXPathRegisterNs(context, prefix, address) == 0 else {
        throw DocumentError(.library, "libxml2 ran out of memory")
      }
    }
    unsafe xmlResetError(&context.pointee.lastError)
    unsafe context.pointee.doc = document.pointer
    unsafe context.pointee.node = node
    unsafe context.pointee.opLimit = UInt(Self.mostSteps(source, expression, document))
    unsafe context.pointee.opCount = 0
    unsafe context.pointee.depth = 0
    defer {
      // The document may be gone before the next evaluation.
      unsafe context.pointee.doc = nil
      unsafe context.pointee.node = nil
    }
    guard let object = unsafe xmlXPathCompiledEval(compiled, context) else { throw problem(source) }
    defer { unsafe xmlXPathFreeObject(object) }
    guard unsafe context.pointee.lastError.code == 0 else { throw problem(source) }
    return try unsafe body(object.pointee)
  }

  /// Comparisons of two nodes that fit into a second or so.
  private static let mostComparisons = 2_000_000_000

  /// libxml2 counts the nodes it walks over. What the sideways axes find from several nodes it puts together by comparing
  /// each with all it has, which is not counted: there a step may cost as much as the document has nodes.
  private static func mostSteps(
    _ source: XPathSource, _ expression: XPath.Definition, _ document: XMLDocument
  ) -> Int {
    guard source.looksSideways else { return expression.maxOperations }
    let nodes = document.treeNodes
    // From a single node nothing is compared, so a walk over the whole is always allowed; a second one would be.
    return min(expression.maxOperations, max(nodes + nodes / 2 + 1000, mostComparisons / max(nodes, 1)))
  }

  private func problem(_ source: XPathSource) -> DocumentError {
    let error = unsafe context.pointee.lastError
    let code = unsafe error.code - Int32(XML_XPATH_EXPRESSION_OK.rawValue)
    let kind = xmlXPathError(rawValue: UInt32(max(code, 0)))
    let position = unsafe source.position(ofCompiled: Int(error.int1))
    switch kind {
    case XPATH_OP_LIMIT_EXCEEDED, XPATH_RECURSION_LIMIT_EXCEEDED:
      return DocumentError(.limit, "the XPath takes too many steps on this document; make it more specific")
    case XPATH_MEMORY_ERROR:
      return DocumentError(.library, "libxml2 ran out of memory")
    case XPATH_INVALID_TYPE:
      return DocumentError(
        .expression, "the XPath uses a text, number or boolean where nodes are needed", position: position)
    case XPATH_INVALID_ARITY:
      return DocumentError(.expression, "a function of the XPath has a wrong number of arguments")
    case XPATH_UNFINISHED_LITERAL_ERROR, XPATH_START_LITERAL_ERROR:
      return DocumentError(.expression, "a text in the XPath has no closing quote", position: position)
    case XPATH_UNCLOSED_ERROR:
      return DocumentError(.expression, "a bracket in the XPath is not closed", position: position)
    case XPATH_INVALID_PREDICATE_ERROR:
      return DocumentError(.expression, "a predicate in the XPath is not closed or empty", position: position)
    default:
      return DocumentError(
        .expression, "not a valid XPath at offset \(position.offset) (libxml2 error \(code))",
        position: position)
    }
  }
}
