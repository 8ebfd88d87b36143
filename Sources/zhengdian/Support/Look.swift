import Access
import Certificates
import CivilTime
import Crypto
import Documents
import Gateway
import Glibc
import Registry
import Supply

/// Who looks at papers and what for. Everything that shows some is recorded in the access audit first.
struct Look: Sendable {
  static let reveal = CommandOption<Bool>.flag(
    "reveal", "Show whole what the purpose allows; needs --purpose and --operator.")
  static let purpose = CommandOption<String>.text(
    "purpose", "NAME", "What for: a purpose of the configuration; 'operation' if not given.")
  static let `operator` = CommandOption<String>.text(
    "operator", "NAME", "Who looks; the name of the login if not given.")

  /// As the audit calls whoever uses the command line.
  static let consumer = "command-line"
  /// For looks that show nothing whole.
  static let ordinaryPurpose = "operation"

  let purpose: String
  let operatorName: String
  /// The fields that may be shown whole.
  let revealing: Set<Field>
  private let requestID: String

  /// - Parameter mustReveal: the command shows things whole whether or not `--reveal` is given.
  /// - Throws: `UsageError` where purpose or operator are missing or not usable.
  init(_ invocation: Invocation, _ configuration: SiteConfiguration, mustReveal: Bool = false)
    throws(UsageError)
  {
    let isWhole = mustReveal || invocation[Self.reveal]
    let given = (purpose: invocation[Self.purpose], operator: invocation[Self.operator])
    if isWhole, given.purpose == nil || given.operator == nil {
      throw UsageError(
        "\(mustReveal ? "what this shows" : "--reveal") needs --purpose and --operator: it is recorded who saw it and what for"
      )
    }
    operatorName = try Self.operatorName(given.operator, invocation.environment)
    purpose = given.purpose ?? Self.ordinaryPurpose
    let configured = configuration.purposes.first { $0.name == given.purpose }
    if configured == nil, isWhole || purpose != Self.ordinaryPurpose {
      let names = configuration.purposes.map(\.name)
      throw UsageError(
        "--purpose names no purpose of \(configuration.file)"
          + (names.isEmpty ? ", which has none" : ": \(names.joined(separator: ", "))"),
        suggestion: Suggestion.nearest(to: purpose, in: names))
    }
    revealing = isWhole ? configured?.reveal ?? [] : []
    if isWhole, revealing.isEmpty {
      throw UsageError("the purpose '\(purpose)' does not allow to see anything whole")
    }
    requestID = "cli-" + Hex.encode(SecureRandom.bytes(8))
  }

  /// For somebody who shows nothing and destroys something.
  init(erasing invocation: Invocation) throws(UsageError) {
    guard let name = invocation[Self.operator], Self.isUsable(name) else {
      throw UsageError(
        "--operator is needed, a name of 1 to 128 bytes without control characters: it is recorded who did it"
      )
    }
    operatorName = name
    purpose = ExchangeErase.purpose
    revealing = []
    requestID = "cli-" + Hex.encode(SecureRandom.bytes(8))
  }

  /// For whom platforms are asked.
  var asker: SupplyAsker { SupplyAsker(purpose: purpose, operator: operatorName, requestID: requestID) }

  /// Records the look; returns when the row is durable. Only then may anything be shown.
  ///
  /// - Parameter revealed: what is shown whole; the revealed fields if not given.
  func record(
    _ action: AccessAction, _ outcome: AccessOutcome = .answered, certificates: [CertificateID] = [],
    keys: [LookupKey] = [], revealed: [String]? = nil, in audit: AccessAudit
  ) async throws {
    try await audit.record(
      entry(action, outcome, certificates: certificates, keys: keys, revealed: revealed))
  }

  /// What ``record(_:_:certificates:keys:revealed:in:)`` records, for a transaction that does something besides.
  func entry(
    _ action: AccessAction, _ outcome: AccessOutcome = .answered, reason: String? = nil,
    certificates: [CertificateID] = [], keys: [LookupKey] = [], revealed: [String]? = nil
  ) -> AccessEntry {
    let isAnswer = outcome == .answered
    return AccessEntry(
      time: .now(), consumer: Self.consumer, operator: operatorName, purpose: purpose, action: action,
      outcome: outcome, reason: reason, hits: isAnswer ? certificates.count : 0, certificates: certificates,
      revealed: isAnswer ? revealed ?? revealing.sorted().map(\.path) : [], keys: keys, requestID: requestID)
  }

  /// Who does something: as it was given, or the name of the login.
  static func operatorName(_ given: String?, _ environment: Environment) throws(UsageError) -> String {
    guard let name = given ?? loginName(environment), isUsable(name) else {
      throw UsageError("--operator takes a name of 1 to 128 bytes without control characters")
    }
    return name
  }

  /// Records that somebody decides something; returns when the row is durable. Only then may it be done.
  static func recordDecision(
    _ action: AccessAction, by name: String, on item: String, certificates: [CertificateID] = [],
    in audit: AccessAudit
  ) async throws {
    try await audit.record(decision(action, by: name, on: item, certificates: certificates))
  }

  /// What ``recordDecision(_:by:on:certificates:in:)`` records, for a transaction that does it.
  static func decision(
    _ action: AccessAction, by name: String, on item: String, reason: String? = nil,
    certificates: [CertificateID] = []
  ) -> AccessEntry {
    AccessEntry(
      time: .now(), consumer: consumer, operator: name, purpose: ordinaryPurpose, item: item,
      action: action, outcome: .answered, reason: reason, certificates: certificates,
      requestID: "cli-" + Hex.encode(SecureRandom.bytes(8)))
  }

  /// Records that there was nothing to show, and gives the error that says so.
  func notFound(_ action: AccessAction, _ id: CertificateID, in audit: AccessAudit) async throws
    -> CommandFailure
  {
    try await record(action, .notFound, certificates: [id], in: audit)
    return CommandFailure(
      .failure, "there is no certificate \(id)", remedy: "look for it with 'zhengdian certificate find'")
  }

  static func isUsable(_ name: String) -> Bool {
    1...128 ~= name.utf8.count && TerminalText.safe(name) == name
  }

  /// Of a person who became root by sudo, that person's.
  static func loginName(_ environment: Environment) -> String? {
    if getuid() == 0, let name = environment["SUDO_USER"] { return name }
    // The name lies in the buffer, so it is copied while that is lent.
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { buffer in
      var entry = unsafe passwd()
      var found: UnsafeMutablePointer<passwd>?
      guard let start = buffer.baseAddress,
        unsafe getpwuid_r(getuid(), &entry, start, buffer.count, &found) == 0, unsafe found != nil
      else { return "uid \(getuid())" }
      return unsafe String(cString: entry.pw_name)
    }
  }
}
