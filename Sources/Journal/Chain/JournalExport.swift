internal import CivilTime
internal import Crypto
internal import Documents
public import Exchanges
internal import SQLDatabase

extension Journal {
  /// Writes exchanges as a package that proves itself: JSON Lines, one entry of the chain a line.
  ///
  /// The package begins at the first entry of the first exchange and ends at the first checkpoint behind the last of theirs, which is made when there is none.
  /// Entries of other exchanges in between are there as digests only. The exchanges' own have row and ciphertexts; with `opening` also what was said, salted
  /// as it was recorded, so that it can be held against its digest.
  ///
  /// - Parameters:
  ///   - ids: in any order; all must be in the chain and not pruned.
  ///   - opening: also give the contents in clear.
  ///   - write: takes a line at a time, without its line feed.
  /// - Returns: the number of entries.
  public func export(
    _ ids: [ExchangeID], opening: Bool, write: @Sendable ([UInt8]) throws -> Void
  ) async throws -> Int {
    let wanted = Set(ids.map(\.rawValue))
    _ = try await checkpoint()
    let (first, end, before, version) = try await bounds(of: wanted)
    try write(JournalPackage.head(first: first, linkBefore: before, version: version))
    var number = first
    while number <= end {
      let from = number
      let entries = try await database.read { reader in
        try Self.entries(from: from, through: min(end, from + 999), wanted, reader)
      }
      guard let last = entries.last else {
        throw JournalError(.damaged, "Entry \(number) is missing. Run 'journal verify'.")
      }
      for entry in entries {
        try write(JournalPackage.line(entry, opened: opening ? try contents(of: entry) : [:]))
      }
      number = last.number + 1
    }
    let checkpoint = try await database.read { reader in
      try reader.first(
        "SELECT \(Self.checkpointColumns) FROM journal_checkpoint WHERE number = ?1", .int(end),
        row: Self.checkpoint)
    }
    if let checkpoint { try write(JournalPackage.line(checkpoint)) }
    return Int(end - first + 1)
  }

  private func bounds(
    of wanted: Set<Int64>
  ) async throws -> (first: Int64, end: Int64, before: [UInt8], version: Int) {
    try await database.read { reader in
      var version = 1
      var first = Int64.max
      var last: Int64 = 0
      for id in wanted.sorted() {
        let span = try reader.first(
          "SELECT min(number), max(number) FROM journal_entry WHERE exchange = ?1 AND kind > 0", .int(id)
        ) { ($0.intOrNull(0), $0.intOrNull(1)) }
        guard let from = span?.0, let to = span?.1 else {
          throw JournalError(
            .notFound, "There is no such exchange in the chain.", exchange: ExchangeID(id))
        }
        guard try reader.int("SELECT count(*) FROM exchange WHERE id = ?1", .int(id)) > 0 else {
          throw JournalError(
            .notFound, "Retention has removed the exchange; only its digests are left.",
            exchange: ExchangeID(id))
        }
        (first, last) = (min(first, from), max(last, to))
        if try Self.needsSecondVersion(id, reader) { version = 2 }
      }
      guard last > 0 else { throw JournalError(.notFound, "No exchange is named.") }
      let end = try reader.first(
        "SELECT min(number) FROM journal_checkpoint WHERE number >= ?1", .int(last)
      ) { $0.intOrNull(0) }
      guard let end = end ?? nil else {
        throw JournalError(.damaged, "No checkpoint covers these exchanges. Run 'journal checkpoint'.")
      }
      let before = try reader.first("SELECT link FROM journal_entry WHERE number = ?1", .int(first - 1)) {
        $0.blob(0)
      }
      return (first, end, before ?? JournalEntry.linkBeforeFirst, version)
    }
  }

  private static func needsSecondVersion(_ id: Int64, _ reader: Reader) throws -> Bool {
    guard let stored = try fetch(ExchangeID(id), parts: [], in: reader) else { return false }
    if stored.summary.answered != nil { return true }
    for part in [ExchangePart.request, .response] where stored.summary.had(part) {
      if try reader.int("SELECT count(*) FROM exchange_content WHERE id = ?1", .int(part.row(of: id))) == 0 {
        return true
      }
    }
    return false
  }

  private static func entries(
    from: Int64, through: Int64, _ wanted: Set<Int64>, _ reader: Reader
  ) throws -> [PackagedEntry] {
    let rows = try reader.query(
      """
      SELECT number, kind, exchange, moment, content, link FROM journal_entry
      WHERE number BETWEEN ?1 AND ?2 ORDER BY number
      """, .int(from), .int(through)
    ) { row in
      (
        number: row.int(0), kind: Int(row.int(1)), exchange: row.int(2), moment: row.int(3),
        content: row.blobOrNull(4), link: row.blob(5)
      )
    }
    return try rows.map { row in
      guard let kind = JournalEntry.Kind(rawValue: row.kind) else {
        throw JournalError(.damaged, "Entry \(row.number) is of an unknown kind; a newer program wrote it.")
      }
      var entry = PackagedEntry(
        number: row.number, kind: kind, exchange: row.exchange, moment: row.moment, link: row.link)
      let isWanted = wanted.contains(row.exchange) && kind != .begun
      if kind == .recorded || kind == .answered {
        let found = try reader.first(
          "SELECT \(summaryColumns) FROM exchange WHERE id = ?1", .int(row.exchange)
        ) { (try summary($0), $0.blob(0)) }
        if let (summary, token) = found,
          let content = EntryContent.ofRow(kind, summary, token: token)
        {
          entry.digest = Digest.sm3.hash(content)
          if isWanted {
            entry.row = (summary, token)
            entry.stored = try fetch(summary.id, parts: parts(of: summary, in: kind), in: reader)
          }
        } else {
          guard let left = row.content else {
            throw JournalError(
              .damaged, "The exchange is gone. Run 'journal verify'.", exchange: ExchangeID(row.exchange))
          }
          entry.digest = left
        }
      } else {
        let content = row.content ?? []
        entry.digest = Digest.sm3.hash(content)
        if isWanted { entry.content = content }
      }
      return entry
    }
  }

  /// The parts that an entry vouches for.
  private static func parts(of exchange: ExchangeSummary, in kind: JournalEntry.Kind) -> [ExchangePart] {
    if kind == .answered { return [.response] }
    return exchange.answered == nil ? [.request, .response] : [.request]
  }

  /// The salted contents of an exchange's parts, as far as they have not been erased.
  private func contents(of entry: PackagedEntry) throws -> [ExchangePart: [UInt8]] {
    guard let stored = entry.stored else { return [:] }
    var contents: [ExchangePart: [UInt8]] = [:]
    for part in [ExchangePart.request, .response] where stored.parts[part]?.wrappedKey != nil {
      contents[part] = try saltedContent(of: stored, part)
    }
    return contents
  }
}

/// An entry on its way into a package.
struct PackagedEntry: Sendable {
  let number: Int64
  let kind: JournalEntry.Kind
  let exchange: Int64
  let moment: Int64
  let link: [UInt8]
  var digest: [UInt8] = []
  var content: [UInt8]?
  var row: (summary: ExchangeSummary, token: [UInt8])?
  var stored: StoredExchange?

  init(number: Int64, kind: JournalEntry.Kind, exchange: Int64, moment: Int64, link: [UInt8]) {
    self.number = number
    self.kind = kind
    self.exchange = exchange
    self.moment = moment
    self.link = link
  }
}
