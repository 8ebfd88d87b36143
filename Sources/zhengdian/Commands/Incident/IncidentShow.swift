import CivilTime
import Documents
import Exchanges
import GatewayAPI
import Sync

/// `incident show`: one incident with its figures and who saw to it.
enum IncidentShow {
  static let command = Command(
    "show", "One incident: what was found, where, how often, and who saw to it.",
    positionals: [IncidentCommands.number]
  ) { invocation in
    let id = try IncidentCommands.id(invocation[IncidentCommands.number][0])
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      guard let incident = try await site.incidents.incident(id) else { throw IncidentCommands.missing(id) }
      write(incident, invocation)
      return .done
    }
  }

  static func write(_ incident: Incident, _ invocation: Invocation) {
    guard !invocation.wantsJSON else {
      return invocation.output.json { IncidentWriter.write(incident, to: &$0) }
    }
    let output = invocation.output
    let kind = incident.subject.kind
    output.line(
      "\(output.paint("incident \(incident.id)", .bold))  \(incident.key)  \(kind.title) (\(kind.rawValue))")
    output.line(TerminalText.safe("at \(IncidentList.place(of: incident)): \(incident.detail)"))
    let held = incident.isHeld ? "; the window is held" : ""
    let accepted = incident.isAccepted ? "; accepted, the next run goes on" : ""
    output.line("\(incident.state.rawValue)\(held)\(accepted)")
    output.line(
      "met in \(incident.count) windows, first \(incident.firstSeen.iso8601), last \(incident.lastSeen.iso8601)"
    )
    if let exchange = incident.exchange {
      output.line(TerminalText.safe("first example: exchange \(exchange) \(incident.locator?.path ?? "")"))
    }
    for (word, step) in [("acknowledged", incident.acknowledged), ("closed", incident.closed)] {
      guard let step else { continue }
      let note = step.note.map { ": \($0)" } ?? ""
      output.line(TerminalText.safe("\(word) \(step.time.iso8601) by \(step.by)\(note)"))
    }
  }
}
