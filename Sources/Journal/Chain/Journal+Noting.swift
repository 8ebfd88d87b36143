public import CivilTime
internal import Crypto
public import SQLDatabase

/// Links about what is no exchange.
extension Journal {
  /// Says that a person decided about something that was handed in, whether or not there is an exchange about it.
  ///
  /// - Parameters:
  ///   - subject: what it is about, such as `push-57`.
  ///   - digest: keyed, so that nobody finds by trying who decided and why: the chain shows contents to whoever verifies it.
  public func note(
    decision: String, about subject: String, digest: [UInt8], in transaction: Transaction, at now: Timestamp
  ) throws {
    try append(
      .decided, of: 0, content: EntryContent.decided(subject, decision, digest: digest), keeps: true, at: now,
      in: transaction)
  }

  /// Whether the chain has exactly this decision.
  public static func isNoted(
    decision: String, about subject: String, digest: [UInt8], in reader: Reader
  ) throws -> Bool {
    try reader.int(
      "SELECT count(*) FROM journal_entry WHERE kind = \(JournalEntry.Kind.decided.rawValue) AND content = ?1",
      .blob(EntryContent.decided(subject, decision, digest: digest))
    ) > 0
  }

  public static func decisions(in reader: Reader) throws -> Int64 {
    try reader.int(
      "SELECT count(*) FROM journal_entry WHERE kind = \(JournalEntry.Kind.decided.rawValue)")
  }

  /// When the first decision was noted; nil where none is. Decisions of before are in no link of their own.
  public static func firstDecision(in reader: Reader) throws -> Timestamp? {
    try reader.first(
      "SELECT moment FROM journal_entry WHERE kind = \(JournalEntry.Kind.decided.rawValue) ORDER BY number LIMIT 1"
    ) { Timestamp(milliseconds: $0.int(0)) }
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
