import Applications
import Calendars
import CivilTime

/// Walks along the events of several attempts at once, and tells when the platform was at work on any of them.
struct TotalCourse {
  static let allDecided = "all-decided"
  static let standstillStarted = "standstill-started"
  static let standstillEnded = "standstill-ended"

  /// What the clock goes by: started, standing still, going on, all decided.
  private(set) var events: [ClockEvent] = []
  /// What brought each of them about: something that happened to an item.
  private(set) var causes: [TotalClock.Cause] = []
  /// That nobody said a word about the attempt that has started it, or would.
  private(set) var silence: ClockReading.Silence?
  /// Until when somebody may say nothing about one of them.
  private(set) var silentUntil: CivilDateTime?

  /// Until when nothing may be said about one of them is not known: the event since which it lasts.
  private(set) var unknownSilence: String?

  /// What an event does to an attempt beside starting it. Pauses are bits, by their place among the stops of the rule.
  struct Effect: Hashable, Sendable {
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
    rule.starts = rule.starts.union(rule.startsAtLatest).union([ClockRule.Silence.event])
    (rule.startsAtLatest, rule.silence) = ([], nil)
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

    mutating func apply(_ effect: Effect, isStart: Bool) {
      guard !isOver else { return }
      if isStart { isStarted = true }
      if effect.ends { isOver = true }
      pauses = (pauses | effect.pauses) & ~effect.resumes
    }
  }

  /// - Parameters:
  ///   - attempts: those that are counted together, in the order in which they were made.
  ///   - starts: what starts each.
  init(
    _ attempts: [TotalClock.Attempt], starts: [ClockStart?], _ effects: [String: Effect],
    until now: CivilDateTime
  ) {
    var standings = Array(repeating: Standing(), count: attempts.count)
    var (isBegun, working) = (false, 0)
    var lastDecision: (happened: CivilDateTime, cause: TotalClock.Cause)?
    while let index = Self.earliest(attempts, standings, until: now) {
      let place = standings[index].place
      let (name, happened) = (attempts[index].known[place].name, attempts[index].known[place].happened)
      standings[index].place += 1
      let isStart = starts[index]?.place == place
      let effect = effects[name]
      guard isStart || effect != nil else { continue }
      let before = standings[index]
      standings[index].apply(effect ?? Effect(), isStart: isStart)
      let after = standings[index]
      let cause = TotalClock.Cause(item: attempts[index].item, event: name)
      if after.isOver, !before.isOver { lastDecision = (happened, cause) }
      let wasAtWork = working > 0
      working += (after.isAtWork ? 1 : 0) - (before.isAtWork ? 1 : 0)
      if !isBegun, after.isStarted {
        isBegun = true
        silence = starts[index]?.silence
        add(silence == nil ? name : ClockRule.Silence.event, happened, cause)
        if working == 0 { add(Self.standstillStarted, happened, cause) }
      } else if isBegun, wasAtWork != (working > 0) {
        add(working > 0 ? Self.standstillEnded : Self.standstillStarted, happened, cause)
      }
    }
    if isBegun, let lastDecision, Self.isOver(attempts, standings) {
      if let last = events.last, last.name == Self.standstillStarted, last.happened == lastDecision.happened {
        events.removeLast()
        causes.removeLast()
      }
      add(Self.allDecided, lastDecision.happened, lastDecision.cause)
    }
    for index in attempts.indices where !standings[index].isOver {
      if let place = starts[index]?.unknownSince { unknownSilence = attempts[index].known[place].id }
      guard let one = starts[index]?.silence, !one.isOver, silentUntil.map({ one.until < $0 }) ?? true else {
        continue
      }
      silentUntil = one.until
      if !isBegun { silence = one }
    }
  }

  private mutating func add(_ name: String, _ happened: CivilDateTime, _ cause: TotalClock.Cause) {
    causes.append(cause)
    // Numbered in their order, and learned at one time: a correction may turn the order of what it rests on.
    events.append(
      ClockEvent(id: "\(events.count)", name: name, happened: happened, learned: Timestamp(milliseconds: 0)))
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
