/// Who decides something, and why: kept with what was decided.
enum Decision {
  static let reason = CommandOption<String>.text(
    "reason", "TEXT", "Why; kept with the decision.", isRequired: true)

  /// - Throws: `UsageError` where no name is known.
  static func name(_ invocation: Invocation) throws(UsageError) -> String {
    try Look.operatorName(invocation[Look.operator], invocation.environment)
  }
}
