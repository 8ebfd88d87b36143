/// When a failed call of a pull is tried again at once, within its run. Waiting doubles from `first` to `longest` seconds, with jitter.
public struct RetryPolicy: Hashable, Sendable {
  /// Calls in all for one page.
  public var most = 4
  public var first = 1
  public var longest = 60

  public init() {}

  /// Seconds before try `attempt + 1`, or nil when there is none: all have been made, or the platform asks for more patience than a run has.
  public func delay(afterAttempt attempt: Int, fraction: Double, retryAfter: Int?) -> Double? {
    guard attempt < most else { return nil }
    if let retryAfter, retryAfter > longest { return nil }
    return Backoff(first: Double(first), longest: Double(longest))
      .delay(afterFailures: attempt, fraction: fraction, retryAfter: retryAfter)
  }
}
