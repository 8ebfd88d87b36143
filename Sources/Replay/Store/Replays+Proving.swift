import CivilTime
import Crypto
import Exchanges
import Journal
import Pushing
public import Registry
public import SQLDatabase

/// Who planned, approved, started, stopped and cancelled replays, and why, is in the journal's chain.
extension Replays {
  /// Adds the link of the latest decision about a replay, in the transaction of the decision.
  func prove(
    _ event: String, by signOff: SignOff, about id: ReplayID, in transaction: Transaction,
    at moment: Timestamp
  ) throws {
    let row = try transaction.int(
      "SELECT max(id) FROM replay_event WHERE replay = ?1 AND who IS NOT NULL", .int(id.rawValue))
    try Self.decisions(keys).link(
      row, Self.content(event, id.rawValue, moment.milliseconds, signOff, keys), in: pushes.journal,
      transaction, at: moment)
  }

  /// Has the chain say which decisions about replays of an older program have no link: to be called when the gateway starts.
  public func beginDecisions() async throws {
    let moment = now()
    try await database.write { transaction in
      guard try transaction.int("SELECT EXISTS (SELECT 1 FROM replay)") > 0 else { return }
      try Self.decisions(self.keys).begin(in: self.pushes.journal, transaction, at: moment)
    }
  }

  /// What the first decision is about whose rows are not what the chain says; nil where all are.
  public static func alteredDecision(in database: Database, keys: RegistryKeys) async throws -> String? {
    try await decisions(keys).altered(in: database)
  }

  private static func decisions(_ keys: RegistryKeys) -> DecisionTable {
    DecisionTable(
      name: "replay",
      count: { last, reader in
        try reader.first(
          "SELECT count(*), coalesce(max(id), 0) FROM replay_event WHERE who IS NOT NULL AND id <= ?1",
          .int(last)
        ) { ($0.int(0), $0.int(1)) } ?? (0, 0)
      },
      rows: { selection, reader in
        switch selection {
        case .about(let replay): try rows("replay = ?1", .int(replay), -1, keys, reader)
        case .behind(let id, let limit): try rows("id > ?1", .int(id), limit, keys, reader)
        }
      }, digest: { keys.blindIndex.token("replay.decision", $0) })
  }

  /// - Parameter limit: -1 for all.
  private static func rows(
    _ condition: String, _ value: SQLValue, _ limit: Int, _ keys: RegistryKeys, _ reader: Reader
  ) throws -> [DecisionTable.Row] {
    let rows = try reader.query(
      """
      SELECT id, replay, event, moment, who FROM replay_event
      WHERE \(condition) AND who IS NOT NULL ORDER BY id LIMIT \(limit < 0 ? Int.max : limit)
      """, value
    ) { (id: $0.int(0), replay: $0.int(1), event: $0.text(2), moment: $0.int(3), sealed: $0.blob(4)) }
    return try rows.map { row in
      var content: [UInt8]?
      do {
        let bytes = try keys.sealer.open(row.sealed, context: context(ReplayID(row.replay)))
        content = Self.content(row.event, row.replay, row.moment, try SignOff(decoding: bytes), keys)
      } catch is CryptoError {
        content = nil
      } catch is SignOffError {
        content = nil
      }
      return DecisionTable.Row(id: row.id, subject: row.replay, content: content)
    }
  }

  /// What the link of a decision holds. The digest is over the plain words, so that sealing them under a new key changes nothing.
  private static func content(
    _ event: String, _ replay: Int64, _ moment: Int64, _ signOff: SignOff, _ keys: RegistryKeys
  ) -> [UInt8] {
    Journal.content(
      decision: event, about: "replay-\(replay)",
      digest: keys.blindIndex.token(
        "replay.decision", Array("\(replay)\u{0}\(event)\u{0}\(moment)\u{0}".utf8) + signOff.encoded))
  }
}
