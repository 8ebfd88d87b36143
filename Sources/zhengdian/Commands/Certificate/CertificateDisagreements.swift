import Access
import Certificates
import CivilTime
import Documents
import GatewayAPI
import Registry

/// `certificate disagreements`: where two platforms say different things. Opens nothing, so nobody's data is in it.
enum CertificateDisagreements {
  private static let kind = CommandOption<CertificateKind>.choice("kind", "Only certificates of this kind.")
  private static let field = CommandOption<String>.text(
    "field", "PATH", "Only about this field, as specific.buildingArea.")
  private static let platform = CommandOption<String>.text(
    "platform", "NAME", "Only where one of the two is this.")
  private static let state = CommandOption<Disagreement.State>.choice(
    "state", "Only in this state; those that are not over if not given.", isRepeated: true)
  private static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given.")
  private static let after = CommandOption<Int>.integer(
    "after", "NUMBER", in: 1...Int.max, "Goes on behind the disagreement that was listed last.")

  static let command = Command(
    "disagreements", "Where two platforms say different things of a certificate.",
    details: """
      Both observations are kept, and the precedence of the configuration decides which one is the
      record. What they say is not shown here: 'certificate history' shows it. A disagreement ends
      by itself when the platforms agree again.
      """,
    options: [kind, field, platform, state, limit, after]
  ) { invocation in
    var filter = DisagreementFilter(
      kind: invocation[kind], field: invocation[field], platform: invocation[platform],
      after: invocation[after].map { DisagreementID(rawValue: Int64($0)) }, limit: invocation[limit] ?? 50)
    let states = invocation.arguments.all(state)
    if !states.isEmpty { filter.states = Set(states) }
    let wanted = filter
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await site.registry.disagreements(wanted)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for disagreement in found { lines.object { DisagreementWriter.write(disagreement, to: &$0) } }
        lines.flush()
      } else if !found.isEmpty {
        table(of: found).write(to: invocation.output)
      }
      if let last = found.last, found.count == wanted.limit {
        invocation.errors.line("there may be more: --after \(last.id)")
      }
      return .done
    }
  }

  private static func table(of found: [Disagreement]) -> TextTable {
    var table = TextTable(
      "NUMBER", "CERTIFICATE", "KIND", "FIELD", "PLATFORMS", "THE RECORD'S", "STATE", "SINCE")
    for one in found {
      table.row(
        "\(one.id)", one.certificate.rawValue, one.kind.rawValue, one.field,
        one.platforms.joined(separator: " "), one.prevailing, one.state.rawValue, one.opened.iso8601)
    }
    return table
  }
}

/// `certificate dismiss`: nothing is to be done about a disagreement.
enum CertificateDismiss {
  private static let number = Positional("NUMBER", "The disagreement's number.")
  private static let reason = CommandOption<String>.text(
    "reason", "TEXT", "Why nothing is to be done.", isRequired: true)

  static let command = Command(
    "dismiss", "Decides that nothing is to be done about a disagreement.",
    details: """
      It stays dismissed while the two platforms say the same two things; when one of them says
      something else it is open again. It is recorded in the access audit who did it.
      """,
    options: [reason, IncidentCommands.operator], positionals: [number]
  ) { invocation in
    guard let value = Int64(invocation[number][0]), value > 0 else {
      throw UsageError("a disagreement has a number")
    }
    let id = DisagreementID(rawValue: value)
    guard let reason = invocation[reason] else { throw UsageError("--reason is needed") }
    let name = try Look.operatorName(invocation[IncidentCommands.operator], invocation.environment)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      guard let known = try await site.registry.disagreement(id) else {
        throw CommandFailure(
          .failure, "there is no disagreement \(id)",
          remedy: "'zhengdian certificate disagreements' shows them")
      }
      try await Look.recordDecision(
        .dismissDisagreement, by: name, on: "disagreement-\(id)", certificates: [known.certificate],
        in: site.audit)
      do {
        let dismissed = try await site.registry.dismiss(id, by: name, reason: reason, at: .now())
        if invocation.wantsJSON {
          invocation.output.json { DisagreementWriter.write(dismissed, to: &$0) }
        } else {
          invocation.output.line("disagreement \(id) is dismissed")
        }
      } catch let error as RegistryError where error.code == .wrongState {
        throw CommandFailure(.failure, error.message, remedy: "nothing is to be done")
      }
      return .done
    }
  }
}
