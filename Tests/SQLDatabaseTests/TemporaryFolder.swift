import Glibc
import SQLDatabase

/// A folder of its own for one test, removed with everything in it at the end.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    let template = Array("/tmp/zhengdian-sql-XXXXXX".utf8CString)
    path = unsafe template.withUnsafeBufferPointer { template in
      let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: template.count)
      defer { unsafe copy.deallocate() }
      _ = unsafe copy.initialize(from: template)
      return unsafe String(cString: mkdtemp(copy.baseAddress!))
    }
  }

  deinit {
    // Flat: the tests make no folders inside it.
    guard let stream = unsafe opendir(path) else { return }
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { unsafe unlink(file(name)) }
    }
    unsafe closedir(stream)
    unsafe rmdir(path)
  }

  func file(_ name: String) -> String { path + "/" + name }

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

  func write(_ bytes: [UInt8], to name: String) {
    let descriptor = unsafe open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
  }

  func read(_ name: String) throws -> [UInt8] {
    let descriptor = unsafe open(file(name), O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Glibc.read(descriptor, &piece, piece.count)
      if count <= 0 { return bytes }
      bytes += piece[..<count]
    }
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
