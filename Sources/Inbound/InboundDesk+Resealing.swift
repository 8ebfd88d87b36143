public import Crypto
public import SQLDatabase

extension InboundDesk {
  /// Brings answers under the current key after a rotation, a portion at a time.
  public static func resealOutdated(
    _ database: Database, _ sealer: Sealer, after position: Int64, limit: Int
  ) async throws -> (next: Int64?, resealed: Int) {
    try await database.write { transaction in
      let rows = try transaction.query(
        "SELECT id, answer FROM inbound_call WHERE id > ?1 AND answer IS NOT NULL ORDER BY id LIMIT ?2",
        .int(position), .int(Int64(limit))
      ) { (id: $0.int(0), sealed: $0.blob(1)) }
      var resealed = 0
      for row in rows where try sealer.isOutdated(row.sealed) {
        let plain = try sealer.open(row.sealed, context: context(row.id))
        try transaction.execute(
          "UPDATE inbound_call SET answer = ?2 WHERE id = ?1", .int(row.id),
          .blob(sealer.seal(plain, context: context(row.id))))
        resealed += 1
      }
      return (rows.count < limit ? nil : rows.last?.id, resealed)
    }
  }
}
