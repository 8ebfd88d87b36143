internal import CSQLite
internal import Glibc

/// Copies a snapshot of the database page by page to a new file.
struct Backup {
  private static let pagesPerStep: Int32 = 2_000

  let source: Connection
  let destination: String
  let cancellation: Cancellation

  func run() throws {
    guard unsafe access(destination, F_OK) != 0 else {
      throw DatabaseError(
        .backup, "\(destination) exists already. Choose another name; nothing was overwritten.")
    }
    let partial = destination + ".partial"
    try removeIfPresent(partial)
    do {
      try DatabaseFile.prepare(partial)
      try copy(to: partial)
      try check(partial)
      try synchronize(partial)
      // link fails when the name has been taken meanwhile, where rename would overwrite.
      guard unsafe link(partial, destination) == 0 else { throw failure("cannot be given its name") }
      try removeIfPresent(partial)
      try synchronize(DatabaseFile.folder(of: destination))
    } catch {
      try removeIfPresent(partial)
      throw error
    }
  }

  private func copy(to partial: String) throws {
    var target: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let opened = unsafe sqlite3_open_v2(partial, &target, flags, nil)
    defer { unsafe sqlite3_close_v2(target) }
    guard opened == SQLITE_OK else { throw failure("cannot be created") }

    // Without a snapshot each commit of the writer would make the copy start again.
    try source.beginReading()
    defer { source.rollback() }
    _ = try source.prepare("SELECT count(*) FROM sqlite_schema").query([]) { $0.int(0) }
    guard let copy = unsafe sqlite3_backup_init(target, "main", source.pointer, "main") else {
      throw unsafe DatabaseError.sqlite(
        sqlite3_errcode(target), detail: String(cString: sqlite3_errmsg(target)), path: partial)
    }
    var result = SQLITE_OK
    while result == SQLITE_OK, !cancellation.isCancelled {
      result = unsafe sqlite3_backup_step(copy, Self.pagesPerStep)
    }
    unsafe sqlite3_backup_finish(copy)
    if cancellation.isCancelled { throw CancellationError() }
    guard result == SQLITE_DONE else {
      throw unsafe DatabaseError.sqlite(
        result, detail: String(cString: sqlite3_errstr(result)), path: partial)
    }
  }

  /// A copy of a damaged database is worth nothing, and now is the time to learn it.
  private func check(_ partial: String) throws {
    let copy = try Connection(path: partial, role: .maintenance, configuration: DatabaseConfiguration())
    defer { copy.close() }
    cancellation.begin(copy.interruptHandle)
    defer { cancellation.end() }
    if cancellation.isCancelled { throw CancellationError() }
    let problem = try copy.text(of: "PRAGMA quick_check")
    guard problem == "ok" else {
      throw DatabaseError(
        .corrupt,
        "\(source.path) is damaged, so it was not copied (\(problem ?? "no answer")). Restore the last backup."
      )
    }
  }

  private func synchronize(_ path: String) throws {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot be written to the disk") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("cannot be written to the disk") }
  }

  private func removeIfPresent(_ path: String) throws {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("cannot be removed") }
  }

  private func failure(_ what: String) -> DatabaseError {
    let reason = unsafe String(cString: strerror(errno))
    return DatabaseError(
      .backup, "The copy \(destination) \(what) (\(reason)). Check its folder and the room on the disk.")
  }
}
