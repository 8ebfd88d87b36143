import CXML2

/// One expression on one node.
@safe struct XPathEvaluation {
  private let expression: XPath.Definition
  private let document: XMLDocument
  private let node: UnsafeMutablePointer<xmlNode>

  init(_ expression: XPath.Definition, _ document: XMLDocument) {
    self.expression = expression
    self.document = document
    unsafe node = UnsafeMutableRawPointer(document.pointer).assumingMemoryBound(to: xmlNode.self)
  }

  init(_ expression: XPath.Definition, _ element: XMLElement) {
    self.expression = expression
    document = element.document
    unsafe node = element.node
  }

  func result() throws(DocumentError) -> XPathResult {
    let compiled = try document.scope.compiled(expression)
    switch unsafe compiled.form {
    case .path(let path):
      var nodes: [XMLNode] = []
      unsafe path.visit(from: node, in: document) { found in
        unsafe nodes.append(wrap(found))
        return true
      }
      return .nodes(nodes)
    case .expression(let compiled, let source):
      return try unsafe evaluate(compiled, source)
    }
  }

  func strings() throws(DocumentError) -> [String] {
    let compiled = try document.scope.compiled(expression)
    guard case .path(let path) = unsafe compiled.form else { return try result().strings }
    var strings: [String] = []
    unsafe path.visit(from: node, in: document) { found in
      unsafe strings.append(value(found))
      return true
    }
    return strings
  }

  func string() throws(DocumentError) -> String? {
    let compiled = try document.scope.compiled(expression)
    guard case .path(let path) = unsafe compiled.form else {
      let result = try result()
      if case .nodes(let nodes) = result { return nodes.first?.stringValue }
      return result.strings.first
    }
    var string: String?
    unsafe path.visit(from: node, in: document) { found in
      string = unsafe value(found)
      return false
    }
    return string
  }

  func elements() throws(DocumentError) -> [XMLElement] {
    if case .path(let path) = expression.form, case .elements = path.target,
      case .path(let path) = unsafe try document.scope.compiled(expression).form
    {
      var elements: [XMLElement] = []
      unsafe path.visit(from: node, in: document) { found in
        unsafe elements.append(XMLElement(document: document, node: found))
        return true
      }
      return elements
    }
    let result = try result()
    guard case .nodes(let nodes) = result else {
      throw DocumentError(.wrongKind, "'\(expression.text)' gives \(result.kindDescription), not elements")
    }
    var elements: [XMLElement] = []
    elements.reserveCapacity(nodes.count)
    for node in nodes {
      guard let element = node.element else {
        throw DocumentError(.wrongKind, "'\(expression.text)' selects \(node.kindDescription), not elements")
      }
      elements.append(element)
    }
    return elements
  }

  private func evaluate(
    _ compiled: xmlXPathCompExprPtr, _ source: XPathSource
  ) throws(DocumentError) -> XPathResult {
    let evaluator = try document.scope.sharedEvaluator()
    return try unsafe evaluator.evaluate(compiled, source, expression, document, from: node) {
      object throws(DocumentError) in
      switch unsafe object.type {
      case XPATH_NODESET: return unsafe .nodes(nodes(object.nodesetval))
      case XPATH_STRING: return unsafe .string(object.stringval.map { unsafe String(cString: $0) } ?? "")
      case XPATH_NUMBER: return unsafe .number(object.floatval)
      case XPATH_BOOLEAN: return unsafe .boolean(object.boolval != 0)
      default:
        throw DocumentError(.wrongKind, "'\(expression.text)' gives something XPath 1.0 does not know")
      }
    }
  }

  private func nodes(_ set: xmlNodeSetPtr?) -> [XMLNode] {
    guard let set = unsafe set else { return [] }
    var nodes: [XMLNode] = []
    for index in unsafe 0..<Int(set.pointee.nodeNr) {
      if let found = unsafe set.pointee.nodeTab[index] { unsafe nodes.append(wrap(found)) }
    }
    return nodes
  }

  private func wrap(_ found: UnsafeMutablePointer<xmlNode>) -> XMLNode {
    let raw = UnsafeMutableRawPointer(found)
    func content() -> String {
      guard let content = unsafe found.pointee.content else { return "" }
      return unsafe String(cString: content)
    }
    switch unsafe found.pointee.type {
    case XML_ELEMENT_NODE:
      return unsafe .element(XMLElement(document: document, node: found))
    case XML_ATTRIBUTE_NODE:
      return unsafe .attribute(XMLElement.attribute(raw.assumingMemoryBound(to: xmlAttr.self)))
    case XML_COMMENT_NODE:
      return .comment(content())
    case XML_PI_NODE:
      return unsafe .processingInstruction(target: String(cString: found.pointee.name), data: content())
    case XML_NAMESPACE_DECL:
      let namespace = unsafe raw.assumingMemoryBound(to: xmlNs.self)
      return unsafe .namespace(
        prefix: namespace.pointee.prefix.map { unsafe String(cString: $0) } ?? "",
        address: namespace.pointee.href.map { unsafe String(cString: $0) } ?? "")
    case XML_DOCUMENT_NODE:
      return .document(document)
    default:
      return .text(content())
    }
  }

  /// The string value, without building the node for it.
  private func value(_ found: UnsafeMutablePointer<xmlNode>) -> String {
    switch unsafe found.pointee.type {
    case XML_ATTRIBUTE_NODE:
      return unsafe XMLElement.value(UnsafeMutableRawPointer(found).assumingMemoryBound(to: xmlAttr.self))
    case XML_TEXT_NODE:
      guard let content = unsafe found.pointee.content else { return "" }
      return unsafe String(cString: content)
    default:
      return unsafe XMLElement(document: document, node: found).text
    }
  }
}
