public import CivilTime
public import SQLDatabase
import Synchronization

/// What happened at this site, in one order, for those who have to act upon it.
///
/// Changes are appended in the transaction of what they tell, so neither is kept without the other.
///
/// **Order.** Numbers are given by one row, which is changed in the same transaction and so belongs to it until its commit: the next one
/// who appends, in this process or another, waits for that. A reader that sees a number therefore sees all smaller ones, now and for ever, and may go
/// on behind the last one it has seen; a transaction that is undone leaves no gap (a start of the machine and a restored copy do). That holds for SQLite, which has one writer, and for PostgreSQL,
/// where the row is locked.
///
/// **At least once.** A reader that dies before it has kept its place reads the same again. Numbers are never given twice.
public final class ChangeFeed: Sendable {
  /// Told of what is appended, in the transaction that appends it.
  public typealias Follower = @Sendable ([Change], Transaction) throws -> Void

  public let database: Database
  /// Kinds of which none are kept.
  public let off: Set<ChangeKind>
  let bell = ChangeBell()
  private let followers = Mutex<[Follower]>([])

  /// The database must have been migrated with ``ChangesSchema``.
  public init(database: Database, off: Set<ChangeKind> = []) {
    self.database = database
    self.off = off
  }

  /// Whether changes of this kind are kept: for callers to whom it costs something to find them.
  public func keeps(_ kind: ChangeKind) -> Bool { !off.contains(kind) }

  /// - Parameter follower: what it throws undoes what was to be appended, and what was told by it.
  public func follow(_ follower: @escaping Follower) {
    followers.withLock { $0.append(follower) }
  }

  /// Appends changes in their order, in the caller's transaction.
  public func append(_ changes: [NewChange], in transaction: Transaction, at now: Timestamp) throws {
    let kept = off.isEmpty ? changes : changes.filter { keeps($0.kind) }
    guard !kept.isEmpty else { return }
    let last = try transaction.int(
      "UPDATE change_feed SET last = last + ?1 WHERE id = 1 RETURNING last", .int(kept.count))
    var sequence = last - Int64(kept.count)
    let numbered = kept.map { change in
      sequence += 1
      return Change(
        sequence: sequence, kind: change.kind, subject: change.subject, moment: now, details: change.details)
    }
    try ChangeRows.insert(numbered, transaction)
    for follower in followers.withLock({ $0 }) { try follower(numbered, transaction) }
    // Whoever waits looks at once, and must find it.
    transaction.afterCommit { [bell] in bell.ring() }
  }

  public func append(_ change: NewChange, in transaction: Transaction, at now: Timestamp) throws {
    try append([change], in: transaction, at: now)
  }

  /// Ends all waiting, also of those who come later: the program stops.
  public func endWaiting() { bell.close() }

  /// Keeps others from appending until the transaction ends: who has read the feed to its end in it knows that there is nothing more.
  ///
  /// - Returns: the place behind the last change there is.
  public static func hold(in transaction: Transaction) throws -> Int64 {
    try transaction.int("UPDATE change_feed SET last = last WHERE id = 1 RETURNING last")
  }

  /// For a database that is an older copy. Its readers may have seen numbers that came after it was made: they are not given to other changes. Nor are they
  /// told what the copy has undone, so nobody goes on from a place of before: each reader is told once that what it knows is no longer so.
  public static func leaveGap(in transaction: Transaction) throws {
    try transaction.execute(
      "UPDATE change_feed SET last = last + ?1, removed = last + ?1 WHERE id = 1", .int(gap))
  }

  /// Notes that a process begins with the database, before it appends anything.
  ///
  /// What work in the background has appended can be read before it is safe from a loss of power (see `Database.writeRegardless`). Its numbers are not given to
  /// other changes then: behind each start of the machine some are skipped. A reader who has seen what was lost goes on behind it, and misses nothing.
  ///
  /// - Parameter boot: which start of the machine this is; empty where nobody knows: then it may be another one.
  public static func begin(boot: String, in database: Database) async throws {
    let isKnown = try await database.read { reader in
      try reader.first("SELECT 1 FROM change_feed WHERE boot = ?1 AND boot <> ''", .text(boot)) { _ in true }
    }
    guard isKnown == nil else { return }
    try await database.write { transaction in
      _ = try transaction.execute(
        """
        UPDATE change_feed SET boot = ?1, last = last + CASE WHEN last = 0 THEN 0 ELSE ?2 END
        WHERE id = 1 AND (boot IS NULL OR boot <> ?1 OR boot = '')
        """, .text(boot), .int(mostUnsafe))
    }
  }

  /// More than any site appends in the background between two writes that are safe at once.
  static let mostUnsafe: Int64 = 1_000_000

  /// More than any site appends between two backups.
  public static let gap: Int64 = 1_000_000_000
}

/// Writes rows of the feed.
enum ChangeRows {
  /// So many at once: one statement for many rows costs less than one for each.
  static let portion = 128

  static func insert(_ changes: [Change], _ transaction: Transaction) throws {
    var rest = changes[...]
    if rest.count >= portion {
      let many = try transaction.prepare(statement(rows: portion))
      while rest.count >= portion {
        _ = try many.execute(rest.prefix(portion).flatMap(values))
        rest = rest.dropFirst(portion)
      }
    }
    guard !rest.isEmpty else { return }
    let one = try transaction.prepare(statement(rows: 1))
    for change in rest { _ = try one.execute(values(change)) }
  }

  private static func values(_ change: Change) -> [SQLValue] {
    [
      .int(change.sequence), .text(change.kind.rawValue), .text(change.subject),
      .int(change.moment.milliseconds), .blob(change.details),
    ]
  }

  private static func statement(rows: Int) -> String { rows == 1 ? single : multiple }

  private static let single = text(rows: 1)
  private static let multiple = text(rows: portion)

  private static func text(rows: Int) -> String {
    let places = (0..<rows).map { row in
      "(" + (1...5).map { "?\(row * 5 + $0)" }.joined(separator: ", ") + ")"
    }
    return "INSERT INTO change (sequence, kind, subject, moment, details) VALUES "
      + places.joined(separator: ", ")
  }
}
