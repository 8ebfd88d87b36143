import CivilTime
import Access
import Notifications
import HTTPService
import Pushing
import Registry
import CivilTime
import Replay
import Supply
import Sync
import Work

/// What somebody decides by a call.
enum Decision: Sendable {
  case acknowledge(IncidentID, note: String?, accepting: Bool)
  case close(IncidentID, note: String?)
  case dismiss(DisagreementID, reason: String)
  case push(PushID, Pushes.Decision, reason: String)
  case plan(ReplayDraft)
  case replay(ReplayID, AccessAction, reason: String)
  case work(WorkID, WorkDecision, reason: String)
  case permit(PermitChange)
  case paper(PaperChange)
  case connected(SupplyApplicationID, at: Timestamp, contracts: [String])
  case subscribe(SubscriptionDraft)
  case unsubscribe(SubscriptionID)
  case resume(SubscriptionID, with: Subscriptions.Place)

  static let longestNote = 500
  /// Of what is decided about pushes and replays, which holds as many bytes in any script.
  static let longestReason = 120

  static func read(
    _ action: AccessAction, _ request: HTTPServerRequest, _ parameters: RouteParameters, largestBody: Int,
    papers: (codes: Set<String>, purposes: [String]), now: Timestamp
  ) throws(APIProblem) -> Decision {
    switch action {
    case .acknowledgeIncident, .closeIncident, .dismissDisagreement:
      return try aboutDrift(action, request, parameters, largestBody: largestBody)
    case .planReplay:
      return .plan(try BodyReader.read(request, largest: largestBody) { ReplayDraft($0) })
    case .signPush, .retryPush, .cancelPush:
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noPush }
      return try BodyReader.read(request, largest: largestBody) { body in
        let decision = pushDecision(action, body)
        guard let reason = body.reason(), let decision else { return nil }
        return .push(PushID(number), decision, reason: reason)
      }
    case .approveReplay, .startReplay, .stopReplay, .cancelReplay:
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noReplay }
      return try BodyReader.read(request, largest: largestBody) { body in
        body.reason().map { .replay(ReplayID(number), action, reason: $0) }
      }
    case .releaseWork, .cancelWork:
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noWork }
      let decision: WorkDecision = action == .releaseWork ? .release : .cancel
      return try BodyReader.read(request, largest: largestBody) { body in
        body.reason().map { .work(WorkID(rawValue: number), decision, reason: $0) }
      }
    case .openPermit, .enterPermit, .supplementPermit, .withdrawPermit, .retryPermit:
      return .permit(try PermitChange.read(action, request, parameters, largestBody: largestBody))
    case .handInMaterial, .withdrawMaterial, .giveAuthorisation, .revokeAuthorisation:
      return .paper(
        try PaperChange.read(
          action, request, parameters, largestBody: largestBody, codes: papers.codes,
          purposes: papers.purposes, now: now))
    case .createSubscription, .deleteSubscription, .resumeSubscription:
      return try aboutSubscriptions(action, request, parameters, largestBody: largestBody)
    case .connectSupply:
      guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noSupply }
      return try BodyReader.read(request, largest: largestBody) { body in
        let contracts = body.texts("contracts", most: SupplyConnection.mostContracts) ?? []
        guard let moment = body.timestamp("at") else {
          if !body.has("at") { body.fault("at", "is needed: when the customer had electricity") }
          return nil
        }
        return .connected(SupplyApplicationID(rawValue: number), at: moment, contracts: contracts)
      }
    default: preconditionFailure("\(action) decides nothing")
    }
  }

  private static func aboutSubscriptions(
    _ action: AccessAction, _ request: HTTPServerRequest, _ parameters: RouteParameters, largestBody: Int
  ) throws(APIProblem) -> Decision {
    guard action != .createSubscription else {
      return .subscribe(try BodyReader.read(request, largest: largestBody) { SubscriptionDraft($0) })
    }
    guard let number = GatewayAPI.number(parameters["id"]) else { throw GatewayAPI.noSubscription }
    let id = SubscriptionID(rawValue: number)
    guard action == .resumeSubscription else { return .unsubscribe(id) }
    return try BodyReader.read(request, largest: largestBody) { body in
      guard let place = body.word("with", among: Subscriptions.Place.self) else {
        if !body.has("with") { body.fault("with", "is needed: what it has missed, or what is new") }
        return nil
      }
      return .resume(id, with: place)
    }
  }

  private static func aboutDrift(
    _ action: AccessAction, _ request: HTTPServerRequest, _ parameters: RouteParameters, largestBody: Int
  ) throws(APIProblem) -> Decision {
    guard let number = GatewayAPI.number(parameters["id"]) else {
      if action == .dismissDisagreement {
        throw APIProblem(.disagreementNotFound, "No disagreement has this number.")
      }
      throw APIProblem(.incidentNotFound, "No incident has this number.")
    }
    return try BodyReader.read(request, largest: largestBody) { body in
      switch action {
      case .acknowledgeIncident:
        return .acknowledge(
          IncidentID(rawValue: number), note: body.text("note", most: longestNote),
          accepting: body.flag("accept", default: false))
      case .closeIncident:
        return .close(IncidentID(rawValue: number), note: body.text("note", most: longestNote))
      default:
        guard let reason = body.text("reason", most: longestNote) else {
          if !body.has("reason") { body.fault("reason", "is needed") }
          return nil
        }
        return .dismiss(DisagreementID(rawValue: number), reason: reason)
      }
    }
  }

  private static func pushDecision(_ action: AccessAction, _ body: BodyReader) -> Pushes.Decision? {
    switch action {
    case .retryPush: return .retry
    case .cancelPush: return .cancel
    default:
      let receipt = body.text("receipt")
      guard let happened = body.flag("happened") else {
        if !body.has("happened") { body.fault("happened", "is needed: whether the platform has it") }
        return nil
      }
      if !happened, receipt != nil { body.fault("receipt", "belongs to what happened") }
      return happened ? .happened(receipt: receipt) : .didNotHappen
    }
  }

  /// What it is about, as the audit names it; nil for what has no number yet.
  var item: String? {
    switch self {
    case .acknowledge(let id, _, _), .close(let id, _): "incident-\(id)"
    case .dismiss(let id, _): "disagreement-\(id)"
    case .push(let id, _, _): "push-\(id)"
    case .plan: nil
    case .replay(let id, _, _): "replay-\(id)"
    case .work(let id, _, _): "work-\(id)"
    case .permit(let decision): decision.permitCase.map { "permit-\($0)" }
    case .paper(let change): change.item
    case .connected(let id, _, _): "supply-\(id)"
    case .subscribe: nil
    case .unsubscribe(let id), .resume(let id, _): "subscription-\(id)"
    }
  }

  /// Why, where only the audit keeps it.
  var auditReason: String? {
    switch self {
    case .work(_, _, let reason): reason
    case .permit(let decision): decision.reason
    case .paper(let change): change.reason
    default: nil
    }
  }
}

extension BodyReader {
  /// Why it is decided so: one line.
  func reason() -> String? {
    guard let reason = text("reason", most: Decision.longestReason) else {
      if !has("reason") { fault("reason", "is needed") }
      return nil
    }
    guard reason.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      fault("reason", "must be one line")
      return nil
    }
    return reason
  }
}
