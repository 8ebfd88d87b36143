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
    ])
}
