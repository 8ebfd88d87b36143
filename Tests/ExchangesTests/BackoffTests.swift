import Exchanges
import TestSupport
import Testing

@Suite struct BackoffTests {
  @Test func waitsDoubleUpToTheirBound() {
    let backoff = Backoff(first: 10, longest: 60)
    #expect((1...5).map { backoff.delay(afterFailures: $0, fraction: 0) } == [5, 10, 20, 30, 30])
    #expect(backoff.delay(afterFailures: 1, fraction: 0.5) == 7.5)
    #expect(backoff.delay(afterFailures: 9, fraction: 0, retryAfter: 3) == 3, "the platform knows better")
  }

  @Test func waitsAreBoundedWhateverComes() {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<5000 {
      let backoff = Backoff(
        first: .random(in: 0.1...60, using: &generator), longest: .random(in: 60...3600, using: &generator))
      let fraction = Double.random(in: 0..<1, using: &generator)
      let failures = Int.random(in: -2...200, using: &generator)
      let delay = backoff.delay(afterFailures: failures, fraction: fraction)
      #expect(delay >= backoff.first / 2 && delay <= backoff.longest)
      #expect(
        backoff.delay(afterFailures: failures + 1, fraction: fraction) >= delay, "never sooner than before")
      let hint = Int.random(in: -10...1_000_000, using: &generator)
      let asked = backoff.delay(afterFailures: failures, fraction: fraction, retryAfter: hint)
      #expect(asked == min(max(Double(hint), 1), 86_400))
    }
  }
}
