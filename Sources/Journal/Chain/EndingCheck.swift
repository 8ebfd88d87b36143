internal import Crypto
internal import Exchanges
internal import SQLDatabase

/// What rows say of how exchanges ended and what of them can still be opened, against the conclusions and erasures in the chain; and contents and keys that
/// belong to no exchange.
///
/// Exchanges, their entries, keys and contents are read side by side in the order of the exchanges' numbers: one query each for some thousand of them.
struct EndingCheck {
  private static let portion = 5_000

  static func run(_ database: Database, contents: Bool, _ result: inout JournalVerification) async throws {
    var position: Int64 = 0
    let beforeChain = result.beforeChain
    while result.finding == nil {
      let from = position
      let (last, erased, finding) = try await database.read { reader in
        var check = EndingCheck(reader: reader, contents: contents, beforeChain: beforeChain)
        return try check.run(after: from)
      }
      result.erased += erased
      result.finding = finding
      guard let last else { return }
      position = last
    }
  }

  private let reader: Reader
  private let contents: Bool
  private let beforeChain: Int64
  private var exchanges: [Ending] = []

  private init(reader: Reader, contents: Bool, beforeChain: Int64) {
    self.reader = reader
    self.contents = contents
    self.beforeChain = beforeChain
  }

  /// Checks some thousand exchanges. The last one's id is nil when these were the last, or something was found.
  private mutating func run(after position: Int64) throws -> (last: Int64?, erased: Int64, JournalFinding?) {
    exchanges = try reader.query(
      """
      SELECT id, outcome, problem_code, problem_class, response_sealed_digest IS NOT NULL, answered IS NOT NULL, erased
      FROM exchange WHERE id > ?1 ORDER BY id LIMIT ?2
      """, .int(position), .int(Self.portion)
    ) { row in
      Ending(
        id: row.int(0), outcome: row.text(1), code: row.textOrNull(2), errorClass: row.textOrNull(3),
        hasResponse: row.int(4) != 0, isAnswered: row.int(5) != 0, erased: row.intOrNull(6))
    }
    let last = exchanges.count < Self.portion ? nil : exchanges.last?.id
    try readEntries(after: position, upTo: last ?? .max)
    // Rows of parts: from the first that no earlier portion has seen.
    let parts = (position == 0 ? Int64.min : position * 4 + 4, last.map { $0 * 4 + 3 } ?? .max)
    let foreignKey = try readKeys(parts)
    let foreignContent = try readContents(parts)
    var erased: Int64 = 0
    for exchange in exchanges where exchange.id > beforeChain {
      if exchange.erasedParts != 0 { erased += 1 }
      if let finding = exchange.finding(contents: contents) { return (nil, erased, finding) }
    }
    // What is missing somewhere tells more than where it was put.
    if let finding = foreignKey ?? foreignContent { return (nil, erased, finding) }
    return (last, erased, nil)
  }

  private mutating func readEntries(after first: Int64, upTo last: Int64) throws {
    var place = 0
    try reader.forEach(
      """
      SELECT exchange, number, kind, content, moment FROM journal_entry
      WHERE exchange > ?1 AND exchange <= ?2 AND kind > 0 ORDER BY exchange, number
      """, .int(first), .int(last)
    ) { row in
      // Entries of pruned exchanges have no row to be held against.
      if find(row.int(0), from: &place) {
        exchanges[place].take(
          JournalEntry.Kind(rawValue: Int(row.int(2))), number: row.int(1), content: row.blobOrNull(3),
          moment: row.int(4))
      }
      return true
    }
  }

  /// The first key that no part of an exchange has, or that is none.
  private mutating func readKeys(_ range: (Int64, Int64)) throws -> JournalFinding? {
    var place = 0
    var finding: JournalFinding?
    try reader.forEach(
      "SELECT id, wrapped FROM exchange_key WHERE id >= ?1 AND id <= ?2 ORDER BY id", .int(range.0),
      .int(range.1)
    ) { row in
      let (exchange, part) = Self.owner(row.int(0))
      guard let part, find(exchange, from: &place) else {
        finding =
          try finding
          ?? self.finding(
            .foreignContent, exchange,
            "a key belongs to no part of an exchange that is there: it was put in past the journal")
        return true
      }
      exchanges[place].keys |= part.bit
      if finding == nil, !Self.isKey(row, 1) {
        finding = try self.finding(
          .unopenableKey, exchange, "the key of the \(part.word) was written over")
      }
      return true
    }
    return finding
  }

  private static func isKey(_ row: borrowing Row, _ column: Int) -> Bool {
    guard row.storage(column) == .blob else { return false }
    do throws(CryptoError) {
      _ = try KeyRing.masterKeyID(of: row.blob(column))
      return true
    } catch {
      return false
    }
  }

  /// The first content that no part of an exchange has.
  private mutating func readContents(_ range: (Int64, Int64)) throws -> JournalFinding? {
    var place = 0
    var finding: JournalFinding?
    // Of requests and responses the digests are compared along the chain.
    let problem = contents ? "CASE WHEN id % 4 = \(ExchangePart.problem.rawValue) THEN sealed END" : "NULL"
    try reader.forEach(
      "SELECT id, \(problem) FROM exchange_content WHERE id >= ?1 AND id <= ?2 ORDER BY id", .int(range.0),
      .int(range.1)
    ) { row in
      let (exchange, part) = Self.owner(row.int(0))
      guard let part, find(exchange, from: &place) else {
        finding =
          try finding
          ?? self.finding(
            .foreignContent, exchange,
            "a content belongs to no part of an exchange that is there: it was put in past the journal")
        return true
      }
      exchanges[place].contents |= part.bit
      if part == .problem, row.storage(1) == .blob {
        exchanges[place].problemDigest = Digest.sm3.hash(row.blob(1))
      }
      return true
    }
    return finding
  }

  private func finding(
    _ kind: JournalFinding.Kind, _ exchange: Int64, _ message: String
  ) throws -> JournalFinding {
    JournalFinding(
      kind: kind, entry: try Journal.lastEntry(of: exchange, reader), exchange: exchange, message: message)
  }

  /// Moves on to the exchange, where it is there. Both come in ascending order.
  private func find(_ id: Int64, from place: inout Int) -> Bool {
    while place < exchanges.count, exchanges[place].id < id { place += 1 }
    return place < exchanges.count && exchanges[place].id == id
  }

  private static func owner(_ row: Int64) -> (exchange: Int64, part: ExchangePart?) {
    (row >> 2, ExchangePart(rawValue: Int(row & 3)))
  }
}
