import Synchronization

/// Lets through so many calls a second on the average, and a burst of a second's worth.
public final class RateLimiter: Sendable {
  public enum Verdict: Hashable, Sendable {
    case allowed
    /// Whole seconds, at least 1.
    case wait(seconds: Int)
  }

  /// Time one call costs.
  private let interval: Duration
  /// How far the account may run ahead.
  private let tolerance: Duration
  /// When all calls so far are paid for.
  private let paidUntil: Mutex<ContinuousClock.Instant>

  public init(_ rate: RequestRate, now: ContinuousClock.Instant = .now) {
    interval = .seconds(1) / rate.perSecond
    tolerance = interval * max(10, rate.perSecond.rounded(.up)) - interval
    paidUntil = Mutex(now)
  }

  public func take(at now: ContinuousClock.Instant) -> Verdict {
    paidUntil.withLock { paidUntil in
      let start = max(paidUntil, now)
      let ahead = start - now
      guard ahead <= tolerance else {
        let seconds = (ahead - tolerance) / Duration.seconds(1)
        return .wait(seconds: max(1, Int(seconds.rounded(.up))))
      }
      paidUntil = start + interval
      return .allowed
    }
  }
}
