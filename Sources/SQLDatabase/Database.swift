import Synchronization

/// A database file: one thread writes, a few read, and no call of the engine runs on Swift's own threads.
///
/// - Writing: bodies queue for the one writer. Those that wait at the same time share a commit; `write` returns
///   when the rows are safe on the disk.
/// - Reading: each body sees one consistent state and never waits for the writer.
///
/// **What statements may say**, so that PostgreSQL can stand in for SQLite: placeholders `?1`, `?2` …; the types
/// `INTEGER`, `REAL`, `TEXT`, `BLOB`; `INSERT … ON CONFLICT (…) DO UPDATE`, `RETURNING`, common table
/// expressions, partial indexes. Not `INSERT OR REPLACE`, `rowid`, `GLOB`, `json_…` functions, `max` or `min` of two
/// values (`CASE WHEN` instead) or a column's type changing by row. Table definitions may differ by engine.
public final class Database: Sendable {
  /// How the system calls the threads of every database, at most 15 bytes: they may hold what others wait for.
  public static let threadName = "database"

  public let path: String

  private let writerQueue = JobQueue<Writer.Job>()
  private let readerQueue = JobQueue<ReadJob>()
  private let maintenanceQueue = JobQueue<MaintenanceJob>()
  private let clients: Latch
  private let maintenance = Latch(count: 1)

  /// Opens the file, creating it (readable by its owner only) when there is none. Repairs what an interrupted
  /// process left behind. Reads and writes files; call it at the start of a program, or use `open`.
  ///
  /// Throws `DatabaseError` with the remedy: not a database, no permission, a read-only disk, a lock.
  public init(path: String, configuration: DatabaseConfiguration = DatabaseConfiguration()) throws {
    precondition(
      configuration.readers > 0 && configuration.checkpointPages > 0 && configuration.groupLimit > 0)
    self.path = path
    clients = Latch(count: 1 + configuration.readers)
    try DatabaseFile.prepare(path)
    SQLiteLibrary.configure()

    // The writer comes first: it sets the file's mode, which the others find.
    let requests = maintenanceQueue
    let log = LogWatch(limit: configuration.checkpointPages) { _ = requests.add(.copyLog) }
    let writer = Writer(
      connection: try Connection(path: path, role: .writer, configuration: configuration),
      configuration: configuration, log: log)
    // From here on an error must end the threads that run already.
    do {
      try WorkerThread.start { [writerQueue, clients] in
        writer.run(writerQueue)
        clients.countDown()
      }
      for _ in 1...configuration.readers {
        let worker = ReaderWorker(
          connection: try Connection(path: path, role: .reader, configuration: configuration))
        try WorkerThread.start { [readerQueue, clients] in
          worker.run(readerQueue)
          clients.countDown()
        }
      }
      let worker = MaintenanceWorker(
        connection: try Connection(path: path, role: .maintenance, configuration: configuration), log: log)
      try WorkerThread.start { [maintenanceQueue, maintenance] in
        worker.run(maintenanceQueue)
        maintenance.countDown()
      }
    } catch {
      writerQueue.close()
      readerQueue.close()
      maintenanceQueue.close()
      throw error
    }
  }

  deinit {
    // The threads finish what is queued and end.
    writerQueue.close()
    readerQueue.close()
    maintenanceQueue.close()
  }

  /// Opens the file on a thread of its own, for callers that must not block.
  public static func open(
    path: String, configuration: DatabaseConfiguration = DatabaseConfiguration()
  ) async throws -> Database {
    try await withCheckedThrowingContinuation { continuation in
      do {
        try WorkerThread.start {
          continuation.resume(with: Result { try Database(path: path, configuration: configuration) })
        }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// Runs `body` in a transaction on the writer thread and returns its value once the commit is durable.
  ///
  /// When the body throws, its own rows are undone and its error comes back; bodies that shared the
  /// transaction are not affected. When the commit fails (a full disk), all that shared it get that error and
  /// nothing of theirs is kept. The body runs at most once. A task that is cancelled while its body still
  /// waits gets `CancellationError` at once; a body that has begun is carried through.
  public func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
        cancellation.whileQueued { continuation.resume(throwing: CancellationError()) }
        enqueue(body, continuation, cancellation)
      }
    } onCancel: {
      cancellation.cancel()
    }
  }

  /// As ``write(_:)``, for what has to be kept also when its task has been cancelled: that something happened outside which nothing undoes.
  ///
  /// - Parameter isPatient: for work in the background, so that it is in nobody's way. Runs when no other write waits, and returns when it
  ///   is committed: it survives the end of the process, and a loss of power as soon as the next write that is not patient has returned.
  public func writeRegardless<T: Sendable>(
    isPatient: Bool = false, _ body: @escaping @Sendable (Transaction) throws -> T
  ) async throws -> T {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
      enqueue(body, continuation, Cancellation(), isPatient: isPatient)
    }
  }

  private func enqueue<T: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> T, _ continuation: CheckedContinuation<T, any Error>,
    _ cancellation: Cancellation, isPatient: Bool = false
  ) {
    let job = Writer.Job(
      perform: { transaction in
        let value = try body(transaction)
        return { failure in
          if let failure {
            continuation.resume(throwing: failure)
          } else {
            continuation.resume(returning: value)
          }
        }
      },
      fail: { continuation.resume(throwing: $0) },
      take: { cancellation.take() })
    if !writerQueue.add(job, isPatient: isPatient), cancellation.take() {
      continuation.resume(throwing: DatabaseError.isClosed(path))
    }
  }

  /// Runs `body` on a reader thread against one consistent state. Cancelling the task stops it.
  public func read<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T) async throws -> T {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
        cancellation.whileQueued { continuation.resume(throwing: CancellationError()) }
        enqueueRead(body, continuation, cancellation)
      }
    } onCancel: {
      cancellation.cancel()
    }
  }

  /// As ``read(_:)``, for what has to be known also when its task has been cancelled, before a ``writeRegardless(_:)``.
  public func readRegardless<T: Sendable>(
    _ body: @escaping @Sendable (Reader) throws -> T
  ) async throws -> T {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
      enqueueRead(body, continuation, Cancellation())
    }
  }

  private func enqueueRead<T: Sendable>(
    _ body: @escaping @Sendable (Reader) throws -> T, _ continuation: CheckedContinuation<T, any Error>,
    _ cancellation: Cancellation
  ) {
    let job = ReadJob(
      cancellation: cancellation,
      perform: { reader in
        let value = try body(reader)
        return { continuation.resume(returning: value) }
      },
      fail: { continuation.resume(throwing: $0) })
    if !readerQueue.add(job), cancellation.take() {
      continuation.resume(throwing: DatabaseError.isClosed(path))
    }
  }

  /// Copies the write-ahead log into the database file and empties it. Writers wait meanwhile.
  @discardableResult
  public func checkpoint() async throws -> CheckpointResult {
    // Refused at once while another connection copies the log.
    try await maintain { connection, _ in
      try Connection.waitingForOthers(5_000) { try connection.checkpoint(.truncate).get() }
    }
  }

  /// Copies the database as it is at this moment to a new file, while reading and writing go on.
  ///
  /// The copy appears under its name only when it is complete, checked and on the disk. An existing file is never
  /// overwritten. Cancelling the task stops it and removes what was written.
  public func backup(to destination: String) async throws {
    try await maintain { connection, cancellation in
      try Backup(source: connection, destination: destination, cancellation: cancellation).run()
    }
  }

  /// Looks for damage: an empty list means that there is none. The quick form leaves out whether indexes agree
  /// with their tables.
  public func integrityProblems(quick: Bool = false) async throws -> [String] {
    try await maintain { connection, cancellation in
      cancellation.begin(connection.interruptHandle)
      let check = try connection.prepare(quick ? "PRAGMA quick_check" : "PRAGMA integrity_check")
      var problems = try check.query([]) { $0.text(0) }.filter { $0 != "ok" }
      problems += try connection.prepare("PRAGMA foreign_key_check").query([]) { row in
        "row \(row.int(1)) of \(row.text(0)) refers to a row of \(row.text(2)) that does not exist"
      }
      return problems
    }
  }

  /// Lets everything that is queued finish and closes the file; the last of all processes empties the write-ahead log. Later calls
  /// throw `closed`.
  public func close() async {
    writerQueue.close()
    readerQueue.close()
    await clients.wait()
    // Last, so that its connection is the one whose closing empties and removes the log.
    maintenanceQueue.close()
    await maintenance.wait()
  }

  func maintain<T: Sendable>(
    _ body: @escaping @Sendable (Connection, Cancellation) throws -> T
  ) async throws -> T {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
        let job = MaintenanceJob.perform { connection in
          defer { cancellation.end() }
          continuation.resume(
            with: Result {
              if cancellation.isCancelled { throw CancellationError() }
              do {
                return try body(connection, cancellation)
              } catch {
                // What an interrupt made fail is not the reason.
                throw cancellation.isCancelled ? CancellationError() : error
              }
            })
        }
        if !maintenanceQueue.add(job) { continuation.resume(throwing: DatabaseError.isClosed(path)) }
      }
    } onCancel: {
      cancellation.cancel()
    }
  }
}

extension DatabaseError {
  static func isClosed(_ path: String) -> DatabaseError {
    DatabaseError(.closed, "\(path) has been closed; nothing was read or written.")
  }
}
