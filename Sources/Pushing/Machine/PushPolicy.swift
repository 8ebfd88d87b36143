import Adapters
public import Exchanges

/// What is done next about a push, by the class of its trouble and how often it was tried. Pure; chance is passed in.
public struct PushPolicy: Hashable, Sendable {
  /// Tries with certainly no effect that the platform has answered before a person is asked.
  public var mostAttempts = 10
  /// Questions about a push whose outcome is unknown that the platform has answered before a person is asked.
  public var mostProbes = 20
  /// The same where nobody answers, which is no fault of the push: some four days, for what is down over a long weekend.
  public var mostUnheard = 250
  /// Requests that came to nothing one after the other, the platform having taken others of the operation before each, until a person is asked. With the waits between
  /// them that is some hours to half a day. What stands in the way of all lets nobody through, and is nobody's to look at one by one.
  public var mostPassedOver = 20
  /// Seconds; doubled with each try.
  public var retry = Backoff(first: 5, longest: 1800)
  /// Where the platform asks for patience, and does not say how much.
  public var patience = Backoff(first: 5, longest: 3600)
  /// Where somebody has to mend something: a minute at least.
  public var mending = Backoff(first: 120, longest: 3600)
  public var probe = Backoff(first: 5, longest: 1800)

  public init() {}

  /// What becomes of the push's work.
  public enum Step: Hashable, Sendable {
    /// Nothing more is to be done.
    case end
    /// It is tried again, and that counts.
    case retry(afterSeconds: Double)
    /// It was not its turn: it is tried later, and that does not count.
    case snooze(seconds: Double)
    /// A person has to look; what stands behind it in its sequence waits.
    case park

    /// Until it is looked at again.
    var seconds: Double {
      switch self {
      case .retry(let seconds), .snooze(let seconds): seconds
      case .end, .park: 0
      }
    }
  }

  /// After a try that certainly had no effect.
  ///
  /// - Parameters:
  ///   - isOwnLimit: a limit of ours or an open breaker kept the call from being made.
  ///   - attempt: 1 for the first.
  ///   - inVain: requests in a row that came to nothing, this one among them.
  func afterNotMade(
    _ errorClass: ErrorClass, isOwnLimit: Bool, retryAfter: Int?, attempt: Int, inVain: Int, fraction: Double
  ) -> Step {
    func wait(_ backoff: Backoff, _ failures: Int) -> Double {
      Self.wait(
        backoff, failures: failures, retryAfter: retryAfter, isOwnLimit: isOwnLimit, fraction: fraction)
    }
    if isOwnLimit { return .snooze(seconds: wait(retry, attempt)) }
    switch errorClass {
    // The request itself is at fault, or the program no longer knows what to make of the platform.
    case .data, .drift: return .park
    // Nothing of this push's making, as far as one can tell: it waits until somebody has mended it, and no try is used up.
    case .configuration, .credentials: return .snooze(seconds: wait(mending, inVain))
    case .rate: return .snooze(seconds: wait(patience, inVain))
    case .transient: return attempt < mostUnheard ? .retry(afterSeconds: wait(retry, attempt)) : .park
    case .platform: return attempt < mostAttempts ? .retry(afterSeconds: wait(retry, attempt)) : .park
    }
  }

  /// After bytes have left and no believable answer came.
  ///
  /// - Parameter settle: seconds after which the platform is sure to know what it has.
  func afterLost(_ idempotency: Idempotency, attempt: Int, fraction: Double) -> Step {
    switch idempotency.class {
    case .neither: .park
    case .nativeKey where idempotency.probe == nil:
      attempt < mostUnheard
        ? .retry(afterSeconds: retry.delay(afterFailures: attempt, fraction: fraction)) : .park
    case .nativeKey, .queryable: .snooze(seconds: Double(idempotency.settle))
    }
  }

  /// After the platform has said that it does not have what was lost: that certainly had no effect. It goes on as long as others are not taken either; see ``mostPassedOver``.
  ///
  /// - Parameter attempt: 1 for the first.
  func afterAbsent(attempt: Int, fraction: Double) -> Step {
    .retry(afterSeconds: retry.delay(afterFailures: attempt, fraction: fraction))
  }

  /// Seconds until it may be believed that the platform does not have a push; 0 when it may be now.
  ///
  /// Counted by how long the machine has been up, which nobody sets. After a restart of the machine that tells less than has gone by, never more.
  ///
  /// - Parameters:
  ///   - settle: seconds after which the platform is sure to know what it has.
  ///   - lost: milliseconds of the machine's uptime when its bytes may have left at the latest; nil: nobody on this machine saw it.
  static func secondsUntilSettled(_ settle: Int, lost: Int64?, uptime: Int64) -> Double {
    let needed = Double(max(0, settle))
    guard let lost, lost <= uptime else { return needed }
    return max(0, needed - Double(uptime - lost) / 1000)
  }

  /// After the platform was asked what became of the push and could not say.
  func afterUndecided(
    _ errorClass: ErrorClass, probes: Int, retryAfter: Int?, isOwnLimit: Bool, fraction: Double
  ) -> Step {
    let delay = Self.wait(
      probe, failures: max(probes, 1), retryAfter: retryAfter, isOwnLimit: isOwnLimit, fraction: fraction)
    let most = errorClass == .transient ? mostUnheard : mostProbes
    return isOwnLimit || probes < most ? .snooze(seconds: delay) : .park
  }

  /// As long as is asked for, and ever longer where that uses up tries: a platform that is down for days says `60` each time.
  private static func wait(
    _ backoff: Backoff, failures: Int, retryAfter: Int?, isOwnLimit: Bool, fraction: Double
  ) -> Double {
    let asked = backoff.delay(afterFailures: failures, fraction: fraction, retryAfter: retryAfter)
    if isOwnLimit { return asked }
    return max(asked, backoff.delay(afterFailures: failures, fraction: fraction))
  }
}
