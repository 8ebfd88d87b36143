import CivilTime
import Exchanges
import TestSupport
import Testing

@testable import Journal

@Suite struct RetentionPolicyTests {
  static let day: Int64 = 86_400_000

  static func days(_ bodies: Int, _ rows: Int) -> RetentionTimes {
    RetentionTimes(bodies: .seconds(bodies * 86_400), rows: .seconds(rows * 86_400))
  }

  static let policy = RetentionPolicy(
    rules: [
      RetentionRule(platform: "hz", operation: "submit", times: days(900, 1_000)),
      RetentionRule(kind: .push, times: days(400, 800)),
      RetentionRule(contentType: "application/pdf", times: days(30, 400)),
      RetentionRule(platform: "hz", contentType: "image/*", times: days(20, 300)),
      RetentionRule(kind: .token, times: days(10, 180)),
    ], otherwise: days(200, 600), kind: { $1.hasPrefix("push") || $1 == "submit" ? .push : .pull })

  static let cases: [(String, String, RetentionKind, String?, String)] = [
    ("hz", "submit", .push, "application/pdf", "hz/submit"),
    ("zj", "submit", .push, "application/pdf", "push"),
    ("zj", "deeds", .pull, "application/pdf", "application/pdf"),
    ("zj", "deeds", .pull, "Application/PDF; charset=binary", "application/pdf"),
    ("zj", "deeds", .pull, "application/pdfx", "default"), ("hz", "deeds", .pull, "image/png", "hz image/*"),
    ("zj", "deeds", .pull, "image/png", "default"), ("hz", "deeds", .pull, "imagery/png", "default"),
    ("hz", "token.login", .token, nil, "token"), ("zj", "deeds", .pull, nil, "default"),
  ]

  @Test(arguments: cases)
  func theFirstRuleThatCoversItCounts(
    _ platform: String, _ operation: String, _ kind: RetentionKind, _ type: String?, _ rule: String
  ) {
    let subject = RetentionSubject(
      platform: platform, operation: operation, kind: kind, contentType: type,
      recorded: Timestamp(milliseconds: 0))
    #expect(Self.policy.rule(for: subject).description == rule)
  }

  @Test func kindsAreKnownByDirectionAndName() {
    #expect(Self.policy.kind(platform: "hz", operation: "token.login", direction: .outbound) == .token)
    #expect(Self.policy.kind(platform: "hz", operation: "push-1", direction: .outbound) == .push)
    #expect(Self.policy.kind(platform: "hz", operation: "push-1", direction: .inbound) == .inbound)
    #expect(Self.policy.kind(platform: "hz", operation: "deeds", direction: .outbound) == .pull)
  }

  @Test func stepsFollowEachOtherToTheMillisecond() {
    let recorded = Timestamp(milliseconds: 1_700_000_000_000)
    let subject = RetentionSubject(
      platform: "zj", operation: "deeds", kind: .pull, contentType: nil, recorded: recorded)
    func step(_ milliseconds: Int64) -> RetentionStep? {
      Self.policy.due(subject, now: recorded.advanced(byMilliseconds: milliseconds))?.step
    }
    #expect(step(-Self.day) == nil && step(0) == nil)
    #expect(step(200 * Self.day - 1) == nil && step(200 * Self.day) == .bodies)
    #expect(step(600 * Self.day - 1) == .bodies && step(600 * Self.day) == .row)
  }

  /// Whatever the rules say: what is due is old enough to be looked at, and what is due once stays due.
  @Test func nothingDueIsBeyondTheHorizon() {
    var generator = SplitMix64(seed: 23)
    for _ in 0..<2_000 {
      let rules = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        let bodies = Int.random(in: 1...50, using: &generator)
        return RetentionRule(
          platform: Bool.random(using: &generator) ? "p" : nil,
          kind: RetentionKind.allCases.randomElement(using: &generator),
          times: Self.days(bodies, bodies + Int.random(in: 0...50, using: &generator)))
      }
      let policy = RetentionPolicy(rules: rules, otherwise: Self.days(30, 60), kind: { _, _ in .pull })
      let subject = RetentionSubject(
        platform: Bool.random(using: &generator) ? "p" : "q", operation: "o",
        kind: RetentionKind.allCases.randomElement(using: &generator)!, contentType: nil,
        recorded: Timestamp(milliseconds: 0))
      let now = Timestamp(milliseconds: Int64.random(in: -10...(110 * Self.day), using: &generator))
      guard let (step, rule) = policy.due(subject, now: now) else { continue }
      #expect(subject.recorded < policy.horizon(now: now))
      let later = policy.due(subject, now: now.advanced(byMilliseconds: Self.day))
      #expect(later?.rule == rule && (step == .bodies || later?.step == .row))
    }
  }
}
