public import SQLDatabase

/// Who is told of changes, where, and how far they are. Address and secret are sealed: an address may hold a token.
public enum SubscriptionSchema {
  public static let component = SchemaComponent(
    name: "subscriptions",
    migrations: [
      Migration(
        version: 1, name: "subscriptions",
        statements: [
          // AUTOINCREMENT: a number that was deleted must not meet work that still names it.
          """
          CREATE TABLE subscription (
            id INTEGER PRIMARY KEY AUTOINCREMENT, consumer TEXT NOT NULL, kinds TEXT NOT NULL,
            state TEXT NOT NULL, created INTEGER NOT NULL, delivered INTEGER NOT NULL, delivered_at INTEGER,
            failures INTEGER NOT NULL, failing_since INTEGER, refusals INTEGER NOT NULL,
            skipped INTEGER NOT NULL, problem_code TEXT, problem_class TEXT, problem_message TEXT,
            sealed BLOB NOT NULL)
          """
        ]),
      Migration(
        version: 2, name: "resting",
        statements: [
          // Whether everything of interest was told: then nothing before the next change of interest is missed, however much is pruned.
          "ALTER TABLE subscription ADD COLUMN resting INTEGER NOT NULL DEFAULT 0"
        ]),
    ])
}
