public import SQLDatabase

/// Incidents, what is usual for each operation, and what is held. No value of a message is in them; places of messages, and who did what to an incident, are sealed.
public enum IncidentSchema {
  public static let component = SchemaComponent(
    name: "incidents",
    migrations: [
      Migration(
        version: 1, name: "incidents",
        statements: [
          """
          CREATE TABLE incident (
            id INTEGER PRIMARY KEY, platform TEXT NOT NULL, operation TEXT NOT NULL,
            entity TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
            state TEXT NOT NULL, held INTEGER NOT NULL, accepted INTEGER NOT NULL,
            count INTEGER NOT NULL, detail TEXT NOT NULL, exchange INTEGER, locator TEXT,
            first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, opened INTEGER NOT NULL,
            acknowledged INTEGER, acknowledged_by BLOB, acknowledged_note BLOB,
            closed INTEGER, closed_by BLOB, closed_note BLOB)
          """,
          "CREATE UNIQUE INDEX incident_by_subject ON incident (platform, operation, entity, kind, subject)",
          "CREATE INDEX incident_by_state ON incident (state, id)",
          // What an operation's messages have looked like, under one mapping.
          """
          CREATE TABLE drift_baseline (
            platform TEXT NOT NULL, operation TEXT NOT NULL, mapping INTEGER NOT NULL, content BLOB NOT NULL,
            PRIMARY KEY (platform, operation))
          """,
          // The operations whose windows are held, and since when what they told is stale.
          """
          CREATE TABLE drift_hold (
            platform TEXT NOT NULL, operation TEXT NOT NULL, mapping TEXT NOT NULL, since INTEGER NOT NULL,
            PRIMARY KEY (platform, operation))
          """,
        ]),
      Migration(
        version: 2, name: "numbers of incidents",
        statements: [
          // A number is given once, also behind a copy that was restored: others know them.
          """
          CREATE TABLE incident_numbered (
            id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, operation TEXT NOT NULL,
            entity TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
            state TEXT NOT NULL, held INTEGER NOT NULL, accepted INTEGER NOT NULL,
            count INTEGER NOT NULL, detail TEXT NOT NULL, exchange INTEGER, locator TEXT,
            first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, opened INTEGER NOT NULL,
            acknowledged INTEGER, acknowledged_by BLOB, acknowledged_note BLOB,
            closed INTEGER, closed_by BLOB, closed_note BLOB)
          """,
          """
          INSERT INTO incident_numbered (id, platform, operation, entity, kind, subject, state, held, accepted, count,
            detail, exchange, locator, first_seen, last_seen, opened, acknowledged, acknowledged_by,
            acknowledged_note, closed, closed_by, closed_note)
          SELECT id, platform, operation, entity, kind, subject, state, held, accepted, count, detail, exchange,
            locator, first_seen, last_seen, opened, acknowledged, acknowledged_by, acknowledged_note, closed,
            closed_by, closed_note FROM incident
          """,
          "DROP TABLE incident",
          "ALTER TABLE incident_numbered RENAME TO incident",
          "CREATE UNIQUE INDEX incident_by_subject ON incident (platform, operation, entity, kind, subject)",
          "CREATE INDEX incident_by_state ON incident (state, id)",
        ]),
      // What is usual is sealed from here on, and learned anew.
      Migration(version: 3, name: "sealed baselines", statements: ["DELETE FROM drift_baseline"]),
      // In `subject` is a token for a place of a message from here on, and nothing in `locator`: see ``IncidentLedger/sealPlaces()``.
      Migration(
        version: 4, name: "sealed places",
        statements: [
          "ALTER TABLE incident ADD COLUMN sealed_place BLOB",
          "ALTER TABLE incident ADD COLUMN sealed_locator BLOB",
        ]),
    ])
}
