import CivilTime
import Exchanges
import SQLDatabase
import TestSupport
import Testing

@testable import Journal

/// A clock that stood ahead, seen by the journal.
@Suite struct JournalClockTests {
  private static let day: Int64 = 86_400_000
  private static let start = Timestamp(milliseconds: 20_000 * day)

  private static func at(_ days: Double) -> Timestamp {
    start.advanced(byMilliseconds: Int64(days * Double(day)))
  }

  /// An exchange at each of the days.
  private static func fill(_ fixture: JournalFixture, _ days: [Double]) async throws {
    let journal = fixture.journal
    for moment in days {
      let prepared = journal.prepare(JournalFixture.exchange())
      _ = try await fixture.database.write { try journal.insert(prepared, in: $0, now: at(moment)) }
    }
  }

  @Test func aClockThatStoodAheadHoldsNothingThere() async throws {
    let fixture = try await JournalFixture()
    try await Self.fill(fixture, [0, 365] + (1...30).map(Double.init))
    func listed(_ since: Double?, _ until: Double?) async throws -> [Int64] {
      try await fixture.journal.list(
        ExchangeFilter(since: since.map(Self.at), until: until.map(Self.at), order: .oldestFirst, limit: 100)
      ).map(\.id.rawValue)
    }
    #expect(try await listed(10, 12) == [12, 13])
    #expect(try await listed(nil, 1.5) == [1, 3])
    #expect(try await listed(29, nil) == [2, 31, 32])
    #expect(try await listed(364, 366) == [2])
    #expect(try await listed(40, 300) == [])
    let policy = RetentionPolicy(
      rules: [], otherwise: RetentionPolicyTests.days(20, 60), kind: { _, _ in .pull })
    _ = try await Retention(fixture.journal, policy: policy, guards: []).run(now: Self.at(200))
    #expect(try await fixture.database.read { try $0.int("SELECT count(*) FROM exchange") } == 1)
    _ = try await Retention(fixture.journal, policy: policy, guards: []).run(now: Self.at(500))
    #expect(try await fixture.database.read { try $0.int("SELECT count(*) FROM exchange") } == 0)
    await fixture.database.close()
  }

  /// What was recorded while the clock stood behind is as young as what was recorded around it.
  @Test func aClockThatStoodBehindMakesNothingOld() async throws {
    let fixture = try await JournalFixture()
    try await Self.fill(fixture, [100, -1900, -1899, 101])
    let policy = RetentionPolicy(
      rules: [], otherwise: RetentionPolicyTests.days(20, 60), kind: { _, _ in .pull })
    let retention = Retention(fixture.journal, policy: policy, guards: [])
    func left() async throws -> [Int64] {
      try await fixture.journal.list(ExchangeFilter(order: .oldestFirst)).map(\.id.rawValue)
    }
    _ = try await retention.run(now: Self.at(110))
    #expect(try await left() == [1, 2, 3, 4])
    #expect(try await fixture.database.read { try $0.int("SELECT count(*) FROM exchange_key") } == 8)
    _ = try await retention.run(now: Self.at(160.5))
    #expect(try await left() == [4])
    await fixture.database.close()
  }

  @Test func aLittleBackIsNoStep() async throws {
    let fixture = try await JournalFixture()
    try await Self.fill(fixture, [1, 0.99, 1.001])
    let moments = try await fixture.journal.list(ExchangeFilter(order: .oldestFirst)).map(\.recorded)
    #expect(moments == [Self.at(1), Self.at(1), Self.at(1.001)])
    #expect(try await fixture.database.read { try $0.int("SELECT count(*) FROM exchange_step") } == 0)
    await fixture.database.close()
  }

  /// Any clock: what is listed is what was recorded then.
  @Test func everySpanIsListedWhole() async throws {
    var random = SplitMix64(seed: 77)
    for _ in 0..<20 {
      let fixture = try await JournalFixture()
      var (days, now) = ([Double](), 0.0)
      for _ in 0..<40 {
        now = random.next() % 6 == 0 ? Double(random.next() % 40) : now + Double(random.next() % 3) / 2
        days.append(now)
      }
      try await Self.fill(fixture, days)
      let all = try await fixture.journal.list(ExchangeFilter(order: .oldestFirst, limit: 100))
      for _ in 0..<20 {
        let (a, b) = (Double(random.next() % 50), Double(random.next() % 50))
        let (since, until) = (Self.at(min(a, b)), Self.at(max(a, b)))
        let listed = try await fixture.journal.list(
          ExchangeFilter(since: since, until: until, order: .oldestFirst, limit: 100))
        let expected = all.filter { since <= $0.recorded && $0.recorded < until }.map(\.id)
        #expect(listed.map(\.id) == expected)
        let newest = try await fixture.journal.list(ExchangeFilter(since: since, until: until, limit: 7))
        #expect(newest.map(\.id) == expected.suffix(7).reversed())
      }
      await fixture.database.close()
    }
  }
}
