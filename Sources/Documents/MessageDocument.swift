/// The form in which a platform writes its messages.
public enum MessageFormat: String, Hashable, Sendable, CaseIterable {
  case json
  case xml
}

/// A platform's message, parsed. An XML message belongs to one thread at a time.
public enum MessageDocument {
  case json(JSONDocument)
  case xml(XMLDocument)

  /// - Parameter charset: overrides what the document declares; without both it is UTF-8.
  public init(
    parsing bytes: [UInt8], as format: MessageFormat, charset: Charset? = nil,
    jsonLimits: JSONLimits = .standard, xmlLimits: XMLLimits = .standard
  ) throws(DocumentError) {
    switch format {
    case .json:
      let text = charset == nil || charset == .utf8 ? bytes : try Charset.gb18030.decode(bytes)
      self = .json(try JSONDocument(parsing: text, limits: jsonLimits))
    case .xml:
      self = .xml(try XMLDocument(parsing: bytes, charset: charset, limits: xmlLimits))
    }
  }

  public var format: MessageFormat {
    switch self {
    case .json: .json
    case .xml: .xml
    }
  }
}
