internal import CivilTime
internal import Crypto
internal import Exchanges
internal import SQLDatabase

extension Journal {
  /// Adds a link, in the transaction of what it tells about.
  ///
  /// - Parameter keeps: the content is stored beside its digest, for contents that no row holds.
  func append(
    _ kind: JournalEntry.Kind, of exchange: Int64, content: [UInt8], keeps: Bool, at moment: Timestamp,
    in transaction: Transaction
  ) throws {
    var (number, link) = try Self.head(in: transaction)
    if number == 0 {
      // Exchanges of before there was a chain are told apart from ones put in later.
      let last = try transaction.int(
        "SELECT coalesce(max(id), 0) FROM exchange WHERE id <> ?1", .int(exchange))
      let begun = JournalEntry(
        number: 1, kind: .begun,
        exchange: kind == .recorded || kind == .resumed ? last : max(last, exchange),
        moment: moment.milliseconds, contentDigest: Digest.sm3.hash([]))
      link = begun.link(after: link)
      try Self.insert(begun, content: [], link: link, in: transaction)
      number = 1
    }
    let entry = JournalEntry(
      number: number + 1, kind: kind, exchange: exchange, moment: moment.milliseconds,
      contentDigest: Digest.sm3.hash(content))
    try Self.insert(entry, content: keeps ? content : nil, link: entry.link(after: link), in: transaction)
  }

  /// The last entry's number and link; 0 and zeros in an empty journal.
  static func head(in reader: Reader) throws -> (number: Int64, link: [UInt8]) {
    try reader.first("SELECT number, link FROM journal_entry ORDER BY number DESC LIMIT 1") {
      ($0.int(0), $0.blob(1))
    } ?? (0, JournalEntry.linkBeforeFirst)
  }

  private static func insert(
    _ entry: JournalEntry, content: [UInt8]?, link: [UInt8], in transaction: Transaction
  ) throws {
    try transaction.execute(
      "INSERT INTO journal_entry (number, kind, exchange, moment, content, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      .int(entry.number), .int(entry.kind.rawValue), .int(entry.exchange), .int(entry.moment),
      .blobOrNull(content), .blob(link))
  }
}
