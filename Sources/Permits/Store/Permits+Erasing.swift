public import CivilTime
import Exchanges
public import Pushing
public import SQLDatabase

/// What was destroyed of closed cases, or would be.
public struct PermitErasure: Hashable, Sendable {
  public var cases = 0
  public var files = 0

  public init() {}
}

extension Permits {
  private static let casesAtOnce = 20

  /// Destroys what a closed case was opened with, its files, and what was said with its entries, in the caller's transaction. Which
  /// permits there were, what happened when, and its keyed digest stay: the same number with the same content is still the same case. Its
  /// certificates stay, and its pushes have what was handed in themselves.
  ///
  /// - Returns: the pushes by which it was handed in, and those about it; nil where all of it is gone already.
  /// - Throws: `PermitError`: `notFound`, `notNow` for a case that is not closed.
  public func erase(
    _ id: PermitCaseID, in transaction: Transaction, now: Timestamp
  ) throws -> [PushID]? {
    let permitCase = try load(id, transaction)
    guard permitCase.erased == nil else { return nil }
    guard permitCase.closed != nil else {
      throw PermitError(
        .notNow, "permit case \(id) is not closed: what it was opened with is still needed",
        remedy: "withdraw what is under way, and erase it then")
    }
    try destroy(id, transaction, now)
    return try transaction.query(
      """
      SELECT push FROM permit_item WHERE permit_case = ?1 AND push IS NOT NULL
      UNION SELECT about.push FROM permit_push AS about JOIN permit_item AS item ON item.id = about.item
      WHERE item.permit_case = ?1 ORDER BY 1
      """, .int(id.rawValue)
    ) { PushID($0.int(0)) }
  }

  /// Destroys what cases were opened with that were closed before `end`. It can be ended at any point, and run again or twice at once.
  ///
  /// - Parameters:
  ///   - spared: moments that may really be at `end` or later, in milliseconds: what was closed at one of them stays.
  ///   - isTrial: only tell what would go.
  ///   - pause: between two transactions, for whoever wants to write as well.
  public func eraseClosed(
    before end: Timestamp, sparing spared: [ClosedRange<Int64>] = [], now: Timestamp, isTrial: Bool,
    pause: Duration = .zero
  ) async throws -> PermitErasure {
    if isTrial {
      return try await database.read { reader in
        var erasure = PermitErasure()
        erasure.cases = Int(
          try reader.int(
            "SELECT count(*) FROM permit_case WHERE closed < ?1 AND erased IS NULL\(spared.spared(in: "closed"))",
            .int(end.milliseconds)))
        erasure.files = Int(
          try reader.int(
            """
            SELECT count(*) FROM permit_material AS file JOIN permit_case AS parent ON parent.id = file.permit_case
            WHERE parent.closed < ?1 AND parent.erased IS NULL\(spared.spared(in: "parent.closed"))
            """, .int(end.milliseconds)))
        return erasure
      }
    }
    var erasure = PermitErasure()
    while true {
      try Task.checkCancellation()
      let done = try await database.write { transaction in
        var done = PermitErasure()
        let cases = try transaction.query(
          """
          SELECT id FROM permit_case WHERE closed < ?1 AND erased IS NULL\(spared.spared(in: "closed"))
          ORDER BY closed, id LIMIT ?2
          """, .int(end.milliseconds), .int(Int64(Self.casesAtOnce))
        ) { PermitCaseID(rawValue: $0.int(0)) }
        for id in cases { done.files += try self.destroy(id, transaction, now) }
        done.cases = cases.count
        return done
      }
      erasure.cases += done.cases
      erasure.files += done.files
      guard done.cases == Self.casesAtOnce else { return erasure }
      if pause > .zero { try await Task.sleep(for: pause) }
    }
  }

  /// - Returns: how many files went.
  @discardableResult
  private func destroy(_ id: PermitCaseID, _ transaction: Transaction, _ now: Timestamp) throws -> Int {
    try noteCertificates(of: id, in: transaction)
    let files = try transaction.execute(
      "DELETE FROM permit_material WHERE permit_case = ?1", .int(id.rawValue))
    try transaction.execute(
      "DELETE FROM permit_item_material WHERE item IN (SELECT id FROM permit_item WHERE permit_case = ?1)",
      .int(id.rawValue))
    try transaction.execute(
      "UPDATE permit_item SET remarks = NULL WHERE permit_case = ?1 AND remarks IS NOT NULL",
      .int(id.rawValue))
    try transaction.execute(
      """
      UPDATE permit_event SET note = NULL
      WHERE note IS NOT NULL AND item IN (SELECT id FROM permit_item WHERE permit_case = ?1)
      """, .int(id.rawValue))
    try transaction.execute(
      "UPDATE permit_step SET note = NULL WHERE note IS NOT NULL AND permit_case = ?1", .int(id.rawValue))
    try transaction.execute(
      "UPDATE permit_case SET application = ?2, erased = ?3 WHERE id = ?1", .int(id.rawValue), .blob([]),
      .int(now.milliseconds))
    return files
  }
}
