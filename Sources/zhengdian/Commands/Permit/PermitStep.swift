import Access
import CivilTime
import Documents
import Exchanges
import Permits

/// `permit step`: what the utility did for the customer behind a case, which no window tells.
enum PermitStep {
  static let event = Positional(
    "EVENT", "What happened: \(words); nothing where an entry is only taken back.", isRequired: false)

  private static let words = ProcessEvent.allCases.map(\.rawValue).joined(separator: ", ")

  static let command = Command(
    "step",
    "Reports a step of the utility's own process, such as contacted or connected.",
    details: """
      It starts and ends the clocks of the policy's 'process', such as half an hour until the customer is called;
      'permit show' has what they show, 'permit explain' how that came about. The same entry twice is one. Who entered
      it and why is kept with it, and recorded in the access audit in the same transaction.
      """,
    options: [PermitEnter.happened, PermitEnter.retracts, PermitEnter.note, Decision.reason, Look.operator],
    positionals: [PermitCommands.id, event]
  ) { invocation in
    let id = try PermitCommands.id(invocation)
    let signOff = try Decision.signOff(invocation)
    var name: ProcessEvent?
    if let word = invocation[event].first {
      guard let known = ProcessEvent(rawValue: word) else {
        throw UsageError(
          "EVENT is one of \(words)",
          suggestion: Suggestion.nearest(to: word, in: ProcessEvent.allCases.map(\.rawValue)))
      }
      name = known
    } else if invocation[PermitEnter.retracts] == nil {
      throw UsageError("say what happened, or with --retracts which entry is taken back")
    }
    let entry = ProcessEntry(
      name, happened: try PermitEnter.moment(invocation),
      retracts: invocation[PermitEnter.retracts].map { Int64($0) }, note: invocation[PermitEnter.note],
      signOff: signOff)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let result = try await PermitCommands.failing {
        try await PermitDesk(permits: site.permits, pushes: site.pushes).enter(
          entry, of: id,
          keep: PermitCommands.keep(
            .enterPermit, by: signOff.name, reason: signOff.reason, in: site.audit))
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("entry", result.id)
          $0.member("isNew", result.isNew)
        }
      } else {
        invocation.output.line("entry \(result.id)\(result.isNew ? "" : " was there already")")
      }
      return .done
    }
  }
}
