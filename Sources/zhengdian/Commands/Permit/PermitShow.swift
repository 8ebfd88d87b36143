import Access
import CivilTime
import GatewayAPI
import Permits

/// `permit show`: one case, with each attempt at its items, its clock and everything that happened to it.
enum PermitShow {
  static let notes = CommandOption<Bool>.flag(
    "notes", "Show also what was said with each entry; needs --purpose and --operator.")

  static let command = Command(
    "show", "One case: its items attempt by attempt, their clocks, and what happened when.",
    details: """
      With --known-at it shows what was believed at that time: entries that came later do not count, and clocks
      show what they showed then. --notes shows what platforms and people said with entries. That may name people:
      it is recorded in the access audit before it is shown.
      """,
    options: [PermitCommands.knownAt, notes, Look.purpose, Look.operator], positionals: [PermitCommands.id]
  ) { invocation in
    let id = try PermitCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = invocation[notes] ? try Look(invocation, configuration, mustReveal: true) : nil
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let time = invocation[PermitCommands.knownAt]
      let now = (time ?? .now()).civil(offsetSeconds: UTCOffset.china)
      let report = try await PermitCommands.failing { try await site.permits.report(id, at: now, knownAt: time) }
      try await look?.record(.evidence, revealed: ["permits[\(id)]"], in: site.audit)
      if invocation.wantsJSON {
        invocation.output.json { PermitWriter.writeMembers(report, notes: look != nil, to: &$0) }
      } else {
        PermitText.write(report, notes: look != nil, to: invocation.output)
      }
      return .done
    }
  }
}
