/// One problem of a file that people write, with the place and what to do about it.
public struct Diagnostic: Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable {
    /// The file must not be used.
    case error
    /// The file can be used; somebody should look.
    case warning
  }

  public var severity: Severity
  public var file: String
  /// Counted from 1; 0 when the problem is the file as a whole.
  public var line: Int
  public var column: Int
  /// What was found and what was expected.
  public var message: String
  /// The valid word nearest to the one found.
  public var suggestion: String?

  public init(
    _ severity: Severity, file: String, line: Int = 0, column: Int = 0, message: String,
    suggestion: String? = nil
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.suggestion = suggestion
  }

  public init(_ severity: Severity, at mark: YAMLMark, _ message: String, suggestion: String? = nil) {
    self.init(
      severity, file: mark.file, line: mark.line, column: mark.column, message: message,
      suggestion: suggestion)
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `file:line:column: error: message (did you mean 'word'?)`
  public var description: String {
    var text = file
    if line > 0 { text += ":\(line):\(column)" }
    text += ": \(severity.rawValue): \(message)"
    if let suggestion { text += " (did you mean '\(suggestion)'?)" }
    return text
  }
}

extension Diagnostic: Comparable {
  /// In the order of the files' names, and in each file from top to bottom.
  public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}
