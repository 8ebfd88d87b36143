import CXML2

/// An expression made ready for the documents of one scope.
@safe final class CompiledXPath {
  @unsafe enum Form {
    case path(XPathResolvedPath)
    case expression(xmlXPathCompExprPtr, XPathSource)
  }

  let form: Form

  init(_ expression: XPath.Definition, _ scope: XMLScope) throws(DocumentError) {
    switch expression.form {
    case .path(let path):
      unsafe form = .path(try XPathResolvedPath(path, scope))
    case .source(let source):
      let compiled = try Self.compile(source)
      unsafe form = .expression(compiled.release(), source)
    }
  }

  deinit {
    if case .expression(let expression, _) = unsafe form { unsafe xmlXPathFreeCompExpr(expression) }
  }

  /// A compiled expression that is freed unless it is released to somebody.
  @safe struct Handle: ~Copyable {
    private let expression: xmlXPathCompExprPtr

    init(_ expression: xmlXPathCompExprPtr) {
      unsafe self.expression = expression
    }

    deinit {
      unsafe xmlXPathFreeCompExpr(expression)
    }

    consuming func release() -> xmlXPathCompExprPtr {
      let expression = unsafe self.expression
      discard self
      return unsafe expression
    }
  }

  static func compile(_ source: XPathSource) throws(DocumentError) -> Handle {
    let evaluator = try XPathEvaluator()
    return try evaluator.compile(source)
  }
}
