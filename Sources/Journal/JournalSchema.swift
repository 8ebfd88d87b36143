public import SQLDatabase

/// The journal's tables. `exchange` has small rows for lists and filters; ciphertexts and their keys are apart, so
/// that erasing touches a few bytes only.
///
/// Nothing in `exchange` tells about a person: the address is an outline, headers, bodies and texts are sealed.
/// `sealed_digest` columns are SM3 of the ciphertext, `content_digest` columns SM3 of the salted content; the chain of
/// `journal_entry` commits to both and survives an erasure. What comes later than the rest is recorded, the answer to a
/// push, outcome and problem, are links of their own.
public enum JournalSchema {
  public static let component = SchemaComponent(
    name: "journal",
    migrations: [
      Migration(
        version: 1, name: "exchanges",
        statements: [
          """
          CREATE TABLE exchange (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            token BLOB NOT NULL,
            platform TEXT NOT NULL, operation TEXT NOT NULL, direction TEXT NOT NULL,
            method TEXT NOT NULL, address TEXT NOT NULL,
            status INTEGER,
            created INTEGER NOT NULL, sent INTEGER, received INTEGER, recorded INTEGER NOT NULL,
            attempt INTEGER NOT NULL, parent INTEGER, request_id TEXT NOT NULL,
            outcome TEXT NOT NULL, problem_code TEXT, problem_class TEXT,
            request_type TEXT, request_size INTEGER NOT NULL,
            response_type TEXT, response_size INTEGER NOT NULL,
            request_sealed_digest BLOB NOT NULL, request_content_digest BLOB NOT NULL,
            response_sealed_digest BLOB, response_content_digest BLOB,
            erased INTEGER)
          """,
          // Row: exchange id × 4 + part.
          "CREATE TABLE exchange_content (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL)",
          "CREATE TABLE exchange_key (id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL)",
          "CREATE INDEX exchange_by_recorded ON exchange (recorded, id)",
          "CREATE INDEX exchange_by_platform ON exchange (platform, id)",
          "CREATE INDEX exchange_by_operation ON exchange (platform, operation, id)",
          "CREATE INDEX exchange_by_request ON exchange (request_id, id) WHERE request_id <> ''",
          "CREATE INDEX exchange_by_parent ON exchange (parent, id) WHERE parent IS NOT NULL",
          // Trouble is rare, so these stay small; they serve the question asked most often.
          """
          CREATE INDEX exchange_by_outcome ON exchange (outcome, id) WHERE outcome <> 'succeeded'
          """,
          """
          CREATE INDEX exchange_by_platform_outcome ON exchange (platform, outcome, id)
          WHERE outcome <> 'succeeded'
          """,
          """
          CREATE INDEX exchange_by_operation_outcome ON exchange (platform, operation, outcome, id)
          WHERE outcome <> 'succeeded'
          """,
          """
          CREATE INDEX exchange_by_class ON exchange (problem_class, id) WHERE problem_class IS NOT NULL
          """,
          """
          CREATE INDEX exchange_by_platform_class ON exchange (platform, problem_class, id)
          WHERE problem_class IS NOT NULL
          """,
          """
          CREATE INDEX exchange_by_operation_class ON exchange (platform, operation, problem_class, id)
          WHERE problem_class IS NOT NULL
          """,
        ]),
      Migration(
        version: 2, name: "chain",
        statements: [
          // One row for everything that happened to an exchange; `content` where no other row holds what the link commits to.
          """
          CREATE TABLE journal_entry (
            number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, exchange INTEGER NOT NULL,
            moment INTEGER NOT NULL, content BLOB, link BLOB NOT NULL)
          """,
          "CREATE INDEX journal_entry_by_exchange ON journal_entry (exchange, number)",
          // The link of the entry `number`, signed.
          """
          CREATE TABLE journal_checkpoint (
            number INTEGER PRIMARY KEY, made INTEGER NOT NULL, link BLOB NOT NULL, public_key BLOB NOT NULL,
            signature BLOB NOT NULL)
          """,
          """
          CREATE TABLE journal_signing_key (
            id INTEGER PRIMARY KEY, public_key BLOB NOT NULL, sealed BLOB NOT NULL, wrapped BLOB NOT NULL,
            created INTEGER NOT NULL)
          """,
        ]),
      Migration(
        version: 3, name: "answers",
        statements: [
          // When the answer was added to an exchange that had been recorded before it left; null where both were recorded at once.
          "ALTER TABLE exchange ADD COLUMN answered INTEGER"
        ]),
      Migration(
        version: 4, name: "trouble by class and outcome",
        statements: [
          """
          CREATE INDEX exchange_by_class_outcome ON exchange (problem_class, outcome, id)
          WHERE problem_class IS NOT NULL
          """,
          """
          CREATE INDEX exchange_by_platform_class_outcome ON exchange (platform, problem_class, outcome, id)
          WHERE problem_class IS NOT NULL
          """,
          """
          CREATE INDEX exchange_by_operation_class_outcome
          ON exchange (platform, operation, problem_class, outcome, id) WHERE problem_class IS NOT NULL
          """,
        ]),
      Migration(
        version: 5, name: "clocks set back",
        // The first exchange behind a clock that stood ahead: moments of recording go up from one of these to the next.
        statements: ["CREATE TABLE exchange_step (id INTEGER PRIMARY KEY)"]),
      Migration(
        version: 6, name: "restored copies and decisions",
        statements: [
          // Few, and counted again and again.
          "CREATE INDEX journal_entry_resumed ON journal_entry (number) WHERE kind = 7",
          "CREATE INDEX journal_entry_decided ON journal_entry (content) WHERE kind = 6",
        ]),
      Migration(
        version: 7, name: "how the clock has gone",
        statements: [
          // The moment recorded before the step: the exchange that has it may be pruned before those behind the step.
          "ALTER TABLE exchange_step ADD COLUMN reached INTEGER",
          """
          UPDATE exchange_step SET reached = (
            SELECT recorded FROM exchange AS before WHERE before.id < exchange_step.id ORDER BY before.id DESC LIMIT 1)
          """,
          // One row: what the clock showed when it was last looked at, and what of it is believed. All in milliseconds.
          """
          CREATE TABLE clock_standing (
            id INTEGER PRIMARY KEY, moment INTEGER NOT NULL, uptime INTEGER NOT NULL, reached INTEGER NOT NULL,
            doubt INTEGER, behind_began INTEGER, behind_ended INTEGER, behind_shift INTEGER)
          """,
          // What it showed in a span is really later, by `shift`.
          """
          CREATE TABLE clock_behind (
            id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER NOT NULL, shift INTEGER NOT NULL)
          """,
        ]),
      Migration(
        version: 8, name: "whose clock it was, and decisions in their order",
        statements: [
          // The start of the machine whose running time stands beside it; null: another one.
          "ALTER TABLE clock_standing ADD COLUMN boot TEXT",
          "CREATE INDEX journal_entry_decided_in_order ON journal_entry (number) WHERE kind = 6",
        ]),
    ])
}
