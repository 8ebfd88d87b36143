import CivilTime
import Crypto
import Exchanges
import Journal
public import Registry
public import SQLDatabase

/// What people decided about pushes is in the journal's chain, also where nothing has crossed the border that it could be said of.
extension Pushes {
  /// Adds the link of the latest decision about a push, in the transaction of the decision.
  func prove(
    _ event: PushEvent, by signOff: SignOff, about push: Push, in transaction: Transaction,
    at moment: Timestamp
  ) throws {
    let row = try transaction.int(
      "SELECT max(id) FROM push_event WHERE push = ?1 AND signature IS NOT NULL", .int(push.id.rawValue))
    let content = Self.content(
      event.rawValue, push.id.rawValue, push.key, moment.milliseconds, signOff, keys)
    try Self.decisions(keys).link(row, content, in: journal, transaction, at: moment)
  }

  /// Has the chain say which decisions about pushes of an older program have no link: to be called when the gateway starts.
  public func beginDecisions() async throws {
    let moment = now()
    try await database.write { transaction in
      guard try transaction.int("SELECT EXISTS (SELECT 1 FROM push)") > 0 else { return }
      try Self.decisions(self.keys).begin(in: self.journal, transaction, at: moment)
    }
  }

  func beginDecisions(in transaction: Transaction, at moment: Timestamp) throws {
    try Self.decisions(keys).begin(in: journal, transaction, at: moment)
  }

  /// What the first decision is about whose rows are not what the chain says; nil where all are.
  public static func alteredDecision(in database: Database, keys: RegistryKeys) async throws -> String? {
    try await decisions(keys).altered(in: database)
  }

  private static func decisions(_ keys: RegistryKeys) -> DecisionTable {
    DecisionTable(
      name: "push",
      count: { last, reader in
        try reader.first(
          "SELECT count(*), coalesce(max(id), 0) FROM push_event WHERE signature IS NOT NULL AND id <= ?1",
          .int(last)
        ) { ($0.int(0), $0.int(1)) } ?? (0, 0)
      },
      rows: { selection, reader in
        switch selection {
        case .about(let push): try rows("push_event.push = ?1", .int(push), -1, keys, reader)
        case .behind(let id, let limit): try rows("push_event.id > ?1", .int(id), limit, keys, reader)
        }
      }, digest: { keys.blindIndex.token("push.decision", $0) })
  }

  /// - Parameter limit: -1 for all.
  private static func rows(
    _ condition: String, _ value: SQLValue, _ limit: Int, _ keys: RegistryKeys, _ reader: Reader
  ) throws -> [DecisionTable.Row] {
    let rows = try reader.query(
      """
      SELECT push_event.id, push_event.push, push.key, push_event.event, push_event.moment, push_event.signature
      FROM push_event LEFT JOIN push ON push.id = push_event.push
      WHERE \(condition) AND push_event.signature IS NOT NULL ORDER BY push_event.id LIMIT \(limit < 0 ? Int.max : limit)
      """, value
    ) { row in
      (
        id: row.int(0), push: row.int(1), key: row.textOrNull(2) ?? "", event: row.text(3),
        moment: row.int(4), sealed: row.blob(5)
      )
    }
    return try rows.map { row in
      var content: [UInt8]?
      do {
        let bytes = try keys.sealer.open(row.sealed, context: signOffContext(row.key))
        content = Self.content(
          row.event, row.push, row.key, row.moment, try SignOff(decoding: bytes), keys)
      } catch is CryptoError {
        content = nil
      } catch is SignOffError {
        content = nil
      }
      return DecisionTable.Row(id: row.id, subject: row.push, content: content)
    }
  }

  /// What the link of a decision holds. The digest is over the plain words, so that sealing them under a new key changes nothing.
  private static func content(
    _ event: String, _ push: Int64, _ key: String, _ moment: Int64, _ signOff: SignOff, _ keys: RegistryKeys
  ) -> [UInt8] {
    Journal.content(
      decision: event, about: "push-\(push)",
      digest: keys.blindIndex.token(
        "push.decision", Array("\(key)\u{0}\(event)\u{0}\(moment)\u{0}".utf8) + signOff.encoded))
  }
}
