public import Adapters
public import CivilTime

/// When calls leave that are made one after the other: within the hours of a platform, not faster than its rate, and not more in a day than it allows. Pure.
///
/// As if nothing else called meanwhile. A call that the day has no room for waits until the next one, as the real ones do. Days are those of Beijing.
public struct CallForecast: Sendable {
  /// What calls keep to.
  public struct Limits: Hashable, Sendable {
    /// Hours that must all be open.
    public var hours: [ServiceHours] = []
    /// Calls a second; nil: as fast as one likes.
    public var rate: Double?
    /// How many calls a day may have: all must have room.
    public var quotas: [Quota] = []

    public init() {}

    /// Calls that a day may have, and those that are left of today's for what is not urgent: the least of any.
    func least(at now: Timestamp) -> (daily: Int, leftToday: Int)? {
      guard let daily = quotas.map(\.daily).min() else { return nil }
      return (daily, quotas.map { $0.room($0.leftToday, for: nil, at: now) }.min() ?? daily)
    }
  }

  /// Calls of a day.
  public struct Quota: Hashable, Sendable {
    public let daily: Int
    /// What is left of today's, with what is kept for what is due.
    public let leftToday: Int
    /// Kept for what is due on the day.
    public let reserve: CallReserve

    /// - Parameter leftToday: nil: the whole day.
    public init(daily: Int, leftToday: Int? = nil, reserve: CallReserve = CallReserve(0)) {
      self.daily = daily
      self.leftToday = min(daily, max(0, leftToday ?? daily))
      self.reserve = reserve
    }

    /// How many of the calls that are left may be used for what is due then.
    func room(_ left: Int, for due: Timestamp?, at now: Timestamp) -> Int {
      max(0, left - (daily - reserve.limit(of: daily, due: due, at: now)))
    }
  }

  /// What does not end within this is not foretold.
  static let longest = 3660

  private let limits: Limits
  /// Milliseconds between two calls.
  private let interval: Double
  private var now: Double
  /// Of each quota what is left of the day.
  private var left: [Int]
  private var day: Int
  private let firstDay: Int

  public init(_ limits: Limits, from start: Timestamp) {
    self.limits = limits
    interval = limits.rate.map { 1000 / $0 } ?? 0
    now = Double(start.milliseconds)
    day = Self.day(of: start)
    firstDay = day
    left = limits.quotas.map(\.leftToday)
  }

  /// The moment at which the last of the next calls leaves; nil when that is beyond ten years, and from then on.
  ///
  /// - Parameters:
  ///   - calls: 1 or more.
  ///   - due: when what they are about must be there; nil: it may wait.
  public mutating func advance(by calls: Int, due: Timestamp? = nil) -> Timestamp? {
    var open = calls
    while open > 0 {
      guard day - firstDay <= Self.longest else { return nil }
      let wait = ServiceHours.secondsUntilAllOpen(limits.hours, at: moment)
      if wait > 0 {
        move(to: Double(moment.milliseconds / 1000 + Int64(wait)) * 1000)
        continue
      }
      let count = fitting(open, due)
      guard count > 0 else {
        move(to: Double(Self.midnight(after: day).milliseconds))
        continue
      }
      open -= count
      let last = make(count)
      if open == 0 { return last }
    }
    return moment
  }

  /// Makes those of the calls that leave today, and none of the others.
  mutating func spend(_ calls: Int, due: Timestamp? = nil) {
    let today = day
    var open = calls
    while open > 0, day == today {
      let wait = ServiceHours.secondsUntilAllOpen(limits.hours, at: moment)
      if wait > 0 {
        let opening = Double(moment.milliseconds / 1000 + Int64(wait)) * 1000
        guard opening < Double(Self.midnight(after: day).milliseconds) else { return }
        move(to: opening)
        continue
      }
      let count = fitting(open, due)
      guard count > 0 else { return }
      open -= count
      make(count)
    }
  }

  /// How many of the calls leave before the hours close, the day ends, or its calls are used up.
  private func fitting(_ open: Int, _ due: Timestamp?) -> Int {
    var count = open
    for (quota, left) in zip(limits.quotas, left) {
      count = min(count, quota.room(left, for: due, at: moment))
    }
    guard interval > 0 else { return count }
    let end = min(close, Double(Self.midnight(after: day).milliseconds))
    return min(count, max(1, Int(((end - now) / interval).rounded(.up))))
  }

  /// - Returns: when the last of them leaves.
  @discardableResult
  private mutating func make(_ count: Int) -> Timestamp {
    let last = now + Double(count - 1) * interval
    for index in left.indices { left[index] -= count }
    move(to: last + interval)
    return Timestamp(milliseconds: Int64(last))
  }

  private var moment: Timestamp { Timestamp(milliseconds: Int64(now)) }

  private mutating func move(to time: Double) {
    now = max(now, time)
    let reached = Self.day(of: moment)
    guard reached > day else { return }
    day = reached
    left = limits.quotas.map(\.daily)
  }

  /// When one of the hours closes, in milliseconds; a day from now at the latest.
  private var close: Double {
    var seconds = 86_400
    for hours in limits.hours { seconds = min(seconds, hours.secondsUntilClosed(at: moment)) }
    return (now / 1000).rounded(.down) * 1000 + Double(seconds) * 1000
  }

  private static func day(of time: Timestamp) -> Int {
    time.civil(offsetSeconds: UTCOffset.china).date.daysSinceEpoch
  }

  /// The end of the day of `time`.
  static func midnight(after time: Timestamp) -> Timestamp { midnight(after: day(of: time)) }

  private static func midnight(after day: Int) -> Timestamp {
    Timestamp(milliseconds: (Int64(day + 1) * 86_400 - Int64(UTCOffset.china)) * 1000)
  }
}
