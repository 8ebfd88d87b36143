/// Why bytes could not be decompressed.
public struct CompressionError: Error, Hashable, Sendable {
  /// Stable word for programs; open to growth.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// The text would be longer than the caller allows.
    public static let tooLarge = Code(rawValue: "compression-too-large")
    /// No zstd frame, a damaged one, or more than one frame.
    public static let damaged = Code(rawValue: "compression-damaged")
    /// The frame ends too early.
    public static let truncated = Code(rawValue: "compression-truncated")
  }

  public let code: Code
  public let message: String
  /// What to do next.
  public let remedy: String

  public init(code: Code, message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }
}

extension CompressionError: CustomStringConvertible {
  public var description: String { "\(message) (\(remedy))" }
}
