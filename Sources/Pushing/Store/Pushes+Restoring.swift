public import CivilTime
import SQLDatabase
import Work

extension Pushes {
  /// Puts everything in doubt that may have been sent since the copy was made which this database now is: the platform is asked before it is sent again, and where
  /// it cannot be asked a person has to find out. What was parked and is not at the platform is parked again.
  ///
  /// What had ended without effect may have been handed in again since, under a key that nobody here knows and no platform can be asked about: it is not repeated
  /// before a person has found out and said so.
  ///
  /// - Returns: how many pushes that were.
  public func doubtAll(at moment: Timestamp) async throws -> Int {
    try await database.write { transaction in
      // How long the machine had been up tells nothing about the one on which the copy is now.
      try transaction.execute("UPDATE push SET lost = NULL WHERE lost IS NOT NULL")
      try self.doubtRepetitions(in: transaction, at: moment)
      let open = try transaction.query(
        """
        SELECT \(Self.columns) FROM push WHERE state IN ('queued', 'sending', 'parked') AND duplicate_of IS NULL
        ORDER BY id
        """
      ) { Push($0) }
      for push in open {
        try self.apply(PushChange(.restored), to: push, in: transaction, at: moment)
        if let work = push.work { try self.queue.hasten(work, in: transaction, now: moment) }
      }
      return open.count
    }
  }

  /// By two statements, not one by one: a site may have refused and cancelled pushes by the hundred thousand.
  private func doubtRepetitions(in transaction: Transaction, at moment: Timestamp) throws {
    try transaction.execute(
      """
      UPDATE push SET maybe_repeated = 1
      WHERE duplicate_of IS NULL AND (
        state IN ('refused', 'cancelled', 'parked')
        OR state = 'unknown' AND returns_to IS NOT NULL
        OR state = 'accepted' AND EXISTS (
          SELECT 1 FROM push AS other
          WHERE other.about = push.id AND other.about IS NOT NULL AND other.withdraws = 1 AND other.state = 'accepted'))
        AND NOT EXISTS (SELECT 1 FROM push AS later WHERE later.follows = push.id AND later.follows IS NOT NULL)
      """)
    // The others have an entry of their own.
    try transaction.execute(
      """
      INSERT INTO push_event (push, moment, event, state)
      SELECT id, ?1, ?2, state FROM push
      WHERE maybe_repeated = 1 AND state IN ('refused', 'cancelled', 'accepted') ORDER BY id
      """, .int(moment.milliseconds), .text(PushEvent.restored.rawValue))
  }
}
