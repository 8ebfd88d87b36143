import CivilTime
import Crypto
import Exchanges
import Journal
public import Registry
public import SQLDatabase

/// What people decided about pushes is in the journal's chain, also where nothing has crossed the border that it could be said of.
extension Pushes {
  /// Adds the link, in the transaction of the decision.
  func prove(
    _ event: PushEvent, by signOff: SignOff, about push: Push, in transaction: Transaction,
    at moment: Timestamp
  ) throws {
    try journal.note(
      decision: event.rawValue, about: "push-\(push.id)",
      digest: Self.digest(of: signOff, event.rawValue, push.key, moment, keys), in: transaction, at: moment)
  }

  /// Over the plain words, so that sealing them under a new key changes nothing.
  private static func digest(
    of signOff: SignOff, _ event: String, _ key: String, _ moment: Timestamp, _ keys: RegistryKeys
  ) -> [UInt8] {
    keys.blindIndex.token(
      "push.decision", Array("\(key)\u{0}\(event)\u{0}\(moment.milliseconds)\u{0}".utf8) + signOff.encoded)
  }

  /// What the first decision is about whose row is not what the chain says; nil where all are. What was decided before decisions had links is left out.
  public static func alteredDecision(in database: Database, keys: RegistryKeys) async throws -> String? {
    let (start, links) = try await database.read { reader in
      (try Journal.firstDecision(in: reader), try Journal.decisions(in: reader))
    }
    guard let start else { return nil }
    var position: Int64 = 0
    var rows: Int64 = 0
    while true {
      let from = position
      let (last, count, altered) = try await database.read { reader in
        let rows = try reader.query(
          """
          SELECT push_event.id, push.id, push.key, push_event.event, push_event.moment, push_event.signature
          FROM push_event JOIN push ON push.id = push_event.push
          WHERE push_event.id > ?1 AND push_event.signature IS NOT NULL AND push_event.moment >= ?2
          ORDER BY push_event.id LIMIT 500
          """, .int(from), .int(start.milliseconds)
        ) { row in
          (
            id: row.int(0), push: row.int(1), key: row.text(2), event: row.text(3), moment: row.int(4),
            sealed: row.blob(5)
          )
        }
        for row in rows {
          let isWhole = try isNoted(row.push, row.key, row.event, row.moment, row.sealed, keys, reader)
          guard isWhole else { return (Int64?.none, 0, Int64?.some(row.push)) }
        }
        return (rows.count < 500 ? nil : rows.last?.id, rows.count, nil)
      }
      if let altered { return "push \(altered)" }
      rows += Int64(count)
      guard let last else { break }
      position = last
    }
    // Decisions that were made meanwhile have rows and links alike.
    return rows < links ? "a push, whose row is gone," : nil
  }

  private static func isNoted(
    _ push: Int64, _ key: String, _ event: String, _ moment: Int64, _ sealed: [UInt8], _ keys: RegistryKeys,
    _ reader: Reader
  ) throws -> Bool {
    let signOff: SignOff
    do {
      signOff = try SignOff(decoding: try keys.sealer.open(sealed, context: signOffContext(key)))
    } catch is CryptoError {
      return false
    } catch is SignOffError {
      return false
    }
    return try Journal.isNoted(
      decision: event, about: "push-\(push)",
      digest: digest(of: signOff, event, key, Timestamp(milliseconds: moment), keys), in: reader)
  }
}
