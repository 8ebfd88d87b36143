import CivilTime

/// The way along the days of a limit, from its start to its last day. Days are numbers: days since 1970-01-01.
struct Walk {
  let calendar: WorkCalendar
  let count: DayCount
  /// In the order of their first days; they may overlap.
  private(set) var pauses: [Pause]
  /// The days on the way, where somebody wants to know.
  private(set) var steps: [Deadline.Step]?

  init(calendar: WorkCalendar, count: DayCount, pauses: [Pause], steps: [Deadline.Step]? = nil) {
    self.calendar = calendar
    self.count = count
    self.pauses = pauses
    self.steps = steps
  }

  /// The last day, or `nil` when the count runs into a pause that has no end yet. Days that would have been the last and are
  /// held are pauses from then on.
  mutating func lastDay(start: Int, days: Int) throws(CalendarError) -> Int? {
    guard (0...WorkCalendar.mostDays).contains(days) else {
      throw CalendarError(.daysOutOfRange, "a time limit has 0 to \(WorkCalendar.mostDays) days")
    }
    var needed = days
    if days == 0, pauses.contains(where: { $0.holdsStart(start) }) { needed = 1 }
    var (day, counted) = (start, 0)
    while counted < needed {
      day += 1
      if let pause = pauses.first(where: { $0.contains(day) }) {
        note(day, .paused(pause.reason))
        if pause.last == nil { return nil }
        continue
      }
      // In the middle of a rolling count it does not matter what a day is, and its year need not be known.
      let isLast = counted + 1 == needed
      let isWorked = count == .working || isLast ? try calendar.isWorked(day) : nil
      if count == .working, isWorked == false {
        try noteKind(day, .skipped)
      } else if isLast, hold(day) {
        continue
      } else {
        counted += 1
        if isWorked == nil { note(day, .counted(counted)) } else { try noteKind(day, .counted(counted)) }
      }
    }
    guard count == .rolling else { return day }
    return try rolled(day, isCounted: needed > 0)
  }

  /// `day`, or where it is a rest day the next working day on which the clock does not stand still.
  private mutating func rolled(_ last: Int, isCounted: Bool) throws(CalendarError) -> Int? {
    var day = last
    while true {
      let pause = day == last ? nil : pauses.first { $0.contains(day) }
      if let pause {
        note(day, .paused(pause.reason))
        if pause.last == nil { return nil }
      } else if try calendar.isWorked(day) {
        if day == last { return day }
        if !hold(day) {
          try noteKind(day, .movedHere)
          return day
        }
      } else if day != last || !isCounted {
        try noteKind(day, .movedPast)
      }
      day += 1
    }
  }

  /// How many days of the count lie after `start` up to and with `end`.
  ///
  /// - Throws: ``CalendarError`` of code `unknownYear` where working days are counted.
  func counted(after start: Int, through end: Int) throws(CalendarError) -> Int {
    var counted = 0
    // What lies between the pauses; a later one may end before an earlier one does.
    var day = start
    for pause in pauses where pause.first <= end && pause.last.map({ $0 > day }) ?? true {
      counted += try between(day, pause.first - 1)
      guard let last = pause.last else { return counted }
      day = last
    }
    return counted + (try between(day, end))
  }

  private func between(_ start: Int, _ end: Int) throws(CalendarError) -> Int {
    guard start < end else { return 0 }
    return try count == .rolling ? end - start : calendar.worked(after: start, through: end)
  }

  /// Whether the clock stopped on a day that would be the last, which is none then.
  private mutating func hold(_ day: Int) -> Bool {
    guard let pause = pauses.first(where: { $0.holds(day) }) else { return false }
    steps?.append(
      Deadline.Step(
        date: CivilDate(daysSinceEpoch: day), kind: try? calendar.kind(of: CivilDate(daysSinceEpoch: day)),
        effect: .held(pause.reason)))
    let place = pauses.firstIndex { $0.first > day } ?? pauses.count
    pauses.insert(Pause(first: day, last: day, reason: pause.reason), at: place)
    return true
  }

  private mutating func note(_ day: Int, _ effect: Deadline.Step.Effect) {
    steps?.append(Deadline.Step(date: CivilDate(daysSinceEpoch: day), kind: nil, effect: effect))
  }

  private mutating func noteKind(_ day: Int, _ effect: Deadline.Step.Effect) throws(CalendarError) {
    guard steps != nil else { return }
    let date = CivilDate(daysSinceEpoch: day)
    let step = Deadline.Step(date: date, kind: try calendar.kind(of: date), effect: effect)
    steps?.append(step)
  }
}
