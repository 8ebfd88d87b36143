import CivilTime
import Crypto
import Documents
import Exchanges
import Gateway
import Registry
import Sync

/// `mapping trials`: changed mappings that were tried, and whether they may go live.
enum MappingTrialList {
  private static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...10_000, "At most so many; 50 if not given.")

  static let command = Command(
    "trials", "Changed mappings that were tried by 'mapping diff --record', newest first.",
    details: """
      Whether one has passed is judged by what the configuration allows now. With --json one object a line:
      {"id", "mapping", "old", "new", "exchanges", "erased", "unread", "rows", "differing", "complete",
      "passed", "accepted", "operator", "reason", "moment"}; "old" and "new" are SM3 of the contents.
      """,
    options: [limit]
  ) { invocation in
    let most = invocation[limit] ?? 50
    let configuration = try SiteFile.read(invocation)
    let policy = configuration.trials ?? TrialPolicy()
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let trials = try await MappingTrials(database: site.database, sealer: site.registryKeys.sealer)
        .list(limit: most)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for trial in trials {
          lines.object { writer in
            writer.member("id", trial.id)
            writer.member("mapping", trial.mapping)
            writer.member("old", Hex.encode(trial.old))
            writer.member("new", Hex.encode(trial.new))
            writer.member("exchanges", trial.counts.exchanges)
            writer.member("erased", trial.counts.erased)
            writer.member("unread", trial.counts.unread)
            writer.member("rows", trial.counts.rows)
            writer.member("differing", trial.counts.differing)
            writer.member("complete", trial.counts.isOfAll)
            writer.member("passed", policy.shortfalls(of: trial.counts).isEmpty)
            writer.member("accepted", trial.isAccepted)
            writer.member("operator", trial.signOff.name)
            writer.member("reason", trial.signOff.reason)
            writer.member("moment", trial.moment.iso8601)
          }
        }
        lines.flush()
      } else if !trials.isEmpty {
        var table = TextTable(
          "ID", "MOMENT", "MAPPING", "CONTENT", "EXCHANGES", "DIFFERING", "RESULT", "OPERATOR", "REASON")
        for trial in trials {
          table.row(
            "\(trial.id)", trial.moment.iso8601, trial.mapping, Hex.encode(Array(trial.new.prefix(4))),
            "\(trial.counts.exchanges)", "\(trial.counts.differing) of \(trial.counts.rows)",
            word(trial, policy), TerminalText.safe(trial.signOff.name),
            TerminalText.safe(trial.signOff.reason))
        }
        table.write(to: invocation.output)
      }
      return .done
    }
  }

  private static func word(_ trial: MappingTrial, _ policy: TrialPolicy) -> String {
    let hasPassed = policy.shortfalls(of: trial.counts).isEmpty
    return hasPassed ? "passed" : trial.isAccepted ? "accepted" : "failed"
  }
}
