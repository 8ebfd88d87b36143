public import SQLDatabase

/// Cases, their items attempt by attempt, what happened to them, and the warnings shown.
///
/// What tells about people is sealed: the application that all items are made from, files, and the notes of people.
public enum PermitSchema {
  public static let component = SchemaComponent(
    name: "permits",
    migrations: [
      Migration(
        version: 1, name: "permit cases",
        statements: [
          """
          CREATE TABLE permit_case (
            id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, region TEXT NOT NULL, policy TEXT NOT NULL,
            day TEXT NOT NULL, facts TEXT NOT NULL, content BLOB NOT NULL, application BLOB NOT NULL,
            request_id TEXT NOT NULL, work INTEGER, created INTEGER NOT NULL, changed INTEGER NOT NULL,
            closed INTEGER)
          """,
          "CREATE UNIQUE INDEX permit_case_by_number ON permit_case (number)",
          "CREATE INDEX permit_case_open ON permit_case (id) WHERE closed IS NULL",
          """
          CREATE TABLE permit_item (
            id INTEGER PRIMARY KEY AUTOINCREMENT, permit_case INTEGER NOT NULL, item TEXT NOT NULL,
            attempt INTEGER NOT NULL, follows INTEGER, way TEXT, after_items TEXT NOT NULL, state TEXT,
            clock TEXT, push INTEGER, decision TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL,
            asked INTEGER, problem_code TEXT, problem TEXT)
          """,
          "CREATE UNIQUE INDEX permit_item_by_attempt ON permit_item (permit_case, item, attempt)",
          "CREATE UNIQUE INDEX permit_item_by_push ON permit_item (push) WHERE push IS NOT NULL",
          // What was handed in about an attempt after it: what it is for, until what became of it is entered.
          """
          CREATE TABLE permit_push (
            push INTEGER PRIMARY KEY, item INTEGER NOT NULL, purpose TEXT NOT NULL, is_open INTEGER NOT NULL)
          """,
          "CREATE INDEX permit_push_by_item ON permit_push (item, push)",
          // Which of them go with which item is the policy's to say.
          """
          CREATE TABLE permit_material (
            id INTEGER PRIMARY KEY, permit_case INTEGER NOT NULL, code TEXT NOT NULL, sm3 TEXT NOT NULL,
            sealed BLOB NOT NULL, created INTEGER NOT NULL)
          """,
          "CREATE UNIQUE INDEX permit_material_by_case ON permit_material (permit_case, code, sm3)",
          """
          CREATE TABLE permit_event (
            id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER NOT NULL, name TEXT NOT NULL,
            happened TEXT NOT NULL, learned INTEGER NOT NULL, source TEXT NOT NULL, reference TEXT NOT NULL,
            retracts INTEGER, note BLOB)
          """,
          // The same word of the same source is heard once, however often it is said.
          """
          CREATE UNIQUE INDEX permit_event_once ON permit_event (item, name, happened, source, reference)
          """,
          "CREATE UNIQUE INDEX permit_event_by_retraction ON permit_event (retracts) WHERE retracts IS NOT NULL",
        ]),
      Migration(
        version: 2, name: "permits woken and held",
        statements: [
          // Counted up each time there is something to do, for whoever is at work on the case just then.
          "ALTER TABLE permit_case ADD COLUMN wakes INTEGER NOT NULL DEFAULT 0",
          // Perhaps handed in already, which this database cannot know: it is a copy of an earlier one.
          "ALTER TABLE permit_item ADD COLUMN is_held INTEGER NOT NULL DEFAULT 0",
        ]),
      Migration(
        version: 3, name: "permits erased",
        statements: [
          // When what it was opened with was destroyed.
          "ALTER TABLE permit_case ADD COLUMN erased INTEGER",
          "CREATE INDEX permit_case_kept ON permit_case (closed, id) WHERE erased IS NULL",
        ]),
      Migration(
        version: 4, name: "permit warnings",
        statements: [
          // The utility's own limits, as `clock` is the platform's.
          "ALTER TABLE permit_item ADD COLUMN own_clock TEXT",
          // Alerts by what makes them the same, so that each is fired once; what stands is shown just now.
          """
          CREATE TABLE permit_warning (
            id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER NOT NULL, clock TEXT NOT NULL,
            colour TEXT NOT NULL, audience TEXT NOT NULL, due TEXT NOT NULL, raised INTEGER NOT NULL,
            is_skipped INTEGER NOT NULL, stands INTEGER NOT NULL, withdrawn INTEGER, reason TEXT)
          """,
          """
          CREATE UNIQUE INDEX permit_warning_once ON permit_warning (item, clock, colour, audience, due)
          """,
          "CREATE INDEX permit_warning_standing ON permit_warning (item) WHERE stands = 1",
          // The days of which the digest was told.
          "CREATE TABLE permit_digest (day TEXT PRIMARY KEY, told INTEGER NOT NULL)",
        ]),
      Migration(
        version: 5, name: "permits brought anew and doubted",
        statements: [
          // The files that were brought for one attempt, after the case was opened.
          """
          CREATE TABLE permit_item_material (
            id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER NOT NULL, code TEXT NOT NULL, sm3 TEXT NOT NULL)
          """,
          "CREATE INDEX permit_item_material_by_item ON permit_item_material (item, id)",
          // What is said to the window with the attempt; sealed.
          "ALTER TABLE permit_item ADD COLUMN remarks BLOB",
          // What somebody has to look at, by its codes, though it keeps nothing from going on.
          "ALTER TABLE permit_item ADD COLUMN doubts TEXT",
          // The moment that a platform said, where that cannot be.
          "ALTER TABLE permit_event ADD COLUMN said TEXT",
        ]),
      Migration(
        version: 6, name: "limits of cases as a whole",
        statements: [
          // Of all permits together, and of the utility's own process.
          "ALTER TABLE permit_case ADD COLUMN totals TEXT",
          "ALTER TABLE permit_case ADD COLUMN process TEXT",
          // What the utility did for the customer, as it was reported.
          """
          CREATE TABLE permit_step (
            id INTEGER PRIMARY KEY AUTOINCREMENT, permit_case INTEGER NOT NULL, name TEXT NOT NULL,
            happened TEXT NOT NULL, learned INTEGER NOT NULL, retracts INTEGER, note BLOB)
          """,
          "CREATE INDEX permit_step_by_case ON permit_step (permit_case, id)",
          "CREATE UNIQUE INDEX permit_step_by_retraction ON permit_step (retracts) WHERE retracts IS NOT NULL",
          // Alerts of these clocks, as `permit_warning` has those of each.
          """
          CREATE TABLE permit_case_warning (
            id INTEGER PRIMARY KEY AUTOINCREMENT, permit_case INTEGER NOT NULL, clock TEXT NOT NULL,
            colour TEXT NOT NULL, audience TEXT NOT NULL, due TEXT NOT NULL, raised INTEGER NOT NULL,
            is_skipped INTEGER NOT NULL, stands INTEGER NOT NULL, withdrawn INTEGER, reason TEXT)
          """,
          """
          CREATE UNIQUE INDEX permit_case_warning_once
          ON permit_case_warning (permit_case, clock, colour, audience, due)
          """,
          "CREATE INDEX permit_case_warning_standing ON permit_case_warning (permit_case) WHERE stands = 1",
        ]),
      Migration(
        version: 7, name: "what windows said last",
        statements: [
          // The event, and its moment as the platform has it: what it says once more is no news.
          "ALTER TABLE permit_item ADD COLUMN told_event TEXT",
          "ALTER TABLE permit_item ADD COLUMN told_moment TEXT",
        ]),
      Migration(
        version: 8, name: "clocks read in order",
        statements: [
          // All that a clock goes by, so that thousands are read without a look at each row.
          """
          CREATE INDEX permit_event_by_item ON permit_event (item, id, name, happened, learned, retracts)
          """,
          "CREATE INDEX permit_item_by_case ON permit_item (permit_case, id)",
        ]),
      Migration(
        version: 9, name: "permit cases by project",
        statements: [
          // A keyed digest of the project's code; cases of before have none.
          "ALTER TABLE permit_case ADD COLUMN project BLOB",
          "CREATE INDEX permit_case_by_project ON permit_case (project) WHERE project IS NOT NULL",
        ]),
      Migration(
        version: 10, name: "words that lag",
        statements: [
          // When the window had taken something since it first said what it said last.
          "ALTER TABLE permit_item ADD COLUMN told_taken INTEGER"
        ]),
      Migration(
        version: 11, name: "words that said nothing new",
        statements: [
          // It was so already by other entries, so that it is read anew when those turn out to be about something else.
          "ALTER TABLE permit_item ADD COLUMN told_idle INTEGER NOT NULL DEFAULT 0"
        ]),
      Migration(
        version: 12, name: "permit cases to be read anew",
        statements: [
          // Once, by rules that have changed: filings that were completed, closed cases whose own limits may wait for a calendar, and
          // those of which the window has an earlier attempt.
          "ALTER TABLE permit_case ADD COLUMN is_behind INTEGER NOT NULL DEFAULT 0",
          """
          UPDATE permit_case SET is_behind = 1 WHERE erased IS NULL AND (
            (closed IS NOT NULL AND process IS NOT NULL
              AND EXISTS (SELECT 1 FROM permit_step AS step WHERE step.permit_case = permit_case.id))
            OR EXISTS (SELECT 1 FROM permit_item AS item
              WHERE item.permit_case = permit_case.id
                AND (permit_case.closed IS NOT NULL AND item.doubts LIKE '%permit-taken-after-all%'
                  OR item.state IN ('submitted', 'received', 'accepted', 'supplement', 'special')
                    AND (permit_case.closed IS NOT NULL OR EXISTS (SELECT 1 FROM permit_event AS event
                      WHERE event.item = item.id AND event.name = 'filed')))))
          """,
          "CREATE INDEX permit_case_behind ON permit_case (id) WHERE is_behind = 1",
        ]),
      Migration(
        version: 13, name: "permit cases closed before",
        statements: [
          // From when to when a case was closed that was opened again since; `closed` has the end of it that holds now.
          """
          CREATE TABLE permit_closing (
            id INTEGER PRIMARY KEY AUTOINCREMENT, permit_case INTEGER NOT NULL, closed INTEGER NOT NULL,
            reopened INTEGER NOT NULL)
          """,
          "CREATE INDEX permit_closing_by_case ON permit_closing (permit_case, closed, reopened)",
        ]),
      Migration(
        version: 14, name: "certificates of permits to be read anew",
        statements: [
          // Of an attempt whose case was erased: by what its certificate is known, for its number is destroyed.
          "ALTER TABLE permit_item ADD COLUMN certificate TEXT",
          // Once: a number that was corrected, or of what took a permit back or allowed nothing, was taken for one that holds.
          """
          UPDATE permit_case SET is_behind = 1 WHERE erased IS NULL AND EXISTS (
            SELECT 1 FROM permit_item AS item JOIN permit_event AS event ON event.item = item.id
            WHERE item.permit_case = permit_case.id AND event.name IN ('approved', 'approved-deferred')
              AND (item.state NOT IN ('approved', 'approved-deferred')
                OR EXISTS (SELECT 1 FROM permit_event AS other WHERE other.item = item.id AND other.id <> event.id
                  AND other.name IN ('approved', 'approved-deferred', 'rejected', 'refused', 'not-accepted', 'recalled',
                    'revoked', 'withdrawn'))))
          """,
        ]),
    ])
}
