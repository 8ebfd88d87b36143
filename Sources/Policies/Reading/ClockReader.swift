import Applications
import Calendars
import Documents

/// Reads how a clock is kept.
///
///     clock:
///       starts: [accepted]
///       starts-at-latest: [handling]
///       silence: {after: 5 working days, from: [received, submitted], unless: [refused], clause: LICENSING 第三十二条}
///       ends: [approved, rejected]
///       stops: [supplement, special-procedure]
///       hours: {opens: "09:00", closes: "17:00", rest-days: closed}
///       paused-days: after-first
///       warnings: [{colour: blue, distance: 2, for: unit}]
enum ClockReader {
  /// - Parameter clauses: where silence may start the clock.
  static func settings(_ reader: ConfigurationReader, _ clauses: ClauseReader? = nil) -> Policy.ClockSettings?
  {
    let starts = reader.texts("starts", count: 1...20)
    let ends = reader.texts("ends", count: 1...20)
    let stops = reader.list(ifPresent: "stops", stop) ?? []
    let pausedDays = reader.choice("paused-days", among: PausedDays.self, default: .afterFirst)
    let warnings = warnings(reader) ?? []
    let atLatest = clauses == nil ? [] : events(reader, "starts-at-latest")
    let silence = clauses.flatMap { clauses in
      reader.nested(ifPresent: "silence").flatMap { Self.silence($0, clauses) }
    }
    return Policy.ClockSettings(
      starts: Set(starts), startsAtLatest: Set(atLatest), silence: silence, ends: Set(ends), stops: stops,
      hours: hours(reader.nested(ifPresent: "hours")),
      pausedDays: pausedDays, warnings: warnings)
  }

  private static func silence(
    _ reader: ConfigurationReader, _ clauses: ClauseReader
  ) -> ClockRule.Silence? {
    let limit = reader.parse("after", "a number of days such as '5 working days'") { text in
      if case .days(let days, let count)? = TimeLimit(text) { (days, count) } else { nil }
    }
    let from = reader.list("from", count: 1...PermitEvent.allCases.count) {
      $0.choice(PermitEvent.self)?.rawValue
    }
    let unless = events(reader, "unless")
    guard let limit, let clause = clauses.read(reader), let document = clauses.documents[clause.document]
    else { return nil }
    return ClockRule.Silence(
      days: limit.0, count: limit.1, from: from, unless: Set(unless), clause: clause.description,
      document: document.title)
  }

  private static func events(_ reader: ConfigurationReader, _ key: String) -> [String] {
    reader.list(ifPresent: key, count: 1...PermitEvent.allCases.count) { $0.choice(PermitEvent.self) }?
      .map(\.rawValue) ?? []
  }

  /// nil where there are none of its own.
  static func warnings(_ reader: ConfigurationReader) -> [Warning]? {
    reader.list(ifPresent: "warnings", warning)
  }

  static func quiet(_ reader: ConfigurationReader) -> QuietHours? {
    reader.parse(ifPresent: "quiet", "a span of the day such as 21:00-08:00") { text in
      let ends = text.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count == 2, let from = second(ends[0]), let until = second(ends[1]) else { return nil }
      return QuietHours(from: from, until: until)
    }
  }

  /// A reason stands for its events.
  private static func stop(_ value: ConfigurationValue) -> ClockRule.Stop? {
    guard let word = value.choice(among: PauseReason.known.map(\.rawValue)) else { return nil }
    return ClockRule.Stop(PauseReason(rawValue: word))
  }

  private static func warning(_ value: ConfigurationValue) -> Warning? {
    guard let reader = value.reader() else { return nil }
    return Warning(
      colour: reader.choice("colour", among: Warning.Colour.self),
      distance: reader.integer("distance", in: 0...1000), audience: reader.text("for"))
  }

  private static func hours(_ reader: ConfigurationReader?) -> OfficeHours? {
    guard let reader else { return nil }
    let form = "a time of day such as 08:30"
    let opens = reader.parse("opens", form) { second($0) }
    let closes = reader.parse("closes", form) { $0 == "24:00" ? 86_400 : second($0) }
    let onRestDays = reader.choice("rest-days", among: RestDays.self, default: .closed)
    guard let opens, let closes else { return nil }
    let hours = OfficeHours(opens: opens, closes: closes, isOpenOnRestDays: onRestDays == .open)
    if hours == nil { reader.error("closes before it opens", at: "closes") }
    return hours
  }

  private enum RestDays: String, CaseIterable {
    case open, closed
  }

  /// `HH:mm`.
  private static func second(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard text.utf8.count == 5, parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
    else { return nil }
    return hour * 3600 + minute * 60
  }
}

extension ClockRule.Stop {
  /// The events of a reason: `supplement` stands for `supplement-requested` and `supplement-received`. Whoever accepts an application
  /// has what was asked for.
  init(_ reason: PauseReason) {
    switch reason {
    case .supplement:
      self.init(
        reason: reason, begins: "supplement-requested", ends: "supplement-received",
        alsoEnds: Self.alsoEnds(reason))
    default:
      self.init(reason: reason, begins: "\(reason.rawValue)-started", ends: "\(reason.rawValue)-ended")
    }
  }

  /// What a rule says that was kept before it could say so.
  static func alsoEnds(_ reason: PauseReason) -> Set<String> { reason == .supplement ? ["accepted"] : [] }
}
