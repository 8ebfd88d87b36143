public import CivilTime
internal import Crypto
public import SQLDatabase

/// Links about what is no exchange.
extension Journal {
  /// What the link of a decision holds.
  ///
  /// - Parameters:
  ///   - subject: what it is about, such as `push-57`.
  ///   - digest: keyed, so that nobody finds by trying who decided and why: the chain shows contents to whoever verifies it.
  public static func content(decision: String, about subject: String, digest: [UInt8]) -> [UInt8] {
    EntryContent.decided(subject, decision, digest: digest)
  }

  /// Whether the chain has a decision with exactly this content.
  public static func isNoted(_ content: [UInt8], in reader: Reader) throws -> Bool {
    try timesNoted(content, in: reader) > 0
  }

  /// How often the chain has a decision with exactly this content.
  static func timesNoted(_ content: [UInt8], in reader: Reader) throws -> Int64 {
    try reader.int(
      "SELECT count(*) FROM journal_entry WHERE kind = \(JournalEntry.Kind.decided.rawValue) AND content = ?1",
      .blob(content))
  }

  /// Decisions that are links: the entry of each, what it is about, and what it holds. In the order of the entries, of which a page costs as much as it has.
  static func decisions(
    after number: Int64, limit: Int, in reader: Reader
  ) throws -> [(number: Int64, subject: String, content: [UInt8])] {
    try reader.query(
      """
      SELECT number, content FROM journal_entry
      WHERE kind = \(JournalEntry.Kind.decided.rawValue) AND number > ?1 ORDER BY number LIMIT ?2
      """, .int(number), .int(limit)
    ) { row in
      let content = row.blobOrNull(1) ?? []
      return (row.int(0), EntryContent.subject(ofDecision: content), content)
    }
  }

  /// The first decision about a subject that the chain has; nil where it has none.
  public static func firstDecision(about subject: String, in reader: Reader) throws -> [UInt8]? {
    var beginning = ContentBytes()
    beginning.append(subject)
    return try reader.first(
      """
      SELECT content FROM journal_entry
      WHERE kind = \(JournalEntry.Kind.decided.rawValue) AND content >= ?1 AND content < ?2 ORDER BY number LIMIT 1
      """, .blob(beginning.bytes), .blob(beginning.bytes + [0xFF])
    ) { $0.blob(0) }
  }

  /// Leaves out the next `count` numbers of exchanges: the database is a copy of an earlier one, whose later exchanges others may know by their numbers. The
  /// chain says so, or the numbers would look like exchanges that were cut off.
  public func leaveGap(_ count: Int64, in transaction: Transaction, at now: Timestamp) throws {
    try transaction.skipNumbers(of: "exchange", count)
    let last = try transaction.int("SELECT max(seq) FROM sqlite_sequence WHERE name = 'exchange'")
    var content = ContentBytes()
    content.append(count)
    try append(.resumed, of: last, content: content.bytes, keeps: true, at: now, in: transaction)
  }

  /// How many exchanges were ever recorded. Their numbers are given once, so the last one tells, less what was left out.
  public static func recorded(in reader: Reader) throws -> Int64 {
    let last = try reader.int("SELECT coalesce(max(id), 0) FROM exchange")
    var skipped: Int64 = 0
    try reader.forEach(
      "SELECT content FROM journal_entry WHERE kind = \(JournalEntry.Kind.resumed.rawValue) AND exchange <= ?1",
      .int(last)
    ) { row in
      skipped += (row.blobOrNull(0) ?? []).reduce(0) { $0 << 8 | Int64($1) }
      return true
    }
    return last - skipped
  }
}
