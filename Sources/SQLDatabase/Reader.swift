/// Reads a consistent state of the database: all statements of one body see the same moment.
///
/// Lent to the body of `Database.read`, and as `Transaction` to that of `Database.write`. It must not be used
/// after the body has returned. A cancelled task stops the running statement; the body then sees
/// `CancellationError`.
public class Reader {
  let connection: Connection
  private(set) var isValid = true

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// A statement for loops; single calls use `query`, `first` and `forEach`, which cache it too.
  public final func prepare(_ sql: String) throws -> Statement {
    precondition(isValid, "a reader or transaction is used after its body has returned")
    return try connection.prepare(sql)
  }

  /// Turns each row of the result into a value.
  public final func query<T>(
    _ sql: String, _ values: SQLValue..., row: (borrowing Row) throws -> T
  ) throws -> [T] {
    try prepare(sql).query(values, row: row)
  }

  public final func query<T>(
    _ sql: String, _ values: [SQLValue], row: (borrowing Row) throws -> T
  ) throws -> [T] {
    try prepare(sql).query(values, row: row)
  }

  /// Turns the first row into a value; nil when there is none.
  public final func first<T>(
    _ sql: String, _ values: SQLValue..., row: (borrowing Row) throws -> T
  ) throws -> T? {
    try prepare(sql).first(values, row: row)
  }

  public final func first<T>(
    _ sql: String, _ values: [SQLValue], row: (borrowing Row) throws -> T
  ) throws -> T? {
    try prepare(sql).first(values, row: row)
  }

  /// Hands out row by row, for results too large to collect, until `row` returns false.
  public final func forEach(
    _ sql: String, _ values: SQLValue..., row: (borrowing Row) throws -> Bool
  ) throws {
    try prepare(sql).forEach(values, row: row)
  }

  public final func forEach(
    _ sql: String, _ values: [SQLValue], row: (borrowing Row) throws -> Bool
  ) throws {
    try prepare(sql).forEach(values, row: row)
  }

  /// The first column of the first row as an integer: for counts and sums. 0 when there is no row.
  public final func int(_ sql: String, _ values: SQLValue...) throws -> Int64 {
    try prepare(sql).first(values) { $0.int(0) } ?? 0
  }

  /// The engine's plan for a statement, one line a step: for tests that a query uses its index.
  public final func plan(of sql: String, _ values: [SQLValue]) throws -> [String] {
    try prepare("EXPLAIN QUERY PLAN " + sql).query(values) { $0.text(3) }
  }

  final func invalidate() {
    isValid = false
  }
}
