import CivilTime

/// The events of one clock put in order by its rule: when it started, stood still and ended.
struct Course {
  struct Stop: Hashable {
    let reason: PauseReason
    let begin: CivilDateTime
    /// As the office's hours count it. `nil` as long as the clock stands still.
    let end: CivilDateTime?
  }

  private(set) var started: CivilDateTime?
  private(set) var ended: CivilDateTime?
  private(set) var stops: [Stop] = []
  private(set) var findings: [ClockReading.Finding] = []
  /// A day that decides when the clock went on lies in a year without a calendar: no deadline can be told.
  private(set) var missing: CalendarError?
  private let days: PausedDays
  /// Since when nobody has said a word, where that starts the clock in the end.
  let silence: ClockReading.Silence?

  /// - Parameter events: those that have happened, in the order in which they did.
  init(_ events: [ClockEvent], rule: ClockRule, calendar: WorkCalendar, at now: CivilDateTime) {
    days = rule.pausedDays
    let start = ClockStart(of: events, rule, calendar, at: now)
    silence = start.silence
    if let place = start.unknownSince { note(.silenceUnknown, events[place]) }
    var begun: [(reason: PauseReason, begin: CivilDateTime)] = []
    for (place, event) in zip(events.indices, events) {
      if place == start.place {
        started = event.happened
      } else if silence?.isOver == true, rule.starts.contains(event.name), isFirst(event, events, rule) {
        note(.startedLate, event)
      } else if started != nil, rule.starts.contains(event.name), !isFirst(event, events, rule),
        !rule.stops.contains(where: { stop in
          stop.alsoEnds.contains(event.name) && begun.contains { $0.reason == stop.reason }
        })
      {
        note(.startedAgain, event)
      }
      if rule.ends.contains(event.name) {
        if started == nil {
          // That it is not taken up needs no start.
          if rule.silence?.unless.contains(event.name) != true { note(.beforeStart, event) }
        } else if ended == nil {
          ended = event.happened
        } else {
          note(.endedAgain, event)
        }
      }
      for stop in rule.stops {
        if event.name == stop.begins {
          // One that began before the clock did keeps it still from its start on: 补正 may come before acceptance.
          if ended != nil {
            note(.afterEnd, event)
          } else if begun.contains(where: { $0.reason == stop.reason }) {
            note(.alreadyPaused, event)
          } else {
            begun.append((stop.reason, event.happened))
          }
        } else if event.name == stop.ends {
          guard let open = begun.firstIndex(where: { $0.reason == stop.reason }) else {
            note(.notPaused, event)
            continue
          }
          // What comes after the end, as what was still missing at an approval does, moves nothing.
          let end =
            ended
            ?? (stop.waitsForOffice(event.name)
              ? effective(event.happened, rule, calendar) : event.happened)
          stops.append(Stop(reason: stop.reason, begin: begun.remove(at: open).begin, end: end))
        } else if stop.alsoEnds.contains(event.name),
          let open = begun.firstIndex(where: { $0.reason == stop.reason })
        {
          let end = ended ?? effective(event.happened, rule, calendar)
          stops.append(Stop(reason: stop.reason, begin: begun.remove(at: open).begin, end: end))
        }
      }
    }
    for (reason, begin) in begun { stops.append(Stop(reason: reason, begin: begin, end: ended)) }
    stops.sort { ($0.begin, $0.reason.rawValue) < ($1.begin, $1.reason.rawValue) }
  }

  /// Why the clock stands still now.
  var openPause: PauseReason? { stops.first { $0.end == nil }?.reason }

  /// The days that the stops take out of the count, in the order of their first days.
  var pausedDays: [Pause] {
    stops.compactMap { stop in
      let begin = stop.begin.date.daysSinceEpoch
      let end = stop.end?.date.daysSinceEpoch
      guard end.map({ begin < $0 }) ?? true else { return nil }
      return switch days {
      case .afterFirst: Pause(first: begin + 1, last: end, reason: stop.reason, holdsDayBefore: true)
      case .untilLast: Pause(first: begin, last: end.map { $0 - 1 }, reason: stop.reason)
      }
    }
  }

  /// Moments between which the clock stands still, apart from each other, ascending; stops that overlap stand still once.
  /// `nil`: until further notice.
  var gaps: [(begin: CivilDateTime, end: CivilDateTime?)] {
    var gaps: [(begin: CivilDateTime, end: CivilDateTime?)] = []
    for stop in stops {
      guard let last = gaps.last, last.end.map({ stop.begin <= $0 }) ?? true else {
        gaps.append((stop.begin, stop.end))
        continue
      }
      guard let lastEnd = last.end else { continue }
      gaps[gaps.count - 1].end = stop.end.map { max($0, lastEnd) }
    }
    return gaps
  }

  /// The moment so many minutes later, those in which the clock stands still not counted; `nil` where that is not known.
  func moment(minutes: Int, after start: CivilDateTime) -> CivilDateTime? {
    var moment = start.advanced(bySeconds: minutes * 60)
    for gap in gaps where gap.begin < moment && gap.end.map({ $0 > start }) ?? true {
      guard let end = gap.end else { return nil }
      moment = moment.advanced(bySeconds: max(gap.begin, start).seconds(until: end))
    }
    return moment
  }

  private mutating func effective(
    _ moment: CivilDateTime, _ rule: ClockRule, _ calendar: WorkCalendar
  ) -> CivilDateTime {
    do throws(CalendarError) {
      return try rule.hours?.effective(moment, in: calendar) ?? moment
    } catch {
      missing = error
      return moment
    }
  }

  /// What the end of a stop counts as; `nil` where none ended then.
  func end(
    after moment: CivilDateTime, _ rule: ClockRule, _ calendar: WorkCalendar
  ) -> CivilDateTime? {
    var copy = self
    let end = copy.effective(moment, rule, calendar)
    return stops.contains { $0.end == end } ? end : nil
  }

  /// Of a clock that runs since something was done that comes after its start, the start itself is no second one.
  private func isFirst(_ event: ClockEvent, _ events: [ClockEvent], _ rule: ClockRule) -> Bool {
    events.first { rule.starts.contains($0.name) } == event
  }

  private mutating func note(_ code: ClockReading.Finding.Code, _ event: ClockEvent) {
    findings.append(ClockReading.Finding(code: code, subject: event.id))
  }
}
