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

  /// What the first decision is about whose rows are not what the chain says; nil where all are.
  ///
  /// Each link must have its row, as often as it stands in the chain, and each row behind the first that has one must have a link. What was decided
  /// before decisions had links stands before that row. Moments tell nothing here: clocks go back.
  public static func alteredDecision(in database: Database, keys: RegistryKeys) async throws -> String? {
    var position: Int64 = 0
    var firstRow = Int64.max
    while true {
      let from = position
      let (last, first, altered) = try await database.read { reader in
        let links = try Journal.decisions(after: from, limit: 500, in: reader)
        var first = Int64.max
        for link in links {
          let rows = try rows(of: link.subject, link.content, keys, reader)
          guard rows.count == link.count else { return (Int64?.none, first, String?.some(link.subject)) }
          first = min(first, rows.min() ?? .max)
        }
        return (links.count < 500 ? nil : links.last?.number, first, nil)
      }
      if let altered { return altered.replacing("-", with: " ", maxReplacements: 1) }
      firstRow = min(firstRow, first)
      guard let last else { break }
      position = last
    }
    return try await decisionWithoutLink(from: firstRow, in: database, keys: keys)
  }

  /// The ids of the rows that a link commits to.
  private static func rows(
    of subject: String, _ content: [UInt8], _ keys: RegistryKeys, _ reader: Reader
  ) throws -> [Int64] {
    guard let push = Int64(subject.dropFirst("push-".count)) else { return [] }
    return try decisions("push_event.push = ?1", .int(push), reader)
      .filter { try $0.content(keys) == content }.map(\.id)
  }

  private static func decisionWithoutLink(
    from first: Int64, in database: Database, keys: RegistryKeys
  ) async throws -> String? {
    guard first < .max else { return nil }
    var position = first - 1
    while true {
      let from = position
      let (last, altered) = try await database.read { reader in
        let rows = try decisions("push_event.id > ?1", .int(from), reader)
        for row in rows {
          guard let content = try row.content(keys), try Journal.isNoted(content, in: reader) else {
            return (Int64?.none, Int64?.some(row.push))
          }
        }
        return (rows.count < 500 ? nil : rows.last?.id, nil)
      }
      if let altered { return "push \(altered)" }
      guard let last else { return nil }
      position = last
    }
  }

  /// A row of a decision.
  private struct DecisionRow {
    let id: Int64
    let push: Int64
    let key: String
    let event: String
    let moment: Int64
    let sealed: [UInt8]

    /// What its link must hold; nil where it cannot be opened, so that nobody knows what was decided.
    func content(_ keys: RegistryKeys) throws -> [UInt8]? {
      let signOff: SignOff
      do {
        signOff = try SignOff(decoding: try keys.sealer.open(sealed, context: Pushes.signOffContext(key)))
      } catch is CryptoError {
        return nil
      } catch is SignOffError {
        return nil
      }
      return Journal.content(
        decision: event, about: "push-\(push)",
        digest: Pushes.digest(of: signOff, event, key, Timestamp(milliseconds: moment), keys))
    }
  }

  private static func decisions(
    _ condition: String, _ value: SQLValue, _ reader: Reader
  ) throws -> [DecisionRow] {
    try reader.query(
      """
      SELECT push_event.id, push.id, push.key, push_event.event, push_event.moment, push_event.signature
      FROM push_event JOIN push ON push.id = push_event.push
      WHERE \(condition) AND push_event.signature IS NOT NULL ORDER BY push_event.id LIMIT 500
      """, value
    ) { row in
      DecisionRow(
        id: row.int(0), push: row.int(1), key: row.text(2), event: row.text(3), moment: row.int(4),
        sealed: row.blob(5))
    }
  }
}
