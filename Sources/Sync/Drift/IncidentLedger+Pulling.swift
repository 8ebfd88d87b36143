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
  }

  func opening(_ key: OperationKey, mapping: DefinitionID) async throws -> Opening {
    try await database.read { try self.opening(key, mapping: mapping, $0) }
  }

  func opening(_ key: OperationKey, mapping: DefinitionID, _ reader: Reader) throws -> Opening {
    let stored = try reader.first(
      "SELECT mapping, content FROM drift_baseline WHERE platform = ?1 AND operation = ?2",
      .text(key.platform), .text(key.operation)
    ) { row in (mapping: row.int(0), sealed: row.blob(1)) }
    var baseline = DriftBaseline()
    if let stored {
      let content = try sealer.open(stored.sealed, context: Self.baselineContext(key))
      baseline = DriftBaseline(decoding: content) ?? baseline
    }
    // How much comes does not depend on what is made of it.
    if stored?.mapping != mapping.rawValue { baseline.entities = [:] }
    let subjects = try reader.query(
      """
      SELECT entity, kind, subject, accepted, held FROM incident
      WHERE platform = ?1 AND operation = ?2 AND (accepted = 1 OR held = 1)
      """, .text(key.platform), .text(key.operation)
    ) { row in
      DriftKind(rawValue: row.text(1)).map {
        (
          subject: DriftSubject(entity: row.text(0), kind: $0, subject: row.text(2)), isAccepted: row.flag(3),
          isHeld: row.flag(4)
        )
      }
    }.compactMap(\.self)
    // What was found by another mapping, or against what nobody knows any more, holds nothing of this one's.
    let isSame = stored?.mapping == mapping.rawValue
    let held = isSame ? subjects.filter(\.isHeld).map(\.subject) : []
    return Opening(
      baseline: baseline, accepted: Set(subjects.filter(\.isAccepted).map(\.subject)),
      held: try Self.isHeld(key, reader) ? Set(held) : nil)
  }

  /// The names of places in messages are the platform's: one may be somebody's.
  static func baselineContext(_ key: OperationKey) -> String {
    "drift-baseline|\(key.platform)|\(key.operation)"
  }

  /// What holds an operation just now; nil when nothing does, or what does has been accepted.
  func standing(_ key: OperationKey) async throws -> DriftStanding? {
    try await database.read { reader in
      guard try Self.isHeld(key, reader) else { return nil }
      let incidents = try reader.query(
        """
        SELECT id, accepted FROM incident WHERE platform = ?1 AND operation = ?2 AND held = 1 ORDER BY id
        """, .text(key.platform), .text(key.operation)
      ) { (id: IncidentID(rawValue: $0.int(0)), isAccepted: $0.flag(1)) }
      let open = incidents.filter { !$0.isAccepted }.map(\.id)
      return open.isEmpty && !incidents.isEmpty ? nil : DriftStanding(incidents: open)
    }
  }

  private static func isHeld(_ key: OperationKey, _ reader: Reader) throws -> Bool {
    try reader.first(
      "SELECT 1 FROM drift_hold WHERE platform = ?1 AND operation = ?2", .text(key.platform),
      .text(key.operation)
    ) { _ in true } ?? false
  }

  /// Opens an incident for each finding, or counts it in the one there is. Returns their numbers.
  @discardableResult
  func report(
    _ findings: [DriftFinding], of key: OperationKey, isHeld: Bool, at time: Timestamp,
    in transaction: Transaction
  ) throws -> [IncidentID] {
    guard !findings.isEmpty else { return [] }
    // Two statements: one that does either would use up a number each time.
    let insert = try transaction.prepare(
      """
      INSERT INTO incident (platform, operation, entity, kind, subject, state, held, accepted, count, detail,
        exchange, locator, first_seen, last_seen, opened)
      VALUES (?1, ?2, ?3, ?4, ?5, 'open', ?6, 0, 1, ?7, ?8, ?9, ?10, ?10, ?10) RETURNING id
      """)
    let count = try transaction.prepare(
      """
      UPDATE incident SET count = count + 1, last_seen = ?10, held = ?6, detail = ?7,
        opened = CASE WHEN state = 'closed' THEN ?10 ELSE opened END,
        exchange = CASE WHEN state = 'closed' THEN ?8 ELSE exchange END,
        locator = CASE WHEN state = 'closed' THEN ?9 ELSE locator END,
        state = CASE WHEN state = 'closed' THEN 'open' ELSE state END
      WHERE platform = ?1 AND operation = ?2 AND entity = ?3 AND kind = ?4 AND subject = ?5 RETURNING id
      """)
    let standing = try transaction.prepare(
      """
      SELECT state FROM incident
      WHERE platform = ?1 AND operation = ?2 AND entity = ?3 AND kind = ?4 AND subject = ?5
      """)
    return try findings.compactMap { finding in
      let before = try standing.first(
        .text(key.platform), .text(key.operation), .text(finding.subject.entity),
        .text(finding.subject.kind.rawValue), .text(finding.subject.subject)
      ) { $0.text(0) }
      let id = try (before == nil ? insert : count).first(
        .text(key.platform), .text(key.operation), .text(finding.subject.entity),
        .text(finding.subject.kind.rawValue), .text(finding.subject.subject), .flag(isHeld),
        .text(finding.detail), .intOrNull(finding.exchange?.rawValue), .textOrNull(finding.locator?.path),
        .int(time.milliseconds)
      ) { IncidentID(rawValue: $0.int(0)) }
      if let id, before == nil || before == Incident.State.closed.rawValue {
        try changes?.append(
          .incident(.incidentOpened, id, key, finding.subject), in: transaction, at: time)
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

  func keep(
    _ baseline: DriftBaseline, of key: OperationKey, mapping: DefinitionID, in transaction: Transaction
  ) throws {
    _ = try transaction.execute(
      """
      INSERT INTO drift_baseline (platform, operation, mapping, content) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (platform, operation) DO UPDATE SET mapping = ?3, content = ?4
      """, .text(key.platform), .text(key.operation), .int(mapping.rawValue),
      .blob(sealer.seal(baseline.encode(), context: Self.baselineContext(key))))
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
        .text(subject.subject))
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
