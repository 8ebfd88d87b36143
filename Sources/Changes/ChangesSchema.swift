public import SQLDatabase

/// What happened, in order.
public enum ChangesSchema {
  public static let component = SchemaComponent(
    name: "changes",
    migrations: [
      Migration(
        version: 1, name: "feed",
        statements: [
          // One row. Whoever appends holds it until the commit, so numbers are given in the order of commits.
          "CREATE TABLE change_feed (id INTEGER PRIMARY KEY, last INTEGER NOT NULL, removed INTEGER NOT NULL)",
          "INSERT INTO change_feed (id, last, removed) VALUES (1, 0, 0)",
          """
          CREATE TABLE change (
            sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, moment INTEGER NOT NULL,
            details BLOB NOT NULL)
          """,
        ]),
      // The start of the machine since which the feed has been appended to, as `ChangeFeed.begin` is told.
      Migration(version: 2, name: "boot", statements: ["ALTER TABLE change_feed ADD COLUMN boot TEXT"]),
    ])
}
