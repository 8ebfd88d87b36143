public import CivilTime

/// One line of a clock's account of itself, in two languages.
public struct ClockLine: Hashable, Sendable {
  public let date: CivilDate
  public let title: String
  public let englishTitle: String

  public init(date: CivilDate, title: String, englishTitle: String) {
    self.date = date
    self.title = title
    self.englishTitle = englishTitle
  }

  /// Until when nobody may say a word is not known.
  public static func silenceUnknown(at now: CivilDateTime) -> ClockLine {
    ClockLine(
      date: now.date, title: "无法判断何时视为受理：所需年份的工作日历尚未提供",
      englishTitle: "when it counts as accepted without a word is unknown: a year has no calendar")
  }
}

extension Clock {
  /// How the reading came about, day by day: what happened, what each day did, and what follows.
  ///
  /// The lines before the last are in the order of time, an event before the day it falls on counts.
  ///
  /// - Parameter detail: what is to be said of an event beside its name, in Chinese and in English.
  public func explanation(
    of events: some Sequence<ClockEvent>, at now: CivilDateTime, knownAt time: Timestamp? = nil,
    detail: (ClockEvent) -> (chinese: String, english: String)? = { _ in nil }
  ) -> [ClockLine] {
    let known = events.known(at: time).filter { $0.happened <= now }
    var steps: [Deadline.Step] = []
    let course = Course(known, rule: rule, calendar: calendar, at: now)
    let reading = reading(of: course, at: now) { steps = $0 }
    var lines: [ClockLine] = []
    for event in known where names.contains(event.name) {
      lines.append(line(event, detail(event)))
      if let counted = moved(event, reading, course) { lines.append(counted) }
    }
    let days = steps.map { ClockLine(date: $0.date, title: $0.title, englishTitle: $0.englishTitle) }
    lines = merged(lines, days)
    if let silence = reading.silence { lines.append(silence.line(at: now)) }
    if reading.findings.contains(where: { $0.code == .silenceUnknown }) {
      lines.append(.silenceUnknown(at: now))
    }
    lines.append(contentsOf: conclusion(reading, now))
    return lines
  }

  private var names: Set<String> {
    rule.starts.union(rule.startsAtLatest).union(rule.ends).union(
      rule.stops.flatMap { [$0.begins, $0.ends] + $0.alsoEnds }
    )
    .union(rule.silence.map { $0.unless.union($0.from) } ?? [])
  }

  private func line(_ event: ClockEvent, _ detail: (chinese: String, english: String)?) -> ClockLine {
    ClockLine(
      date: event.happened.date,
      title: "\(event.happened) \(EventTitle.chinese(event.name))" + (detail.map { "（\($0.chinese)）" } ?? ""),
      englishTitle: "\(event.happened) \(EventTitle.english(event.name))"
        + (detail.map { " (\($0.english))" } ?? ""))
  }

  /// That an event outside of the office's hours counts as later: one that starts the clock, or lets it go on.
  private func moved(_ event: ClockEvent, _ reading: ClockReading, _ course: Course) -> ClockLine? {
    if event.happened == reading.started, let counted = reading.counted, counted != event.happened {
      return ClockLine(
        date: event.happened.date, title: "\(event.happened) 在办公时间之外，视为 \(counted) 开始",
        englishTitle: "\(event.happened) is outside of the office's hours and counts as \(counted)")
    }
    guard rule.stops.contains(where: { $0.waitsForOffice(event.name) }),
      let end = course.end(after: event.happened, rule, calendar), end != event.happened
    else { return nil }
    return ClockLine(
      date: event.happened.date, title: "\(event.happened) 在办公时间之外，自 \(end) 起恢复计时",
      englishTitle: "\(event.happened) is outside of the office's hours; it goes on from \(end)")
  }

  private func merged(_ events: [ClockLine], _ days: [ClockLine]) -> [ClockLine] {
    var lines: [ClockLine] = []
    var rest = days[...]
    for event in events {
      while let day = rest.first, day.date < event.date { lines.append(rest.removeFirst()) }
      lines.append(event)
    }
    return lines + rest
  }

  private func conclusion(_ reading: ClockReading, _ now: CivilDateTime) -> [ClockLine] {
    func line(_ title: String, _ english: String) -> ClockLine {
      ClockLine(date: now.date, title: title, englishTitle: english)
    }
    var lines: [ClockLine] = []
    let limit = rule.limit
    switch reading.due {
    case .notYet:
      lines.append(line("尚未开始计时，时限\(limit.title)", "not started; the limit is \(limit.englishTitle)"))
    case .open:
      lines.append(line("计时暂停，恢复后方可确定期限", "the clock stands still; the deadline is known when it goes on"))
    case .unknown(let error):
      lines.append(line("无法计算期限：\(error.chineseYear)的工作日历尚未提供", "the deadline is unknown: \(error.message)"))
    case .at(let due):
      if let day = reading.lastDay, case .days = limit {
        lines.append(
          line("时限\(limit.title)，截止 \(day)", "the limit of \(limit.englishTitle) ends with \(day)"))
      } else {
        lines.append(line("时限\(limit.title)，截止 \(due)", "the limit of \(limit.englishTitle) ends at \(due)"))
      }
      if let moment = reading.lastMoment, moment != due {
        lines.append(line("静默时段内不得联系，最晚于 \(moment) 办理", "not during quiet hours: to be done by \(moment)"))
      }
      if reading.isLate { lines.append(line("已超期", "late")) }
    }
    if case .ended(let moment) = reading.state {
      lines.append(line("计时结束于 \(moment)", "ended at \(moment)"))
    }
    return lines
  }
}
