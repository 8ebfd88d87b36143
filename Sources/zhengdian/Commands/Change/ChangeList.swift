import Changes
import CivilTime
import Documents

/// `change list`: changes, oldest first.
enum ChangeList {
  private static let after = CommandOption<Int>.integer(
    "after", "NUMBER", in: 0...Int.max, "Behind this change; from the oldest that is kept if not given.")
  private static let kind = CommandOption<ChangeKind>.choice("kind", "Only of this kind.", isRepeated: true)
  private static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given. Not with --follow.")
  private static let follow = CommandOption<Bool>.flag(
    "follow", "Goes on with what comes, until it is stopped.")

  private static let portion = 500
  /// Of one wait; the next begins at once.
  private static let wait = Duration.seconds(60)

  static let command = Command(
    "list", "Changes in the order in which they came, oldest first.",
    details: """
      With --follow it waits for what comes next, also from other processes. With --json each change
      is a line.
      """,
    options: [after, kind, limit, follow]
  ) { invocation in
    guard !invocation[follow] || invocation[limit] == nil else {
      throw UsageError("--limit does not go with --follow, which has no end")
    }
    let wanted = invocation.arguments.all(kind)
    let kinds = Set(wanted.isEmpty ? ChangeKind.allCases : wanted)
    let place = invocation[after].map { Int64($0) }
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let feed = site.changes
      guard invocation[follow] else {
        let most = invocation[limit] ?? 50
        let page = try await feed.page(after: place, kinds: kinds, limit: most)
        try write(page.changes, invocation)
        if page.changes.count == most || page.changes.isEmpty {
          invocation.errors.line("go on with --after \(page.next)")
        }
        return .done
      }
      _ = try await invocation.stop.whileCancellable {
        var place = place
        while invocation.output.isOpen {
          let page = try await feed.page(after: place, kinds: kinds, limit: portion, waiting: wait)
          try write(page.changes, invocation)
          place = page.next
        }
      }
      return .done
    }
  }

  private static func write(_ changes: [Change], _ invocation: Invocation) throws {
    if invocation.wantsJSON {
      var lines = JSONLines(invocation.output)
      for change in changes { try lines.object { writer throws in try change.write(to: &writer) } }
      return lines.flush()
    }
    for change in changes {
      invocation.output.line(
        TerminalText.safe(
          "\(change.sequence)  \(change.moment.iso8601)  \(change.kind.rawValue)  \(change.subject)  "
            + String(decoding: change.details, as: UTF8.self)))
    }
  }
}
