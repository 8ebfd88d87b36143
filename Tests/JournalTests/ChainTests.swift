import CivilTime
import Crypto
import Exchanges
import SQLDatabase
import TestSupport
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

  static let tampering: [(String, [JournalFinding.Kind], exchange: Int64?, entry: Int64?)] = [
    // Every column the chain commits to.
    ("UPDATE exchange SET token = zeroblob(16) WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET platform = 'other' WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET operation = 'other' WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET direction = 'inbound' WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET direction = 'jnbound' WHERE id = 5", [.alteredContent], 5, 10),
    ("UPDATE exchange SET method = 'GET' WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET address = 'https://else.example/' WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET status = 500 WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET status = NULL WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET created = created + 1 WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET sent = sent - 1 WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET received = NULL WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET recorded = recorded + 1 WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET attempt = 1 WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET parent = 1 WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET request_id = 'x' WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET request_type = 'x' WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET request_size = 1 WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET response_type = NULL WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET response_size = 1 WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET request_sealed_digest = zeroblob(32) WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET request_content_digest = zeroblob(32) WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET response_sealed_digest = NULL WHERE id = 5", [.brokenLink], 5, 10),
    ("UPDATE exchange SET response_content_digest = zeroblob(32) WHERE id = 5", [.brokenLink], 5, 10),
    // Outcome and problem.
    ("UPDATE exchange SET outcome = 'failed' WHERE id = 5", [.alteredOutcome], 5, 11),
    ("UPDATE exchange SET outcome = 'tucceeded' WHERE id = 5", [.alteredContent], 5, 10),
    ("UPDATE exchange SET problem_code = 'x' WHERE id = 1", [.alteredOutcome], 1, 3),
    ("UPDATE exchange SET problem_class = 'qlatform' WHERE id = 1", [.alteredContent], 1, 2),
    ("UPDATE exchange SET problem_class = NULL WHERE id = 1", [.alteredOutcome], 1, 3),
    ("DELETE FROM exchange_content WHERE id = 1 * 4 + 2", [.alteredOutcome], 1, 3),
    // Contents and keys.
    ("UPDATE exchange_content SET sealed = zeroblob(50) WHERE id = 5 * 4", [.alteredContent], 5, 10),
    ("UPDATE exchange_content SET sealed = zeroblob(50) WHERE id = 5 * 4 + 1", [.alteredContent], 5, 10),
    ("UPDATE exchange_content SET sealed = zeroblob(50) WHERE id = 1 * 4 + 2", [.alteredOutcome], 1, 3),
    ("DELETE FROM exchange_content WHERE id = 5 * 4", [.missingContent], 5, 10),
    ("DELETE FROM exchange_key WHERE id = 5 * 4 + 1", [.missingContent], 5, 11),
    ("DELETE FROM exchange_key WHERE id = 1 * 4 + 2", [.missingContent], 1, 3),
    ("UPDATE exchange_key SET wrapped = zeroblob(length(wrapped))", [.unopenableKey], 1, 3),
    (
      "INSERT INTO exchange_key SELECT 5 * 4 + 2, wrapped FROM exchange_key WHERE id = 5 * 4",
      [.foreignContent], 5, 11
    ),
    (
      "INSERT INTO exchange_key SELECT 5 * 4 + 3, wrapped FROM exchange_key WHERE id = 5 * 4",
      [.foreignContent], 5, 11
    ),
    (
      "INSERT INTO exchange_key SELECT 2 * 4 + 1, wrapped FROM exchange_key WHERE id = 2 * 4",
      [.foreignContent], 2, 27
    ),
    (
      "INSERT INTO exchange_key SELECT 14 * 4 + 1, wrapped FROM exchange_key WHERE id = 5", [.foreignContent],
      14, 30
    ),
    (
      "INSERT INTO exchange_key SELECT 3 * 4, wrapped FROM exchange_key WHERE id = 5 * 4", [.foreignContent],
      3, 31
    ),
    (
      "INSERT INTO exchange_key SELECT 99 * 4, wrapped FROM exchange_key WHERE id = 5 * 4", [.foreignContent],
      99, nil
    ),
    ("INSERT INTO exchange_content VALUES (5 * 4 + 3, x'00')", [.foreignContent], 5, 11),
    ("INSERT INTO exchange_content VALUES (3 * 4, x'00')", [.foreignContent], 3, 31),
    ("INSERT INTO exchange_content VALUES (99 * 4 + 1, x'00')", [.foreignContent], 99, nil),
    ("INSERT INTO exchange_content VALUES (-5, x'00')", [.foreignContent], -2, nil),
    // Erasures.
    ("UPDATE exchange SET erased = 1700000000000 WHERE id = 5", [.alteredErasure], 5, 11),
    ("UPDATE exchange SET erased = erased + 1 WHERE id = 2", [.alteredErasure], 2, 27),
    ("UPDATE exchange SET erased = NULL WHERE id = 2", [.alteredErasure], 2, 27),
    // What an answer brought.
    ("UPDATE exchange SET answered = answered + 1 WHERE id = 13", [.brokenLink], 13, 29),
    ("UPDATE exchange SET answered = NULL WHERE id = 13", [.brokenLink], 13, 28),
    ("UPDATE exchange SET answered = 5 WHERE id = 14", [.alteredContent], 14, 30),
    ("UPDATE exchange SET status = 500 WHERE id = 13", [.brokenLink], 13, 29),
    ("UPDATE exchange SET sent = sent + 1 WHERE id = 13", [.brokenLink], 13, 29),
    ("UPDATE exchange SET received = NULL WHERE id = 13", [.brokenLink], 13, 29),
    ("UPDATE exchange SET response_type = 'x' WHERE id = 13", [.brokenLink], 13, 29),
    ("UPDATE exchange SET response_size = 0 WHERE id = 13", [.brokenLink], 13, 29),
    ("UPDATE exchange SET response_sealed_digest = NULL WHERE id = 13", [.brokenLink], 13, 29),
    ("UPDATE exchange SET response_content_digest = zeroblob(32) WHERE id = 13", [.brokenLink], 13, 29),
    ("UPDATE exchange SET method = 'GET' WHERE id = 13", [.brokenLink], 13, 28),
    (
      """
      UPDATE exchange SET answered = NULL, status = NULL, sent = NULL, received = NULL, response_type = NULL,
        response_size = 0, response_sealed_digest = NULL, response_content_digest = NULL WHERE id = 13
      """, [.alteredContent], 13, 28
    ),
    ("UPDATE exchange_content SET sealed = zeroblob(50) WHERE id = 13 * 4 + 1", [.alteredContent], 13, 29),
    ("DELETE FROM exchange_content WHERE id = 13 * 4 + 1", [.missingContent], 13, 29),
    ("DELETE FROM exchange_key WHERE id = 13 * 4 + 1", [.missingContent], 13, 29),
    ("DELETE FROM journal_entry WHERE kind = 5", [.gap], nil, 29),
    ("UPDATE journal_entry SET exchange = 14 WHERE kind = 5", [.brokenLink], 14, 29),
    ("UPDATE journal_entry SET kind = 1 WHERE kind = 5", [.brokenLink], 13, 29),
    ("UPDATE journal_entry SET kind = 2 WHERE kind = 5", [.malformed], 13, 29),
    ("UPDATE journal_entry SET content = zeroblob(32) WHERE kind = 5", [.malformed], 13, 29),
    ("UPDATE journal_entry SET content = zeroblob(32) WHERE kind = 1 AND exchange = 5", [.malformed], 5, 10),
    (
      """
      UPDATE journal_entry SET number = CASE kind WHEN 5 THEN -number - 1 ELSE -number + 1 END
      WHERE number BETWEEN (SELECT number FROM journal_entry WHERE kind = 5)
        AND (SELECT number + 1 FROM journal_entry WHERE kind = 5)
      """, [.brokenLink, .gap], nil, 29
    ),
    // What pruning left.
    ("DELETE FROM journal_entry WHERE kind = 4", [.missingExchange], 3, 6),
    ("UPDATE journal_entry SET exchange = 5 WHERE kind = 4", [.brokenLink], 5, 31),
    ("UPDATE journal_entry SET kind = 3 WHERE kind = 4", [.brokenLink], 3, 31),
    ("UPDATE journal_entry SET content = zeroblob(32) WHERE kind = 1 AND exchange = 3", [.brokenLink], 3, 6),
    ("UPDATE journal_entry SET content = NULL WHERE kind = 1 AND exchange = 3", [.missingExchange], 3, 6),
    ("UPDATE journal_entry SET content = NULL WHERE kind = 4", [.malformed], 3, 31),
    ("UPDATE journal_entry SET content = x'01' WHERE kind = 4", [.brokenLink], 3, 31),
    (
      """
      INSERT INTO exchange SELECT 3, token, platform, operation, direction, method, address, status, created, sent,
        received, recorded, attempt, parent, request_id, outcome, problem_code, problem_class, request_type,
        request_size, response_type, response_size, request_sealed_digest, request_content_digest,
        response_sealed_digest, response_content_digest, erased, answered FROM exchange WHERE id = 5
      """, [.malformed], 3, 6
    ),
    // Rows removed, put in, put in another place.
    ("DELETE FROM exchange WHERE id = 5", [.missingExchange], 5, 10),
    (
      """
      INSERT INTO exchange SELECT 99, token, platform, operation, direction, method, address, status, created, sent,
        received, recorded, attempt, parent, request_id, outcome, problem_code, problem_class, request_type,
        request_size, response_type, response_size, request_sealed_digest, request_content_digest,
        response_sealed_digest, response_content_digest, erased, answered FROM exchange WHERE id = 5
      """, [.foreignExchange], 99, nil
    ),
    ("DELETE FROM journal_entry WHERE number = 7", [.gap], nil, 7),
    ("DELETE FROM journal_entry WHERE number = 1", [.gap], nil, 1),
    ("UPDATE journal_entry SET link = zeroblob(32) WHERE number = 7", [.brokenLink], nil, 7),
    ("UPDATE journal_entry SET moment = moment + 1 WHERE number = 7", [.brokenLink], nil, 7),
    ("UPDATE journal_entry SET exchange = 4 WHERE number = 2", [.brokenLink], nil, 2),
    ("UPDATE journal_entry SET kind = 3 WHERE number = 3", [.brokenLink], nil, 3),
    ("UPDATE journal_entry SET kind = 77 WHERE number = 3", [.malformed], nil, 3),
    ("UPDATE journal_entry SET content = NULL WHERE number = 3", [.malformed], nil, 3),
    ("UPDATE journal_entry SET content = x'00' WHERE number = 3", [.brokenLink], nil, 3),
    (
      """
      UPDATE journal_entry SET number = CASE number WHEN 7 THEN -8 WHEN 8 THEN -7 ELSE number END;
      """, [.brokenLink, .gap], nil, 7
    ),
    // The end cut off, below a checkpoint; and checkpoints themselves.
    ("DELETE FROM journal_entry WHERE number > 9", [.truncated], nil, 10),
    ("UPDATE journal_checkpoint SET link = zeroblob(32)", [.badCheckpoint], nil, 11),
    ("UPDATE journal_checkpoint SET made = made + 1", [.badCheckpoint], nil, 11),
    ("UPDATE journal_checkpoint SET signature = zeroblob(64)", [.badCheckpoint], nil, 11),
    ("UPDATE journal_checkpoint SET signature = zeroblob(64) WHERE number = 20", [.badCheckpoint], nil, 20),
    ("UPDATE journal_checkpoint SET number = number + 1", [.badCheckpoint], nil, 12),
    ("UPDATE journal_checkpoint SET public_key = zeroblob(64)", [.badCheckpoint], nil, 11),
    ("UPDATE journal_checkpoint SET public_key = x'04' WHERE number = 20", [.badCheckpoint], nil, 20),
    // The same key and the same signature, in another form.
    (
      "UPDATE journal_checkpoint SET public_key = CAST(x'04' || public_key AS BLOB)", [.badCheckpoint], nil,
      11
    ),
    // What no entry of the chain says explains nothing.
    (
      """
      INSERT INTO journal_entry VALUES (-5, 3, 5, 1700000000000, x'01', zeroblob(32));
      """, [.gap], nil, 1
    ),
  ]

  @Test(arguments: tampering.indices)
  func everyChangeIsFoundAndNamed(_ index: Int) async throws {
    let (statement, kinds, exchange, entry) = Self.tampering[index]
    try await Self.lived { fixture in
      try await fixture.database.write { transaction in
        try transaction.execute(statement)
        // Two steps, since numbers are unique.
        if statement.contains("-number") || statement.contains("THEN -") {
          try transaction.execute("UPDATE journal_entry SET number = -number WHERE number < 0")
        }
      }
      let finding = try #require(try await Journal.verify(fixture.database).finding)
      #expect(kinds.contains(finding.kind), "\(finding)")
      if let exchange { #expect(finding.exchange == exchange, "\(finding)") }
      #expect(finding.entry == entry, "\(finding)")
    }
  }

  /// Of two things that are wrong the first is named, also where one is a signature: they are verified beside the links.
  @Test(
    arguments: [
      (11, 7, JournalFinding.Kind.brokenLink, 7), (11, 15, .badCheckpoint, 11), (20, 15, .brokenLink, 15),
      (20, 25, .badCheckpoint, 20), (20, 21, .badCheckpoint, 20), (11, 11, .brokenLink, 11),
    ] as [(Int64, Int64, JournalFinding.Kind, Int64)])
  func theFirstOfTwoIsNamed(signature: Int64, link: Int64, kind: JournalFinding.Kind, entry: Int64)
    async throws
  {
    try await Self.lived { fixture in
      try await Self.tamper(fixture, signature: signature, link: link)
      let result = try await Journal.verify(fixture.database)
      let finding = try #require(result.finding)
      #expect(finding.kind == kind && finding.entry == entry, "\(finding)")
      #expect(result.entries == entry - 1)
    }
  }

  private static func tamper(_ fixture: JournalFixture, signature: Int64, link: Int64) async throws {
    try await fixture.database.write { transaction in
      _ = try transaction.execute(
        "UPDATE journal_checkpoint SET signature = zeroblob(64) WHERE number = ?1", .int(signature))
      _ = try transaction.execute(
        "UPDATE journal_entry SET link = zeroblob(32) WHERE number = ?1", .int(link))
    }
  }

  /// A journal of more than one portion: the signatures of one are verified while the next is read.
  @Test func aSignatureIsNamedBeforeWhatComesFarBehindIt() async throws {
    let fixture = try await JournalFixture()
    for _ in 0..<13 {
      try await fixture.journal.record((0..<200).map { _ in JournalFixture.exchange() })
      #expect(try await fixture.journal.checkpoint() != nil)
    }
    let whole = try await Journal.verify(fixture.database)
    #expect(whole.finding == nil && whole.entries == 5201 && whole.checkpoints == 13)
    try await Self.tamper(fixture, signature: 4001, link: 5150)
    let result = try await Journal.verify(fixture.database)
    #expect(result.finding?.kind == .badCheckpoint && result.finding?.entry == 4001)
    #expect(result.entries == 4000)
    await fixture.database.close()
  }

  /// Whichever byte of a signature is another, or of what was signed: the first checkpoint of which that is so is named, however many there are.
  @Test func theFirstForgedCheckpointIsNamed() async throws {
    var random = SplitMix64(seed: 20_261_127)
    let key = SM2.PrivateKey()
    let checkpoints = try (1...150).map { number in
      try JournalCheckpoint(
        number: Int64(number), made: Timestamp(milliseconds: Int64(number)),
        link: Array(repeating: UInt8(number), count: 32), signedBy: key)
    }
    #expect(try await JournalCheckpoint.firstForged(among: checkpoints) == nil)
    #expect(try await JournalCheckpoint.firstForged(among: []) == nil)
    for _ in 0..<12 {
      var forged = checkpoints
      var first = Int64.max
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<forged.count, using: &random)
        guard forged[place] == checkpoints[place] else { continue }
        first = min(first, forged[place].number)
        let old = forged[place]
        var (link, signature) = (old.link, old.signature)
        if Bool.random(using: &random) {
          signature[Int.random(in: 0..<64, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        } else {
          link[Int.random(in: 0..<32, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        }
        forged[place] = JournalCheckpoint(
          number: old.number, made: old.made, link: link, publicKey: old.publicKey, signature: signature)
      }
      let finding = try #require(try await JournalCheckpoint.firstForged(among: forged))
      #expect(finding.kind == .badCheckpoint && finding.entry == first)
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
      let key = try SM2.PublicKey(bytes: checkpoint.publicKey)
      let keyed = try await Journal.verify(fixture.database, key: key)
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
