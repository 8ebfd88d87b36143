/// Why a subscription cannot be made or changed.
public struct SubscriptionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable word for programs.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let notFound = Code(rawValue: "subscription-not-found")
    /// Its state does not allow it, or the consumer has too many.
    public static let notNow = Code(rawValue: "subscription-not-now")
    /// The address is none that the site sends to.
    public static let unfit = Code(rawValue: "subscription-unfit")
    /// Its sealed part does not open.
    public static let unreadable = Code(rawValue: "subscription-unreadable")
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
