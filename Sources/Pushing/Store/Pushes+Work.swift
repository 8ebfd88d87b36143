import Adapters
public import SQLDatabase
public import Work

extension Pushes {
  /// Takes an operator's decision about an item of the queue. What a push stands behind is not decided here: the error names the push.
  ///
  /// - Parameter keep: writes down that it was done, in the same transaction.
  /// - Returns: the item after it.
  /// - Throws: `WorkError`.
  @discardableResult
  public func decide(
    _ decision: WorkDecision, aboutWork id: WorkID,
    keep: @escaping @Sendable (WorkItem, Transaction) throws -> Void = { _, _ in }
  ) async throws -> WorkItem {
    let moment = now()
    return try await database.write { transaction in
      if let push = try self.push(doneBy: id, in: transaction) {
        throw WorkError(
          .decidedElsewhere, "work \(id) is that of push \(push.id), which is \(push.state.rawValue)",
          remedy: "'push show \(push.id)' tells more; \(Self.waysOut(of: push))")
      }
      let item = try self.queue.decide(decision, about: id, in: transaction, now: moment)
      try keep(item, transaction)
      return item
    }
  }

  /// The push that an item of the queue stands for.
  public func push(doneBy work: WorkID, in reader: Reader) throws -> Push? {
    try reader.first(
      "SELECT \(Self.columns) FROM push WHERE work = ?1 AND work IS NOT NULL", .int(work.rawValue)
    ) { Push($0) }
  }

  private static func waysOut(of push: Push) -> String {
    switch push.state {
    case .unknown where push.idempotency == .neither:
      "find out what became of it and say so with 'push sign \(push.id)'"
    case .unknown:
      "'push retry \(push.id)' has the platform asked again; or find out what became of it and say so with 'push sign \(push.id)'"
    case .parked: "'push retry \(push.id)' tries it again, 'push cancel \(push.id)' takes it back"
    case .queued: "'push cancel \(push.id)' takes it back"
    case .sending: "wait until it has an answer"
    case .accepted, .refused, .cancelled: "nothing is left to decide"
    case .unrecognized: "a newer program wrote it: install that one"
    }
  }
}
