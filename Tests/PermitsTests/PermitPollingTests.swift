import Calendars
import CivilTime
import Permits
import Testing

@Suite struct PermitPollingTests {
  private let polling = PermitPolling()

  private func wait(_ sinceChange: Double, at now: String, fraction: Double = 0.5) throws -> Double {
    polling.wait(
      sinceChange: sinceChange, fraction: fraction, at: try #require(CivilDateTime(iso: now)), in: .china)
  }

  @Test func soonAtFirstAndThenEverMoreSeldom() throws {
    var last = 0.0
    for since in stride(from: 0.0, through: 100_000, by: 500) {
      let wait = try wait(since, at: "2026-08-03T10:00:00")
      #expect(wait >= last && (60...3600).contains(wait))
      last = wait
    }
    #expect(last == 3600)
  }

  /// 2026-08-01 is a Saturday, 2026-10-10 a Saturday that is worked.
  @Test(arguments: [
    ("2026-08-03T12:00:00", 3600.0), ("2026-08-03T19:00:00", 21_600.0), ("2026-08-04T06:00:00", 7200.0),
    ("2026-08-01T12:00:00", 21_600.0), ("2026-10-10T12:00:00", 3600.0), ("2026-10-01T12:00:00", 21_600.0),
    // Nobody knows whether this is a working day.
    ("2031-01-04T23:00:00", 3600.0),
  ]) func seldomWhileNobodyIsThere(_ now: String, _ expected: Double) throws {
    #expect(try wait(86_400, at: now) == expected)
  }

  @Test func whatWasHandedInAtNightIsLookedAtSoon() throws {
    #expect(try wait(10, at: "2026-08-03T23:00:00") == 60)
  }

  @Test func chanceSpreadsByATenth() throws {
    for fraction in stride(from: 0.0, to: 1, by: 0.1) {
      let wait = try wait(86_400, at: "2026-08-03T10:00:00", fraction: fraction)
      #expect((3240...3960).contains(wait))
    }
  }
}
