/// What keeps a push from being taken in or changed.
public struct PushError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case notFound = "push-not-found"
    /// Its state does not allow it.
    case notNow = "push-not-now"
    /// What was handed in is incomplete or cannot be written as the platform wants it.
    case unfit = "push-unfit"
    /// The platform, the operation or its template is not there, or no push.
    case noRoute = "push-no-route"
    /// What was handed in was destroyed on purpose; nobody can read or repeat it.
    case erased = "push-erased"
    /// A stored row does not open.
    case unreadable = "push-unreadable"
  }

  public let code: Code
  /// Names fields and places, never values.
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
