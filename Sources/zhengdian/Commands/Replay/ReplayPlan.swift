import Access
import CivilTime
import Documents
import Exchanges
import Gateway
import GatewayAPI
import Replay
import Sync

/// `replay plan`: what would be repeated, and what that means. Nothing runs.
enum ReplayPlan {
  static let depth = CommandOption<ReplayDepth>.choice(
    "depth", "re-map what was received, re-fetch from the platform, or re-push what was handed in.",
    isRequired: true)
  static let outcome = CommandOption<Outcome>.choice("outcome", "Only exchanges that ended so.")
  static let errorClass = CommandOption<ErrorClass>.choice("class", "Only those with trouble of this class.")
  static let since = CommandOption<Timestamp>.moment("since", "From then on; a date begins in China.")
  static let until = CommandOption<Timestamp>.moment("until", "Before this.")
  static let version = CommandOption<Int>.integer(
    "mapping-version", "NUMBER", in: 1...1_000_000, "Only what was understood by this version of the mapping."
  )
  static let sequence = CommandOption<String>.text("case", "CASE", "Only what belongs to this case.")
  static let only = CommandOption<Int>.integer(
    "id", "ID", in: 1...Int.max, "Only this exchange or push; may be given several times.", isRepeated: true)
  static let canary = CommandOption<Int>.integer(
    "canary", "NUMBER", in: 0...1_000_000, "So many first, as a trial; 10 if not given.")
  static let rate = CommandOption<Int>.integer(
    "rate", "NUMBER", in: 1...10_000, "At most so many a second; 20 if not given.")
  static let mostErrors = CommandOption<Int>.integer(
    "most-errors", "PERCENT", in: 0...100, "Stops by itself when more of the latest 50 fail; 10 if not given."
  )
  static let show = CommandOption<Int>.integer(
    "show", "N", in: 0...1_000_000, "How many records that would change to show; 20 if not given.")
  static let diff = CommandOption<String>.path(
    "diff", "FILE", "Write each record that would change into this file: one JSON object a line.")
  static let operation = Positional("PLATFORM/OPERATION", "What is to be replayed.")

  static let command = Command(
    "plan", "Looks for what a replay would repeat, shows what that means, and keeps it as a plan.",
    details: """
      Nothing is called and nothing is changed. The plan says how many things there are, what is left out and why,
      how platforms deal with repetitions, what it costs of the daily quota, when it would begin and end, what it
      means for what is due, and which records would change. 'replay start' runs it.

      Values are masked. With --json, and in --diff FILE, a record that would change is
      {"exchange", "operation", "locator", "entity", "kind", "fields", "reasons"}, without values.
      """,
    options: [
      depth, outcome, errorClass, since, until, version, sequence, only, canary, rate, mostErrors, show,
      diff, Decision.reason, Look.operator,
    ], positionals: [operation], isInBackground: true
  ) { invocation in
    let words = (invocation[operation].first ?? "").split(separator: "/", maxSplits: 1).map(String.init)
    guard words.count == 2, let depth = invocation[depth] else {
      throw UsageError("PLATFORM/OPERATION is a platform of the configuration and one of its operations")
    }
    if invocation[diff] != nil, depth != .remap {
      throw UsageError("--diff goes with --depth re-map: nobody knows what a platform will answer")
    }
    var query = ReplayQuery(platform: words[0], operation: words[1])
    query.outcome = invocation[outcome]
    query.errorClass = invocation[errorClass]
    query.since = invocation[since]
    query.until = invocation[until]
    query.mappingVersion = invocation[version]
    query.sequence = invocation[sequence]
    query.ids = Set(invocation.arguments.all(only).map { Int64($0) })
    var terms = ReplayTerms()
    if let canary = invocation[canary] { terms.canary = canary }
    if let rate = invocation[rate] { terms.rate = Double(rate) }
    if let most = invocation[mostErrors] { terms.mostErrors = Double(most) }
    let signOff = try Decision.signOff(invocation)
    let (wanted, agreed) = (query, terms)
    return try await Site.with(invocation) { site in
      let replaying = site.replaying
      let differences = try PlannedDifferences(of: wanted, invocation)
      let outlook = try await replaying.library.look(
        for: wanted, depth: depth, terms: agreed, now: .now()
      ) { try differences.add($0) }
      try differences.finish()
      try await Look.recordDecision(
        .planReplay, by: signOff.name, on: "\(wanted.platform)/\(wanted.operation)", in: site.gateway.audit)
      let id = try await replaying.replays.keep(
        wanted, depth: depth, terms: agreed, outlook: outlook, by: signOff)
      let replay = try await replaying.replays.replay(id)
      if invocation.wantsJSON {
        invocation.output.json { writer in
          ReplayWriter.writeMembers(replay, to: &writer)
          writer.member("preview") { writer in
            writer.object { ReplayWriter.write(outlook.preview, to: &$0) }
          }
          differences.write(to: &writer)
        }
      } else {
        ReplayView.write(replay, to: invocation.output)
        ReplayView.write(outlook.preview, to: invocation.output)
        differences.write(outlook.preview, to: invocation.output)
        invocation.output.line(
          replay.needsApproval
            ? "\nanother operator looks at it: zhengdian replay approve \(id) --reason …"
            : "\nto run it: zhengdian replay start \(id) --reason …")
      }
      return .done
    }
  }
}
