/// What a platform allows, and what we allow it: once for all its calls, those for tokens included, and besides for single operations. A call keeps both.
public struct CallLimits: Hashable, Sendable {
  public var rate: RateLimit?
  /// Calls under way at once.
  public var concurrency: Int?
  /// Calls in a Beijing day. The count lives with the schedules, since it must survive a restart.
  public var daily: Int?
  /// Of the day's calls so many are kept for what is due on that day.
  public var reserve = CallReserve(0)
  public var hours = ServiceHours()
  /// nil: as for the platform, or as for all.
  public var breaker: BreakerPolicy?
  /// Where the platform says how many calls are left.
  public var hints: LimitHints?

  public init() {}
}
