public import CivilTime
internal import Crypto
public import Exchanges
public import SQLDatabase

extension Journal {
  /// Destroys the keys of an exchange's parts and removes their ciphertexts, after which nobody can open them. The row
  /// and the digests stay, so that the chain over them remains whole. Returns how many parts were erased now.
  ///
  /// Backups still hold the keys, and so does the write-ahead log until it is emptied: `Database.checkpoint()`, behind the transaction.
  @discardableResult
  public func erase(
    _ id: ExchangeID, parts: [ExchangePart] = ExchangePart.allCases, in transaction: Transaction,
    now: Timestamp = .now()
  ) throws -> Int {
    var erased: Set<ExchangePart> = []
    for part in parts {
      let keys = try transaction.execute(
        "DELETE FROM exchange_key WHERE id = ?1", .int(part.row(of: id.rawValue)))
      if keys > 0 { erased.insert(part) }
      // A ciphertext without its key is of no use, and may be left of a time when it was kept.
      try transaction.execute("DELETE FROM exchange_content WHERE id = ?1", .int(part.row(of: id.rawValue)))
    }
    let count = erased.count
    if count > 0 {
      try append(
        .erased, of: id.rawValue, content: EntryContent.erased(erased), keeps: true, at: now, in: transaction)
    }
    let updated = try transaction.execute(
      "UPDATE exchange SET erased = coalesce(erased, ?2) WHERE id = ?1 AND ?3 > 0",
      .int(id.rawValue), .int(now.milliseconds), .int(count))
    if count == 0, updated == 0,
      try transaction.int("SELECT count(*) FROM exchange WHERE id = ?1", .int(id.rawValue)) == 0
    {
      throw Self.notFound(id)
    }
    return count
  }

  @discardableResult
  public func erase(_ id: ExchangeID, parts: [ExchangePart] = ExchangePart.allCases) async throws -> Int {
    try await database.write { try self.erase(id, parts: parts, in: $0) }
  }

  /// Removes an exchange whole: row, ciphertexts and keys. Its entries stay in the chain, with the digests of what they commit
  /// to, and another says that it was pruned. Whether it may go is for the caller to know.
  ///
  /// - Throws: `JournalError` `not-found`.
  public func prune(_ id: ExchangeID, in transaction: Transaction, now: Timestamp = .now()) throws {
    let found = try transaction.first(
      "SELECT \(Self.summaryColumns) FROM exchange WHERE id = ?1", .int(id.rawValue)
    ) { (try Self.summary($0), $0.blob(0)) }
    guard let (exchange, token) = found else { throw Self.notFound(id) }
    let entries = try transaction.query(
      "SELECT number, kind FROM journal_entry WHERE exchange = ?1 AND content IS NULL", .int(id.rawValue)
    ) { ($0.int(0), JournalEntry.Kind(rawValue: Int($0.int(1)))) }
    for (number, kind) in entries {
      guard let kind, let content = EntryContent.ofRow(kind, exchange, token: token) else { continue }
      try transaction.execute(
        "UPDATE journal_entry SET content = ?2 WHERE number = ?1", .int(number),
        .blob(Digest.sm3.hash(content)))
    }
    let first = ExchangePart.request.row(of: id.rawValue)
    for table in ["exchange_key", "exchange_content"] {
      try transaction.execute(
        "DELETE FROM \(table) WHERE id >= ?1 AND id < ?2", .int(first), .int(first + 4))
    }
    try transaction.execute("DELETE FROM exchange WHERE id = ?1", .int(id.rawValue))
    try append(.pruned, of: id.rawValue, content: [], keeps: true, at: now, in: transaction)
  }
}
