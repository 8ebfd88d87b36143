internal import Crypto
public import Exchanges
internal import SQLDatabase

extension Journal {
  /// One portion of bringing the content keys under the current master key after a rotation: goes through the keys
  /// of the exchanges behind `position` and wraps those of older master keys anew. Contents are not touched.
  ///
  /// Returns the position to go on from, nil at the end, and how many keys were wrapped anew.
  public func rewrapKeys(
    after position: ExchangeID?, limit: Int = 1_000
  ) async throws -> (next: ExchangeID?, rewrapped: Int) {
    let first = ExchangePart.request.row(of: (position?.rawValue ?? 0) + 1)
    return try await database.write { transaction in
      let rows = try transaction.query(
        """
        SELECT \(Self.bindingColumns.split(separator: ", ").map { "exchange.\($0)" }.joined(separator: ", ")),
          exchange_key.id, wrapped
        FROM exchange_key JOIN exchange ON exchange.id = exchange_key.id / 4
        WHERE exchange_key.id >= ?1 ORDER BY exchange_key.id LIMIT ?2
        """, .int(first), .int(limit * ExchangePart.allCases.count)
      ) { row in
        (
          binding: try Self.binding(row, id: ExchangeID(row.int(6) / 4)), row: row.int(6),
          wrapped: row.blob(7)
        )
      }
      var count = 0
      for entry in rows {
        let id = ExchangeID(entry.row / 4)
        guard let part = ExchangePart(rawValue: Int(entry.row % 4)) else {
          throw JournalError(.damaged, "A key belongs to no part.", exchange: id)
        }
        guard try KeyRing.masterKeyID(of: entry.wrapped) != self.keys.currentID else { continue }
        let wrapped = try SealedBodyKey.rewrap(
          entry.wrapped, context: entry.binding.context(part), with: self.keys)
        try transaction.execute(
          "UPDATE exchange_key SET wrapped = ?2 WHERE id = ?1", .int(entry.row), .blob(wrapped))
        count += 1
      }
      guard rows.count == limit * ExchangePart.allCases.count, let last = rows.last else {
        return (nil, count)
      }
      // The last exchange may be cut in the middle: go through it once more.
      return (ExchangeID(last.row / 4 - 1), count)
    }
  }
}
