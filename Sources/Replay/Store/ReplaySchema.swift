public import SQLDatabase

/// Replays, what each of them repeats, and who did what about them and why (sealed).
public enum ReplaySchema {
  public static let component = SchemaComponent(
    name: "replay",
    migrations: [
      Migration(
        version: 1, name: "replays",
        statements: [
          """
          CREATE TABLE replay (
            id INTEGER PRIMARY KEY AUTOINCREMENT, depth TEXT NOT NULL, query TEXT NOT NULL, terms TEXT NOT NULL,
            state TEXT NOT NULL, needs_approval INTEGER NOT NULL, approved INTEGER NOT NULL,
            canary_passed INTEGER NOT NULL, work INTEGER, created INTEGER NOT NULL, changed INTEGER NOT NULL)
          """,
          """
          CREATE TABLE replay_item (
            replay INTEGER NOT NULL, number INTEGER NOT NULL, original INTEGER NOT NULL, window_to INTEGER,
            state TEXT NOT NULL, repetition INTEGER, problem_code TEXT, problem_class TEXT,
            new INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL, finished INTEGER,
            PRIMARY KEY (replay, number))
          """,
          "CREATE INDEX replay_item_by_state ON replay_item (replay, state, number)",
          // What is being replayed must not be pruned meanwhile.
          """
          CREATE INDEX replay_item_open ON replay_item (original) WHERE state IN ('pending', 'waiting')
          """,
          """
          CREATE TABLE replay_event (
            id INTEGER PRIMARY KEY, replay INTEGER NOT NULL, moment INTEGER NOT NULL, event TEXT NOT NULL,
            state TEXT NOT NULL, who BLOB)
          """,
          "CREATE INDEX replay_event_by_replay ON replay_event (replay, id)",
        ]),
      Migration(
        version: 2, name: "basis",
        statements: [
          // What the plan was looked at with, as JSON. A plan of before has nothing, and is planned anew.
          "ALTER TABLE replay ADD COLUMN basis TEXT NOT NULL DEFAULT '{}'"
        ]),
      Migration(
        version: 3, name: "starts",
        statements: [
          // How often it was started, and under which start an item was decided: clocks can be set back.
          "ALTER TABLE replay ADD COLUMN starts INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE replay_item ADD COLUMN start_number INTEGER NOT NULL DEFAULT 0",
          """
          UPDATE replay SET starts = (
            SELECT count(*) FROM replay_event AS e WHERE e.replay = replay.id AND e.event = 'started')
          """,
          """
          UPDATE replay_item SET start_number = (SELECT starts FROM replay AS r WHERE r.id = replay_item.replay)
          WHERE finished >= (
            SELECT max(moment) FROM replay_event AS e
            WHERE e.replay = replay_item.replay AND e.event = 'started')
          """,
        ]),
      Migration(
        version: 4, name: "counts",
        statements: [
          // Of its items and of the records that came out, moved with each item: a replay may have a million.
          "ALTER TABLE replay ADD COLUMN pending INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE replay ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE replay ADD COLUMN succeeded INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE replay ADD COLUMN failed INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE replay ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE replay ADD COLUMN records_new INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE replay ADD COLUMN records_changed INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE replay ADD COLUMN records_unchanged INTEGER NOT NULL DEFAULT 0",
          """
          UPDATE replay SET
            pending = (
              SELECT count(*) FROM replay_item AS i WHERE i.replay = replay.id AND i.state = 'pending'),
            waiting = (
              SELECT count(*) FROM replay_item AS i WHERE i.replay = replay.id AND i.state = 'waiting'),
            succeeded = (
              SELECT count(*) FROM replay_item AS i WHERE i.replay = replay.id AND i.state = 'succeeded'),
            failed = (
              SELECT count(*) FROM replay_item AS i WHERE i.replay = replay.id AND i.state = 'failed'),
            doubtful = (
              SELECT count(*) FROM replay_item AS i WHERE i.replay = replay.id AND i.state = 'unknown'),
            records_new = (
              SELECT coalesce(sum(i.new), 0) FROM replay_item AS i WHERE i.replay = replay.id),
            records_changed = (
              SELECT coalesce(sum(i.changed), 0) FROM replay_item AS i WHERE i.replay = replay.id),
            records_unchanged = (
              SELECT coalesce(sum(i.unchanged), 0) FROM replay_item AS i WHERE i.replay = replay.id)
          """,
        ]),
      Migration(
        version: 5, name: "parts",
        statements: [
          // How many of an item's records are stored while the rest is still to come.
          "ALTER TABLE replay_item ADD COLUMN stored INTEGER NOT NULL DEFAULT 0"
        ]),
      Migration(
        version: 6, name: "pruned items",
        statements: [
          // When its items went, and the digest of the report that told of each of them.
          "ALTER TABLE replay ADD COLUMN pruned INTEGER",
          "ALTER TABLE replay ADD COLUMN report_sm3 BLOB",
        ]),
    ])
}
