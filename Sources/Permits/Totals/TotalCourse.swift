import Applications
import Calendars
import CivilTime

/// Walks along the events of several attempts at once, and tells when the platform was at work on any of them.
enum TotalCourse {
  static let allDecided = "all-decided"
  static let standstillStarted = "standstill-started"
  static let standstillEnded = "standstill-ended"

  /// What an event does to an attempt. Pauses are bits, by their place among the stops of the rule.
  struct Effect: Hashable, Sendable {
    var starts = false
    var ends = false
    var pauses: UInt64 = 0
    var resumes: UInt64 = 0
  }

  /// Ends an attempt, also one that the platform had not begun with.
  private static let decisive = [
    "approved", "approved-deferred", "rejected", "refused", "not-accepted", "withdrawn", "filed",
  ]

  /// The events that matter by a rule, by name.
  static func effects(_ rule: ClockRule) -> [String: Effect] {
    var effects: [String: Effect] = [:]
    for name in rule.starts { effects[name, default: Effect()].starts = true }
    for name in rule.ends.union(decisive) { effects[name, default: Effect()].ends = true }
    var reasons: [PauseReason] = []
    for stop in rule.stops {
      let place = reasons.firstIndex(of: stop.reason) ?? reasons.count
      if place == reasons.count { reasons.append(stop.reason) }
      effects[stop.begins, default: Effect()].pauses |= 1 << UInt64(place)
      for name in stop.alsoEnds.union([stop.ends]) {
        effects[name, default: Effect()].resumes |= 1 << UInt64(place)
      }
    }
    return effects
  }

  /// The limit's rule for the events that the clock goes by.
  static func rule(_ rule: ClockRule) -> ClockRule {
    var rule = rule
    rule.ends = [allDecided]
    rule.stops = [
      ClockRule.Stop(reason: .standstill, begins: standstillStarted, ends: standstillEnded)
    ]
    return rule
  }

  private struct Standing {
    var place = 0
    var isStarted = false
    var isOver = false
    var pauses: UInt64 = 0
    var isAtWork: Bool { isStarted && !isOver && pauses == 0 }

    mutating func apply(_ effect: Effect) {
      guard !isOver else { return }
      if effect.starts { isStarted = true }
      if effect.ends { isOver = true }
      pauses = (pauses | effect.pauses) & ~effect.resumes
    }
  }

  /// What the clock goes by: started, standing still, going on, all decided.
  static func events(
    of attempts: [TotalClock.Attempt], _ effects: [String: Effect], until now: CivilDateTime
  ) -> [ClockEvent] {
    var standings = Array(repeating: Standing(), count: attempts.count)
    var made: [ClockEvent] = []
    func add(_ name: String, _ happened: CivilDateTime) {
      // Numbered in their order, and learned at one time: a correction may turn the order of what it rests on.
      made.append(
        ClockEvent(id: "\(made.count)", name: name, happened: happened, learned: Timestamp(milliseconds: 0)))
    }
    var (isBegun, working) = (false, 0)
    var lastDecision: CivilDateTime?
    while let index = earliest(attempts, standings, until: now) {
      let (name, happened) = (
        attempts[index].known[standings[index].place].name,
        attempts[index].known[standings[index].place].happened
      )
      standings[index].place += 1
      guard let effect = effects[name] else { continue }
      let before = standings[index]
      standings[index].apply(effect)
      let after = standings[index]
      if after.isOver, !before.isOver { lastDecision = happened }
      let wasAtWork = working > 0
      working += (after.isAtWork ? 1 : 0) - (before.isAtWork ? 1 : 0)
      if !isBegun, after.isStarted {
        isBegun = true
        add(name, happened)
        if working == 0 { add(standstillStarted, happened) }
      } else if isBegun, wasAtWork != (working > 0) {
        add(working > 0 ? standstillEnded : standstillStarted, happened)
      }
    }
    if isBegun, let lastDecision, isOver(attempts, standings) {
      if let last = made.last, last.name == standstillStarted, last.happened == lastDecision {
        made.removeLast()
      }
      add(allDecided, lastDecision)
    }
    return made
  }

  /// The attempt whose next event is the earliest.
  private static func earliest(
    _ attempts: [TotalClock.Attempt], _ standings: [Standing], until now: CivilDateTime
  ) -> Int? {
    var best: (index: Int, happened: CivilDateTime, learned: Timestamp)?
    for index in attempts.indices where standings[index].place < attempts[index].known.count {
      let happened = attempts[index].known[standings[index].place].happened
      guard happened <= now else { continue }
      let learned = attempts[index].known[standings[index].place].learned
      if let best, (best.happened, best.learned) <= (happened, learned) { continue }
      best = (index, happened, learned)
    }
    return best?.index
  }

  /// The latest attempt at each item is decided.
  private static func isOver(_ attempts: [TotalClock.Attempt], _ standings: [Standing]) -> Bool {
    attempts.indices.allSatisfy { index in
      standings[index].isOver || attempts[(index + 1)...].contains { $0.item == attempts[index].item }
    }
  }
}
