import Crypto
import Registry
import SQLDatabase

extension Permits {
  /// One portion of bringing what is sealed under the current column key after a rotation: looks at up to `limit` cases
  /// behind `position`, with their files and the words of their entries.
  ///
  /// Returns the position to go on from, nil at the end, and how many values were sealed anew.
  public func resealOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, resealed: Int)
  {
    let sealer = keys.sealer
    return try await database.write { transaction in
      let cases = try Self.cases(after: position, limit, transaction)
      var resealed = 0
      for (id, number) in cases {
        for value in try Self.sealed(id, number, transaction) where try sealer.isOutdated(value.sealed) {
          let opened = try sealer.open(value.sealed, context: value.context)
          try transaction.execute(
            "UPDATE \(value.table) SET \(value.column) = ?2 WHERE id = ?1", .int(value.row),
            .blob(sealer.seal(opened, context: value.context)))
          resealed += 1
        }
      }
      return (cases.count < limit ? nil : cases.last?.id, resealed)
    }
  }

  /// One portion of counting what an older column key seals, of up to `limit` cases behind `position`.
  ///
  /// Returns the position to go on from, nil at the end.
  public func countOutdated(after position: Int64, limit: Int) async throws -> (next: Int64?, outdated: Int) {
    let sealer = keys.sealer
    return try await database.read { reader in
      let cases = try Self.cases(after: position, limit, reader)
      var outdated = 0
      for (id, number) in cases {
        outdated += try Self.sealed(id, number, reader).count { try sealer.isOutdated($0.sealed) }
      }
      return (cases.count < limit ? nil : cases.last?.id, outdated)
    }
  }

  private struct Sealed {
    let table: String
    let column: String
    let row: Int64
    let context: String
    let sealed: [UInt8]
  }

  private static func cases(
    after position: Int64, _ limit: Int, _ reader: Reader
  ) throws -> [(id: Int64, number: String)] {
    try reader.query(
      "SELECT id, number FROM permit_case WHERE id > ?1 ORDER BY id LIMIT ?2", .int(position), .int(limit)
    ) { ($0.int(0), $0.text(1)) }
  }

  private static func sealed(_ id: Int64, _ number: String, _ reader: Reader) throws -> [Sealed] {
    var values = try reader.query(
      "SELECT application FROM permit_case WHERE id = ?1 AND erased IS NULL", .int(id)
    ) { row in
      Sealed(
        table: "permit_case", column: "application", row: id, context: context(number, "application"),
        sealed: row.blob(0))
    }
    values += try reader.query(
      "SELECT id, code, sm3, sealed FROM permit_material WHERE permit_case = ?1 ORDER BY id", .int(id)
    ) { row in
      Sealed(
        table: "permit_material", column: "sealed", row: row.int(0),
        context: materialContext(number, row.text(1), row.text(2)), sealed: row.blob(3))
    }
    values += try reader.query(
      "SELECT id, remarks FROM permit_item WHERE permit_case = ?1 AND remarks IS NOT NULL ORDER BY id",
      .int(id)
    ) { row in
      Sealed(
        table: "permit_item", column: "remarks", row: row.int(0), context: remarksContext(row.int(0)),
        sealed: row.blob(1))
    }
    values += try reader.query(
      """
      SELECT event.id, event.note FROM permit_event AS event JOIN permit_item AS item ON item.id = event.item
      WHERE item.permit_case = ?1 AND event.note IS NOT NULL ORDER BY event.id
      """, .int(id)
    ) { row in
      Sealed(
        table: "permit_event", column: "note", row: row.int(0), context: wordsContext(row.int(0)),
        sealed: row.blob(1))
    }
    values += try reader.query(
      "SELECT id, note FROM permit_step WHERE permit_case = ?1 AND note IS NOT NULL ORDER BY id", .int(id)
    ) { row in
      Sealed(
        table: "permit_step", column: "note", row: row.int(0), context: stepContext(row.int(0)),
        sealed: row.blob(1))
    }
    return values
  }
}
