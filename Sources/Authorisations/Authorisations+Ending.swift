import Crypto
import Registry
public import CivilTime
public import Exchanges
public import SQLDatabase

extension Authorisations {
  /// Revokes an authorisation from now on, in the caller's transaction. Who did it and why is sealed.
  ///
  /// - Returns: whether it was not revoked before.
  /// - Throws: `AuthorisationError`: `notFound`, `erased`.
  public func revoke(
    _ id: AuthorisationID, by signOff: SignOff, in transaction: Transaction, now: Timestamp
  ) throws -> Bool {
    let stored = try Self.load(id, transaction)
    guard stored.erased == nil else { throw AuthorisationError.erased(id) }
    guard stored.revoked == nil else { return false }
    try transaction.execute(
      "UPDATE authorisation SET revoked = ?2, revocation = ?3 WHERE id = ?1", .int(id.rawValue),
      .int(now.milliseconds),
      .blob(keys.sealer.seal(signOff.encoded, context: Self.revocationContext(id.rawValue))))
    return true
  }

  /// Who revoked it and why; nil where nobody did, or that was erased.
  public func revocation(of id: AuthorisationID) async throws -> SignOff? {
    let sealed = try await database.read { reader in
      _ = try Self.load(id, reader)
      return try reader.first("SELECT revocation FROM authorisation WHERE id = ?1", .int(id.rawValue)) {
        $0.blobOrNull(0)
      } ?? nil
    }
    return try sealed.map {
      try SignOff(
        decoding: try keys.sealer.open($0, context: Self.revocationContext(id.rawValue)))
    }
  }

  /// Destroys who gave an authorisation, who took it and who revoked it, in the caller's transaction; it holds no more. What
  /// was agreed to when, and a keyed digest by which the same is never kept again, stay.
  ///
  /// - Returns: whether it was not erased before.
  /// - Throws: `AuthorisationError.notFound`.
  public func erase(
    _ id: AuthorisationID, in transaction: Transaction, now: Timestamp
  ) throws -> Bool {
    guard try Self.load(id, transaction).erased == nil else { return false }
    try Self.destroy([id.rawValue], transaction, now)
    return true
  }

  private static let atOnce = 200

  /// Destroys who gave authorisations that ended before `end`: were revoked, or held until then. What holds is kept.
  ///
  /// It can be ended at any point, and run again or twice at once.
  ///
  /// - Parameters:
  ///   - spared: moments that may really be at `end` or later, in milliseconds: what was revoked at one of them stays.
  ///   - isTrial: only tell how many would go.
  ///   - pause: between two transactions, for whoever wants to write as well.
  public static func eraseEnded(
    before end: Timestamp, sparing spared: [ClosedRange<Int64>] = [], in database: Database, now: Timestamp,
    isTrial: Bool, pause: Duration = .zero
  ) async throws -> Int {
    let isDue = "erased IS NULL AND (revoked < ?1\(spared.spared(in: "revoked")) OR ends < ?1)"
    if isTrial {
      return try await database.read { reader in
        Int(try reader.int("SELECT count(*) FROM authorisation WHERE \(isDue)", .int(end.milliseconds)))
      }
    }
    var erased = 0
    while true {
      try Task.checkCancellation()
      let done = try await database.write { transaction in
        let ids = try transaction.query(
          "SELECT id FROM authorisation WHERE \(isDue) ORDER BY id LIMIT ?2", .int(end.milliseconds),
          .int(atOnce)
        ) { $0.int(0) }
        try destroy(ids, transaction, now)
        return ids.count
      }
      erased += done
      guard done == atOnce else { return erased }
      if pause > .zero { try await Task.sleep(for: pause) }
    }
  }

  private static func destroy(_ ids: [Int64], _ transaction: Transaction, _ now: Timestamp) throws {
    for id in ids {
      try transaction.execute(
        """
        UPDATE authorisation SET sealed = NULL, revocation = NULL, holder_code = NULL, holder_name = NULL,
          erased = ?2 WHERE id = ?1
        """, .int(id), .int(now.milliseconds))
    }
  }
}
