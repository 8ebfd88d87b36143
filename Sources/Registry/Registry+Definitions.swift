public import CivilTime
import Crypto
public import SQLDatabase

extension Registry {
  /// Keeps a mapping or adapter as it is now, once for each content, and gives its number.
  public func define(
    _ kind: Definition.Kind, name: String, version: Int, content: [UInt8], at time: Timestamp
  ) async throws -> DefinitionID {
    try await database.write { transaction in
      try self.define(kind, name: name, version: version, content: content, in: transaction, at: time)
    }
  }

  /// The same in the transaction of whatever is derived by it.
  public func define(
    _ kind: Definition.Kind, name: String, version: Int, content: [UInt8], in transaction: Transaction,
    at time: Timestamp
  ) throws -> DefinitionID {
    let digest = Digest.sm3.hash(content)
    let find = "SELECT id FROM definition WHERE kind = ?1 AND name = ?2 AND digest = ?3"
    if let known = try transaction.first(
      find, .text(kind.rawValue), .text(name), .blob(digest), row: { $0.int(0) })
    {
      return DefinitionID(rawValue: known)
    }
    let id = try transaction.first(
      """
      INSERT INTO definition (kind, name, version, digest, content, first_used)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id
      """, .text(kind.rawValue), .text(name), .int(version), .blob(digest), .blob(content),
      .int(time.milliseconds)
    ) { $0.int(0) }
    guard let id else { preconditionFailure("an insert that returns its id") }
    return DefinitionID(rawValue: id)
  }

  /// All versions of a mapping or adapter that were ever used, by their numbers.
  public func definitions(_ kind: Definition.Kind, name: String) async throws -> [DefinitionID] {
    try await database.read { reader in
      try reader.query(
        "SELECT id FROM definition WHERE kind = ?1 AND name = ?2 ORDER BY id", .text(kind.rawValue),
        .text(name)
      ) { DefinitionID(rawValue: $0.int(0)) }
    }
  }

  public func definition(_ id: DefinitionID) async throws -> Definition {
    let found = try await database.read { reader in
      try reader.first(
        "SELECT kind, name, version, digest, content, first_used FROM definition WHERE id = ?1",
        .int(id.rawValue)
      ) { row in
        Definition.Kind(rawValue: row.text(0)).map { kind in
          Definition(
            id: id, kind: kind, name: row.text(1), version: Int(row.int(2)), digest: row.blob(3),
            content: row.blob(4), firstUsed: Timestamp(milliseconds: row.int(5)))
        }
      }
    }
    guard let definition = found.flatMap({ $0 }) else {
      throw RegistryError(.notFound, "there is no definition \(id.rawValue)")
    }
    return definition
  }
}
