public import SQLDatabase

/// What was handed in, how it stands, and everything that happened to it.
///
/// What tells about people is sealed: records, messages, attachments, receipts, names and reasons of those who decide. `business` and `content`
/// are keyed digests.
public enum PushSchema {
  private static let isNamed =
    """
    NOT (length(sequence) = 64 AND trim(sequence, '0123456789abcdef') = '')
    AND substr(sequence, 1, 7) <> 'permit-' AND substr(sequence, 1, 13) <> 'disagreement-'
    """

  public static let component = SchemaComponent(
    name: "pushing",
    migrations: [
      Migration(
        version: 1, name: "pushes",
        statements: [
          """
          CREATE TABLE push (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            platform TEXT NOT NULL, operation TEXT NOT NULL, item TEXT NOT NULL, key TEXT NOT NULL,
            sequence TEXT NOT NULL, business BLOB NOT NULL, content BLOB NOT NULL,
            state TEXT NOT NULL, idempotency TEXT NOT NULL,
            attempts INTEGER NOT NULL, probes INTEGER NOT NULL, exchange INTEGER, doubtful INTEGER NOT NULL,
            duplicate_of INTEGER, follows INTEGER, was_known INTEGER NOT NULL,
            problem_code TEXT, problem_class TEXT, work INTEGER, request_id TEXT NOT NULL,
            created INTEGER NOT NULL, changed INTEGER NOT NULL,
            receipt BLOB)
          """,
          "CREATE UNIQUE INDEX push_by_key ON push (key)",
          // The same content is handed in once; a repetition is kept beside it, and so is a deliberate new try.
          """
          CREATE UNIQUE INDEX push_by_content ON push (platform, operation, business, content)
          WHERE duplicate_of IS NULL AND follows IS NULL
          """,
          "CREATE UNIQUE INDEX push_by_follows ON push (follows) WHERE follows IS NOT NULL",
          "CREATE INDEX push_by_operation ON push (platform, operation, id)",
          "CREATE INDEX push_by_sequence ON push (sequence, id)",
          // What waits or needs somebody is little beside what is done.
          """
          CREATE INDEX push_by_state ON push (state, id) WHERE state NOT IN ('accepted', 'cancelled')
          """,
          "CREATE INDEX push_by_exchange ON push (exchange) WHERE exchange IS NOT NULL",
          // 0: the record; 1: the message; 2 …: the attachments in their order.
          """
          CREATE TABLE push_content (
            push INTEGER NOT NULL, part INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (push, part))
          """,
          """
          CREATE TABLE push_event (
            id INTEGER PRIMARY KEY, push INTEGER NOT NULL, moment INTEGER NOT NULL, event TEXT NOT NULL,
            state TEXT NOT NULL, exchange INTEGER, signature BLOB)
          """,
          "CREATE INDEX push_event_by_push ON push_event (push, id)",
        ]),
      Migration(
        version: 2, name: "what a push is about",
        statements: [
          "ALTER TABLE push ADD COLUMN about INTEGER",
          "CREATE INDEX push_by_work ON push (work) WHERE work IS NOT NULL",
          "CREATE INDEX push_by_what ON push (platform, operation, business, content, id)",
        ]),
      Migration(
        version: 3, name: "erasing",
        statements: [
          // When what was handed in was destroyed; null while it is there.
          "ALTER TABLE push ADD COLUMN erased INTEGER",
          "CREATE INDEX push_by_age ON push (changed, id) WHERE erased IS NULL AND duplicate_of IS NULL",
          "CREATE INDEX push_event_by_exchange ON push_event (exchange) WHERE exchange IS NOT NULL",
        ]),
      Migration(
        version: 4, name: "when a push is due and how long it has been lost",
        statements: [
          "ALTER TABLE push ADD COLUMN due INTEGER",
          // By a clock that nobody sets: milliseconds since the machine was started.
          "ALTER TABLE push ADD COLUMN lost INTEGER",
        ]),
      Migration(
        version: 5, name: "what is withdrawn",
        statements: [
          "ALTER TABLE push ADD COLUMN withdraws INTEGER NOT NULL DEFAULT 0",
          // The receipt is with the first of the same content.
          """
          UPDATE push SET about = (SELECT coalesce(other.duplicate_of, other.id) FROM push other WHERE other.id = push.about)
          WHERE about IS NOT NULL
          """,
          // Two that are about different pushes are not the same.
          "DROP INDEX push_by_content",
          """
          CREATE UNIQUE INDEX push_by_content ON push (platform, operation, business, content, coalesce(about, 0))
          WHERE duplicate_of IS NULL AND follows IS NULL
          """,
          "CREATE INDEX push_by_about ON push (about) WHERE about IS NOT NULL",
        ]),
      Migration(
        version: 6, name: "what a push was before it was doubted",
        statements: [
          // Its state, exchange and trouble; null where it waits to be sent.
          "ALTER TABLE push ADD COLUMN returns_to TEXT",
          "ALTER TABLE push ADD COLUMN former_exchange INTEGER",
          "ALTER TABLE push ADD COLUMN former_problem_code TEXT",
          "ALTER TABLE push ADD COLUMN former_problem_class TEXT",
        ]),
      Migration(
        version: 7, name: "pushes by receipt",
        statements: [
          // Keyed digests of the platforms' numbers, for calls that name them. Several pushes may have one.
          "CREATE TABLE push_receipt (push INTEGER PRIMARY KEY, platform TEXT NOT NULL, receipt BLOB NOT NULL)",
          "CREATE INDEX push_receipt_by_number ON push_receipt (platform, receipt, push)",
        ]),
      Migration(
        version: 8, name: "cases in a space of their own",
        statements: [
          // The names that people had given: neither keyed digests nor what the gateway gives. First of the work, which is found by them.
          """
          UPDATE work_item SET sequence = 'case/' || sequence
          WHERE kind = 'push' AND sequence IN (SELECT sequence FROM push) AND \(isNamed)
          """,
          "UPDATE push SET sequence = 'case/' || sequence WHERE \(isNamed)",
        ]),
      Migration(
        version: 9, name: "what may have been repeated",
        // Of a restored copy: handed in again after the copy was made, perhaps.
        statements: ["ALTER TABLE push ADD COLUMN maybe_repeated INTEGER NOT NULL DEFAULT 0"]),
      Migration(
        version: 10, name: "repetitions of what has an occasion",
        // For which application, whatever the occasion; null: `business` tells.
        statements: ["ALTER TABLE push ADD COLUMN application BLOB"]),
      Migration(
        version: 11, name: "occasions",
        statements: [
          // What tells it apart from the same to the letter; null: there is one only, or it was handed in by an older program.
          "ALTER TABLE push ADD COLUMN occasion TEXT",
          "CREATE INDEX push_by_application ON push (application, content, id) WHERE application IS NOT NULL",
        ]),
      Migration(
        version: 12, name: "what was tried in vain",
        statements: [
          "ALTER TABLE push ADD COLUMN in_vain INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE push ADD COLUMN passed_over INTEGER NOT NULL DEFAULT 0",
          // The last entry of all histories when it last came to nothing.
          "ALTER TABLE push ADD COLUMN vain_entry INTEGER",
        ]),
      Migration(
        version: 13, name: "what was known when it was handed in",
        // The last entry of all histories at that moment; null: an older program took it in.
        statements: ["ALTER TABLE push ADD COLUMN known_entry INTEGER"]),
      Migration(
        version: 14, name: "why it happened",
        statements: [
          "ALTER TABLE push_event ADD COLUMN problem_code TEXT",
          "ALTER TABLE push_event ADD COLUMN problem_class TEXT",
          // Of what stands still the push itself says why, until it is tried again.
          """
          UPDATE push_event SET (problem_code, problem_class) =
            (SELECT push.problem_code, push.problem_class FROM push WHERE push.id = push_event.push)
          WHERE id IN (
            SELECT (SELECT max(last.id) FROM push_event last WHERE last.push = push.id)
            FROM push WHERE push.state = 'parked' AND push.state NOT IN ('accepted', 'cancelled'))
          """,
        ]),
      Migration(
        version: 15, name: "in whose place a push is",
        statements: [
          // That of an earlier attempt, at whatever platform; null: there is none, or an older program took it in.
          "ALTER TABLE push ADD COLUMN instead INTEGER",
          "CREATE INDEX push_by_instead ON push (instead) WHERE instead IS NOT NULL",
        ]),
    ])
}
