import Documents

/// Where one text stands, seen from a row: compiled to the shortest way there.
final class ValuePath: Sendable {
  enum Step: Sendable {
    /// The node itself: `$`, `.`.
    case node
    /// A member of the row, by name.
    case member([UInt8])
    /// Other JSONPaths.
    case json(JSONPath)
    /// `@NAME`.
    case attribute(String)
    case xml(XPath)
  }

  /// As written.
  let text: String
  let step: Step
  /// Where it is written.
  let mark: YAMLMark

  init(_ text: String, format: MessageFormat, mark: YAMLMark) throws(DocumentError) {
    self.text = text
    self.mark = mark
    switch format {
    case .json:
      guard text.first == "$" else {
        throw DocumentError(.expression, "a JSONPath starts with $, which stands for the row")
      }
      if text == "$" {
        step = .node
      } else if let name = Self.memberName(text) {
        step = .member(name)
      } else {
        step = .json(try JSONPath(text))
      }
    case .xml:
      if text == "." {
        step = .node
      } else if let name = Self.attributeName(text) {
        step = .attribute(name)
      } else if Self.isLiteral(text) {
        throw DocumentError(
          .expression,
          "a number or a text in quotation marks leads nowhere; a value of one's own is a 'constant'")
      } else {
        step = .xml(try XPath(text))
      }
    }
  }

  /// The name of `$.name`, for names of ASCII letters, digits and underscores.
  private static func memberName(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.count > 2, bytes[1] == UInt8(ascii: "."), isName(bytes[2...]) else { return nil }
    return Array(bytes[2...])
  }

  private static func attributeName(_ text: String) -> String? {
    guard text.first == "@", isName(Array(text.utf8.dropFirst())[...]) else { return nil }
    return String(text.dropFirst())
  }

  /// An XPath that gives the same for every row: no name begins so.
  private static func isLiteral(_ text: String) -> Bool {
    switch text.utf8.first {
    case UInt8(ascii: "-")?, UInt8(ascii: "'")?, UInt8(ascii: "\"")?: true
    case UInt8(ascii: ".")?: text.utf8.dropFirst().first.map(isDigit) ?? false
    case let first?: isDigit(first)
    case nil: false
    }
  }

  private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, !isDigit(first) else { return false }
    return bytes.allSatisfy { byte in
      isDigit(byte) || byte == UInt8(ascii: "_")
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// Where several nodes stand, seen from a row: the children that are holders.
final class NodePath: Sendable {
  enum Step: Sendable {
    case json(JSONPath)
    case xml(XPath)
  }

  let text: String
  let step: Step
  let mark: YAMLMark

  init(_ text: String, format: MessageFormat, mark: YAMLMark) throws(DocumentError) {
    self.text = text
    self.mark = mark
    switch format {
    case .json:
      guard text.first == "$" else {
        throw DocumentError(.expression, "a JSONPath starts with $, which stands for the row")
      }
      step = .json(try JSONPath(text))
    case .xml: step = .xml(try XPath(text))
    }
  }
}
