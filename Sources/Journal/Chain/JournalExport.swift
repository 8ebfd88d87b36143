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
    let bounds = try await bounds(of: wanted)
    return try await writePackage(bounds, .exchanges(wanted), opening: opening, write)
  }

  /// Writes what it is of, the entries between these bounds, a portion at a time, and the checkpoint over them.
  func writePackage(
    _ bounds: PackageBounds, _ choice: PackageChoice, opening: Bool,
    _ write: @Sendable ([UInt8]) throws -> Void
  ) async throws -> Int {
    try write(JournalPackage.head(bounds, of: choice))
    var number = bounds.first
    while number <= bounds.end {
      let from = number
      let entries = try await database.read { reader in
        try PackageReading(choice, bounds, reader).entries(from: from)
      }
      guard let last = entries.last else {
        throw JournalError(.damaged, "Entry \(number) is missing. Run 'journal verify'.")
      }
      for entry in entries {
        try Task.checkCancellation()
        try write(JournalPackage.line(entry, opened: opening ? try contents(of: entry) : [:]))
      }
      number = last.number + 1
    }
    let end = bounds.end
    let checkpoint = try await database.read { reader in
      try reader.first(
        "SELECT \(Self.checkpointColumns) FROM journal_checkpoint WHERE number = ?1", .int(end),
        row: Self.checkpoint)
    }
    guard let checkpoint else {
      throw JournalError(.damaged, "The checkpoint of entry \(end) is gone. Run 'journal verify'.")
    }
    try write(JournalPackage.line(checkpoint))
    return Int(bounds.end - bounds.first + 1)
  }

  private func bounds(of wanted: Set<Int64>) async throws -> PackageBounds {
    try await database.read { reader in
      var first = Int64.max
      var last: Int64 = 0
      for id in wanted.sorted() {
        let span = try reader.first(
          "SELECT min(CASE WHEN kind = 1 THEN number END), max(number) FROM journal_entry WHERE exchange = ?1",
          .int(id)
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
      }
      guard last > 0 else { throw JournalError(.notFound, "No exchange is named.") }
      return try Self.bounds(first: first, last: last, reader)
    }
  }

  /// - Parameter last: the entry that a checkpoint has to cover.
  static func bounds(first: Int64, last: Int64, _ reader: Reader) throws -> PackageBounds {
    let end = try reader.first(
      "SELECT min(number) FROM journal_checkpoint WHERE number >= ?1", .int(last)
    ) { $0.intOrNull(0) }
    guard let end = end ?? nil else {
      throw JournalError(.damaged, "No checkpoint covers these exchanges. Run 'journal checkpoint'.")
    }
    let before = try reader.first("SELECT link FROM journal_entry WHERE number = ?1", .int(first - 1)) {
      $0.blob(0)
    }
    return PackageBounds(first: first, end: end, linkBefore: before ?? JournalEntry.linkBeforeFirst)
  }

  /// The salted contents of an exchange's parts, as far as they have not been erased.
  private func contents(of entry: PackagedEntry) throws -> [ExchangePart: [UInt8]] {
    guard let stored = entry.stored else { return [:] }
    var contents: [ExchangePart: [UInt8]] = [:]
    for part in ExchangePart.allCases where stored.parts[part]?.wrappedKey != nil {
      contents[part] = try saltedContent(of: stored, part)
    }
    return contents
  }
}
