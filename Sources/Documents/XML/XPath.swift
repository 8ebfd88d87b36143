import Synchronization

/// An XPath 1.0 expression, checked once and usable on any document from any thread.
///
/// Prefixes are those of `namespaces`; others are taken from the document's own declarations, the first of each
/// prefix. Names without prefix mean elements in no namespace, as XPath 1.0 has it. There are no variables and
/// only the core library of functions. Plain paths (`QLR/@MC`) never reach libxml2's interpreter.
public struct XPath: Sendable {
  /// Behind one reference, because expressions are handed about for every field of every row.
  final class Definition: Sendable {
    let text: String
    let namespaces: [String: String]
    let maxOperations: Int
    /// Tells expressions apart in each document's store of compiled ones.
    let identity: Int
    let form: Form

    enum Form {
      case path(XPathSimplePath)
      case source(XPathSource)
    }

    private static let identities = Atomic<Int>(0)

    init(_ text: String, _ namespaces: [String: String], _ maxOperations: Int) throws(DocumentError) {
      self.text = text
      self.namespaces = namespaces
      self.maxOperations = maxOperations
      identity = Self.identities.add(1, ordering: .relaxed).newValue
      if let path = XPathSimplePath(text) {
        form = .path(path)
      } else {
        let source = try XPathSource(text)
        _ = try CompiledXPath.compile(source)
        form = .source(source)
      }
    }
  }

  let definition: Definition

  public var text: String { definition.text }
  public var namespaces: [String: String] { definition.namespaces }
  /// Steps of the interpreter in one evaluation; more is an error of code `limit`.
  public var maxOperations: Int { definition.maxOperations }

  /// Throws an error of code `expression` with the place in `text`.
  public init(
    _ text: String, namespaces: [String: String] = [:], maxOperations: Int = 10_000_000
  ) throws(DocumentError) {
    definition = try Definition(text, namespaces, maxOperations)
  }

  public func evaluate(in document: XMLDocument) throws(DocumentError) -> XPathResult {
    try XPathEvaluation(definition, document).result()
  }

  public func evaluate(from element: XMLElement) throws(DocumentError) -> XPathResult {
    try XPathEvaluation(definition, element).result()
  }

  /// The string value of each selected node in document order, or the one text of a string, number or boolean.
  public func strings(in document: XMLDocument) throws(DocumentError) -> [String] {
    try XPathEvaluation(definition, document).strings()
  }

  public func strings(from element: XMLElement) throws(DocumentError) -> [String] {
    try XPathEvaluation(definition, element).strings()
  }

  /// The first of `strings`; nil when no node was selected.
  public func string(in document: XMLDocument) throws(DocumentError) -> String? {
    try XPathEvaluation(definition, document).string()
  }

  public func string(from element: XMLElement) throws(DocumentError) -> String? {
    try XPathEvaluation(definition, element).string()
  }

  /// The selected elements in document order. An expression that selects anything else is an error of code
  /// `wrongKind`.
  public func elements(in document: XMLDocument) throws(DocumentError) -> [XMLElement] {
    try XPathEvaluation(definition, document).elements()
  }

  public func elements(from element: XMLElement) throws(DocumentError) -> [XMLElement] {
    try XPathEvaluation(definition, element).elements()
  }

  /// The result as XPath's `boolean()` makes it: whether any node was selected, a number is not 0, a text not empty.
  public func isTrue(in document: XMLDocument) throws(DocumentError) -> Bool {
    try XPathEvaluation(definition, document).result().isTrue
  }

  public func isTrue(from element: XMLElement) throws(DocumentError) -> Bool {
    try XPathEvaluation(definition, element).result().isTrue
  }
}

extension XPath: Hashable {
  /// The same expression, not merely an equivalent one.
  public static func == (left: XPath, right: XPath) -> Bool {
    left.text == right.text && left.namespaces == right.namespaces
      && left.maxOperations == right.maxOperations
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
    hasher.combine(namespaces)
  }
}

extension XPath: CustomStringConvertible {
  public var description: String { text }
}
