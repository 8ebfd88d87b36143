/// Why a command ends early: for people to read, so it carries no personal data.
struct CommandFailure: Error, Sendable, CustomStringConvertible {
  let exitCode: ExitCode
  /// What happened.
  let message: String
  /// What to do next; empty where the message says it all.
  let remedy: String

  init(_ exitCode: ExitCode = .failure, _ message: String, remedy: String = "") {
    self.exitCode = exitCode
    self.message = message
    self.remedy = remedy
  }

  var description: String { remedy.isEmpty ? message : "\(message) (\(remedy))" }
}

/// A command line that cannot be understood.
struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  let message: String
  /// The word that was probably meant.
  let suggestion: String?

  init(_ message: String, suggestion: String? = nil) {
    self.message = message
    self.suggestion = suggestion
  }

  var description: String {
    suggestion.map { "\(message) (did you mean '\($0)'?)" } ?? message
  }
}
