public import Crypto
internal import CivilTime
internal import Exchanges
public import SQLDatabase

extension Journal {
  /// Goes through the whole journal and names the first thing that is wrong with it. Needs no master key: digests, links and signatures are
  /// enough for all but whether contents can still be opened.
  ///
  /// - Parameters:
  ///   - key: the only one that may have signed checkpoints. Without it somebody who can write the whole database could sign a chain of their own. With it there must be a
  ///     checkpoint.
  ///   - note: what was noted elsewhere of an entry. Without it an end that is cut off behind the last checkpoint shows only by the numbers of exchanges.
  ///   - contents: also compare each ciphertext with its digest, which reads the whole database.
  ///   - masterKeys: also try whether each key of a content opens; nil: none is tried.
  ///   - progress: told of the entries verified so far; must not block.
  /// - Throws: `DatabaseError`; `CryptoError` where SM2 itself does not work.
  public static func verify(
    _ database: Database, key: SM2.PublicKey? = nil, note: JournalPosition? = nil, contents: Bool = true,
    masterKeys: KeyRing? = nil, progress: (@Sendable (Int64) -> Void)? = nil
  ) async throws -> JournalVerification {
    let checkpoints = try await database.read { reader in
      var key: SM2.PublicKey?
      return try reader.query("SELECT \(checkpointColumns) FROM journal_checkpoint ORDER BY number") {
        try Self.checkpoint($0, &key)
      }
    }
    var result = JournalVerification()
    var chain = ChainVerifier(checkpoints: checkpoints, key: key, note: note)
    var missing: JournalFinding?
    var unproven: [JournalCheckpoint] = []
    var isLast = false
    while !isLast {
      // The signatures of one portion beside the links of the next.
      let signed = unproven
      async let forged = JournalCheckpoint.firstForged(among: signed)
      // In portions: a reader that stays for minutes would keep the log from being emptied.
      let portion = Portion(chain: chain, result: result, firstMissing: missing, contents: contents)
      let next = try await database.read { reader in
        var portion = portion
        let isLast = try portion.run(reader)
        return (portion: portion, isLast: isLast)
      }
      // It is at an earlier entry than whatever the next portion found.
      if let forged = try await forged { return result.ended(by: forged) }
      (chain, result, missing) = (next.portion.chain, next.portion.result, next.portion.firstMissing)
      unproven = chain.takeUnproven()
      isLast = next.isLast
      progress?(result.entries)
      if result.finding != nil { break }
    }
    if let forged = try await JournalCheckpoint.firstForged(among: unproven) {
      return result.ended(by: forged)
    }
    if result.finding != nil { return result }
    result.finding = chain.finish() ?? missing
    if result.finding == nil { result.finding = try await foreignRows(in: database) }
    if result.finding == nil { result.finding = try await cutExchanges(in: database) }
    if result.finding == nil {
      // Conclusions and erasures are believed only now that the chain is proven.
      try await EndingCheck.run(database, contents: contents, &result)
    }
    if result.finding == nil, let masterKeys {
      try await KeyCheck.run(database, with: masterKeys, &result)
    }
    if result.finding == nil { result.finding = chain.unsigned() }
    result.checkpoints = chain.checkpointCount
    result.publicKeys = chain.publicKeys
    result.unsigned = chain.number - chain.signedUpTo
    return result
  }

  /// The bits of the parts that entries say were erased.
  static func erasedParts(of exchange: Int64, _ reader: Reader) throws -> UInt8 {
    var erased: UInt8 = 0
    try reader.forEach(
      "SELECT content FROM journal_entry WHERE exchange = ?1 AND kind = ?2", .int(exchange),
      .int(JournalEntry.Kind.erased.rawValue)
    ) { row in
      erased |= row.blobOrNull(0)?.first ?? 0
      return true
    }
    return erased
  }

  /// Rows that no entry tells about.
  private static func foreignRows(in database: Database) async throws -> JournalFinding? {
    try await database.read { reader in
      let begun = try reader.first("SELECT exchange FROM journal_entry WHERE number = 1") { $0.int(0) }
      let exchange = try reader.first(
        """
        SELECT id FROM exchange WHERE id > ?1 AND NOT EXISTS
          (SELECT 1 FROM journal_entry WHERE journal_entry.exchange = exchange.id AND kind = ?2)
        ORDER BY id LIMIT 1
        """, .int(begun ?? 0), .int(JournalEntry.Kind.recorded.rawValue)
      ) { $0.int(0) }
      // A journal without any entry is one of before there was a chain, and has nothing to be compared with.
      guard let exchange, begun != nil else { return nil }
      return JournalFinding(
        kind: .foreignExchange, entry: nil, exchange: exchange,
        message: "the exchange is in no entry: it was put in past the journal")
    }
  }

  /// Exchanges that were cut off the end together with their entries: the number given last stays behind. An exchange that is pruned leaves its entries.
  private static func cutExchanges(in database: Database) async throws -> JournalFinding? {
    try await database.read { reader in
      let given = try reader.int("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'exchange'")
      let newest = try reader.int("SELECT coalesce(max(exchange), 0) FROM journal_entry")
      guard given != newest else { return nil }
      let (number, _) = try head(in: reader)
      return JournalFinding(
        kind: .truncated, entry: number + 1, exchange: given > newest ? newest + 1 : nil,
        message: given > newest
          ? "exchanges up to \(given) were recorded, and entries tell of \(newest) at the most"
          : "the number of the newest exchange was set back from \(newest) to \(given)")
    }
  }

  /// Some thousand entries, verified in one read.
  private struct Portion: Sendable {
    static let entries = 5_000

    var chain: ChainVerifier
    var result: JournalVerification
    /// The first exchange or part that is gone and nothing says why. Told only when the chain is whole: where its end was cut off, prunings and erasures
    /// are missing.
    var firstMissing: JournalFinding?
    let contents: Bool

    /// Returns whether these were the last ones.
    mutating func run(_ reader: Reader) throws -> Bool {
      let rows = try reader.query(
        """
        SELECT number, kind, exchange, moment, content, link FROM journal_entry
        WHERE number > ?1 ORDER BY number LIMIT ?2
        """, .int(chain.number), .int(Self.entries)
      ) { row in
        Row(
          number: row.int(0), kind: JournalEntry.Kind(rawValue: Int(row.int(1))), exchange: row.int(2),
          moment: row.int(3), content: row.blobOrNull(4), link: row.blob(5))
      }
      for row in rows {
        result.finding = try check(row, reader)
        if result.finding != nil { return true }
        result.entries += 1
      }
      return rows.count < Self.entries
    }

    private struct Row {
      let number: Int64
      let kind: JournalEntry.Kind?
      let exchange: Int64
      let moment: Int64
      let content: [UInt8]?
      let link: [UInt8]
    }

    private mutating func check(_ row: Row, _ reader: Reader) throws -> JournalFinding? {
      func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
        JournalFinding(kind: kind, entry: row.number, exchange: row.exchange, message: message)
      }
      guard let kind = row.kind else {
        return finding(.malformed, "the entry is of a kind that this program does not know")
      }
      var summary: ExchangeSummary?
      let digest: [UInt8]
      if kind == .recorded || kind == .answered {
        let found = try reader.first(
          "SELECT \(Journal.summaryColumns) FROM exchange WHERE id = ?1", .int(row.exchange)
        ) { (try Journal.summary($0), $0.blob(0)) }
        if let (exchange, token) = found,
          let content = EntryContent.ofRow(kind, exchange, token: token)
        {
          guard row.content == nil else {
            return finding(.malformed, "the entry has a content of its own beside its exchange")
          }
          digest = Digest.sm3.hash(content)
          summary = exchange
        } else {
          // Pruning leaves the digest of what it took.
          let missing = finding(
            .missingExchange, "the exchange is gone, and nothing says that it was pruned")
          guard let left = row.content, left.count == 32 else { return missing }
          if firstMissing == nil, try !isPruned(row.exchange, reader) { firstMissing = missing }
          digest = left
          if kind == .recorded { result.erased += 1 }
        }
      } else {
        guard let content = row.content else {
          return finding(.malformed, "the entry has lost its content")
        }
        digest = Digest.sm3.hash(content)
      }
      let entry = JournalEntry(
        number: row.number, kind: kind, exchange: row.exchange, moment: row.moment, contentDigest: digest)
      if let finding = chain.take(entry, storedLink: row.link) { return finding }
      if kind == .begun { result.beforeChain = row.exchange }
      guard let summary else { return nil }
      if kind == .answered { return try check(summary, [.response], number: row.number, reader) }
      result.exchanges += 1
      // The digests of an answer that came later are believed when its own entry has been.
      let parts: [ExchangePart] = summary.answered == nil ? [.request, .response] : [.request]
      return try check(summary, parts, number: row.number, reader)
    }

    private func isPruned(_ exchange: Int64, _ reader: Reader) throws -> Bool {
      try reader.int(
        "SELECT count(*) FROM journal_entry WHERE exchange = ?1 AND kind = ?2", .int(exchange),
        .int(JournalEntry.Kind.pruned.rawValue)) > 0
    }

    /// The ciphertexts against their digests.
    private mutating func check(
      _ summary: ExchangeSummary, _ parts: [ExchangePart], number: Int64, _ reader: Reader
    ) throws -> JournalFinding? {
      let id = summary.id.rawValue
      func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
        JournalFinding(kind: kind, entry: number, exchange: id, message: message)
      }
      for part in parts {
        let digest = part == .request ? summary.digests.requestSealed : summary.digests.responseSealed
        let found = try self.part(part, of: id, reader)
        guard let digest else {
          if found != nil {
            return finding(.alteredContent, "there is a \(part.word) where none was recorded")
          }
          continue
        }
        guard let found else {
          if firstMissing == nil, try Journal.erasedParts(of: id, reader) & part.bit == 0 {
            firstMissing = finding(
              .missingContent, "the \(part.word) is gone, and nothing says that it was erased")
          }
          continue
        }
        if let computed = found.digest {
          guard computed == digest else {
            return finding(.alteredContent, "the \(part.word) is not the one that was recorded")
          }
          result.contents += 1
        }
      }
      return nil
    }

    private struct Found {
      /// nil when contents are not compared.
      let digest: [UInt8]?
    }

    private func part(_ part: ExchangePart, of id: Int64, _ reader: Reader) throws -> Found? {
      let contents = contents
      return try reader.first(
        "SELECT \(contents ? "sealed" : "NULL") FROM exchange_content WHERE id = ?1", .int(part.row(of: id))
      ) { row in Found(digest: contents ? Digest.sm3.hash(row.blob(0)) : nil) }
    }
  }
}
