public import Applications
public import Calendars
public import CivilTime

/// The one clock of all permits of a case that a limit counts together.
///
/// It starts with the first of them that starts, goes on while the platform is at work on any, stands still while it is at
/// work on none — since what is open waits for material, say, or was not taken up yet — and ends when the attempt by which
/// each stands is decided. Another attempt at what the platform had begun with is another application: it has the whole time anew,
/// by a clock of its own.
public struct TotalClock: Hashable, Sendable {
  public let total: PermitTotal
  /// What it is called: the name of the total, and for a clock of another attempt with the item and its number behind it.
  public let name: String
  /// What is counted together.
  public let items: Set<PermitItem>
  /// The number of the attempt, where it is the clock of another one alone.
  public let attempt: Int?
  /// What the clock goes by: made of the events of the attempts, in the order in which they happened.
  public let events: [ClockEvent]
  public let reading: ClockReading
  /// What brought each of the events about.
  let causes: [Cause]

  /// Something that happened to one of the permits.
  struct Cause: Hashable, Sendable {
    let item: PermitItem
    let event: String
  }
  /// Which of all attempts of the case it is about.
  let members: [Int]

  /// One attempt at an item, and what is known of it in the order in which it happened.
  typealias Attempt = (item: PermitItem, known: [ClockEvent])

  /// The clocks of a total: that of all permits, and one for each other attempt.
  ///
  /// - Parameter attempts: all of the case, in the order in which they were made.
  static func all(
    _ total: PermitTotal, _ attempts: [Attempt], _ calendar: WorkCalendar, at now: CivilDateTime
  ) -> [TotalClock] {
    var (together, others): ([Int], [TotalClock]) = ([], [])
    var starts: [ClockStart?] = Array(repeating: nil, count: attempts.count)
    for index in attempts.indices where total.items.contains(attempts[index].item) {
      let (item, known) = attempts[index]
      let happened =
        known.last.map { $0.happened <= now } ?? true ? known : known.filter { $0.happened <= now }
      starts[index] = ClockStart(of: happened, total.rule, calendar, at: now)
      var (before, isBegun) = (0, false)
      for other in 0..<index where attempts[other].item == item {
        before += 1
        if starts[other]?.place != nil { isBegun = true }
      }
      if isBegun {
        others.append(TotalClock(total, attempts, starts, [index], attempt: before + 1, calendar, at: now))
      } else {
        together.append(index)
      }
    }
    return [TotalClock(total, attempts, starts, together, attempt: nil, calendar, at: now)] + others
  }

  private init(
    _ total: PermitTotal, _ attempts: [Attempt], _ starts: [ClockStart?], _ members: [Int], attempt: Int?,
    _ calendar: WorkCalendar, at now: CivilDateTime
  ) {
    self.total = total
    self.members = members
    self.attempt = attempt
    if let attempt, let index = members.first {
      items = [attempts[index].item]
      name = "\(total.name)-\(attempts[index].item.rawValue)-\(attempt)"
    } else {
      items = total.items
      name = total.name
    }
    let course = TotalCourse(
      members.map { (attempts[$0].item, attempts[$0].known) }, starts: members.map { starts[$0] },
      total.effects, until: now
    ) { moment in
      // What lies in a year without a calendar the clock says itself.
      (try? total.rule.hours?.effective(moment, in: calendar)) ?? moment
    }
    (events, causes) = (course.events, course.causes)
    var reading = Clock(rule: total.clockRule, calendar: calendar).reading(ofKnown: events, at: now)
    reading.silence = course.silence
    reading.silentUntil = course.silentUntil
    if let event = course.unknownSilence {
      reading.findings.append(ClockReading.Finding(code: .silenceUnknown, subject: event))
    }
    self.reading = reading
  }

  /// How the reading came about, as that of a single permit is explained.
  public func explanation(_ calendar: WorkCalendar, at now: CivilDateTime) -> [ClockLine] {
    Clock(rule: total.clockRule, calendar: calendar).explanation(of: events, at: now) { event in
      guard let place = Int(event.id), causes.indices.contains(place) else { return nil }
      let cause = causes[place]
      return (
        "\(cause.item.title)：\(EventTitle.chinese(cause.event))",
        "\(cause.item.rawValue): \(EventTitle.english(cause.event))"
      )
    }
      + (reading.silence.map { [$0.line(at: now)] } ?? [])
      + (reading.findings.contains { $0.code == .silenceUnknown } ? [.silenceUnknown(at: now)] : [])
  }
}

extension PermitCaseView {
  /// The clocks over several of its items, and those of other attempts at them.
  public var totals: [TotalClock] {
    items.compactMap(\.total).reduce(into: []) { totals, total in
      if !totals.contains(where: { $0.name == total.name }) { totals.append(total) }
    }
  }

  /// What was believed of such a clock when, ascending; what changed neither state nor deadline is left out.
  ///
  /// - Parameter now: silence that has ended by then counts.
  public func beliefs(
    of clock: TotalClock, _ calendar: WorkCalendar, until now: CivilDateTime? = nil
  ) -> [ClockBelief] {
    let views = items.filter { clock.total.items.contains($0.attempt.item) }
    // Of another attempt, since there is one.
    let since = views.last { $0.total?.name == clock.name }?.attempt.created
    let members = clock.attempt == nil ? views : views.filter { $0.total?.name == clock.name }
    func attempts(_ time: Timestamp) -> [TotalClock.Attempt] {
      views.filter { $0.attempt.created <= time }.map { ($0.attempt.item, $0.events.known(at: time)) }
    }
    let times = Set(members.flatMap(\.events).map(\.learned)).sorted()
    return ClockBelief.all(
      clock.attempt == nil ? times : times.filter { time in since.map { $0 <= time } ?? true }, until: now,
      learned: { time in members.flatMap(\.events).filter { $0.learned == time }.map(\.id).sorted() },
      reading: { moment, time in
        let clocks = TotalClock.all(clock.total, attempts(time), calendar, at: moment)
        // What was not begun with by then was counted with the others.
        return (clocks.first { $0.name == clock.name } ?? clocks[0]).reading
      })
  }
}
