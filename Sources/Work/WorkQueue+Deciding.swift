public import CivilTime
public import SQLDatabase

/// What an operator decides about an item.
public enum WorkDecision: String, CaseIterable, Sendable {
  /// What is parked runs again, with all its attempts.
  case release
  /// It is taken out. The next of its sequence comes forward.
  case cancel
}

extension WorkQueue {
  /// Takes an operator's decision about an item that stands for itself. The items of pushes and replays follow what is decided about those: an item that was
  /// taken out under a push would leave it waiting for ever. What a subscription is to be told can run again, but is not taken out.
  ///
  /// - Returns: the item after it.
  /// - Throws: `WorkError`: `notFound`, `leased`, `wrongState`, or `decidedElsewhere`.
  @discardableResult
  public func decide(
    _ decision: WorkDecision, about id: WorkID, in transaction: Transaction, now: Timestamp
  ) throws -> WorkItem {
    guard let item = try item(id, in: transaction) else { throw Self.notFound(id) }
    switch item.kind {
    case .pull, .inbound, .supply: break
    // A change that nobody was told of, without a trace that it was not.
    case .notification where decision == .cancel:
      throw WorkError(
        .decidedElsewhere, "work \(id) is a subscription's, and what is taken out would never be told",
        remedy: "'subscription list' shows it; mend its receiver, or 'subscription delete' ends it")
    case .notification: break
    case .push, .probe:
      throw WorkError(
        .decidedElsewhere, "work \(id) is a push's, which decides for it",
        remedy: "'push list' shows it; 'push retry', 'push sign' and 'push cancel' decide about it")
    case .replay:
      throw WorkError(
        .decidedElsewhere, "work \(id) is a replay's, which decides for it",
        remedy: "'replay list' shows it; 'replay start' and 'replay cancel' decide about it")
    // The archive would never be looked through, and nobody told.
    case .archive where decision == .cancel:
      throw WorkError(
        .decidedElsewhere, "work \(id) is an archive's, which it would leave as it is for ever",
        remedy:
          "'supply archive' says what is missing; it ends when that is there, or what it is about is erased")
    case .archive: break
    case .permit:
      // Released it looks at its case again; taken out it would leave the case waiting for ever.
      guard decision == .release else {
        throw WorkError(
          .decidedElsewhere, "work \(id) is a permit case's, which decides for it",
          remedy: "'permit list' shows it; 'permit withdraw' and 'permit enter' decide about its items")
      }
    }
    switch decision {
    case .release: try release(id, at: now, in: transaction, now: now)
    case .cancel: try cancel(id, in: transaction, now: now)
    }
    guard let changed = try self.item(id, in: transaction) else { throw Self.notFound(id) }
    return changed
  }

  static func notFound(_ id: WorkID) -> WorkError {
    WorkError(.notFound, "there is no work \(id)", remedy: "it may have been pruned")
  }
}
