public import CivilTime
public import Exchanges

/// A replay as it stands. Who did what and why is in its history.
public struct Replay: Hashable, Sendable {
  public let id: ReplayID
  public let depth: ReplayDepth
  public let query: ReplayQuery
  public let terms: ReplayTerms
  public let state: ReplayState
  public let needsApproval: Bool
  let isApproved: Bool
  let isCanaryPassed: Bool
  public let counts: ReplayCounts
  /// The sum of what came out so far.
  public let records: ReplayRecords
  public let created: Timestamp
  public let changed: Timestamp
  public let basis: ReplayBasis
  /// nil: it has its items.
  public let pruned: Pruned?

  /// What is left of items that the site need not keep any more.
  public struct Pruned: Hashable, Sendable {
    public let moment: Timestamp
    /// Digest of the report that told of each of them: by it a copy kept elsewhere is known again.
    public let reportSM3: [UInt8]
  }

  var machine: ReplayMachine {
    ReplayMachine(
      state, needsApproval: needsApproval, hasCanary: terms.canary > 0, isApproved: isApproved,
      isCanaryPassed: isCanaryPassed)
  }
}

/// How far a replay has come.
public struct ReplayCounts: Hashable, Sendable {
  public var pending = 0
  /// Handed in, and not decided yet.
  public var waiting = 0
  public var succeeded = 0
  public var failed = 0
  /// Handed in, and in doubt until a person has found out.
  public var unknown = 0

  public init() {}

  public var total: Int { pending + waiting + succeeded + failed + unknown }
}

/// What became of one thing that is replayed.
public struct ReplayItem: Hashable, Sendable {
  public enum State: String, CaseIterable, Sendable {
    case pending
    /// Handed in, and not decided yet.
    case waiting
    case succeeded, failed
    /// Handed in, and nobody knows what became of it before a person has found out.
    case unknown
  }

  public let number: Int
  /// What it repeats: an exchange, or a push, which stays as it was; of a re-fetch the beginning of a window, in milliseconds of 1970.
  public let original: Int64
  /// Where the window ends, of a re-fetch.
  public let windowEnd: Timestamp?
  public let state: State
  /// The push that repeats it, where there is a new one.
  public let repetition: Int64?
  public let problemCode: String?
  public let problemClass: ErrorClass?
  /// What came out of it, also where it came to no end.
  public let records: ReplayRecords
  /// How many of its records were stored when its last part but the end was: of what is not done, where it stands.
  public let stored: Int
}

extension ReplayItem {
  /// Some of its records are stored, and the others are not.
  public var isPartial: Bool { stored > 0 && state != .succeeded }
}

/// Records that came out of a replay.
public struct ReplayRecords: Hashable, Sendable {
  public var new = 0
  public var changed = 0
  public var unchanged = 0

  public init(new: Int = 0, changed: Int = 0, unchanged: Int = 0) {
    self.new = new
    self.changed = changed
    self.unchanged = unchanged
  }

  public static func += (left: inout ReplayRecords, right: ReplayRecords) {
    left.new += right.new
    left.changed += right.changed
    left.unchanged += right.unchanged
  }
}

/// What happened to a replay: who, when and why.
public struct ReplayHistoryEntry: Hashable, Sendable {
  public let moment: Timestamp
  public let event: String
  public let state: ReplayState
  /// nil where the program did it.
  public let signOff: SignOff?
}
