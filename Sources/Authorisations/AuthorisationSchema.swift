public import SQLDatabase

/// What people agreed to. Who it was, who took it and what proves it is sealed; `holder_code`, `holder_name` and `content`
/// are keyed digests.
public enum AuthorisationSchema {
  public static let component = SchemaComponent(
    name: "authorisations",
    migrations: [
      Migration(
        version: 1, name: "authorisations",
        statements: [
          """
          CREATE TABLE authorisation (
            id INTEGER PRIMARY KEY AUTOINCREMENT, content BLOB NOT NULL, holder_code BLOB, holder_name BLOB,
            means TEXT NOT NULL, kinds TEXT, purposes TEXT NOT NULL, application TEXT, channel TEXT NOT NULL,
            given INTEGER NOT NULL, ends INTEGER, kept INTEGER NOT NULL, revoked INTEGER, erased INTEGER,
            sealed BLOB, revocation BLOB)
          """,
          // The same said once more is the same.
          "CREATE UNIQUE INDEX authorisation_by_content ON authorisation (content)",
          "CREATE INDEX authorisation_by_code ON authorisation (holder_code) WHERE holder_code IS NOT NULL",
          "CREATE INDEX authorisation_by_name ON authorisation (holder_name) WHERE holder_name IS NOT NULL",
        ])
    ])
}
