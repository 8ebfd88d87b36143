import CivilTime
import Documents
import Gateway
import Journal
import Permits
import Pushing
import Replay

/// `journal prune`: removes what retention lets go, now instead of at night.
enum JournalPrune {
  private static let trial = CommandOption<Bool>.flag(
    "dry-run", "Remove nothing; tell what would go by which rule, and what is held and why.")

  private static let clockIsRight = CommandOption<Bool>.flag(
    "clock-is-right", "The clock of this machine is right, although it has leapt.")

  static let command = Command(
    "prune", "Removes what the site need not keep any more, and gives the room back to the disk.",
    details: """
      How long what is kept stands under 'retention' in the configuration; the running gateway does the
      same every night. Kept whatever its age: exchanges of which nobody knows yet how they ended, those
      that certificates rest on, and those with rows in quarantine. The chain still verifies afterwards.
      Of pushes that are decided, record, message and attachments go when what was said by exchanges of
      the kind 'push' would; that they were handed in, their digests and receipts stay. Of permit cases
      that have long been closed, what they were opened with goes; materials and authorisations that
      ended long ago go; of replays that have long ended, what
      became of each item; and how runs of schedules went.
      It can be stopped at any point and run again, also beside the gateway. Where the clock shows more than
      a day beyond what can have gone by since it was last looked at, nothing is removed until
      it has gone on for three days of running, or --clock-is-right says so.
      """,
    options: [trial, clockIsRight]
  ) { invocation in
    let configuration = try SiteFile.read(invocation, needsShare: true)
    guard configuration.retention != nil else {
      throw CommandFailure(
        .configuration, "\(configuration.file) has no 'retention': nothing is ever removed",
        remedy: "say there how long exchanges are kept; 'retention: {}' takes the defaults")
    }
    let diagnostics = Diagnostics()
    let libraries = try SiteLibraries(configuration, diagnostics: diagnostics)
    try diagnostics.throwIfErrors()
    let isTrial = invocation[trial]
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let keeper = JournalKeeper(
        configuration, libraries: libraries, database: site.database, journal: site.journal,
        registry: site.registry, pushes: site.pushes, permits: site.permits,
        replays: site.replays)
      guard let keeper else { preconditionFailure("retention was there a moment ago") }
      let now = Timestamp.now()
      try await check(
        ClockLedger(database: site.database), at: now, isTrial, isRight: invocation[clockIsRight],
        invocation.errors)
      let report = try await keeper.run(now: now, isTrial: isTrial)
      // No gateway may be there to do it.
      if !isTrial { _ = try await site.journal.checkpoint() }
      if invocation.wantsJSON {
        invocation.output.json { write(report, isTrial, to: &$0) }
      } else {
        show(report, isTrial, on: invocation.output)
      }
      guard report.isLogEmptied else {
        invocation.errors.line(
          "the database's log still holds what was removed, since another process is using it; "
            + JournalKeeper.logRemedy)
        return .failure
      }
      return .done
    }
  }

  /// What a wrong clock makes old is gone for good.
  ///
  /// - Throws: `CommandFailure` where the clock has leapt and nobody says that it is right.
  private static func check(
    _ ledger: ClockLedger, at now: Timestamp, _ isTrial: Bool, isRight: Bool, _ errors: Output
  ) async throws {
    let (uptime, boot) = (ClockKeeper.uptime(), ClockKeeper.boot)
    if isRight, !isTrial { return try await ledger.confirm(at: now, uptime: uptime, boot: boot) }
    // Where no gateway runs, nobody else looks.
    let seen =
      isTrial
      ? try await ledger.standing(at: now, uptime: uptime, boot: boot)
      : try await ledger.look(at: now, uptime: uptime, boot: boot)
    guard let standing = seen, standing.doubt != nil, !isRight else { return }
    let message =
      "the clock shows \(now.iso8601), \(standing.ahead / 86_400_000) days beyond what can have gone by since it was last looked at"
    guard isTrial else {
      throw CommandFailure(
        .failure, message + "; nothing was removed",
        remedy: "look at the clock; where it is right, say so with --clock-is-right")
    }
    errors.line("\(message): this is what would go if it is right")
  }

  private static func write(
    _ all: JournalKeeper.Report, _ isTrial: Bool, to writer: inout JSONWriter
  ) {
    let (report, pushes) = (all.exchanges, all.pushes)
    writer.member("dryRun", isTrial)
    writer.member("examined", report.examined)
    for (name, counts) in [("removed", report.removed), ("held", report.held)] {
      writer.member(name) { writer in
        writer.array { writer in
          for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
            writer.object {
              $0.member(name == "held" ? "reason" : "rule", key)
              $0.member("bodies", count.bodies)
              $0.member("rows", count.rows)
            }
          }
        }
      }
    }
    for (name, counts) in [("erasedPushes", pushes.erased), ("heldPushes", pushes.held)] {
      writer.member(name) { writer in
        writer.array { writer in
          for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
            writer.object {
              $0.member(name == "heldPushes" ? "reason" : "rule", key)
              $0.member("pushes", count)
            }
          }
        }
      }
    }
    writer.member("permitCases", all.permits.cases)
    writer.member("permitFiles", all.permits.files)
    writer.member("materials", all.materials)
    writer.member("authorisations", all.authorisations)
    writer.member("replays", all.replays.replays)
    writer.member("replayItems", all.replays.items)
    writer.member("heldReplays", all.replays.held)
    writer.member("runs", all.runs)
    writer.member("messageBytes", report.bytes)
    writer.member("handedInBytes", pushes.bytes)
    writer.member("freedBytes", all.freed)
    writer.member("logEmptied", all.isLogEmptied)
  }

  private static func show(
    _ all: JournalKeeper.Report, _ isTrial: Bool, on output: Output
  ) {
    let (report, pushes) = (all.exchanges, all.pushes)
    var table = TextTable(isTrial ? "WOULD GO BY RULE" : "GONE BY RULE", "BODIES", "ROWS")
    for (rule, count) in report.removed.sorted(by: { $0.key < $1.key }) {
      table.row(TerminalText.safe(rule), "\(count.bodies)", "\(count.rows)")
    }
    table.row("all", "\(report.bodies)", "\(report.rows)")
    table.write(to: output)
    output.line()
    if !report.held.isEmpty {
      var held = TextTable("HELD AS", "BODIES", "ROWS")
      for (reason, count) in report.held.sorted(by: { $0.key < $1.key }) {
        held.row(reason, "\(count.bodies)", "\(count.rows)")
      }
      held.write(to: output)
      output.line()
    }
    if !pushes.erased.isEmpty || !pushes.held.isEmpty {
      var table = TextTable("HANDED IN", "PUSHES")
      for (rule, count) in pushes.erased.sorted(by: { $0.key < $1.key }) {
        table.row(TerminalText.safe("\(isTrial ? "would go" : "gone") by \(rule)"), "\(count)")
      }
      for (reason, count) in pushes.held.sorted(by: { $0.key < $1.key }) {
        table.row("held as \(reason)", "\(count)")
      }
      table.write(to: output)
      output.line()
    }
    if all.permits.cases > 0 {
      output.line(
        "what \(all.permits.cases) closed permit cases were opened with, \(all.permits.files) files,"
          + (isTrial ? " would go" : " is gone"))
    }
    if all.materials > 0 || all.authorisations > 0 {
      output.line(
        "\(all.materials) materials, and who gave \(all.authorisations) authorisations,"
          + (isTrial ? " would go" : " are gone"))
    }
    if all.replays.items > 0 {
      output.line(
        "what became of \(all.replays.items) items of \(all.replays.replays) replays"
          + (isTrial ? " would go" : " is gone"))
    }
    if all.replays.held > 0 {
      output.line("\(all.replays.held) old replays are held: something that they handed in is still open")
    }
    if all.runs > 0 {
      output.line("how \(all.runs) runs of schedules went" + (isTrial ? " would go" : " is gone"))
    }
    output.line(
      "\(report.examined) exchanges were old enough to be looked at; messages of \(FileFacts.text(ofBytes: report.bytes + pushes.bytes))"
        + (isTrial
          ? " would go" : " are gone, and the database is \(FileFacts.text(ofBytes: all.freed)) smaller")
    )
  }
}
