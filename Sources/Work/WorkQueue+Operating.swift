public import CivilTime
import Crypto
public import SQLDatabase

extension WorkQueue {
  /// An operator lets a parked item run again, with all its attempts. It has kept its place in its sequence.
  ///
  /// - Throws: `WorkError` `notFound`, or `wrongState` for one that is not parked.
  public func release(
    _ id: WorkID, at time: Timestamp, in transaction: Transaction, now: Timestamp
  ) throws {
    let released = try transaction.execute(
      """
      UPDATE work_item SET state = 'ready', attempts = 0, vanished = 0, due = ?2, said = ?3
      WHERE id = ?1 AND state = 'parked'
      """, .int(id.rawValue), .int(max(time, now).milliseconds), .int(now.milliseconds))
    if released == 1 {
      changed(in: transaction)
      return
    }
    let (state, _) = try standing(id, transaction)
    throw WorkError(
      .wrongState, "work \(id) is \(state.rawValue), not parked",
      remedy: "only what is parked can be released")
  }

  /// What the item is about has changed: it is looked at again now, wherever it stands. One that is being done, has its turn to come or has ended stays so.
  ///
  /// - Parameter priority: its own from now on; nil: it keeps the one it has.
  public func hasten(
    _ id: WorkID, priority: Int? = nil, in transaction: Transaction, now: Timestamp
  ) throws {
    try transaction.execute(
      """
      UPDATE work_item SET state = 'ready', due = ?2, said = ?2, priority = coalesce(?3, priority),
        vanished = CASE WHEN state = 'parked' THEN 0 ELSE vanished END
      WHERE id = ?1 AND state IN ('ready', 'parked')
      """, .int(id.rawValue), .int(now.milliseconds), .intOrNull(priority.map { Int64($0) }))
    changed(in: transaction)
  }

  /// What the item is about begins anew: it has all its attempts again, wherever it stands.
  public func beginAnew(_ id: WorkID, in transaction: Transaction) throws {
    try transaction.execute(
      "UPDATE work_item SET attempts = 0 WHERE id = ?1 AND state NOT IN ('done', 'cancelled')",
      .int(id.rawValue))
  }

  /// Whether an item is still to be done, or being done. What was pruned is not.
  public func isOpen(_ id: WorkID, in reader: Reader) throws -> Bool {
    try reader.first(
      "SELECT 1 FROM work_item WHERE id = ?1 AND state NOT IN ('done', 'cancelled')", .int(id.rawValue)
    ) { _ in true } ?? false
  }

  /// An operator takes an item out. The next of its sequence comes forward; the same thing may be enqueued again.
  ///
  /// - Throws: `WorkError` `notFound`, `leased` while somebody works on it, `wrongState` for one that has ended.
  public func cancel(_ id: WorkID, in transaction: Transaction, now: Timestamp) throws {
    let (state, sequence) = try standing(id, transaction)
    switch state {
    case .leased:
      throw WorkError(
        .leased, "work \(id) is being done just now", remedy: "wait until it has ended, then look again")
    case .done, .cancelled:
      throw WorkError(.wrongState, "work \(id) is \(state.rawValue) already")
    case .waiting, .ready, .parked:
      try transaction.execute(
        "UPDATE work_item SET state = 'cancelled', ended = ?2, payload = NULL WHERE id = ?1",
        .int(id.rawValue), .int(now.milliseconds))
      if state != .waiting { try promote(sequence, transaction) }
    }
  }

  /// Takes out everything of a sequence that has not ended, so that nothing of it is done any more; the same things may be enqueued again.
  ///
  /// - Parameter lease: of the caller, whose item is taken out as well. What others hold is left to them.
  /// - Throws: `WorkError` `leaseLost` when the caller's item is its own no longer.
  /// - Returns: how many were taken out.
  @discardableResult
  public func cancelAll(
    of sequence: String, holding lease: WorkLease? = nil, in transaction: Transaction, now: Timestamp
  ) throws -> Int {
    if let lease { try check(lease, in: transaction) }
    // In two steps, each by an index of its own; the head last, so that no other comes forward.
    let waiting = try transaction.execute(Self.cancelWaiting, .text(sequence), .int(now.milliseconds))
    return waiting
      + (try transaction.execute(
        Self.cancelHead, .text(sequence), .int(now.milliseconds), .int(lease?.id.rawValue ?? 0)))
  }

  static let cancelWaiting =
    """
    UPDATE work_item SET state = 'cancelled', ended = ?2, payload = NULL
    WHERE sequence = ?1 AND state = 'waiting'
    """
  static let cancelHead =
    """
    UPDATE work_item SET state = 'cancelled', ended = ?2, payload = NULL, owner = NULL, lease_until = NULL,
      lease_length = NULL
    WHERE sequence = ?1 AND sequence IS NOT NULL AND state IN ('ready', 'leased', 'parked')
      AND (state <> 'leased' OR id = ?3)
    """

  private func standing(_ id: WorkID, _ transaction: Transaction) throws -> (WorkState, sequence: String?) {
    let found = try transaction.first(
      "SELECT state, sequence FROM work_item WHERE id = ?1", .int(id.rawValue)
    ) { (try WorkState(column: $0.text(0)), $0.textOrNull(1)) }
    guard let found else { throw Self.notFound(id) }
    return found
  }

  /// Removes items that ended before `time`, oldest first, at most `limit` of them; returns how many. What is removed can be enqueued again: keep items for
  /// as long as doing them twice would matter.
  ///
  /// - Parameter spared: moments that may really be at `time` or later, in milliseconds: what ended at one of them stays.
  public func prune(
    doneBefore time: Timestamp, sparing spared: [ClosedRange<Int64>] = [], limit: Int
  ) async throws -> Int {
    try await database.write { transaction in
      try transaction.execute(
        """
        DELETE FROM work_item WHERE id IN (
          SELECT id FROM work_item WHERE ended IS NOT NULL AND ended < ?1\(spared.spared(in: "ended"))
          ORDER BY ended, id LIMIT ?2)
        """, .int(time.milliseconds), .int(limit))
    }
  }

  /// One portion of bringing payloads under the current key after a rotation: looks at up to `limit` items behind `position`.
  ///
  /// Returns the position to go on from, nil at the end, and how many were sealed anew.
  public func resealOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, resealed: Int)
  {
    let sealer = sealer
    return try await database.write { transaction in
      let rows = try transaction.query(
        """
        SELECT id, kind, lane, business_key, content_digest, payload FROM work_item
        WHERE id > ?1 AND payload IS NOT NULL ORDER BY id LIMIT ?2
        """, .int(position), .int(limit)
      ) { row in
        (
          id: row.int(0),
          identity: WorkIdentity(
            kind: try WorkKind(column: row.text(1)), lane: row.text(2), businessKey: row.blob(3),
            contentDigest: row.blob(4)),
          sealed: row.blob(5)
        )
      }
      var resealed = 0
      for row in rows where try sealer.isOutdated(row.sealed) {
        let plain = try sealer.open(row.sealed, context: row.identity.context)
        try transaction.execute(
          "UPDATE work_item SET payload = ?2 WHERE id = ?1", .int(row.id),
          .blob(sealer.seal(plain, context: row.identity.context)))
        resealed += 1
      }
      return (rows.count < limit ? nil : rows.last?.id, resealed)
    }
  }

  /// One portion of counting payloads that an older key seals.
  ///
  /// Returns the position to go on from, nil at the end.
  public func countOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, outdated: Int) {
    let sealer = sealer
    return try await database.read { reader in
      let rows = try reader.query(
        "SELECT id, payload FROM work_item WHERE id > ?1 AND payload IS NOT NULL ORDER BY id LIMIT ?2",
        .int(position), .int(limit)
      ) { (id: $0.int(0), isOutdated: try sealer.isOutdated($0.blob(1))) }
      return (rows.count < limit ? nil : rows.last?.id, rows.count { $0.isOutdated })
    }
  }
}
