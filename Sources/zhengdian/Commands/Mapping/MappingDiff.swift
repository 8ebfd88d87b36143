import Adapters
import CivilTime
import Documents
import Exchanges
import Gateway
import Journal
import Mapping
import Sync

/// `mapping diff`: tries a changed mapping on what platforms have really sent.
enum MappingDiff {
  private static let last = CommandOption<Duration>.duration(
    "last", "SPAN", "Exchanges recorded within this span, such as 30d; all if not given.")
  private static let budget = CommandOption<Int>.integer(
    "budget", "PERCENT", in: 0...100, "So many rows in a hundred may differ; 0 if not given.")
  private static let show = CommandOption<Int>.integer(
    "show", "N", in: 0...1_000_000, "How many differences to show; 20 if not given.")
  private static let old = Positional("OLD", "The mapping that is in use: its name, or a file.")
  private static let new = Positional("NEW", "The mapping to try: its name, or a file.")

  static let command = Command(
    "diff", "Maps the journal's messages by two mappings and shows where the records differ.",
    details: """
      The messages are those of all configured operations that use OLD. Nothing is called, and nothing
      is stored. Values are masked. With --json one object a difference: {"exchange", "operation",
      "locator", "entity", "kind", "fields", "reasons"}; the last line holds the statistics.

      Exit code 1 when more rows differ than the budget allows, or a message could not be compared.
      """,
    options: [last, budget, show], positionals: [old, new]
  ) { invocation in
    try await Site.with(invocation) { site in
      let place = LibraryPlace(site.gateway.configuration.mappingsFolder)
      let (oldWord, newWord) = (invocation[old].first ?? "", invocation[new].first ?? "")
      let (before, after) = try await OwnThread.run {
        (
          try MappingCommands.compiled(oldWord, in: place), try MappingCommands.compiled(newWord, in: place)
        )
      }
      guard before.format == after.format else {
        throw UsageError("one mapping reads \(before.format.rawValue), the other \(after.format.rawValue)")
      }
      let runners = site.station.runners.filter { $0.operation.mapping == before.name }
      guard !runners.isEmpty else {
        throw CommandFailure(
          .failure, "no configured operation uses the mapping '\(before.name)'",
          remedy: "'zhengdian adapter list' shows which mapping each operation uses")
      }
      return try await compare(runners, before, after, invocation)
    }
  }

  private static func compare(
    _ runners: [PullRunner], _ old: CompiledMapping, _ new: CompiledMapping, _ invocation: Invocation
  ) async throws -> ExitCode {
    var filter = ExchangeFilter()
    filter.since = invocation[last].map { Timestamp.now().advanced(bySeconds: -Int($0.components.seconds)) }
    let most = invocation[show] ?? 20
    var shown = 0
    var total = MappingComparison.Statistics()
    for runner in runners {
      let statistics = try await MappingComparison(of: runner, old: old, new: new).run(filter) { difference in
        guard shown < most else { return false }
        shown += 1
        MappingDiffReport.write(difference, of: runner.key, invocation)
        return true
      }
      total += statistics
    }
    MappingDiffReport.write(total, shown: shown, invocation)
    return total.percentage <= Double(invocation[budget] ?? 0) && total.unread == 0 ? .done : .failure
  }
}
