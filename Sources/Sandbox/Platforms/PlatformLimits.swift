/// What one platform allows its callers.
public struct PlatformLimits: Sendable {
  /// The most rows a page may have; asking for more is refused.
  public var pageSize = 1_000
  /// Calls in a day of Beijing time.
  public var perDay = 1_000_000
  public var perMinute = 600_000
  /// How far a caller's clock may be off, in seconds.
  public var clockSkew = 300

  public init() {}
}
