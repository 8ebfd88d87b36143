public import SQLDatabase

/// What platforms have called the gateway for, and what they showed once.
///
/// `identity`, `nonce` and `content` are keyed digests; the answer is sealed. What was said is in the journal.
public enum InboundSchema {
  public static let component = SchemaComponent(
    name: "inbound",
    migrations: [
      Migration(
        version: 1, name: "inbound calls",
        statements: [
          // received: in the journal, and nobody has acted yet; refused: it could not be acted upon; done.
          """
          CREATE TABLE inbound_call (
            id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, operation TEXT NOT NULL,
            identity BLOB NOT NULL, state TEXT NOT NULL, exchange INTEGER NOT NULL, status INTEGER, type TEXT,
            answer BLOB, work INTEGER, problem_code TEXT, created INTEGER NOT NULL, changed INTEGER NOT NULL)
          """,
          "CREATE UNIQUE INDEX inbound_call_once ON inbound_call (platform, operation, identity)",
          "CREATE INDEX inbound_call_open ON inbound_call (exchange) WHERE state <> 'done'",
          """
          CREATE TABLE inbound_nonce (
            platform TEXT NOT NULL, operation TEXT NOT NULL, nonce BLOB NOT NULL, content BLOB NOT NULL,
            ends INTEGER NOT NULL, PRIMARY KEY (platform, operation, nonce))
          """,
          "CREATE INDEX inbound_nonce_by_end ON inbound_nonce (ends)",
        ])
    ])
}
