import CivilTime
import Testing

@testable import Adapters

@Suite struct ServiceHoursTests {
  /// Against a look at every second of a day.
  @Test func hoursCloseWhenNoSpanGoesOn() {
    let midnight = Timestamp(milliseconds: 1_785_513_600_000)
    for texts in [
      [], ["08:00-18:00"], ["22:00-06:00"], ["08:00-12:00", "12:00-14:00"], ["20:00-24:00", "00:00-02:00"],
      ["08:00-12:00", "10:00-18:00", "23:00-01:00"], ["00:00-24:00"],
    ] {
      let hours = ServiceHours(texts.compactMap { ServiceHours.Span($0) })
      for minute in stride(from: 0, to: 1440, by: 7) {
        let time = midnight.advanced(bySeconds: minute * 60)
        let expected = (0..<1440).first { !hours.areOpen(at: time.advanced(bySeconds: $0 * 60)) } ?? 1440
        #expect(hours.secondsUntilClosed(at: time) == expected * 60, "\(texts) at minute \(minute)")
      }
    }
  }
}
