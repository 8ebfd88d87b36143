import Calendars
import CivilTime
import TestSupport
import Testing

@testable import Permits

/// Laws of alerts over random courses: what is fired and taken back when, whoever looks how often.
@Suite struct PermitAlertTests {
  private static let warnings = [
    Warning(colour: .blue, distance: 2, audience: "unit"),
    Warning(colour: .orange, distance: 0, audience: "unit"),
    Warning(colour: .yellow, distance: 0, audience: "manager"),
    Warning(colour: .red, distance: 2, audience: "manager"),
    Warning(colour: .red, distance: 2, audience: "province"),
  ]

  private static func rule(_ days: Int) -> ClockRule {
    ClockRule(
      limit: .days(days, .working), starts: ["accepted"], ends: ["approved"],
      stops: [
        ClockRule.Stop(
          reason: .supplement, begins: "supplement-requested", ends: "supplement-received")
      ], warnings: warnings)
  }

  /// What is kept of alerts, as the table does.
  private struct Book {
    var known: [PermitAlert: KnownAlert] = [:]
    var fired: [PermitAlert: Int] = [:]
    var withdrawn: [PermitAlert: Int] = [:]
    var skipped: Set<PermitAlert> = []

    mutating func look(_ reading: ClockReading, at now: CivilDateTime) -> Int {
      let steps = PermitAlerts.steps(
        [ShownClock(PermitAlert.platform, reading)], known: Array(known.values), isOver: false, at: now)
      for (alert, step) in steps {
        switch step {
        case .fire:
          fired[alert, default: 0] += 1
          known[alert] = KnownAlert(alert, stands: true, isOwed: true)
        case .skip(let stands):
          skipped.insert(alert)
          known[alert] = KnownAlert(alert, stands: stands, isOwed: false)
        case .stand: known[alert]?.stands = true
        case .fall: known[alert]?.stands = false
        case .withdraw:
          withdrawn[alert, default: 0] += 1
          known[alert]?.stands = false
          known[alert]?.isOwed = false
        }
      }
      return steps.count
    }

    var standing: Set<PermitAlert> { Set(known.values.filter(\.stands).map(\.alert)) }
  }

  /// Events in the order in which they are learned, each at a moment later than the one before.
  private struct Course {
    var events: [ClockEvent] = []
    let clock: Clock

    init(_ chance: inout SplitMix64) {
      clock = Clock(rule: rule(Int.random(in: 0...9, using: &chance)), calendar: .china)
      var moment = CivilDateTime(startOf: CivilDate(year: 2024, month: 1, day: 2)!)
        .advanced(bySeconds: Int.random(in: 0..<200 * 86_400, using: &chance))
      add("accepted", moment)
      for _ in 0..<Int.random(in: 0...3, using: &chance) {
        for name in ["supplement-requested", "supplement-received"] {
          moment = moment.advanced(bySeconds: Int.random(in: 1...6 * 86_400, using: &chance))
          add(name, moment)
        }
      }
      if Bool.random(using: &chance) {
        // It was accepted on another day: the deadline moves.
        moment = moment.advanced(bySeconds: Int.random(in: 1...4 * 86_400, using: &chance))
        let other = events[0].happened.advanced(bySeconds: -86_400 * Int.random(in: -1...3, using: &chance))
        add("accepted", min(other, moment), learned: moment, retracts: events[0].id)
      }
      if Bool.random(using: &chance) {
        moment = moment.advanced(bySeconds: Int.random(in: 1...20 * 86_400, using: &chance))
        add("approved", moment)
      }
    }

    mutating func add(
      _ name: String, _ happened: CivilDateTime, learned: CivilDateTime? = nil, retracts: String? = nil
    ) {
      events.append(
        ClockEvent(
          id: "\(events.count)", name: name, happened: happened,
          learned: (learned ?? happened).timestamp(offsetSeconds: UTCOffset.china), retracts: retracts))
    }

    func reading(at now: CivilDateTime) -> ClockReading {
      clock.reading(
        of: events, at: now, knownAt: now.timestamp(offsetSeconds: UTCOffset.china))
    }

    /// When something is learned, and long after.
    var moments: [CivilDateTime] {
      let learned = events.map { $0.learned.civil(offsetSeconds: UTCOffset.china) }
      return learned + [learned[learned.count - 1].advanced(bySeconds: 60 * 86_400)]
    }

    func shown(at now: CivilDateTime) -> Set<PermitAlert> {
      let reading = reading(at: now)
      guard case .at(let due) = reading.due else { return [] }
      return Set(
        reading.shown.map {
          PermitAlert(
            clock: PermitAlert.platform, colour: $0.warning.colour, audience: $0.warning.audience, due: due)
        })
    }
  }

  private static func next(_ reading: ClockReading, _ now: CivilDateTime) -> CivilDateTime? {
    PermitAlerts.next([ShownClock(PermitAlert.platform, reading)], isOver: false, after: now)
  }

  @Test func eachFiresOnceAndStandsExactlyWhileItIsShown() throws {
    var chance = SplitMix64(seed: 7)
    var (fired, withdrawn, seconds) = (0, 0, 0)
    for number in 0..<600 {
      let course = Course(&chance)
      var book = Book()
      let moments = course.moments
      for (index, moment) in moments.enumerated() {
        var now = moment
        while true {
          let reading = course.reading(at: now)
          _ = book.look(reading, at: now)
          #expect(book.standing == course.shown(at: now), "course \(number) at \(now)")
          #expect(book.look(reading, at: now) == 0, "a restart fires nothing: course \(number) at \(now)")
          // Until then nothing changes by itself.
          let end = index + 1 < moments.count ? moments[index + 1] : now
          let next = Self.next(reading, now).map { min($0, end) } ?? end
          guard next > now else { break }
          let between = now.advanced(bySeconds: Int.random(in: 0..<now.seconds(until: next), using: &chance))
          #expect(book.standing == course.shown(at: between), "course \(number) between \(now) and \(next)")
          guard next < end else { break }
          now = next
          seconds += 1
        }
      }
      for (alert, count) in book.fired {
        #expect(count == 1, "course \(number): \(alert)")
        #expect(!book.skipped.contains(alert))
      }
      for (alert, count) in book.withdrawn { #expect(count == 1 && book.fired[alert] == 1, "\(alert)") }
      // What was fired and stands no more was taken back.
      for alert in book.fired.keys where !book.standing.contains(alert) {
        #expect(book.withdrawn[alert] == 1, "course \(number): \(alert)")
      }
      fired += book.fired.count
      withdrawn += book.withdrawn.count
    }
    #expect(fired > 1000 && withdrawn > 800 && seconds > 1000, "\(fired) \(withdrawn) \(seconds)")
  }

  /// Who looks only when something is learned, as a gateway that was down meanwhile does, fires what counts then, and has
  /// what it missed as data.
  @Test func whoWasDownFiresOnlyWhatCountsNow() throws {
    var chance = SplitMix64(seed: 8)
    var skipped = 0
    for number in 0..<600 {
      let course = Course(&chance)
      var book = Book()
      for now in course.moments {
        let before = Set(book.fired.keys)
        let reading = course.reading(at: now)
        _ = book.look(reading, at: now)
        #expect(book.standing == course.shown(at: now), "course \(number) at \(now)")
        let new = Set(book.fired.keys).subtracting(before)
        #expect(Set(new.map(\.audience)).count == new.count, "one colour an audience: course \(number)")
        guard reading.state == .running, case .at(let due) = reading.due else { continue }
        for alert in reading.alerts where alert.at <= now {
          let missed = PermitAlert(
            clock: PermitAlert.platform, colour: alert.warning.colour, audience: alert.warning.audience,
            due: due)
          #expect(book.known[missed] != nil, "course \(number) at \(now): \(missed) is known")
        }
      }
      skipped += book.skipped.count
    }
    #expect(skipped > 100, "\(skipped)")
  }

  private static func moment(_ text: String) throws -> CivilDateTime {
    try #require(CivilDateTime(iso: text))
  }

  private static func event(_ id: Int, _ name: String, _ happened: String) throws -> ClockEvent {
    let moment = try moment(happened)
    return ClockEvent(
      id: "\(id)", name: name, happened: moment, learned: moment.timestamp(offsetSeconds: UTCOffset.china))
  }

  @Test func itIsSaidWhyAnAlertIsTakenBack() throws {
    let clock = Clock(rule: Self.rule(5), calendar: .china)
    let accepted = try Self.event(0, "accepted", "2024-03-04T10:00:00")
    let orange = PermitAlert(
      clock: PermitAlert.platform, colour: .orange, audience: "unit",
      due: try Self.moment("2024-03-12T00:00:00"))
    func reasons(
      _ events: [ClockEvent], _ now: String, isOver: Bool = false
    ) throws -> [AlertStep] {
      let now = try Self.moment(now)
      let reading = clock.reading(of: events, at: now)
      return PermitAlerts.steps(
        [ShownClock(PermitAlert.platform, reading)], known: [KnownAlert(orange, stands: true, isOwed: true)],
        isOver: isOver, at: now
      ).filter { $0.alert == orange }.map(\.step)
    }
    #expect(try reasons([accepted], "2024-03-11T09:00:00") == [])
    #expect(try reasons([accepted], "2024-03-12T00:00:00") == [.withdraw(.passed)])
    #expect(
      try reasons(
        [accepted, Self.event(1, "supplement-requested", "2024-03-08T10:00:00")], "2024-03-11T09:00:00")
        == [.withdraw(.paused)])
    #expect(
      try reasons([Self.event(0, "accepted", "2024-03-05T10:00:00")], "2024-03-11T09:00:00") == [
        .withdraw(.moved)
      ])
    #expect(try reasons([], "2024-03-11T09:00:00") == [.withdraw(.corrected)])
    #expect(
      try reasons([accepted, Self.event(1, "approved", "2024-03-11T08:00:00")], "2024-03-11T09:00:00")
        == [.withdraw(.ended)])
    #expect(try reasons([accepted], "2024-03-11T09:00:00", isOver: true) == [.withdraw(.ended)])
  }

  /// Each of the four is taken back by a pause, shown again when the clock goes on, and fired once.
  @Test(arguments: Warning.Colour.allCases)
  func everyColourIsTakenBackByAPauseAndFiredOnce(_ colour: Warning.Colour) throws {
    let clock = Clock(rule: Self.rule(5), calendar: .china)
    let accepted = try Self.event(0, "accepted", "2024-03-04T10:00:00")
    // Blue from the 7th, orange on the 11th, yellow from the 12th, red from the 14th.
    let day: [Warning.Colour: String] = [
      .blue: "2024-03-07", .orange: "2024-03-11", .yellow: "2024-03-12", .red: "2024-03-14",
    ]
    let shown = try #require(day[colour])
    var book = Book()
    func look(_ events: [ClockEvent], _ time: String) throws {
      let now = try Self.moment("\(shown)T\(time)")
      _ = book.look(clock.reading(of: events, at: now), at: now)
    }
    try look([accepted], "09:00:00")
    let alerts = book.standing.filter { $0.colour == colour }
    #expect(!alerts.isEmpty)
    let stop = try Self.event(1, "supplement-requested", "\(shown)T10:00:00")
    try look([accepted, stop], "10:30:00")
    #expect(book.standing.isEmpty)
    for alert in alerts { #expect(book.withdrawn[alert] == 1) }
    // The same day: the same deadline.
    try look([accepted, stop, try Self.event(2, "supplement-received", "\(shown)T11:00:00")], "11:30:00")
    #expect(book.standing.isSuperset(of: alerts))
    for alert in alerts { #expect(book.fired[alert] == 1 && book.withdrawn[alert] == 1) }
  }
}
