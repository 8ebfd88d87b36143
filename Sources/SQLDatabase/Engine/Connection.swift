internal import CSQLite
internal import Glibc

/// One SQLite connection with its statement cache. It is used by one thread only; the single exception is
/// `InterruptHandle`.
@safe final class Connection {
  enum Role {
    case writer
    case reader
    /// Checkpoints, backups and integrity checks.
    case maintenance
  }

  let path: String
  private let handle: OpaquePointer
  private var cache = StatementCache()
  /// Set when the engine rolled the transaction back by itself: further statements of the same body would
  /// otherwise run outside any transaction, each committing alone.
  private var lost: DatabaseError?
  /// Set by the thread that cancels a read.
  var cancellation: Cancellation?
  private var isInBody = false
  /// Whether a commit returns only when it is on the disk. What is committed without is whole or not there after a loss of power,
  /// and survives the end of the process. Set between transactions.
  var flushesCommits = true {
    didSet {
      guard flushesCommits != oldValue else { return }
      let result = unsafe sqlite3_exec(
        handle, flushesCommits ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", nil, nil, nil)
      precondition(result == SQLITE_OK, "outside of a transaction this is only a number")
    }
  }
  private var isClosed = false
  /// How long the write-ahead log was after the last commit; written by the engine's hook.
  private let logPages: UnsafeMutablePointer<Int32>
  private let lockWait: LockWait

  init(path: String, role: Role, configuration: DatabaseConfiguration) throws {
    self.path = path
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    var opened: OpaquePointer?
    let result = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    guard result == SQLITE_OK, let opened = unsafe opened else {
      let detail = unsafe opened.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "no memory"
      unsafe sqlite3_close_v2(opened)
      throw DatabaseError.sqlite(result, detail: detail, path: path)
    }
    unsafe handle = unsafe opened
    unsafe logPages = .allocate(capacity: 1)
    unsafe logPages.initialize(to: 0)
    lockWait = LockWait(milliseconds: configuration.busyTimeoutMilliseconds)
    unsafe lockWait.serve(handle)
    try configure(role, configuration)
  }

  deinit {
    close()
    unsafe logPages.deallocate()
  }

  /// Closes before the object goes away, for those who must know when the file is free.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    cache.removeAll()
    unsafe sqlite3_wal_hook(handle, nil, nil)
    unsafe sqlite3_busy_handler(handle, nil, nil)
    // A statement that somebody still holds keeps the connection half-open until it is finalised.
    unsafe sqlite3_close_v2(handle)
  }

  /// A way for other threads to stop the statement that is running; valid while the connection lives.
  var interruptHandle: InterruptHandle { unsafe InterruptHandle(handle) }

  var changes: Int { Int(unsafe sqlite3_changes64(handle)) }

  var lastInsertedRowID: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// Whether no transaction is open.
  var isAutocommit: Bool { unsafe sqlite3_get_autocommit(handle) != 0 }

  /// The pointer for the few calls that belong to a file of their own (checkpoint, backup).
  var pointer: OpaquePointer { unsafe handle }

  /// A statement from the cache, or a fresh one when the cached one is just being read from.
  func prepare(_ text: String) throws -> Statement {
    if let cached = cache.statement(for: text), !cached.isRunning { return cached }
    let statement = try Statement(preparing: text, on: self)
    cache.insert(statement)
    return statement
  }

  func prepareHandle(_ text: String) throws(DatabaseError) -> OpaquePointer {
    var text = text
    var result: Int32 = SQLITE_OK
    var prepared: OpaquePointer?
    var hasTail = false
    text.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
        var tail: UnsafePointer<CChar>?
        result = unsafe sqlite3_prepare_v3(
          handle, bytes.baseAddress, Int32(bytes.count), UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &tail)
        if let start = bytes.baseAddress, let tail = unsafe tail {
          let blank: [CChar] = [0x20, 0x0A, 0x0D, 0x09, 0x3B]
          hasTail = unsafe !bytes[(tail - start)...].allSatisfy { blank.contains($0) }
        }
      }
    }
    guard result == SQLITE_OK else { throw failure(statement: text) }
    guard let prepared = unsafe prepared, !hasTail else {
      unsafe sqlite3_finalize(prepared)
      throw DatabaseError(.statement, "Exactly one statement is expected.", statement: text)
    }
    return unsafe prepared
  }

  /// Runs statements that are not worth caching and return nothing.
  func run(_ text: String) throws(DatabaseError) {
    guard unsafe sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK else {
      throw failure(statement: text)
    }
  }

  /// The first column of the first row, as text: for pragmas.
  func text(of statement: String) throws -> String? {
    try Statement(preparing: statement, on: self).first([]) { $0.text(0) }
  }

  /// The failure of the call just made. Also notes when the engine gave up the transaction.
  func failure(statement: String?) -> DatabaseError {
    let error = currentFailure(statement: statement)
    if isInBody, isAutocommit { lost = error }
    return error
  }

  private func currentFailure(statement: String?) -> DatabaseError {
    let result = unsafe sqlite3_extended_errcode(handle)
    return unsafe DatabaseError.sqlite(
      result, detail: String(cString: sqlite3_errmsg(handle)), path: path, statement: statement)
  }

  /// Called before each statement: throws when the transaction is gone or its task was cancelled.
  func checkUsable() throws {
    if let lost { throw lost }
    if let cancellation, cancellation.isCancelled { throw CancellationError() }
  }

  /// Marks that a body runs inside a transaction that is already open.
  func enterBody() {
    lost = nil
    isInBody = true
  }

  /// Ends the body; throws when the transaction it ran in is gone, even if the body took no notice.
  func leaveBody() throws {
    isInBody = false
    defer { lost = nil }
    if let lost { throw lost }
    if isAutocommit {
      throw DatabaseError(
        .transactionLost,
        "The body ended the transaction it was given; nothing can be promised about its rows.")
    }
  }

  /// The length of the write-ahead log after the last commit, in pages; 0 when asked again without one.
  func takeLogPages() -> Int {
    defer { unsafe logPages.pointee = 0 }
    return Int(unsafe logPages.pointee)
  }

  /// Replaces SQLite's own automatic checkpoint, so it must come after the pragma that sets that.
  private func watchLog() {
    unsafe sqlite3_wal_hook(
      handle,
      { context, _, _, pages in
        unsafe context?.assumingMemoryBound(to: Int32.self).pointee = pages
        return SQLITE_OK
      }, logPages)
  }

  /// Changes to the write-ahead log, and gives the mode the file then has.
  ///
  /// The connection that closes a file last takes its log away under a lock for which the engine does not always wait; who opens the file in that moment
  /// tries again.
  private func logMode(waiting milliseconds: Int) throws -> String? {
    try Self.waitingForOthers(milliseconds) { try text(of: "PRAGMA journal_mode = WAL") }
  }

  /// Tries again while the engine says at once that another connection is in the way, where it could have waited.
  static func waitingForOthers<Value>(_ milliseconds: Int, _ body: () throws -> Value) throws -> Value {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    while true {
      do {
        return try body()
      } catch let error as DatabaseError where error.code == .busy && ContinuousClock.now < end {
        var time = timespec(tv_sec: 0, tv_nsec: 10_000_000)
        unsafe nanosleep(&time, nil)
      }
    }
  }

  private func configure(_ role: Role, _ configuration: DatabaseConfiguration) throws {
    // The first statement that really reads the file; it reports a file that is no database.
    if role == .writer {
      try run("PRAGMA page_size = \(configuration.pageSize)")
      // Takes effect when the file is created, before its first page is written; a file that is there keeps what it has.
      if configuration.canShrink {
        try Self.waitingForOthers(configuration.busyTimeoutMilliseconds) {
          try run("PRAGMA auto_vacuum = INCREMENTAL")
        }
      }
      let mode = try logMode(waiting: configuration.busyTimeoutMilliseconds)
      guard mode == "wal" else {
        throw DatabaseError(
          .cannotOpen,
          "\(path) cannot use a write-ahead log (mode \(mode ?? "unknown")). Put it on a local disk, not on a network share."
        )
      }
      try run("PRAGMA journal_size_limit = \(configuration.checkpointPages * configuration.pageSize)")
      if let maximum = configuration.maximumPageCount { try run("PRAGMA max_page_count = \(maximum)") }
    }
    let cacheKiB = role == .writer ? configuration.writerCacheKiB : configuration.readerCacheKiB
    try run(
      """
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA secure_delete = ON;
      PRAGMA trusted_schema = OFF;
      PRAGMA wal_autocheckpoint = 0;
      PRAGMA cache_size = -\(cacheKiB);
      PRAGMA mmap_size = \(configuration.memoryMapBytes);
      """)
    if role == .reader { try run("PRAGMA query_only = ON") }
    if role == .writer { watchLog() }
  }
}
