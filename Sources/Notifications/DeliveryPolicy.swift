import CivilTime
public import Exchanges
import Work

/// What becomes of a message after a try. Pure; times and chance are passed in.
///
/// Only the first message of a subscription is tried, and each failure doubles the wait, so a receiver that is down is called once an hour in the
/// end, however much waits for it. Whoever does not come back is paused: then nothing waits any more, and the feed keeps what it has missed. A
/// message that the receiver refuses by itself is left out after some tries, because the others behind it wait.
public struct DeliveryPolicy: Hashable, Sendable {
  enum Step: Hashable, Sendable {
    case delivered
    case retry(seconds: Double)
    case skip
    case pause
  }

  public var backoff = Backoff(first: 5, longest: 3600)
  /// How often one message may be refused.
  public var mostRefusals = 5
  /// Of failures without a success between, in seconds, before the receiver counts as dead.
  public var patience = 3 * 86_400
  /// So many tries it gets in any case: a clock that was set forward makes nobody dead.
  public var leastTries = 10
  /// And no more: a clock that was set back keeps nobody alive.
  public var mostTries = 200

  public init() {}

  /// - Parameters:
  ///   - failures: in a row, without this one.
  ///   - failingSince: when the first of them was.
  ///   - refusals: of this message, without this one.
  ///   - fraction: chance in 0..<1.
  func judge(
    _ answer: DeliveryAnswer, failures: Int, failingSince: Timestamp?, refusals: Int, fraction: Double,
    now: Timestamp
  ) -> Step {
    switch answer {
    case .taken: return .delivered
    case .ended: return .pause
    case .refused:
      guard refusals + 1 < mostRefusals else { return .skip }
      return .retry(seconds: backoff.delay(afterFailures: refusals + 1, fraction: fraction))
    case .failed(let problem):
      let tries = failures + 1
      let lasted = failingSince.map { now.milliseconds(since: $0) >= Int64(patience) * 1000 } ?? false
      if tries >= mostTries || lasted && tries >= leastTries { return .pause }
      let hint = problem.retryAfter.map { min($0, Int(backoff.longest)) }
      return .retry(
        seconds: backoff.delay(afterFailures: tries, fraction: fraction, retryAfter: hint))
    }
  }
}
