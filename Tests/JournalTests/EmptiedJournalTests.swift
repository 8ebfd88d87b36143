import CivilTime
import Crypto
import Exchanges
import SQLDatabase
import TestSupport
import Testing

@testable import Journal

/// What is missing as a whole: checkpoints, the end of the chain, all of it, the keys.
@Suite struct EmptiedJournalTests {
  private static func run(_ statements: String..., in fixture: JournalFixture) async throws {
    try await fixture.database.write { transaction in
      for statement in statements { try transaction.execute(statement) }
    }
  }

  @Test func whoKnowsTheKeyAsksForACheckpoint() async throws {
    try await ChainTests.lived { fixture in
      let key = try SM2.PublicKey(
        bytes: try #require(try await fixture.journal.lastCheckpoint()).publicKey)
      try await Self.run("DELETE FROM journal_checkpoint", in: fixture)
      let result = try await Journal.verify(fixture.database, key: key)
      #expect(result.finding?.kind == .unsigned && result.unsigned == result.entries)
      // Signed again it holds.
      _ = try await fixture.journal.checkpoint()
      #expect(try await Journal.verify(fixture.database, key: key).finding == nil)
    }
  }

  @Test(arguments: [false, true])
  func anEmptiedJournalIsFound(_ isThorough: Bool) async throws {
    try await ChainTests.lived { fixture in
      let checkpoint = try #require(try await fixture.journal.lastCheckpoint())
      try await Self.run(
        "DELETE FROM journal_checkpoint", "DELETE FROM journal_entry", "DELETE FROM exchange",
        "DELETE FROM exchange_content", "DELETE FROM exchange_key", in: fixture)
      if isThorough { try await Self.run("DELETE FROM sqlite_sequence", in: fixture) }
      let plain = try await Journal.verify(fixture.database)
      #expect(plain.finding?.kind == (isThorough ? nil : .truncated))
      let key = try SM2.PublicKey(bytes: checkpoint.publicKey)
      let keyed = try await Journal.verify(fixture.database, key: key)
      #expect(keyed.finding?.kind == (isThorough ? .unsigned : .truncated))
      let noted = try await Journal.verify(fixture.database, note: checkpoint.position)
      #expect(noted.finding?.kind == .truncated && noted.finding?.entry == 1)
    }
  }

  @Test func anEndThatWasCutOffIsFoundByANote() async throws {
    let fixture = try await JournalFixture()
    let id = try await fixture.journal.record(JournalFixture.exchange(outcome: .unknown))
    let key = try SM2.PublicKey(bytes: try #require(try await fixture.journal.checkpoint()).publicKey)
    try await fixture.database.write { try fixture.journal.conclude(id, .succeeded, nil, in: $0) }
    let newest = try await fixture.database.read { try Journal.head(in: $0) }
    let note = JournalPosition(number: newest.number, link: newest.link)
    #expect(JournalPosition("\(note)") == note)
    #expect(try await Journal.verify(fixture.database, key: key, note: note).finding == nil)
    // A consistent cut: as if it had never been concluded.
    try await Self.run(
      "DELETE FROM journal_entry WHERE kind = 2", "UPDATE exchange SET outcome = 'unknown'", in: fixture)
    #expect(try await Journal.verify(fixture.database, key: key).finding == nil)
    let cut = try await Journal.verify(fixture.database, key: key, note: note)
    #expect(cut.finding?.kind == .truncated && cut.finding?.entry == newest.number)
    await fixture.database.close()
  }

  @Test func exchangesCutOffTheEndLeaveTheirNumber() async throws {
    let fixture = try await JournalFixture()
    for _ in 0..<3 { try await fixture.journal.record(JournalFixture.exchange()) }
    let key = try SM2.PublicKey(bytes: try #require(try await fixture.journal.checkpoint()).publicKey)
    try await fixture.journal.record(JournalFixture.exchange())
    #expect(try await Journal.verify(fixture.database, key: key).finding == nil)
    try await Self.run(
      "DELETE FROM journal_entry WHERE exchange = 4", "DELETE FROM exchange WHERE id = 4",
      "DELETE FROM exchange_content WHERE id >= 16", "DELETE FROM exchange_key WHERE id >= 16", in: fixture)
    let cut = try await Journal.verify(fixture.database, key: key)
    #expect(cut.finding?.kind == .truncated && cut.finding?.exchange == 4)
    // Set back, the number shows nothing; set back too far, it does.
    try await Self.run("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'exchange'", in: fixture)
    #expect(try await Journal.verify(fixture.database, key: key).finding == nil)
    try await Self.run("DELETE FROM sqlite_sequence WHERE name = 'exchange'", in: fixture)
    #expect(try await Journal.verify(fixture.database, key: key).finding?.kind == .truncated)
    await fixture.database.close()
  }

  /// Numbers that a restored copy leaves out are no exchanges that were cut off; those cut off behind them are found.
  @Test(arguments: [0, 3]) func numbersLeftOutByARestoredCopyAreSaidInTheChain(_ before: Int) async throws {
    let fixture = try await JournalFixture()
    for _ in 0..<before { try await fixture.journal.record(JournalFixture.exchange()) }
    for round in 1...2 {
      try await fixture.database.write { transaction in
        try fixture.journal.leaveGap(1_000_000, in: transaction, at: .now())
      }
      #expect(try await Journal.verify(fixture.database).finding == nil)
      let next = try await fixture.journal.record(JournalFixture.exchange())
      #expect(next.rawValue == Int64(1_000_000 * round + before + round))
      #expect(try await fixture.database.read { try Journal.recorded(in: $0) } == Int64(before + round))
    }
    let result = try await Journal.verify(fixture.database)
    #expect(result.finding == nil && result.exchanges == Int64(before + 2) && result.beforeChain == 0)
    try await Self.run(
      "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'exchange'", in: fixture)
    #expect(try await Journal.verify(fixture.database).finding?.kind == .truncated)
    await fixture.database.close()
  }

  @Test func entriesThatGoOnWithoutACheckpointAreFound() async throws {
    let fixture = try await JournalFixture()
    func record(minute: Int64) async throws {
      try await fixture.database.write { transaction in
        _ = try fixture.journal.insert(
          fixture.journal.prepare(JournalFixture.exchange()), in: transaction,
          now: Timestamp(milliseconds: 1_700_000_000_000 + minute * 60_000))
      }
    }
    for minute in [0, 1, 90, 91] { try await record(minute: Int64(minute)) }
    #expect(try await Journal.verify(fixture.database).finding == nil, "killed, and started again")
    try await record(minute: 96)
    let result = try await Journal.verify(fixture.database)
    #expect(result.finding?.kind == .unsigned && result.finding?.entry == 1)
    _ = try await fixture.journal.checkpoint()
    #expect(try await Journal.verify(fixture.database).finding == nil)
    await fixture.database.close()
  }

  /// Beside a gateway that goes on and signs: a verification that takes an hour finds no entries without checkpoints, and leaves what came meanwhile to the next.
  @Test func aGatewayThatGoesOnIsNoFalseAlarm() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let append: @Sendable (Int, Int64) async throws -> Void = { count, minute in
      let moment = Timestamp(milliseconds: 1_700_000_000_000 + minute * 60_000)
      try await fixture.database.write { transaction in
        for _ in 0..<count {
          try journal.append(.decided, of: 0, content: [], keeps: true, at: moment, in: transaction)
        }
      }
    }
    // More than one portion.
    try await append(5_100, 0)
    let first = try await fixture.journal.checkpoint()
    let result = try await Journal.verify(fixture.database) { _ in
      for minute in stride(from: Int64(1), through: 60, by: 6) {
        do {
          try await append(1, minute)
          _ = try await journal.checkpoint()
        } catch {
          Issue.record(error)
        }
      }
    }
    #expect(result.finding == nil, "\(result.finding?.description ?? "")")
    #expect(result.entries == first?.number && result.unsigned == 0)
    let next = try await Journal.verify(fixture.database)
    #expect(next.finding == nil && next.entries > result.entries && next.checkpoints > 10)
    await fixture.database.close()
  }

  /// Lives of any length, each of which signs soon after its start and then at most 65 s after its first unsigned entry, ended by a kill at any later
  /// moment, with pauses of up to days.
  @Test(arguments: 0..<20)
  func aKilledGatewayIsNoFalseAlarm(_ seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var delay = SigningDelay()
    var moment: Int64 = 1_700_000_000_000
    for _ in 0..<50 {
      moment += Int64.random(in: 0..<200_000_000, using: &random)
      // What the life before left is due when the notary first looks.
      var due = moment + 10_000
      var hasSigned = false
      for _ in 0..<Int.random(in: 0..<200, using: &random) {
        moment += Int64.random(in: 0..<20_000, using: &random)
        if moment >= due {
          delay.sign()
          due = moment + 65_000
          hasSigned = true
        }
        delay.take(moment)
        #expect(!delay.isOverdue)
      }
      if !hasSigned { delay.sign() }
    }
    delay.sign()
    for step in 0...3 { delay.take(moment + Int64(step) * (SigningDelay.most + 1)) }
    #expect(delay.isOverdue)
  }

  @Test func keysAreTriedWhereMasterKeysAreAtHand() async throws {
    try await ChainTests.lived { fixture in
      let untried = try await Journal.verify(fixture.database)
      #expect(untried.finding == nil && untried.keysTried == nil)
      let tried = try await Journal.verify(fixture.database, masterKeys: fixture.keys)
      let keys = try await fixture.database.read { try $0.int("SELECT count(*) FROM exchange_key") }
      #expect(tried.finding == nil && tried.keysTried == keys && keys > 20)
      let other = try await Journal.verify(fixture.database, masterKeys: .ephemeral())
      #expect(other.finding?.kind == .unopenableKey)
      // One that looks like a key, of another part.
      try await Self.run(
        "UPDATE exchange_key SET wrapped = (SELECT wrapped FROM exchange_key WHERE id = 6 * 4) WHERE id = 5 * 4",
        in: fixture)
      #expect(try await Journal.verify(fixture.database).finding == nil)
      let moved = try await Journal.verify(fixture.database, masterKeys: fixture.keys)
      #expect(moved.finding?.kind == .unopenableKey && moved.finding?.exchange == 5)
    }
  }

  @Test(arguments: [
    "", "5", "5:", "0:\(zeros)", "-1:\(zeros)", "x:\(zeros)", "5:\(zeros)00", "5:\(zeros):", "5:zz",
  ])
  func aNoteThatIsNoneIsRefused(_ text: String) {
    #expect(JournalPosition(text) == nil)
  }

  private static let zeros = String(repeating: "0", count: 64)
}
