public import CivilTime

/// What a replay means for what is due at the platform. Pure.
public struct DeadlineEffect: Hashable, Sendable {
  /// Of those that would be repeated: how many are past due already, and how many would be once it is their turn.
  public var overdue = 0
  public var becomeOverdue = 0
  /// The earliest that any of them is due, past or not.
  public var earliest: Timestamp?
  /// Pushes that wait at the platform, are no part of the replay, would be in time, and would not be when all calls of the replay went before them.
  public var delayed = 0

  public init() {}

  /// Counts those that would be repeated.
  ///
  /// - Parameters:
  ///   - items: when each is due, in the order in which they are handed in.
  ///   - limits: what the calls of the replay keep to.
  mutating func count(_ items: [Timestamp?], _ limits: CallForecast.Limits, now: Timestamp) {
    var forecast = CallForecast(limits, from: now)
    for due in items {
      let moment = forecast.advance(by: 1)
      guard let due else { continue }
      earliest = min(earliest ?? due, due)
      if due < now {
        overdue += 1
      } else if moment.map({ $0 > due }) ?? true {
        becomeOverdue += 1
      }
    }
  }

  /// A push that waits at the platform.
  struct Waiting: Hashable, Sendable {
    /// By the operation of the replay: it shares that one's limits too.
    let isOfOperation: Bool
    let due: Timestamp?
  }

  /// Counts those that would be late by the calls that the replay makes before them.
  ///
  /// - Parameters:
  ///   - waiting: in the order in which they are sent.
  ///   - calls: of the replay.
  ///   - whole: the limits of the platform.
  ///   - own: those of the operation.
  mutating func count(
    waiting: [Waiting], behind calls: Int, whole: CallForecast.Limits, own: CallForecast.Limits,
    now: Timestamp
  ) {
    var without = (whole: CallForecast(whole, from: now), own: CallForecast(own, from: now))
    var with = without
    var isBegun = (whole: false, own: false)
    for push in waiting {
      var moments = (without: without.whole.advance(by: 1), with: Timestamp?.none)
      moments.with = with.whole.advance(by: isBegun.whole ? 1 : calls + 1)
      isBegun.whole = true
      if push.isOfOperation {
        moments.without = Self.later(moments.without, without.own.advance(by: 1))
        moments.with = Self.later(moments.with, with.own.advance(by: isBegun.own ? 1 : calls + 1))
        isBegun.own = true
      }
      guard let due = push.due, let early = moments.without, early <= due else { continue }
      if moments.with.map({ $0 > due }) ?? true { delayed += 1 }
    }
  }

  /// nil: not within any time that counts.
  private static func later(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
    guard let left, let right else { return nil }
    return max(left, right)
  }
}
