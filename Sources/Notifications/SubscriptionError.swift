public import Exchanges

/// Why a subscription cannot be made or changed.
public typealias SubscriptionError = CodedError<SubscriptionErrorCode>

public enum SubscriptionErrorCode: String, Sendable {
  case notFound = "subscription-not-found"
  /// Its state does not allow it, or the consumer has too many.
  case notNow = "subscription-not-now"
  /// The address is none that the site sends to.
  case unfit = "subscription-unfit"
  /// Its sealed part does not open.
  case unreadable = "subscription-unreadable"
}
