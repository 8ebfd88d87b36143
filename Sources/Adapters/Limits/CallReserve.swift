public import CivilTime

/// How many of a day's calls are kept for what is due on that day. Pure.
///
/// What is not urgent has the others. The reserve melts with the day: what nobody needed by noon is half free, and at
/// midnight nothing of it is left unused.
public struct CallReserve: Hashable, Sendable {
  /// Calls kept at the beginning of the day; fewer than the day has.
  public let calls: Int

  public init(_ calls: Int) { self.calls = max(0, calls) }

  /// How many calls of the day a call may be the last of.
  ///
  /// - Parameters:
  ///   - daily: calls that the day has.
  ///   - due: when what the call is about must be there; `nil`: it may wait.
  public func limit(of daily: Int, due: Timestamp?, at now: Timestamp) -> Int {
    isUrgent(due, at: now) ? daily : max(0, daily - kept(at: now))
  }

  /// Of the reserve what is still kept, rounded up.
  func kept(at now: Timestamp) -> Int {
    (calls * Self.secondsLeft(at: now) + 86_399) / 86_400
  }

  /// Seconds until one call less of it is kept, at midnight at the latest; at least one.
  func secondsUntilLess(at now: Timestamp) -> Int {
    let left = Self.secondsLeft(at: now)
    let kept = kept(at: now)
    guard kept > 0 else { return left }
    return left - (kept - 1) * 86_400 / calls
  }

  /// Seconds between one call that is given back and the next, rounded up.
  var step: Int { calls > 0 ? (86_400 + calls - 1) / calls : 86_400 }

  /// Seconds until midnight, in China; at least one.
  static func secondsLeft(at now: Timestamp) -> Int {
    86_400 - now.civil(offsetSeconds: UTCOffset.china).secondOfDay
  }

  /// Whether it is due by the end of the day, in China, or was before.
  func isUrgent(_ due: Timestamp?, at now: Timestamp) -> Bool {
    guard let due else { return false }
    let tomorrow = CivilDateTime(startOf: now.civil(offsetSeconds: UTCOffset.china).date.adding(days: 1))
    return due <= tomorrow.timestamp(offsetSeconds: UTCOffset.china)
  }
}
