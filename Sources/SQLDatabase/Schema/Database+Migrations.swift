internal import Glibc

extension Database {
  /// Brings the tables of the given parts to their newest version and returns the steps that were taken.
  ///
  /// Each step is a transaction of its own: after a failure the earlier ones stay, and the next start goes on.
  /// Refuses a database that a newer program has written, and one whose steps were edited afterwards.
  @discardableResult
  public func migrate(_ components: [SchemaComponent]) async throws -> [SchemaVersion] {
    _ = try await write { transaction in
      try transaction.execute(
        """
        CREATE TABLE IF NOT EXISTS schema_version (
          component TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
          applied INTEGER NOT NULL, PRIMARY KEY (component, version))
        """)
    }
    var taken: [SchemaVersion] = []
    let path = path
    // All parts are examined before the first step is taken.
    let applied = try await read { reader in
      var applied: [String: Int] = [:]
      for component in components {
        applied[component.name] = try Self.appliedVersion(of: component, reader, path: path)
      }
      return applied
    }
    for component in components {
      for migration in component.migrations.dropFirst(applied[component.name] ?? 0) {
        let isNew = try await write { try Self.apply(migration, of: component, $0) }
        if isNew {
          taken.append(
            SchemaVersion(component: component.name, version: migration.version, name: migration.name))
        }
      }
    }
    return taken
  }

  @discardableResult
  public func migrate(_ components: SchemaComponent...) async throws -> [SchemaVersion] {
    try await migrate(components)
  }

  /// All steps taken so far, of all parts, in their order.
  public func schemaVersions() async throws -> [SchemaVersion] {
    try await read { reader in
      let hasTable = try reader.int("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'") > 0
      guard hasTable else { return [] }
      return try reader.query(
        "SELECT component, version, name FROM schema_version ORDER BY component, version"
      ) { SchemaVersion(component: $0.text(0), version: Int($0.int(1)), name: $0.text(2)) }
    }
  }

  private static func appliedVersion(
    of component: SchemaComponent, _ reader: Reader, path: String
  ) throws -> Int {
    let rows = try reader.query(
      "SELECT version, checksum, name FROM schema_version WHERE component = ?1 ORDER BY version",
      .text(component.name)
    ) { (version: Int($0.int(0)), checksum: $0.text(1), name: $0.text(2)) }
    let newest = component.migrations.count
    if let last = rows.last, last.version > newest {
      throw DatabaseError(
        .newerSchema,
        "\(path) was written by a newer program: its \(component.name) tables have version \(last.version), "
          + "this program knows \(newest). Install the newer program or restore an older backup.")
    }
    for (row, migration) in zip(rows, component.migrations) where row.checksum != migration.checksum {
      throw DatabaseError(
        .changedMigration,
        "Step \(row.version) (\(row.name)) of the \(component.name) tables of \(path) was taken in another "
          + "form than this program has. Install the program that wrote it.")
    }
    return rows.count
  }

  /// Takes one step, unless another process has just done so.
  private static func apply(
    _ migration: Migration, of component: SchemaComponent, _ transaction: Transaction
  ) throws -> Bool {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    let isNew =
      try transaction.execute(
        """
        INSERT INTO schema_version (component, version, name, checksum, applied) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (component, version) DO NOTHING
        """,
        .text(component.name), .int(migration.version), .text(migration.name), .text(migration.checksum),
        .int(now.tv_sec * 1000 + now.tv_nsec / 1_000_000)) == 1
    if isNew {
      for statement in migration.statements { try transaction.execute(statement) }
    }
    return isNew
  }
}
