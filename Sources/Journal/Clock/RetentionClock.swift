public import CivilTime
public import Exchanges
public import SQLDatabase

/// When what was written down really was, at the earliest: a clock that stood behind makes nothing old.
///
/// Nothing tells what was written while it stood behind from what was written when it showed the same for the first time: both are kept as long as the younger of
/// the two.
public struct RetentionClock: Sendable {
  private let behind: [ClockStanding.Behind]
  private let reached: [(id: Int64, moment: Timestamp)]

  /// As far as it is known by `now`: what a clock had shown that stood ahead is of a time to come, and moves nothing.
  public init(now: Timestamp, in reader: Reader) throws {
    behind = try ClockLedger.behind(in: reader)
      .filter { $0.shift > 0 && $0.began.milliseconds + $0.shift <= now.milliseconds }
    reached = try Journal.reached(by: now, in: reader)
  }

  /// - Parameter exchange: of the same time, or before it, where one is known: exchanges have numbers, which no clock moves.
  public func earliest(_ moment: Timestamp, behind exchange: ExchangeID? = nil) -> Timestamp {
    var earliest = moment
    for span in behind where span.began <= moment && moment <= span.ended {
      earliest = max(earliest, moment.advanced(byMilliseconds: span.shift))
    }
    if let exchange, let step = reached.last(where: { $0.id <= exchange.rawValue }) {
      earliest = max(earliest, step.moment)
    }
    return earliest
  }

  /// Milliseconds of moments before `end` that may really be at `end` or later.
  public func younger(than end: Timestamp) -> [ClosedRange<Int64>] {
    behind.compactMap { span in
      let first = max(span.began.milliseconds, end.milliseconds - span.shift)
      let last = min(span.ended.milliseconds, end.milliseconds)
      return first <= last ? first...last : nil
    }
  }
}
