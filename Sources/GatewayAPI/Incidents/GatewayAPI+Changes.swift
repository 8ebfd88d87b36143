import Access
import Documents
import HTTPService
import Registry
import Sync

/// What somebody decides by a call.
enum Decision: Sendable {
  case acknowledge(IncidentID, note: String?, accepting: Bool)
  case close(IncidentID, note: String?)
  case dismiss(DisagreementID, reason: String)

  static let longestNote = 500

  static func read(
    _ action: AccessAction, _ request: HTTPServerRequest, _ parameters: RouteParameters, largestBody: Int
  ) throws(APIProblem) -> Decision {
    let number = GatewayAPI.number(parameters["id"])
    switch action {
    case .acknowledgeIncident:
      guard let number else { throw APIProblem(.incidentNotFound, "No incident has this number.") }
      return try BodyReader.read(request, largest: largestBody) { body in
        .acknowledge(
          IncidentID(rawValue: number), note: body.text("note", most: longestNote),
          accepting: body.flag("accept", default: false))
      }
    case .closeIncident:
      guard let number else { throw APIProblem(.incidentNotFound, "No incident has this number.") }
      return try BodyReader.read(request, largest: largestBody) { body in
        .close(IncidentID(rawValue: number), note: body.text("note", most: longestNote))
      }
    case .dismissDisagreement:
      guard let number else { throw APIProblem(.disagreementNotFound, "No disagreement has this number.") }
      return try BodyReader.read(request, largest: largestBody) { body in
        guard let reason = body.text("reason", most: longestNote) else {
          if !body.has("reason") { body.fault("reason", "is needed") }
          return nil
        }
        return .dismiss(DisagreementID(rawValue: number), reason: reason)
      }
    default: preconditionFailure("\(action) decides nothing")
    }
  }

  /// What it is about, as the audit names it.
  var item: String {
    switch self {
    case .acknowledge(let id, _, _), .close(let id, _): "incident-\(id)"
    case .dismiss(let id, _): "disagreement-\(id)"
    }
  }
}

extension GatewayAPI {
  /// What decisions are for, in the audit.
  static let decisionPurpose = "operation"

  /// Answers a call by which somebody decides something. It is in the audit before it is done; what failed is there with its code.
  func decisionAnswer(
    _ call: APICall, _ consumer: Consumer, _ scope: Scope, _ action: AccessAction,
    _ parameters: RouteParameters
  ) async throws -> HTTPServerResponse {
    var entry = AccessEntry(
      time: call.now, consumer: consumer.name, operator: "", purpose: Self.decisionPurpose, action: action,
      outcome: .answered, requestID: call.requestID)
    do {
      let operatorName = CallFacts.operatorName(of: call.request)
      entry.operator = operatorName ?? ""
      try require(scope, of: consumer)
      guard let operatorName else {
        throw APIProblem(
          .headerMissing,
          "Name who decides in X-Operator: 1 to 128 bytes; what is not ASCII is percent-encoded UTF-8.")
      }
      let decision = try Decision.read(
        action, call.request, parameters, largestBody: parts.largestBody)
      entry.item = decision.item
      let prepared = entry
      return try await withDeadline(parts.deadline) {
        try await self.record(prepared)
        return try await self.carryOut(decision, by: operatorName, call)
      }
    } catch {
      let problem = APIProblem(error)
      guard problem.code != .auditUnavailable else { throw problem }
      entry.code = problem.code.rawValue
      entry.outcome = AccessOutcome(problem.code)
      let refusal = entry
      try await withDeadline(parts.deadline) { try await self.record(refusal) }
      throw problem
    }
  }

  private func carryOut(
    _ decision: Decision, by name: String, _ call: APICall
  ) async throws -> HTTPServerResponse {
    switch decision {
    case .acknowledge(let id, let note, let accepting):
      let incident = try await parts.incidents.acknowledge(
        id, IncidentStep(time: call.now, by: name, note: note), accepting: accepting)
      return Self.json { IncidentWriter.write(incident, to: &$0) }
    case .close(let id, let note):
      let incident = try await parts.incidents.close(
        id, IncidentStep(time: call.now, by: name, note: note))
      return Self.json { IncidentWriter.write(incident, to: &$0) }
    case .dismiss(let id, let reason):
      let disagreement: Disagreement
      do {
        disagreement = try await parts.registry.dismiss(id, by: name, reason: reason, at: call.now)
      } catch let error as RegistryError where error.code == .notFound {
        throw APIProblem(.disagreementNotFound, "No disagreement has this number.")
      }
      return Self.json { DisagreementWriter.write(disagreement, to: &$0) }
    }
  }
}
