/// Where in an opened message a record lies, so that a field can be derived again from the raw bytes.
public struct RecordLocator: Hashable, Sendable, CustomStringConvertible {
  public enum Form: Sendable {
    /// A normalised JSONPath of RFC 9535: `$['datas'][3]`.
    case json
    /// An absolute element path with positions: `/Message/Data/KTT_FW_H[4]`.
    case xml
  }

  public let path: String

  /// Fails for a text that begins with neither `$` nor `/`. The rest is taken as written by the producer.
  public init?(path: String) {
    guard path.utf8.first == UInt8(ascii: "$") || path.utf8.first == UInt8(ascii: "/") else { return nil }
    self.path = path
  }

  public var form: Form { path.utf8.first == UInt8(ascii: "$") ? .json : .xml }

  public var description: String { path }
}
