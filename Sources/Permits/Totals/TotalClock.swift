import Applications
public import Calendars
public import CivilTime

/// The one clock of all permits of a case that a limit counts together, whichever attempt at them it is.
///
/// It starts with the first of them that starts, goes on while the platform is at work on any, stands still while it is at
/// work on none — since what is open waits for material, say, or was not taken up yet — and ends when the latest attempt
/// at each is decided. Another attempt, after a refusal, goes on with what is left.
public struct TotalClock: Hashable, Sendable {
  public let total: PermitTotal
  /// What the clock goes by: made of the events of the attempts, in the order in which they happened.
  public let events: [ClockEvent]
  public let reading: ClockReading

  /// One attempt at an item, and what is known of it in the order in which it happened.
  typealias Attempt = (item: PermitItem, known: [ClockEvent])

  /// - Parameter attempts: all of the case, in the order in which they were made.
  init(_ total: PermitTotal, _ attempts: [Attempt], _ calendar: WorkCalendar, at now: CivilDateTime) {
    self.total = total
    events = TotalCourse.events(
      of: attempts.filter { total.items.contains($0.item) }, total.effects, until: now)
    reading = Clock(rule: total.clockRule, calendar: calendar).reading(ofKnown: events, at: now)
  }

  /// How the reading came about, as that of a single permit is explained.
  public func explanation(_ calendar: WorkCalendar, at now: CivilDateTime) -> [ClockLine] {
    Clock(rule: total.clockRule, calendar: calendar).explanation(of: events, at: now)
  }
}

extension PermitCaseView {
  /// The clocks over several of its items.
  public var totals: [TotalClock] {
    items.compactMap(\.total).reduce(into: []) { totals, total in
      if !totals.contains(where: { $0.total.name == total.total.name }) { totals.append(total) }
    }
  }

  /// What was believed of such a clock when, ascending; what changed neither state nor deadline is left out.
  public func beliefs(of total: PermitTotal, _ calendar: WorkCalendar) -> [ClockBelief] {
    let members = items.filter { total.items.contains($0.attempt.item) }
    var beliefs: [ClockBelief] = []
    for time in Set(members.flatMap(\.events).map(\.learned)).sorted() {
      let attempts: [TotalClock.Attempt] = members.filter { $0.attempt.created <= time }
        .map { ($0.attempt.item, $0.events.known(at: time)) }
      let reading = TotalClock(
        total, attempts, calendar, at: time.civil(offsetSeconds: UTCOffset.china)
      ).reading
      if let last = beliefs.last, last.state == reading.state, last.due == reading.due { continue }
      let learned = members.flatMap(\.events).filter { $0.learned == time }.map(\.id).sorted()
      beliefs.append(ClockBelief(since: time, state: reading.state, due: reading.due, learned: learned))
    }
    return beliefs
  }
}
