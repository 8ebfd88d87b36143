public import CivilTime

/// How days of a time limit are counted. The raw value is the word in policies and on the command line.
public enum DayCount: String, CaseIterable, Hashable, Sendable {
  /// 工作日: only working days count.
  case working
  /// 日, 遇法定公休日、节假日顺延: every day counts, and a last day that is a rest day moves to the next working day.
  case rolling
}

/// The last day of a time limit, and how it came about.
public struct Deadline: Hashable, Sendable {
  /// One day after the start, and what it did.
  public struct Step: Hashable, Sendable {
    public enum Effect: Hashable, Sendable {
      /// The day was counted as the given one, from 1.
      case counted(Int)
      /// Not a working day, so not counted.
      case skipped
      /// The clock stood still, for the reason given.
      case paused(PauseReason)
      /// It would have been the last day, and the clock stopped on it: the limit ends with a later one.
      case held(PauseReason)
      /// The limit would have ended here or before, but this is a rest day.
      case movedPast
      /// The first working day after the limit's last day.
      case movedHere
    }

    public let date: CivilDate
    /// What the calendar says of the day; `nil` where it did not matter (days in the middle of a rolling count).
    public let kind: DayKind?
    public let effect: Effect
  }

  public let start: CivilDate
  public let date: CivilDate
  /// Every day after the start up to the deadline.
  public let steps: [Step]
}

extension Deadline.Step {
  /// The step as people read it, in Chinese.
  public var title: String {
    let what = kind.map { " \($0.title)" } ?? ""
    switch effect {
    case .counted(let number): return "\(date)\(what)，计第\(number)日"
    case .skipped: return "\(date)\(what)，不计"
    case .paused(let reason): return "\(date)\(what)，\(reason.title)，不计"
    case .held(let reason): return "\(date)\(what)，本为最后一日，当日停止计时（\(reason.title)），不计"
    case .movedPast: return "\(date)\(what)，顺延"
    case .movedHere: return "\(date)\(what)，顺延至此"
    }
  }

  public var englishTitle: String {
    let what = kind.map { " \($0.englishTitle)" } ?? ""
    switch effect {
    case .counted(let number): return "\(date)\(what): day \(number)"
    case .skipped: return "\(date)\(what): not counted"
    case .paused(let reason): return "\(date)\(what): not counted (\(reason.englishTitle))"
    case .held(let reason):
      return
        "\(date)\(what): would be the last day, and the clock stops (\(reason.englishTitle)): not counted"
    case .movedPast: return "\(date)\(what): moved past"
    case .movedHere: return "\(date)\(what): moved here"
    }
  }
}

extension WorkCalendar {
  /// Limits of more days are mistakes: the longest in use are a few months.
  public static let mostDays = 3660

  /// The last day of a limit of `days` that starts on `start`. The start day itself is not counted; a limit of 0 days
  /// ends on the start day (for a rolling count on the first working day from it).
  ///
  /// - Throws: ``CalendarError``: `unknownYear` when a day that decides lies in a year without a published calendar,
  ///   `daysOutOfRange` for less than 0 or more than ``mostDays`` days.
  public func deadline(start: CivilDate, days: Int, count: DayCount) throws(CalendarError) -> Deadline {
    var walk = Walk(calendar: self, count: count, pauses: [], steps: [])
    // Without a pause every count comes to its end.
    let last = try walk.lastDay(start: start.daysSinceEpoch, days: days)
    return Deadline(
      start: start, date: last.map { CivilDate(daysSinceEpoch: $0) } ?? start, steps: walk.steps ?? [])
  }
}
