import CivilTime
import Crypto
import Exchanges
import SQLDatabase
import Synchronization
import TestSupport
import Testing

@testable import Journal

@Suite struct RetentionTests {
  private static let day: Int64 = 86_400_000
  private static let now = Timestamp(milliseconds: 1_000 * day)

  private static let policy = RetentionPolicy(
    rules: [RetentionRule(kind: .token, times: RetentionPolicyTests.days(10, 200))],
    otherwise: RetentionPolicyTests.days(100, 400), kind: { _, _ in .pull })

  /// Exchanges 1… recorded so many days ago.
  private static func filled(
    _ ages: [(days: Int64, operation: String, outcome: Outcome)],
    _ body: (JournalFixture) async throws -> Void
  ) async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    for (days, operation, outcome) in ages {
      let prepared = journal.prepare(
        JournalFixture.exchange(
          operation: operation, outcome: outcome,
          problem: outcome == .succeeded ? nil : JournalFixture.problem))
      _ = try await fixture.database.write {
        try journal.insert(
          prepared, in: $0, now: Timestamp(milliseconds: now.milliseconds - days * day))
      }
    }
    try await body(fixture)
    await fixture.database.close()
  }

  private static func standard(_ body: (JournalFixture) async throws -> Void) async throws {
    try await filled(
      [
        (500, "licences", .succeeded), (450, "licences", .unknown), (300, "licences", .failed),
        (250, "token.login", .succeeded), (150, "token.login", .succeeded), (120, "licences", .unknown),
        (50, "licences", .succeeded), (5, "token.login", .succeeded),
      ], body)
  }

  /// What is left of each exchange: `row`, and the parts that lie in the database.
  private static func left(_ fixture: JournalFixture) async throws -> [Int64: String] {
    try await fixture.database.read { reader in
      var left: [Int64: String] = [:]
      for id in try reader.query("SELECT id FROM exchange", row: { $0.int(0) }) { left[id] = "row" }
      for (table, mark) in [("exchange_content", "c"), ("exchange_key", "k")] {
        for row in try reader.query("SELECT id FROM \(table) ORDER BY id", row: { $0.int(0) }) {
          left[row / 4, default: "orphan"] += " \(mark)\(row % 4)"
        }
      }
      return left
    }
  }

  /// Signed first: these tests let years go by in which no gateway runs.
  private static func verify(_ fixture: JournalFixture) async throws -> JournalVerification {
    _ = try await fixture.journal.checkpoint()
    return try await Journal.verify(fixture.database)
  }

  @Test func removesWhatIsDueAndNothingElse() async throws {
    try await Self.standard { fixture in
      let retention = Retention(fixture.journal, policy: Self.policy, guards: [])
      let before = try await Self.left(fixture)
      let trial = try await retention.run(now: Self.now, isTrial: true)
      #expect(try await Self.left(fixture) == before)
      let report = try await retention.run(now: Self.now)
      #expect(report == trial, "a trial tells what will happen")
      #expect(report.removed["default"] == .init(bodies: 1, rows: 1))
      #expect(report.removed["token"] == .init(bodies: 1, rows: 1))
      #expect(report.held == ["unresolved": .init(bodies: 1, rows: 1)])
      #expect(report.bytes > 0 && report.examined == 7)

      var expected = before
      (expected[1], expected[4]) = (nil, nil)
      (expected[3], expected[5]) = ("row", "row")
      #expect(try await Self.left(fixture) == expected)
      let result = try await Self.verify(fixture)
      #expect(result.finding == nil, "\(result.finding?.description ?? "")")
      #expect(result.exchanges == 6)
      // Again: nothing is left to do, and nothing happens twice.
      let again = try await retention.run(now: Self.now)
      #expect(again.removed.isEmpty && again.held == report.held)
      #expect(try await Self.verify(fixture).entries == result.entries)
    }
  }

  @Test func whatSomebodyNeedsIsHeld() async throws {
    try await Self.standard { fixture in
      let guards = [
        RetentionGuard(reason: "row-only") { ids, _ in
          Dictionary(uniqueKeysWithValues: ids.filter { [1, 3].contains($0.rawValue) }.map { ($0, .row) })
        },
        RetentionGuard(reason: "all") { ids, _ in
          Dictionary(
            uniqueKeysWithValues: ids.filter { [3, 4].contains($0.rawValue) }.map { ($0, .everything) })
        },
      ]
      let retention = Retention(fixture.journal, policy: Self.policy, guards: guards)
      let before = try await Self.left(fixture)
      let report = try await retention.run(now: Self.now)
      #expect(report.held["row-only"] == .init(bodies: 0, rows: 1))
      #expect(report.held["all"] == .init(bodies: 1, rows: 1))
      let left = try await Self.left(fixture)
      #expect(left[1] == "row", "what was said goes, that it was said stays")
      #expect(left[3] == before[3] && left[4] == before[4])
      // Let go, they go.
      let free = Retention(fixture.journal, policy: Self.policy, guards: [])
      #expect(try await free.run(now: Self.now).removed["token"]?.rows == 1)
      #expect(try await Self.left(fixture)[4] == nil)
      #expect(try await Self.verify(fixture).finding == nil)
    }
  }

  /// Ended at every possible look at the guards, and run again: nothing is removed in part, and in the end all of it is.
  @Test func endedAnywhereItGoesOn() async throws {
    struct Killed: Error {}
    let many = (0..<120).map { (days: Int64(420 - $0), operation: "licences", outcome: Outcome.succeeded) }
    try await Self.filled(many) { fixture in
      let looks = Mutex(0)
      var runs = 0
      while true {
        let until = runs
        looks.withLock { $0 = 0 }
        let breaking = RetentionGuard(reason: "none") { _, _ in
          let look = looks.withLock { look in
            look += 1
            return look
          }
          if look > until { throw Killed() }
          return [:]
        }
        runs += 1
        let retention = Retention(fixture.journal, policy: Self.policy, guards: [breaking])
        do {
          _ = try await retention.run(now: Self.now)
          break
        } catch is Killed {
          #expect(try await Self.verify(fixture).finding == nil)
          #expect(try await Self.left(fixture).values.allSatisfy { !$0.hasPrefix("orphan") })
        }
      }
      #expect(runs > 2)
      #expect(try await Self.left(fixture).values.allSatisfy { $0 == "row" })
    }
  }

  @Test func twoAtOnceRemoveOnce() async throws {
    let many = (0..<150).map { (days: Int64(500 - $0), operation: "licences", outcome: Outcome.succeeded) }
    try await Self.filled(many) { fixture in
      let retention = Retention(fixture.journal, policy: Self.policy, guards: [])
      async let one = retention.run(now: Self.now)
      async let two = retention.run(now: Self.now)
      let (first, second) = try await (one, two)
      #expect(first.rows + second.rows == 101 && first.bodies + second.bodies == 49)
      let result = try await Self.verify(fixture)
      #expect(result.finding == nil && result.exchanges == 49)
    }
  }

  @Test func aPrunedExchangeIsGoneForEverybody() async throws {
    try await Self.standard { fixture in
      _ = try await Retention(fixture.journal, policy: Self.policy, guards: []).run(now: Self.now)
      #expect(try await code { _ = try await fixture.journal.exchange(ExchangeID(1)) } == .notFound)
      #expect(try await code { _ = try await fixture.journal.exchange(ExchangeID(3)) } == .erased)
      #expect(
        try await code {
          _ = try await fixture.journal.export([ExchangeID(1)], opening: false) { _ in }
        } == .notFound)
      // Another exchange gets a number of its own, and one beside a pruned one is exported whole.
      let next = try await fixture.journal.record(JournalFixture.exchange())
      #expect(next == ExchangeID(9))
      var verifier = JournalPackageVerifier()
      let lines = Mutex<[[UInt8]]>([])
      _ = try await fixture.journal.export([ExchangeID(3), ExchangeID(5)], opening: true) { line in
        lines.withLock { $0.append(line) }
      }
      for line in lines.withLock({ $0 }) where !verifier.take(line) { break }
      #expect(try verifier.finish().finding == nil)
    }
  }

  /// Whatever is held by whom: what is left is what a plain reading of the rules leaves.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func leavesWhatTheRulesLeave(_ seed: UInt64) async throws {
    var generator = SplitMix64(seed: seed)
    var ages: [(days: Int64, operation: String, outcome: Outcome)] = []
    var holds: [[ExchangeID: RetentionHold]] = [[:], [:]]
    var age: Int64 = 600
    for id in 1...80 {
      age -= Int64.random(in: 0...14, using: &generator)
      ages.append(
        (
          max(0, age), Bool.random(using: &generator) ? "licences" : "token.login",
          Int.random(in: 0..<5, using: &generator) == 0 ? .unknown : .succeeded
        ))
      for index in holds.indices where Int.random(in: 0..<4, using: &generator) == 0 {
        holds[index][ExchangeID(Int64(id))] = Bool.random(using: &generator) ? .row : .everything
      }
    }
    let guards = holds.enumerated().map { index, held in
      RetentionGuard(reason: "guard-\(index)") { ids, _ in held.filter { ids.contains($0.key) } }
    }
    var expected: [Int64: Bool] = [:]
    for (index, one) in ages.enumerated() {
      let id = Int64(index + 1)
      let strongest = holds.compactMap { $0[ExchangeID(id)] }
      let isWhole = one.outcome == .unknown || strongest.contains(.everything)
      let (bodies, rows): (Int64, Int64) = one.operation == "licences" ? (100, 400) : (10, 200)
      if !isWhole, one.days >= rows, strongest.isEmpty { continue }
      expected[id] = isWhole || one.days < bodies
    }
    try await Self.filled(ages) { fixture in
      _ = try await Retention(fixture.journal, policy: Self.policy, guards: guards).run(now: Self.now)
      let left = try await Self.left(fixture)
      #expect(left.mapValues { $0.contains("c0") && $0.contains("k0") } == expected)
      #expect(try await Self.verify(fixture).finding == nil)
    }
  }

  /// Everything that can happen to exchanges, in any order: the chain holds, and what is left is what should be.
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func theChainHoldsWhateverHappens(_ seed: UInt64) async throws {
    var generator = SplitMix64(seed: seed)
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    var open: [ExchangeID] = []
    var known: [ExchangeID] = []
    for _ in 0..<60 {
      switch Int.random(in: 0..<8, using: &generator) {
      case 0, 1: known.append(try await journal.record(JournalFixture.exchange()))
      case 2:
        let id = try await journal.record(AnsweringTests.begun())
        open.append(id)
        known.append(id)
      case 3:
        guard let index = open.indices.randomElement(using: &generator) else { continue }
        try await journal.answer(open.remove(at: index), JournalFixture.exchange())
      case 4:
        guard let id = known.randomElement(using: &generator) else { continue }
        let isFailure = Bool.random(using: &generator)
        try await fixture.database.write {
          try journal.conclude(
            id, isFailure ? .failed : .succeeded, isFailure ? JournalFixture.problem : nil, in: $0)
        }
      case 5:
        guard let id = known.randomElement(using: &generator),
          let part = ExchangePart.allCases.randomElement(using: &generator)
        else { continue }
        try await journal.erase(id, parts: [part])
      case 6:
        guard let index = known.indices.randomElement(using: &generator) else { continue }
        let id = known.remove(at: index)
        open.removeAll { $0 == id }
        try await fixture.database.write { try journal.prune(id, in: $0) }
      default: _ = try await journal.checkpoint()
      }
      let result = try await Self.verify(fixture)
      try #require(result.finding == nil, "\(result.finding?.description ?? "")")
      #expect(result.exchanges == known.count)
    }
    #expect(Set(try await Self.left(fixture).keys) == Set(known.map(\.rawValue)))
    await fixture.database.close()
  }
}
