import Crypto
import SQLDatabase

extension Registry {
  /// One portion of bringing stored records under the current column key after a rotation: looks at up to `limit` observations behind `position`.
  ///
  /// Returns the position to go on from, nil at the end, and how many were sealed anew.
  public func resealOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, resealed: Int)
  {
    let keys = keys
    return try await database.write { transaction in
      let rows = try transaction.query(
        """
        SELECT o.id, o.sealed, o.platform, c.identity FROM observation o JOIN certificate c ON c.id = o.certificate
        WHERE o.id > ?1 ORDER BY o.id LIMIT ?2
        """, .int(position), .int(limit)
      ) { row in (id: row.int(0), sealed: row.blob(1), context: Self.context(row.blob(3), row.text(2))) }
      var resealed = 0
      for row in rows where try keys.sealer.isOutdated(row.sealed) {
        let plain = try keys.sealer.open(row.sealed, context: row.context)
        _ = try transaction.execute(
          "UPDATE observation SET sealed = ?2 WHERE id = ?1", .int(row.id),
          .blob(keys.sealer.seal(plain, context: row.context)))
        resealed += 1
      }
      return (rows.count < limit ? nil : rows.last?.id, resealed)
    }
  }

  /// One portion of counting what an older column key seals: tells whether a rotation was begun and not finished.
  ///
  /// Returns the position to go on from, nil at the end.
  public func countOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, outdated: Int) {
    let sealer = keys.sealer
    return try await database.read { reader in
      let rows = try reader.query(
        "SELECT id, sealed FROM observation WHERE id > ?1 ORDER BY id LIMIT ?2", .int(position), .int(limit)
      ) { row in (id: row.int(0), isOutdated: try sealer.isOutdated(row.blob(1))) }
      return (rows.count < limit ? nil : rows.last?.id, rows.count { $0.isOutdated })
    }
  }
}
