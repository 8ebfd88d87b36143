import CivilTime
import Exchanges
import SQLDatabase

extension Replays {
  /// Writes down what became of an item.
  func keep(
    _ result: ReplayResult, _ item: ReplayItem, of id: ReplayID, in transaction: Transaction,
    at moment: Timestamp
  ) throws {
    let isDecided = result.state != .pending && result.state != .waiting
    try transaction.execute(
      """
      UPDATE replay_item SET state = ?3, repetition = ?4, problem_code = ?5, problem_class = ?6, new = ?7,
        changed = ?8, unchanged = ?9, finished = ?10,
        start_number = (SELECT starts FROM replay WHERE id = ?1)
      WHERE replay = ?1 AND number = ?2
      """, .int(id.rawValue), .int(item.number), .text(result.state.rawValue),
      .intOrNull(result.repetition), .textOrNull(result.problemCode),
      .textOrNull(result.problemClass?.rawValue), .int(result.records.new), .int(result.records.changed),
      .int(result.records.unchanged), .intOrNull(isDecided ? moment.milliseconds : nil))
  }

  /// Whether the latest items failed, or are in doubt, which is no success either; oldest first, and only those since the replay was last started.
  func latestResults(of id: ReplayID, limit: Int) async throws -> [Bool] {
    try await database.read { reader in
      let start = try reader.int("SELECT starts FROM replay WHERE id = ?1", .int(id.rawValue))
      // Each state from its end, as the index has it: a replay may have a million items.
      return try reader.query(
        """
        SELECT state <> 'succeeded' FROM (
          SELECT number, state FROM (
            SELECT number, state FROM replay_item
            WHERE replay = ?1 AND state = 'succeeded' AND start_number = ?2
            ORDER BY number DESC LIMIT ?3) AS succeeded
          UNION ALL
          SELECT number, state FROM (
            SELECT number, state FROM replay_item
            WHERE replay = ?1 AND state = 'failed' AND start_number = ?2
            ORDER BY number DESC LIMIT ?3) AS failed
          UNION ALL
          SELECT number, state FROM (
            SELECT number, state FROM replay_item
            WHERE replay = ?1 AND state = 'unknown' AND start_number = ?2
            ORDER BY number DESC LIMIT ?3) AS doubtful) AS latest
        ORDER BY number DESC LIMIT ?3
        """, .int(id.rawValue), .int(start), .int(limit)
      ) { $0.flag(0) }.reversed()
    }
  }

  /// How many items were decided since the replay was last started.
  func finishedSinceStart(of id: ReplayID) async throws -> Int {
    try await database.read { reader in
      Int(
        try reader.int(
          """
          SELECT count(*) FROM replay_item WHERE replay = ?1 AND state IN ('succeeded', 'failed', 'unknown')
            AND start_number = (SELECT starts FROM replay WHERE id = ?1)
          """, .int(id.rawValue)))
    }
  }

  /// The sum of what came out of a replay.
  public func records(of id: ReplayID) async throws -> ReplayRecords {
    try await database.read { reader in
      try reader.first(
        "SELECT sum(new), sum(changed), sum(unchanged) FROM replay_item WHERE replay = ?1", .int(id.rawValue)
      ) { ReplayRecords(new: Int($0.int(0)), changed: Int($0.int(1)), unchanged: Int($0.int(2))) }
        ?? ReplayRecords()
    }
  }
}
