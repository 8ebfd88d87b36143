/// How long to wait before trying again what passes by itself: each failure doubles the wait. Pure; chance is passed in.
public struct Backoff: Hashable, Sendable {
  /// Seconds before the first new try.
  public var first: Double
  /// Doubling ends here.
  public var longest: Double
  /// The longest wait that a platform can ask for.
  public var longestHint: Double

  public init(first: Double, longest: Double, longestHint: Double = 86_400) {
    self.first = first
    self.longest = longest
    self.longestHint = longestHint
  }

  /// Seconds to wait after so many failures in a row.
  ///
  /// - Parameters:
  ///   - failures: 1 after the first.
  ///   - fraction: chance in 0..<1: the wait is between half and all of the doubled time, so that many gateways do not
  ///     knock at once.
  ///   - retryAfter: what the platform asks for (Retry-After), in seconds. It counts more than our own guess.
  public func delay(afterFailures failures: Int, fraction: Double, retryAfter: Int? = nil) -> Double {
    if let retryAfter { return min(max(Double(retryAfter), 1), longestHint) }
    let doubled = min(longest, first * Double(1 << min(max(failures, 1) - 1, 20)))
    return doubled * (0.5 + 0.5 * fraction)
  }
}
