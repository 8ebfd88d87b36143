import Calendars
import CivilTime
import TestSupport
import Testing

/// Clocks with random courses against a count done day by day with the naive calendar, and laws that hold for all.
@Suite struct ClockPropertyTests {
  private static let naive = NaiveCalendar()

  /// A random course: accepted, then pauses of two kinds that may overlap, perhaps one that stays open.
  private struct Trial {
    var events: [ClockEvent] = []
    var rule: ClockRule
    let start: Int
    /// Places of the days on which the clock stopped and went on; an open stop has no end.
    var stops: [(begin: Int, end: Int?)] = []
    let way: PausedDays

    /// - Parameter perhapsOpen: the last pause may have no end.
    init(_ chance: inout SplitMix64, perhapsOpen: Bool = false) {
      let count = DayCount.allCases.randomElement(using: &chance)!
      way = PausedDays.allCases.randomElement(using: &chance)!
      let days = Int.random(in: 0...22, using: &chance)
      rule = ClockFixture.rule(.days(days, count), pausedDays: way)
      start = Int.random(in: 0..<2600, using: &chance)
      add("accepted", start, &chance)
      for stop in ClockFixture.stops {
        var place = start
        for _ in 0..<Int.random(in: 0...2, using: &chance) {
          // Anywhere, and often about where the limit ends.
          let near = max(place, start + days + Int.random(in: -1...10, using: &chance))
          let begin = Bool.random(using: &chance) ? near : place + Int.random(in: 0...8, using: &chance)
          add(stop.begins, begin, &chance)
          if perhapsOpen, Int.random(in: 0..<3, using: &chance) == 0 {
            stops.append((begin, nil))
            break
          }
          let end = begin + Int.random(in: 0...20, using: &chance)
          add(stop.ends, end, &chance)
          stops.append((begin, end))
          place = end + 1
        }
      }
    }

    mutating func add(_ name: String, _ place: Int, _ chance: inout SplitMix64) {
      // The order of a day's events is the order in which they are added.
      let moment = CivilDateTime(startOf: CivilDate(year: 2019, month: 1, day: 1)!.adding(days: place))
        .advanced(bySeconds: 36_000 + events.count)
      let learned = moment.timestamp(offsetSeconds: UTCOffset.china)
        .advanced(bySeconds: Int.random(in: 0...40, using: &chance) * 86_400)
      events.append(
        ClockEvent(id: "\(events.count)", name: name, happened: moment, learned: learned))
    }

    func isPaused(_ place: Int) -> Bool {
      stops.contains { begin, end in
        way == .afterFirst
          ? begin < place && end.map { place <= $0 } ?? true
          : begin <= place && end.map { place < $0 } ?? true
      }
    }

    /// The clock stands still at the end of the day.
    func standsStillAfter(_ place: Int) -> Bool {
      stops.contains { begin, end in begin <= place && end.map { place < $0 } ?? true }
    }

    enum End: Equatable {
      case day(Int)
      case open
      /// Beyond the calendar.
      case unknown
    }

    /// The last day by walking along the naive calendar: the first that counts as the last one and does not leave the clock
    /// standing still.
    var expected: End {
      guard case .days(let days, let count) = rule.limit else { return .unknown }
      let list = ClockPropertyTests.naive.days
      let isOpen = stops.contains { $0.end == nil }
      var place = start
      var left = days
      if days == 0, standsStillAfter(start) { left = 1 }
      while left > 0 {
        place += 1
        guard place < list.count else { return isOpen ? .open : .unknown }
        if isPaused(place) || (count == .working && !list[place].isWorking) { continue }
        if left == 1, standsStillAfter(place) { continue }
        left -= 1
      }
      if count == .rolling {
        let last = place
        while !list[place].isWorking || (place != last && (isPaused(place) || standsStillAfter(place))) {
          place += 1
          guard place < list.count else { return isOpen ? .open : .unknown }
        }
      }
      return .day(place)
    }
  }

  private let end = CivilDateTime(startOf: CivilDate(year: 2026, month: 12, day: 31)!)

  @Test func deadlinesWithPausesAgreeWithAWalkAlongTheCalendar() {
    var chance = SplitMix64(seed: 41)
    var (compared, open, held) = (0, 0, 0)
    for number in 0..<4000 {
      let trial = Trial(&chance, perhapsOpen: true)
      let clock = ClockFixture.clock(trial.rule)
      let reading = clock.reading(of: trial.events, at: end)
      switch trial.expected {
      case .unknown: continue
      case .open:
        open += 1
        #expect(
          reading.due == .open && !reading.isLate, "trial \(number): \(trial.rule.limit) \(trial.events)")
      case .day(let place):
        compared += 1
        #expect(
          reading.lastDay?.description == Self.naive.days[place].text,
          "trial \(number): \(trial.rule.limit) \(trial.events)")
      }
      // What people are told day by day is the same way.
      let lines = clock.explanation(of: trial.events, at: end)
      if lines.contains(where: { $0.englishTitle.contains("would be the last day") }) { held += 1 }
      if case .at = reading.due {
        let counted = lines.last {
          $0.englishTitle.contains(": day ") || $0.englishTitle.hasSuffix("moved here")
        }
        if trial.rule.limit != .days(0, .working), trial.rule.limit != .days(0, .rolling) {
          #expect(counted?.date == reading.lastDay, "trial \(number)")
        }
        // Each day that was counted was used.
        let used = lines.count { $0.englishTitle.contains(": day ") }
        if case .days(let days, .working) = trial.rule.limit, days > 0 {
          #expect(used == days && reading.used.map { $0 >= days } ?? true, "trial \(number)")
        }
      }
    }
    #expect(compared > 2500 && open > 300 && held > 50)
  }

  /// While a clock stands still nothing becomes late, whatever day it stopped on, also the last one.
  @Test func nothingBecomesLateWhileTheClockStandsStill() {
    var chance = SplitMix64(seed: 48)
    var stopped = 0
    for number in 0..<600 {
      let trial = Trial(&chance)
      let clock = ClockFixture.clock(trial.rule)
      // Evening by evening, from the start to well behind the limit.
      var wasLate = false
      for offset in 0..<60 {
        let now = CivilDateTime(
          startOf: CivilDate(year: 2019, month: 1, day: 1)!.adding(days: trial.start + offset)
        ).advanced(bySeconds: 86_399)
        let before = clock.reading(of: trial.events, at: now)
        let midnight = clock.reading(of: trial.events, at: now.advanced(bySeconds: 1))
        if case .paused = before.state {
          stopped += 1
          #expect(before.isLate == wasLate, "trial \(number), \(now)")
          #expect(midnight.isLate == wasLate, "trial \(number), \(now)")
          #expect(before.due == .open || wasLate, "trial \(number), \(now)")
        }
        wasLate = midnight.isLate
      }
    }
    #expect(stopped > 2000)
  }

  @Test func theOrderOfEntriesDoesNotMatter() {
    var chance = SplitMix64(seed: 42)
    for _ in 0..<500 {
      let trial = Trial(&chance)
      let clock = ClockFixture.clock(trial.rule)
      let shuffled = trial.events.shuffled(using: &chance)
      #expect(clock.reading(of: shuffled, at: end) == clock.reading(of: trial.events, at: end))
    }
  }

  @Test func aLateEntryChangesBeliefsAndNotTheTruth() {
    var chance = SplitMix64(seed: 43)
    for _ in 0..<500 {
      let trial = Trial(&chance)
      let clock = ClockFixture.clock(trial.rule)
      let prompt = trial.events.map {
        ClockEvent(
          id: $0.id, name: $0.name, happened: $0.happened,
          learned: $0.happened.timestamp(offsetSeconds: UTCOffset.china))
      }
      // In the end both know the same.
      #expect(clock.reading(of: trial.events, at: end) == clock.reading(of: prompt, at: end))
      // A belief is the reading of what was learned until then, and of nothing else.
      for time in Set(trial.events.map(\.learned)) {
        let until = trial.events.filter { $0.learned <= time }
        #expect(
          clock.reading(of: trial.events, at: end, knownAt: time) == clock.reading(of: until, at: end))
      }
      let beliefs = clock.beliefs(of: trial.events)
      #expect(beliefs.map(\.since) == beliefs.map(\.since).sorted())
      #expect(beliefs.last?.due == clock.reading(of: trial.events, at: end).due)
    }
  }

  @Test func anEntryTakenBackWasNeverThere() {
    var chance = SplitMix64(seed: 44)
    for _ in 0..<500 {
      let trial = Trial(&chance)
      let clock = ClockFixture.clock(trial.rule)
      guard let victim = trial.events.dropFirst().randomElement(using: &chance) else { continue }
      let later = victim.learned.advanced(bySeconds: 86_400 * 100)
      let taken = ClockEvent(
        id: "back", name: ClockEvent.retraction, happened: victim.happened, learned: later,
        retracts: victim.id)
      let without = trial.events.filter { $0.id != victim.id }
      #expect(
        clock.reading(of: trial.events + [taken], at: end) == clock.reading(of: without, at: end))
      // Before it was taken back it was believed.
      let before = later.advanced(bySeconds: -1)
      #expect(
        clock.reading(of: trial.events + [taken], at: end, knownAt: before)
          == clock.reading(of: trial.events, at: end, knownAt: before))
    }
  }

  @Test func aPauseShiftsTheDeadlineByTheWorkingDaysItTakes() throws {
    var chance = SplitMix64(seed: 45)
    let calendar = WorkCalendar.china
    for _ in 0..<1000 {
      var trial = Trial(&chance)
      trial.events = []
      trial.stops = []
      let days = Int.random(in: 3...15, using: &chance)
      let clock = ClockFixture.clock(ClockFixture.rule(.days(days, .working)))
      trial.add("accepted", trial.start, &chance)
      let first = try calendar.deadline(
        start: try #require(trial.events.first).happened.date, days: days, count: .working)
      let begin = trial.start + 1
      let length = Int.random(in: 0...20, using: &chance)
      trial.add("supplement-requested", begin, &chance)
      trial.add("supplement-received", begin + length, &chance)
      var taken = 0
      for day in trial.events[1].happened.date.daysSinceEpoch..<trial.events[2].happened.date.daysSinceEpoch
      where try calendar.isWorkingDay(CivilDate(daysSinceEpoch: day + 1)) { taken += 1 }
      let shifted = try calendar.deadline(start: first.date, days: taken, count: .working)
      #expect(clock.reading(of: trial.events, at: end).lastDay == shifted.date)
    }
  }

  @Test func minutesAgreeWithACountMinuteByMinute() throws {
    var chance = SplitMix64(seed: 46)
    let start = try ClockFixture.moment("2024-03-04T10:00:00")
    for _ in 0..<500 {
      let limit = Int.random(in: 0...300, using: &chance)
      var events = [
        ClockEvent(id: "0", name: "accepted", happened: start, learned: Timestamp(milliseconds: 0))
      ]
      var stands: [Range<Int>] = []
      for stop in ClockFixture.stops {
        let begin = Int.random(in: 0...200, using: &chance)
        let end = begin + Int.random(in: 0...200, using: &chance)
        stands.append(begin..<end)
        for (name, minute) in [(stop.begins, begin), (stop.ends, end)] {
          events.append(
            ClockEvent(
              id: "\(events.count)", name: name, happened: start.advanced(bySeconds: minute * 60),
              learned: Timestamp(milliseconds: Int64(events.count))))
        }
      }
      var minute = 0
      var left = limit
      while left > 0 {
        if !stands.contains(where: { $0.contains(minute) }) { left -= 1 }
        minute += 1
      }
      let clock = ClockFixture.clock(ClockFixture.rule(.minutes(limit)))
      let now = start.advanced(bySeconds: 1000 * 60)
      let reading = clock.reading(of: events, at: now)
      #expect(reading.due == .at(start.advanced(bySeconds: minute * 60)), "\(limit) \(stands)")
      let stood = (0..<1000).count { minute in stands.contains { $0.contains(minute) } }
      #expect(reading.used == 1000 - stood)
    }
  }

  @Test func warningsBeforeTheLimitComeBeforeItAndInOrder() {
    var chance = SplitMix64(seed: 47)
    for _ in 0..<1000 {
      var trial = Trial(&chance)
      let near = Int.random(in: 0...3, using: &chance)
      trial.rule.warnings = [
        Warning(colour: .blue, distance: near + Int.random(in: 0...5, using: &chance), audience: "unit"),
        Warning(colour: .orange, distance: near, audience: "unit"),
        Warning(colour: .yellow, distance: near, audience: "manager"),
        Warning(colour: .red, distance: near + 1, audience: "province"),
      ]
      let reading = ClockFixture.clock(trial.rule).reading(of: trial.events, at: end)
      guard case .at(let due) = reading.due, let counted = reading.counted else { continue }
      let times = Dictionary(grouping: reading.alerts, by: \.warning.colour).compactMapValues(\.first?.at)
      if let blue = times[.blue], let orange = times[.orange] {
        #expect(counted <= blue && blue <= orange && orange < due || counted >= due)
      }
      if let yellow = times[.yellow], let red = times[.red] {
        #expect(due <= yellow && yellow < red || counted >= due)
      }
    }
  }
}
