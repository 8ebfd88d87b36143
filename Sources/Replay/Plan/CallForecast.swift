public import Adapters
public import CivilTime

/// When calls leave that are made one after the other: within the hours of a platform, not faster than its rate, and not more in a day than it allows. Pure.
///
/// As if nothing else called meanwhile. Days are those of Beijing.
public struct CallForecast: Sendable {
  /// What calls keep to.
  public struct Limits: Hashable, Sendable {
    /// Hours that must all be open.
    public var hours: [ServiceHours] = []
    /// Calls a second; nil: as fast as one likes.
    public var rate: Double?
    /// Calls in a day, and those that are left of today's.
    public var daily: Int?
    public var leftToday: Int?

    public init() {}
  }

  /// What does not end within this is not foretold.
  static let longest = 3660

  private let limits: Limits
  /// Milliseconds between two calls.
  private let interval: Double
  private var now: Double
  private var left: Int?
  private var day: Int
  private let firstDay: Int

  public init(_ limits: Limits, from start: Timestamp) {
    self.limits = limits
    interval = limits.rate.map { 1000 / $0 } ?? 0
    now = Double(start.milliseconds)
    day = Self.day(of: start)
    firstDay = day
    left = limits.daily.map { daily in min(daily, max(0, limits.leftToday ?? daily)) }
  }

  /// The moment at which the last of the next calls leaves; nil when that is beyond ten years, and from then on.
  ///
  /// - Parameter calls: 1 or more.
  public mutating func advance(by calls: Int) -> Timestamp? {
    var open = calls
    while open > 0 {
      guard day - firstDay <= Self.longest else { return nil }
      let wait = ServiceHours.secondsUntilAllOpen(limits.hours, at: moment)
      if wait > 0 {
        move(to: Double(moment.milliseconds / 1000 + Int64(wait)) * 1000)
        continue
      }
      guard left != 0 else {
        move(to: Double(Self.midnight(after: day).milliseconds))
        continue
      }
      // As many as leave before the hours close, the day ends, or its calls are used up.
      let end = min(close, Double(Self.midnight(after: day).milliseconds))
      var count = min(open, left ?? open)
      if interval > 0 { count = min(count, max(1, Int(((end - now) / interval).rounded(.up)))) }
      let last = now + Double(count - 1) * interval
      open -= count
      left = left.map { $0 - count }
      if open == 0 {
        let result = Timestamp(milliseconds: Int64(last))
        move(to: last + interval)
        return result
      }
      move(to: last + interval)
    }
    return moment
  }

  private var moment: Timestamp { Timestamp(milliseconds: Int64(now)) }

  private mutating func move(to time: Double) {
    now = max(now, time)
    let reached = Self.day(of: moment)
    guard reached > day else { return }
    day = reached
    left = limits.daily
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

  private static func midnight(after day: Int) -> Timestamp {
    Timestamp(milliseconds: (Int64(day + 1) * 86_400 - Int64(UTCOffset.china)) * 1000)
  }
}
