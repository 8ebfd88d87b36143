import Applications
import Calendars
import CivilTime

/// Walks along the events of several attempts at once, and tells when the platform was at work on any of them.
struct TotalCourse {
  static let allDecided = "all-decided"
  static let standstillStarted = "standstill-started"
  /// By something that comes to an office, and so within its hours.
  static let standstillEnded = "standstill-ended"
  /// By the end of something that holds on whatever day it is.
  static let standstillOver = "standstill-over"

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
    /// It lets an attempt go on at whatever hour it comes.
    var isOverAtOnce = false
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
        if !stop.waitsForOffice(name) { effects[name, default: Effect()].isOverAtOnce = true }
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
      ClockRule.Stop(
        reason: .standstill, begins: standstillStarted, ends: standstillOver, alsoEnds: [standstillEnded])
    ]
    return rule
  }

  private struct Standing {
    var place = 0
    var isStarted = false
    var isOver = false
    var pauses: UInt64 = 0
    /// When something was brought last for which it stood still.
    var brought: CivilDateTime?
    var isAtWork: Bool { isStarted && !isOver && pauses == 0 }

    mutating func apply(_ effect: Effect, isStart: Bool, at moment: CivilDateTime) {
      guard !isOver else { return }
      if pauses & effect.resumes != 0, !effect.isOverAtOnce { brought = moment }
      if isStart { isStarted = true }
      if effect.ends { isOver = true }
      pauses = (pauses | effect.pauses) & ~effect.resumes
    }
  }

  /// - Parameters:
  ///   - attempts: those that are counted together, in the order in which they were made.
  ///   - starts: what starts each.
  ///   - opens: when something that came at a moment counts as come.
  init(
    _ attempts: [TotalClock.Attempt], starts: [ClockStart?], _ effects: [String: Effect],
    until now: CivilDateTime, opens: (CivilDateTime) -> CivilDateTime
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
      standings[index].apply(effect ?? Effect(), isStart: isStart, at: happened)
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
      } else if isBegun, after.isAtWork, !before.isAtWork {
        // What was brought before counts as brought when the office opens.
        let isAtOnce = effect?.isOverAtOnce == true && after.brought.map { opens($0) <= happened } ?? true
        if !wasAtWork {
          add(isAtOnce ? Self.standstillOver : Self.standstillEnded, happened, cause)
        } else if isAtOnce, let last = events.last, last.name == Self.standstillEnded,
          opens(last.happened) > happened
        {
          events.removeLast()
          causes.removeLast()
          add(Self.standstillOver, happened, cause)
        }
      } else if isBegun, wasAtWork, working == 0 {
        add(Self.standstillStarted, happened, cause)
      }
    }
    if isBegun, let lastDecision, Self.isOver(attempts, standings, until: now) {
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

  /// The attempt by which each item stands is decided.
  private static func isOver(
    _ attempts: [TotalClock.Attempt], _ standings: [Standing], until now: CivilDateTime
  ) -> Bool {
    attempts.indices.allSatisfy { index in
      guard !standings[index].isOver else { return true }
      let item = attempts[index].item
      return attempts.indices.lazy.filter { attempts[$0].item == item }.counting { other in
        PermitProgress(attempts[other].known.filter { $0.happened <= now }).state
      } != index
    }
  }
}
