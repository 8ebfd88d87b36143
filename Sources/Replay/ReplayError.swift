public import Exchanges

/// What keeps a replay from being planned or changed.
public typealias ReplayError = CodedError<ReplayErrorCode>

public enum ReplayErrorCode: String, Sendable {
  case notFound = "replay-not-found"
  /// Its state does not allow it.
  case notNow = "replay-not-now"
  /// The query means nothing, or finds nothing.
  case unfit = "replay-unfit"
  /// Somebody else has to approve it.
  case approval = "replay-approval"
  /// A mapping, template or adapter is not the one that was looked at.
  case changed = "replay-changed"
  /// A stored row cannot be read.
  case unreadable = "replay-unreadable"
}
