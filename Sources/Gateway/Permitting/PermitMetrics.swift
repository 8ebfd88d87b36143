import Calendars
public import CivilTime
import Permits
public import Telemetry

/// How many permit items stand in which colour, window by window, and how long their calendar lasts.
public struct PermitMetrics: MetricsSource {
  private let station: PermitStation
  private let now: @Sendable () -> Timestamp

  public init(_ station: PermitStation, now: @escaping @Sendable () -> Timestamp = { .now() }) {
    self.station = station
    self.now = now
  }

  public func write(to metrics: inout MetricsText) async throws {
    let today = now().civil(offsetSeconds: UTCOffset.china).date
    metrics.family(
      "zhengdian_calendar_days_left", .gauge,
      "Days until the calendar of working days ends; deadlines behind it are unknown.")
    metrics.sample("zhengdian_calendar_days_left", station.permits.calendar.daysLeft(on: today))
    struct Place: Hashable {
      let platform: String
      let clock: PermitWarningCount.Clock
      let colour: Warning.Colour
    }
    var counts: [Place: Int] = [:]
    for count in try await station.permits.warningCounts() {
      // Of a region for which the site has no window any more.
      let platform = station.platform(forRegion: count.region) ?? "none"
      let place = Place(platform: platform, clock: count.clock, colour: count.colour)
      counts[place, default: 0] += count.items
    }
    metrics.family(
      "zhengdian_permit_items", .gauge,
      "Permit items with a warning, by the window, the clock (the platform's, the utility's own, or that of all permits of a case together, which counts cases), and the strongest colour."
    )
    for platform in Set(station.platforms + counts.keys.map(\.platform)).sorted() {
      for clock in PermitWarningCount.Clock.allCases {
        for colour in Warning.Colour.allCases {
          metrics.sample(
            "zhengdian_permit_items",
            counts[Place(platform: platform, clock: clock, colour: colour)] ?? 0,
            [
              "platform": platform, "clock": clock.rawValue, "colour": colour.rawValue,
            ])
        }
      }
    }
  }
}
