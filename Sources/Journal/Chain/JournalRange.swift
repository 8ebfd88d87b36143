public import CivilTime
internal import SQLDatabase

/// A span of the chain for an export, and whose entries of it are given whole.
public struct JournalRange: Hashable, Sendable {
  public var entries: ClosedRange<Int64>
  /// Only what this platform was told and said; of the others digests.
  public var platform: String?
  /// Only together with a platform.
  public var operation: String?

  public init(_ entries: ClosedRange<Int64>, platform: String? = nil, operation: String? = nil) {
    self.entries = entries
    self.platform = platform
    self.operation = operation
  }

  /// Whether nothing is left out: then an entry that is a digest only is one too few.
  var isWhole: Bool { platform == nil }

  func covers(_ platform: String, _ operation: String) -> Bool {
    (self.platform == nil || self.platform == platform)
      && (self.operation == nil || self.operation == operation)
  }
}

extension Journal {
  /// The entries of a time: from the first made at `since` or later to the last made before `until`. A clock that was set back in between is no gap; where it
  /// was for thousands of entries at one of the ends, the span ends at one of the places where the time was met. nil where there is none.
  public func entries(since: Timestamp?, until: Timestamp?) async throws -> ClosedRange<Int64>? {
    try await database.read { reader in
      let (head, _) = try Self.head(in: reader)
      guard head > 0 else { return nil }
      let search = try EntrySearch(last: head, in: reader)
      let first = try since.map { try search.first(from: $0.milliseconds) } ?? 1
      let last = try until.map { try search.last(before: $0.milliseconds) } ?? head
      return first <= last ? first...last : nil
    }
  }

  /// Writes a span of the chain as a package that proves itself, as ``export(_:opening:write:)-([ExchangeID],_,_)`` does exchanges. Takes memory for some
  /// entries only.
  ///
  /// Where parts of an exchange were erased, or an exchange was pruned, the package goes on to the entry that says so.
  ///
  /// - Parameters:
  ///   - opening: also give the contents in clear.
  ///   - write: takes a line at a time, without its line feed.
  /// - Returns: the number of entries.
  /// - Throws: `JournalError`: `not-found` where the chain has not all of the entries; `changed` where something of them was removed meanwhile.
  public func export(
    _ range: JournalRange, opening: Bool, write: @Sendable ([UInt8]) throws -> Void
  ) async throws -> Int {
    precondition(range.operation == nil || range.platform != nil, "an operation without its platform")
    _ = try await checkpoint()
    let bounds = try await database.read { reader in
      let (head, _) = try Self.head(in: reader)
      guard range.entries.lowerBound >= 1, range.entries.upperBound <= head else {
        throw JournalError(
          .notFound, head == 0 ? "The journal is empty." : "The journal has entries 1 to \(head).")
      }
      let last = max(range.entries.upperBound, try Self.lastRemoval(of: range, reader) ?? 0)
      return try Self.bounds(first: range.entries.lowerBound, last: last, reader)
    }
    return try await writePackage(bounds, .range(range), opening: opening, write)
  }

  /// The last entry that says that something of the range was removed.
  private static func lastRemoval(of range: JournalRange, _ reader: Reader) throws -> Int64? {
    var restriction = ""
    var values: [SQLValue] = [.int(range.entries.lowerBound), .int(range.entries.upperBound)]
    for (column, word) in [("platform", range.platform), ("operation", range.operation)] {
      guard let word else { continue }
      values.append(.text(word))
      restriction += " AND x.\(column) = ?\(values.count)"
    }
    let join = range.isWhole ? "" : "JOIN exchange x ON x.id = e.exchange"
    let latest = try reader.query(
      """
      SELECT max((SELECT max(r.number) FROM journal_entry r WHERE r.exchange = e.exchange AND r.kind IN (3, 4)))
      FROM journal_entry e \(join)
      WHERE e.number BETWEEN ?1 AND ?2 AND e.kind IN (1, 5)\(restriction)
      """, values
    ) { $0.intOrNull(0) }
    return latest.first ?? nil
  }
}
