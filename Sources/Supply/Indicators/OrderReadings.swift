import Calendars
import CivilTime

/// What of a clock counts for a figure.
struct OrderReading: Hashable, Sendable {
  enum State: Hashable, Sendable { case waiting, running, paused, ended }

  let state: State
  /// A day that decides lies in a year without a calendar.
  let lacksCalendar: Bool
  let isLate: Bool
  /// It ended when nobody may be called.
  let isQuiet: Bool
  /// Days of the limit's count, or minutes.
  let used: Int?

  init(_ reading: ClockReading, _ rule: ClockRule) {
    state =
      switch reading.state {
      case .waiting: .waiting
      case .running: .running
      case .paused: .paused
      case .ended: .ended
      }
    if case .unknown = reading.due { lacksCalendar = true } else { lacksCalendar = false }
    isLate = reading.isLate
    if case .ended(let moment) = reading.state {
      isQuiet = rule.quiet?.contains(moment) ?? false
    } else {
      isQuiet = false
    }
    used = reading.used
  }
}

/// What clocks show at one moment. Those of limits that go by days alone, and have not stood still, are read once for the days between which they ran:
/// thousands of orders share them.
struct OrderReadings {
  private struct Span: Hashable {
    let place: Int
    let start: Int
    let end: Int
    let isEnded: Bool
  }

  private let calendar: WorkCalendar
  private let now: CivilDateTime
  private var known: [Span: OrderReading] = [:]

  init(calendar: WorkCalendar, now: CivilDateTime) {
    self.calendar = calendar
    self.now = now
  }

  /// - Parameters:
  ///   - place: of the rule, another for each.
  ///   - events: in the order in which they happened.
  mutating func reading(_ rule: ClockRule, at place: Int, _ events: [ClockEvent]) -> OrderReading {
    guard let span = span(rule, at: place, events) else { return read(rule, events) }
    if let reading = known[span] { return reading }
    let reading = read(rule, events)
    known[span] = reading
    return reading
  }

  private func read(_ rule: ClockRule, _ events: [ClockEvent]) -> OrderReading {
    OrderReading(Clock(rule: rule, calendar: calendar).reading(ofKnown: events, at: now), rule)
  }

  /// nil where the reading depends on more than days, or the clock has not started.
  private func span(_ rule: ClockRule, at place: Int, _ events: [ClockEvent]) -> Span? {
    let stands = rule.stops.contains { stop in events.contains { $0.name == stop.begins } }
    guard !stands, case .days = rule.limit, rule.hours == nil, rule.quiet == nil,
      rule.silence == nil, rule.startsAtLatest.isEmpty, rule.warnings.isEmpty,
      let start = events.firstIndex(where: { rule.starts.contains($0.name) }), events[start].happened <= now
    else { return nil }
    let end = events[start...].dropFirst().first { rule.ends.contains($0.name) && $0.happened <= now }
    return Span(
      place: place, start: events[start].happened.date.daysSinceEpoch,
      end: (end?.happened ?? now).date.daysSinceEpoch, isEnded: end != nil)
  }
}
