public import CivilTime
import SQLDatabase
import Work

extension Pushes {
  /// Puts everything in doubt that may have been sent since the copy was made which this database now is: the platform is asked before it is sent again, and where
  /// it cannot be asked a person has to find out. What was parked and is not at the platform is parked again.
  ///
  /// - Returns: how many pushes that were.
  public func doubtAll(at moment: Timestamp) async throws -> Int {
    try await database.write { transaction in
      // How long the machine had been up tells nothing about the one on which the copy is now.
      try transaction.execute("UPDATE push SET lost = NULL WHERE lost IS NOT NULL")
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
}
