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
    /// Places of the first and the last day of each pause as `PausedDays` takes them out; an open one ends nowhere.
    var paused: [ClosedRange<Int>] = []

    init(_ chance: inout SplitMix64) {
      let count = DayCount.allCases.randomElement(using: &chance)!
      let way = PausedDays.allCases.randomElement(using: &chance)!
      rule = ClockFixture.rule(.days(Int.random(in: 0...22, using: &chance), count), pausedDays: way)
      start = Int.random(in: 0..<2600, using: &chance)
      add("accepted", start, &chance)
      for stop in ClockFixture.stops {
        var place = start
        for _ in 0..<Int.random(in: 0...2, using: &chance) {
          let begin = place + Int.random(in: 0...8, using: &chance)
          let end = begin + Int.random(in: 0...20, using: &chance)
          add(stop.begins, begin, &chance)
          add(stop.ends, end, &chance)
          if begin < end { paused.append(way == .afterFirst ? begin + 1...end : begin...end - 1) }
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

    func counts(_ place: Int) -> Bool { !paused.contains { $0.contains(place) } }

    /// The last day by walking along the naive calendar.
    var expected: String? {
      guard case .days(let days, let count) = rule.limit else { return nil }
      let list = ClockPropertyTests.naive.days
      var place = start
      var left = days
      while left > 0 {
        place += 1
        guard place < list.count else { return nil }
        if counts(place), count == .rolling || list[place].isWorking { left -= 1 }
      }
      if count == .rolling {
        let last = place
        while place == last ? !list[place].isWorking : !(list[place].isWorking && counts(place)) {
          place += 1
          guard place < list.count else { return nil }
        }
      }
      return list[place].text
    }
  }

  private let end = CivilDateTime(startOf: CivilDate(year: 2026, month: 12, day: 31)!)

  @Test func deadlinesWithPausesAgreeWithAWalkAlongTheCalendar() {
    var chance = SplitMix64(seed: 41)
    var compared = 0
    for number in 0..<4000 {
      let trial = Trial(&chance)
      let reading = ClockFixture.clock(trial.rule).reading(of: trial.events, at: end)
      guard let expected = trial.expected else { continue }
      compared += 1
      #expect(
        reading.lastDay?.description == expected, "trial \(number): \(trial.rule.limit) \(trial.events)")
    }
    #expect(compared > 3900)
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
      trial.paused = []
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
