import Adapters
import CivilTime
import Exchanges
import Journal
import SQLDatabase
import Work

extension PushHandler {
  /// What came out of a step, decided.
  struct Result: Sendable {
    var change: PushChange
    var step: PushPolicy.Step
    /// How the exchange ended; nil where it stays as it is, or where no call was made.
    var outcome: Outcome?
    /// The step was a question to the platform.
    var isProbe = false
  }

  /// Writes down what came out: the push, its exchange and its work, in one transaction.
  ///
  /// Carried through in a cancelled task too: it did happen. Where the lease has been lost meanwhile, what the platform said still counts, and the
  /// work is left to whoever has it now.
  func settle(_ result: Result, of push: Push, _ lease: WorkLease) async throws {
    let now = environment.now()
    let (changed, event, step) = try await pushes.database.writeRegardless { transaction in
      let current = try pushes.require(push.id, transaction)
      if let exchange = result.change.exchange, let outcome = result.outcome {
        try journal.conclude(exchange, outcome, result.change.problem, in: transaction, now: now)
      }
      if result.isProbe { try pushes.countProbe(push.id, in: transaction) }
      guard try pushes.queue.isHeld(lease, in: transaction) else {
        let (known, event) = try knownAfterAll(result, current, in: transaction, at: now)
        return (known, event, Self.step(after: event))
      }
      guard current.machine.state(after: result.change.event) != nil else {
        // A person decided meanwhile: what the platform said still counts, and the work looks again at how it stands.
        let (known, event) = try knownAfterAll(result, current, in: transaction, at: now)
        try finish(.snooze(seconds: 0), lease, nil, in: transaction, at: now)
        return (known, event, Self.step(after: event))
      }
      let changed = try pushes.apply(result.change, to: current, in: transaction, at: now)
      try finish(result.step, lease, result.change.problem, in: transaction, at: now)
      return (changed, result.change.event as PushEvent?, result.step as PushPolicy.Step?)
    }
    guard let event, let step else { return }
    tell(changed, event, step, event == .secondEffect ? Self.secondEffect : result.change.problem)
  }

  /// How what came too late to decide is told: somebody has to look at a second effect.
  private static func step(after event: PushEvent?) -> PushPolicy.Step? {
    event.map { $0 == .secondEffect ? .park : .end }
  }

  /// What was learned of the platform counts also where somebody else has the work by now. Where the push was accepted by another request meanwhile, this
  /// one may have had its effect too: nobody can undo that, and somebody has to know.
  private func knownAfterAll(
    _ result: Result, _ current: Push, in transaction: Transaction, at now: Timestamp
  ) throws -> (Push, PushEvent?) {
    var late = result.change
    switch result.change.event {
    case .accepted, .found: late.event = .late
    case .lost: late.event = .secondEffect
    default: return (current, nil)
    }
    if current.state == .accepted, current.exchange != result.change.exchange { late.event = .secondEffect }
    guard current.machine.state(after: late.event) != nil,
      late.event != .secondEffect || current.exchange != result.change.exchange
    else { return (current, nil) }
    if late.event == .secondEffect {
      // The exchange that counts stays the one that was accepted.
      late = PushChange(.secondEffect)
      late.problem = Self.secondEffect
    }
    return (try pushes.apply(late, to: current, in: transaction, at: now), late.event)
  }

  private static let secondEffect = ExchangeProblem(
    code: "second-effect-possible", errorClass: .platform,
    message: "a process that was held up had sent the push too, after another had taken it over",
    remedy: "ask the platform whether it has it twice, and have one withdrawn")

  /// Ends the lease without a step of the push.
  func end(
    _ lease: WorkLease, _ push: Push, _ step: PushPolicy.Step, problem: ExchangeProblem? = nil
  ) async throws {
    let now = environment.now()
    try await pushes.database.writeRegardless { transaction in
      try finish(step, lease, problem, in: transaction, at: now)
    }
  }

  func finish(
    _ step: PushPolicy.Step, _ lease: WorkLease, _ problem: ExchangeProblem?, in transaction: Transaction,
    at now: Timestamp
  ) throws {
    let queue = pushes.queue
    let trouble = WorkProblem(
      code: problem?.code ?? "push-undecided", errorClass: problem?.errorClass ?? .transient)
    switch step {
    case .end: try queue.complete(lease, in: transaction, now: now)
    case .retry(let seconds):
      try queue.retry(lease, at: now.advanced(bySeconds: seconds), trouble, in: transaction, now: now)
    case .snooze(let seconds):
      try queue.snooze(lease, until: now.advanced(bySeconds: seconds), in: transaction, now: now)
    case .park: try queue.park(lease, trouble, in: transaction, now: now)
    }
  }
}
