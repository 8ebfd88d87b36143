import Applications
import Calendars
import CivilTime
import Testing

@testable import Permits

/// For how long a window may show what was before it took something.
@Suite struct PermitLagTests {
  @Test(arguments: [
    ("2024-03-04T15:00:00", "2024-03-05T15:00:00"), ("2024-03-08T15:00:00", "2024-03-11T15:00:00"),
    ("2024-03-09T08:00:00", "2024-03-11T08:00:00"), ("2024-09-30T15:00:00", "2024-10-08T15:00:00"),
    // In a year without a calendar a day.
    ("2026-12-31T15:00:00", "2027-01-01T15:00:00"), ("2030-06-01T15:00:00", "2030-06-02T15:00:00"),
  ])
  func itEndsOnTheNextWorkingDay(_ taken: String, _ end: String) throws {
    let moment = try #require(CivilDateTime(iso: taken))
    #expect(PermitTold.endOfLag(after: moment, .china).description == end)
  }
}
