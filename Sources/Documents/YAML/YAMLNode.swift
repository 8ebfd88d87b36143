/// A node of a YAML document: a scalar as it was written, a sequence, or a mapping.
///
/// Scalars have no type of their own here; whoever reads one asks for the type wanted, so `1.10` stays `1.10`
/// and `no` stays a text. See `asText`, `asBoolean`, `asInteger`, `asDecimal` and `isNull`.
public struct YAMLNode: Sendable {
  public enum ScalarStyle: Sendable {
    case plain
    case singleQuoted
    case doubleQuoted
    /// A block after `|`.
    case literal
    /// A block after `>`.
    case folded
  }

  public enum Content: Sendable {
    case scalar(String, ScalarStyle)
    case sequence([YAMLNode])
    case mapping(YAMLMapping)
  }

  public var content: Content
  public var mark: YAMLMark

  public init(_ content: Content, mark: YAMLMark) {
    self.content = content
    self.mark = mark
  }

  public var sequence: [YAMLNode]? {
    if case .sequence(let elements) = content { elements } else { nil }
  }

  public var mapping: YAMLMapping? {
    if case .mapping(let mapping) = content { mapping } else { nil }
  }

  /// The value of `key` when this is a mapping that has it.
  public subscript(key: String) -> YAMLNode? { mapping?[key] }

  /// What the node is, for error messages: `a mapping`, `a list`, `nothing`, `true`, `a number`, `a text`.
  public var kindDescription: String {
    switch content {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar:
      if isNull {
        "nothing"
      } else if asBoolean != nil {
        "a boolean"
      } else if asDecimal != nil || asInteger != nil {
        "a number"
      } else {
        "a text"
      }
    }
  }
}
