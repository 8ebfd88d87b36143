import Calendars
import Permits
public import Telemetry

/// How many permit items stand in which colour, window by window.
public struct PermitMetrics: MetricsSource {
  private let station: PermitStation

  public init(_ station: PermitStation) {
    self.station = station
  }

  public func write(to metrics: inout MetricsText) async throws {
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
