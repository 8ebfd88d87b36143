import Access
import GatewayAPI
import Pushing
import Work

/// `work release`: what was set aside runs again.
enum WorkRelease {
  static let command = Command(
    "release", "Lets a parked item run again, with all its tries.",
    details: """
      See what its problem was, and mend that first. Pushes and replays decide for their own items: 'push retry'
      and 'replay start'. Who did it and why is recorded in the access audit in the same transaction.
      """,
    options: [Decision.reason, Look.operator], positionals: [WorkCommands.id]
  ) { invocation in try await WorkChange.make(.release, invocation) }
}

/// `work cancel`: takes an item out.
enum WorkCancel {
  static let command = Command(
    "cancel", "Takes an item out of the queue; the next of its sequence comes forward.",
    details: """
      What somebody works on just now is not taken out. Pushes and replays decide for their own items: 'push cancel'
      and 'replay cancel'; a push of which nobody knows what became of it is signed for ('push sign'). Of what a
      subscription is to be told nothing is left out: 'subscription delete' ends it. A run of a schedule that was
      taken out comes again when the service starts, or with 'sync --once'. Who did it and why is recorded in
      the access audit in the same transaction.
      """,
    options: [Decision.reason, Look.operator], positionals: [WorkCommands.id]
  ) { invocation in try await WorkChange.make(.cancel, invocation) }
}

/// What both have in common: it is in the audit if and only if it was done.
enum WorkChange {
  static func make(_ decision: WorkDecision, _ invocation: Invocation) async throws -> ExitCode {
    let id = try WorkCommands.id(invocation)
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    guard let reason = invocation[Decision.reason], 1...500 ~= reason.utf8.count,
      TerminalText.safe(reason) == reason
    else { throw UsageError("--reason takes a text of 1 to 500 bytes without control characters") }
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      do {
        let item = try await site.pushes.decide(decision, aboutWork: id) { _, transaction in
          try site.audit.record(
            Look.decision(
              decision == .release ? .releaseWork : .cancelWork, by: name, on: "work-\(id)", reason: reason),
            in: transaction)
        }
        if invocation.wantsJSON {
          invocation.output.json { WorkWriter.writeMembers(item, to: &$0) }
        } else {
          invocation.output.line("work \(item.id) is \(item.state.rawValue)")
        }
      } catch let error as WorkError where error.code == .notFound {
        throw WorkCommands.missing(id)
      } catch let error as WorkError {
        throw CommandFailure(
          .failure, error.message,
          remedy: error.remedy.isEmpty ? "'work show \(id)' tells more" : error.remedy)
      }
      return .done
    }
  }
}
