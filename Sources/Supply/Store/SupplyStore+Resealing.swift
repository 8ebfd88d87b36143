import Crypto
import Registry
import SQLDatabase

extension SupplyStore {
  /// One portion of bringing what is sealed under the current column key after a rotation: looks at up to `limit`
  /// applications behind `position`, with their verdicts.
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

  /// One portion of counting what an older column key seals, of up to `limit` applications behind `position`.
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
    var isErased = false
  }

  private static func sealed(
    after position: Int64, _ limit: Int, _ reader: Reader
  ) throws -> (values: [Sealed], next: Int64?) {
    let rows = try reader.query(
      """
      SELECT id, number, form, erased IS NOT NULL, asker FROM supply_application WHERE id > ?1 ORDER BY id LIMIT ?2
      """, .int(position), .int(limit)
    ) { row in
      (
        form: Sealed(
          table: "supply_application", column: "form", row: row.int(0), context: formContext(row.text(1)),
          sealed: row.blob(2), isErased: row.flag(3)),
        asker: row.blobOrNull(4).map {
          Sealed(
            table: "supply_application", column: "asker", row: row.int(0), context: askerContext(row.text(1)),
            sealed: $0)
        }
      )
    }
    let applications = rows.map(\.form)
    var values = applications.filter { !$0.isErased } + rows.compactMap(\.asker)
    for application in applications where !application.isErased {
      let steps = try reader.query(
        """
        SELECT s.id, a.number, s.form, s.asker FROM supply_step s
        JOIN supply_application a ON a.id = s.application WHERE s.application = ?1 ORDER BY s.id
        """, .int(application.row)
      ) { row in
        [
          Sealed(
            table: "supply_step", column: "form", row: row.int(0), context: formContext(row.text(1)),
            sealed: row.blob(2)),
          row.blobOrNull(3).map {
            Sealed(
              table: "supply_step", column: "asker", row: row.int(0), context: askerContext(row.text(1)),
              sealed: $0)
          },
        ].compactMap(\.self)
      }
      values += steps.flatMap(\.self)
      values += try reader.query(
        "SELECT id, version, sealed FROM supply_verdict WHERE application = ?1 ORDER BY id",
        .int(application.row)
      ) { row in
        Sealed(
          table: "supply_verdict", column: "sealed", row: row.int(0),
          context: verdictContext(application.row, Int(row.int(1))), sealed: row.blob(2))
      }
    }
    return (values, applications.count < limit ? nil : applications.last?.row)
  }
}
