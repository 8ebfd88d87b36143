import Registry
import Crypto
public import CivilTime
public import Exchanges
public import SQLDatabase

extension Materials {
  /// Writes down how a material compares with a certificate.
  public func note(_ check: MaterialCheck, of id: MaterialID, in transaction: Transaction) throws {
    try transaction.execute(
      """
      UPDATE material SET check_state = ?2, check_reasons = ?3, checked = ?4, certificate = ?5
      WHERE id = ?1 AND erased IS NULL
      """, .int(id.rawValue), .text(check.state.rawValue),
      .text(check.reasons.sorted().map(\.rawValue).joined(separator: " ")), .int(check.at.milliseconds),
      .textOrNull(check.certificate?.rawValue))
  }

  /// Takes a material back, in the caller's transaction: it stands for no paper any more. Who did it and why is sealed.
  ///
  /// - Returns: whether it was not taken back before.
  /// - Throws: `MaterialError`: `notFound`, `erased`.
  public func withdraw(
    _ id: MaterialID, by signOff: SignOff, in transaction: Transaction, now: Timestamp
  ) throws -> Bool {
    let stored = try Self.load(id, transaction)
    guard stored.erased == nil else { throw MaterialError.erased(id) }
    guard stored.withdrawn == nil else { return false }
    try transaction.execute(
      "UPDATE material SET withdrawn = ?2, withdrawal = ?3 WHERE id = ?1", .int(id.rawValue),
      .int(now.milliseconds),
      .blob(keys.sealer.seal(signOff.encoded, context: Self.withdrawalContext(id.rawValue))))
    return true
  }

  /// Who took it back and why; nil where nobody did, or that was erased.
  public func withdrawal(of id: MaterialID) async throws -> SignOff? {
    let sealed = try await database.read { reader in
      _ = try Self.load(id, reader)
      return try reader.first("SELECT withdrawal FROM material WHERE id = ?1", .int(id.rawValue)) {
        $0.blobOrNull(0)
      } ?? nil
    }
    return try sealed.map {
      try SignOff(decoding: try keys.sealer.open($0, context: Self.withdrawalContext(id.rawValue)))
    }
  }

  /// Destroys a material: what it says, whose it is, and the file where no other material has the same. That something of its
  /// code was handed in when stays.
  ///
  /// - Returns: whether it was not erased before.
  /// - Throws: `MaterialError.notFound`.
  public func erase(_ id: MaterialID, in transaction: Transaction, now: Timestamp) throws -> Bool {
    guard try Self.load(id, transaction).erased == nil else { return false }
    try Self.destroy(id.rawValue, transaction, now)
    return true
  }

  private static let atOnce = 50

  /// Destroys what ended before `end`: was taken back, held until a day before, or holds without end and was handed in
  /// before.
  ///
  /// It can be ended at any point, and run again or twice at once.
  ///
  /// - Parameters:
  ///   - spared: moments that may really be at `end` or later, in milliseconds: what was taken back or handed in at one of them stays.
  ///   - isTrial: only tell how many would go.
  ///   - pause: between two transactions, for whoever wants to write as well.
  public static func eraseEnded(
    before end: Timestamp, sparing spared: [ClosedRange<Int64>] = [], in database: Database, now: Timestamp,
    isTrial: Bool, pause: Duration = .zero
  ) async throws -> Int {
    let day = end.civil(offsetSeconds: UTCOffset.china).date.description
    let isDue =
      """
      erased IS NULL AND (withdrawn < ?1\(spared.spared(in: "withdrawn"))
        OR (withdrawn IS NULL AND valid_to < ?2)
        OR (withdrawn IS NULL AND valid_to IS NULL AND received < ?1\(spared.spared(in: "received"))))
      """
    if isTrial {
      return try await database.read { reader in
        Int(
          try reader.int(
            "SELECT count(*) FROM material WHERE \(isDue)", .int(end.milliseconds), .text(day)))
      }
    }
    var erased = 0
    while true {
      try Task.checkCancellation()
      let done = try await database.write { transaction in
        let ids = try transaction.query(
          "SELECT id FROM material WHERE \(isDue) ORDER BY id LIMIT ?3", .int(end.milliseconds), .text(day),
          .int(atOnce)
        ) { $0.int(0) }
        for id in ids { try destroy(id, transaction, now) }
        return ids.count
      }
      erased += done
      guard done == atOnce else { return erased }
      if pause > .zero { try await Task.sleep(for: pause) }
    }
  }

  private static func destroy(_ id: Int64, _ transaction: Transaction, _ now: Timestamp) throws {
    let file =
      try transaction.first("SELECT file FROM material WHERE id = ?1", .int(id)) { $0.intOrNull(0) } ?? nil
    try transaction.execute(
      """
      UPDATE material SET file = NULL, identity = NULL, holder_code = NULL, holder_name = NULL, sealed = NULL,
        withdrawal = NULL, application = NULL, erased = ?2 WHERE id = ?1
      """, .int(id), .int(now.milliseconds))
    try transaction.execute("DELETE FROM material_application WHERE material = ?1", .int(id))
    guard let file else { return }
    try transaction.execute(
      "DELETE FROM material_file WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM material WHERE file = ?1)",
      .int(file))
  }
}
