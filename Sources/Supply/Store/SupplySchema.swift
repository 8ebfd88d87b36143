public import SQLDatabase

/// Applications for electricity and the verdicts on them.
///
/// What tells about people is sealed: the forms as they were handed in. So is each verdict, which names nobody but says what
/// somebody lacks. `applicant` and `content` are keyed digests. What figures are counted by (`supply_order`) is open and names
/// nobody; it stays when an application is erased.
public enum SupplySchema {
  public static let component = SchemaComponent(
    name: "supply",
    migrations: [
      Migration(
        version: 1, name: "supply applications",
        statements: [
          """
          CREATE TABLE supply_application (
            id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, region TEXT NOT NULL,
            applicant BLOB NOT NULL, content BLOB NOT NULL, form BLOB NOT NULL, created INTEGER NOT NULL,
            changed INTEGER NOT NULL, erased INTEGER)
          """,
          "CREATE UNIQUE INDEX supply_application_by_number ON supply_application (number)",
          """
          CREATE TABLE supply_verdict (
            id INTEGER PRIMARY KEY AUTOINCREMENT, application INTEGER NOT NULL, version INTEGER NOT NULL,
            sealed BLOB NOT NULL, public_key BLOB NOT NULL, signature BLOB NOT NULL, created INTEGER NOT NULL)
          """,
          "CREATE UNIQUE INDEX supply_verdict_by_version ON supply_verdict (application, version)",
        ]),
      Migration(
        version: 2, name: "verdicts that follow what changes",
        statements: [
          // Who asked last, and what for: sealed.
          "ALTER TABLE supply_application ADD COLUMN asker BLOB",
          // A keyed digest of how everything stands: another verdict with the same is none.
          "ALTER TABLE supply_verdict ADD COLUMN standing BLOB",
          // Keyed digests of what an application was looked up by, and of the certificates that were found: what changes later is known by them.
          """
          CREATE TABLE supply_key (
            token BLOB NOT NULL, application INTEGER NOT NULL, PRIMARY KEY (token, application)) WITHOUT ROWID
          """,
          "CREATE INDEX supply_key_by_application ON supply_key (application)",
          "CREATE INDEX supply_application_by_change ON supply_application (changed)",
          "CREATE TABLE supply_watch (id INTEGER PRIMARY KEY CHECK (id = 1), place INTEGER NOT NULL)",
        ]),
      Migration(
        version: 3, name: "archives of connected applications",
        statements: [
          // The latest note of an application counts; those before it stay.
          """
          CREATE TABLE supply_connection (
            id INTEGER PRIMARY KEY AUTOINCREMENT, application INTEGER NOT NULL, connected INTEGER NOT NULL,
            contracts TEXT NOT NULL, noted INTEGER NOT NULL)
          """,
          "CREATE INDEX supply_connection_by_application ON supply_connection (application, id)",
          // What was told last to be missing, by its words, and whether that was too late already.
          """
          CREATE TABLE supply_archive (
            application INTEGER PRIMARY KEY, connection INTEGER NOT NULL, due INTEGER, told TEXT,
            late INTEGER NOT NULL, archived INTEGER)
          """,
        ]),
      Migration(
        version: 4, name: "what applications count by",
        statements: [
          // The utility's own limits behind applications, as the policies said them: each text once.
          "CREATE TABLE supply_limits (id INTEGER PRIMARY KEY AUTOINCREMENT, rules TEXT NOT NULL)",
          "CREATE UNIQUE INDEX supply_limits_by_rules ON supply_limits (rules)",
          // Codes and moments, so that figures open nothing. `alike` is a keyed digest of customer, address and business,
          // `project_token` one of the project's code; `chain` brings together what was filed again.
          """
          CREATE TABLE supply_order (
            application INTEGER PRIMARY KEY, number TEXT NOT NULL, region TEXT NOT NULL, channel TEXT,
            channel_changed INTEGER NOT NULL, business TEXT, customer TEXT, is_booking INTEGER NOT NULL,
            applied INTEGER NOT NULL, applied_learned INTEGER NOT NULL, applied_changed INTEGER NOT NULL,
            connected INTEGER, connected_learned INTEGER, connected_changed INTEGER NOT NULL, archived INTEGER,
            subject TEXT, property TEXT, project TEXT, limits INTEGER, project_token BLOB, chain INTEGER,
            alike BLOB NOT NULL)
          """,
          "CREATE INDEX supply_order_by_application ON supply_order (applied, application)",
          """
          CREATE INDEX supply_order_by_connection ON supply_order (connected, application)
          WHERE connected IS NOT NULL
          """,
          "CREATE INDEX supply_order_by_alike ON supply_order (alike, applied)",
          "CREATE INDEX supply_order_by_chain ON supply_order (chain) WHERE chain IS NOT NULL",
          "CREATE INDEX supply_application_by_creation ON supply_application (created, region)",
        ]),
      Migration(
        version: 5, name: "papers that change while somebody judges",
        statements: [
          // How often anything was handed in, agreed to or taken back.
          "CREATE TABLE supply_papers (id INTEGER PRIMARY KEY CHECK (id = 1), changes INTEGER NOT NULL)"
        ]),
      Migration(
        version: 6, name: "archives of what connections rest on",
        statements: [
          // The version that the archive is made of; null as long as none met everything.
          "ALTER TABLE supply_archive ADD COLUMN verdict INTEGER",
          """
          UPDATE supply_archive SET verdict = (
            SELECT max(v.version) FROM supply_verdict v
            WHERE v.application = supply_archive.application AND v.created <= supply_archive.archived)
          WHERE archived IS NOT NULL
          """,
        ]),
      Migration(
        version: 7, name: "forms of each step",
        statements: [
          // The latest form of each other step than that of the form that came last: what they were met by may change until the customer is connected.
          """
          CREATE TABLE supply_step (
            id INTEGER PRIMARY KEY AUTOINCREMENT, application INTEGER NOT NULL, stage TEXT NOT NULL,
            form BLOB NOT NULL, asker BLOB, changed INTEGER NOT NULL)
          """,
          "CREATE UNIQUE INDEX supply_step_by_stage ON supply_step (application, stage)",
          // Null where it was judged before.
          "ALTER TABLE supply_verdict ADD COLUMN stage TEXT",
          // The application behind which all are still to be judged anew; null where none is.
          "ALTER TABLE supply_watch ADD COLUMN walked INTEGER",
        ]),
      Migration(
        version: 8, name: "the line outside of orders",
        statements: [
          // What an archive is made of besides the verdict: whether permits are needed, and a keyed digest of the project's code. Null where
          // an earlier version settled the verdict, or nobody has.
          "ALTER TABLE supply_archive ADD COLUMN permits TEXT",
          "ALTER TABLE supply_archive ADD COLUMN project BLOB",
          // Null where it was judged before.
          "ALTER TABLE supply_order ADD COLUMN permits TEXT",
          // When it was learned how the customer applied; null where that was before, or nobody says.
          "ALTER TABLE supply_order ADD COLUMN channel_learned INTEGER",
        ]),
      Migration(
        version: 9, name: "the cases of archives that were whole",
        statements: [
          // Before version 8 each case of the project was the order's, and what was whole by them stays so. Null where cases go by when the
          // connection was noted.
          "ALTER TABLE supply_archive ADD COLUMN cases_until INTEGER",
          """
          UPDATE supply_archive SET cases_until = archived WHERE verdict IS NOT NULL AND permits IS NULL
          """,
          "ALTER TABLE supply_order ADD COLUMN cases_until INTEGER",
          """
          UPDATE supply_order SET cases_until = (
            SELECT cases_until FROM supply_archive WHERE supply_archive.application = supply_order.application)
          """,
        ]),
      Migration(
        version: 10, name: "bookings that became applications",
        statements: [
          // When the customer booked, and the limits of that; null where the number was never a booking, or an earlier version took the application.
          "ALTER TABLE supply_order ADD COLUMN booked INTEGER",
          "ALTER TABLE supply_order ADD COLUMN booked_learned INTEGER",
          "ALTER TABLE supply_order ADD COLUMN booked_changed INTEGER NOT NULL DEFAULT 0",
          "ALTER TABLE supply_order ADD COLUMN booked_limits INTEGER",
        ]),
    ])
}
