public import Exchanges

/// What keeps a push from being taken in or changed.
public typealias PushError = CodedError<PushErrorCode>

public enum PushErrorCode: String, Sendable {
  case notFound = "push-not-found"
  /// Its state does not allow it.
  case notNow = "push-not-now"
  /// What was handed in is incomplete or cannot be written as the platform wants it.
  case unfit = "push-unfit"
  /// The platform, the operation or its template is not there, or no push.
  case noRoute = "push-no-route"
  /// What was handed in was destroyed on purpose; nobody can read or repeat it.
  case erased = "push-erased"
  /// A stored row does not open.
  case unreadable = "push-unreadable"
}
