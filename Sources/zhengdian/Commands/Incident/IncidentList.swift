import CivilTime
import Documents
import GatewayAPI
import Sync

/// `incident list`: incidents, the newest number first.
enum IncidentList {
  private static let kind = CommandOption<DriftKind>.choice("kind", "Only of this kind.")
  private static let state = CommandOption<Incident.State>.choice(
    "state", "Only in this state; those that are not closed if not given.", isRepeated: true)
  private static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given.")
  private static let after = CommandOption<Int>.integer(
    "after", "NUMBER", in: 1...Int.max, "Goes on behind the incident that was listed last.")

  static let command = Command(
    "list", "Incidents that are not closed, the newest number first.",
    options: [ExchangeList.platform, ExchangeList.operation, kind, state, limit, after]
  ) { invocation in
    if invocation[ExchangeList.operation] != nil, invocation[ExchangeList.platform] == nil {
      throw UsageError("--operation needs --platform: operations are named within their platform")
    }
    var filter = IncidentFilter(
      platform: invocation[ExchangeList.platform], operation: invocation[ExchangeList.operation],
      kind: invocation[kind], after: invocation[after].map { IncidentID(rawValue: Int64($0)) },
      limit: invocation[limit] ?? 50)
    let states = invocation.arguments.all(state)
    if !states.isEmpty { filter.states = Set(states) }
    let wanted = filter
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await site.incidents.list(wanted)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for incident in found { lines.object { IncidentWriter.write(incident, to: &$0) } }
        lines.flush()
      } else if !found.isEmpty {
        table(of: found).write(to: invocation.output)
      }
      if let last = found.last, found.count == wanted.limit {
        invocation.errors.line("there may be more: --after \(last.id)")
      }
      return .done
    }
  }

  private static func table(of incidents: [Incident]) -> TextTable {
    var table = TextTable("NUMBER", "OPERATION", "KIND", "AT", "STATE", "HELD", "COUNT", "LAST SEEN", "")
    for incident in incidents {
      table.row(
        "\(incident.id)", incident.key.description, incident.subject.kind.rawValue, place(of: incident),
        incident.state.rawValue, incident.isHeld ? "held" : "", "\(incident.count)",
        incident.lastSeen.iso8601, incident.isAccepted ? "accepted" : "")
    }
    return table
  }

  static func place(of incident: Incident) -> String {
    let entity = incident.subject.entity
    return entity.isEmpty ? incident.subject.subject : "\(entity) \(incident.subject.subject)"
  }
}
