/// What is wrong with a document, or with an expression (JSONPath, XPath, regular expression) over documents.
///
/// `message` says what was found, what was expected and how to put it right, and never quotes values of the
/// document: documents carry other people's identity papers. Names of members, elements and keys may be quoted.
public struct DocumentError: Error, Hashable, Sendable {
  /// A stable word for logs, metrics and tests. Formats add their own as static constants.
  public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    /// The bytes are not what the format's grammar allows.
    public static let syntax = Code(rawValue: "syntax")
    /// The bytes are not valid in the declared charset.
    public static let damagedCharacter = Code(rawValue: "damaged-character")
    /// A text cannot be written in the wanted charset.
    public static let unencodableCharacter = Code(rawValue: "unencodable-character")
    /// A charset nobody here knows.
    public static let unknownCharset = Code(rawValue: "unknown-charset")
    /// A limit (bytes, depth, nodes, matching steps …) would be exceeded.
    public static let limit = Code(rawValue: "limit")
    /// A JSONPath, XPath or regular expression that is not well formed or not well typed.
    public static let expression = Code(rawValue: "expression")
    /// The grammar allows it and this project refuses it (DTD, entity, alias, external reference …).
    public static let forbidden = Code(rawValue: "forbidden")
    /// A value is there but not of the kind that was asked for.
    public static let wrongKind = Code(rawValue: "wrong-kind")
    /// The library underneath reported a fault of its own (out of memory and the like).
    public static let library = Code(rawValue: "library")
  }

  public var code: Code
  public var message: String
  /// Where in the document, or in the text of the expression.
  public var position: DocumentPosition?
  /// The node concerned, as a normalised JSONPath or an XML path.
  public var path: String?

  public init(_ code: Code, _ message: String, position: DocumentPosition? = nil, path: String? = nil) {
    self.code = code
    self.message = message
    self.position = position
    self.path = path
  }
}

extension DocumentError: CustomStringConvertible {
  /// `line:column: path: message [code]`, without anything of the document's values.
  public var description: String {
    var text = ""
    if let position { text += "\(position.line):\(position.column): " }
    if let path { text += "\(path): " }
    return text + "\(message) [\(code)]"
  }
}
