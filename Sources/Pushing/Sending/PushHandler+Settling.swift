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
    /// Instead of the end, where an earlier request may have had its effect.
    var inDoubt = PushPolicy.Step.snooze(seconds: 0)
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
    let told = try await pushes.database.writeRegardless { transaction in
      let current = try pushes.require(push.id, transaction)
      if let exchange = result.change.exchange, let outcome = result.outcome,
        try Self.mayConclude(exchange, of: current, result, in: transaction)
      {
        // Of a push that is accepted already nobody asks what became of another request: the push's history says that it may have happened twice.
        let isSuperseded = outcome == .unknown && current.state == .accepted
        try journal.conclude(
          exchange, isSuperseded ? .failed : outcome,
          isSuperseded ? Pushes.superseded : result.change.problem,
          in: transaction, now: now)
      }
      if result.isProbe { try pushes.countProbe(push.id, in: transaction) }
      guard try pushes.queue.isHeld(lease, in: transaction) else {
        return try knownAfterAll(result, current, in: transaction, at: now)
      }
      guard Self.isDecided(result, for: push, by: current) else {
        // A person decided meanwhile, or something was learned: what the platform said still counts, and the work looks again at how it stands.
        let told = try knownAfterAll(result, current, in: transaction, at: now)
        let state = told?.push.state ?? current.state
        let step = state == .unknown && result.inDoubt != .park ? result.inDoubt : .snooze(seconds: 0)
        try finish(step, lease, nil, in: transaction, at: now)
        return told
      }
      let changed = try pushes.apply(result.change, to: current, in: transaction, at: now)
      let step = Self.step(of: result, to: changed)
      try finish(step, lease, result.change.problem, in: transaction, at: now)
      if changed.state == .accepted, try pushes.mayHaveTwo(changed, by: result.change.event, in: transaction)
      {
        return try secondEffect(of: changed, in: transaction, at: now)
      }
      return Told(changed, result.change.event, step, result.change.problem)
    }
    if let told { tell(told.push, told.event, told.step, told.problem) }
  }

  /// What the platform answered to a request is how that ended, whatever had been thought. All else is said of what nobody knows; that it was lost, also of what was
  /// only thought not to have happened.
  private static func mayConclude(
    _ exchange: ExchangeID, of current: Push, _ result: Result, in transaction: Transaction
  ) throws -> Bool {
    guard result.isProbe || result.outcome == .unknown else { return true }
    guard let conclusion = try Journal.conclusion(of: exchange, in: transaction) else { return false }
    if conclusion.outcome == .unknown { return true }
    return !result.isProbe && current.state != .accepted
      && conclusion.problemCode.map(Pushes.thoughtAbsent.contains) ?? false
  }

  /// What becomes of the work of a push that a result brought where it stands.
  private static func step(of result: Result, to push: Push) -> PushPolicy.Step {
    switch (result.change.event, push.state) {
    // What is not there is sent, unless it was not to be sent before.
    case (.absent, .parked): .park
    case (.absent, _) where push.state.isFinal: .end
    default: result.step == .end && !push.state.isFinal ? result.inDoubt : result.step
    }
  }

  /// Whether a result still fits: the push stands as it stood when the step was taken, and where the platform said that it has nothing, nothing was learned since.
  private static func isDecided(_ result: Result, for push: Push, by current: Push) -> Bool {
    guard current.state == push.state, current.machine.state(after: result.change.event) != nil else {
      return false
    }
    return result.change.event != .absent || current.changed == push.changed
  }

  /// Ends the lease without a step of the push.
  func end(
    _ lease: WorkLease, _ push: Push, _ step: PushPolicy.Step, problem: ExchangeProblem? = nil
  ) async throws {
    let now = environment.now()
    try await pushes.database.writeRegardless { transaction in
      // What was decided meanwhile, by a person or by what came late, is not overwritten: the work looks again at how it stands.
      let isAsBefore = try pushes.require(push.id, transaction).state == push.state
      try finish(isAsBefore ? step : .snooze(seconds: 0), lease, problem, in: transaction, at: now)
    }
  }

  /// Ends the lease of a push that moved on by itself: it is looked at again, and what is in doubt by then not before the platform is sure to know.
  func lookAgain(_ lease: WorkLease, _ push: Push, _ route: PushRoute) async throws {
    let now = environment.now()
    try await pushes.database.writeRegardless { transaction in
      let isAsked = try pushes.require(push.id, transaction).state == .unknown && route.probe != nil
      try finish(isAsked ? inDoubt(route) : .snooze(seconds: 0), lease, nil, in: transaction, at: now)
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
