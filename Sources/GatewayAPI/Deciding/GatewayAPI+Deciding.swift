import Supply
import Access
import Notifications
import Documents
import HTTPService
import Pushing
import Registry
import Replay
import Sync

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
        action, call.request, parameters, largestBody: parts.largestBody,
        papers: (parts.supply.materialCodes, consumer.purposes.keys.sorted()), now: call.now)
      entry.item = decision.item
      entry.reason = decision.auditReason
      let prepared = entry
      // A plan may look at a whole journal before it is one.
      let deadline = action == .planReplay ? max(parts.deadline, parts.planningDeadline) : parts.deadline
      return try await withDeadline(deadline) {
        try await self.record(prepared)
        return try await self.carryOut(decision, by: operatorName, consumer, call)
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
    _ decision: Decision, by name: String, _ consumer: Consumer, _ call: APICall
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
    case .push(let id, let decision, let reason):
      let push = try await parts.pushes.decide(
        decision, about: id, by: try call.signOff(name, reason))
      return Self.json { PushWriter.writeMembers(push, to: &$0) }
    case .work(let id, let decision, _):
      let item = try await parts.pushes.decide(decision, aboutWork: id)
      return Self.json { WorkWriter.writeMembers(item, to: &$0) }
    case .plan(let draft):
      return try await plan(draft, by: try call.signOff(name, draft.reason), at: call.now)
    case .permit(let decision): return try await carryOut(decision, by: name, call)
    case .paper(let change): return try await carryOut(change, by: name, consumer, call)
    case .connected(let id, let moment, let contracts):
      return try await connected(id, at: moment, contracts, now: call.now)
    case .subscribe(let draft): return try await subscribe(draft, consumer)
    case .unsubscribe(let id):
      // Its address is not looked at: one that does not open is a reason to delete it.
      let subscription = try await parts.subscriptions.delete(id, of: consumer.name)
      return Self.json { SubscriptionWriter.write(subscription, url: nil, to: &$0) }
    case .resume(let id, let place):
      return try await answer(try await parts.subscriptions.resume(id, of: consumer.name, with: place))
    case .replay(let id, let action, let reason):
      let signOff = try call.signOff(name, reason)
      let replay =
        switch action {
        case .approveReplay: try await parts.replays.approve(id, by: signOff)
        case .startReplay:
          try await parts.replays.start(id, by: signOff, with: parts.replayLibrary)
        case .stopReplay: try await parts.replays.stop(id, by: signOff)
        default: try await parts.replays.cancel(id, by: signOff)
        }
      return Self.json { ReplayWriter.writeMembers(replay, to: &$0) }
    }
  }
}
