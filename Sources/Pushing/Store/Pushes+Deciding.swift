import Adapters
public import CivilTime
public import Exchanges
import Journal
public import SQLDatabase
import Work

extension Pushes {
  /// What a person decides about a push.
  public enum Decision: Sendable {
    /// The platform has it, under this number where one is known.
    case happened(receipt: String?)
    /// The platform does not have it: it is sent again, with all its tries; what had been refused, taken back or set aside before is so again. Of what ended in
    /// an older copy: neither has it what may have repeated it since.
    case didNotHappen
    /// What stands still is tried again, with all its tries; what is unknown is asked about again, as often as at first.
    case retry
    /// It is taken back before it is sent.
    case cancel
  }

  /// Takes a person's decision, with name and reason, and lets the work go on accordingly.
  ///
  /// - Parameters:
  ///   - priority: of its work from now on; nil: it keeps the one it has.
  ///   - keep: writes down that it was done, in the same transaction.
  /// - Throws: `PushError` where the push does not allow it now.
  @discardableResult
  public func decide(
    _ decision: Decision, about id: PushID, by signOff: SignOff, priority: Int? = nil,
    keep: @escaping @Sendable (Push, Transaction) throws -> Void = { _, _ in }
  ) async throws -> Push {
    let moment = now()
    return try await database.write { transaction in
      let push = try self.require(id, transaction)
      guard push.duplicateOf == nil else {
        throw PushError(
          .notNow,
          "push \(id) is a duplicate of \(push.duplicateOf?.description ?? ""), which decides for both",
          remedy: "decide about that one")
      }
      var change = PushChange(decision.event)
      change.signOff = signOff
      // Of a request that was refused beside it the platform has said how that ended: it is another one that may have happened.
      let doubted = push.state == .unknown ? try self.doubted(push, in: transaction) : nil
      if case .happened(let receipt) = decision {
        change.acknowledgement = Acknowledgement(receipt: receipt, state: nil, isDuplicate: false)
        change.exchange = doubted
      }
      if let doubted, let outcome = decision.outcome {
        // Who says so, and why, is sealed with the exchange, and the chain commits to it.
        try self.journal.conclude(
          doubted, outcome, decision.problem(signedBy: signOff), in: transaction, now: moment)
      }
      let changed = try self.apply(change, to: push, in: transaction, at: moment)
      try self.prove(change.event, by: signOff, about: push, in: transaction, at: moment)
      // Whoever works on it next finds how it stands; a call under way finds it when it ends.
      if let work = push.work {
        if change.event.beginsAnew { try self.queue.beginAnew(work, in: transaction) }
        try self.queue.hasten(work, priority: priority, in: transaction, now: moment)
      }
      try keep(changed, transaction)
      return changed
    }
  }

  /// Takes a push back that has not been sent; nothing happens to any other.
  ///
  /// - Returns: whether it was taken back.
  public func takeBack(
    _ id: PushID, by signOff: SignOff, in transaction: Transaction, at moment: Timestamp
  ) throws -> Bool {
    let push = try require(id, transaction)
    guard push.state == .queued else { return false }
    var change = PushChange(.cancelled)
    change.signOff = signOff
    try apply(change, to: push, in: transaction, at: moment)
    try prove(.cancelled, by: signOff, about: push, in: transaction, at: moment)
    if let work = push.work { try queue.hasten(work, in: transaction, now: moment) }
    return true
  }
}

extension Pushes.Decision {
  var event: PushEvent {
    switch self {
    case .happened: .signedHappened
    case .didNotHappen: .signedAbsent
    case .retry: .released
    case .cancel: .cancelled
    }
  }

  /// What the decision says about the exchange whose outcome was unknown.
  var outcome: Outcome? {
    switch self {
    case .happened: .succeeded
    case .didNotHappen: .failed
    case .retry, .cancel: nil
    }
  }

  func problem(signedBy signOff: SignOff) -> ExchangeProblem {
    let word = if case .happened = self { "has" } else { "does not have" }
    return ExchangeProblem(
      code: event.rawValue, errorClass: .transient,
      message: "no answer came; \(signOff.name) says that the platform \(word) it: \(signOff.reason)",
      remedy: "nothing")
  }
}
