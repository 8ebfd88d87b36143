public import CivilTime
import Registry
public import SQLDatabase

extension SyncRun {
  func save(_ transaction: Transaction) throws {
    let counts = report.counts
    _ = try transaction.execute(
      """
      INSERT INTO sync_run (platform, operation, started, finished, problem_code, problem_class, pages, rows, new,
        changed, unchanged, outranked, quarantined, skipped, bytes)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
      """, .text(key.platform), .text(key.operation), .int(report.started.milliseconds),
      .int(report.finished.milliseconds), .textOrNull(problemCode), .textOrNull(problemClass),
      .int(report.pages),
      .int(report.rows), .int(counts.new), .int(counts.changed), .int(counts.unchanged),
      .int(counts.outranked),
      .int(counts.quarantined), .int(report.skipped), .int(report.bytes))
  }

  init(_ row: borrowing Row) {
    key = OperationKey(platform: row.text(0), operation: row.text(1))
    var report = PullReport(started: Timestamp(milliseconds: row.int(2)))
    report.finished = Timestamp(milliseconds: row.int(3))
    problemCode = row.textOrNull(4)
    problemClass = row.textOrNull(5)
    report.pages = Int(row.int(6))
    report.rows = Int(row.int(7))
    report.counts.new = Int(row.int(8))
    report.counts.changed = Int(row.int(9))
    report.counts.unchanged = Int(row.int(10))
    report.counts.outranked = Int(row.int(11))
    report.counts.quarantined = Int(row.int(12))
    report.skipped = Int(row.int(13))
    report.bytes = Int(row.int(14))
    self.report = report
  }
}

/// Reads how pulls went.
public struct SyncHistory: Sendable {
  private let database: Database

  public init(database: Database) {
    self.database = database
  }

  public func standing(of key: OperationKey) async throws -> PullStanding {
    try await database.read { try Self.standing(of: key, $0) }
  }

  /// How each of them stands at one moment, in their order.
  public func standings(of keys: [OperationKey]) async throws -> [PullStanding] {
    try await database.read { reader in try keys.map { try Self.standing(of: $0, reader) } }
  }

  private static func standing(of key: OperationKey, _ reader: Reader) throws -> PullStanding {
    let (watermark, lastStarted) =
      try reader.first(
        "SELECT watermark, last_started FROM pull_state WHERE platform = ?1 AND operation = ?2",
        .text(key.platform), .text(key.operation)
      ) { row in
        (
          row.intOrNull(0).map { Timestamp(milliseconds: $0) },
          row.intOrNull(1).map { Timestamp(milliseconds: $0) }
        )
      } ?? (nil, nil)
    let runs = try reader.query(
      select + " WHERE platform = ?1 AND operation = ?2 ORDER BY id DESC LIMIT 1",
      .text(key.platform), .text(key.operation)
    ) { SyncRun($0) }
    let success = try reader.first(
      """
      SELECT finished FROM sync_run WHERE platform = ?1 AND operation = ?2 AND problem_code IS NULL
      ORDER BY id DESC LIMIT 1
      """, .text(key.platform), .text(key.operation)
    ) { Timestamp(milliseconds: $0.int(0)) }
    return PullStanding(
      watermark: watermark, lastStarted: lastStarted, lastRun: runs.first, lastSuccess: success)
  }

  /// The latest runs of all operations, newest first.
  public func runs(limit: Int = 100) async throws -> [SyncRun] {
    try await database.read { reader in
      try reader.query(Self.select + " ORDER BY id DESC LIMIT ?1", .int(limit)) { SyncRun($0) }
    }
  }

  private static let removedAtOnce = 500

  /// Removes the runs that ended before `end`, but of each operation the latest and the latest that succeeded. It can be ended at any point, and run again
  /// or twice at once.
  ///
  /// - Parameters:
  ///   - spared: moments that may really be at `end` or later, in milliseconds: what finished at one of them stays.
  ///   - isTrial: only tell what would go.
  ///   - pause: between two transactions, for whoever wants to write as well.
  /// - Returns: how many they are.
  public func prune(
    endedBefore end: Timestamp, sparing spared: [ClosedRange<Int64>] = [], isTrial: Bool,
    pause: Duration = .zero
  ) async throws -> Int {
    var (position, count) = (Int64(0), 0)
    while true {
      try Task.checkCancellation()
      let after = position
      let rows = try await database.read { reader in
        try reader.query(
          """
          SELECT run.id FROM sync_run AS run WHERE run.id > ?1 AND run.finished < ?2\(spared.spared(in: "run.finished"))
            AND run.id < (
              SELECT max(id) FROM sync_run AS other
              WHERE other.platform = run.platform AND other.operation = run.operation)
            AND (run.problem_code IS NOT NULL OR EXISTS (
              SELECT 1 FROM sync_run AS other WHERE other.platform = run.platform
                AND other.operation = run.operation AND other.id > run.id AND other.problem_code IS NULL))
          ORDER BY run.id LIMIT ?3
          """, .int(after), .int(end.milliseconds), .int(Self.removedAtOnce)
        ) { $0.int(0) }
      }
      guard let last = rows.last else { return count }
      if isTrial {
        count += rows.count
      } else {
        count += try await database.write { transaction in
          let delete = try transaction.prepare("DELETE FROM sync_run WHERE id = ?1")
          return try rows.reduce(0) { try $0 + delete.execute(.int($1)) }
        }
        if pause > .zero { try await Task.sleep(for: pause) }
      }
      position = last
    }
  }

  private static let select =
    """
    SELECT platform, operation, started, finished, problem_code, problem_class, pages, rows, new, changed,
      unchanged, outranked, quarantined, skipped, bytes FROM sync_run
    """
}
