import Changes
public import CivilTime
import Crypto
import Exchanges
public import SQLDatabase

/// How a holder ends its lease, in the transaction of what it brought about. Each throws `WorkError` `leaseLost` when the item is not its own any more, and
/// then nothing of that transaction may be kept.
extension WorkQueue {
  /// It is done.
  public func complete(_ lease: WorkLease, in transaction: Transaction, now: Timestamp) throws {
    try require(
      transaction.execute(
        """
        UPDATE work_item SET state = 'done', ended = ?3, owner = NULL, lease_until = NULL, lease_length = NULL,
          payload = NULL
        WHERE id = ?1 AND fence = ?2 AND state = 'leased'
        """, .int(lease.id.rawValue), .int(lease.fence), .int(now.milliseconds)), lease)
    try promote(lease.sequence, transaction)
  }

  /// It failed and is tried again at `time`; that used up an attempt. It stays the head of its sequence.
  ///
  /// - Parameter isSettled: the holder knows what became of whatever a holder before it had left, so the next lease is no takeover and no
  ///   holder before counts as vanished any more.
  public func retry(
    _ lease: WorkLease, at time: Timestamp, _ problem: WorkProblem, isSettled: Bool = true,
    in transaction: Transaction, now: Timestamp
  ) throws {
    try require(
      transaction.execute(
        """
        UPDATE work_item SET state = 'ready', due = ?3, said = ?9, attempts = attempts + 1, owner = NULL,
          lease_until = NULL, lease_length = NULL, orphaned = CASE WHEN ?4 = 1 THEN 0 ELSE orphaned END,
          vanished = CASE WHEN ?4 = 1 THEN 0 ELSE vanished END,
          problem_code = ?5, problem_class = ?6, problem_message = ?7, problem_remedy = ?8
        WHERE id = ?1 AND fence = ?2 AND state = 'leased'
        """,
        [.int(lease.id.rawValue), .int(lease.fence), .int(time.milliseconds), .flag(isSettled)]
          + problem.columns + [.int(now.milliseconds)]), lease)
    changed(in: transaction)
  }

  /// Its time has not come yet: closed hours, a used-up day, a pause. No attempt is used up.
  ///
  /// - Parameters:
  ///   - isSettled: as for ``retry(_:at:_:isSettled:in:now:)``.
  ///   - priority: its own from now on; nil: it keeps the one it has.
  public func snooze(
    _ lease: WorkLease, until time: Timestamp, isSettled: Bool = true, priority: Int? = nil,
    in transaction: Transaction, now: Timestamp
  ) throws {
    try require(
      transaction.execute(
        """
        UPDATE work_item SET state = 'ready', due = ?3, said = ?5, owner = NULL, lease_until = NULL,
          lease_length = NULL, orphaned = CASE WHEN ?4 = 1 THEN 0 ELSE orphaned END,
          vanished = CASE WHEN ?4 = 1 THEN 0 ELSE vanished END, priority = coalesce(?6, priority)
        WHERE id = ?1 AND fence = ?2 AND state = 'leased'
        """, .int(lease.id.rawValue), .int(lease.fence), .int(time.milliseconds), .flag(isSettled),
        .int(now.milliseconds), .intOrNull(priority.map { Int64($0) })), lease)
    changed(in: transaction)
  }

  /// It belongs to another lane, where its turn comes anew. No attempt is used up, and what is known of holders before stays known.
  public func move(
    _ lease: WorkLease, to lane: String, priority: Int, in transaction: Transaction, now: Timestamp
  ) throws {
    try check(lease, in: transaction)
    let digest = try transaction.first(
      "SELECT content_digest FROM work_item WHERE id = ?1", .int(lease.id.rawValue)
    ) { $0.blob(0) }
    guard let digest else { throw WorkQueue.lost(lease) }
    // The payload is sealed for its place, and the lane is part of that.
    let place = WorkIdentity(
      kind: lease.kind, lane: lane, businessKey: lease.businessKey, contentDigest: digest)
    try require(
      transaction.execute(
        """
        UPDATE work_item SET state = 'ready', lane = ?3, payload = ?4, priority = ?5, due = ?6, said = ?6, owner = NULL,
          lease_until = NULL, lease_length = NULL
        WHERE id = ?1 AND fence = ?2 AND state = 'leased'
        """, .int(lease.id.rawValue), .int(lease.fence), .text(lane),
        .blob(sealer.seal(lease.payload, context: place.context)), .int(priority), .int(now.milliseconds)),
      lease)
    changed(in: transaction)
  }

  /// The holder stops: others may do it at once. No attempt is used up.
  ///
  /// - Parameter wasBegun: the next holder's lease counts as a takeover.
  public func giveBack(
    _ lease: WorkLease, wasBegun: Bool, in transaction: Transaction, now: Timestamp
  ) throws {
    try require(
      transaction.execute(
        """
        UPDATE work_item SET state = 'ready', due = ?3, said = ?3, owner = NULL, lease_until = NULL,
          lease_length = NULL, orphaned = CASE WHEN ?4 = 1 THEN 1 ELSE orphaned END
        WHERE id = ?1 AND fence = ?2 AND state = 'leased'
        """, .int(lease.id.rawValue), .int(lease.fence), .int(now.milliseconds), .flag(wasBegun)), lease)
    changed(in: transaction)
  }

  /// It cannot be done without a person. Its sequence waits; everything else goes on.
  public func park(
    _ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp
  ) throws {
    try require(
      transaction.execute(
        """
        UPDATE work_item SET state = 'parked', attempts = attempts + 1, owner = NULL, lease_until = NULL,
          lease_length = NULL, problem_code = ?3, problem_class = ?4, problem_message = ?5, problem_remedy = ?6
        WHERE id = ?1 AND fence = ?2 AND state = 'leased'
        """, [.int(lease.id.rawValue), .int(lease.fence)] + problem.columns), lease)
    try changes?.append(
      NewChange(
        .workParked, "work-\(lease.id)",
        [
          "work": .word(lease.kind.rawValue), "lane": .word(lease.lane), "problem": .word(problem.code),
          "class": .word(problem.errorClass.rawValue),
        ]), in: transaction, at: now)
  }

  /// For a transaction that stores a part of the work: throws when the lease has been lost.
  public func check(_ lease: WorkLease, in reader: Reader) throws {
    guard try isHeld(lease, in: reader) else { throw WorkQueue.lost(lease) }
  }

  /// Whether the item is still the holder's, and not ended.
  public func isHeld(_ lease: WorkLease, in reader: Reader) throws -> Bool {
    try reader.first(
      "SELECT 1 FROM work_item WHERE id = ?1 AND fence = ?2 AND state = 'leased'", .int(lease.id.rawValue),
      .int(lease.fence)
    ) { _ in true } ?? false
  }

  private func require(_ changedRows: Int, _ lease: WorkLease) throws(WorkError) {
    guard changedRows == 1 else { throw WorkQueue.lost(lease) }
  }

  private static func lost(_ lease: WorkLease) -> WorkError {
    WorkError(
      .leaseLost, "\(lease) is somebody else's by now, or has ended",
      remedy: "nothing: whoever holds it goes on with it")
  }
}

extension WorkProblem {
  /// Code, class, message and remedy.
  fileprivate var columns: [SQLValue] {
    [.text(code), .text(errorClass.rawValue), .text(message), .text(remedy)]
  }
}
