public import SQLDatabase

/// Which mapping each operation was last run by, and which changed ones were tried.
public enum TrialSchema {
  public static let component = SchemaComponent(
    name: "trials",
    migrations: [
      Migration(
        version: 1, name: "trials",
        statements: [
          """
          CREATE TABLE mapping_used (
            platform TEXT NOT NULL, operation TEXT NOT NULL, digest BLOB NOT NULL, since INTEGER NOT NULL,
            PRIMARY KEY (platform, operation))
          """,
          // `who` is sealed: name and reason.
          """
          CREATE TABLE mapping_trial (
            id INTEGER PRIMARY KEY AUTOINCREMENT, mapping TEXT NOT NULL, old_digest BLOB NOT NULL,
            new_digest BLOB NOT NULL, exchanges INTEGER NOT NULL, erased INTEGER NOT NULL, unread INTEGER NOT NULL,
            rows INTEGER NOT NULL, differing INTEGER NOT NULL, of_all INTEGER NOT NULL, accepted INTEGER NOT NULL,
            who BLOB NOT NULL, moment INTEGER NOT NULL)
          """,
          "CREATE INDEX mapping_trial_by_content ON mapping_trial (new_digest, old_digest, id)",
        ])
    ])
}
