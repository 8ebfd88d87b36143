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
      (binding: try binding(row), row: row.int(6), wrapped: row.blob(7))
    }
    var tried: Int64 = 0
    for entry in rows {
      guard let part = ExchangePart(rawValue: Int(entry.row % 4)) else { continue }
      if let problem = problem(with: entry.wrapped, of: part, entry.binding, keys) {
        let exchange = entry.row / 4
        let finding = JournalFinding(
          kind: .unopenableKey, entry: try Journal.lastEntry(of: exchange, reader), exchange: exchange,
          message: "the \(part.word) cannot be opened any more: \(problem)")
        return (tried, nil, finding)
      }
      tried += 1
    }
    return (tried, rows.count < portion ? nil : rows.last?.row, nil)
  }

  /// nil for a row of before the chain, which nothing has proven, that no longer says what the keys are bound to.
  private static func binding(_ row: borrowing Row) throws -> PartBinding? {
    do {
      return try Journal.binding(row, id: ExchangeID(row.int(6) / 4))
    } catch let error as JournalError where error.code == .damaged {
      return nil
    }
  }

  private static func problem(
    with key: [UInt8], of part: ExchangePart, _ binding: PartBinding?, _ keys: KeyRing
  ) -> String? {
    guard let binding else { return "its row was altered" }
    do throws(CryptoError) {
      _ = try SealedBodyKey(unwrapping: key, context: binding.context(part), with: keys)
      return nil
    } catch {
      return error.message
    }
  }
}
