import CivilTime
import GatewayAPI
import Permits

/// `permit list`: the cases, newest first. Opens nothing, so nobody's data is in it.
enum PermitList {
  enum Which: String, CaseIterable, Sendable { case open, closed }

  static let state = CommandOption<Which>.choice("state", "Only those that are so.")
  static let number = CommandOption<String>.text("number", "NUMBER", "Only the one with the utility's own number.")
  static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given.")
  static let after = CommandOption<Int>.integer(
    "after", "ID", in: 1...Int.max, "Goes on behind the case that was listed last.")

  static let command = Command(
    "list", "The cases, newest first.", options: [state, number, limit, after]
  ) { invocation in
    let limit = invocation[limit] ?? 50
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await site.permits.list(
        isOpen: invocation[state].map { $0 == .open }, number: invocation[number],
        before: invocation[after].map { PermitCaseID(rawValue: Int64($0)) }, limit: limit)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for permitCase in found { lines.object { PermitWriter.writeMembers(permitCase, to: &$0) } }
        lines.flush()
      } else if !found.isEmpty {
        var table = TextTable("CASE", "NUMBER", "REGION", "POLICY", "OPENED", "CLOSED")
        for permitCase in found {
          table.row(
            "\(permitCase.id)", permitCase.number, permitCase.region, permitCase.policy,
            permitCase.created.iso8601, permitCase.closed?.iso8601 ?? "")
        }
        table.write(to: invocation.output)
      }
      if let last = found.last, found.count == limit {
        invocation.errors.line("there may be more: --after \(last.id)")
      }
      return .done
    }
  }
}
