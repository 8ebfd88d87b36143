public import SQLDatabase

/// The registry's tables. Everything that tells about a person is inside `observation.sealed`; `certificate.identity` and `certificate_key.token` are
/// keyed digests.
public enum RegistrySchema {
  public static let component = SchemaComponent(
    name: "registry",
    migrations: [
      Migration(
        version: 1, name: "certificates and observations",
        statements: [
          "CREATE TABLE data_key (id INTEGER PRIMARY KEY, purpose TEXT NOT NULL, wrapped BLOB NOT NULL, created INTEGER NOT NULL)",
          """
          CREATE TABLE definition (
            id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
            digest BLOB NOT NULL, content BLOB NOT NULL, first_used INTEGER NOT NULL)
          """,
          "CREATE UNIQUE INDEX definition_by_content ON definition (kind, name, digest)",
          """
          CREATE TABLE certificate (
            id INTEGER PRIMARY KEY, public_id TEXT NOT NULL, kind TEXT NOT NULL, identity BLOB NOT NULL,
            observation INTEGER NOT NULL, version INTEGER NOT NULL,
            claim_rank INTEGER NOT NULL, claim_content INTEGER NOT NULL, claim_time INTEGER NOT NULL,
            state TEXT, valid_to INTEGER,
            created INTEGER NOT NULL, changed INTEGER NOT NULL, seen INTEGER NOT NULL)
          """,
          "CREATE UNIQUE INDEX certificate_by_identity ON certificate (identity)",
          "CREATE UNIQUE INDEX certificate_by_public_id ON certificate (public_id)",
          // A key is met by many certificates: a company by all its deeds.
          """
          CREATE TABLE certificate_key (
            token BLOB NOT NULL, certificate INTEGER NOT NULL, PRIMARY KEY (token, certificate)) WITHOUT ROWID
          """,
          """
          CREATE TABLE observation (
            id INTEGER PRIMARY KEY, certificate INTEGER NOT NULL, platform TEXT NOT NULL,
            digest BLOB NOT NULL, claim_time INTEGER NOT NULL,
            exchange INTEGER NOT NULL, locator TEXT NOT NULL, mapping INTEGER NOT NULL, adapter INTEGER NOT NULL,
            received INTEGER NOT NULL, last_seen INTEGER NOT NULL, last_exchange INTEGER NOT NULL,
            version INTEGER, sealed BLOB NOT NULL)
          """,
          "CREATE INDEX observation_by_platform ON observation (certificate, platform, claim_time, id)",
          """
          CREATE TABLE quarantine (
            id INTEGER PRIMARY KEY, platform TEXT NOT NULL, operation TEXT NOT NULL, exchange INTEGER NOT NULL,
            locator TEXT NOT NULL, mapping INTEGER NOT NULL, reasons TEXT NOT NULL, received INTEGER NOT NULL)
          """,
          "CREATE UNIQUE INDEX quarantine_by_row ON quarantine (exchange, locator, mapping)",
          "CREATE INDEX quarantine_by_operation ON quarantine (platform, operation, id)",
        ]),
      Migration(
        version: 2, name: "a quarantined row is known again",
        statements: [
          // A keyed digest of what the row said; without one stand those that were kept before.
          "ALTER TABLE quarantine ADD COLUMN row BLOB",
          "DROP INDEX quarantine_by_row",
          "CREATE UNIQUE INDEX quarantine_by_content ON quarantine (platform, operation, row)",
          "CREATE INDEX quarantine_by_exchange ON quarantine (exchange, id)",
        ]),
      Migration(
        version: 3, name: "what rests on an exchange",
        statements: ["CREATE INDEX observation_by_exchange ON observation (exchange)"]),
      Migration(
        version: 4, name: "disagreements",
        statements: [
          // Never what was said: a keyed digest tells whether it is still the same two words.
          """
          CREATE TABLE disagreement (
            id INTEGER PRIMARY KEY, certificate INTEGER NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL,
            left_platform TEXT NOT NULL, right_platform TEXT NOT NULL,
            left_observation INTEGER NOT NULL, right_observation INTEGER NOT NULL, said BLOB NOT NULL,
            state TEXT NOT NULL, opened INTEGER NOT NULL, updated INTEGER NOT NULL,
            ended INTEGER, ended_by BLOB, reason BLOB)
          """,
          "CREATE UNIQUE INDEX disagreement_by_field ON disagreement (certificate, field, left_platform, right_platform)",
          "CREATE INDEX disagreement_by_state ON disagreement (state, id)",
          // Certificates of which a second platform has said something that was not compared yet.
          "CREATE TABLE disagreement_check (certificate INTEGER PRIMARY KEY, observation INTEGER NOT NULL)",
        ]),
      Migration(
        version: 5, name: "numbers of disagreements",
        statements: [
          // A number is given once, also behind a copy that was restored: others know them.
          """
          CREATE TABLE disagreement_numbered (
            id INTEGER PRIMARY KEY AUTOINCREMENT, certificate INTEGER NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL,
            left_platform TEXT NOT NULL, right_platform TEXT NOT NULL,
            left_observation INTEGER NOT NULL, right_observation INTEGER NOT NULL, said BLOB NOT NULL,
            state TEXT NOT NULL, opened INTEGER NOT NULL, updated INTEGER NOT NULL,
            ended INTEGER, ended_by BLOB, reason BLOB)
          """,
          """
          INSERT INTO disagreement_numbered (id, certificate, kind, field, left_platform, right_platform,
            left_observation, right_observation, said, state, opened, updated, ended, ended_by, reason)
          SELECT id, certificate, kind, field, left_platform, right_platform, left_observation, right_observation,
            said, state, opened, updated, ended, ended_by, reason FROM disagreement
          """,
          "DROP TABLE disagreement",
          "ALTER TABLE disagreement_numbered RENAME TO disagreement",
          "CREATE UNIQUE INDEX disagreement_by_field ON disagreement (certificate, field, left_platform, right_platform)",
          "CREATE INDEX disagreement_by_state ON disagreement (state, id)",
        ]),
      Migration(
        version: 6, name: "since when a disagreement is what it is",
        // When the two came to say what they say, whatever became of it since; null: when it was opened.
        statements: ["ALTER TABLE disagreement ADD COLUMN said_since INTEGER"]),
    ])
}
