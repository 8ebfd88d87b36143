/// What a platform allows, and what we allow it: once for all its calls, those for tokens included, and besides for single operations. A call keeps both.
public struct CallLimits: Hashable, Sendable {
  public var rate: RateLimit?
  /// Calls under way at once.
  public var concurrency: Int?
  /// Calls in a Beijing day. The count lives with the schedules, since it must survive a restart.
  public var daily: Int?
  public var hours = ServiceHours()

  public init() {}
}

/// When a failed call of a pull is tried again. Waiting doubles from `first` to `longest` seconds, with jitter.
public struct RetryPolicy: Hashable, Sendable {
  /// Calls in all for one page.
  public var most = 4
  public var first = 1
  public var longest = 60

  public init() {}

  /// Seconds before try `attempt + 1`, or nil when there is none.
  ///
  /// Full jitter: somewhere between half and all of the doubled time, by `fraction` in 0..<1, so that many gateways do not knock at once.
  public func delay(afterAttempt attempt: Int, fraction: Double, retryAfter: Int?) -> Double? {
    guard attempt < most else { return nil }
    if let retryAfter { return retryAfter <= longest ? Double(max(retryAfter, 1)) : nil }
    let doubled = min(Double(longest), Double(first) * Double(1 << min(attempt - 1, 20)))
    return doubled * (0.5 + 0.5 * fraction)
  }
}
