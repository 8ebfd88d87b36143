/// Why nothing can be told to the operator.
public struct TelemetryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable word for programs; open to growth.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The system gave no thread.
    public static let system = Code(rawValue: "telemetry-system")
  }

  public let code: Code
  public let message: String
  /// What to do next.
  public let remedy: String

  init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }
}
