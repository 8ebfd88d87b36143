import CivilTime
public import SQLDatabase

/// Changes behind a place, and the place to go on from.
public struct ChangePage: Hashable, Sendable {
  public let changes: [Change]
  /// Everything up to here was looked at, also where none of the wanted kinds was among it.
  public let next: Int64

  public init(changes: [Change], next: Int64) {
    self.changes = changes
    self.next = next
  }
}

extension ChangeFeed {
  /// Rows looked at for one page: of a feed in which the wanted kinds are rare a reader gets on in steps.
  static let mostLookedAt = 10_000

  /// Changes behind a place, oldest first.
  ///
  /// - Parameters:
  ///   - place: of the reader; nil for the oldest change that is kept.
  ///   - kinds: only these.
  /// - Throws: `ChangeError` `gone` where some that came behind the place are no longer kept; `ahead` where there never was such a place.
  public func page(after place: Int64?, kinds: Set<ChangeKind>, limit: Int) async throws -> ChangePage {
    try await database.read { try Self.page(after: place, kinds: kinds, limit: limit, in: $0) }
  }

  /// The same in a transaction of the caller.
  public static func page(
    after place: Int64?, kinds: Set<ChangeKind>, limit: Int, in reader: Reader
  ) throws -> ChangePage {
    let ends = try Self.ends(reader)
    let place = place ?? ends.removed
    guard place >= ends.removed else { throw ChangeError.gone(place, oldest: ends.removed) }
    guard place <= ends.last else { throw ChangeError.ahead(place, last: ends.last) }
    var (changes, seen, looked) = ([Change](), place, 0)
    try reader.forEach(
      """
      SELECT sequence, kind, subject, moment, details FROM change WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
      """, .int(place), .int(mostLookedAt)
    ) { row in
      looked += 1
      seen = row.int(0)
      // Of a newer program whose kinds this one does not know the others can still be read.
      guard let kind = ChangeKind(rawValue: row.text(1)), kinds.contains(kind) else { return true }
      changes.append(Change(row, kind))
      return changes.count < limit
    }
    // Where everything was looked at the place is the end, gaps left by a restored copy included.
    let isAll = looked < mostLookedAt && changes.count < limit
    return ChangePage(changes: changes, next: isAll ? ends.last : seen)
  }

  /// As ``page(after:kinds:limit:)``, and waits for a while where there is none.
  ///
  /// What this process appends ends the wait at once; what others do is looked for each second. No thread waits.
  ///
  /// - Throws: also `CancellationError`.
  public func page(
    after place: Int64?, kinds: Set<ChangeKind>, limit: Int, waiting most: Duration
  ) async throws -> ChangePage {
    let end = ContinuousClock.now + most
    var place = place
    while true {
      let rung = bell.rung
      let page = try await page(after: place, kinds: kinds, limit: limit)
      let left = end - .now
      guard page.changes.isEmpty, left > .zero, !bell.isClosed else { return page }
      guard page.next == place else {
        // There may be more behind what was looked at.
        place = page.next
        continue
      }
      await bell.wait(past: rung, atMost: min(left, Self.look))
      try Task.checkCancellation()
    }
  }

  /// How often a reader who waits looks for what other processes appended.
  private static let look = Duration.seconds(1)

  /// The place behind the last change there is.
  public func end() async throws -> Int64 { try await database.read { try Self.end(in: $0) } }

  public static func end(in reader: Reader) throws -> Int64 { try ends(reader).last }

  static func ends(_ reader: Reader) throws -> (removed: Int64, last: Int64) {
    try reader.first("SELECT removed, last FROM change_feed WHERE id = 1") { ($0.int(0), $0.int(1)) }
      ?? (0, 0)
  }
}

extension Change {
  init(_ row: borrowing Row, _ kind: ChangeKind) {
    self.init(
      sequence: row.int(0), kind: kind, subject: row.text(2),
      moment: Timestamp(milliseconds: row.int(3)), details: row.blob(4))
  }
}

extension ChangeError {
  static func gone(_ place: Int64, oldest: Int64) -> ChangeError {
    ChangeError(
      .gone, "changes up to \(oldest) are no longer kept, and \(place) is before that",
      remedy: "read anew what you keep a copy of, then go on after \(oldest)")
  }

  static func ahead(_ place: Int64, last: Int64) -> ChangeError {
    ChangeError(
      .ahead, "the last change is \(last), and \(place) is behind that",
      remedy: "the place is of another database: read anew what you keep a copy of, then go on after \(last)")
  }
}
