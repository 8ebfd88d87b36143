import Exchanges

/// Who decides something, and why: kept with what was decided.
enum Decision {
  static let reason = CommandOption<String>.text(
    "reason", "TEXT", "Why; kept with the decision.", isRequired: true)

  /// Who decides, as the command line says it; what shows it is the account of the machine.
  ///
  /// - Throws: `UsageError` where no name is known.
  static func signOff(_ invocation: Invocation, reason: String? = nil) throws -> SignOff {
    try SignOff(
      name: try Look.operatorName(invocation[Look.operator], invocation.environment),
      reason: reason ?? invocation[Self.reason] ?? "",
      credential: Look.loginName(invocation.environment).map { Credential(holder: "account \($0)") })
  }
}
