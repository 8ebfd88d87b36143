/// Reads `term + term …`, where a term is a 'literal', a count, a name, or a call.
///
/// Names are letters, digits and `-._`, so `aes-ecb-decrypt` and `setting.appKey` are one word each; there is no subtraction.
struct ExpressionParser {
  private static let deepest = 32

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ source: String) {
    bytes = Array(source.utf8)
  }

  mutating func parse() throws(ExpressionError) -> Expression.Node {
    let node = try sum()
    skipBlanks()
    guard position == bytes.count else {
      throw ExpressionError("expected '+' or the end of the expression", offset: position)
    }
    return node
  }

  private mutating func sum() throws(ExpressionError) -> Expression.Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw ExpressionError("calls are nested deeper than \(Self.deepest)", offset: position)
    }
    var terms = [try term()]
    while take("+") { terms.append(try term()) }
    return terms.count == 1 ? terms[0] : .join(terms)
  }

  private mutating func term() throws(ExpressionError) -> Expression.Node {
    skipBlanks()
    let start = position
    guard position < bytes.count else {
      throw ExpressionError("expected a name, a call or a 'literal'", offset: start)
    }
    if bytes[position] == UInt8(ascii: "'") { return try literal() }
    while position < bytes.count, Self.isWordByte(bytes[position]) { position += 1 }
    guard position > start else {
      throw ExpressionError("expected a name, a call or a 'literal'", offset: start)
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    if let count = Int(word), word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return .count(count) }
    guard take("(") else { return .name(word, offset: start) }
    var arguments: [Expression.Node] = []
    if take(")") { return .call(word, arguments, offset: start) }
    repeat { arguments.append(try sum()) } while take(",")
    guard take(")") else { throw ExpressionError("expected ',' or ')'", offset: position) }
    return .call(word, arguments, offset: start)
  }

  /// A quote inside a literal is doubled.
  private mutating func literal() throws(ExpressionError) -> Expression.Node {
    let start = position
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      guard byte == UInt8(ascii: "'") else {
        text.append(byte)
        continue
      }
      guard position < bytes.count, bytes[position] == UInt8(ascii: "'") else {
        return .literal(String(decoding: text, as: UTF8.self))
      }
      text.append(byte)
      position += 1
    }
    throw ExpressionError("the literal has no closing quote", offset: start)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count, bytes[position] == 0x20 || (0x09...0x0D).contains(bytes[position]) {
      position += 1
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
    default: false
    }
  }
}
