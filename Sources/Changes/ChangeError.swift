/// Why changes cannot be read from where somebody stands.
public struct ChangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable word for programs.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// What came behind the reader's place is no longer kept.
    public static let gone = Code(rawValue: "changes-gone")
    /// The reader's place is behind the last change there ever was.
    public static let ahead = Code(rawValue: "changes-ahead")
  }

  public let code: Code
  public let message: String
  public let remedy: String

  public init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }
}
