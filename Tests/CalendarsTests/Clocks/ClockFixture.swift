import Calendars
import CivilTime
import Testing

/// Short forms for rules and events of the tests.
enum ClockFixture {
  static let stops = [
    ClockRule.Stop(reason: .supplement, begins: "supplement-requested", ends: "supplement-received"),
    ClockRule.Stop(
      reason: .specialProcedure, begins: "special-procedure-started", ends: "special-procedure-ended"),
  ]

  static func rule(
    _ limit: TimeLimit, hours: OfficeHours? = nil, pausedDays: PausedDays = .afterFirst,
    quiet: QuietHours? = nil,
    warnings: [Warning] = []
  ) -> ClockRule {
    ClockRule(
      limit: limit, starts: ["accepted"], ends: ["approved", "rejected"], stops: stops, hours: hours,
      quiet: quiet, pausedDays: pausedDays, warnings: warnings)
  }

  static func clock(_ rule: ClockRule) -> Clock { Clock(rule: rule, calendar: .china) }

  static func moment(_ text: String) throws -> CivilDateTime {
    try #require(CivilDateTime(iso: text.count == 10 ? text + "T10:00:00" : text))
  }

  static func date(_ text: String) throws -> CivilDate { try #require(CivilDate(iso: text)) }

  /// An event learned when it happened, unless said otherwise.
  static func event(_ name: String, _ happened: String, learned: String? = nil, id: String? = nil) throws
    -> ClockEvent
  {
    let moment = try moment(happened)
    let known = try learned.map(Self.moment) ?? moment
    return ClockEvent(
      id: id ?? "\(name) \(happened)", name: name, happened: moment,
      learned: known.timestamp(offsetSeconds: UTCOffset.china))
  }
}

extension ClockReading {
  var lastDayText: String? { lastDay?.description }
}
