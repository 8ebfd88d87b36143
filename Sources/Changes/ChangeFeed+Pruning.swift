public import CivilTime
import SQLDatabase

extension ChangeFeed {
  /// Removes changes from the beginning that came before `time`, in portions; returns how many.
  ///
  /// A reader whose place is before what was removed is told so instead of missing them in silence.
  ///
  /// - Parameter spared: moments that may really be at `time` or later, in milliseconds: the first change of one of them ends it.
  @discardableResult
  public func prune(
    before time: Timestamp, sparing spared: [ClosedRange<Int64>] = [], portion: Int = 5_000
  ) async throws -> Int {
    var removed = 0
    while true {
      let count = try await database.write {
        try Self.prune(before: time, sparing: spared, limit: portion, $0)
      }
      removed += count
      guard count == portion else { return removed }
    }
  }

  private static func prune(
    before time: Timestamp, sparing spared: [ClosedRange<Int64>], limit: Int, _ transaction: Transaction
  ) throws -> Int {
    var last: Int64?
    try transaction.forEach(
      "SELECT sequence, moment FROM change ORDER BY sequence LIMIT ?1", .int(limit)
    ) { row in
      // The first that stays ends it: a clock that was set back meanwhile makes no gap.
      let moment = row.int(1)
      guard moment < time.milliseconds, !spared.contains(where: { $0.contains(moment) }) else { return false }
      last = row.int(0)
      return true
    }
    guard let last else { return 0 }
    let count = try transaction.execute("DELETE FROM change WHERE sequence <= ?1", .int(last))
    // Of a restored copy the rows from before are behind nobody's place any more.
    try transaction.execute(
      "UPDATE change_feed SET removed = CASE WHEN removed < ?1 THEN ?1 ELSE removed END WHERE id = 1",
      .int(last))
    return count
  }
}
