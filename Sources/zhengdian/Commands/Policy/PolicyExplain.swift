import Applications
import CivilTime
import Documents
import Policies

/// `policy explain`: what is to be done for a line, with the clause for each part of the answer.
enum PolicyExplain {
  static let region = CommandOption<String>.text(
    "region", "CODE", "The area code, such as 411523; the nearest policy around it answers.", isRequired: true
  )
  static let facts = Positional(
    "FACT=VALUE", "What is known of the line: voltage=10 length=150 digs-road=true crossings=railway,highway",
    isRequired: false, isRepeated: true)

  static let command = Command(
    "explain", "What a line needs by the policy of its region, and which clause says so.",
    details: """
      For each permit item whether it is needed, the way (exempt, promise, filing, approval), the time limit
      and the files, each with document and clause; then the limits of the utility's own process, and the papers
      that an application for electricity needs: who brings each, what meets it, until when it may wait. What
      depends on a fact that is not given names the fact. With --json one object.

      The facts: voltage (kV), capacity (kW), length (m), customer (resident, small-micro, other), supply
      (single, dual), works (none, poles-lines, cable-transformer), red-line (inside, outside), crossings
      (municipal-road, highway, railway, south-north-water, defence-cable; none for no crossing), digs-road,
      occupies-road, uses-green-land (true, false), trees (none, ordinary, protected), business (new, increase,
      temporary, rename, transfer), stage (booking, application, design-review, intermediate-check, completion),
      applicant (person, organisation), special-trade (true, false).

      Exit code 1 when something about the line cannot be decided.
      """,
    options: [region, PolicyCommands.day, PolicyCommands.adapters], positionals: [facts]
  ) { invocation in
    let code = invocation[region] ?? ""
    let known = try facts(invocation[facts])
    return try await OwnThread.run {
      let diagnostics = Diagnostics()
      let library = PolicyLibrary(try PolicyCommands.sources(invocation), diagnostics)
      try diagnostics.throwIfErrors()
      let day = PolicyCommands.day(invocation)
      guard let (policy, decisions) = library.permits(forRegion: code, known, on: day),
        let process = library.process(forRegion: code, known, on: day),
        let supply = library.supply(forRegion: code, known, on: day)
      else {
        throw CommandFailure(
          .failure, "no policy is about the region '\(code)'",
          remedy: "give an area code of six digits; the nation's policy is Adapters/national/policy.yaml")
      }
      let answer = PolicyAnswer(
        policy: policy, day: day, decisions: decisions, process: process, supply: supply)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        lines.object { answer.write(&$0) }
        lines.flush()
      } else {
        answer.write(to: invocation.output)
      }
      return answer.isDecided ? .done : .failure
    }
  }

  static func facts(_ words: [String]) throws(UsageError) -> Facts {
    var facts = Facts()
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let fact = Fact(rawValue: parts[0]) else {
        let nearest = Suggestion.nearest(to: parts[0], in: Fact.allCases.map(\.rawValue))
        let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
        throw UsageError("'\(word)' is no fact and its value\(hint)")
      }
      guard let value = fact.domain.read(word: parts[1]) else {
        throw UsageError("\(fact.rawValue) must be \(fact.domain.expected)")
      }
      facts.set(fact, value)
    }
    return facts
  }
}
