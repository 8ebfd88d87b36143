import Adapters
import CivilTime
import Crypto
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
    "budget", "PERCENT", in: 0...100,
    "So many rows in a hundred may differ; if not given what the site's trials allow, or 0.")
  private static let show = CommandOption<Int>.integer(
    "show", "N", in: 0...1_000_000, "How many differences to show; 20 if not given.")
  private static let record = CommandOption<Bool>.flag(
    "record", "Keep this as the trial of NEW: what the site's trials allow decides whether it may go live.")
  private static let accept = CommandOption<Bool>.flag(
    "accept", "With --record: NEW may go live whatever comes out. The trial shows it.")
  private static let reason = CommandOption<String>.text(
    "reason", "TEXT", "With --record: why the mapping is changed; kept with the trial.")
  private static let old = Positional(
    "OLD",
    "The mapping that is in use: its name, a file, or 'in-use' for what the operations of NEW were last run by."
  )
  private static let new = Positional("NEW", "The mapping to try: its name, or a file.")

  static let command = Command(
    "diff", "Maps the journal's messages by two mappings and shows where the records differ.",
    details: """
      The messages are those of all configured operations that use OLD. Nothing is called, and nothing
      is stored but the trial with --record. Values are masked. With --json one object a difference:
      {"exchange", "operation", "locator", "entity", "kind", "fields", "reasons"}; the last line holds
      the statistics.

      Exit code 1 when more rows differ than the budget allows, or a message could not be compared; with
      --record when the trial has not passed.
      """,
    options: [last, budget, show, record, accept, reason, Look.operator], positionals: [old, new],
    isInBackground: true
  ) { invocation in
    let signOff = try signOff(invocation)
    return try await Site.with(invocation) { site in
      let place = LibraryPlace(site.gateway.configuration.mappingsFolder)
      let (oldWord, newWord) = (invocation[old].first ?? "", invocation[new].first ?? "")
      let after = try await OwnThread.run { try MappingCommands.compiled(newWord, in: place) }
      let groups: [TrialGroup]
      if oldWord == TrialGroup.inUse {
        groups = try await TrialGroup.inUse(after, site)
      } else {
        let before = try await OwnThread.run { try MappingCommands.compiled(oldWord, in: place) }
        groups = [try TrialGroup(before, site)]
      }
      var code = ExitCode.done
      for group in groups {
        if try await compare(group, after, site, signOff, invocation) != .done { code = .failure }
      }
      return code
    }
  }

  private static func signOff(_ invocation: Invocation) throws -> SignOff? {
    guard invocation[record] else {
      if invocation[accept] || invocation[reason] != nil {
        throw UsageError("--accept and --reason go with --record")
      }
      return nil
    }
    if invocation[budget] != nil {
      throw UsageError("--budget does not go with --record: what the site's trials allow counts")
    }
    guard let why = invocation[reason] else { throw UsageError("--record needs --reason") }
    return try Decision.signOff(invocation, reason: why)
  }

  private static func compare(
    _ group: TrialGroup, _ new: CompiledMapping, _ site: Site, _ signOff: SignOff?,
    _ invocation: Invocation
  ) async throws -> ExitCode {
    let old = group.mapping
    guard old.format == new.format else {
      throw UsageError("one mapping reads \(old.format.rawValue), the other \(new.format.rawValue)")
    }
    if signOff != nil { try await group.requireInUse(site) }
    let moment = Timestamp.now()
    var filter = ExchangeFilter()
    filter.since = invocation[last].map { moment.advanced(bySeconds: -Int($0.components.seconds)) }
    let most = invocation[show] ?? 20
    var shown = 0
    var total = MappingComparison.Statistics()
    for operation in group.operations {
      let comparison = MappingComparison(of: operation, old: old, new: new)
      let statistics = try await comparison.run(filter) { difference in
        guard shown < most else { return false }
        shown += 1
        MappingDiffReport.write(difference, of: operation.key, invocation)
        return true
      }
      total += statistics
    }
    let policy = site.station.gate.policy ?? TrialPolicy()
    guard let signOff else {
      MappingDiffReport.write(total, shown: shown, trial: nil, invocation)
      let allowed = invocation[budget].map(Double.init) ?? policy.budget
      return total.percentage <= allowed && total.unread == 0 ? .done : .failure
    }
    let counts = TrialCounts(total, isOfAll: filter.since == nil)
    let id = try await site.station.gate.trials.record(
      new.name, old: old.digest, new: new.digest, counts, isAccepted: invocation[accept], by: signOff,
      at: moment)
    let shortfalls = policy.shortfalls(of: counts)
    MappingDiffReport.write(
      total, shown: shown,
      trial: MappingDiffReport.Kept(id: id, shortfalls: shortfalls, isAccepted: invocation[accept]),
      invocation)
    return shortfalls.isEmpty || invocation[accept] ? .done : .failure
  }
}
