import CivilTime
import Exchanges
import SQLDatabase
import TestSupport
import Testing

@testable import Journal

/// What retention believes of moments.
@Suite struct RetentionClockTests {
  private static let day: Int64 = 86_400_000
  private static let start = Timestamp(milliseconds: 20_000 * day)

  private static func at(_ days: Double) -> Timestamp {
    start.advanced(byMilliseconds: Int64(days * Double(day)))
  }

  private static func fill(
    _ fixture: JournalFixture, _ rows: [(days: Double, operation: String)]
  ) async throws {
    let journal = fixture.journal
    for row in rows {
      let prepared = journal.prepare(JournalFixture.exchange(operation: row.operation))
      _ = try await fixture.database.write {
        try journal.insert(prepared, in: $0, now: at(row.days))
      }
    }
  }

  /// The exchange before the step went by a shorter rule, and those behind it are as young as ever.
  @Test(arguments: [false, true])
  func aStepIsKnownWhenWhatStoodBeforeItIsPruned(_ hasOlder: Bool) async throws {
    let fixture = try await JournalFixture()
    try await Self.fill(
      fixture, (hasOlder ? [(-300, "deeds")] : []) + [(100, "token.a"), (-1900, "deeds"), (101, "deeds")])
    let policy = RetentionPolicy(
      rules: [RetentionRule(kind: .token, times: RetentionPolicyTests.days(10, 10))],
      otherwise: RetentionPolicyTests.days(200, 1000), kind: { _, _ in .pull })
    let retention = Retention(fixture.journal, policy: policy, guards: [])
    func keys() async throws -> Int64 {
      try await fixture.database.read {
        try $0.int(
          "SELECT count(*) FROM exchange_key JOIN exchange ON exchange.id = exchange_key.id / 4 WHERE operation = 'deeds'"
        )
      }
    }
    _ = try await retention.run(now: Self.at(111))
    #expect(
      try await fixture.database.read {
        try $0.int("SELECT count(*) FROM exchange WHERE operation = 'token.a'")
      }
        == 0)
    // Once more, when the step has nothing before it any more.
    _ = try await retention.run(now: Self.at(112))
    #expect(try await keys() == 4)
    _ = try await retention.run(now: Self.at(302))
    #expect(try await keys() == 0)
    await fixture.database.close()
  }

  /// Half a year behind for some minutes: what was written down then is spared wherever it stands.
  @Test func whatWasWrittenWhileItStoodBehindIsSpared() async throws {
    let fixture = try await JournalFixture()
    let ledger = ClockLedger(database: fixture.database)
    try await ledger.look(at: Self.at(0), uptime: 500 * Self.day, boot: "b")
    let wrong = Self.at(-180)
    #expect(try await ledger.look(at: wrong, uptime: 60_000, boot: "b").behind != nil)
    func clock(_ now: Timestamp) async throws -> RetentionClock {
      try await fixture.database.read { try RetentionClock(now: now, in: $0) }
    }
    // While it stands so, and when it has been set right.
    #expect(try await clock(Self.at(1)).earliest(wrong) == Self.at(0))
    try await ledger.look(at: Self.at(0.01), uptime: 360_000, boot: "b")
    let after = try await clock(Self.at(1))
    #expect(after.earliest(wrong) == Self.at(0) && after.earliest(Self.at(-179)) == Self.at(-179))
    let spared = after.younger(than: Self.at(-10))
    #expect(spared.count == 1 && spared[0].contains(wrong.milliseconds))
    #expect(
      !spared[0].contains(Self.at(-180.1).milliseconds) && !spared[0].contains(Self.at(-179).milliseconds))
    // When it has really been long enough it goes.
    #expect(after.younger(than: Self.at(0.5)).isEmpty)
    // Seen from before it was reached, it tells of a clock that stood ahead.
    #expect(try await clock(Self.at(-20)).earliest(wrong) == wrong)
    await fixture.database.close()
  }

  @Test func theLedgerGoesOnWhereItWas() async throws {
    let fixture = try await JournalFixture()
    let ledger = ClockLedger(database: fixture.database)
    #expect(try await ledger.standing(at: Self.at(0), uptime: 1, boot: "b") == nil)
    // An older program has recorded something, and nobody looked at the clock.
    try await Self.fill(fixture, [(-200, "deeds")])
    #expect(try await ledger.look(at: Self.at(0), uptime: 1_000, boot: "b").doubt != nil)
    #expect(try await ledger.standing(at: Self.at(0.1), uptime: 2_000, boot: "b")?.doubt != nil)
    try await ledger.confirm(at: Self.at(0), uptime: 3_000, boot: "b")
    #expect(try await ledger.standing(at: Self.at(0.1), uptime: 8_643_000, boot: "b")?.doubt == nil)
    // A copy on another machine, which has been up for long.
    try await fixture.database.write { try ClockLedger.forgetMachine(in: $0) }
    #expect(try await ledger.standing(at: Self.at(50), uptime: 900 * Self.day, boot: "b")?.doubt != nil)
    await fixture.database.close()
  }

  /// A volume that another machine had attached by an older program, which took the 295 days that the machine had been up longer for gone by: a person says that the
  /// clock is right, and nothing is kept longer for it. What it really stood behind stays.
  @Test func whatAPersonSaysEndsWhatWasWrong() async throws {
    let fixture = try await JournalFixture()
    let ledger = ClockLedger(database: fixture.database)
    try await ledger.look(at: Self.at(0), uptime: 500 * Self.day, boot: "a")
    // Half a year behind for some minutes, and set right.
    try await ledger.look(at: Self.at(-180), uptime: 60_000, boot: "b")
    try await ledger.look(at: Self.at(0.01), uptime: 360_000, boot: "b")
    try await fixture.database.write { transaction in
      try transaction.execute(
        "INSERT INTO clock_behind (began, ended, shift) VALUES (?1, ?2, ?3)",
        .int(Self.at(0.01).milliseconds), .int(Self.at(0.02).milliseconds), .int(295 * Self.day))
      try transaction.execute(
        "UPDATE clock_standing SET reached = reached + ?1", .int(295 * Self.day))
    }
    #expect(try await ledger.look(at: Self.at(0.03), uptime: 2_000_000, boot: "b").behind != nil)
    try await ledger.confirm(at: Self.at(0.03), uptime: 2_001_000, boot: "b")
    #expect(try await ledger.look(at: Self.at(0.03), uptime: 2_002_000, boot: "b").behind == nil)
    let clock = try await fixture.database.read { try RetentionClock(now: Self.at(400), in: $0) }
    #expect(clock.earliest(Self.at(0.015)) == Self.at(0.015))
    #expect(clock.earliest(Self.at(-180)) == Self.at(0))
    await fixture.database.close()
  }

  /// What another machine had been up for is not kept beside this one's.
  @Test func theLedgerKeepsWhoseRunItWas() async throws {
    let fixture = try await JournalFixture()
    let ledger = ClockLedger(database: fixture.database)
    try await ledger.look(at: Self.at(0), uptime: 5 * Self.day, boot: "a")
    let standing = try await ledger.look(at: Self.at(0.1), uptime: 300 * Self.day, boot: "b")
    #expect(standing.behind == nil && standing.reached == Self.at(0.1))
    let later = try await ledger.standing(
      at: Self.at(0.2), uptime: 300 * Self.day + 8_640_000, boot: "b")
    #expect(later?.ahead == 0)
    await fixture.database.close()
  }
}
