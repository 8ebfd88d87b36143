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
    var course = TotalCourse(total, attempts.filter { total.items.contains($0.item) })
    events = course.events(until: now)
    reading = Clock(rule: Self.rule(total.rule), calendar: calendar).reading(ofKnown: events, at: now)
  }

  /// How the reading came about, as that of a single permit is explained.
  public func explanation(_ calendar: WorkCalendar, at now: CivilDateTime) -> [ClockLine] {
    Clock(rule: Self.rule(total.rule), calendar: calendar).explanation(of: events, at: now)
  }

  /// The limit's rule for the events that the clock goes by.
  static func rule(_ rule: ClockRule) -> ClockRule {
    var rule = rule
    rule.ends = [TotalCourse.allDecided]
    rule.stops = [
      ClockRule.Stop(
        reason: .standstill, begins: TotalCourse.standstillStarted, ends: TotalCourse.standstillEnded)
    ]
    return rule
  }
}

/// Walks along the events of several attempts at once.
private struct TotalCourse {
  static let allDecided = "all-decided"
  static let standstillStarted = "standstill-started"
  static let standstillEnded = "standstill-ended"

  /// Ends an attempt, also one that the platform had not begun with.
  private static let decisive: Set<String> = [
    "approved", "approved-deferred", "rejected", "refused", "not-accepted", "withdrawn", "filed",
  ]

  private struct Standing {
    var isStarted = false
    var isOver = false
    var pauses: Set<PauseReason> = []
    var isAtWork: Bool { isStarted && !isOver && pauses.isEmpty }
  }

  private let rule: ClockRule
  private let attempts: [TotalClock.Attempt]
  private var standings: [Standing]
  private var made: [ClockEvent] = []

  init(_ total: PermitTotal, _ attempts: [TotalClock.Attempt]) {
    rule = total.rule
    self.attempts = attempts
    standings = Array(repeating: Standing(), count: attempts.count)
  }

  mutating func events(until now: CivilDateTime) -> [ClockEvent] {
    var places = Array(repeating: 0, count: attempts.count)
    var (isBegun, wasAtWork) = (false, false)
    var lastDecision: ClockEvent?
    while let index = next(places, until: now) {
      let event = attempts[index].known[places[index]]
      places[index] += 1
      let wasOver = standings[index].isOver
      apply(event.name, to: &standings[index])
      if standings[index].isOver, !wasOver { lastDecision = event }
      let isAtWork = standings.contains(where: \.isAtWork)
      if !isBegun, standings[index].isStarted {
        isBegun = true
        add(event.name, event)
        if !isAtWork { add(Self.standstillStarted, event) }
      } else if isBegun, isAtWork != wasAtWork {
        add(isAtWork ? Self.standstillEnded : Self.standstillStarted, event)
      }
      wasAtWork = isAtWork
    }
    if isBegun, isOver, let lastDecision {
      if let last = made.last, last.name == Self.standstillStarted, last.happened == lastDecision.happened {
        made.removeLast()
      }
      add(Self.allDecided, lastDecision)
    }
    return made
  }

  /// The attempt whose next event is the earliest.
  private func next(_ places: [Int], until now: CivilDateTime) -> Int? {
    var best: Int?
    for index in attempts.indices where places[index] < attempts[index].known.count {
      let event = attempts[index].known[places[index]]
      guard event.happened <= now else { continue }
      if let best {
        let other = attempts[best].known[places[best]]
        guard (event.happened, event.learned) < (other.happened, other.learned) else { continue }
      }
      best = index
    }
    return best
  }

  private func apply(_ name: String, to standing: inout Standing) {
    guard !standing.isOver else { return }
    if rule.starts.contains(name) { standing.isStarted = true }
    if rule.ends.contains(name) || Self.decisive.contains(name) { standing.isOver = true }
    for stop in rule.stops {
      if name == stop.begins { standing.pauses.insert(stop.reason) }
      if name == stop.ends { standing.pauses.remove(stop.reason) }
    }
  }

  /// The latest attempt at each item is decided.
  private var isOver: Bool {
    var latest: [PermitItem: Bool] = [:]
    for (attempt, standing) in zip(attempts, standings) { latest[attempt.item] = standing.isOver }
    return latest.values.allSatisfy(\.self)
  }

  private mutating func add(_ name: String, _ event: ClockEvent) {
    // Numbered in their order, and learned at one time: a correction may turn the order of what it rests on.
    made.append(
      ClockEvent(
        id: "\(made.count)", name: name, happened: event.happened, learned: Timestamp(milliseconds: 0)))
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
