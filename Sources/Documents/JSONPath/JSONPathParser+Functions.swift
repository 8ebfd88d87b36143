extension JSONPathParser {
  // function-expr = function-name "(" S [function-argument *(S "," S function-argument)] S ")"
  mutating func function(_ name: String, at start: Int) throws(DocumentError) -> JSONPathFunction {
    guard Self.arity[name] != nil else {
      let known = Self.arity.keys.sorted().joined(separator: ", ")
      throw failure("there is no function '\(name)'; there are \(known)", at: start)
    }
    let arguments = try arguments()
    let expected = Self.arity[name] ?? 0
    guard arguments.count == expected else {
      throw failure(
        "\(name) takes \(expected) argument\(expected == 1 ? "" : "s"), not \(arguments.count)", at: start)
    }
    switch name {
    case "length": return .length(try valueArgument(arguments[0]))
    case "count": return .count(try nodesArgument(arguments[0]))
    case "value": return .value(try nodesArgument(arguments[0]))
    case "match": return .match(try valueArgument(arguments[0]), try pattern(try valueArgument(arguments[1])))
    default: return .search(try valueArgument(arguments[0]), try pattern(try valueArgument(arguments[1])))
    }
  }

  private static let arity = ["length": 1, "count": 1, "value": 1, "match": 2, "search": 2]

  private mutating func arguments() throws(DocumentError) -> [(term: Term, start: Int)] {
    index += 1
    skipBlanks()
    var arguments: [(term: Term, start: Int)] = []
    if current == UInt8(ascii: ")") {
      index += 1
      return []
    }
    while true {
      let start = index
      if current == UInt8(ascii: "!") || current == UInt8(ascii: "(") {
        throw failure("the functions take values and queries, not conditions")
      }
      arguments.append((try term(), start))
      skipBlanks()
      switch current {
      case UInt8(ascii: ","):
        index += 1
        skipBlanks()
      case UInt8(ascii: ")"):
        index += 1
        return arguments
      default: throw failure("expected ',' or ')' after an argument, found \(found)")
      }
    }
  }

  /// A parameter of ValueType (RFC 9535, section 2.4.3).
  private func valueArgument(_ argument: (term: Term, start: Int)) throws(DocumentError) -> JSONPathOperand {
    switch argument.term {
    case .literal(let literal): return .literal(literal)
    case .query(let query):
      guard query.singular != nil else {
        throw failure(
          "the argument must be a value; a query must name one node, or go through value( … )",
          at: argument.start)
      }
      return .query(query)
    case .function(let function):
      guard function.isValue else {
        throw failure("the argument must be a value; match and search are true or false", at: argument.start)
      }
      return .function(function)
    }
  }

  /// A parameter of NodesType.
  private func nodesArgument(_ argument: (term: Term, start: Int)) throws(DocumentError) -> JSONPathQuery {
    guard case .query(let query) = argument.term else {
      throw failure("the argument must be a query, starting with '@' or '$'", at: argument.start)
    }
    return query
  }

  private func pattern(_ operand: JSONPathOperand) throws(DocumentError) -> JSONPathPattern {
    guard case .literal(let literal) = operand else { return .dynamic(operand) }
    guard case .string(let text) = literal, let expression = try JSONPathPattern.expression(text) else {
      return .never
    }
    return .fixed(expression)
  }
}

extension JSONPathFunction {
  /// Whether the result is a value; if not, it is true or false.
  var isValue: Bool {
    switch self {
    case .length, .count, .value: true
    case .match, .search: false
    }
  }
}
