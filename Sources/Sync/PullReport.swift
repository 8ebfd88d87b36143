public import CivilTime
public import Registry

/// What one run of an operation did.
public struct PullReport: Hashable, Sendable {
  public var pages = 0
  /// Rows the platform sent.
  public var rows = 0
  /// Rows that by the mapping's conditions give no record.
  public var skipped = 0
  public var counts = StoreCounts()
  /// Bytes of answers.
  public var bytes = 0
  public var started: Timestamp
  public var finished: Timestamp
  /// How far ahead of the clock the operation stood when the run began: the clock was set back, and what it has not truly come to was pulled again. nil: as it
  /// should be.
  public var setBack: Timestamp?
  /// What ended the run before everything was pulled; nil: it is complete. What the counts tell is stored either way.
  public var problem: SyncProblem?

  public init(started: Timestamp) {
    self.started = started
    finished = started
  }
}

/// A run as the history keeps it.
public struct SyncRun: Hashable, Sendable {
  public let key: OperationKey
  /// Without its problem, of which only code and class are kept.
  public let report: PullReport
  /// nil: the run was complete.
  public let problemCode: String?
  public let problemClass: String?
}

/// How an operation stands: for lists and `/v1/platforms`.
public struct PullStanding: Hashable, Sendable {
  /// The end of the last complete window: everything changed before it has been pulled.
  public let watermark: Timestamp?
  public let lastStarted: Timestamp?
  public let lastRun: SyncRun?
  public let lastSuccess: Timestamp?
}
