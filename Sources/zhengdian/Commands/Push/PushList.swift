import CivilTime
import GatewayAPI
import Pushing

/// `push list`: what was handed in, newest first. Opens nothing, so nobody's data is in it.
enum PushList {
  static let platform = CommandOption<String>.text("platform", "NAME", "Only at this platform.")
  static let operation = CommandOption<String>.text(
    "operation", "NAME", "Only by this operation of the platform.")
  static let state = CommandOption<PushState>.choice("state", "Only those that are so.", isRepeated: true)
  static let sequence = CommandOption<String>.text("case", "CASE", "Only those of this case.")
  static let since = CommandOption<Timestamp>.moment(
    "since", "Handed in then or later; a date begins in China.")
  static let until = CommandOption<Timestamp>.moment("until", "Handed in before.")
  static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given.")
  static let after = CommandOption<Int>.integer(
    "after", "ID", in: 1...Int.max, "Goes on behind the push that was listed last.")

  static let command = Command(
    "list", "What was handed in, newest first.",
    details: "'--state unknown' are those that somebody has to find out about; '--state parked' stand still.",
    options: [platform, operation, state, sequence, since, until, limit, after]
  ) { invocation in
    if invocation[operation] != nil, invocation[platform] == nil {
      throw UsageError("--operation needs --platform: operations are named within their platform")
    }
    var filter = PushFilter()
    filter.platform = invocation[platform]
    filter.operation = invocation[operation]
    filter.states = Set(invocation.arguments.all(state))
    filter.caseName = invocation[sequence]
    filter.since = invocation[since]
    filter.until = invocation[until]
    filter.limit = invocation[limit] ?? 50
    filter.after = invocation[after].map { PushID(Int64($0)) }
    let (wanted, configuration) = (filter, try SiteFile.read(invocation))
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await site.pushes.list(wanted)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for push in found { lines.object { PushWriter.writeMembers(push, to: &$0) } }
        lines.flush()
      } else if !found.isEmpty {
        PushView.table(of: found).write(to: invocation.output)
      }
      if let last = found.last, found.count == wanted.limit {
        invocation.errors.line("there may be more: --after \(last.id)")
      }
      return .done
    }
  }
}
