/// Keeps what was compiled of the last expressions: cases often try one on many documents.
struct CompiledExpressions<Expression> {
  private static var most: Int { 256 }

  private var compiled: [String: Expression] = [:]

  mutating func expression<Failure: Error>(
    _ text: String, compile: (String) throws(Failure) -> Expression
  ) throws(Failure) -> Expression {
    if let expression = compiled[text] { return expression }
    let expression = try compile(text)
    if compiled.count >= Self.most { compiled.removeAll(keepingCapacity: true) }
    compiled[text] = expression
    return expression
  }
}
