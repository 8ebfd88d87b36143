public import Crypto
internal import CivilTime
internal import Exchanges
public import SQLDatabase

extension Journal {
  /// Goes through the whole journal and names the first thing that is wrong with it. Needs no master key: digests, links and signatures are
  /// enough for all but whether contents can still be opened. Entries that are added while it runs are left to the next time.
  ///
  /// - Parameters:
  ///   - key: the only one that may have signed checkpoints. Without it somebody who can write the whole database could sign a chain of their own. With it there must be a
  ///     checkpoint.
  ///   - note: what was noted elsewhere of an entry. Without it an end that is cut off behind the last checkpoint shows only by the numbers of exchanges.
  ///   - contents: also compare each ciphertext with its digest, which reads the whole database.
  ///   - masterKeys: also try whether each key of a content opens; nil: none is tried.
  ///   - progress: told of the entries verified so far, and waited for.
  /// - Throws: `DatabaseError`; `CryptoError` where SM2 itself does not work.
  public static func verify(
    _ database: Database, key: SM2.PublicKey? = nil, note: JournalPosition? = nil, contents: Bool = true,
    masterKeys: KeyRing? = nil, progress: (@Sendable (Int64) async -> Void)? = nil
  ) async throws -> JournalVerification {
    // What is added meanwhile is verified the next time: its checkpoints are not among these.
    let (end, checkpoints) = try await database.read { reader in
      (
        try head(in: reader).number,
        try reader.query(
          "SELECT \(checkpointColumns) FROM journal_checkpoint ORDER BY number", row: Self.checkpoint)
      )
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
      let portion = Portion(chain: chain, result: result, firstMissing: missing, end: end, contents: contents)
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
      await progress?(result.entries)
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

  /// The last entry about an exchange; nil where the chain has none.
  static func lastEntry(of exchange: Int64, _ reader: Reader) throws -> Int64? {
    try reader.first(
      "SELECT number FROM journal_entry WHERE exchange = ?1 AND kind > 0 ORDER BY number DESC LIMIT 1",
      .int(exchange)
    ) { $0.int(0) }
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
}
