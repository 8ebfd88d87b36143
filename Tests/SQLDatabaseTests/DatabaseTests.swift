import Glibc
import SQLDatabase
import TestSupport
import Testing

@Suite struct DatabaseTests {
  private let folder = TemporaryFolder()

  @Test func closesAfterWhatIsQueued() async throws {
    let database = try await folder.database()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 { group.addTask { try await database.insert("\(number)") } }
      try await group.waitForAll()
    }
    await database.close()
    #expect(unsafe access(folder.file("test.db-wal"), F_OK) != 0)
    #expect(try await code { try await database.insert("late") } == .closed)
    #expect(try await code { _ = try await database.count() } == .closed)
    #expect(try await code { try await database.checkpoint() } == .closed)
    let again = try await folder.database()
    #expect(try await again.count() == 50)
    await again.close()
  }

  @Test func skippedNumbersAreNotGiven() async throws {
    let database = try await folder.database()
    let ids = try await database.write { transaction in
      try transaction.execute("CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT)")
      try transaction.execute("CREATE TABLE empty (id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT)")
      func insert(_ table: String) throws -> Int64? {
        try transaction.first("INSERT INTO \(table) (word) VALUES ('x') RETURNING id") { $0.int(0) }
      }
      let first = try insert("numbered")
      // Also where none was given yet, or the last one was removed.
      for table in ["numbered", "empty"] { try transaction.skipNumbers(of: table, 1000) }
      let second = try insert("numbered")
      try transaction.execute("DELETE FROM numbered")
      return [first, second, try insert("numbered"), try insert("empty")]
    }
    #expect(ids == [1, 1002, 1003, 1001])
    await database.close()
  }

  @Test func aSnapshotDoesNotMove() async throws {
    let database = try await folder.database()
    let wasRead = Signal()
    let wasWritten = Signal()
    async let counts = database.read { reader in
      let before = try reader.int("SELECT count(*) FROM entry")
      wasRead.set()
      wasWritten.block()
      return [before, try reader.int("SELECT count(*) FROM entry")]
    }
    await wasRead.wait()
    try await database.insert("new")
    wasWritten.set()
    #expect(try await counts == [0, 0])
    #expect(try await database.count() == 1)
  }

  @Test func cancellingStopsALongRead() async throws {
    let database = try await folder.database { $0.readers = 1 }
    let hasBegun = Signal()
    let endless = """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n
      """
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        _ = try await database.read { reader in
          hasBegun.set()
          return try reader.int(endless)
        }
      }
      await hasBegun.wait()
      group.cancelAll()
      await #expect(throws: CancellationError.self) { try await group.next() }
    }
    // The only reader is free again and not interrupted a second time.
    #expect(try await database.count() == 0)
  }

  @Test func createsAFileOnlyItsOwnerReads() async throws {
    let database = try await folder.database()
    var status = stat()
    #expect(unsafe stat(database.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(unsafe stat(database.path + "-wal", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func refusesWhatIsNoDatabase() async throws {
    folder.write(Array("name;number\n".utf8) + [UInt8](repeating: 65, count: 5_000), to: "notes.csv")
    #expect(try await code { _ = try Database(path: folder.file("notes.csv")) } == .notADatabase)
    #expect(try await code { _ = try Database(path: folder.file("missing/test.db")) } == .cannotOpen)
    #expect(try await code { _ = try Database(path: folder.path) } == .cannotOpen)
    #expect(try await code { _ = try await Database.open(path: folder.path) } == .cannotOpen)
  }

  @Test func findsDamage() async throws {
    let database = try await folder.database()
    for number in 0..<200 { try await database.insert("word \(number)", [UInt8](repeating: 9, count: 900)) }
    #expect(try await database.integrityProblems() == [])
    await database.close()
    // Zeros over a page in the middle.
    let descriptor = unsafe open(database.path, O_WRONLY)
    #expect(unsafe pwrite(descriptor, [UInt8](repeating: 0, count: 4096), 4096, 4096 * 10) == 4096)
    close(descriptor)
    let damaged = try await folder.database()
    let found = try await code {
      let problems = try await damaged.integrityProblems()
      #expect(!problems.isEmpty)
      _ = try await damaged.read {
        try $0.query("SELECT sum(length(body)), word FROM entry GROUP BY word") { _ in }
      }
    }
    #expect(found == .corrupt)
  }

  @Test func backsUpWhileWriting() async throws {
    let database = try await folder.database()
    for number in 0..<100 {
      try await database.insert("word \(number)", [UInt8](repeating: 1, count: 10_000))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await database.backup(to: folder.file("copy.db")) }
      group.addTask {
        for number in 100..<200 { try await database.insert("word \(number)") }
      }
      try await group.waitForAll()
    }
    let copy = try await folder.database("copy.db")
    #expect(try await (100...200).contains(copy.count()))
    #expect(try await copy.integrityProblems() == [])
    #expect(try await code { try await database.backup(to: copy.path) } == .backup)
    #expect(try await code { try await database.backup(to: folder.file("missing/copy.db")) } == .cannotOpen)
    #expect(unsafe access(folder.file("copy.db.partial"), F_OK) != 0)
  }

  @Test func keepsTheLogShort() async throws {
    let database = try await folder.database { $0.checkpointPages = 100 }
    for round in 0..<60 {
      for number in 0..<5 {
        try await database.insert("\(round) \(number)", [UInt8](repeating: 1, count: 40_000))
      }
    }
    // 60 × 5 × 10 pages were written; the log must have started again from the front many times.
    var status = stat()
    #expect(unsafe stat(database.path + "-wal", &status) == 0)
    #expect(status.st_size < 1_000 * 4_096)
    let result = try await database.checkpoint()
    #expect(result.isComplete)
    #expect(try await database.count() == 300)
  }

  @Test func endsItsThreadsWhenForgotten() async throws {
    for _ in 0..<20 {
      // The one before may still be closing.
      let database = try await folder.database { $0.busyTimeoutMilliseconds = 5_000 }
      try await database.insert("\(Int.random(in: 0 ... .max))")
    }
    let database = try await folder.database { $0.busyTimeoutMilliseconds = 5_000 }
    #expect(try await database.count() == 20)
  }
}
