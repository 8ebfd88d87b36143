public import CivilTime

/// A time limit at work: events in, a reading out. It reads no clock and keeps nothing, so that an entry made later
/// (补录) gives another reading of the same moment, and an old belief can be computed again.
public struct Clock: Hashable, Sendable {
  public let rule: ClockRule
  public let calendar: WorkCalendar

  public init(rule: ClockRule, calendar: WorkCalendar) {
    self.rule = rule
    self.calendar = calendar
  }

  /// What the clock shows at `now`, by all events or by what was known at `time`. Events that happened after `now` do
  /// not count.
  public func reading(
    of events: some Sequence<ClockEvent>, at now: CivilDateTime, knownAt time: Timestamp? = nil
  ) -> ClockReading {
    reading(ofKnown: events.known(at: time), at: now)
  }

  /// What the clock shows by events that are known, in the order in which they happened: what ``Sequence/known(at:)`` gives,
  /// for whoever needs that for more than one clock.
  public func reading(ofKnown events: [ClockEvent], at now: CivilDateTime) -> ClockReading {
    // They are in order, so that those to come are at the end.
    let happened =
      events.last.map { $0.happened <= now } ?? true ? events : events.filter { $0.happened <= now }
    return reading(of: Course(happened, rule: rule, calendar: calendar, at: now), at: now)
  }

  /// - Parameter keep: what becomes of the days on the way.
  func reading(
    of course: Course, at now: CivilDateTime, keep: (([Deadline.Step]) -> Void)? = nil
  ) -> ClockReading {
    var reading = ClockReading(
      state: .waiting, started: course.started, silence: course.silence,
      silentUntil: course.silence.flatMap { $0.isOver ? nil : $0.until }, due: .notYet, isLate: false,
      alerts: [], shown: [], findings: course.findings)
    guard let started = course.started else { return reading }
    let end = course.ended ?? now
    if let ended = course.ended {
      reading.state = .ended(ended)
    } else {
      reading.state = course.openPause.map { .paused($0) } ?? .running
    }
    var pauses: [Pause] = []
    do throws(CalendarError) {
      let counted = try effective(started)
      reading.counted = counted
      if let missing = course.missing { throw missing }
      var counting = Counting(
        course, from: counted, rule: rule, calendar: calendar, steps: keep != nil)
      defer { keep?(counting.steps) }
      reading.due = try counting.due().map { .at($0) } ?? .open
      reading.used = Self.used(counting, until: end)
      pauses = counting.pauses
    } catch {
      reading.due = .unknown(error)
    }
    guard case .at(let due) = reading.due, let counted = reading.counted else { return reading }
    reading.isLate = end >= due
    if let quiet = rule.quiet { reading.lastMoment = quiet.lastMoment(before: due, since: counted) }
    reading.alerts.reserveCapacity(rule.warnings.count)
    for warning in rule.warnings {
      do throws(CalendarError) {
        let at = try moment(of: warning, due: due, counted: counted, course, pauses)
        if let at { reading.alerts.append(ClockReading.Alert(warning: warning, at: at)) }
      } catch {
        reading.findings.append(.init(code: .warningUnknown, subject: warning.colour.rawValue))
      }
    }
    reading.alerts.sort { ($0.at, $0.warning.colour) < ($1.at, $1.warning.colour) }
    guard course.ended == nil, course.openPause == nil else { return reading }
    reading.shown = reading.alerts.filter { $0.at <= now && (!$0.warning.colour.isBeforeLimit || now < due) }
    return reading
  }

  /// nil where the days until `end` lie in a year without a calendar: when it was due is known all the same.
  private static func used(_ counting: Counting, until end: CivilDateTime) -> Int? {
    do throws(CalendarError) { return try counting.used(until: end) } catch { return nil }
  }

  private func effective(_ moment: CivilDateTime) throws(CalendarError) -> CivilDateTime {
    try rule.hours?.effective(moment, in: calendar) ?? moment
  }

  /// From when a warning is shown; never before the clock started. `nil` where the clock stands still on the way there,
  /// and nobody knows until when.
  private func moment(
    of warning: Warning, due: CivilDateTime, counted: CivilDateTime, _ course: Course,
    _ pauses: [Pause]
  ) throws(CalendarError) -> CivilDateTime? {
    let isBefore = warning.colour.isBeforeLimit
    guard case .days(_, let count) = rule.limit else {
      if isBefore { return max(counted, due.advanced(bySeconds: -60 * warning.distance)) }
      return course.moment(minutes: warning.distance, after: due).map { max(counted, $0) }
    }
    var day = due.advanced(bySeconds: -1).date.daysSinceEpoch
    let first = counted.date.daysSinceEpoch
    var distance = warning.distance
    while distance > 0 {
      day += isBefore ? -1 : 1
      if isBefore, day <= first { return counted }
      if let pause = pauses.first(where: { $0.contains(day) }) {
        if !isBefore, pause.last == nil { return nil }
        continue
      }
      let counts = try count == .rolling ? true : calendar.isWorked(day)
      if counts { distance -= 1 }
    }
    return max(counted, CivilDateTime(startOf: CivilDate(daysSinceEpoch: isBefore ? day : day + 1)))
  }
}
