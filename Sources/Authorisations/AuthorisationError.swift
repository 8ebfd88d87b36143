/// Why an authorisation cannot be kept, found or ended.
public struct AuthorisationError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, CaseIterable, Sendable {
    case notFound = "authorisation-not-found"
    /// Something that is needed is missing or wrong.
    case unfit = "authorisation-unfit"
    /// What was said of it was destroyed on purpose.
    case erased = "authorisation-erased"
    /// A stored row does not open.
    case unreadable = "authorisation-unreadable"
  }

  public let code: Code
  /// Names members, never values of people.
  public let message: String
  /// What to do next.
  public let remedy: String

  public init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }

  static func notFound(_ id: AuthorisationID) -> AuthorisationError {
    AuthorisationError(
      .notFound, "there is no authorisation \(id)", remedy: "take the number that keeping it returned")
  }

  static func erased(_ id: AuthorisationID) -> AuthorisationError {
    AuthorisationError(
      .erased, "who gave authorisation \(id) was erased, and it holds no more",
      remedy: "ask for a new one, with the time at which it is given")
  }

  static func unreadable(_ id: Int64) -> AuthorisationError {
    AuthorisationError(
      .unreadable, "authorisation \(id) is not written as this program writes it",
      remedy: "a newer program wrote it, or the row is damaged: install that one, or restore a copy")
  }
}
