import CivilTime
import Crypto
public import Exchanges
public import SQLDatabase

extension Registry {
  /// Known again by it is a row of an operation that says the same. Keyed: from the digest nobody learns what
  /// the row said.
  public func rowDigest(_ content: [UInt8], entity: String) -> [UInt8] {
    keys.blindIndex.token("quarantine/row/\(entity)", content)
  }

  /// Keeps rows that gave no record. A row that was kept before and says the same is replaced: each is there
  /// once, as it came last.
  ///
  /// Returns how many rows were given, whether or not they had been there.
  public func quarantine(_ rows: [QuarantineEntry], in transaction: Transaction) throws -> Int {
    guard !rows.isEmpty else { return 0 }
    let remove = try transaction.prepare(Self.removal)
    let insert = try transaction.prepare(
      """
      INSERT INTO quarantine (platform, operation, exchange, locator, mapping, reasons, received, row)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """)
    for entry in rows {
      let digest = SQLValue.blobOrNull(entry.row)
      _ = try remove.execute(.text(entry.platform), .text(entry.operation), digest)
      _ = try insert.execute(
        .text(entry.platform), .text(entry.operation), .int(entry.exchange.rawValue),
        .text(entry.locator.path),
        .int(entry.mapping.rawValue), .text(entry.reasons.joined(separator: "\n")),
        .int(entry.received.milliseconds), digest)
    }
    return rows.count
  }

  /// Takes out rows that have given a record now.
  public func release(
    _ digests: [[UInt8]], platform: String, operation: String, in transaction: Transaction
  ) throws {
    guard !digests.isEmpty else { return }
    let remove = try transaction.prepare(Self.removal)
    for digest in digests { _ = try remove.execute(.text(platform), .text(operation), .blob(digest)) }
  }

  /// Takes out all rows of an exchange, which somebody has seen to. Returns how many.
  public func settleQuarantine(of exchange: ExchangeID) async throws -> Int {
    try await database.write {
      try $0.execute("DELETE FROM quarantine WHERE exchange = ?1", .int(exchange.rawValue))
    }
  }

  /// Whether rows of the operation wait that a later message could release.
  public func hasQuarantined(platform: String, operation: String) async throws -> Bool {
    try await database.read { reader in
      try reader.first(
        "SELECT 1 FROM quarantine WHERE platform = ?1 AND operation = ?2 AND row IS NOT NULL LIMIT 1",
        .text(platform), .text(operation)
      ) { _ in true }
    } ?? false
  }

  /// Rows that gave no record, newest first; what is nil does not restrict.
  public func quarantined(
    platform: String? = nil, operation: String? = nil, exchange: ExchangeID? = nil, limit: Int = 100
  ) async throws -> [QuarantineEntry] {
    var terms = ["1"]
    var values: [SQLValue] = []
    func require(_ column: String, _ value: SQLValue?) {
      guard let value else { return }
      values.append(value)
      terms.append("\(column) = ?\(values.count)")
    }
    require("platform", platform.map { .text($0) })
    require("operation", operation.map { .text($0) })
    require("exchange", exchange.map { .int($0.rawValue) })
    values.append(.int(limit))
    let (sql, bound) = (
      """
      SELECT platform, operation, exchange, locator, mapping, reasons, received, row FROM quarantine
      WHERE \(terms.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?\(values.count)
      """, values
    )
    return try await database.read { reader in
      try reader.query(sql, bound) { row in
        guard let locator = RecordLocator(path: row.text(3)) else {
          throw RegistryError(.unreadable, "a quarantined row has no place in its message")
        }
        return QuarantineEntry(
          platform: row.text(0), operation: row.text(1), exchange: ExchangeID(row.int(2)), locator: locator,
          mapping: DefinitionID(rawValue: row.int(4)),
          reasons: row.text(5).split(separator: "\n").map(String.init),
          received: Timestamp(milliseconds: row.int(6)), row: row.blobOrNull(7))
      }
    }
  }

  private static let removal =
    "DELETE FROM quarantine WHERE platform = ?1 AND operation = ?2 AND row = ?3"
}
