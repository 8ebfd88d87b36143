import Crypto
import Registry
import SQLDatabase

extension Pushes {
  /// One portion of bringing what is sealed under the current column key after a rotation: looks at up to `limit` pushes behind `position`, with their content
  /// and their history.
  ///
  /// Returns the position to go on from, nil at the end, and how many values were sealed anew.
  public func resealOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, resealed: Int)
  {
    let sealer = keys.sealer
    return try await database.write { transaction in
      let pushes = try transaction.query(
        "SELECT id, key, receipt FROM push WHERE id > ?1 ORDER BY id LIMIT ?2", .int(position), .int(limit)
      ) { (id: $0.int(0), key: $0.text(1), receipt: $0.blobOrNull(2)) }
      var resealed = 0
      func anew(_ sealed: [UInt8], context: String, _ keep: ([UInt8]) throws -> Void) throws {
        guard try sealer.isOutdated(sealed) else { return }
        try keep(sealer.seal(try sealer.open(sealed, context: context), context: context))
        resealed += 1
      }
      for push in pushes {
        if let receipt = push.receipt {
          try anew(receipt, context: Self.receiptContext(push.key)) {
            try transaction.execute("UPDATE push SET receipt = ?2 WHERE id = ?1", .int(push.id), .blob($0))
          }
        }
        for part in try self.sealedParts(of: PushID(push.id), transaction) {
          try anew(part.sealed, context: Self.context(push.key, part: part.number)) {
            try transaction.execute(
              "UPDATE push_content SET sealed = ?3 WHERE push = ?1 AND part = ?2", .int(push.id),
              .int(part.number), .blob($0))
          }
        }
        let signatures = try transaction.query(
          "SELECT id, signature FROM push_event WHERE push = ?1 AND signature IS NOT NULL", .int(push.id)
        ) { (id: $0.int(0), sealed: $0.blob(1)) }
        for signature in signatures {
          try anew(signature.sealed, context: Self.signOffContext(push.key)) {
            try transaction.execute(
              "UPDATE push_event SET signature = ?2 WHERE id = ?1", .int(signature.id), .blob($0))
          }
        }
      }
      return (pushes.count < limit ? nil : pushes.last?.id, resealed)
    }
  }

  /// One portion of counting what an older column key seals, of up to `limit` pushes behind `position`.
  ///
  /// Returns the position to go on from, nil at the end.
  public func countOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, outdated: Int) {
    let sealer = keys.sealer
    return try await database.read { reader in
      let ids = try reader.query(
        "SELECT id FROM push WHERE id > ?1 ORDER BY id LIMIT ?2", .int(position), .int(limit)
      ) { $0.int(0) }
      var outdated = 0
      for id in ids {
        let sealed = try reader.query(
          """
          SELECT receipt FROM push WHERE id = ?1 AND receipt IS NOT NULL
          UNION ALL SELECT sealed FROM push_content WHERE push = ?1
          UNION ALL SELECT signature FROM push_event WHERE push = ?1 AND signature IS NOT NULL
          """, .int(id)
        ) { try sealer.isOutdated($0.blob(0)) }
        outdated += sealed.count { $0 }
      }
      return (ids.count < limit ? nil : ids.last, outdated)
    }
  }
}
