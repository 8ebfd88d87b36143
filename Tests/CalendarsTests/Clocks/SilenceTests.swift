import Calendars
import CivilTime
import TestSupport
import Testing

/// Clocks that start because nobody says a word.
@Suite struct SilenceTests {
  private static func rule(_ limit: TimeLimit = .days(10, .working), hours: OfficeHours? = nil) -> ClockRule {
    var rule = ClockFixture.rule(limit, hours: hours)
    rule.startsAtLatest = ["handling"]
    rule.ends = ["approved", "rejected", "refused", "withdrawn"]
    rule.silence = ClockRule.Silence(
      days: 5, count: .working, from: ["received", "submitted"],
      unless: ["supplement-requested", "refused", "withdrawn"], clause: "法 32", document: "行政许可法")
    return rule
  }

  private func reading(
    _ events: [(String, String)], at now: String, _ rule: ClockRule = SilenceTests.rule()
  ) throws -> ClockReading {
    let events = try events.map { try ClockFixture.event($0.0, $0.1) }
    return ClockFixture.clock(rule).reading(of: events, at: try ClockFixture.moment(now))
  }

  /// Received on a Monday: until the end of the next Monday something may be said to be missing.
  @Test func silenceStartsTheClockWithTheReceipt() throws {
    let received = [("submitted", "2024-03-01"), ("received", "2024-03-04")]
    let waiting = try reading(received, at: "2024-03-11T23:59:59")
    #expect(waiting.state == .waiting && waiting.due == .notYet && waiting.basis == nil)
    #expect(waiting.silentUntil == (try ClockFixture.moment("2024-03-12T00:00:00")))
    #expect(
      try waiting.silence?.from == (ClockFixture.moment("2024-03-04")) && waiting.silence?.isOver == false)
    let deemed = try reading(received, at: "2024-03-12T00:00:00")
    #expect(deemed.state == .running && deemed.basis == .deemed && deemed.silentUntil == nil)
    #expect(try deemed.started == (ClockFixture.moment("2024-03-04")) && deemed.used == 6)
    #expect(deemed.lastDayText == "2024-03-18" && deemed.silence?.clause == "法 32" && deemed.findings.isEmpty)
    // Where no receipt was told, since it was handed in.
    let submitted = try reading([("submitted", "2024-03-04")], at: "2024-03-12")
    #expect(try submitted.basis == .deemed && submitted.started == (ClockFixture.moment("2024-03-04")))
    // A limit that is shorter than the silence is over with it.
    #expect(try reading(received, at: "2024-03-12", Self.rule(.days(2, .working))).isLate)
    // A clock without such a rule waits for ever.
    var plain = Self.rule()
    plain.silence = nil
    #expect(try reading(received, at: "2024-06-01", plain).state == .waiting)
    // After hours it counts from the next day.
    let hours = OfficeHours(opens: 9 * 3600, closes: 17 * 3600)
    let late = [("received", "2024-03-04T18:00:00")]
    #expect(try reading(late, at: "2024-03-12", Self.rule(hours: hours)).state == .waiting)
    #expect(try reading(late, at: "2024-03-13", Self.rule(hours: hours)).lastDayText == "2024-03-19")
  }

  /// 逾期不告知的，自收到申请材料之日起即为受理: a word that comes when the silence is over moves nothing.
  @Test func aWordThatComesTooLateMovesNothing() throws {
    let received = ("received", "2024-03-04")
    let events = [received, ("accepted", "2024-03-20")]
    let told = try reading(events, at: "2024-03-21")
    #expect(try told.basis == .deemed && told.started == (ClockFixture.moment("2024-03-04")))
    #expect(told.lastDayText == "2024-03-18" && told.isLate)
    #expect(told.findings.map(\.code) == [.startedLate])
    // 补正 that is asked for when it counts as accepted stops the clock, and starts none.
    let asked = try reading(
      [
        received, ("supplement-requested", "2024-03-13"), ("supplement-received", "2024-03-14"),
        ("accepted", "2024-03-15"),
      ], at: "2024-03-15")
    #expect(try asked.basis == .deemed && asked.started == (ClockFixture.moment("2024-03-04")))
    // What happened in time and is learned late was in time.
    let late = try ClockFixture.event("accepted", "2024-03-08", learned: "2024-03-25")
    let known = ClockFixture.clock(Self.rule()).reading(
      of: [try ClockFixture.event("received", "2024-03-04"), late], at: try ClockFixture.moment("2024-03-26"))
    #expect(try known.basis == .told && known.started == (ClockFixture.moment("2024-03-08")))
  }

  /// Of a year without a calendar: what surely came in time needs none.
  @Test func aWordThatIsSurelyInTimeNeedsNoCalendar() throws {
    let submitted = ("received", "2026-12-28")
    let silent = try reading([submitted], at: "2026-12-29")
    #expect(silent.findings.map(\.code) == [.silenceUnknown])
    for word in ["supplement-requested", "refused", "approved"] {
      let told = try reading([submitted, (word, "2026-12-29")], at: "2026-12-30")
      #expect(told.findings.isEmpty, "\(word)")
    }
    let decided = try reading([submitted, ("approved", "2026-12-29")], at: "2026-12-30")
    #expect(try decided.basis == .deemed && decided.started == (ClockFixture.moment("2026-12-28")))
    // What was asked for came: another silence begins, and nobody knows how long it lasts.
    let again = try reading(
      [submitted, ("supplement-requested", "2026-12-29"), ("supplement-received", "2026-12-30")],
      at: "2026-12-31")
    #expect(again.findings.map(\.code) == [.silenceUnknown])
  }

  @Test func aWordComesBeforeWhatIsConcluded() throws {
    let received = ("received", "2024-03-04")
    for accepted in ["2024-03-06", "2024-03-08", "2024-03-11T23:59:59"] {
      let told = try reading([received, ("accepted", accepted)], at: "2024-04-01")
      #expect(told.basis == .told && told.silence == nil && told.findings.isEmpty, "\(accepted)")
      #expect(told.started == (try ClockFixture.moment(accepted)))
    }
    // By what was known before the late word it ran since the receipt.
    let late = try ClockFixture.event("accepted", "2024-03-11", learned: "2024-03-25")
    let clock = ClockFixture.clock(Self.rule())
    let all = [try ClockFixture.event("received", "2024-03-04"), late]
    let before = clock.reading(
      of: all, at: try ClockFixture.moment("2024-03-22"),
      knownAt: try ClockFixture.moment("2024-03-22").timestamp(offsetSeconds: UTCOffset.china))
    #expect(before.basis == .deemed && before.isLate)
    // What is not taken up needs no start, and is none.
    for word in ["refused", "withdrawn"] {
      let over = try reading([received, (word, "2024-03-06")], at: "2024-04-01")
      #expect(over.state == .waiting && over.silence == nil && over.findings.isEmpty, "\(word)")
      let tooLate = try reading([received, (word, "2024-03-20")], at: "2024-04-01")
      #expect(try tooLate.state == .ended(ClockFixture.moment("2024-03-20")) && tooLate.basis == .deemed)
    }
    // At work on it, it was accepted by then; the silence that was over before counts all the same.
    let handled = try reading([received, ("handling", "2024-03-06")], at: "2024-04-01")
    #expect(try handled.basis == .told && handled.started == (ClockFixture.moment("2024-03-06")))
    let handledLate = try reading([received, ("handling", "2024-03-20")], at: "2024-04-01")
    #expect(try handledLate.basis == .deemed && handledLate.started == (ClockFixture.moment("2024-03-04")))
    let both = [received, ("handling", "2024-03-06"), ("accepted", "2024-03-08")]
    #expect(try reading(both, at: "2024-04-01").started == (try ClockFixture.moment("2024-03-06")))
    #expect(try reading(both, at: "2024-04-01").findings.isEmpty)
    #expect(try reading([("handling", "2024-03-06")], at: "2024-04-01").state == .running)
  }

  @Test func whatIsSaidToBeMissingBreaksTheSilence() throws {
    let received = ("received", "2024-03-04")
    let asked = [received, ("supplement-requested", "2024-03-11")]
    let open = try reading(asked, at: "2024-04-01")
    #expect(open.state == .waiting && open.silence == nil && open.silentUntil == nil)
    // With what was missing another one begins.
    let brought = asked + [("supplement-received", "2024-03-14")]
    #expect(try reading(brought, at: "2024-03-21").silence?.from == (try ClockFixture.moment("2024-03-14")))
    #expect(try reading(brought, at: "2024-03-21").state == .waiting)
    let deemed = try reading(brought, at: "2024-03-22")
    #expect(try deemed.basis == .deemed && deemed.started == (ClockFixture.moment("2024-03-14")))
    #expect(deemed.lastDayText == "2024-03-28" && deemed.findings.isEmpty)
    // Asked too late, the clock has run, and stands still.
    let tooLate = try reading([received, ("supplement-requested", "2024-03-12")], at: "2024-03-13")
    #expect(tooLate.basis == .deemed && tooLate.state == .paused(.supplement) && tooLate.used == 6)
  }

  @Test func aDecisionWithoutAWordBeforeEndsAClockThatRan() throws {
    let received = ("received", "2024-03-04")
    let soon = try reading([received, ("approved", "2024-03-06")], at: "2024-03-07")
    #expect(try soon.state == .ended(ClockFixture.moment("2024-03-06")) && soon.basis == .deemed)
    #expect(soon.used == 2 && !soon.isLate && soon.findings.isEmpty)
    #expect(soon.silence?.until == (try ClockFixture.moment("2024-03-06")))
    let late = try reading([received, ("rejected", "2024-03-20")], at: "2024-04-01")
    #expect(try late.isLate && late.started == (ClockFixture.moment("2024-03-04")))
    // A word behind the decision is none that started it, nor is what is brought then.
    for word in ["accepted", "supplement-received"] {
      let behind = try reading(
        [received, ("supplement-requested", "2024-03-05"), ("approved", "2024-03-06"), (word, "2024-03-07")],
        at: "2024-04-01")
      #expect(try behind.state == .ended(ClockFixture.moment("2024-03-06")), "\(word)")
    }
    let decided = try reading(
      [received, ("approved", "2024-03-05"), ("accepted", "2024-03-06")], at: "2024-03-07")
    #expect(try decided.state == .ended(ClockFixture.moment("2024-03-05")) && decided.basis == .deemed)
    // Nobody knows when the window had it.
    #expect(
      try reading([("approved", "2024-03-06")], at: "2024-03-07").findings.map(\.code) == [.beforeStart])
  }

  @Test func silenceIntoAYearWithoutACalendarIsSaidToBeUnknown() throws {
    let reading = try reading([("received", "2026-12-29")], at: "2026-12-31")
    #expect(reading.state == .waiting && reading.findings.map(\.code) == [.silenceUnknown])
  }

  @Test func whatWasBelievedChangesWithTheEndOfTheSilence() throws {
    let clock = ClockFixture.clock(Self.rule())
    let events = [
      try ClockFixture.event("received", "2024-03-04"), try ClockFixture.event("accepted", "2024-03-20"),
    ]
    let beliefs = clock.beliefs(of: events, until: try ClockFixture.moment("2024-04-01"))
    #expect(
      beliefs.map { $0.since.civil(offsetSeconds: UTCOffset.china).description } == [
        "2024-03-04T10:00:00", "2024-03-12T00:00:00",
      ])
    #expect(beliefs.map(\.learned) == [["received 2024-03-04"], []])
    #expect(beliefs.map(\.state) == [.waiting, .running])
    #expect(clock.beliefs(of: events.prefix(1), until: try ClockFixture.moment("2024-03-11")).count == 1)
    #expect(clock.beliefs(of: events).count == 2, "by entries alone")
  }

  /// Against a walk along the naive calendar: with one word at a random day after the receipt, or none.
  @Test func silenceAgreesWithAWalkAlongTheCalendar() throws {
    let list = NaiveCalendar().days
    let first = try #require(CivilDate(year: 2019, month: 1, day: 1))
    var chance = SplitMix64(seed: 51)
    var seen: [String: Int] = [:]
    for number in 0..<3000 {
      let receipt = Int.random(in: 0..<2800, using: &chance)
      let word = ["accepted", "handling", "supplement-requested", "refused", "approved", nil]
        .randomElement(using: &chance)!
      let said = receipt + Int.random(in: 0...14, using: &chance)
      let now = receipt + Int.random(in: 0...20, using: &chance)
      func moment(_ place: Int, _ second: Int) -> CivilDateTime {
        CivilDateTime(startOf: first.adding(days: place)).advanced(bySeconds: second)
      }
      var events = [
        ClockEvent(
          id: "1", name: "received", happened: moment(receipt, 36_000), learned: Timestamp(milliseconds: 0))
      ]
      if let word {
        events.append(
          ClockEvent(
            id: "2", name: word, happened: moment(said, 40_000), learned: Timestamp(milliseconds: 1)))
      }
      // The day on which the fifth working day after the receipt ends.
      var (last, left) = (receipt, 5)
      while left > 0 {
        last += 1
        if list[last].isWorking { left -= 1 }
      }
      let isHeard = word != nil && said <= now
      let isInTime = isHeard && said <= last
      var expected: Int?
      switch word {
      case "accepted" where isInTime: expected = said
      case "handling" where isInTime: expected = said
      case "approved" where isHeard: expected = receipt
      case "supplement-requested" where isInTime, "refused" where isInTime: expected = nil
      default: expected = now > last ? receipt : nil
      }
      let reading = ClockFixture.clock(Self.rule()).reading(of: events, at: moment(now, 50_000))
      #expect(
        reading.started?.date == expected.map { first.adding(days: $0) },
        "\(number): \(word ?? "nothing") \(said - receipt) days later, seen \(now - receipt) days later")
      seen["\(word ?? "") \(expected == nil)", default: 0] += 1
    }
    #expect(seen.count == 12 && seen.values.allSatisfy { $0 > 20 }, "\(seen)")
  }
}
