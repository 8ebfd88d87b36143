/// What cannot be done with a project of the reserve.
public struct ReserveError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Hashable, Sendable {
    case notFound = "project-not-found"
    /// What was known of it is destroyed.
    case erased = "project-erased"
    case withdrawn = "project-withdrawn"
    /// It is the same project as another one.
    case joined = "project-joined"
    /// A list of projects that cannot be read.
    case unfit = "project-list-unfit"
    case unreadable = "project-unreadable"
  }

  public let code: Code
  /// Without values of people.
  public let message: String
  /// What to do next.
  public let remedy: String

  public init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }

  static func notFound() -> ReserveError {
    ReserveError(
      .notFound, "there is no such project in the reserve",
      remedy: "look for it by its code; it comes with its registration, and permits alone make none")
  }

  static func joined(_ id: ReserveProjectID, to other: ReserveProjectID) -> ReserveError {
    ReserveError(
      .joined, "project \(id) is joined to project \(other): a person said that they are one",
      remedy: "use project \(other), or separate the two with 'project separate \(id)' first")
  }

  static func notJoined(_ reason: String) -> ReserveError {
    ReserveError(.joined, reason, remedy: "'project show' tells what is joined to what")
  }

  static func erased(_ id: ReserveProjectID) -> ReserveError {
    ReserveError(
      .erased, "what was known of project \(id) was erased",
      remedy: "'audit list' shows who did it; hand in an application of its own")
  }
}
