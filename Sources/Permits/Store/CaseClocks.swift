import Applications
import Calendars
import CivilTime

/// Makes what the clocks of a case's attempts show at a moment, by all that is known or by what was known at a time.
struct CaseClocks {
  let calendar: WorkCalendar
  let now: CivilDateTime
  let time: Timestamp?

  /// - Parameters:
  ///   - attempts: of one case, in the order in which they were made.
  ///   - events: of each of them, in the order in which they were learned.
  ///   - totals: the limits of all together.
  func views(
    _ attempts: [PermitItemAttempt], _ events: [[ClockEvent]], _ totals: [PermitTotal]
  ) -> [PermitItemView] {
    let events = events.map { events in
      guard let time, events.contains(where: { $0.learned > time }) else { return events }
      return events.filter { $0.learned <= time }
    }
    let known = events.map { $0.known() }
    let clocks = totals.flatMap { total in
      TotalClock.all(total, attempts.indices.map { (attempts[$0].item, known[$0]) }, calendar, at: now)
    }
    func state(_ index: Int) -> PermitState? {
      let state = attempts[index].state
      return time == nil || state == nil ? state : PermitProgress(known[index]).state
    }
    return attempts.indices.map { index in
      let attempt = attempts[index]
      return PermitItemView(
        attempt: attempt, state: state(index), events: events[index],
        reading: attempt.clock.map {
          Clock(rule: $0, calendar: calendar).reading(ofKnown: known[index], at: now)
        },
        total: attempt.way == nil ? nil : clocks.first { $0.members.contains(index) },
        own: own(attempt, known[index]) { item in
          attempts.indices.lazy.filter { attempts[$0].item == item }.counting(state).map { known[$0] }
        })
    }
  }

  private func own(
    _ attempt: PermitItemAttempt, _ known: [ClockEvent], _ counting: (PermitItem) -> [ClockEvent]?
  ) -> OwnClock? {
    guard attempt.state != nil, !attempt.ownLimits.isEmpty else { return nil }
    let ready = ClockEvent.ready(created: attempt.created, known, after: attempt.after.map(counting))
    return OwnClock(attempt.ownLimits, known: known, ready: ready, calendar, at: now)
  }
}
