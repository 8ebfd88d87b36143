public import SQLDatabase

/// What is to be done, and who is doing it.
public enum WorkSchema {
  public static let component = SchemaComponent(
    name: "work",
    migrations: [
      Migration(
        version: 1, name: "items",
        statements: [
          // AUTOINCREMENT: a number of a row that was removed must not meet a lease that still names it.
          """
          CREATE TABLE work_item (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, lane TEXT NOT NULL, sequence TEXT,
            business_key BLOB NOT NULL, content_digest BLOB NOT NULL, payload BLOB,
            priority INTEGER NOT NULL, state TEXT NOT NULL, due INTEGER NOT NULL, enqueued INTEGER NOT NULL,
            attempts INTEGER NOT NULL, fence INTEGER NOT NULL, orphaned INTEGER NOT NULL,
            owner TEXT, lease_until INTEGER, lease_length INTEGER, ended INTEGER,
            problem_code TEXT, problem_class TEXT, problem_message TEXT, problem_remedy TEXT)
          """,
          // The same thing is enqueued once. What a person took out does not stand in the way.
          """
          CREATE UNIQUE INDEX work_item_once ON work_item (kind, lane, business_key, content_digest)
          WHERE state <> 'cancelled'
          """,
          // Claiming walks over the lanes of a kind and takes the first rows of each.
          """
          CREATE INDEX work_item_ready ON work_item (kind, lane, priority, due, id) WHERE state = 'ready'
          """,
          "CREATE INDEX work_item_leased ON work_item (kind, lease_until) WHERE state = 'leased'",
          // A sequence has one head, whatever goes wrong.
          """
          CREATE UNIQUE INDEX work_item_head ON work_item (sequence)
          WHERE sequence IS NOT NULL AND state IN ('ready', 'leased', 'parked')
          """,
          "CREATE INDEX work_item_waiting ON work_item (sequence, id) WHERE state = 'waiting'",
          "CREATE INDEX work_item_ended ON work_item (ended, id) WHERE ended IS NOT NULL",
          // For lists and counts.
          "CREATE INDEX work_item_by_state ON work_item (state, kind, lane, id)",
        ]),
      Migration(
        version: 2, name: "clock",
        statements: [
          // When `due` was said: one that was said in the future waits for a clock that has been set back.
          "ALTER TABLE work_item ADD COLUMN said INTEGER NOT NULL DEFAULT 0",
          "CREATE INDEX work_item_said ON work_item (kind, said) WHERE state = 'ready'",
        ]),
      Migration(
        version: 3, name: "vanished",
        statements: [
          // Holders in a row that vanished over it: what ends its process each time must come to an end itself.
          "ALTER TABLE work_item ADD COLUMN vanished INTEGER NOT NULL DEFAULT 0"
        ]),
      Migration(
        version: 4, name: "begun",
        statements: [
          // Whether the holder has begun with it. Of those that hold something now nobody knows: they may have.
          "ALTER TABLE work_item ADD COLUMN begun INTEGER NOT NULL DEFAULT 1"
        ]),
      Migration(
        version: 5, name: "taken",
        statements: [
          // When its holder took it, or, where that came later, began with it: how long it has been tried.
          "ALTER TABLE work_item ADD COLUMN taken INTEGER NOT NULL DEFAULT 0"
        ]),
    ])
}
