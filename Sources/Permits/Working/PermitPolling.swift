/// How often a window is asked how far an item is: soon after it was handed in, then ever more seldom, for what takes days
/// changes by the hour. Times are seconds. Pure; chance is passed in.
public struct PermitPolling: Hashable, Sendable {
  public var first: Double = 60
  public var longest: Double = 3600

  public init() {}

  /// The wait before the next question.
  ///
  /// - Parameters:
  ///   - sinceChange: since something was last learned of the item.
  ///   - fraction: chance in 0..<1; spreads the questions of cases that were opened together.
  public func wait(sinceChange: Double, fraction: Double) -> Double {
    // A tenth of the time that nothing has happened.
    let usual = min(max(sinceChange / 10, first), longest)
    return usual * (0.9 + 0.2 * fraction)
  }
}
