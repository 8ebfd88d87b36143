import CivilTime
import TestSupport
import Testing

@testable import Permits

/// The sooner it is due, the sooner it is taken up.
@Suite struct PermitUrgencyTests {
  @Test func soonerDaysComeFirstAndWhatMayWaitComesLast() throws {
    var chance = SplitMix64(seed: 3)
    for _ in 0..<2000 {
      let one = Timestamp(
        milliseconds: Int64.random(in: 1_500_000_000_000...2_500_000_000_000, using: &chance))
      let later = one.advanced(bySeconds: Int.random(in: 0...40 * 86_400, using: &chance))
      #expect(PermitUrgency.priority(due: one) <= PermitUrgency.priority(due: later))
      #expect(PermitUrgency.priority(due: one) < PermitUrgency.priority(due: nil))
      let next = one.advanced(bySeconds: 86_400)
      #expect(PermitUrgency.priority(due: next) == PermitUrgency.priority(due: one) + 1, "a number a day")
    }
    #expect(PermitUrgency.priority(due: Timestamp(milliseconds: .max)) == -1)
    // The midnight after the last day is that day's.
    let midnight = try #require(Timestamp(iso8601: "2026-03-05T00:00:00+08:00"))
    #expect(
      PermitUrgency.priority(due: midnight)
        == PermitUrgency.priority(due: midnight.advanced(bySeconds: -3600)))
  }
}
