import Documents
import HTTPService
import Sync

extension GatewayAPI {
  static let incidentParameters = ["platform", "operation", "kind", "state", "after", "limit"]
  static let listLimits = 1...500

  func listIncidents(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let query = try QueryReader(request, known: Self.incidentParameters)
    var filter = IncidentFilter()
    filter.platform = query.text("platform")
    filter.operation = query.text("operation")
    filter.kind = try query.word("kind", among: DriftKind.self)
    if let state = try query.word("state", among: Incident.State.self) { filter.states = [state] }
    filter.after = try query.integer("after", in: 1...Int.max).map { IncidentID(rawValue: Int64($0)) }
    let limit = try query.integer("limit", in: Self.listLimits) ?? 100
    filter.limit = limit + 1
    let page = ListPage(try await parts.incidents.list(filter), limit: limit)
    return Self.json { writer in
      writer.member("incidents") { writer in
        writer.array { writer in
          for incident in page.elements { writer.object { IncidentWriter.write(incident, to: &$0) } }
        }
      }
      writer.member("next", page.next?.id.rawValue)
    }
  }

  func getIncident(_ text: String) async throws -> HTTPServerResponse {
    guard let number = Self.number(text),
      let incident = try await parts.incidents.incident(IncidentID(rawValue: number))
    else { throw APIProblem(.incidentNotFound, "No incident has this number.") }
    return Self.json { IncidentWriter.write(incident, to: &$0) }
  }

  /// A number in an address; nil for what is none.
  static func number(_ text: String) -> Int64? {
    guard text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(text)
  }
}
