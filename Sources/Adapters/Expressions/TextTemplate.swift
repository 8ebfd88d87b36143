/// A text with holes, such as `/gateway/api/{setting.organisation}/licence.htm`. `{{` and `}}` are braces.
public struct TextTemplate: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case literal([UInt8])
    case hole(String)
  }

  let parts: [Part]
  /// The names in the holes.
  public let references: Set<String>

  /// A text without holes.
  init(literal: [UInt8]) {
    parts = [.literal(literal)]
    references = []
  }

  /// - Parameter names: the names in scope; bytes may not stand in a hole, since a message is text.
  public init(_ source: String, names: [String: ValueType]) throws(ExpressionError) {
    let bytes = Array(source.utf8)
    var parts: [Part] = []
    var references: Set<String> = []
    var literal: [UInt8] = []
    var index = 0
    let open = UInt8(ascii: "{")
    let close = UInt8(ascii: "}")
    while index < bytes.count {
      let byte = bytes[index]
      if byte == open || byte == close, index + 1 < bytes.count, bytes[index + 1] == byte {
        literal.append(byte)
        index += 2
        continue
      }
      guard byte != close else {
        throw ExpressionError("'}' without '{': write '}}' for a brace", offset: index)
      }
      guard byte == open else {
        literal.append(byte)
        index += 1
        continue
      }
      guard let end = bytes[index...].firstIndex(of: close) else {
        throw ExpressionError("'{' without '}': write '{{' for a brace", offset: index)
      }
      let hole = try Expression(String(decoding: bytes[(index + 1)..<end], as: UTF8.self), names: names)
      guard case .name(let name, _) = hole.root else {
        throw ExpressionError(
          "only a name may stand in braces: give the formula a name under 'values'", offset: index + 1)
      }
      guard hole.type == .text else {
        throw ExpressionError(
          "'\(name)' is bytes: give hex(\(name)) or base64(\(name)) a name under 'values'", offset: index + 1)
      }
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = []
      parts.append(.hole(name))
      references.insert(name)
      index = end + 1
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    self.parts = parts
    self.references = references
  }

  typealias Escape = (inout [UInt8], [UInt8]) throws(AdapterError) -> Void

  /// Fills the holes; `escape` makes a value fit for the place (percent-encoding, JSON, XML), `literals` the text between them.
  func render(_ scope: ValueScope, escape: Escape, literals: Escape? = nil) throws(AdapterError) -> [UInt8] {
    var result: [UInt8] = []
    for part in parts {
      switch part {
      case .literal(let bytes):
        if let literals { try literals(&result, bytes) } else { result += bytes }
      case .hole(let name): try escape(&result, scope.value(name).bytes)
      }
    }
    return result
  }
}
