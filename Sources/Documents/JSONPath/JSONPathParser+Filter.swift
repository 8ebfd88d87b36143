extension JSONPathParser {
  // logical-or-expr = logical-and-expr *(S "||" S logical-and-expr)
  mutating func condition() throws(DocumentError) -> JSONPathCondition {
    var conditions = [try conjunction()]
    while take("||") { conditions.append(try conjunction()) }
    return conditions.count == 1 ? conditions[0] : .any(conditions)
  }

  // logical-and-expr = basic-expr *(S "&&" S basic-expr)
  private mutating func conjunction() throws(DocumentError) -> JSONPathCondition {
    var conditions = [try basic()]
    while take("&&") { conditions.append(try basic()) }
    return conditions.count == 1 ? conditions[0] : .all(conditions)
  }

  // basic-expr = paren-expr / comparison-expr / test-expr
  private mutating func basic() throws(DocumentError) -> JSONPathCondition {
    if current == UInt8(ascii: "!") {
      index += 1
      skipBlanks()
      if current == UInt8(ascii: "(") { return .not(try parenthesized()) }
      let start = index
      let condition = try test(try term(), at: start)
      guard peekComparison() == nil else {
        throw failure("'!' does not negate a comparison without parentheses; write !( … )", at: start)
      }
      return .not(condition)
    }
    if current == UInt8(ascii: "(") { return try parenthesized() }
    let start = index
    let left = try term()
    let behind = index
    skipBlanks()
    guard let comparison = peekComparison() else {
      if current == UInt8(ascii: "=") { throw failure("'=' is no operator; write == != < <= > or >=") }
      index = behind
      return try test(left, at: start)
    }
    index += comparison.length
    let leftOperand = try operand(left, at: start)
    skipBlanks()
    let rightStart = index
    return .compare(leftOperand, comparison.comparison, try operand(try term(), at: rightStart))
  }

  // paren-expr = [logical-not-op S] "(" S logical-expr S ")"
  private mutating func parenthesized() throws(DocumentError) -> JSONPathCondition {
    index += 1
    skipBlanks()
    let condition = try nested { (parser) throws(DocumentError) in try parser.condition() }
    skipBlanks()
    guard current == UInt8(ascii: ")") else { throw failure("expected ')', '&&' or '||', found \(found)") }
    index += 1
    return condition
  }

  /// A literal, a query or a function: what a basic expression or a side of a comparison starts with.
  enum Term {
    case literal(JSONPathLiteral)
    case query(JSONPathQuery)
    case function(JSONPathFunction)
  }

  mutating func term() throws(DocumentError) -> Term {
    switch current ?? 0 {
    case UInt8(ascii: "@"):
      index += 1
      return .query(JSONPathQuery(origin: .current, segments: try segments()))
    case UInt8(ascii: "$"):
      index += 1
      return .query(JSONPathQuery(origin: .root, segments: try segments()))
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .literal(.string(try stringLiteral()))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return .literal(.number(try numberLiteral()))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): return try word()
    default:
      throw failure("expected '@', '$', a literal, a function or '(', found \(found)")
    }
  }

  /// true, false, null or a function call.
  private mutating func word() throws(DocumentError) -> Term {
    let start = index
    while let byte = current, Self.isDigit(byte) || byte == UInt8(ascii: "_") || 0x61...0x7A ~= byte {
      index += 1
    }
    let name = String(decoding: bytes[start..<index], as: UTF8.self)
    if current == UInt8(ascii: "(") {
      return .function(try nested { (parser) throws(DocumentError) in try parser.function(name, at: start) })
    }
    switch name {
    case "true": return .literal(.boolean(true))
    case "false": return .literal(.boolean(false))
    case "null": return .literal(.null)
    default:
      throw failure(
        "'\(name)' is no literal; strings take quotation marks, functions take '(' right after their name",
        at: start)
    }
  }

  // comparable = literal / singular-query / function-expr with a value as its result
  private func operand(_ term: Term, at start: Int) throws(DocumentError) -> JSONPathOperand {
    switch term {
    case .literal(let literal): return .literal(literal)
    case .query(let query):
      guard query.singular != nil else {
        throw failure("a query in a comparison must name one node: only names and single indices", at: start)
      }
      return .query(query)
    case .function(let function):
      guard function.isValue else {
        throw failure("match and search are true or false by themselves and are not compared", at: start)
      }
      return .function(function)
    }
  }

  // test-expr = [logical-not-op S] (filter-query / function-expr with a logical result)
  private func test(_ term: Term, at start: Int) throws(DocumentError) -> JSONPathCondition {
    switch term {
    case .literal: throw failure("a literal alone is no condition; compare it with something", at: start)
    case .query(let query): return .exists(query)
    case .function(let function):
      guard !function.isValue else {
        throw failure("the function's result is a value; compare it with something", at: start)
      }
      return .function(function)
    }
  }

  private func peekComparison() -> (comparison: JSONPathComparison, length: Int)? {
    let next = index + 1 < bytes.count ? bytes[index + 1] : 0
    switch (current, next) {
    case (UInt8(ascii: "="), UInt8(ascii: "=")): return (.equal, 2)
    case (UInt8(ascii: "!"), UInt8(ascii: "=")): return (.notEqual, 2)
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): return (.lessOrEqual, 2)
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): return (.greaterOrEqual, 2)
    case (UInt8(ascii: "<"), _): return (.less, 1)
    case (UInt8(ascii: ">"), _): return (.greater, 1)
    default: return nil
    }
  }

  /// Takes an operator with the blanks around it, or leaves everything as it is.
  private mutating func take(_ symbol: StaticString) -> Bool {
    let start = index
    skipBlanks()
    let length = symbol.utf8CodeUnitCount
    let isThere = symbol.withUTF8Buffer { unsafe bytes[index...].starts(with: $0) }
    guard isThere else {
      index = start
      return false
    }
    index += length
    skipBlanks()
    return true
  }
}
