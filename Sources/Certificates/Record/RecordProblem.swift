/// Something wrong or doubtful in a record. A value, not an error: the caller decides what an error means (a row is
/// quarantined). The message never holds a field's value.
public struct RecordProblem: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: String, Hashable, Sendable {
    /// The record must not be kept as it is.
    case error
    /// It may be right; worth a look, and counted.
    case warning
  }

  public let severity: Severity
  /// `basic.number`, `holders[1].code`; empty for the record as a whole.
  public let path: String
  /// A stable word for counting and tests.
  public let code: String
  public let message: String

  public init(_ severity: Severity, _ path: String, _ code: String, _ message: String) {
    self.severity = severity
    self.path = path
    self.code = code
    self.message = message
  }

  public var description: String {
    "\(severity.rawValue): \(path.isEmpty ? "" : path + ": ")\(message) [\(code)]"
  }
}
