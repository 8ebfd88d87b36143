import Synchronization

/// An XPath 1.0 expression, checked once and usable on any document from any thread.
///
/// Prefixes are those of `namespaces`; others are taken from the document's own declarations, the first of each
/// prefix. Names without prefix mean elements in no namespace, as XPath 1.0 has it. There are no variables and
/// only the core library of functions. Plain paths (`QLR/@MC`) never reach libxml2's interpreter.
public struct XPath: Sendable {
  public let text: String
  public let namespaces: [String: String]
  /// Steps of the interpreter in one evaluation; more is an error of code `limit`.
  public let maxOperations: Int

  /// Tells expressions apart in each document's store of compiled ones.
  let identity: Int
  let simple: XPathSimplePath?
  /// Used in the expression, without `xml`.
  let prefixes: [String]

  private static let identities = Atomic<Int>(0)

  /// Throws an error of code `expression` with the place in `text`.
  public init(
    _ text: String, namespaces: [String: String] = [:], maxOperations: Int = 10_000_000
  ) throws(DocumentError) {
    self.text = text
    self.namespaces = namespaces
    self.maxOperations = maxOperations
    identity = Self.identities.add(1, ordering: .relaxed).newValue
    simple = XPathSimplePath(text)
    if simple == nil {
      prefixes = try XPathCheck.prefixes(of: text)
      _ = try CompiledXPath.compile(text)
    } else {
      prefixes = []
    }
  }

  public func evaluate(in document: XMLDocument) throws(DocumentError) -> XPathResult {
    try XPathEvaluation(self, document).result()
  }

  public func evaluate(from element: XMLElement) throws(DocumentError) -> XPathResult {
    try XPathEvaluation(self, element).result()
  }

  /// The string value of each selected node in document order, or the one text of a string, number or boolean.
  public func strings(in document: XMLDocument) throws(DocumentError) -> [String] {
    try XPathEvaluation(self, document).strings()
  }

  public func strings(from element: XMLElement) throws(DocumentError) -> [String] {
    try XPathEvaluation(self, element).strings()
  }

  /// The first of `strings`; nil when no node was selected.
  public func string(in document: XMLDocument) throws(DocumentError) -> String? {
    try XPathEvaluation(self, document).string()
  }

  public func string(from element: XMLElement) throws(DocumentError) -> String? {
    try XPathEvaluation(self, element).string()
  }

  /// The selected elements in document order. An expression that selects anything else is an error of code
  /// `wrongKind`.
  public func elements(in document: XMLDocument) throws(DocumentError) -> [XMLElement] {
    try XPathEvaluation(self, document).elements()
  }

  public func elements(from element: XMLElement) throws(DocumentError) -> [XMLElement] {
    try XPathEvaluation(self, element).elements()
  }

  /// The result as XPath's `boolean()` makes it: whether any node was selected, a number is not 0, a text not empty.
  public func isTrue(in document: XMLDocument) throws(DocumentError) -> Bool {
    try XPathEvaluation(self, document).result().isTrue
  }

  public func isTrue(from element: XMLElement) throws(DocumentError) -> Bool {
    try XPathEvaluation(self, element).result().isTrue
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
