import Adapters
import CivilTime
import Exchanges
import SQLDatabase
import Work

extension PushHandler {
  /// What is told of a push once it is written down.
  struct Told: Sendable {
    let push: Push
    let event: PushEvent
    let step: PushPolicy.Step
    let problem: ExchangeProblem?

    init(_ push: Push, _ event: PushEvent, _ step: PushPolicy.Step, _ problem: ExchangeProblem?) {
      self.push = push
      self.event = event
      self.step = step
      self.problem = problem
    }
  }

  /// What was learned of the platform counts also where somebody else has the work by now, or the push was decided otherwise. Where it was accepted by another
  /// request meanwhile, this one may have had its effect too: nobody can undo that, and somebody has to know.
  ///
  /// - Returns: nil where nothing new was learned.
  func knownAfterAll(
    _ result: Result, _ current: Push, in transaction: Transaction, at now: Timestamp
  ) throws -> Told? {
    let isAnother = current.exchange != result.change.exchange
    switch (result.change.event, current.state) {
    case (.accepted, .accepted), (.found, .accepted):
      let receipt = result.change.acknowledgement?.receipt
      // What has the same receipt is the same.
      if let receipt, try pushes.receipt(of: current, transaction) == receipt { return nil }
      if isAnother { return try secondEffect(of: current, in: transaction, at: now) }
      // A person had signed for it, and here is its receipt.
      guard receipt != nil, current.erased == nil else { return nil }
      return try accept(result.change, current, in: transaction, at: now)
    case (.lost, .accepted) where isAnother && current.idempotency != .nativeKey:
      return try secondEffect(of: current, in: transaction, at: now)
    case (.accepted, _), (.found, _):
      return try accept(result.change, current, in: transaction, at: now)
    // That is what the push waits to learn, or has learned.
    case (.lost, .accepted): return nil
    case (.lost, .sending) where !isAnother, (.lost, .unknown) where !isAnother: return nil
    case (.lost, _):
      return try doubt(result, current, in: transaction, at: now)
    default: return nil
    }
  }

  /// The acceptance of a request that counts no more.
  private func accept(
    _ change: PushChange, _ current: Push, in transaction: Transaction, at now: Timestamp
  ) throws -> Told {
    let (push, event, problem) = try pushes.acceptLate(change, current, in: transaction, at: now)
    return Told(push, event, event == .secondEffect ? .park : .end, problem)
  }

  /// A request that counts no more had left, and may have had its effect.
  private func doubt(
    _ result: Result, _ current: Push, in transaction: Transaction, at now: Timestamp
  ) throws -> Told {
    var late = result.change
    late.event = .lateLost
    // The one that is under way, or asked about already, keeps its place.
    late.keepsExchange = current.state == .sending || current.state == .unknown
    let known = try pushes.apply(late, to: current, in: transaction, at: now)
    // What is not to be sent is asked about, or a person's to find out.
    let step = known.returnsTo == nil ? result.step : result.inDoubt
    if !late.keepsExchange {
      try pushes.resume(known, at: now.advanced(bySeconds: step.seconds), in: transaction, now: now)
    }
    return Told(known, .lateLost, step, late.problem)
  }

  /// Writes down, and tells, that an accepted push may have had its effect twice.
  func secondEffect(of push: Push, in transaction: Transaction, at now: Timestamp) throws -> Told {
    let (push, event, problem) = try pushes.noteSecondEffect(of: push, in: transaction, at: now)
    return Told(push, event, .park, problem)
  }
}
