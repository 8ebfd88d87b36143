extension JSONPathEvaluator {
  /// What an operand comes to.
  enum Value {
    /// The special result of queries that find no node, and of functions without a result.
    case nothing
    case node(Int)
    case literal(JSONPathLiteral)
  }

  mutating func holds(_ condition: JSONPathCondition, for node: Int) throws(DocumentError) -> Bool {
    try spend(1)
    switch condition {
    case .any(let conditions):
      for condition in conditions where try holds(condition, for: node) { return true }
      return false
    case .all(let conditions):
      for condition in conditions where try !holds(condition, for: node) { return false }
      return true
    case .not(let condition): return try !holds(condition, for: node)
    case .exists(let query): return try !nodes(of: query, current: node).isEmpty
    case .compare(let left, let comparison, let right):
      let left = try value(of: left, for: node)
      let right = try value(of: right, for: node)
      switch comparison {
      case .equal: return areEqual(left, right)
      case .notEqual: return !areEqual(left, right)
      case .less: return isLess(left, right)
      case .greater: return isLess(right, left)
      case .lessOrEqual: return isLess(left, right) || areEqual(left, right)
      case .greaterOrEqual: return isLess(right, left) || areEqual(left, right)
      }
    case .function(.match(let text, let pattern)): return try matches(text, pattern, whole: true, for: node)
    case .function(.search(let text, let pattern)): return try matches(text, pattern, whole: false, for: node)
    case .function: preconditionFailure("the parser lets only functions with a logical result stand alone")
    }
  }

  private mutating func value(of operand: JSONPathOperand, for node: Int) throws(DocumentError) -> Value {
    switch operand {
    case .literal(let literal): return .literal(literal)
    case .query(let query):
      guard let singular = query.singular else {
        preconditionFailure("the parser lets only singular queries be values")
      }
      try spend(singular.count)
      return tape.node(at: singular, from: query.origin == .root ? root : node).map { .node($0) } ?? .nothing
    case .function(.length(let argument)):
      guard let length = length(try value(of: argument, for: node)) else { return .nothing }
      return .literal(.number(JSONPathNumber(length)))
    case .function(.count(let query)):
      return .literal(.number(JSONPathNumber(try nodes(of: query, current: node).count)))
    case .function(.value(let query)):
      let nodes = try nodes(of: query, current: node)
      return nodes.count == 1 ? .node(nodes[0]) : .nothing
    case .function(.match), .function(.search):
      preconditionFailure("the parser lets no logical result be a value")
    }
  }

  /// Characters of a string, elements of an array, members of an object (RFC 9535, section 2.4.4).
  private func length(_ value: Value) -> Int? {
    switch value {
    case .nothing: return nil
    case .literal(.string(let bytes)): return Self.scalars(bytes.span)
    case .literal: return nil
    case .node(let index):
      let word = tape.word(index)
      switch word.kind {
      case .string: return tape.withContent(word) { Self.scalars($0) }
      case .array: return tape.container(index).count
      case .object:
        // Repeated names are one member.
        return word.has(JSONWord.duplicates) ? tape.lastMembers(of: index).count : tape.container(index).count
      default: return nil
      }
    }
  }

  private static func scalars(_ utf8: borrowing Span<UInt8>) -> Int {
    var count = 0
    for index in utf8.indices where utf8[index] & 0xC0 != 0x80 { count += 1 }
    return count
  }

  private mutating func matches(
    _ text: JSONPathOperand, _ pattern: JSONPathPattern, whole: Bool, for node: Int
  ) throws(DocumentError) -> Bool {
    let expression: RegularExpression
    switch pattern {
    case .never: return false
    case .fixed(let fixed): expression = fixed
    case .dynamic(let operand):
      guard let found = try self.expression(try value(of: operand, for: node)) else { return false }
      expression = found
    }
    let subject = try value(of: text, for: node)
    return try withText(of: subject) { (utf8) throws(DocumentError) in
      try whole ? expression.matches(utf8: utf8) : expression.contains(utf8: utf8)
    } ?? false
  }

  /// The expression a value of the document means; nil if it is no string or no I-Regexp.
  private mutating func expression(_ value: Value) throws(DocumentError) -> RegularExpression? {
    let text = try withText(of: value) { (utf8) throws(DocumentError) in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(utf8.count)
      for index in utf8.indices { bytes.append(utf8[index]) }
      return bytes
    }
    guard let text else { return nil }
    if let known = patterns[text] { return known }
    let expression = try JSONPathPattern.expression(text)
    patterns[text] = .some(expression)
    return expression
  }

  /// Lends the text of a string; nil for everything else, and for strings that are no text.
  private func withText<Result>(
    of value: Value, _ body: (borrowing Span<UInt8>) throws(DocumentError) -> Result
  ) throws(DocumentError) -> Result? {
    switch value {
    case .literal(.string(let bytes)): return try body(bytes.span)
    case .node(let index): return try JSONValue(tape: tape, index: index).withUTF8(body)
    default: return nil
    }
  }
}

extension JSONPathPattern {
  /// The compiled form, or nil if the text is no I-Regexp. Other faults (no memory) are errors.
  static func expression(_ utf8: [UInt8]) throws(DocumentError) -> RegularExpression? {
    do throws(DocumentError) {
      return try RegularExpression(iRegexp: String(decoding: utf8, as: UTF8.self))
    } catch  where error.code == .expression {
      return nil
    }
  }
}
