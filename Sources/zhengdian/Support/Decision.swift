/// Who decides something, and why: kept with what was decided.
enum Decision {
  static let reason = CommandOption<String>.text("reason", "TEXT", "Why; kept with the decision.", isRequired: true)

  /// - Throws: `UsageError` where no name is known.
  static func name(_ invocation: Invocation) throws(UsageError) -> String {
    guard let name = invocation[Look.operator] ?? Look.loginName(invocation.environment), Look.isUsable(name)
    else { throw UsageError("--operator takes a name of 1 to 128 bytes without control characters") }
    return name
  }
}
