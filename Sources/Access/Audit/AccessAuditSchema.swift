public import SQLDatabase

/// The tables of the access audit. Who looked is sealed, and what was looked for stands as keyed digests; certificates by their opaque ids.
public enum AccessAuditSchema {
  public static let component = SchemaComponent(
    name: "access",
    migrations: [
      Migration(
        version: 1, name: "access audit",
        statements: [
          """
          CREATE TABLE access (
            id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, consumer TEXT NOT NULL,
            operator BLOB NOT NULL, operator_token BLOB NOT NULL, purpose TEXT NOT NULL, item TEXT,
            action TEXT NOT NULL, outcome TEXT NOT NULL, code TEXT, hits INTEGER NOT NULL,
            certificates TEXT NOT NULL, keys BLOB NOT NULL, revealed TEXT NOT NULL, request_id TEXT NOT NULL, chain BLOB NOT NULL)
          """,
          // The row itself says everything; what follows only finds it, and is checked against it.
          "CREATE INDEX access_by_time ON access (time, id)",
          "CREATE INDEX access_by_consumer ON access (consumer, id)",
          "CREATE INDEX access_by_operator ON access (operator_token, id)",
          """
          CREATE TABLE access_certificate (
            certificate TEXT NOT NULL, access INTEGER NOT NULL, PRIMARY KEY (certificate, access)) WITHOUT ROWID
          """,
          // What was looked for: finds those who asked for somebody's number, also where nothing was found.
          """
          CREATE TABLE access_key (
            token BLOB NOT NULL, access INTEGER NOT NULL, PRIMARY KEY (token, access)) WITHOUT ROWID
          """,
        ]),
      Migration(
        version: 2, name: "reasons",
        // Sealed; null where somebody only looked.
        statements: ["ALTER TABLE access ADD COLUMN reason BLOB"]),
    ])
}
