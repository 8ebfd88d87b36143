import Adapters
import Applications
import CivilTime
import Exchanges
import Journal
import SQLDatabase
import Work

extension PushHandler {
  /// Makes the call, once, and writes down what came of it.
  func send(_ push: Push, _ lease: WorkLease, _ route: PushRoute) async throws {
    guard try await isAlone(push, lease), try await hasFooting(push, lease, route),
      try await isUpToDate(push, lease), try await mayBeTaken(push, lease)
    else { return }
    let call = try await pushes.call(for: push)
    let attempt = Attempt(self, push, lease)
    let exchange: ExchangeID?
    let answer: PushAnswer
    do {
      (exchange, answer) = try await route.client.push(
        call, route.operation, recorder: recorder(attempt), requestID: push.requestID,
        attempt: push.attempts + 1, parent: push.exchange)
    } catch let error as PushError where error.code == .notNow {
      // It moved on while the call waited for its place. Nothing has left.
      return try await lookAgain(lease, push, route)
    }
    // What was begun is what is settled: a push of which nothing was recorded is as it was.
    let current = attempt.begun ?? push
    try await settle(
      judge(answer, exchange, of: current, route, lease), of: current, lease)
  }

  /// What an answer means for the push.
  func judge(
    _ answer: PushAnswer, _ exchange: ExchangeID?, of push: Push, _ route: PushRoute, _ lease: WorkLease
  ) -> Result {
    var result = result(of: answer, exchange, push, route, lease)
    result.inDoubt = inDoubt(route)
    return result
  }

  private func result(
    of answer: PushAnswer, _ exchange: ExchangeID?, _ push: Push, _ route: PushRoute, _ lease: WorkLease
  ) -> Result {
    switch answer {
    case .accepted(let acknowledgement):
      var change = PushChange(.accepted, exchange: exchange)
      change.acknowledgement = acknowledgement
      return Result(change: change, step: .end, outcome: .succeeded)
    case .refused(let error):
      // A refusal that is none of this push's making is tried again like a call that was not made.
      guard error.errorClass == .data || error.errorClass == .platform else {
        return notMade(error, exchange, push, lease, outcome: .rejected)
      }
      var change = PushChange(.refused, exchange: exchange)
      change.problem = error.problem
      return Result(change: change, step: .end, outcome: .rejected)
    case .notMade(let error):
      return notMade(error, exchange, push, lease, outcome: .failed)
    case .unknown(let error):
      var change = PushChange(.lost, exchange: exchange)
      change.problem = error.problem
      change.uptime = uptime
      return Result(
        change: change,
        step: policy.afterLost(route.push.idempotency, attempt: lease.attempt, fraction: fraction()),
        outcome: .unknown)
    }
  }

  private func notMade(
    _ error: AdapterError, _ exchange: ExchangeID?, _ push: Push, _ lease: WorkLease, outcome: Outcome
  ) -> Result {
    let step = policy.afterNotMade(
      error.errorClass, isOwnLimit: error.isOwnLimit, retryAfter: error.retryAfter, attempt: lease.attempt,
      inVain: push.inVain + 1, fraction: fraction())
    var change = PushChange(step == .park ? .gaveUp : .notMade, exchange: exchange)
    // It uses up no try, and is counted all the same.
    if case .snooze = step { change.isInVain = !error.isOwnLimit }
    change.problem = error.problem
    return Result(change: change, step: step, outcome: outcome)
  }

  /// What is done about a push of which an earlier request may have had its effect, when asking again in vain tells nothing.
  func inDoubt(_ route: PushRoute) -> PushPolicy.Step {
    route.probe == nil ? .park : .snooze(seconds: Double(route.push.idempotency.settle))
  }
}
