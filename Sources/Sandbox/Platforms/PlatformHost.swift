import HTTPService

/// Stands between the socket and a platform: counts the call, lets the fault script spoil it.
struct PlatformHost: SimulatedPlatform {
  let core: any PlatformCore
  let faults: FaultScript
  let ledger: CallLedger

  var name: String { core.name }

  func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
    let operation = core.operation(of: request)
    let fault = faults.fault(platform: core.name, operation: operation)
    let reply = answer(request, operation, fault)
    ledger.count(core.name, operation) { count in
      count.calls += 1
      count.rows += reply.rows
      if let fault { count.faulted[fault.word, default: 0] += 1 }
      if reply.isSuccess {
        if fault == nil { count.succeeded += 1 }
      } else {
        count.refused[reply.code, default: 0] += 1
      }
    }
    if let fault { return await Distorter.response(reply, fault) }
    return Distorter.response(reply)
  }

  private func answer(_ request: HTTPServerRequest, _ operation: String, _ fault: FaultKind?) -> Reply {
    switch fault {
    case .stall, .reset, .htmlPage, .billionLaughs, .unavailable:
      // The platform never sees the call: no quota is used, no secret given out.
      return Reply(contentType: "text/plain", body: [], code: "fault", isSuccess: true)
    case .expiredToken, .forgottenSecrets:
      core.expireSecrets(all: fault == .forgottenSecrets)
      // Who is refused has done nothing.
      if core.hasEffect(operation) { return core.refusal(.credentials) }
      let reply = core.answer(request, distortion: .none)
      return reply.isSuccess ? core.refusal(.credentials) : reply
    case .quota:
      return core.refusal(.quota)
    case .refusal:
      return core.refusal(.request)
    default:
      return core.answer(request, distortion: Distorter.pageDistortion(fault))
    }
  }
}
