/// What keeps a replay from being planned or changed.
public struct ReplayError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case notFound = "replay-not-found"
    /// Its state does not allow it.
    case notNow = "replay-not-now"
    /// The query means nothing, or finds nothing.
    case unfit = "replay-unfit"
    /// Somebody else has to approve it.
    case approval = "replay-approval"
    /// A stored row cannot be read.
    case unreadable = "replay-unreadable"
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
