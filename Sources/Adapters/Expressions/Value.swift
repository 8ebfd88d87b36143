/// What an expression gives: text, or bytes that are not text until `hex` or `base64` made them so.
public enum ValueType: String, Sendable {
  case text, bytes
}

/// A value on its way through expressions. Text is kept as its UTF-8.
public struct Value: Hashable, Sendable {
  public let type: ValueType
  public let bytes: [UInt8]

  public init(text: String) {
    type = .text
    bytes = Array(text.utf8)
  }

  public init(bytes: [UInt8]) {
    type = .bytes
    self.bytes = bytes
  }

  init(_ type: ValueType, _ bytes: [UInt8]) {
    self.type = type
    self.bytes = bytes
  }

  /// The text; bytes that are not UTF-8 are shown as hex by the caller, not here.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}
