import GatewayAPI
import Pushing
import Work

/// `work list`: items of the queue, in the order of enqueueing. Opens nothing, so nobody's data is in it.
enum WorkList {
  static let kind = CommandOption<WorkKind>.choice("kind", "Only those of this kind.")
  static let platform = CommandOption<String>.text("platform", "NAME", "Only those at this platform.")
  static let lane = CommandOption<String>.text(
    "lane", "LANE", "Only those of this lane, as PLATFORM/OPERATION.")
  static let state = CommandOption<WorkState>.choice(
    "state", "Only those that are so; those that have not ended if not given.")
  static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given.")
  static let after = CommandOption<Int>.integer(
    "after", "ID", in: 1...Int.max, "Goes on behind the item that was listed last.")

  static let command = Command(
    "list", "What is to be done, in the order in which it came.",
    details: """
      '--state parked' are those that wait for a person. What an item is about stays sealed: its key is a
      name of the site's, a number, or a digest.
      """,
    options: [kind, platform, lane, state, limit, after]
  ) { invocation in
    var filter = WorkFilter(
      kind: invocation[kind], lane: invocation[lane], state: invocation[state],
      after: invocation[after].map { WorkID(rawValue: Int64($0)) }, limit: invocation[limit] ?? 50)
    filter.platform = invocation[platform]
    filter.isOpen = filter.state == nil
    let (wanted, configuration) = (filter, try SiteFile.read(invocation))
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await site.pushes.queue.list(wanted)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for item in found { lines.object { WorkWriter.writeMembers(item, to: &$0) } }
        lines.flush()
      } else if !found.isEmpty {
        WorkView.table(of: found).write(to: invocation.output)
      }
      if let last = found.last, found.count == wanted.limit {
        invocation.errors.line("there may be more: --after \(last.id)")
      }
      return .done
    }
  }
}
