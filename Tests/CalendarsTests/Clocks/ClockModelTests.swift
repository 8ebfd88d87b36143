import Calendars
import CivilTime
import TestSupport
import Testing

/// Whole clocks, with everything that a rule may have, against one that is written naively; entries are corrected on the way.
@Suite struct ClockModelTests {
  private struct Trial {
    let clock: NaiveClock
    let rule: ClockRule
    private(set) var entries: [NaiveClock.Entry] = []

    private static let words = [
      "accepted", "handling", "supplement-requested", "supplement-received", "public-notice-started",
      "public-notice-ended", "approved", "rejected", "not-accepted", "withdrawn",
    ]

    init(_ chance: inout SplitMix64) {
      let limit: (TimeLimit, NaiveClock.Limit)
      switch Int.random(in: 0..<3, using: &chance) {
      case 0:
        let days = Int.random(in: 0...12, using: &chance)
        limit = (.days(days, .working), .working(days))
      case 1:
        let days = Int.random(in: 0...12, using: &chance)
        limit = (.days(days, .rolling), .rolling(days))
      default:
        let minutes = Int.random(in: 1...9000, using: &chance)
        limit = (.minutes(minutes), .minutes(minutes))
      }
      let days = PausedDays.allCases.randomElement(using: &chance)!
      let (opens, onRestDays) = (9 * 3600, Int.random(in: 0..<4, using: &chance) == 0)
      let hours =
        Int.random(in: 0..<3, using: &chance) == 0
        ? nil : NaiveClock.Hours(opens: opens, closes: 17 * 3600, onRestDays: onRestDays)
      clock = NaiveClock(limit: limit.1, hours: hours, days: days)
      let silence = ClockRule.Silence(
        days: 5, count: .working, from: ["received", "submitted"],
        unless: ["supplement-requested", "not-accepted", "withdrawn"], clause: "D", document: "D")
      rule = ClockRule(
        limit: limit.0, starts: ["accepted"], startsAtLatest: ["handling"], silence: silence,
        ends: ["approved", "rejected", "not-accepted", "withdrawn"],
        stops: [
          ClockRule.Stop(
            reason: .supplement, begins: "supplement-requested", ends: "supplement-received",
            alsoEnds: ["accepted"]),
          ClockRule.Stop(
            reason: .publicNotice, begins: "public-notice-started", ends: "public-notice-ended"),
        ],
        hours: hours.flatMap {
          OfficeHours(opens: $0.opens, closes: $0.closes, isOpenOnRestDays: $0.onRestDays)
        }, pausedDays: days)
      add(course(&chance), &chance)
    }

    /// What happened, in its order, and mostly in one that could be.
    private func course(_ chance: inout SplitMix64) -> [(name: String, moment: Int)] {
      var names = [["submitted"], ["received"], ["submitted", "received"], []].randomElement(using: &chance)!
      if Bool.random(using: &chance) { names.append("accepted") }
      for _ in 0..<Int.random(in: 0...3, using: &chance) {
        switch Int.random(in: 0..<4, using: &chance) {
        case 0: names += ["supplement-requested", "supplement-received"]
        case 1: names += ["public-notice-started", "public-notice-ended"]
        case 2: names += ["supplement-requested", "public-notice-started", "supplement-received"]
        default: names.append(Self.words.randomElement(using: &chance)!)
        }
      }
      if Bool.random(using: &chance) {
        names.append(["approved", "rejected"].randomElement(using: &chance)!)
      }
      var moment = Int.random(in: 0..<2300 * NaiveClock.day, using: &chance)
      return names.map { name in
        defer { moment += Int.random(in: 1...5 * NaiveClock.day, using: &chance) }
        return (name, moment)
      }
    }

    /// Enters it, now and then wrongly at first: another word or another moment, which the right one takes the place of, or something that
    /// never was. What stands in for another may be wrong as well.
    private mutating func add(_ course: [(name: String, moment: Int)], _ chance: inout SplitMix64) {
      func later(_ learned: Int, _ chance: inout SplitMix64) -> Int {
        learned + Int.random(in: 1...15 * NaiveClock.day, using: &chance)
      }
      func wrong(_ moment: Int, _ chance: inout SplitMix64) -> (name: String, moment: Int) {
        (
          Self.words.randomElement(using: &chance)!,
          max(0, moment + Int.random(in: -4 * NaiveClock.day...4 * NaiveClock.day, using: &chance))
        )
      }
      for (name, moment) in course {
        var learned = moment + Int.random(in: 0...10 * NaiveClock.day, using: &chance)
        var replaced: Int?
        while Int.random(in: 0..<4, using: &chance) == 0 {
          let (other, at) = wrong(moment, &chance)
          enter(Bool.random(using: &chance) ? name : other, at, learned, replaced)
          replaced = entries.count - 1
          learned = later(learned, &chance)
        }
        enter(name, moment, learned, replaced)
        if Int.random(in: 0..<6, using: &chance) == 0 {
          let (other, at) = wrong(moment, &chance)
          enter(other, at, learned, nil)
          enter(nil, at, later(learned, &chance), entries.count - 1)
        }
      }
    }

    private mutating func enter(_ name: String?, _ moment: Int, _ learned: Int, _ replaced: Int?) {
      entries.append(
        NaiveClock.Entry(
          id: entries.count, name: name, moment: moment, learned: learned, replaces: replaced))
    }

    var events: [ClockEvent] {
      entries.map { entry in
        ClockEvent(
          id: "\(entry.id)", name: entry.name ?? ClockEvent.retraction,
          happened: ClockModelTests.moment(entry.moment), learned: ClockModelTests.time(entry.learned),
          retracts: entry.replaces.map { "\($0)" })
      }
    }
  }

  private static func moment(_ second: Int) -> CivilDateTime {
    CivilDateTime(
      startOf: CivilDate(year: 2019, month: 1, day: 1)!.adding(days: second / NaiveClock.day)
    ).advanced(bySeconds: second % NaiveClock.day)
  }

  private static func time(_ second: Int) -> Timestamp {
    moment(second).timestamp(offsetSeconds: UTCOffset.china)
  }

  private static func answer(_ reading: ClockReading) -> NaiveClock.Answer {
    func second(_ moment: CivilDateTime) -> Int {
      (moment.date.daysSinceEpoch - CivilDate(year: 2019, month: 1, day: 1)!.daysSinceEpoch) * NaiveClock.day
        + moment.secondOfDay
    }
    var answer = NaiveClock.Answer(started: reading.started.map(second), isLate: reading.isLate)
    switch reading.state {
    case .waiting: answer.state = .waiting
    case .running: answer.state = .running
    case .paused: answer.state = .paused
    case .ended(let moment): answer.state = .ended(second(moment))
    }
    switch reading.due {
    case .notYet, .unknown: answer.due = .notYet
    case .open: answer.due = .open
    case .at(let moment): answer.due = .at(second(moment))
    }
    return answer
  }

  /// At any moment, by all that is known and by what was known at any time.
  @Test func everyReadingIsThatOfTheNaiveClock() {
    var chance = SplitMix64(seed: 71)
    var (compared, deemed, paused, late, changed, moved) = (0, 0, 0, 0, 0, 0)
    for number in 0..<2500 {
      let trial = Trial(&chance)
      guard let first = trial.entries.map(\.moment).min(), let last = trial.entries.map(\.learned).max()
      else { continue }
      let (events, clock) = (trial.events, ClockFixture.clock(trial.rule))
      for _ in 0..<4 {
        let now = Int.random(in: first...last + 20 * NaiveClock.day, using: &chance)
        let known = Int.random(in: first...last, using: &chance)
        let all = clock.reading(of: events, at: Self.moment(now))
        let then = clock.reading(of: events, at: Self.moment(now), knownAt: Self.time(known))
        for (reading, time) in [(all, Int.max), (then, known)] {
          guard let expected = trial.clock.answer(trial.entries, at: now, known: time) else { continue }
          compared += 1
          #expect(
            Self.answer(reading) == expected,
            "trial \(number) at \(Self.moment(now)), known \(time == .max ? "all" : "\(time)"): \(trial.rule.limit), \(trial.rule.pausedDays), \(trial.rule.hours != nil): \(events.known().map { "\($0.name) \($0.happened)" })"
          )
        }
        if all.silence?.isOver == true { deemed += 1 }
        if case .paused = all.state { paused += 1 }
        if all.isLate { late += 1 }
        if let start = all.started, let counted = all.counted, start != counted { moved += 1 }
        if all != then { changed += 1 }
      }
    }
    #expect(compared > 15_000 && deemed > 800 && paused > 400 && late > 800)
    #expect(changed > 2000 && moved > 800)
  }
}
