import Adapters
import CivilTime
import Exchanges
import SQLDatabase
import Work

/// What is known of requests besides the one that counts.
extension Pushes {
  /// Whether an accepted push may have had its effect twice: another request of it was lost since the platform last said that it had nothing, or what repeats it was handed in.
  ///
  /// - Parameter event: how it was accepted.
  func mayHaveTwo(_ push: Push, by event: PushEvent, in reader: Reader) throws -> Bool {
    if try liveRepetition(of: push.id, in: reader) != nil { return true }
    // The platform tells repetitions apart, or has just done so.
    guard push.idempotency != .nativeKey, !push.wasKnown else { return false }
    let lost = try reader.query(
      """
      SELECT DISTINCT exchange FROM push_event
      WHERE push = ?1 AND event IN ('lost', 'late-lost') AND exchange IS NOT NULL AND id > coalesce((
        SELECT max(id) FROM push_event WHERE push = ?1 AND event IN ('absent', 'signed-absent')), 0)
      """, .int(push.id.rawValue)
    ) { ExchangeID($0.int(0)) }
    // What was found is the effect of one of them; an answer is that of its own request.
    return event == .found ? lost.count > 1 : lost.contains { $0 != push.exchange }
  }

  /// The request of which nobody knows how it ended: the one that the push rests on, else the latest that was lost. nil: of each it is known.
  func doubted(_ push: Push, in reader: Reader) throws -> ExchangeID? {
    try reader.first(
      """
      SELECT id FROM exchange WHERE outcome = 'unknown' AND id IN (
        SELECT exchange FROM push WHERE id = ?1
        UNION SELECT exchange FROM push_event WHERE push = ?1 AND event IN ('lost', 'late-lost'))
      ORDER BY CASE WHEN id = ?2 THEN 0 ELSE 1 END, id DESC LIMIT 1
      """, .int(push.id.rawValue), .int(push.exchange?.rawValue ?? 0)
    ) { ExchangeID($0.int(0)) }
  }

  /// The receipt that is kept of a push; nil where there is none.
  func receipt(of push: Push, _ reader: Reader) throws -> String? {
    let sealed = try reader.first("SELECT receipt FROM push WHERE id = ?1", .int(push.id.rawValue)) {
      $0.blobOrNull(0)
    }
    return try (sealed ?? nil).flatMap { try acknowledgement($0, of: push).receipt }
  }

  /// Lets a push be worked on that had ended, or waited for something else: at `time`.
  func resume(_ push: Push, at time: Timestamp, in transaction: Transaction, now: Timestamp) throws {
    if let work = push.work, try queue.isOpen(work, in: transaction) {
      try queue.hasten(work, in: transaction, now: now)
      try queue.reschedule(work, at: time, in: transaction)
      return
    }
    let (business, events) =
      try transaction.first(
        "SELECT business, (SELECT count(*) FROM push_event WHERE push = ?1) FROM push WHERE id = ?1",
        .int(push.id.rawValue)
      ) { ($0.blob(0), $0.int(1)) } ?? ([], 0)
    let work = NewWork(
      // It had ended, and is only asked about: that waits for nothing that repeats it.
      kind: .push, lane: "\(push.platform)/\(push.operation)", businessKey: business,
      // Each time it is work of its own.
      contentDigest: Array("\(push.key) \(events)".utf8), payload: PushHandler.payload(push.id),
      notBefore: time)
    if case .added(let work) = try queue.enqueue(work, in: transaction, now: now) {
      try transaction.execute(
        "UPDATE push SET work = ?2 WHERE id = ?1", .int(push.id.rawValue), .int(work.rawValue))
    }
  }
}
