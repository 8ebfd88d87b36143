import Calendars
import CivilTime
import Testing

/// Stops that end without the word for it.
@Suite struct ClockStopTests {
  private static let rule = ClockRule(
    limit: .days(5, .working), starts: ["accepted"], ends: ["approved"],
    stops: [
      ClockRule.Stop(
        reason: .supplement, begins: "supplement-requested", ends: "supplement-received",
        alsoEnds: ["accepted"])
    ])

  private static func reading(_ events: [(String, String)], at now: String) throws -> ClockReading {
    ClockFixture.clock(rule).reading(
      of: try events.map { try ClockFixture.event($0.0, $0.1) }, at: try ClockFixture.moment(now))
  }

  /// Asked before it was accepted: the acceptance starts the clock, which does not stand still.
  @Test func anAcceptanceEndsWhatWasAskedForBeforeIt() throws {
    let events = [("supplement-requested", "2024-03-01"), ("accepted", "2024-03-04")]
    let going = try Self.reading(events, at: "2024-03-06")
    #expect(going.state == .running && going.findings == [] && going.used == 2)
    #expect(going.lastDayText == "2024-03-11")
    let same = try Self.reading([("accepted", "2024-03-04")], at: "2024-03-06")
    #expect(same.due == going.due)
  }

  /// Accepted once more: the clock goes on, and that is no second start.
  @Test func anAcceptanceLetsTheClockGoOn() throws {
    let stopped = [("accepted", "2024-03-04"), ("supplement-requested", "2024-03-05")]
    #expect(try Self.reading(stopped, at: "2024-03-07").state == .paused(.supplement))
    let word = try Self.reading(stopped + [("accepted", "2024-03-08")], at: "2024-03-11")
    let usual = try Self.reading(stopped + [("supplement-received", "2024-03-08")], at: "2024-03-11")
    #expect(word == usual && word.state == .running)
    // Where nothing stands still it is one too many.
    let again = try Self.reading([("accepted", "2024-03-04"), ("accepted", "2024-03-05")], at: "2024-03-06")
    #expect(again.findings.map(\.code) == [.startedAgain])
  }
}
