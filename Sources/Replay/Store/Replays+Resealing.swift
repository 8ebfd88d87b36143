import Crypto
import Registry
import SQLDatabase

extension Replays {
  /// One portion of bringing the sealed names and reasons under the current column key after a rotation: looks at up to `limit` entries of histories behind
  /// `position`.
  ///
  /// Returns the position to go on from, nil at the end, and how many were sealed anew.
  public func resealOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, resealed: Int)
  {
    let sealer = keys.sealer
    return try await database.write { transaction in
      let rows = try Self.sealed(after: position, limit, transaction)
      var resealed = 0
      for row in rows where try sealer.isOutdated(row.sealed) {
        let context = Self.context(row.replay)
        let plain = try sealer.open(row.sealed, context: context)
        try transaction.execute(
          "UPDATE replay_event SET who = ?2 WHERE id = ?1", .int(row.id),
          .blob(sealer.seal(plain, context: context)))
        resealed += 1
      }
      return (rows.count < limit ? nil : rows.last?.id, resealed)
    }
  }

  /// One portion of counting what an older column key seals.
  ///
  /// Returns the position to go on from, nil at the end.
  public func countOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, outdated: Int) {
    let sealer = keys.sealer
    return try await database.read { reader in
      let rows = try Self.sealed(after: position, limit, reader)
      return (rows.count < limit ? nil : rows.last?.id, try rows.count { try sealer.isOutdated($0.sealed) })
    }
  }

  private static func sealed(
    after position: Int64, _ limit: Int, _ reader: Reader
  ) throws -> [(id: Int64, replay: ReplayID, sealed: [UInt8])] {
    try reader.query(
      "SELECT id, replay, who FROM replay_event WHERE id > ?1 AND who IS NOT NULL ORDER BY id LIMIT ?2",
      .int(position), .int(limit)
    ) { ($0.int(0), ReplayID($0.int(1)), $0.blob(2)) }
  }
}
