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
    var steps: [Deadline.Step]? = []
    // Without a pause every count comes to its end.
    let date = try lastDay(start: start, days: days, count: count, pauses: [], steps: &steps) ?? start
    return Deadline(start: start, date: date, steps: steps ?? [])
  }

  /// The last day of a limit whose clock stands still in `pauses`, or `nil` when the count runs into a pause that has
  /// no end yet. The days on the way are put into `steps` where there is such a list.
  func lastDay(
    start: CivilDate, days: Int, count: DayCount, pauses: [Pause], steps: inout [Deadline.Step]?
  ) throws(CalendarError) -> CivilDate? {
    guard (0...Self.mostDays).contains(days) else {
      throw CalendarError(.daysOutOfRange, "a time limit has 0 to \(Self.mostDays) days")
    }
    var day = start
    var counted = 0
    while counted < days {
      day = day.adding(days: 1)
      if let pause = pauses.first(where: { $0.contains(day) }) {
        steps?.append(Deadline.Step(date: day, kind: nil, effect: .paused(pause.reason)))
        if pause.last == nil { return nil }
        continue
      }
      let kind = try kindThatCounts(day, count, isLast: counted + 1 == days)
      if count == .working, let kind, !kind.isWorking {
        steps?.append(Deadline.Step(date: day, kind: kind, effect: .skipped))
      } else {
        counted += 1
        steps?.append(Deadline.Step(date: day, kind: kind, effect: .counted(counted)))
      }
    }
    guard count == .rolling else { return day }
    return try rolled(day, isCounted: days > 0, pauses, &steps)
  }

  /// In the middle of a rolling count it does not matter what a day is, and its year need not be known.
  private func kindThatCounts(
    _ day: CivilDate, _ count: DayCount, isLast: Bool
  ) throws(CalendarError) -> DayKind? {
    count == .working || isLast ? try kind(of: day) : nil
  }

  /// `day`, or where it is a rest day the next working day on which the clock does not stand still.
  private func rolled(
    _ last: CivilDate, isCounted: Bool, _ pauses: [Pause], _ steps: inout [Deadline.Step]?
  ) throws(CalendarError) -> CivilDate? {
    var day = last
    while true {
      let pause = day == last ? nil : pauses.first { $0.contains(day) }
      if let pause {
        steps?.append(Deadline.Step(date: day, kind: nil, effect: .paused(pause.reason)))
        if pause.last == nil { return nil }
      } else {
        let kind = try kind(of: day)
        if kind.isWorking {
          if day != last { steps?.append(Deadline.Step(date: day, kind: kind, effect: .movedHere)) }
          return day
        }
        if day != last || !isCounted {
          steps?.append(Deadline.Step(date: day, kind: kind, effect: .movedPast))
        }
      }
      day = day.adding(days: 1)
    }
  }

  /// How many days of the count lie after `start` up to and with `end`.
  ///
  /// - Throws: ``CalendarError`` of code `unknownYear` where working days are counted.
  func daysCounted(
    after start: CivilDate, through end: CivilDate, count: DayCount, pauses: [Pause]
  ) throws(CalendarError) -> Int {
    var counted = 0
    var day = start
    while day < end {
      day = day.adding(days: 1)
      if pauses.contains(where: { $0.contains(day) }) { continue }
      let counts = try count == .rolling ? true : isWorkingDay(day)
      if counts { counted += 1 }
    }
    return counted
  }
}
