/// Why a permit case cannot be opened or changed.
public struct PermitError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, CaseIterable, Sendable {
    case notFound = "permit-not-found"
    /// Its state does not allow it.
    case notNow = "permit-not-now"
    /// Something that is needed is missing or wrong.
    case unfit = "permit-unfit"
    /// The number stands for another case.
    case numberTaken = "permit-number-taken"
    /// No policy says what to do, or no platform of the site takes it.
    case noRule = "permit-no-rule"
    /// Nobody knows whether it was handed in already.
    case held = "permit-held"
    /// What was handed in about it did not reach its end at the window.
    case notTaken = "permit-not-taken"
    /// A stored row does not open.
    case unreadable = "permit-unreadable"
  }

  public let code: Code
  /// Names fields, items and clauses, never values of people.
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
