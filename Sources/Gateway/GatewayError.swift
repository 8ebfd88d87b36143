/// Why the gateway cannot start or cannot do what it was asked. Carries no personal data and no secret.
public struct GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable word for programs; open to growth.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A file or folder cannot be read.
    public static let unreadableFile = Code(rawValue: "gateway-unreadable-file")
    /// A file with a secret can be reached by other users.
    public static let exposedSecret = Code(rawValue: "gateway-exposed-secret")
    /// A secret is not where the configuration says, or is not usable.
    public static let missingSecret = Code(rawValue: "gateway-missing-secret")
    /// The configuration names no master keys and the caller gave none.
    public static let missingKeys = Code(rawValue: "gateway-missing-keys")
  }

  public let code: Code
  public let message: String
  /// What to do next.
  public let remedy: String

  public init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }
}
