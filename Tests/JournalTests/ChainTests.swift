import CivilTime
import Crypto
import Exchanges
import SQLDatabase
import Testing

@testable import Journal

@Suite struct ChainTests {
  /// A journal in which everything has happened: outcomes of all kinds, a conclusion that was changed, an erasure, two checkpoints and entries behind them,
  /// a push that was answered (13) and one that was not (14), and a pruned exchange (3).
  static func lived(_ body: (JournalFixture) async throws -> Void) async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    for index in 0..<12 {
      let id = try await journal.record(
        JournalFixture.exchange(
          outcome: index % 3 == 0 ? .unknown : .succeeded, request: "page=\(index)",
          response: "{\"n\":\(index)}"))
      if index % 3 == 0 {
        try await fixture.database.write { transaction in
          try journal.conclude(id, .failed, JournalFixture.problem, in: transaction)
          if index == 6 { try journal.conclude(id, .succeeded, nil, in: transaction) }
        }
      }
      if index == 4 || index == 8 { #expect(try await journal.checkpoint() != nil) }
    }
    try await journal.erase(ExchangeID(2), parts: [.response])
    let push = try await journal.record(AnsweringTests.begun())
    try await journal.answer(push, JournalFixture.exchange(operation: "submit", response: "{\"receipt\":1}"))
    try await journal.record(AnsweringTests.begun())
    try await fixture.database.write { try journal.prune(ExchangeID(3), in: $0) }
    try await body(fixture)
    await fixture.database.close()
  }

  @Test func aLivedJournalHolds() async throws {
    try await Self.lived { fixture in
      let result = try await Journal.verify(fixture.database)
      #expect(result.finding == nil, "\(result.finding?.description ?? "")")
      #expect(result.exchanges == 13 && result.checkpoints == 2 && result.erased == 2)
      #expect(result.contents == 24 && result.unsigned > 0 && result.beforeChain == 0)
      #expect(result.publicKeys.count == 1)
      let key = try SM2.PublicKey(hex: try #require(result.publicKeys.first))
      #expect(try await Journal.verify(fixture.database, key: key).finding == nil)
      let other = try await Journal.verify(fixture.database, key: SM2.PrivateKey().publicKey)
      #expect(other.finding?.kind == .foreignKey)
    }
  }

  @Test func anEmptyJournalHolds() async throws {
    let fixture = try await JournalFixture()
    #expect(try await Journal.verify(fixture.database).finding == nil)
    #expect(try await fixture.journal.checkpoint() == nil)
    await fixture.database.close()
  }

  @Test func aCheckpointIsMadeOnceAndTheKeyStays() async throws {
    try await Self.lived { fixture in
      let first = try #require(try await fixture.journal.checkpoint())
      #expect(try await fixture.journal.checkpoint() == nil)
      try await fixture.journal.record(JournalFixture.exchange())
      let second = try #require(try await fixture.journal.checkpoint())
      #expect(first.publicKey == second.publicKey && second.number > first.number)
      #expect(try await fixture.journal.unsigned().entries == 0)
      // Another ring does not open the key, and makes none of its own.
      try await fixture.journal.record(JournalFixture.exchange())
      await #expect(throws: JournalError.self) { try await fixture.journal(keys: .ephemeral()).checkpoint() }
    }
  }

  static let tampering: [(String, [JournalFinding.Kind], exchange: Int64?)] = [
    // Every column the chain commits to.
    ("UPDATE exchange SET token = zeroblob(16) WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET platform = 'other' WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET operation = 'other' WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET direction = 'inbound' WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET method = 'GET' WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET address = 'https://else.example/' WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET status = 500 WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET status = NULL WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET created = created + 1 WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET sent = sent - 1 WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET received = NULL WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET recorded = recorded + 1 WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET attempt = 1 WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET parent = 1 WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET request_id = 'x' WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET request_type = 'x' WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET request_size = 1 WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET response_type = NULL WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET response_size = 1 WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET request_sealed_digest = zeroblob(32) WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET request_content_digest = zeroblob(32) WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET response_sealed_digest = NULL WHERE id = 5", [.brokenLink], 5),
    ("UPDATE exchange SET response_content_digest = zeroblob(32) WHERE id = 5", [.brokenLink], 5),
    // Outcome and problem.
    ("UPDATE exchange SET outcome = 'failed' WHERE id = 5", [.alteredOutcome], 5),
    ("UPDATE exchange SET problem_code = 'x' WHERE id = 1", [.alteredOutcome], 1),
    ("UPDATE exchange SET problem_class = NULL WHERE id = 1", [.alteredOutcome], 1),
    ("DELETE FROM exchange_content WHERE id = 1 * 4 + 2", [.alteredOutcome], 1),
    // Contents and keys.
    ("UPDATE exchange_content SET sealed = zeroblob(50) WHERE id = 5 * 4", [.alteredContent], 5),
    ("UPDATE exchange_content SET sealed = zeroblob(50) WHERE id = 5 * 4 + 1", [.alteredContent], 5),
    ("UPDATE exchange_content SET sealed = zeroblob(50) WHERE id = 1 * 4 + 2", [.alteredOutcome], 1),
    ("DELETE FROM exchange_content WHERE id = 5 * 4", [.missingContent], 5),
    ("DELETE FROM exchange_key WHERE id = 5 * 4 + 1", [.missingContent], 5),
    ("DELETE FROM exchange_key WHERE id = 1 * 4 + 2", [.missingContent], 1),
    ("UPDATE exchange_key SET wrapped = zeroblob(length(wrapped))", [.unopenableKey], 1),
    (
      "INSERT INTO exchange_key SELECT 5 * 4 + 2, wrapped FROM exchange_key WHERE id = 5 * 4",
      [.foreignContent], 5
    ),
    (
      "INSERT INTO exchange_key SELECT 5 * 4 + 3, wrapped FROM exchange_key WHERE id = 5 * 4",
      [.foreignContent], 5
    ),
    (
      "INSERT INTO exchange_key SELECT 2 * 4 + 1, wrapped FROM exchange_key WHERE id = 2 * 4",
      [.foreignContent], 2
    ),
    (
      "INSERT INTO exchange_key SELECT 14 * 4 + 1, wrapped FROM exchange_key WHERE id = 5", [.foreignContent],
      14
    ),
    (
      "INSERT INTO exchange_key SELECT 3 * 4, wrapped FROM exchange_key WHERE id = 5 * 4", [.foreignContent],
      3
    ),
    (
      "INSERT INTO exchange_key SELECT 99 * 4, wrapped FROM exchange_key WHERE id = 5 * 4", [.foreignContent],
      99
    ),
    ("INSERT INTO exchange_content VALUES (5 * 4 + 3, x'00')", [.foreignContent], 5),
    ("INSERT INTO exchange_content VALUES (3 * 4, x'00')", [.foreignContent], 3),
    ("INSERT INTO exchange_content VALUES (99 * 4 + 1, x'00')", [.foreignContent], 99),
    ("INSERT INTO exchange_content VALUES (-5, x'00')", [.foreignContent], -2),
    // Erasures.
    ("UPDATE exchange SET erased = 1700000000000 WHERE id = 5", [.alteredErasure], 5),
    ("UPDATE exchange SET erased = erased + 1 WHERE id = 2", [.alteredErasure], 2),
    ("UPDATE exchange SET erased = NULL WHERE id = 2", [.alteredErasure], 2),
    // What an answer brought.
    ("UPDATE exchange SET answered = answered + 1 WHERE id = 13", [.brokenLink], 13),
    ("UPDATE exchange SET answered = NULL WHERE id = 13", [.brokenLink], 13),
    ("UPDATE exchange SET answered = 5 WHERE id = 14", [.alteredContent], 14),
    ("UPDATE exchange SET status = 500 WHERE id = 13", [.brokenLink], 13),
    ("UPDATE exchange SET sent = sent + 1 WHERE id = 13", [.brokenLink], 13),
    ("UPDATE exchange SET received = NULL WHERE id = 13", [.brokenLink], 13),
    ("UPDATE exchange SET response_type = 'x' WHERE id = 13", [.brokenLink], 13),
    ("UPDATE exchange SET response_size = 0 WHERE id = 13", [.brokenLink], 13),
    ("UPDATE exchange SET response_sealed_digest = NULL WHERE id = 13", [.brokenLink], 13),
    ("UPDATE exchange SET response_content_digest = zeroblob(32) WHERE id = 13", [.brokenLink], 13),
    ("UPDATE exchange SET method = 'GET' WHERE id = 13", [.brokenLink], 13),
    (
      """
      UPDATE exchange SET answered = NULL, status = NULL, sent = NULL, received = NULL, response_type = NULL,
        response_size = 0, response_sealed_digest = NULL, response_content_digest = NULL WHERE id = 13
      """, [.alteredContent], 13
    ),
    ("UPDATE exchange_content SET sealed = zeroblob(50) WHERE id = 13 * 4 + 1", [.alteredContent], 13),
    ("DELETE FROM exchange_content WHERE id = 13 * 4 + 1", [.missingContent], 13),
    ("DELETE FROM exchange_key WHERE id = 13 * 4 + 1", [.missingContent], 13),
    ("DELETE FROM journal_entry WHERE kind = 5", [.gap], nil),
    ("UPDATE journal_entry SET exchange = 14 WHERE kind = 5", [.brokenLink], 14),
    ("UPDATE journal_entry SET kind = 1 WHERE kind = 5", [.brokenLink], 13),
    ("UPDATE journal_entry SET kind = 2 WHERE kind = 5", [.malformed], 13),
    ("UPDATE journal_entry SET content = zeroblob(32) WHERE kind = 5", [.malformed], 13),
    ("UPDATE journal_entry SET content = zeroblob(32) WHERE kind = 1 AND exchange = 5", [.malformed], 5),
    (
      """
      UPDATE journal_entry SET number = CASE kind WHEN 5 THEN -number - 1 ELSE -number + 1 END
      WHERE number BETWEEN (SELECT number FROM journal_entry WHERE kind = 5)
        AND (SELECT number + 1 FROM journal_entry WHERE kind = 5)
      """, [.brokenLink, .gap], nil
    ),
    // What pruning left.
    ("DELETE FROM journal_entry WHERE kind = 4", [.missingExchange], 3),
    ("UPDATE journal_entry SET exchange = 5 WHERE kind = 4", [.brokenLink], 5),
    ("UPDATE journal_entry SET kind = 3 WHERE kind = 4", [.brokenLink], 3),
    ("UPDATE journal_entry SET content = zeroblob(32) WHERE kind = 1 AND exchange = 3", [.brokenLink], 3),
    ("UPDATE journal_entry SET content = NULL WHERE kind = 1 AND exchange = 3", [.missingExchange], 3),
    ("UPDATE journal_entry SET content = NULL WHERE kind = 4", [.malformed], 3),
    ("UPDATE journal_entry SET content = x'01' WHERE kind = 4", [.brokenLink], 3),
    (
      """
      INSERT INTO exchange SELECT 3, token, platform, operation, direction, method, address, status, created, sent,
        received, recorded, attempt, parent, request_id, outcome, problem_code, problem_class, request_type,
        request_size, response_type, response_size, request_sealed_digest, request_content_digest,
        response_sealed_digest, response_content_digest, erased, answered FROM exchange WHERE id = 5
      """, [.malformed], 3
    ),
    // Rows removed, put in, put in another place.
    ("DELETE FROM exchange WHERE id = 5", [.missingExchange], 5),
    (
      """
      INSERT INTO exchange SELECT 99, token, platform, operation, direction, method, address, status, created, sent,
        received, recorded, attempt, parent, request_id, outcome, problem_code, problem_class, request_type,
        request_size, response_type, response_size, request_sealed_digest, request_content_digest,
        response_sealed_digest, response_content_digest, erased, answered FROM exchange WHERE id = 5
      """, [.foreignExchange], 99
    ),
    ("DELETE FROM journal_entry WHERE number = 7", [.gap], nil),
    ("DELETE FROM journal_entry WHERE number = 1", [.gap], nil),
    ("UPDATE journal_entry SET link = zeroblob(32) WHERE number = 7", [.brokenLink], nil),
    ("UPDATE journal_entry SET moment = moment + 1 WHERE number = 7", [.brokenLink], nil),
    ("UPDATE journal_entry SET exchange = 4 WHERE number = 2", [.brokenLink], nil),
    ("UPDATE journal_entry SET kind = 3 WHERE number = 3", [.brokenLink], nil),
    ("UPDATE journal_entry SET kind = 77 WHERE number = 3", [.malformed], nil),
    ("UPDATE journal_entry SET content = NULL WHERE number = 3", [.malformed], nil),
    ("UPDATE journal_entry SET content = x'00' WHERE number = 3", [.brokenLink], nil),
    (
      """
      UPDATE journal_entry SET number = CASE number WHEN 7 THEN -8 WHEN 8 THEN -7 ELSE number END;
      """, [.brokenLink, .gap], nil
    ),
    // The end cut off, below a checkpoint; and checkpoints themselves.
    ("DELETE FROM journal_entry WHERE number > 9", [.truncated], nil),
    ("UPDATE journal_checkpoint SET link = zeroblob(32)", [.badCheckpoint], nil),
    ("UPDATE journal_checkpoint SET made = made + 1", [.badCheckpoint], nil),
    ("UPDATE journal_checkpoint SET signature = zeroblob(64)", [.badCheckpoint], nil),
    ("UPDATE journal_checkpoint SET number = number + 1", [.badCheckpoint], nil),
  ]

  @Test(arguments: tampering.indices)
  func everyChangeIsFoundAndNamed(_ index: Int) async throws {
    let (statement, kinds, exchange) = Self.tampering[index]
    try await Self.lived { fixture in
      try await fixture.database.write { transaction in
        try transaction.execute(statement)
        // Two steps, since numbers are unique.
        try transaction.execute("UPDATE journal_entry SET number = -number WHERE number < 0")
      }
      let finding = try #require(try await Journal.verify(fixture.database).finding)
      #expect(kinds.contains(finding.kind), "\(finding)")
      if let exchange { #expect(finding.exchange == exchange, "\(finding)") }
    }
  }

  @Test func aChainCannotBeMadeAnewWithoutTheKey() async throws {
    try await Self.lived { fixture in
      let checkpoint = try #require(try await fixture.journal.lastCheckpoint())
      // Somebody who can write everything leaves out exchange 5 and computes all links again.
      try await fixture.database.write { transaction in
        try transaction.execute("DELETE FROM exchange WHERE id = 5")
        for table in ["exchange_content", "exchange_key"] {
          try transaction.execute("DELETE FROM \(table) WHERE id >= 5 * 4 AND id < 6 * 4")
        }
        let rows = try transaction.query(
          "SELECT kind, exchange, moment, content FROM journal_entry WHERE exchange <> 5 ORDER BY number"
        ) { ($0.int(0), $0.int(1), $0.int(2), $0.blobOrNull(3)) }
        try transaction.execute("DELETE FROM journal_entry")
        var link = JournalEntry.linkBeforeFirst
        for (index, row) in rows.enumerated() {
          let kind = try #require(JournalEntry.Kind(rawValue: Int(row.0)))
          var digest = Digest.sm3.hash(row.3 ?? [])
          if kind == .recorded || kind == .answered {
            let found = try transaction.first(
              "SELECT \(Journal.summaryColumns) FROM exchange WHERE id = ?1", .int(row.1)
            ) { (try Journal.summary($0), $0.blob(0)) }
            if let (summary, token) = found {
              digest = Digest.sm3.hash(try #require(EntryContent.ofRow(kind, summary, token: token)))
            } else {
              digest = try #require(row.3, "a pruned exchange leaves its digest")
            }
          }
          let entry = JournalEntry(
            number: Int64(index + 1), kind: kind, exchange: row.1, moment: row.2, contentDigest: digest)
          link = entry.link(after: link)
          try transaction.execute(
            "INSERT INTO journal_entry (number, kind, exchange, moment, content, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            .int(entry.number), .int(row.0), .int(row.1), .int(row.2), .blobOrNull(row.3), .blob(link))
        }
      }
      #expect(try await Journal.verify(fixture.database).finding?.kind == .badCheckpoint)
      // With the checkpoints gone the chain looks whole. Whoever knows the key, or a link, sees that it is another.
      _ = try await fixture.database.write { try $0.execute("DELETE FROM journal_checkpoint") }
      let young = try await Journal.verify(fixture.database)
      #expect(young.finding == nil && young.checkpoints == 0 && young.unsigned == young.entries)
      let keyed = try await Journal.verify(fixture.database, key: checkpoint.publicKey)
      #expect(keyed.finding?.kind == .unsigned)
      let noted = try await Journal.verify(fixture.database, note: checkpoint.position)
      #expect(noted.finding?.kind == .otherChain && noted.finding?.entry == checkpoint.number)
    }
  }

  @Test func quickVerificationLeavesContentsOut() async throws {
    try await Self.lived { fixture in
      _ = try await fixture.database.write {
        try $0.execute("UPDATE exchange_content SET sealed = zeroblob(50) WHERE id = 5 * 4")
      }
      #expect(try await Journal.verify(fixture.database, contents: false).finding == nil)
      #expect(try await Journal.verify(fixture.database).finding?.kind == .alteredContent)
    }
  }

  @Test func exchangesOfBeforeTheChainAreToldApart() async throws {
    let fixture = try await JournalFixture()
    for _ in 0..<3 { try await fixture.journal.record(JournalFixture.exchange()) }
    _ = try await fixture.database.write { try $0.execute("DELETE FROM journal_entry") }
    // As after the update of a database that had no chain.
    try await fixture.journal.record(JournalFixture.exchange())
    let result = try await Journal.verify(fixture.database)
    #expect(result.finding == nil && result.beforeChain == 3 && result.exchanges == 1)
    await fixture.database.close()
  }

  @Test func rotatedMasterKeysStillSign() async throws {
    try await Self.lived { fixture in
      let rewrapped = try await fixture.journal.rewrapSigningKeys()
      let checkpoint = try await fixture.journal.checkpoint()
      #expect(rewrapped == 0 && checkpoint != nil)
    }
  }

  /// Each page goes on where the last one ended, and what stands in the chain twice comes twice.
  @Test func decisionsAreReadInTheOrderOfTheChain() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let contents = (0..<25).map { number in
      Journal.content(decision: "retry", about: "push-\(number % 20)", digest: [UInt8(number % 20)])
    }
    try await fixture.database.write { transaction in
      for content in contents {
        try journal.append(
          .decided, of: 0, content: content, keeps: true, at: Timestamp(milliseconds: 1), in: transaction)
      }
    }
    try await fixture.database.read { reader in
      var (read, position): ([[UInt8]], Int64) = ([], 0)
      while true {
        let page = try Journal.decisions(after: position, limit: 10, in: reader)
        read += page.map(\.content)
        guard page.count == 10, let last = page.last else { break }
        position = last.number
      }
      #expect(read == contents)
      #expect(try Journal.timesNoted(contents[0], in: reader) == 2)
      #expect(try Journal.timesNoted(contents[9], in: reader) == 1)
      // A page costs what it has, however many others there are.
      let plan = try reader.query(
        "EXPLAIN QUERY PLAN SELECT number, content FROM journal_entry WHERE kind = 6 AND number > 1 ORDER BY number LIMIT 5"
      ) { $0.text(3) }
      #expect(plan.count == 1 && plan[0].contains("journal_entry_decided_in_order"), "\(plan)")
    }
    await fixture.database.close()
  }
}
