/// At most `count` calls in any `seconds`, spread evenly after a burst of `count`.
public struct RateLimit: Hashable, Sendable {
  public var count: Int
  public var seconds: Int

  public init(count: Int, seconds: Int) {
    self.count = count
    self.seconds = seconds
  }

  /// `20/s`, `600/m`, `1000/h`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[0]), count > 0 else { return nil }
    switch parts[1] {
    case "s": self.init(count: count, seconds: 1)
    case "m": self.init(count: count, seconds: 60)
    case "h": self.init(count: count, seconds: 3600)
    default: return nil
    }
  }
}

/// Spaces calls out by the generic cell rate algorithm: pure, the time is passed in (milliseconds of a clock that never runs back).
public struct RateGate: Sendable {
  private let interval: Double
  private let burst: Double
  private var theoreticalArrival: Double?

  public init(_ limit: RateLimit) {
    interval = Double(limit.seconds) * 1000 / Double(limit.count)
    burst = Double(limit.seconds) * 1000 - interval
  }

  /// Takes the next place. Returns the milliseconds to wait before the call may leave.
  public mutating func reserve(at now: Double) -> Double {
    let arrival = max(theoreticalArrival ?? now, now)
    theoreticalArrival = arrival + interval
    return max(0, arrival - burst - now)
  }
}
