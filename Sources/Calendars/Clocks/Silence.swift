public import CivilTime

extension ClockRule {
  /// That nobody says a word in time starts the clock: what is not said to be missing within some days counts as accepted since it
  /// was received (行政许可法 第三十二条).
  public struct Silence: Hashable, Sendable {
    /// For how long somebody may say nothing, not counting the day since which it lasts.
    public var days: Int
    public var count: DayCount
    /// Since when: the first of these events that is known.
    public var from: [String]
    /// Words that break it without a start: what is missing, or that it is not taken up. After what was missing it begins anew.
    public var unless: Set<String>
    /// Where it stands, and the title of that document.
    public var clause: String
    public var document: String

    public init(
      days: Int, count: DayCount, from: [String], unless: Set<String>, clause: String, document: String
    ) {
      self.days = days
      self.count = count
      self.from = from
      self.unless = unless
      self.clause = clause
      self.document = document
    }

    /// Whether no calendar is needed to see that a word came in time.
    func isSurelyInTime(_ word: CivilDateTime, since from: CivilDateTime) -> Bool {
      word.date.daysSinceEpoch - from.date.daysSinceEpoch <= days
    }

    /// What the clock goes by then, where it needs an event.
    public static let event = "deemed-accepted"
  }
}

extension ClockReading {
  /// Nobody has said a word.
  public struct Silence: Hashable, Sendable {
    /// Since when: from then on the clock runs if it stays so.
    public let from: CivilDateTime
    /// Until when nothing was said, or may be said: the first moment that is too late, or that of a decision before it.
    public let until: CivilDateTime
    /// It has lasted, and has started the clock.
    public let isOver: Bool
    public let clause: String
    public let document: String
  }
}

extension ClockReading.Silence {
  /// How people are told.
  public func line(at now: CivilDateTime) -> ClockLine {
    let (title, english) =
      isOver
      ? (
        "至 \(until) 未告知补正或不予受理，依《\(document)》（\(clause)）自 \(from) 起视为受理",
        "nothing was said until \(until): it counts as accepted since \(from), by \(document) (\(clause))"
      )
      : (
        "至 \(until) 仍未告知补正或不予受理的，依《\(document)》（\(clause)）自 \(from) 起视为受理",
        "where nothing is said until \(until) it counts as accepted since \(from), by \(document) (\(clause))"
      )
    return ClockLine(date: now.date, title: title, englishTitle: english)
  }
}

/// What starts a clock, among its events.
public struct ClockStart: Hashable, Sendable {
  /// The event since which it runs.
  public private(set) var place: Int?
  /// Since when nobody has said a word, where that matters.
  public private(set) var silence: ClockReading.Silence?
  /// Until when something may be missing without a word is not known: a year has no calendar. The event since which it lasts.
  public private(set) var unknownSince: Int?

  /// - Parameter events: those that have happened, in their order.
  public init(
    of events: [ClockEvent], _ rule: ClockRule, _ calendar: WorkCalendar, at now: CivilDateTime
  ) {
    var told: Int?
    for index in events.indices {
      let isStart = rule.starts.contains(events[index].name)
      if isStart || rule.startsAtLatest.contains(events[index].name), place == nil { place = index }
      if isStart {
        told = index
        break
      }
    }
    guard let silence = rule.silence,
      let since = silence.from.lazy.compactMap({ name in events.firstIndex { $0.name == name } }).first
    else { return }
    // What happened in time comes before what is concluded, however late it is learned. What happened when it counted as accepted already moves nothing.
    if let told, silence.isSurelyInTime(events[told].happened, since: events[since].happened),
      told < since || !events[since..<told].contains(where: { rule.ends.contains($0.name) })
    {
      return
    }
    let end = told.map { min(now, events[$0].happened) } ?? now
    follow(events[..<(told ?? events.endIndex)], since, silence, rule, calendar, end)
    if told != nil, self.silence?.isOver != true { self.silence = nil }
  }

  /// Looks at one silence after the other.
  private mutating func follow(
    _ events: ArraySlice<ClockEvent>, _ first: Int, _ silence: ClockRule.Silence, _ rule: ClockRule,
    _ calendar: WorkCalendar, _ now: CivilDateTime
  ) {
    var since: Int? = first
    // Whoever was at work on it before needs to say nothing.
    while let base = since, base < events.endIndex, place.map({ base < $0 }) ?? true {
      do throws(CalendarError) {
        let next = try look(events, base, silence, rule, calendar, now)
        if next == base { return }
        since = next
      } catch {
        unknownSince = base
        return
      }
    }
  }

  /// Looks at the silence that began with an event.
  ///
  /// - Returns: the event with which another one begins, the same where there is none; `nil` where none may begin.
  private mutating func look(
    _ events: ArraySlice<ClockEvent>, _ base: Int, _ silence: ClockRule.Silence, _ rule: ClockRule,
    _ calendar: WorkCalendar, _ now: CivilDateTime
  ) throws(CalendarError) -> Int? {
    let from = events[base].happened
    let found = Result { () throws(CalendarError) in try Self.end(of: silence, since: from, rule, calendar) }
    if case .success(nil) = found { return nil }
    let end = try? found.get()
    var until: CivilDateTime?
    search: for (index, event) in zip(events.indices, events).dropFirst(base + 1) {
      // Without a calendar only what surely was in time is.
      let isInTime = end.map { event.happened < $0 } ?? silence.isSurelyInTime(event.happened, since: from)
      guard isInTime else { break }
      if silence.unless.contains(event.name) {
        guard let stop = rule.stops.first(where: { $0.begins == event.name }) else { return nil }
        let rest = events[(index + 1)...]
        let next = rest.firstIndex { one in
          one.name == stop.ends || rule.ends.contains(one.name) && !silence.unless.contains(one.name)
        }
        guard let next, events[next].name != stop.ends else { return next }
        // What was missing had not come: only a decision shows that it was accepted.
        if place.map({ next < $0 }) ?? true { place = next }
        return nil
      }
      // Somebody is at work on it.
      if rule.startsAtLatest.contains(event.name) { return nil }
      if rule.ends.contains(event.name) {
        until = event.happened
        break search
      }
    }
    let isDecided = until != nil
    if until == nil { until = try found.get() }
    guard let until else { return nil }
    let isOver = isDecided || now >= until
    self.silence = ClockReading.Silence(
      from: from, until: until, isOver: isOver, clause: silence.clause, document: silence.document)
    if isOver { place = base }
    return base
  }

  /// When a silence that began then is over; nil where it never is.
  private static func end(
    of silence: ClockRule.Silence, since from: CivilDateTime, _ rule: ClockRule, _ calendar: WorkCalendar
  ) throws(CalendarError) -> CivilDateTime? {
    let counted = try rule.hours?.effective(from, in: calendar) ?? from
    var walk = Walk(calendar: calendar, count: silence.count, pauses: [])
    return try walk.lastDay(start: counted.date.daysSinceEpoch, days: silence.days).map { last in
      CivilDateTime(startOf: CivilDate(daysSinceEpoch: last + 1))
    }
  }
}
