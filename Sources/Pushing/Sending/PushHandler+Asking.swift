import Adapters
import CivilTime
import Exchanges
import Journal
import SQLDatabase
import Work

extension PushHandler {
  /// A process ended while the push was on its way, or could not write down what came of it. What the platform answered counts where the
  /// journal has it; else nobody knows.
  func takeOver(_ push: Push, _ lease: WorkLease, _ route: PushRoute) async throws {
    var answer: PushAnswer?
    if let exchange = push.exchange {
      let stored = try await journal.exchange(exchange)
      if let status = stored.status {
        answer = route.client.judge(status: status, body: stored.responseBody, of: route.operation)
      }
    }
    let judged = answer ?? .unknown(Self.interrupted)
    try await settle(judge(judged, push.exchange, of: push, route, lease), of: push, lease)
  }

  /// Asks the platform what became of the push.
  func ask(_ push: Push, _ lease: WorkLease, _ route: PushRoute) async throws {
    guard let probe = route.probe else { return try await end(lease, push, .park) }
    let asked = uptime
    let (exchange, answer) = try await route.client.probe(
      try await pushes.question(for: push, by: probe), probe, requestID: push.requestID,
      attempt: push.probes + 1, parent: push.exchange)
    // The answer says how the request ended whose own answer never came, and nothing of one that was refused beside it.
    let doubted = try await pushes.database.read { try pushes.doubted(push, in: $0) }
    switch answer {
    case .found(let acknowledgement):
      var change = PushChange(.found, exchange: doubted ?? push.exchange)
      change.acknowledgement = acknowledgement
      try await settle(
        Result(change: change, step: .end, outcome: .succeeded, isProbe: true), of: push, lease)
    case .absent:
      let wait = PushPolicy.secondsUntilSettled(
        route.push.idempotency.settle, lost: push.lost, uptime: asked)
      guard wait == 0 else { return try await askLater(push, lease, seconds: wait, asked: asked) }
      var change = PushChange(.absent, exchange: doubted ?? push.exchange)
      change.keepsExchange = true
      change.isInVain = true
      change.problem = push.returnsTo == nil ? Self.notThere : Self.notThereEither
      try await settle(
        Result(
          change: change, step: policy.afterAbsent(attempt: push.inVain + 1, fraction: fraction()),
          inDoubt: inDoubt(route), outcome: .failed, isProbe: true), of: push, lease)
    case .undecided(let error):
      let step = policy.afterUndecided(
        error.problem.errorClass, probes: push.probes + 1, retryAfter: error.retryAfter,
        isOwnLimit: error.isOwnLimit,
        fraction: fraction())
      try await stillUnknown(push, lease, step, error.problem, wasAsked: exchange != nil)
    }
  }

  /// The platform may not know yet what it has, whatever the calendar says: a clock was set, or another machine was at it.
  private func askLater(_ push: Push, _ lease: WorkLease, seconds: Double, asked: Int64) async throws {
    let now = environment.now()
    try await pushes.database.writeRegardless { transaction in
      try pushes.countProbe(push.id, in: transaction)
      // The restart of a machine sets its clock back: it is counted anew.
      if push.lost.map({ $0 > asked }) ?? true { try pushes.note(lost: asked, push.id, in: transaction) }
      try finish(.snooze(seconds: seconds), lease, Self.tooEarly, in: transaction, at: now)
    }
  }

  private static let tooEarly = ExchangeProblem(
    code: "probe-too-early", errorClass: .transient,
    message: "the platform says that it does not have it, before it is sure to know",
    remedy: "nothing: it is asked again")

  private func stillUnknown(
    _ push: Push, _ lease: WorkLease, _ step: PushPolicy.Step, _ problem: ExchangeProblem, wasAsked: Bool
  ) async throws {
    if wasAsked {
      try await pushes.database.writeRegardless { try pushes.countProbe(push.id, in: $0) }
    }
    try await end(lease, push, step, problem: problem)
  }

  private static let notThere = ExchangeProblem(
    code: Pushes.probeAbsent, errorClass: .transient,
    message: "no answer came, and the platform says that it does not have it",
    remedy: "nothing: it is sent again")

  private static let notThereEither = ExchangeProblem(
    code: Pushes.probeAbsent, errorClass: .transient,
    message: "a request of it was lost, and the platform says that it does not have it",
    remedy: "nothing: the push is what it was before")

  static let interrupted = {
    AdapterError(
      .interrupted, .transient, "the gateway ended while the push was on its way",
      remedy: "nothing, where the platform can be asked; else find out and say so with 'push sign'")
  }()
}
