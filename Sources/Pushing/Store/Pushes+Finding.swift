public import CivilTime
import Crypto
import Registry
public import SQLDatabase

extension Pushes {
  /// The push that a platform knows by our key.
  public func push(key: String, at platform: String, in reader: Reader) throws -> Push? {
    try reader.first(
      "SELECT \(Self.columns) FROM push WHERE key = ?1 AND platform = ?2", .text(key), .text(platform)
    ) { Push($0) }
  }

  /// The pushes to which a platform gave a number, the first first: what is about an application often gets the same.
  public func pushes(receipt: String, at platform: String, in reader: Reader) throws -> [Push] {
    try reader.query(
      """
      SELECT \(Self.columns) FROM push WHERE id IN (
        SELECT push FROM push_receipt WHERE platform = ?1 AND receipt = ?2) ORDER BY id
      """, .text(platform), .blob(keys.blindIndex.token(Self.receiptDomain, receipt))
    ) { Push($0) }
  }

  /// Whether a platform has something of a sequence that was handed in on an occasion.
  ///
  /// - Parameter moment: of what an older program handed in nobody knows the occasion: since when it must have been.
  public func isAccepted(
    sequence: String, on occasion: String, since moment: Timestamp, in reader: Reader
  ) throws -> Bool {
    try reader.first(
      """
      SELECT 1 FROM push
      WHERE sequence = ?1 AND (occasion = ?2 OR occasion IS NULL AND created >= ?3) AND state = 'accepted'
        AND duplicate_of IS NULL
      LIMIT 1
      """, .text(sequence), .text(occasion), .int(moment.milliseconds)
    ) { _ in true } ?? false
  }

  /// Whether something is under way to a platform of which it may have told us before its answer came.
  public func isUnderWay(to platform: String, in reader: Reader) throws -> Bool {
    try reader.first(
      """
      SELECT 1 FROM push WHERE platform = ?1 AND state IN ('sending', 'unknown')
        AND state NOT IN ('accepted', 'cancelled') LIMIT 1
      """, .text(platform)
    ) { _ in true } ?? false
  }

  func index(_ receipt: String, of push: Push, in transaction: Transaction) throws {
    try transaction.execute(
      """
      INSERT INTO push_receipt (push, platform, receipt) VALUES (?1, ?2, ?3)
      ON CONFLICT (push) DO UPDATE SET receipt = excluded.receipt
      """, .int(push.id.rawValue), .text(push.platform),
      .blob(keys.blindIndex.token(Self.receiptDomain, receipt)))
  }

  private static let receiptDomain = "push.receipt"
}
