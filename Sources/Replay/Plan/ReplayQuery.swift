public import CivilTime
public import Exchanges

/// How deep a replay goes.
public enum ReplayDepth: String, CaseIterable, Sendable {
  /// What was received is understood anew, from the journal. No platform is called.
  case remap = "re-map"
  /// The platform is asked again.
  case refetch = "re-fetch"
  /// What was handed in is handed in again.
  case repush = "re-push"
}

/// What is to be replayed. What is nil does not restrict.
public struct ReplayQuery: Hashable, Sendable {
  public var platform: String
  public var operation: String
  public var outcome: Outcome?
  public var errorClass: ErrorClass?
  /// Recorded, or handed in, at this moment or later.
  public var since: Timestamp?
  /// Before this moment.
  public var until: Timestamp?
  /// Only what was recorded while this version of the mapping was in use.
  public var mappingVersion: Int?
  /// Only what belongs to this case.
  public var sequence: String?
  /// Only these exchanges, or pushes.
  public var ids: Set<Int64> = []

  public init(platform: String, operation: String) {
    self.platform = platform
    self.operation = operation
  }
}
