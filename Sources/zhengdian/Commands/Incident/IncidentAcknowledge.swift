import Access
import CivilTime
import Sync

/// `incident acknowledge`: somebody has seen it.
enum IncidentAcknowledge {
  private static let accept = CommandOption<Bool>.flag(
    "accept", "It is right as it is now: the next run goes on, and it becomes usual.")

  static let command = Command(
    "acknowledge", "Says that incidents were seen; with --accept that they are right as it is now.",
    details: """
      Without --accept a held window stays held, until the platform or the mapping changes. It is
      recorded in the access audit who did it.
      """,
    options: [accept, IncidentCommands.note, IncidentCommands.operator],
    positionals: [IncidentCommands.numbers]
  ) { invocation in
    try await IncidentChange.make(invocation, .acknowledgeIncident) { ledger, id, step in
      try await ledger.acknowledge(id, step, accepting: invocation[accept])
    }
  }
}

/// `incident close`: it is over.
enum IncidentClose {
  static let command = Command(
    "close", "Says that incidents are over. What is met again opens again.",
    options: [IncidentCommands.note, IncidentCommands.operator], positionals: [IncidentCommands.numbers]
  ) { invocation in
    try await IncidentChange.make(invocation, .closeIncident) { ledger, id, step in
      try await ledger.close(id, step)
    }
  }
}

/// What both have in common: it is in the audit before it is done.
enum IncidentChange {
  static func make(
    _ invocation: Invocation, _ action: AccessAction,
    _ change: @escaping (IncidentLedger, IncidentID, IncidentStep) async throws -> Incident
  ) async throws -> ExitCode {
    let ids = try invocation[IncidentCommands.numbers].map { word throws(UsageError) in
      try IncidentCommands.id(word)
    }
    let name = try Look.operatorName(invocation[IncidentCommands.operator], invocation.environment)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      for id in ids {
        guard try await site.incidents.incident(id) != nil else { throw IncidentCommands.missing(id) }
        try await Look.recordDecision(action, by: name, on: "incident-\(id)", in: site.audit)
        do {
          let step = IncidentStep(time: .now(), by: name, note: invocation[IncidentCommands.note])
          IncidentShow.write(try await change(site.incidents, id, step), invocation)
        } catch let error as IncidentError where error.code == .wrongState {
          throw CommandFailure(.failure, error.message, remedy: "'zhengdian incident show \(id)' tells more")
        }
      }
      return .done
    }
  }
}
