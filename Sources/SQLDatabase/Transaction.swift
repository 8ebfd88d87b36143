/// Reads and writes inside one transaction; lent to the body of `Database.write`.
///
/// Everything the body wrote is kept when the body returns and the commit succeeds, and nothing otherwise.
/// Several bodies may share one commit, but a body that throws takes only its own rows with it.
public final class Transaction: Reader {
  private var depth = 0
  private(set) var actions: [@Sendable () -> Void] = []

  /// Runs a statement and returns how many rows it inserted, updated or deleted.
  @discardableResult
  public func execute(_ sql: String, _ values: SQLValue...) throws -> Int {
    try prepare(sql).execute(values)
  }

  @discardableResult
  public func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
    try prepare(sql).execute(values)
  }

  /// The row id of the last insert. PostgreSQL has no such thing: portable code says `RETURNING`.
  public var lastInsertedRowID: Int64 { connection.lastInsertedRowID }

  /// Skips so many of the numbers that a table gives to its rows, which has to be one with `AUTOINCREMENT`: for a copy whose
  /// later rows somebody may remember. The counter lies elsewhere in each engine, so portable code says it this way.
  public func skipNumbers(of table: String, _ count: Int64) throws {
    let skipped = try execute(
      "UPDATE sqlite_sequence SET seq = seq + ?2 WHERE name = ?1", .text(table), .int(count))
    // A table that has given none has no counter yet.
    guard skipped == 0 else { return }
    try execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", .text(table), .int(count))
  }

  /// Runs a part of the body that may fail without taking the rest with it: what it wrote is undone when it
  /// throws, and the error is passed on for the caller to catch. May be nested.
  ///
  /// An error after which the engine has given up the whole transaction (a full disk may be one) cannot be
  /// caught away: all further statements repeat it.
  public func savepoint<T>(_ body: () throws -> T) throws -> T {
    depth += 1
    defer { depth -= 1 }
    let name = "nested_\(depth)"
    try execute("SAVEPOINT \(name)")
    let before = actions.count
    let result: T
    do {
      result = try body()
    } catch {
      actions.removeSubrange(before...)
      if !connection.isAutocommit {
        try execute("ROLLBACK TO \(name)")
        try execute("RELEASE \(name)")
      }
      throw error
    }
    try execute("RELEASE \(name)")
    return result
  }

  /// Does something once everything of this transaction is on the disk and can be read by others; nothing when it was undone.
  ///
  /// - Parameter action: called by the thread that writes, before the caller of `write` goes on; must not block.
  public func afterCommit(_ action: @escaping @Sendable () -> Void) {
    precondition(isValid, "a transaction is used after its body has returned")
    actions.append(action)
  }
}
