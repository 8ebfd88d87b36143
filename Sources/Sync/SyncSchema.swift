public import SQLDatabase

/// How far each operation has been pulled, how its runs went, and how many calls each day has cost.
public enum SyncSchema {
  public static let component = SchemaComponent(
    name: "sync",
    migrations: [
      Migration(
        version: 1, name: "pulls",
        statements: [
          // One row an operation: the watermark, and the window under way with its progress.
          """
          CREATE TABLE pull_state (
            platform TEXT NOT NULL, operation TEXT NOT NULL, watermark INTEGER,
            window_from INTEGER, window_to INTEGER,
            pages INTEGER NOT NULL, rows INTEGER NOT NULL, next TEXT, declared INTEGER, last_digest BLOB,
            last_started INTEGER, PRIMARY KEY (platform, operation))
          """,
          """
          CREATE TABLE sync_run (
            id INTEGER PRIMARY KEY, platform TEXT NOT NULL, operation TEXT NOT NULL,
            started INTEGER NOT NULL, finished INTEGER NOT NULL, problem_code TEXT, problem_class TEXT,
            pages INTEGER NOT NULL, rows INTEGER NOT NULL, new INTEGER NOT NULL, changed INTEGER NOT NULL,
            unchanged INTEGER NOT NULL, outranked INTEGER NOT NULL, quarantined INTEGER NOT NULL,
            skipped INTEGER NOT NULL, bytes INTEGER NOT NULL)
          """,
          "CREATE INDEX sync_run_by_operation ON sync_run (platform, operation, id)",
          """
          CREATE TABLE call_budget (
            platform TEXT NOT NULL, day INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (platform, day))
          """,
        ]),
      Migration(
        version: 2, name: "sealed-cursors",
        statements: [
          // A platform's word for the next page may hold anything, a name too: it is sealed from now on. Pulls under way start over.
          "ALTER TABLE pull_state DROP COLUMN next",
          "ALTER TABLE pull_state ADD COLUMN next BLOB",
          "ALTER TABLE pull_state ADD COLUMN begun INTEGER",
          "UPDATE pull_state SET pages = 0, rows = 0, declared = NULL, last_digest = NULL",
          // An operation's own calls are counted beside the platform's, whose rows have no operation.
          "ALTER TABLE call_budget RENAME TO call_budget_by_platform",
          """
          CREATE TABLE call_budget (
            platform TEXT NOT NULL, operation TEXT NOT NULL, day INTEGER NOT NULL, used INTEGER NOT NULL,
            PRIMARY KEY (platform, operation, day))
          """,
          "INSERT INTO call_budget SELECT platform, '', day, used FROM call_budget_by_platform",
          "DROP TABLE call_budget_by_platform",
        ]),
      Migration(
        version: 3, name: "watermarks reached before",
        statements: [
          """
          CREATE TABLE pull_mark (
            platform TEXT NOT NULL, operation TEXT NOT NULL, number INTEGER NOT NULL, moment INTEGER NOT NULL,
            PRIMARY KEY (platform, operation, number)) WITHOUT ROWID
          """
        ]),
    ])
}
