public import SQLDatabase

/// Projects that are known by their codes before anybody applied.
///
/// A project code is a number of a project and nobody's, so it lies open; whose the project is, its name and its place are
/// sealed. `content` and `alike` are keyed digests.
public enum ReserveSchema {
  public static let component = SchemaComponent(
    name: "reserve",
    migrations: [
      Migration(
        version: 1, name: "projects",
        statements: [
          """
          CREATE TABLE reserve_project (
            id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, parent TEXT, region TEXT NOT NULL,
            stage TEXT NOT NULL, capacity TEXT, permits INTEGER NOT NULL, alike BLOB, content BLOB NOT NULL,
            sealed BLOB, application INTEGER, created INTEGER NOT NULL, changed INTEGER NOT NULL, erased INTEGER)
          """,
          "CREATE UNIQUE INDEX reserve_project_by_code ON reserve_project (code)",
          "CREATE INDEX reserve_project_by_parent ON reserve_project (parent) WHERE parent IS NOT NULL",
          "CREATE INDEX reserve_project_by_alike ON reserve_project (alike) WHERE alike IS NOT NULL",
          // `place` in the change feed up to which certificates were looked at, and `walked`: up to which certificate the registry is gone
          // through where the feed did not tell of all; null when that is done.
          """
          CREATE TABLE reserve_watch (
            id INTEGER PRIMARY KEY CHECK (id = 1), place INTEGER NOT NULL, walked INTEGER)
          """,
        ]),
      Migration(
        version: 2, name: "approvals under way and projects that are one",
        statements: [
          "ALTER TABLE reserve_project ADD COLUMN under_way INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE reserve_project ADD COLUMN joined INTEGER",
          "CREATE INDEX reserve_project_by_joined ON reserve_project (joined) WHERE joined IS NOT NULL",
        ]),
      Migration(
        version: 3, name: "projects by what they became",
        statements: [
          // Not unique: an earlier version made one application of two.
          """
          CREATE INDEX reserve_project_by_application ON reserve_project (application)
          WHERE application IS NOT NULL
          """
        ]),
    ])
}
