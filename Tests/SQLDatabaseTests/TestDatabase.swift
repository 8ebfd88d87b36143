import SQLDatabase
import TestSupport

extension TemporaryFolder {
  /// A database with a table `entry (id INTEGER PRIMARY KEY, word TEXT UNIQUE, body BLOB)`.
  func database(_ name: String = "test.db", _ change: (inout DatabaseConfiguration) -> Void = { _ in })
    async throws
    -> Database
  {
    var configuration = DatabaseConfiguration()
    configuration.busyTimeoutMilliseconds = 50
    configuration.pageSize = 4096
    change(&configuration)
    let database = try Database(path: file(name), configuration: configuration)
    _ = try await database.write {
      try $0.execute("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, word TEXT UNIQUE, body BLOB)")
    }
    return database
  }
}

extension Database {
  func count() async throws -> Int64 {
    try await read { try $0.int("SELECT count(*) FROM entry") }
  }

  func insert(_ word: String, _ body: [UInt8]? = nil) async throws {
    _ = try await write {
      try $0.execute("INSERT INTO entry (word, body) VALUES (?1, ?2)", .text(word), .blobOrNull(body))
    }
  }
}

/// The code of the database error that `body` throws.
func code(_ body: () async throws -> Void) async throws -> DatabaseError.Code? {
  do {
    try await body()
    return nil
  } catch let error as DatabaseError {
    return error.code
  }
}
