public import CivilTime
import SQLDatabase

extension Replays {
  /// Stops what was under way when the copy was made which this database now is: what it has done since is not known here.
  ///
  /// - Returns: how many replays that were.
  public func stopAll(at moment: Timestamp) async throws -> Int {
    try await database.write { transaction in
      let ids = try transaction.query(
        "SELECT id FROM replay WHERE state IN ('canary', 'running') ORDER BY id"
      ) { ReplayID($0.int(0)) }
      for id in ids {
        try self.apply(.stopped, to: try self.require(id, transaction), nil, in: transaction, at: moment)
      }
      return ids.count
    }
  }
}
