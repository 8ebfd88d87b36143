internal import Crypto
internal import Exchanges
internal import SQLDatabase

/// Which entries a package has, from the first to the checkpoint over the last.
struct PackageBounds: Sendable {
  let first: Int64
  let end: Int64
  /// Of the entry before the first.
  let linkBefore: [UInt8]
}

/// Which of them are given whole; the others are digests.
enum PackageChoice: Sendable {
  case exchanges(Set<Int64>)
  case range(JournalRange)
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

/// Reads the entries of a package in portions that fit into memory, whatever their number and size.
struct PackageReading {
  private static let entriesAtOnce: Int64 = 1_000
  private static let bytesAtOnce = 8 << 20

  private let choice: PackageChoice
  private let bounds: PackageBounds
  private let reader: Reader

  init(_ choice: PackageChoice, _ bounds: PackageBounds, _ reader: Reader) {
    self.choice = choice
    self.bounds = bounds
    self.reader = reader
  }

  /// Some entries from `number` on: none only where none is left.
  func entries(from number: Int64) throws -> [PackagedEntry] {
    let rows = try reader.query(
      """
      SELECT number, kind, exchange, moment, content, link FROM journal_entry
      WHERE number BETWEEN ?1 AND ?2 ORDER BY number
      """, .int(number), .int(min(bounds.end, number + Self.entriesAtOnce - 1))
    ) { row in
      (
        number: row.int(0), kind: Int(row.int(1)), exchange: row.int(2), moment: row.int(3),
        content: row.blobOrNull(4), link: row.blob(5)
      )
    }
    var entries: [PackagedEntry] = []
    var bytes = 0
    for row in rows {
      guard let kind = JournalEntry.Kind(rawValue: row.kind) else {
        throw JournalError(.damaged, "Entry \(row.number) is of an unknown kind; a newer program wrote it.")
      }
      var entry = PackagedEntry(
        number: row.number, kind: kind, exchange: row.exchange, moment: row.moment, link: row.link)
      if kind == .recorded || kind == .answered {
        try fill(&entry, left: row.content)
      } else {
        let content = row.content ?? []
        entry.digest = Digest.sm3.hash(content)
        if try isWanted(entry) { entry.content = content }
        if kind == .concluded, entry.content != nil { try fillProblem(&entry, of: content) }
      }
      entries.append(entry)
      bytes += entry.stored?.parts.values.reduce(0) { $0 + ($1.sealed?.count ?? 0) } ?? 0
      if bytes >= Self.bytesAtOnce { break }
    }
    return entries
  }

  /// - Parameter left: the digest that pruning left of what the row was.
  private func fill(_ entry: inout PackagedEntry, left: [UInt8]?) throws {
    let found = try reader.first(
      "SELECT \(Journal.summaryColumns) FROM exchange WHERE id = ?1", .int(entry.exchange)
    ) { (try Journal.summary($0), $0.blob(0)) }
    guard let (summary, token) = found,
      let content = EntryContent.ofRow(entry.kind, summary, token: token)
    else {
      guard let left else {
        throw JournalError(
          .damaged, "The exchange is gone. Run 'journal verify'.", exchange: ExchangeID(entry.exchange))
      }
      entry.digest = left
      let isNeeded =
        switch choice {
        case .exchanges(let ids): ids.contains(entry.exchange)
        case .range(let range): range.isWhole && range.entries.contains(entry.number)
        }
      if isNeeded { try requireSaid(.pruned, of: entry.exchange) }
      return
    }
    entry.digest = Digest.sm3.hash(content)
    guard isWanted(entry, summary) else { return }
    entry.row = (summary, token)
    let parts = Self.parts(of: summary, in: entry.kind)
    let stored = try Journal.fetch(summary.id, parts: parts, in: reader)
    entry.stored = stored
    if parts.contains(where: { summary.had($0) && stored?.parts[$0]?.sealed == nil }) {
      try requireSaid(.erased, of: entry.exchange)
    }
  }

  /// Of the conclusion that holds: the text of an earlier one went when it was concluded again.
  private func fillProblem(_ entry: inout PackagedEntry, of conclusion: [UInt8]) throws {
    guard let digests = EntryContent.problemDigests(ofConclusion: conclusion) else { return }
    let stored = try Journal.fetch(ExchangeID(entry.exchange), parts: [.problem], in: reader)
    if let sealed = stored?.parts[.problem]?.sealed, Digest.sm3.hash(sealed) == digests.sealed {
      entry.stored = stored
      return
    }
    guard case .exchanges = choice else { return }
    guard stored != nil else { return try requireSaid(.pruned, of: entry.exchange) }
    let isLast = try latest(.concluded, of: entry.exchange) == entry.number
    try requireSaid(isLast ? .erased : .concluded, of: entry.exchange)
  }

  /// What went meanwhile would be missing without the entry that says so.
  private func requireSaid(_ kind: JournalEntry.Kind, of exchange: Int64) throws {
    guard let latest = try latest(kind, of: exchange) else {
      throw JournalError(
        .damaged, "Something of the exchange is gone. Run 'journal verify'.", exchange: ExchangeID(exchange))
    }
    guard latest <= bounds.end else {
      throw JournalError(
        .changed, "It was \(kind) while it was exported. Export again.", exchange: ExchangeID(exchange))
    }
  }

  private func latest(_ kind: JournalEntry.Kind, of exchange: Int64) throws -> Int64? {
    try reader.first(
      "SELECT max(number) FROM journal_entry WHERE exchange = ?1 AND kind = ?2", .int(exchange),
      .int(kind.rawValue)
    ) { $0.intOrNull(0) } ?? nil
  }

  private func isWanted(_ entry: PackagedEntry, _ summary: ExchangeSummary) -> Bool {
    switch choice {
    case .exchanges(let ids): ids.contains(entry.exchange)
    case .range(let range):
      range.entries.contains(entry.number) && range.covers(summary.platform, summary.operation)
    }
  }

  /// Of an entry that keeps its content itself.
  private func isWanted(_ entry: PackagedEntry) throws -> Bool {
    guard entry.kind != .begun else { return false }
    switch choice {
    case .exchanges(let ids): return ids.contains(entry.exchange)
    case .range(let range):
      // What was removed later explains what is missing.
      guard range.entries.contains(entry.number) else {
        return entry.kind == .erased || entry.kind == .pruned
      }
      if range.isWhole { return true }
      return try reader.first(
        "SELECT platform, operation FROM exchange WHERE id = ?1", .int(entry.exchange)
      ) { range.covers($0.text(0), $0.text(1)) } ?? false
    }
  }

  /// The parts that an entry vouches for.
  private static func parts(of exchange: ExchangeSummary, in kind: JournalEntry.Kind) -> [ExchangePart] {
    if kind == .answered { return [.response] }
    return exchange.answered == nil ? [.request, .response] : [.request]
  }
}
