import Changes
import CivilTime
import Crypto
import Exchanges
import Mapping
import Registry
import SQLDatabase

/// What pulls need: what is usual, and where to say that something is not.
extension IncidentLedger {
  /// What is known of an operation before something of it is judged.
  struct Opening {
    /// What is usual under its mapping.
    let baseline: DriftBaseline
    /// What of its drift somebody has said is right.
    let accepted: Set<DriftSubject>
    /// What holds it; nil: it is not held.
    let held: Set<DriftSubject>?
    /// When it began to be held.
    let since: Timestamp?
  }

  /// What does not open is given up by the way, and told.
  func opening(_ key: OperationKey, mapping: DefinitionID) async throws -> Opening {
    do {
      return try await database.read { try self.opening(key, mapping: mapping, $0) }
    } catch let error as CryptoError where error.isDamage {
      let losses = try await database.writeRegardless { try self.giveUpDamaged(of: key, in: $0) }
      for loss in losses { lost?(loss) }
      return try await database.read { try self.opening(key, mapping: mapping, $0) }
    }
  }

  func opening(_ key: OperationKey, mapping: DefinitionID, _ reader: Reader) throws -> Opening {
    let stored = try baseline(of: key, reader)
    var baseline = stored?.baseline ?? DriftBaseline()
    // How much comes does not depend on what is made of it.
    if stored?.mapping != mapping { baseline.entities = [:] }
    let subjects = try reader.query(
      """
      SELECT id, entity, kind, subject, sealed_place, accepted, held FROM incident
      WHERE platform = ?1 AND operation = ?2 AND (accepted = 1 OR held = 1)
      """, .text(key.platform), .text(key.operation)
    ) { row in
      try DriftKind(rawValue: row.text(2)).map { kind in
        (
          subject: DriftSubject(
            entity: row.text(1), kind: kind,
            subject: try openedPlace(row.blobOrNull(4), of: IncidentID(rawValue: row.int(0))) ?? row.text(3)),
          isAccepted: row.flag(5), isHeld: row.flag(6)
        )
      }
    }.compactMap(\.self)
    // What was found by another mapping holds nothing of this one's. Whose it was is lost with what was usual.
    let isOther = stored.map { $0.mapping != mapping } ?? false
    let held = isOther ? [] : subjects.filter(\.isHeld).map(\.subject)
    if stored == nil {
      // A message that is not understood needs nothing usual to be told from.
      baseline.unsettled = Set(subjects.filter(\.isHeld).map(\.subject)).filter {
        $0.kind != .unreadableMessage
      }
    }
    let since = try Self.heldSince(key, reader)
    return Opening(
      baseline: baseline, accepted: Set(subjects.filter(\.isAccepted).map(\.subject)),
      held: since == nil ? nil : Set(held), since: since)
  }

  /// What holds an operation just now; nil when nothing does, or what does has been accepted.
  func standing(_ key: OperationKey) async throws -> DriftStanding? {
    try await database.read { reader in
      guard try Self.heldSince(key, reader) != nil else { return nil }
      let incidents = try reader.query(
        """
        SELECT id, accepted FROM incident WHERE platform = ?1 AND operation = ?2 AND held = 1 ORDER BY id
        """, .text(key.platform), .text(key.operation)
      ) { (id: IncidentID(rawValue: $0.int(0)), isAccepted: $0.flag(1)) }
      let open = incidents.filter { !$0.isAccepted }.map(\.id)
      return open.isEmpty && !incidents.isEmpty ? nil : DriftStanding(incidents: open)
    }
  }

  private static func heldSince(_ key: OperationKey, _ reader: Reader) throws -> Timestamp? {
    try reader.first(
      "SELECT since FROM drift_hold WHERE platform = ?1 AND operation = ?2", .text(key.platform),
      .text(key.operation)
    ) { Timestamp(milliseconds: $0.int(0)) }
  }

  /// Opens an incident for each finding, or counts it in the one there is. Returns their numbers.
  @discardableResult
  func report(
    _ findings: [DriftFinding], of key: OperationKey, isHeld: Bool, at time: Timestamp,
    in transaction: Transaction
  ) throws -> [IncidentID] {
    guard !findings.isEmpty else { return [] }
    let known = try transaction.prepare(
      """
      SELECT id, state FROM incident
      WHERE platform = ?1 AND operation = ?2 AND entity = ?3 AND kind = ?4 AND subject = ?5
      """)
    // Not one statement that does either: it would use up a number each time.
    let insert = try transaction.prepare(
      """
      INSERT INTO incident (platform, operation, entity, kind, subject, state, held, accepted, count, detail,
        first_seen, last_seen, opened)
      VALUES (?1, ?2, ?3, ?4, ?5, 'closed', 0, 0, 0, '', ?6, ?6, ?6) RETURNING id
      """)
    let count = try transaction.prepare(
      """
      UPDATE incident SET count = count + 1, last_seen = ?2, held = ?3, detail = coalesce(?4, detail),
        sealed_place = ?5 WHERE id = ?1
      """)
    let open = try transaction.prepare(
      "UPDATE incident SET state = 'open', opened = ?2, exchange = ?3, sealed_locator = ?4 WHERE id = ?1")
    return try findings.compactMap { finding in
      let subject = finding.subject
      let place: [SQLValue] = [
        .text(key.platform), .text(key.operation), .text(subject.entity), .text(subject.kind.rawValue),
        .text(stored(subject, of: key)),
      ]
      let before = try known.first(place) {
        (id: IncidentID(rawValue: $0.int(0)), isClosed: $0.text(1) == Incident.State.closed.rawValue)
      }
      let new = before == nil ? try insert.first(place + [.int(time.milliseconds)]) { $0.int(0) } : nil
      guard let id = before?.id ?? new.map(IncidentID.init) else { return nil }
      try count.execute(
        .int(id.rawValue), .int(time.milliseconds), .flag(isHeld),
        .textOrNull(finding.isStill ? nil : finding.detail), sealedPlace(subject, of: id))
      if before?.isClosed ?? true {
        try open.execute(
          .int(id.rawValue), .int(time.milliseconds), .intOrNull(finding.exchange?.rawValue),
          sealedLocator(finding.locator?.path, of: id))
        try changes?.append(.incident(.incidentOpened, id, key, subject), in: transaction, at: time)
      }
      return id
    }
  }

  /// Holds an operation: what it told so far is stale from now on, if it was not before.
  func hold(
    _ key: OperationKey, mapping: String, at time: Timestamp, in transaction: Transaction
  ) throws {
    _ = try transaction.execute(
      """
      INSERT INTO drift_hold (platform, operation, mapping, since) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (platform, operation) DO UPDATE SET mapping = ?3
      """, .text(key.platform), .text(key.operation), .text(mapping), .int(time.milliseconds))
  }

  /// A window is complete: nothing is held any more, and what it looked like is usual.
  func complete(
    _ key: OperationKey, mapping: DefinitionID, _ learned: DriftBaseline, accepted: Set<DriftSubject>,
    in transaction: Transaction
  ) throws {
    try keep(learned, of: key, mapping: mapping, in: transaction)
    try release(key, in: transaction)
    // An acceptance is used up by the window that it let through.
    try useUp(accepted, of: key, in: transaction)
  }

  func release(_ key: OperationKey, in transaction: Transaction) throws {
    _ = try transaction.execute(
      "DELETE FROM drift_hold WHERE platform = ?1 AND operation = ?2", .text(key.platform),
      .text(key.operation))
    _ = try transaction.execute(
      "UPDATE incident SET held = 0 WHERE platform = ?1 AND operation = ?2 AND held = 1",
      .text(key.platform), .text(key.operation))
  }

  func useUp(_ accepted: Set<DriftSubject>, of key: OperationKey, in transaction: Transaction) throws {
    for subject in accepted {
      _ = try transaction.execute(
        """
        UPDATE incident SET accepted = 0 WHERE platform = ?1 AND operation = ?2 AND entity = ?3 AND kind = ?4
          AND subject = ?5
        """, .text(key.platform), .text(key.operation), .text(subject.entity), .text(subject.kind.rawValue),
        .text(stored(subject, of: key)))
    }
  }
}

extension NewChange {
  /// The place of drift is a name in a message; what stood there is not in it.
  static func incident(
    _ kind: ChangeKind, _ id: IncidentID, _ key: OperationKey, _ subject: DriftSubject
  ) -> NewChange {
    NewChange(
      kind, "incident-\(id)",
      [
        "platform": .word(key.platform), "operation": .word(key.operation),
        "drift": .word(subject.kind.rawValue),
      ])
  }
}
