/// Why the registry cannot do what it was asked.
public struct RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A record without identity came this far: mapping should have quarantined it.
    public static let noIdentity = Code(rawValue: "registry-no-identity")
    /// A stored record does not open or cannot be read: altered, or its key is missing.
    public static let unreadable = Code(rawValue: "registry-unreadable")
    /// There is no such certificate or definition.
    public static let notFound = Code(rawValue: "registry-not-found")
    /// What is asked for leads nowhere from the state it is in.
    public static let wrongState = Code(rawValue: "registry-wrong-state")
    /// What a record was derived from does not lead to it any more.
    public static let unprovable = Code(rawValue: "registry-unprovable")
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
