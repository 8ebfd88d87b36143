public import CivilTime

/// When something recurring is due.
public struct Schedule: Hashable, Sendable {
  /// What happens with runs that were due while the gateway stood still.
  public enum CatchUp: String, CaseIterable, Sendable {
    /// One run at once, however many were missed.
    case once
    /// None; the next regular one.
    case skip
  }

  public var cron: CronExpression
  /// Of the clock that the expression reads. China has one zone without summer time, so an offset serves.
  public var offsetSeconds: Int
  /// Each run begins up to this many seconds late, so that many gateways do not knock at once.
  public var jitter: Int
  public var catchUp: CatchUp

  public init(
    cron: CronExpression, offsetSeconds: Int = UTCOffset.china, jitter: Int = 0, catchUp: CatchUp = .once
  ) {
    self.cron = cron
    self.offsetSeconds = offsetSeconds
    self.jitter = jitter
    self.catchUp = catchUp
  }

  /// The time at which the run after `last` is due, before jitter.
  ///
  /// With ``CatchUp/skip`` runs missed before `now` are passed over. A clock set back does not make a run due twice.
  public func due(after last: Timestamp?, now: Timestamp) -> Timestamp? {
    let start: Timestamp
    switch catchUp {
    case .once: start = last ?? now.advanced(byMilliseconds: -1)
    // The present minute still counts as not missed.
    case .skip: start = max(last ?? now, now.advanced(bySeconds: -60))
    }
    return cron.next(after: start.civil(offsetSeconds: offsetSeconds))?.timestamp(
      offsetSeconds: offsetSeconds)
  }

  /// The zones a schedule may name: those of China, and fixed offsets such as `+08:00`.
  public static let zones = [
    "Asia/Shanghai": UTCOffset.china, "Asia/Chongqing": UTCOffset.china, "Asia/Harbin": UTCOffset.china,
    "Asia/Urumqi": 6 * 3600, "Asia/Hong_Kong": UTCOffset.china, "UTC": UTCOffset.utc,
  ]

  public static func offset(ofZone text: String) -> Int? { zones[text] ?? UTCOffset.seconds(parsing: text) }
}
