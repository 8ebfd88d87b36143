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
      let moment = forecast.advance(by: 1, due: due)
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
  ///   - urgent: of these, how many are about what is due today or was before.
  ///   - whole: the limits of the platform.
  ///   - own: those of the operation.
  mutating func count(
    waiting: [Waiting], behind calls: Int, urgent: Int = 0, whole: CallForecast.Limits,
    own: CallForecast.Limits, now: Timestamp
  ) {
    var without = (whole: Line(whole, behind: 0, 0, now), own: Line(own, behind: 0, 0, now))
    var with = (whole: Line(whole, behind: calls, urgent, now), own: Line(own, behind: calls, urgent, now))
    for push in waiting {
      var moments = (without: without.whole.next(push.due), with: with.whole.next(push.due))
      if push.isOfOperation {
        moments.without = Self.later(moments.without, without.own.next(push.due))
        moments.with = Self.later(moments.with, with.own.next(push.due))
      }
      guard let due = push.due, let early = moments.without, early <= due else { continue }
      if moments.with.map({ $0 > due }) ?? true { delayed += 1 }
    }
  }

  /// Those that wait behind the calls of a replay. What is due today does not wait behind calls that today has no room for: these wait by themselves.
  private struct Line {
    private let tomorrow: Timestamp
    /// After what leaves today.
    private var today: CallForecast
    /// After everything.
    private var whole: CallForecast

    init(_ limits: CallForecast.Limits, behind calls: Int, _ urgent: Int, _ now: Timestamp) {
      tomorrow = CallForecast.midnight(after: now)
      (today, whole) = (CallForecast(limits, from: now), CallForecast(limits, from: now))
      today.spend(urgent, due: now)
      today.spend(calls - urgent)
      if urgent > 0 { _ = whole.advance(by: urgent, due: now) }
      if calls > urgent { _ = whole.advance(by: calls - urgent) }
    }

    mutating func next(_ due: Timestamp?) -> Timestamp? {
      if let due, due <= tomorrow {
        _ = whole.advance(by: 1, due: due)
        return today.advance(by: 1, due: due)
      }
      today.spend(1)
      return whole.advance(by: 1, due: due)
    }
  }

  /// nil: not within any time that counts.
  private static func later(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
    guard let left, let right else { return nil }
    return max(left, right)
  }
}
