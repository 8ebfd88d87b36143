import Applications
import Calendars
import CivilTime
import TestSupport
import Testing

@testable import Permits

/// The clock over all permits of a case: laws over random courses, and what it does case by case.
@Suite struct TotalClockTests {
  private static func rule(_ limit: TimeLimit, _ pausedDays: PausedDays = .afterFirst) -> ClockRule {
    ClockRule(
      limit: limit, starts: ["accepted"], ends: ["approved", "rejected", "withdrawn"],
      stops: [
        ClockRule.Stop(reason: .supplement, begins: "supplement-requested", ends: "supplement-received"),
        ClockRule.Stop(reason: .survey, begins: "survey-started", ends: "survey-ended"),
      ], hours: OfficeHours(opens: 9 * 3600, closes: 17 * 3600), pausedDays: pausedDays,
      warnings: [Warning(colour: .blue, distance: 1, audience: "unit")])
  }

  private static func total(_ rule: ClockRule, _ items: Set<PermitItem>) -> PermitTotal {
    PermitTotal(name: "total-t", items: items, rule: rule, clause: "D", document: "D", isAssumed: false)
  }

  private static func moment(_ text: String) throws -> CivilDateTime {
    try #require(CivilDateTime(iso: text.count == 10 ? text + "T10:00:00" : text))
  }

  private static func events(_ list: [(String, String)]) throws -> [ClockEvent] {
    try list.enumerated().map { number, entry in
      let happened = try moment(entry.1)
      return ClockEvent(
        id: "\(number)", name: entry.0, happened: happened,
        learned: happened.timestamp(offsetSeconds: UTCOffset.china))
    }
  }

  private static func clocks(
    _ attempts: [(PermitItem, [(String, String)])], _ limit: TimeLimit = .days(5, .working), at now: String,
    silence: ClockRule.Silence? = nil
  ) throws -> [TotalClock] {
    var rule = rule(limit)
    rule.hours = nil
    rule.silence = silence
    return TotalClock.all(
      total(rule, Set(attempts.map(\.0))), try attempts.map { ($0.0, try events($0.1)) }, .china,
      at: try moment(now))
  }

  /// That of all that are counted together.
  private static func clock(
    _ attempts: [(PermitItem, [(String, String)])], at now: String, silence: ClockRule.Silence? = nil
  ) throws -> TotalClock {
    try #require(try clocks(attempts, at: now, silence: silence).first)
  }

  private static func together(
    _ total: PermitTotal, _ attempts: [TotalClock.Attempt], at now: CivilDateTime
  ) throws -> ClockReading {
    try #require(TotalClock.all(total, attempts, .china, at: now).first).reading
  }

  /// Events of one attempt, in the order in which they happened.
  private static func course(_ chance: inout SplitMix64) -> [ClockEvent] {
    var moment = CivilDateTime(startOf: CivilDate(year: 2024, month: 1, day: 2)!)
      .advanced(bySeconds: Int.random(in: 0..<200 * 86_400, using: &chance))
    var events: [ClockEvent] = []
    func add(_ name: String, _ events: inout [ClockEvent]) {
      events.append(
        ClockEvent(
          id: "\(events.count)", name: name, happened: moment, learned: Timestamp(milliseconds: 0)))
    }
    var names = ["accepted"]
    for _ in 0..<Int.random(in: 0...3, using: &chance) {
      let other = ["supplement-requested", "survey-started"].randomElement(using: &chance)!
      names.append(other)
      names.append(other == "survey-started" ? "survey-ended" : "supplement-received")
    }
    // Some pauses begin before the start, overlap, or have no end.
    if names.count > 2, Int.random(in: 0..<3, using: &chance) == 0 { names.swapAt(0, 1) }
    if names.count > 4, Bool.random(using: &chance) { names.swapAt(2, 3) }
    if Int.random(in: 0..<4, using: &chance) == 0 { names.removeLast() }
    if Bool.random(using: &chance) { names.append("approved") }
    for name in names {
      add(name, &events)
      moment = moment.advanced(bySeconds: Int.random(in: 1...6 * 86_400, using: &chance))
    }
    return events
  }

  /// Of a single permit it is that permit's own clock.
  @Test func ofOnePermitItIsThatPermitsClock() throws {
    var chance = SplitMix64(seed: 61)
    var ended = 0
    for number in 0..<2000 {
      let limit: TimeLimit = [
        .days(Int.random(in: 0...12, using: &chance), .working),
        .days(Int.random(in: 0...12, using: &chance), .rolling),
        .minutes(Int.random(in: 0...9000, using: &chance)),
      ].randomElement(using: &chance)!
      var rule = Self.rule(limit, PausedDays.allCases.randomElement(using: &chance)!)
      let events = Self.course(&chance)
      // What is decided while the office is closed and something waits for it to open ends two pauses or one.
      if events.last?.name == "approved" { rule.hours = nil }
      let now = (events.last?.happened ?? CivilDateTime(startOf: CivilDate(year: 2024, month: 1, day: 1)!))
        .advanced(bySeconds: Int.random(in: -20 * 86_400...20 * 86_400, using: &chance))
      let own = Clock(rule: rule, calendar: .china).reading(of: events, at: now)
      let total = try Self.together(Self.total(rule, [.greening]), [(.greening, events)], at: now)
      #expect(total.due == own.due, "\(number): \(events.map(\.name))")
      #expect(total.used == own.used, "\(number): \(events.map(\.name))")
      #expect(total.isLate == own.isLate && total.started == own.started && total.shown == own.shown)
      #expect(total.alerts == own.alerts)
      switch (total.state, own.state) {
      case (.paused, .paused), (.running, .running), (.waiting, .waiting): break
      case (.ended(let moment), .ended(let other)):
        ended += 1
        #expect(moment == other)
      default: Issue.record("\(number): \(total.state) and \(own.state)")
      }
    }
    #expect(ended > 300)
  }

  /// It stands still in no moment in which one of the permits is worked on: it is never later than any of them would be by the
  /// same limit, had it begun with it.
  @Test func itIsNeverLongerThanTheLongestOfThem() throws {
    var chance = SplitMix64(seed: 62)
    var compared = 0
    for number in 0..<1500 {
      let rule = Self.rule(.days(Int.random(in: 1...9, using: &chance), .working))
      let attempts = PermitItem.allCases.prefix(Int.random(in: 2...4, using: &chance)).map { item in
        (item: item, known: Self.course(&chance))
      }
      let now = attempts.compactMap(\.known.last?.happened).max()!.advanced(bySeconds: 86_400)
      let total = Self.total(rule, Set(attempts.map(\.item)))
      let reading = try Self.together(total, attempts, at: now)
      let shuffled = try Self.together(total, attempts.shuffled(using: &chance), at: now)
      #expect(shuffled.due == reading.due && shuffled.used == reading.used && shuffled.state == reading.state)
      let own = attempts.map { Clock(rule: rule, calendar: .china).reading(ofKnown: $0.known, at: now) }
      #expect(reading.started == own.compactMap(\.started).min())
      if reading.state == .running { #expect(own.contains { $0.state == .running }, "\(number)") }
      let isEnded = own.allSatisfy { if case .ended = $0.state { true } else { false } }
      if case .ended = reading.state {} else { #expect(!isEnded, "\(number)") }
      if isEnded, case .ended(let moment) = reading.state {
        compared += 1
        let last = attempts.compactMap { $0.known.first { rule.ends.contains($0.name) }?.happened }.max()
        #expect(moment == last)
        #expect(reading.used! >= own.compactMap(\.used).max()!, "\(number)")
      }
    }
    #expect(compared > 100)
  }

  @Test func itStartsWithTheFirstAndEndsWithTheLast() throws {
    let course: [(PermitItem, [(String, String)])] = [
      (.routePlanning, [("accepted", "2024-03-05"), ("approved", "2024-03-07")]),
      (.greening, [("accepted", "2024-03-04"), ("approved", "2024-03-11")]),
    ]
    let running = try Self.clock(course, at: "2024-03-08").reading
    #expect(running.state == .running && running.lastDay?.description == "2024-03-11" && running.used == 4)
    let ended = try Self.clock(course, at: "2024-03-20")
    #expect(ended.reading.state == .ended(try Self.moment("2024-03-11")) && !ended.reading.isLate)
    #expect(ended.events.map(\.name) == ["accepted", "all-decided"])
    #expect(try Self.clock([(.greening, [])], at: "2024-03-08").reading.state == .waiting)
  }

  @Test func itStandsStillOnlyWhileNoneIsWorkedOn() throws {
    let course: [(PermitItem, [(String, String)])] = [
      (
        .routePlanning,
        [
          ("accepted", "2024-03-04"), ("supplement-requested", "2024-03-05"),
          ("supplement-received", "2024-03-14"),
        ]
      ),
      (.greening, [("accepted", "2024-03-04"), ("approved", "2024-03-07")]),
    ]
    #expect(try Self.clock(course, at: "2024-03-06").reading.state == .running)
    let still = try Self.clock(course, at: "2024-03-08").reading
    #expect(still.state == .paused(.standstill) && still.due == .open && still.used == 3)
    // Three days were used up to the 7th: the two that are left are the 15th and the 18th.
    let going = try Self.clock(course, at: "2024-03-15")
    #expect(going.reading.lastDay?.description == "2024-03-18")
    let lines = going.explanation(.china, at: try Self.moment("2024-03-15"))
    #expect(lines.contains { $0.title == "2024-03-07T10:00:00 各事项均停止计时（绿化：办结（通过））" })
    #expect(
      lines.contains { $0.englishTitle.contains("2024-03-08: not counted (nothing is being worked on)") })
  }

  /// It is another application: what the one before has used is not taken from it, nor from those beside it.
  @Test func anotherAttemptHasTheWholeTimeAnew() throws {
    let first = [("accepted", "2024-03-04"), ("rejected", "2024-03-07")]
    let beside = (PermitItem.routePlanning, [("accepted", "2024-03-05")])
    let waiting = try Self.clocks([(.greening, first), beside, (.greening, [])], at: "2024-03-12")
    #expect(waiting.map(\.name) == ["total-t", "total-t-greening-2"])
    #expect(waiting.map(\.reading.state) == [.running, .waiting])
    #expect(waiting.map(\.items) == [[.greening, .routePlanning], [.greening]])
    #expect(waiting.map(\.attempt) == [nil, 2] && waiting.map(\.members) == [[0, 1], [2]])
    // The route goes on by the clock that began with the first; the new one has five days of its own.
    #expect(waiting[0].reading.lastDay?.description == "2024-03-11" && waiting[0].reading.isLate)
    let second = [("accepted", "2024-03-12"), ("rejected", "2024-03-13")]
    let third = [("accepted", "2024-03-14")]
    let going = try Self.clocks(
      [(.greening, first), beside, (.greening, second), (.greening, third)], at: "2024-03-15")
    #expect(going.map(\.name) == ["total-t", "total-t-greening-2", "total-t-greening-3"])
    #expect(try going[1].reading.state == .ended(Self.moment("2024-03-13")) && going[1].reading.used == 1)
    #expect(going[2].reading.lastDay?.description == "2024-03-21" && going[2].reading.used == 1)
    // Alone, the first has ended with its refusal whatever follows.
    let alone = try Self.clocks([(.greening, first), (.greening, [])], at: "2024-03-12")
    #expect(alone[0].reading.state == .ended(try Self.moment("2024-03-07")))
  }

  /// What the platform never began with used no time: the next attempt takes its place.
  @Test func anotherAttemptAtWhatWasNotBegunWithTakesItsPlace() throws {
    let beside = (PermitItem.routePlanning, [("accepted", "2024-03-05")])
    let course: [(PermitItem, [(String, String)])] = [
      (.greening, [("not-accepted", "2024-03-04")]), beside, (.greening, [("accepted", "2024-03-06")]),
    ]
    let clocks = try Self.clocks(course, at: "2024-03-08")
    #expect(clocks.map(\.members) == [[0, 1, 2]])
    #expect(clocks.first?.reading.lastDay?.description == "2024-03-12")
  }

  /// Behind an attempt that was withdrawn the window has the one before it: as long as that is open not all is decided.
  @Test func itEndsWithTheAttemptsThatCount() throws {
    let route = (PermitItem.routePlanning, [("accepted", "2024-03-04"), ("approved", "2024-03-06")])
    let course: [(PermitItem, [(String, String)])] = [
      route, (.greening, [("submitted", "2024-03-04")]), (.greening, [("withdrawn", "2024-03-05")]),
    ]
    #expect(try Self.clocks(course, at: "2024-03-07").map(\.reading.state) == [.paused(.standstill)])
    var declined = course
    declined[1].1.append(("not-accepted", "2024-03-07"))
    #expect(
      try Self.clocks(declined, at: "2024-03-08").map(\.reading.state)
        == [.ended(try Self.moment("2024-03-07"))])
    // Where another is planned, that is the one.
    #expect(
      try Self.clocks(declined + [(.greening, [])], at: "2024-03-08").map(\.reading.state)
        == [.paused(.standstill)])
  }

  /// A notice that is over on a Saturday is over, also where something else was brought on that day, which the office has on Monday.
  @Test func aNoticeThatEndsOnARestDayTakesNothingOfTheNextDay() throws {
    func clock(_ attempts: [(PermitItem, [(String, String)])]) throws -> ClockReading {
      try Self.together(
        Self.total(Self.rule(.days(5, .working)), Set(attempts.map(\.0))),
        try attempts.map { ($0.0, try Self.events($0.1)) }, at: try Self.moment("2024-03-10T20:00:00"))
    }
    let asked = [("accepted", "2024-03-04"), ("supplement-requested", "2024-03-06")]
    let looked = [("accepted", "2024-03-04"), ("survey-started", "2024-03-06")]
    let brought = asked + [("supplement-received", "2024-03-09")]
    let seen = looked + [("survey-ended", "2024-03-09T11:00:00")]
    #expect(try clock([(.greening, brought)]).lastDay?.description == "2024-03-14")
    #expect(try clock([(.greening, seen)]).lastDay?.description == "2024-03-13")
    #expect(try clock([(.greening, brought), (.roadDigging, seen)]).lastDay?.description == "2024-03-13")
    // Of one permit both have to be over.
    let both =
      asked + [("survey-started", "2024-03-06T11:00:00")] + brought.suffix(1)
      + [("survey-ended", "2024-03-09T11:00:00")]
    #expect(try clock([(.greening, both)]).lastDay?.description == "2024-03-14")
  }

  /// However many attempts there are: each is counted by one clock, and one that was begun with before has the whole time.
  @Test func eachAttemptIsCountedOnce() throws {
    var chance = SplitMix64(seed: 63)
    var others = 0
    for number in 0..<500 {
      let rule = Self.rule(.days(Int.random(in: 1...9, using: &chance), .working))
      var attempts: [TotalClock.Attempt] = []
      for item in [PermitItem.greening, .roadDigging] {
        for _ in 0..<Int.random(in: 1...3, using: &chance) { attempts.append((item, Self.course(&chance))) }
      }
      guard let last = attempts.compactMap(\.known.last?.happened).max() else { continue }
      let now = last.advanced(bySeconds: 86_400)
      let total = Self.total(rule, [.greening, .roadDigging])
      let clocks = TotalClock.all(total, attempts, .china, at: now)
      #expect(clocks.flatMap(\.members).sorted() == Array(attempts.indices), "\(number)")
      #expect(Set(clocks.map(\.name)).count == clocks.count)
      for clock in clocks.dropFirst() {
        others += 1
        let own = Clock(rule: rule, calendar: .china).reading(
          ofKnown: attempts[clock.members[0]].known, at: now)
        #expect(clock.reading.started == own.started && clock.reading.due == own.due, "\(number)")
      }
    }
    #expect(others > 200)
  }

  /// Who says nothing of one of them in time has begun with it.
  @Test func silenceStartsItToo() throws {
    let silence = ClockRule.Silence(
      days: 5, count: .working, from: ["received"], unless: ["supplement-requested"], clause: "D 32",
      document: "D")
    let course: [(PermitItem, [(String, String)])] = [
      (.greening, [("received", "2024-03-04")]), (.routePlanning, [("received", "2024-03-06")]),
    ]
    let waiting = try Self.clock(course, at: "2024-03-11", silence: silence).reading
    #expect(waiting.state == .waiting && waiting.silence?.isOver == false)
    #expect(waiting.silentUntil == (try Self.moment("2024-03-12T00:00:00")))
    let going = try Self.clock(course, at: "2024-03-12", silence: silence)
    #expect(going.reading.state == .running && going.reading.basis == .deemed)
    #expect(try going.reading.started == (Self.moment("2024-03-04")) && going.reading.isLate)
    // The other may still be said to lack something.
    #expect(going.reading.silentUntil == (try Self.moment("2024-03-14T00:00:00")))
    let lines = going.explanation(.china, at: try Self.moment("2024-03-12"))
    #expect(lines.contains { $0.title == "2024-03-04T10:00:00 视为受理（绿化：接件）" })
    #expect(lines.last?.englishTitle.contains("it counts as accepted since 2024-03-04T10:00:00") == true)
  }

  @Test func whatTheWindowDoesNotTakeUpNeitherStartsNorHoldsIt() throws {
    let refused: [(PermitItem, [(String, String)])] = [
      (.greening, [("not-accepted", "2024-03-01")]),
      (.routePlanning, [("accepted", "2024-03-04"), ("approved", "2024-03-05")]),
    ]
    #expect(try Self.clock(refused, at: "2024-03-08").reading.started == (try Self.moment("2024-03-04")))
    #expect(
      try Self.clock(refused, at: "2024-03-08").reading.state == .ended(try Self.moment("2024-03-05")))
    #expect(try Self.clock(Array(refused.prefix(1)), at: "2024-03-08").reading.state == .waiting)
  }

  /// Who says nothing by the end of the year has accepted it in a year that no calendar has: nobody can say when.
  @Test func aSilenceIntoAYearWithoutACalendarIsUnknown() throws {
    let silence = ClockRule.Silence(
      days: 5, count: .working, from: ["submitted"], unless: ["supplement-requested"], clause: "D 32",
      document: "D")
    let course: [(PermitItem, [(String, String)])] = [
      (.roadDigging, [("submitted", "2026-12-28")]), (.greening, []),
    ]
    let clock = try Self.clock(course, at: "2026-12-29", silence: silence)
    #expect(clock.reading.state == .waiting && !clock.reading.isUnknown)
    #expect(clock.reading.findings.map(\.code) == [.silenceUnknown] && clock.reading.lacksCalendar)
    let lines = clock.explanation(.china, at: try Self.moment("2026-12-29"))
    #expect(lines.contains { $0.title.contains("无法判断何时视为受理") })
    #expect(
      lines.contains { $0.englishTitle.contains("when it counts as accepted without a word is unknown") })
    // The calendar of the next year answers it.
    let later = WorkCalendar.china.replacing(with: try WorkCalendar(parsing: "2027 off 元旦 01-01", file: "x"))
    var rule = Self.rule(.days(5, .working))
    rule.silence = silence
    let total = Self.total(rule, [.roadDigging, .greening])
    let known = try #require(
      TotalClock.all(
        total, try course.map { ($0.0, try Self.events($0.1)) }, later, at: try Self.moment("2026-12-29")
      ).first)
    #expect(known.reading.findings.isEmpty && known.reading.silentUntil != nil)
    // So does the window's word.
    let told = [(course[0].0, course[0].1 + [("accepted", "2026-12-29")])]
    #expect(try Self.clock(told, at: "2026-12-29", silence: silence).reading.findings.isEmpty)
  }

  /// Which permit it was and what happened to it, in the order of time, and from when it goes on again.
  @Test func itsAccountNamesItemsAndEventsInTheOrderOfTime() throws {
    let attempts: [TotalClock.Attempt] = [
      (
        .roadDigging,
        try Self.events([
          ("accepted", "2024-03-04"), ("supplement-requested", "2024-03-06"),
          ("supplement-received", "2024-03-08T18:30:00"), ("approved", "2024-03-12"),
        ])
      ), (.greening, try Self.events([("accepted", "2024-03-05"), ("approved", "2024-03-06T09:00:00")])),
    ]
    let total = Self.total(Self.rule(.days(5, .working)), [.roadDigging, .greening])
    let now = try Self.moment("2024-03-13")
    let clock = try #require(TotalClock.all(total, attempts, .china, at: now).first)
    let lines = clock.explanation(.china, at: now)
    let events = lines.filter { $0.title.contains("T") }
    #expect(
      events.map(\.title) == [
        "2024-03-04T10:00:00 受理（掘路：受理）", "2024-03-06T10:00:00 各事项均停止计时（掘路：补正开始）",
        "2024-03-08T18:30:00 恢复计时（掘路：补正结束）", "2024-03-08T18:30:00 在办公时间之外，自 2024-03-11T09:00:00 起恢复计时",
        "2024-03-12T10:00:00 全部办结（掘路：办结（通过））", "计时结束于 2024-03-12T10:00:00",
      ])
    #expect(
      events[1].englishTitle
        == "2024-03-06T10:00:00 nothing is being worked on (road-digging: supplement asked for)")
    #expect(events[3].englishTitle.contains("it goes on from 2024-03-11T09:00:00"))
    #expect(lines.map(\.date).dropLast(2) == lines.map(\.date).dropLast(2).sorted()[...])
  }
}
