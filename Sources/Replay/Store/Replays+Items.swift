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
    // As it is by now: it may have been decided since it was read.
    let before = try transaction.first(
      "SELECT state FROM replay_item WHERE replay = ?1 AND number = ?2", .int(id.rawValue), .int(item.number)
    ) { ReplayItem.State(rawValue: $0.text(0)) }
    guard let before = before ?? nil else {
      throw Self.unreadable(id, "item \(item.number) is gone, or in an unknown state")
    }
    try transaction.execute(
      """
      UPDATE replay_item SET state = ?3, repetition = ?4, problem_code = ?5, problem_class = ?6, new = new + ?7,
        changed = changed + ?8, unchanged = unchanged + ?9, finished = ?10,
        start_number = (SELECT starts FROM replay WHERE id = ?1)
      WHERE replay = ?1 AND number = ?2
      """, .int(id.rawValue), .int(item.number), .text(result.state.rawValue),
      .intOrNull(result.repetition), .textOrNull(result.problemCode),
      .textOrNull(result.problemClass?.rawValue), .int(result.records.new), .int(result.records.changed),
      .int(result.records.unchanged), .intOrNull(isDecided ? moment.milliseconds : nil))
    try count(result.records, from: before, to: result.state, of: id, in: transaction)
  }

  /// Writes down what a part of an item has brought about, whose rest is still to come.
  ///
  /// - Parameter stored: how many of its records are stored by then.
  func keep(
    part records: ReplayRecords, stored: Int, _ item: ReplayItem, of id: ReplayID,
    in transaction: Transaction
  ) throws {
    try transaction.execute(
      """
      UPDATE replay_item SET new = new + ?3, changed = changed + ?4, unchanged = unchanged + ?5, stored = ?6
      WHERE replay = ?1 AND number = ?2
      """, .int(id.rawValue), .int(item.number), .int(records.new), .int(records.changed),
      .int(records.unchanged), .int(stored))
    try count(records, from: item.state, to: item.state, of: id, in: transaction)
  }

  /// What was stopped in the middle of what it stores; nil where nothing was.
  public func unfinished(_ id: ReplayID) async throws -> ReplayItem? {
    // Items are done in their order, and what was left in the middle is the first that is taken up again.
    try await items(of: id, state: .pending, limit: 1).first { $0.stored > 0 }
  }

  /// Moves the counts with an item.
  private func count(
    _ records: ReplayRecords, from before: ReplayItem.State, to after: ReplayItem.State, of id: ReplayID,
    in transaction: Transaction
  ) throws {
    func change(_ state: ReplayItem.State) -> SQLValue {
      .int((after == state ? 1 : 0) - (before == state ? 1 : 0))
    }
    try transaction.execute(
      """
      UPDATE replay SET pending = pending + ?2, waiting = waiting + ?3, succeeded = succeeded + ?4,
        failed = failed + ?5, doubtful = doubtful + ?6, records_new = records_new + ?7,
        records_changed = records_changed + ?8, records_unchanged = records_unchanged + ?9
      WHERE id = ?1
      """, .int(id.rawValue), change(.pending), change(.waiting), change(.succeeded), change(.failed),
      change(.unknown), .int(records.new), .int(records.changed), .int(records.unchanged))
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
    try await replay(id).records
  }
}
