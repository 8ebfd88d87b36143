import Crypto
import Registry
import SQLDatabase

extension Materials {
  /// One portion of bringing what is sealed under the current column key after a rotation: looks at up to `limit` materials
  /// behind `position`, with their files.
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
          "UPDATE \(value.table) SET \(value.column) = ?2 WHERE id = ?1", .int(value.row),
          .blob(sealer.seal(opened, context: value.context)))
        resealed += 1
      }
      return (next, resealed)
    }
  }

  /// One portion of counting what an older column key seals, of up to `limit` materials behind `position`.
  public func countOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, outdated: Int) {
    let sealer = keys.sealer
    return try await database.read { reader in
      let (values, next) = try Self.sealed(after: position, limit, reader)
      return (next, try values.count { try sealer.isOutdated($0.sealed) })
    }
  }

  private struct Sealed {
    let table: String
    let column: String
    let row: Int64
    let context: String
    let sealed: [UInt8]
  }

  private static func sealed(
    after position: Int64, _ limit: Int, _ reader: Reader
  ) throws -> (values: [Sealed], next: Int64?) {
    let rows = try reader.query(
      "SELECT id, file, sealed, withdrawal FROM material WHERE id > ?1 ORDER BY id LIMIT ?2", .int(position),
      .int(limit)
    ) { ($0.int(0), $0.intOrNull(1), $0.blobOrNull(2), $0.blobOrNull(3)) }
    var values: [Sealed] = []
    var files: Set<Int64> = []
    for (id, file, details, withdrawal) in rows {
      if let details {
        values.append(
          Sealed(
            table: "material", column: "sealed", row: id, context: detailsContext(id), sealed: details))
      }
      if let withdrawal {
        values.append(
          Sealed(
            table: "material", column: "withdrawal", row: id, context: withdrawalContext(id),
            sealed: withdrawal))
      }
      // A file of several materials comes once in a portion, and is found to be done in the next one.
      guard let file, files.insert(file).inserted else { continue }
      values += try reader.query("SELECT content, sealed FROM material_file WHERE id = ?1", .int(file)) {
        Sealed(
          table: "material_file", column: "sealed", row: file, context: fileContext($0.blob(0)),
          sealed: $0.blob(1))
      }
    }
    return (values, rows.count < limit ? nil : rows.last?.0)
  }
}
