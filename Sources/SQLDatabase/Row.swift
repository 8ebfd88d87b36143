internal import CSQLite

/// One row of a result, lent to the closure that reads it; columns are counted from 0.
///
/// A column read as another type than it holds is converted by the engine's rules (NULL becomes 0, "" or
/// no bytes); use the `…OrNull` forms for columns that may be empty.
@safe public struct Row: ~Copyable {
  private let statement: OpaquePointer

  init(statement: OpaquePointer) {
    unsafe self.statement = unsafe statement
  }

  public var columnCount: Int { Int(unsafe sqlite3_column_count(statement)) }

  public func isNull(_ column: Int) -> Bool {
    unsafe sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
  }

  public func int(_ column: Int) -> Int64 {
    unsafe sqlite3_column_int64(statement, Int32(column))
  }

  public func real(_ column: Int) -> Double {
    unsafe sqlite3_column_double(statement, Int32(column))
  }

  public func flag(_ column: Int) -> Bool { int(column) != 0 }

  public func text(_ column: Int) -> String {
    // The order of the two calls matters: column_bytes counts the bytes of the last conversion.
    guard let start = unsafe sqlite3_column_text(statement, Int32(column)) else { return "" }
    let count = Int(unsafe sqlite3_column_bytes(statement, Int32(column)))
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  public func blob(_ column: Int) -> [UInt8] {
    guard let start = unsafe sqlite3_column_blob(statement, Int32(column)) else { return [] }
    let count = Int(unsafe sqlite3_column_bytes(statement, Int32(column)))
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Lends the bytes of a blob or text without copying them; they live only inside `body`.
  public func withBytes<T, E: Error>(_ column: Int, _ body: (RawSpan) throws(E) -> T) throws(E) -> T {
    let start = unsafe sqlite3_column_blob(statement, Int32(column))
    let count = Int(unsafe sqlite3_column_bytes(statement, Int32(column)))
    let buffer = unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    return try body(unsafe buffer.bytes)
  }

  /// Lends the UTF-8 bytes of a text without making a text of them; they live only inside `body`.
  public func withText<T, E: Error>(_ column: Int, _ body: (Span<UInt8>) throws(E) -> T) throws(E) -> T {
    // The order of the two calls matters: column_bytes counts the bytes of the last conversion.
    let start = unsafe sqlite3_column_text(statement, Int32(column))
    let count = Int(unsafe sqlite3_column_bytes(statement, Int32(column)))
    let buffer = unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : count)
    return try body(unsafe buffer.span)
  }

  public func intOrNull(_ column: Int) -> Int64? { isNull(column) ? nil : int(column) }
  public func realOrNull(_ column: Int) -> Double? { isNull(column) ? nil : real(column) }
  public func textOrNull(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
  public func blobOrNull(_ column: Int) -> [UInt8]? { isNull(column) ? nil : blob(column) }

  /// How a column is stored, whatever type was declared for it.
  public enum Storage: Sendable {
    case null
    case integer
    case real
    case text
    case blob
  }

  public func storage(_ column: Int) -> Storage {
    switch unsafe sqlite3_column_type(statement, Int32(column)) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .blob
    default: .null
    }
  }

  /// The column as it is stored.
  public func value(_ column: Int) -> SQLValue {
    switch storage(column) {
    case .integer: .integer(int(column))
    case .real: .real(real(column))
    case .text: .text(text(column))
    case .blob: .blob(blob(column))
    case .null: .null
    }
  }
}
