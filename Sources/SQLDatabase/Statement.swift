internal import CSQLite

/// A prepared statement, lent by `Reader.prepare` for loops that run the same text many times.
///
/// It belongs to the connection of the body it was prepared in and must not be used after that body.
/// Placeholders are numbered `?1`, `?2` …; each call binds all of them.
@safe public final class Statement {
  let text: String
  private let handle: OpaquePointer
  private unowned let connection: Connection
  private let parameterCount: Int
  private let isReadOnly: Bool
  /// Whether rows are being read from it just now, so that the cache must hand out another one.
  private(set) var isRunning = false

  init(preparing text: String, on connection: Connection) throws(DatabaseError) {
    let pointer = try unsafe connection.prepareHandle(text)
    self.text = text
    self.connection = connection
    unsafe self.handle = unsafe pointer
    parameterCount = Int(unsafe sqlite3_bind_parameter_count(pointer))
    isReadOnly = unsafe sqlite3_stmt_readonly(pointer) != 0
  }

  deinit {
    unsafe sqlite3_finalize(handle)
  }

  /// Runs the statement to its end and returns how many rows it inserted, updated or deleted.
  @discardableResult
  public func execute(_ values: SQLValue...) throws -> Int {
    try execute(values)
  }

  @discardableResult
  public func execute(_ values: [SQLValue]) throws -> Int {
    try run(values) {
      while try step() {}
      return isReadOnly ? 0 : connection.changes
    }
  }

  /// Runs the statement and turns each row into a value.
  public func query<T>(_ values: SQLValue..., row: (borrowing Row) throws -> T) throws -> [T] {
    try query(values, row: row)
  }

  public func query<T>(_ values: [SQLValue], row: (borrowing Row) throws -> T) throws -> [T] {
    try run(values) {
      var results: [T] = []
      while try step() { results.append(try row(unsafe Row(statement: handle))) }
      return results
    }
  }

  /// Runs the statement and turns its first row, if any, into a value; the others are not computed.
  public func first<T>(_ values: SQLValue..., row: (borrowing Row) throws -> T) throws -> T? {
    try first(values, row: row)
  }

  public func first<T>(_ values: [SQLValue], row: (borrowing Row) throws -> T) throws -> T? {
    try run(values) {
      guard try step() else { return nil }
      return try row(unsafe Row(statement: handle))
    }
  }

  /// Hands each row to `row` until it returns false, without collecting anything.
  public func forEach(_ values: [SQLValue], row: (borrowing Row) throws -> Bool) throws {
    try run(values) {
      while try step() {
        guard try row(unsafe Row(statement: handle)) else { return }
      }
    }
  }

  private func run<T>(_ values: [SQLValue], _ body: () throws -> T) throws -> T {
    try connection.checkUsable()
    precondition(!isRunning, "a statement runs inside itself: prepare it twice")
    guard values.count == parameterCount else {
      throw DatabaseError(
        .statement, "The statement has \(parameterCount) placeholders but \(values.count) values were given.",
        statement: text)
    }
    isRunning = true
    defer {
      // The result of reset repeats the error that step has already reported.
      unsafe sqlite3_reset(handle)
      if parameterCount > 0 { unsafe sqlite3_clear_bindings(handle) }
      isRunning = false
    }
    return try withBound(values, from: 0, body)
  }

  /// Binds values in place: texts and blobs are lent to the engine for as long as `body` runs, so nothing
  /// is copied. That is why it nests by recursion instead of looping.
  private func withBound<T>(_ values: [SQLValue], from start: Int, _ body: () throws -> T) throws -> T {
    var position = start
    while position < values.count {
      let index = Int32(position + 1)
      switch values[position] {
      case .null: try check(unsafe sqlite3_bind_null(handle, index))
      case .integer(let value): try check(unsafe sqlite3_bind_int64(handle, index, value))
      case .real(let value): try check(unsafe sqlite3_bind_double(handle, index, value))
      case .text(var text):
        return try text.withUTF8 { bytes in
          try check(unsafe zd_sqlite_bind_text(handle, index, bytes.baseAddress, bytes.count))
          return try withBound(values, from: position + 1, body)
        }
      case .blob(let bytes):
        return try unsafe bytes.withUnsafeBytes { bytes in
          try check(unsafe zd_sqlite_bind_blob(handle, index, bytes.baseAddress, bytes.count))
          return try withBound(values, from: position + 1, body)
        }
      }
      position += 1
    }
    return try body()
  }

  private func step() throws -> Bool {
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw connection.failure(statement: text)
    }
  }

  private func check(_ result: Int32) throws {
    if result != SQLITE_OK { throw connection.failure(statement: text) }
  }
}
