internal import Glibc

/// How much of a database file is in use.
public struct DatabaseSpace: Hashable, Sendable {
  /// Bytes.
  public let pageSize: Int
  public let pages: Int
  /// Pages that hold nothing: used again before the file grows.
  public let freePages: Int
  /// Whether free pages can be given back to the disk while the database is in use. Not so in a file that was
  /// made without ``DatabaseConfiguration/canShrink`` until it is compacted.
  public let canShrink: Bool

  public var freeBytes: Int { freePages * pageSize }
}

extension Database {
  public func space() async throws -> DatabaseSpace {
    try await read { try Self.space($0) }
  }

  /// Gives at most so many free pages back to the disk, in one transaction; for portions beside live work. The file gets shorter
  /// when the log has been copied into it (``checkpoint()``).
  ///
  /// Returns how many pages are still free; 0 also where the file cannot shrink.
  public func reclaim(pages: Int) async throws -> Int {
    try await write { transaction in
      let space = try Self.space(transaction)
      guard space.canShrink, space.freePages > 0 else { return 0 }
      try transaction.execute("PRAGMA incremental_vacuum(\(max(1, pages)))")
      return try Self.space(transaction).freePages
    }
  }

  /// Writes the file anew without free pages, and so that it can shrink from then on. Writers wait for it to end, or fail as busy
  /// in other processes: for a time when nothing else has the file open.
  ///
  /// Needs room for two copies of what is in use beside the file: one is written, one goes through the log. When it breaks off, the
  /// file is as it was.
  ///
  /// - Throws: `DatabaseError` with code `full` when there is less room than that; nothing was done.
  public func compact() async throws {
    let path = path
    try await maintain { connection, cancellation in
      let folder = DatabaseFile.folder(of: path)
      let used = try Self.usedBytes(connection)
      if let free = Self.freeBytes(of: folder), free < 2 * used {
        throw DatabaseError(
          .full,
          "compacting needs \(2 * used) bytes in \(folder), and \(free) are free. Make room, or move the database to a larger disk."
        )
      }
      cancellation.begin(connection.interruptHandle)
      // The copy is too large for memory, where temporary tables are otherwise. Setting these back cannot change what was done.
      let quoted = folder.replacing("'", with: "''")
      try connection.run(
        "PRAGMA temp_store = FILE; PRAGMA temp_store_directory = '\(quoted)'; PRAGMA auto_vacuum = INCREMENTAL"
      )
      defer { try? connection.run("PRAGMA temp_store_directory = ''; PRAGMA temp_store = MEMORY") }
      try connection.run("VACUUM")
      try Connection.waitingForOthers(5_000) { _ = try connection.checkpoint(.truncate).get() }
    }
  }

  private static func space(_ reader: Reader) throws -> DatabaseSpace {
    DatabaseSpace(
      pageSize: Int(try reader.int("PRAGMA page_size")), pages: Int(try reader.int("PRAGMA page_count")),
      freePages: Int(try reader.int("PRAGMA freelist_count")),
      canShrink: try reader.int("PRAGMA auto_vacuum") == 2)
  }

  private static func usedBytes(_ connection: Connection) throws -> Int {
    func number(_ pragma: String) throws -> Int {
      try connection.text(of: "PRAGMA \(pragma)").flatMap { Int($0) } ?? 0
    }
    return try (number("page_count") - number("freelist_count")) * number("page_size")
  }

  /// What the user of the process may still write to the disk; nil where the system does not tell.
  private static func freeBytes(of folder: String) -> Int? {
    var facts = statvfs()
    guard unsafe statvfs(folder, &facts) == 0 else { return nil }
    return Int(facts.f_bavail) * Int(facts.f_frsize)
  }
}
