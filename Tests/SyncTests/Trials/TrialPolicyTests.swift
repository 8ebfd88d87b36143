import Exchanges
import CivilTime
import TestSupport
import Testing

@testable import Sync

/// Whether a changed mapping may go live: the rule alone.
@Suite struct TrialPolicyTests {
  static func counts(
    _ exchanges: Int = 100, erased: Int = 0, unread: Int = 0, rows: Int = 1000, differing: Int = 0,
    isOfAll: Bool = false
  ) -> TrialCounts {
    var counts = TrialCounts()
    counts.exchanges = exchanges
    counts.erased = erased
    counts.unread = unread
    counts.rows = rows
    counts.differing = differing
    counts.isOfAll = isOfAll
    return counts
  }

  static func policy(_ budget: Double, _ exchanges: Int = 100) -> TrialPolicy {
    var policy = TrialPolicy()
    policy.budget = budget
    policy.exchanges = exchanges
    return policy
  }

  static func trial(
    _ old: [UInt8], _ new: [UInt8], _ counts: TrialCounts, isAccepted: Bool = false
  ) throws -> MappingTrial {
    MappingTrial(
      id: 1, mapping: "m", old: old, new: new, counts: counts, isAccepted: isAccepted,
      signOff: try SignOff(name: "op", reason: "why"), moment: Timestamp(milliseconds: 0))
  }

  @Test func whatIsWithinTheBudgetPasses() {
    #expect(Self.policy(2).shortfalls(of: Self.counts(differing: 20)).isEmpty)
    #expect(Self.policy(2).shortfalls(of: Self.counts(differing: 21)) == [.overBudget(2.1)])
    #expect(Self.policy(0).shortfalls(of: Self.counts()).isEmpty)
    #expect(Self.policy(0).shortfalls(of: Self.counts(differing: 1)) == [.overBudget(0.1)])
    // One row of many is still above a budget of nothing, and is said so.
    #expect(
      Self.policy(0).shortfalls(of: Self.counts(rows: 1_000_000, differing: 1)).map(\.description)
        == ["0.01 % of the rows differ"])
  }

  @Test func fewExchangesAreEnoughOnlyWhereThereAreNoMore() {
    #expect(Self.policy(0).shortfalls(of: Self.counts(99)) == [.tooFew(99)])
    #expect(Self.policy(0).shortfalls(of: Self.counts(99, isOfAll: true)).isEmpty)
    #expect(Self.policy(0).shortfalls(of: Self.counts(0, rows: 0, isOfAll: true)).isEmpty)
    #expect(Self.policy(0).shortfalls(of: Self.counts(120, erased: 30)) == [.tooFew(90)])
  }

  /// What a mapping does not understand at all gives no row that differs.
  @Test func answersThatAreNotUnderstoodDoNotPass() {
    let counts = Self.counts(120, unread: 1, isOfAll: true)
    #expect(Self.policy(100).shortfalls(of: counts) == [.unread(1)])
    #expect(Self.policy(100).shortfalls(of: Self.counts(120, erased: 1, isOfAll: true)).isEmpty)
  }

  @Test func onlyATrialOfExactlyTheseContentsCounts() throws {
    let (a, b, c): ([UInt8], [UInt8], [UInt8]) = ([1], [2], [3])
    let policy = Self.policy(2)
    #expect(policy.admits(a, after: nil, trials: []), "a first mapping needs none")
    #expect(policy.admits(a, after: a, trials: []), "nor one that was not changed")
    #expect(!policy.admits(b, after: a, trials: []))
    let passed = Self.counts(differing: 20)
    #expect(policy.admits(b, after: a, trials: [try Self.trial(a, b, passed)]))
    #expect(!policy.admits(c, after: a, trials: [try Self.trial(a, b, passed)]))
    #expect(!policy.admits(b, after: a, trials: [try Self.trial(c, b, passed)]))
    #expect(!policy.admits(a, after: b, trials: [try Self.trial(a, b, passed)]), "the way back is another")
    let failed = Self.counts(differing: 500)
    #expect(!policy.admits(b, after: a, trials: [try Self.trial(a, b, failed)]))
    #expect(policy.admits(b, after: a, trials: [try Self.trial(a, b, failed, isAccepted: true)]))
    #expect(
      policy.admits(b, after: a, trials: [try Self.trial(a, b, failed), try Self.trial(a, b, passed)]))
  }

  /// A stricter rule never lets through what a milder one stops, and a trial that shows more never passes for what one that shows less does not.
  @Test(arguments: 0..<20) func strictnessNeverHelps(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let exchanges = Int.random(in: 0...300, using: &generator)
      let unread = Int.random(in: 0...min(2, exchanges), using: &generator)
      let rows = Int.random(in: 0...2000, using: &generator)
      let counts = Self.counts(
        exchanges, erased: Int.random(in: 0...(exchanges - unread), using: &generator), unread: unread,
        rows: rows, differing: Int.random(in: 0...rows, using: &generator),
        isOfAll: .random(using: &generator))
      let policy = Self.policy(
        Double(Int.random(in: 0...1000, using: &generator)) / 10, .random(in: 0...200, using: &generator))
      let passes = policy.shortfalls(of: counts).isEmpty
      #expect(passes == Self.passes(counts, policy))
      var strict = policy
      strict.budget = max(0, strict.budget - 1)
      strict.exchanges += 1
      if !passes { #expect(!strict.shortfalls(of: counts).isEmpty) }
      var worse = counts
      worse.differing = min(rows, worse.differing + 1)
      if !passes { #expect(!policy.shortfalls(of: worse).isEmpty) }
      worse = counts
      worse.isOfAll = false
      if !passes { #expect(!policy.shortfalls(of: worse).isEmpty) }
    }
  }

  /// The rule in the words of the documentation.
  private static func passes(_ counts: TrialCounts, _ policy: TrialPolicy) -> Bool {
    let isEnough = counts.exchanges - counts.unread - counts.erased >= policy.exchanges || counts.isOfAll
    let isWithin =
      counts.rows == 0
      ? counts.differing == 0 : Double(counts.differing) / Double(counts.rows) <= policy.budget / 100 + 1e-12
    return isEnough && counts.unread == 0 && isWithin
  }
}
