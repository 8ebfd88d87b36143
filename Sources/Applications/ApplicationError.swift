/// Why bytes are not an application. All that is wrong stands in it, so that one answer shows it.
public struct ApplicationError: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Problem: Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, CaseIterable, Sendable {
      /// Not JSON at all.
      case notJSON = "not-json"
      /// `kind` is missing or not one of ours.
      case unknownKind = "unknown-kind"
      /// A member that such applications do not have.
      case unknownField = "unknown-field"
      /// A value of another type than the field's.
      case wrongType = "wrong-type"
      /// A field without which there is no such application.
      case missing
      /// Fields that contradict each other.
      case contradiction
    }

    public let code: Code
    /// `applicant.name`, `attachments[0].sm3`; empty for the whole.
    public let field: String
    /// Without any value of the application.
    public let message: String

    public var description: String { "\(field.isEmpty ? "" : field + ": ")\(message) [\(code.rawValue)]" }
  }

  public let problems: [Problem]

  public var description: String { problems.map(\.description).joined(separator: "; ") }
}
