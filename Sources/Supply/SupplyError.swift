/// Why an application for electricity cannot be judged or found.
public struct SupplyError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, CaseIterable, Sendable {
    case notFound = "supply-not-found"
    /// Something that is needed is missing or wrong.
    case unfit = "supply-unfit"
    /// The number stands for an application of somebody else.
    case numberTaken = "supply-number-taken"
    /// A newer form of the application came while platforms were waited for.
    case overtaken = "supply-overtaken"
    /// What was asked for was destroyed on purpose.
    case erased = "supply-erased"
    /// No policy is about the region.
    case noRule = "supply-no-rule"
    /// A stored row does not open.
    case unreadable = "supply-unreadable"
  }

  public let code: Code
  /// Names members and clauses, never values of people.
  public let message: String
  /// What to do next.
  public let remedy: String

  public init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }

  static func overtaken(_ id: SupplyApplicationID) -> SupplyError {
    SupplyError(
      .overtaken, "a newer form of application \(id) came while platforms were asked for this one",
      remedy: "look at the latest verdict on it, or send the form once more if it is the right one")
  }

  static func unreadable(_ what: String) -> SupplyError {
    SupplyError(
      .unreadable, "\(what) is not written as this program writes it",
      remedy: "a newer program wrote it, or the row is damaged: install that one, or restore a copy")
  }
}
