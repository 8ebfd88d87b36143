import Gateway
import Calendars
import CivilTime
import GatewayAPI
import Permits

/// `permit digest`: how many items are shown to whom in which colour.
enum PermitDigestCommand {
  static let day = CommandOption<String>.text(
    "on", "DATE", "As it was told on that day; as it is now if not given.")

  static let command = Command(
    "digest", "Which colours the clocks of all open cases show, by audience.",
    details: """
      An item is counted in its strongest colour for each audience, by both its clocks, and so is the utility's own process
      of a case. What has a deadline in a year without a calendar is named apart. 'serve' tells the same each day at
      8:00 in China, or as 'changes.digest' says, in the feed of changes. With --on it is as it was at that hour, by what
      was known then.
      """,
    options: [day]
  ) { invocation in
    let now = Timestamp.now()
    var (moment, time): (CivilDateTime, Timestamp?) = (now.civil(offsetSeconds: UTCOffset.china), nil)
    let configuration = try SiteFile.read(invocation)
    if let text = invocation[day] {
      guard let date = CivilDate(iso: text) else { throw UsageError("--on takes a date such as 2026-08-03") }
      moment = CivilDateTime(startOf: date).advanced(bySeconds: configuration.changes.digest)
      let told = moment.timestamp(offsetSeconds: UTCOffset.china)
      guard told <= now else { throw UsageError("the digest of \(date) is told at \(moment)") }
      time = told
    }
    let (at, known) = (moment, time)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let digest = try await PermitCommands.failing {
        try await site.permits.digest(at: at, knownAt: known)
      }
      if invocation.wantsJSON {
        invocation.output.json { PermitBoardText.write(digest, to: &$0) }
      } else {
        invocation.output.line("\(digest.moment)  open cases: \(digest.open)")
        var table = TextTable("FOR", "COLOUR", "ITEMS", "PROCESSES", "CASES")
        for line in digest.lines {
          table.row(
            line.audience, "\(line.colour.rawValue) \(line.colour.title)", "\(line.items)",
            "\(line.processes)", line.cases.joined(separator: " "))
        }
        if !digest.lines.isEmpty { table.write(to: invocation.output) }
        let unknown = digest.unknown
        if !unknown.cases.isEmpty {
          invocation.output.line(
            "deadline unknown, for no calendar has the year: \(unknown.items) items, \(unknown.processes) processes: "
              + unknown.cases.joined(separator: " "))
        }
      }
      return .done
    }
  }
}
