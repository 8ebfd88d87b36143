public import CivilTime
import Exchanges
import SQLDatabase
import Work

extension Pushes {
  /// Puts everything in doubt that may have been sent since the copy was made which this database now is: the platform is asked before it is sent again, and where
  /// it cannot be asked a person has to find out. What is not at the platform is parked: it may have ended since, and have been handed in again as another.
  ///
  /// What had ended without effect, too, may have been handed in again since, under a key that nobody here knows and no platform can be asked about: it is not repeated
  /// before a person has found out and said so.
  ///
  /// - Returns: how many pushes that were.
  public func doubtAll(at moment: Timestamp) async throws -> Int {
    try await database.write { transaction in
      // How long the machine had been up tells nothing about the one on which the copy is now.
      try transaction.execute("UPDATE push SET lost = NULL WHERE lost IS NOT NULL")
      try self.doubtRepetitions(in: transaction, at: moment)
      try self.parkWhatIsAbsent(in: transaction)
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

  /// What waited to be sent, or was asked about to be sent again, and why it stands still where it is not there.
  private func parkWhatIsAbsent(in transaction: Transaction) throws {
    try transaction.execute(
      """
      UPDATE push SET former_exchange = exchange, former_problem_code = ?1, former_problem_class = ?2,
        returns_to = CASE WHEN state = 'unknown' THEN 'parked' ELSE returns_to END
      WHERE duplicate_of IS NULL AND (state IN ('queued', 'sending') OR state = 'unknown' AND returns_to IS NULL)
      """, .text(Self.restoredCode), .text(ErrorClass.transient.rawValue))
  }

  /// Of what is not at the platform: nobody knows whether something else is in its place.
  static let restoredCode = "restored-copy"

  /// By two statements, not one by one: a site may have refused and cancelled pushes by the hundred thousand.
  private func doubtRepetitions(in transaction: Transaction, at moment: Timestamp) throws {
    try transaction.execute(
      """
      UPDATE push SET maybe_repeated = 1
      WHERE duplicate_of IS NULL AND (
        state IN ('refused', 'cancelled', 'parked', 'queued', 'sending', 'unknown')
        OR state = 'accepted' AND EXISTS (
          SELECT 1 FROM push AS other
          WHERE other.about = push.id AND other.about IS NOT NULL AND other.withdraws = 1
            AND other.state NOT IN ('refused', 'cancelled')))
        AND NOT EXISTS (SELECT 1 FROM push AS later WHERE later.follows = push.id AND later.follows IS NOT NULL)
      """)
    // The others get an entry of their own.
    try transaction.execute(
      """
      INSERT INTO push_event (push, moment, event, state)
      SELECT id, ?1, ?2, state FROM push
      WHERE maybe_repeated = 1 AND state IN ('refused', 'cancelled', 'accepted', 'unknown') ORDER BY id
      """, .int(moment.milliseconds), .text(PushEvent.restored.rawValue))
  }
}
