public import CivilTime
public import Exchanges

/// What happens to an item that failed: the class of the error decides. Pure; times and chance are passed in.
public struct FailureRule: Hashable, Sendable {
  public enum Verdict: Hashable, Sendable {
    /// Uses up an attempt.
    case retry(at: Timestamp)
    /// Uses up none: nothing was wrong with the item.
    case snooze(until: Timestamp)
    case park
  }

  /// Attempts in all; the last one that fails parks the item.
  public var mostAttempts: Int
  public var backoff: Backoff

  public init(mostAttempts: Int = 10, backoff: Backoff = Backoff(first: 5, longest: 1800)) {
    self.mostAttempts = mostAttempts
    self.backoff = backoff
  }

  /// - Parameter attempt: the one that failed; 1 is the first.
  public func judge(_ problem: WorkProblem, attempt: Int, fraction: Double, now: Timestamp) -> Verdict {
    switch problem.errorClass {
    case .configuration, .data, .drift:
      // The same again would fail again, until somebody changes something.
      return .park
    case .rate where problem.retryAfter != nil:
      return .snooze(until: moment(problem, attempt, fraction, now))
    case .rate, .credentials, .transient, .platform:
      guard attempt < mostAttempts else { return .park }
      return .retry(at: moment(problem, attempt, fraction, now))
    }
  }

  private func moment(_ problem: WorkProblem, _ attempt: Int, _ fraction: Double, _ now: Timestamp)
    -> Timestamp
  {
    now.advanced(
      bySeconds: backoff.delay(
        afterFailures: attempt, fraction: fraction, retryAfter: problem.retryAfter))
  }
}
