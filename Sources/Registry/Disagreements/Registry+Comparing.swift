public import CivilTime
import Certificates
import Changes
import Crypto
import SQLDatabase

extension Registry {
  private struct Pending: Sendable {
    let certificate: Int64
    /// The newest observation when it was asked for.
    let observation: Int64
    let kind: String
    let identity: [UInt8]
    /// The last word of each platform.
    var words: [(id: Int64, platform: String, sealed: [UInt8])] = []
  }

  private struct Found: Sendable {
    let certificate: Int64
    let observation: Int64
    let kind: String
    var rows: [FoundRow] = []
  }

  private struct FoundRow: Sendable {
    let field: String
    let platforms: [String]
    let observations: [Int64]
    let said: [UInt8]
  }

  /// Compares what platforms say of certificates of which a second one has said something since, and brings the ledger up to date. Off the writer's
  /// path: records are opened here, and each portion is one short transaction. Broken off, it goes on where it was.
  ///
  /// Returns how many certificates were compared.
  @discardableResult
  public func compareObservations(at time: Timestamp, portion: Int = 500) async throws -> Int {
    var compared = 0
    var position: Int64 = 0
    var failure: (any Error)?
    while true {
      try Task.checkCancellation()
      let pending = try await pendingComparisons(after: position, limit: portion)
      guard let last = pending.last else { break }
      position = last.certificate
      var found: [Found] = []
      for one in pending {
        do {
          found.append(try compare(one))
        } catch {
          // A record that does not open stays to be compared and holds up no other.
          failure = failure ?? error
        }
      }
      let ready = found
      try await database.write { transaction in
        var told: [NewChange] = []
        for one in ready { told += try Self.store(one, at: time, transaction) }
        try self.changes?.append(told, in: transaction, at: time)
      }
      compared += ready.count
    }
    if let failure { throw failure }
    return compared
  }

  private func pendingComparisons(after position: Int64, limit: Int) async throws -> [Pending] {
    try await database.read { reader in
      var pending = try reader.query(
        """
        SELECT d.certificate, d.observation, c.kind, c.identity
        FROM disagreement_check d JOIN certificate c ON c.id = d.certificate
        WHERE d.certificate > ?1 ORDER BY d.certificate LIMIT ?2
        """, .int(position), .int(limit)
      ) { Pending(certificate: $0.int(0), observation: $0.int(1), kind: $0.text(2), identity: $0.blob(3)) }
      let words = try reader.prepare(
        """
        SELECT o.id, o.platform, o.sealed FROM observation o WHERE o.certificate = ?1 AND NOT EXISTS (
          SELECT 1 FROM observation n WHERE n.certificate = o.certificate AND n.platform = o.platform
            AND (n.claim_time > o.claim_time OR n.claim_time = o.claim_time AND n.id > o.id))
        ORDER BY o.platform
        """)
      for index in pending.indices {
        pending[index].words = try words.query(.int(pending[index].certificate)) {
          (id: $0.int(0), platform: $0.text(1), sealed: $0.blob(2))
        }
      }
      return pending
    }
  }

  private func compare(_ pending: Pending) throws -> Found {
    var found = Found(
      certificate: pending.certificate, observation: pending.observation, kind: pending.kind)
    let words = try pending.words.map { word in
      (word.id, word.platform, try record(word.sealed, identity: pending.identity, platform: word.platform))
    }
    // A row that its platform has taken back says nothing any more.
    let valid = words.filter { $0.2.management.flag(.sourceDeleted) != true }
    for (place, left) in valid.enumerated() {
      for right in valid.dropFirst(place + 1) {
        for field in left.2.disagreements(with: right.2) {
          let texts = [left.2, right.2].map { $0.text(ofDisagreement: field) ?? "" }
          let said = keys.blindIndex.token(
            "disagreement/\(field)", texts.map { "\($0.utf8.count):\($0)" }.joined())
          found.rows.append(
            FoundRow(
              field: field, platforms: [left.1, right.1], observations: [left.0, right.0], said: said))
        }
      }
    }
    return found
  }

  /// What was dismissed stays so while the two say the same two things; what is not found any more is resolved.
  ///
  /// Returns what the feed is told.
  private static func store(
    _ found: Found, at time: Timestamp, _ transaction: Transaction
  ) throws -> [NewChange] {
    // Two statements: one that does either would use up a number each time.
    let insert = try transaction.prepare(
      """
      INSERT INTO disagreement (certificate, kind, field, left_platform, right_platform, left_observation,
        right_observation, said, state, opened, updated, said_since)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'open', ?9, ?9, ?9) RETURNING id
      """)
    let update = try transaction.prepare(
      """
      UPDATE disagreement SET left_observation = ?6, right_observation = ?7, said = ?8,
        opened = CASE WHEN state = 'resolved' THEN ?9 ELSE opened END,
        updated = CASE WHEN said = ?8 AND state <> 'resolved' THEN updated ELSE ?9 END,
        said_since = CASE WHEN said = ?8 AND state <> 'resolved' THEN said_since ELSE ?9 END,
        ended = CASE WHEN said = ?8 AND state <> 'resolved' THEN ended END,
        ended_by = CASE WHEN said = ?8 AND state <> 'resolved' THEN ended_by END,
        reason = CASE WHEN said = ?8 AND state <> 'resolved' THEN reason END,
        state = CASE WHEN said = ?8 AND state <> 'resolved' THEN state ELSE 'open' END
      WHERE certificate = ?1 AND kind = ?2 AND field = ?3 AND left_platform = ?4 AND right_platform = ?5
      RETURNING id
      """)
    let standing = try transaction.prepare(
      """
      SELECT state, said FROM disagreement
      WHERE certificate = ?1 AND field = ?2 AND left_platform = ?3 AND right_platform = ?4
      """)
    var told: [NewChange] = []
    var kept: Set<Int64> = []
    for row in found.rows {
      let before = try standing.first(
        .int(found.certificate), .text(row.field), .text(row.platforms[0]), .text(row.platforms[1])
      ) { (state: $0.text(0), said: $0.blob(1)) }
      let id = try (before == nil ? insert : update).first(
        .int(found.certificate), .text(found.kind), .text(row.field), .text(row.platforms[0]),
        .text(row.platforms[1]), .int(row.observations[0]), .int(row.observations[1]), .blob(row.said),
        .int(time.milliseconds)
      ) { $0.int(0) }
      guard let id else { continue }
      kept.insert(id)
      guard before.map({ $0.state == "resolved" || $0.said != row.said }) ?? true else { continue }
      told.append(
        NewChange(
          .disagreementOpened, "disagreement-\(id)",
          ["certificateKind": .word(found.kind), "field": .word(row.field)]))
    }
    let others = try transaction.query(
      "SELECT id FROM disagreement WHERE certificate = ?1 AND state <> 'resolved'", .int(found.certificate)
    ) { $0.int(0) }
    for id in others where !kept.contains(id) {
      _ = try transaction.execute(
        """
        UPDATE disagreement SET state = 'resolved', updated = ?2, ended = ?2, ended_by = NULL, reason = NULL
        WHERE id = ?1
        """, .int(id), .int(time.milliseconds))
      told.append(.ended(DisagreementID(rawValue: id), as: .resolved))
    }
    // Somebody may have said something since it was read; then it is compared again.
    _ = try transaction.execute(
      "DELETE FROM disagreement_check WHERE certificate = ?1 AND observation = ?2", .int(found.certificate),
      .int(found.observation))
    return told
  }
}

extension NewChange {
  static func ended(_ id: DisagreementID, as state: Disagreement.State) -> NewChange {
    NewChange(.disagreementEnded, "disagreement-\(id)", ["state": .word(state.rawValue)])
  }
}
