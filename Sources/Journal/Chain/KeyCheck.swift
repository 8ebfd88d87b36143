internal import Crypto
internal import Exchanges
internal import SQLDatabase

/// Whether the keys of contents still open under the master keys. Digests and links say nothing of that: a wrapped key is no part of what they commit to,
/// since a rotation of the master keys changes it.
enum KeyCheck {
  private static let portion = 5_000

  static func run(_ database: Database, with keys: KeyRing, _ result: inout JournalVerification) async throws
  {
    result.keysTried = 0
    var position = Int64.min
    while result.finding == nil {
      let from = position
      let (tried, last, finding) = try await database.read { try check(after: from, keys, $0) }
      result.keysTried = (result.keysTried ?? 0) + tried
      result.finding = finding
      guard let last else { return }
      position = last
    }
  }

  /// Tries some thousand keys. The last one's row is nil when these were the last.
  private static func check(
    after position: Int64, _ keys: KeyRing, _ reader: Reader
  ) throws -> (tried: Int64, last: Int64?, JournalFinding?) {
    let rows = try reader.query(
      """
      SELECT \(Journal.bindingColumns.split(separator: ", ").map { "exchange.\($0)" }.joined(separator: ", ")),
        exchange_key.id, wrapped
      FROM exchange_key JOIN exchange ON exchange.id = exchange_key.id / 4
      WHERE exchange_key.id > ?1 ORDER BY exchange_key.id LIMIT ?2
      """, .int(position), .int(portion)
    ) { row in
      (
        binding: try Journal.binding(row, id: ExchangeID(row.int(6) / 4)), row: row.int(6),
        wrapped: row.blob(7)
      )
    }
    var tried: Int64 = 0
    for entry in rows {
      guard let part = ExchangePart(rawValue: Int(entry.row % 4)) else { continue }
      do throws(CryptoError) {
        _ = try SealedBodyKey(unwrapping: entry.wrapped, context: entry.binding.context(part), with: keys)
      } catch {
        let finding = JournalFinding(
          kind: .unopenableKey, entry: nil, exchange: entry.row / 4,
          message: "the \(part.word) cannot be opened any more: \(error.message)")
        return (tried, nil, finding)
      }
      tried += 1
    }
    return (tried, rows.count < portion ? nil : rows.last?.row, nil)
  }
}
