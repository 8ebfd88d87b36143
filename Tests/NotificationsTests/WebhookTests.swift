import Changes
import CivilTime
import Crypto
import Exchanges
import HTTPTransport
import TestSupport
import Testing
import Work

@testable import Notifications

@Suite struct WebhookSignatureTests {
  /// The signature was computed with Python's hmac module.
  @Test func signsAsTheSpecificationSays() throws {
    let secret = try #require(WebhookSecret(text: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="))
    #expect(secret.key == Array(0...31))
    #expect(
      secret.signature(id: "msg_1", timestamp: 1_600_000_000, body: Array(#"{"a":1}"#.utf8))
        == "v1,GR5wsydbHMs7ctKVBuvS1yMrb08dfrr2L5gpHBdpd2k=")
    #expect(secret.text == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    for wrong in ["", "whsec_", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "whsec_AAEC", "whsec_?"] {
      #expect(WebhookSecret(text: wrong) == nil, "\(wrong)")
    }
  }
}

@Suite struct DeliveryPolicyTests {
  static let now = Timestamp(milliseconds: 1_795_000_000_000)
  static let policy = DeliveryPolicy()

  private static func judge(
    _ status: Int, failures: Int = 0, since: Timestamp? = nil, refusals: Int = 0, retryAfter: Int? = nil,
    fraction: Double = 0.999, now: Timestamp = now
  ) -> DeliveryPolicy.Step {
    policy.judge(
      DeliveryAnswer(status: status, retryAfter: retryAfter), failures: failures, failingSince: since,
      refusals: refusals, fraction: fraction, now: now)
  }

  @Test func everyStatusHasOneMeaning() {
    for status in 200..<300 { #expect(Self.judge(status) == .delivered) }
    #expect(Self.judge(410) == .pause)
    for status in Array(300..<410) + Array(411..<600) {
      guard case .retry(let seconds) = Self.judge(status) else {
        Issue.record("\(status)")
        continue
      }
      #expect((2.5...5).contains(seconds))
    }
    // What a receiver refuses by itself it refuses five times; what it cannot do it is not blamed for.
    for status in [400, 409, 413, 415, 422] { #expect(Self.judge(status, refusals: 4) == .skip) }
    for status in [301, 401, 403, 404, 408, 429, 500, 503] {
      #expect(Self.judge(status, refusals: 4) != .skip)
    }
    #expect(Self.judge(429, retryAfter: 90) == .retry(seconds: 90))
    #expect(Self.judge(503, retryAfter: 1_000_000) == .retry(seconds: 3600))
    for code in TransportError.Code.all {
      let answer = DeliveryAnswer(TransportError(code: code, message: "m", remedy: "r"))
      let step = Self.policy.judge(
        answer, failures: 0, failingSince: nil, refusals: 0, fraction: 0, now: Self.now)
      let isOurs = [.egressRefused, .invalidURL, .invalidRequest, .tlsConfiguration].contains(code)
      #expect(step == (isOurs ? .pause : .retry(seconds: 2.5)), "\(code)")
    }
  }

  /// A receiver that never comes back, whatever the clock does: the tries are bounded, their number in a time too, and it is paused in the end.
  @Test(arguments: [UInt64](1...200))
  func whoeverIsDeadIsPausedAfterABoundedNumberOfTries(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var (now, elapsed, failures) = (Self.now, 0.0, 0)
    var since: Timestamp?
    var perHour: [Int: Int] = [:]
    let setsClock = Bool.random(using: &random)
    while true {
      perHour[Int(elapsed) / 3600, default: 0] += 1
      let step = Self.judge(
        [500, 503, 404, 429, 301, 403].randomElement(using: &random)!, failures: failures, since: since,
        fraction: .random(in: 0..<1, using: &random), now: now)
      guard case .retry(let seconds) = step else {
        #expect(step == .pause)
        break
      }
      #expect(seconds > 0 && seconds <= 3600)
      failures += 1
      since = since ?? now
      elapsed += seconds
      now = now.advanced(bySeconds: seconds)
      if setsClock, Int.random(in: 0..<20, using: &random) == 0 {
        now = now.advanced(bySeconds: Int.random(in: -1_000_000...1_000_000, using: &random))
      }
      #expect(failures <= Self.policy.mostTries)
      guard failures <= Self.policy.mostTries else { return }
    }
    #expect(failures + 1 >= Self.policy.leastTries)
    // Of an hour that is over the first has the most: 5 s, 10 s, 20 s …
    #expect(perHour.allSatisfy { $0.value <= ($0.key == 0 ? 12 : 3) }, "\(perHour)")
    if !setsClock {
      #expect(elapsed >= Double(Self.policy.patience) && elapsed < Double(Self.policy.patience) + 3600)
    }
  }

  /// A message that is refused is left out after a bounded number of tries, however tries that fail come between.
  @Test(arguments: [UInt64](1...50))
  func aRefusedMessageIsLeftOut(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var (refusals, tries) = (0, 0)
    while tries < 1000 {
      tries += 1
      let isRefusal = Bool.random(using: &random)
      switch Self.judge(isRefusal ? 400 : 500, refusals: refusals) {
      case .skip:
        #expect(isRefusal && refusals == Self.policy.mostRefusals - 1)
        return
      case .retry: refusals += isRefusal ? 1 : 0
      case let step: Issue.record("\(step)")
      }
    }
    Issue.record("it is never left out")
  }
}
