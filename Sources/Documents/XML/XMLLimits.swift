/// How large and how strange an XML document may be. Each limit ends the reading with an error that names it.
///
/// The defaults are far above what platforms send in earnest. libxml2's own limits stay in force underneath:
/// 10 MB for one text or attribute value.
public struct XMLLimits: Hashable, Sendable {
  /// Bytes of the whole document, as they came.
  public var maxBytes: Int
  /// Elements inside one another; at most `deepest`.
  public var maxDepth: Int
  /// Elements, attributes, texts, comments and processing instructions together; those of one row for a row reader.
  public var maxNodes: Int
  /// Attributes of one element, namespace declarations included. libxml2 compares each with all others.
  public var maxAttributes: Int
  /// Bytes of all attribute values of one element.
  public var maxAttributeBytes: Int
  /// Bytes of text between two tags.
  public var maxTextBytes: Int
  /// Bytes of the name of an element or attribute.
  public var maxNameBytes: Int
  /// Bytes read without meeting any tag, text or comment: what is endless is stopped here.
  public var maxSilentBytes: Int

  /// What libxml2 builds at all.
  public static let deepest = 250

  public init(
    maxBytes: Int = 64 << 20, maxDepth: Int = 128, maxNodes: Int = 3_000_000, maxAttributes: Int = 512,
    maxAttributeBytes: Int = 4 << 20, maxTextBytes: Int = 8 << 20, maxNameBytes: Int = 256,
    maxSilentBytes: Int = 256 << 10
  ) {
    self.maxBytes = maxBytes
    self.maxDepth = min(maxDepth, Self.deepest)
    self.maxNodes = maxNodes
    self.maxAttributes = maxAttributes
    self.maxAttributeBytes = maxAttributeBytes
    self.maxTextBytes = maxTextBytes
    self.maxNameBytes = maxNameBytes
    self.maxSilentBytes = maxSilentBytes
  }

  public static let standard = XMLLimits()
  /// For `XMLRowReader`: pages of any size, rows of moderate size.
  public static let stream = XMLLimits(maxBytes: .max, maxNodes: 100_000)
}
