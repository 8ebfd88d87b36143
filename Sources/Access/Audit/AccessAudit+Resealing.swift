import Crypto
import Registry
import SQLDatabase

extension AccessAudit {
  /// One portion of bringing the sealed names and reasons under the current column key after a rotation: looks at up to `limit` rows behind `position`.
  /// The chain is over what they say and stays whole.
  ///
  /// Returns the position to go on from, nil at the end, and how many were sealed anew.
  public func resealOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, resealed: Int)
  {
    let sealer = keys.sealer
    return try await database.write { transaction in
      let rows = try transaction.query(
        "SELECT id, operator, time, consumer, request_id, reason FROM access WHERE id > ?1 ORDER BY id LIMIT ?2",
        .int(position), .int(limit)
      ) { row in
        (
          id: row.int(0), sealed: row.blob(1), reason: row.blobOrNull(5),
          context: PreparedAccess.context(time: row.int(2), consumer: row.text(3), requestID: row.text(4))
        )
      }
      var resealed = 0
      for row in rows
      where try sealer.isOutdated(row.sealed) || (try row.reason.map(sealer.isOutdated) ?? false) {
        func anew(_ sealed: [UInt8], _ context: String) throws -> [UInt8] {
          sealer.seal(try sealer.open(sealed, context: context), context: context)
        }
        _ = try transaction.execute(
          "UPDATE access SET operator = ?2, reason = ?3 WHERE id = ?1", .int(row.id),
          .blob(try anew(row.sealed, row.context)),
          .blobOrNull(try row.reason.map { try anew($0, row.context + "/reason") }))
        resealed += 1
      }
      return (rows.count < limit ? nil : rows.last?.id, resealed)
    }
  }
}
