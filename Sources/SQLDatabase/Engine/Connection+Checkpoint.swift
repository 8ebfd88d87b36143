internal import CSQLite

/// What a checkpoint found and did, in pages of the write-ahead log.
public struct CheckpointResult: Hashable, Sendable {
  public let logPages: Int
  public let copiedPages: Int

  /// Whether the database file holds everything. Otherwise a long read keeps older pages in use, or another
  /// process was writing.
  public var isComplete: Bool { logPages == copiedPages }
}

extension Connection {
  enum CheckpointMode {
    /// Copies what it can without waiting for anybody.
    case passive
    /// Waits for readers and the writer and empties the log.
    case truncate
  }

  func checkpoint(_ mode: CheckpointMode) -> Result<CheckpointResult, DatabaseError> {
    var logPages: Int32 = 0
    var copied: Int32 = 0
    let flag = mode == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE
    let result = unsafe sqlite3_wal_checkpoint_v2(pointer, nil, flag, &logPages, &copied)
    guard result == SQLITE_OK else { return .failure(failure(statement: nil)) }
    return .success(CheckpointResult(logPages: max(0, Int(logPages)), copiedPages: max(0, Int(copied))))
  }
}
