import Crypto
import Registry
import SQLDatabase

extension Authorisations {
  /// One portion of bringing what is sealed under the current column key after a rotation: looks at up to `limit`
  /// authorisations behind `position`.
  ///
  /// Returns the position to go on from, nil at the end, and how many values were sealed anew.
  public func resealOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, resealed: Int)
  {
    let sealer = keys.sealer
    return try await database.write { transaction in
      let (values, next) = try Self.sealed(after: position, limit, transaction)
      var resealed = 0
      for value in values where try sealer.isOutdated(value.sealed) {
        let opened = try sealer.open(value.sealed, context: value.context)
        try transaction.execute(
          "UPDATE authorisation SET \(value.column) = ?2 WHERE id = ?1", .int(value.row),
          .blob(sealer.seal(opened, context: value.context)))
        resealed += 1
      }
      return (next, resealed)
    }
  }

  /// One portion of counting what an older column key seals, of up to `limit` authorisations behind `position`.
  public func countOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, outdated: Int) {
    let sealer = keys.sealer
    return try await database.read { reader in
      let (values, next) = try Self.sealed(after: position, limit, reader)
      return (next, try values.count { try sealer.isOutdated($0.sealed) })
    }
  }

  private struct Sealed {
    let column: String
    let row: Int64
    let context: String
    let sealed: [UInt8]
  }

  private static func sealed(
    after position: Int64, _ limit: Int, _ reader: Reader
  ) throws -> (values: [Sealed], next: Int64?) {
    let rows = try reader.query(
      "SELECT id, sealed, revocation FROM authorisation WHERE id > ?1 ORDER BY id LIMIT ?2", .int(position),
      .int(limit)
    ) { ($0.int(0), $0.blobOrNull(1), $0.blobOrNull(2)) }
    let values = rows.flatMap { id, words, revocation in
      [
        words.map { Sealed(column: "sealed", row: id, context: wordsContext(id), sealed: $0) },
        revocation.map {
          Sealed(column: "revocation", row: id, context: revocationContext(id), sealed: $0)
        },
      ].compactMap(\.self)
    }
    return (values, rows.count < limit ? nil : rows.last?.0)
  }
}
