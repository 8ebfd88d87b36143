import CivilTime
import SQLDatabase

/// Watermarks that an operation reached before: from them a pull goes on when the clock stood ahead and is set right. What changed until the clock is past the
/// watermark again would be asked for by nobody.
///
/// Kept are the latest, and of those before ever fewer: one that is no older than it must be is found however long the clock was wrong.
enum PullMarks {
  /// Notes that everything up to `mark` has been pulled.
  static func add(_ mark: Timestamp, of key: OperationKey, in transaction: Transaction) throws {
    let numbers = try transaction.query(
      "SELECT number FROM pull_mark WHERE platform = ?1 AND operation = ?2 ORDER BY number",
      .text(key.platform), .text(key.operation)
    ) { $0.int(0) }
    let number = (numbers.last ?? 0) + 1
    try transaction.execute(
      "INSERT INTO pull_mark (platform, operation, number, moment) VALUES (?1, ?2, ?3, ?4)",
      .text(key.platform), .text(key.operation), .int(number), .int(mark.milliseconds))
    for old in numbers where !keeps(old, behind: number) {
      try transaction.execute(
        "DELETE FROM pull_mark WHERE platform = ?1 AND operation = ?2 AND number = ?3", .text(key.platform),
        .text(key.operation), .int(old))
    }
  }

  /// The latest that is not behind `now`, nil where there is none; those behind it are forgotten.
  static func fallBack(
    of key: OperationKey, to now: Timestamp, in transaction: Transaction
  ) throws -> Timestamp? {
    try transaction.execute(
      "DELETE FROM pull_mark WHERE platform = ?1 AND operation = ?2 AND moment > ?3", .text(key.platform),
      .text(key.operation), .int(now.milliseconds))
    return try transaction.first(
      "SELECT moment FROM pull_mark WHERE platform = ?1 AND operation = ?2 ORDER BY number DESC LIMIT 1",
      .text(key.platform), .text(key.operation)
    ) { Timestamp(milliseconds: $0.int(0)) }
  }

  /// Whether a mark is kept when another has its number: the last sixteen, every second of the sixteen pairs before, every fourth … Pure.
  static func keeps(_ old: Int64, behind new: Int64) -> Bool {
    new - old < 16 << min(old.trailingZeroBitCount, 40)
  }
}
