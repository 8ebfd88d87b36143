import CivilTime
import Documents
public import Exchanges
import SQLDatabase

extension Replays {
  /// A plan that is being written down, and one that is being removed again. Nobody sees either.
  static let (draft, discarded) = ("draft", "discarded")
  /// Items written, or removed, at once: whoever wants to write meanwhile waits for no more than these.
  private static let itemsAtOnce = 200
  /// Left between two portions, so that another process that waits to write comes in.
  private static let gap = Duration.milliseconds(3)
  /// Seconds after which a draft that nobody has added to is the rest of a process that ended.
  private static let patience = 3600.0

  /// Keeps a plan with everything it would repeat, in portions; it is there with the last. Nothing runs before ``start(_:by:)``.
  ///
  /// - Parameter outlook: what was looked at: nothing else than that is run.
  public func keep(
    _ query: ReplayQuery, depth: ReplayDepth, terms: ReplayTerms, outlook: ReplayOutlook, by signOff: SignOff
  ) async throws -> ReplayID {
    try terms.check()
    let (originals, basis) = (outlook.originals, ReplayBasis(outlook))
    guard !originals.isEmpty else {
      throw ReplayError(
        .unfit, "nothing fits the query", remedy: "'exchange list' or 'push list' shows what there is")
    }
    try await removeDrafts()
    let moment = now()
    let id = try await database.write { transaction in
      let id = try transaction.first(
        """
        INSERT INTO replay (depth, query, terms, state, needs_approval, approved, canary_passed, created,
          changed, basis)
        VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, ?6, ?7) RETURNING id
        """, .text(depth.rawValue), .text(Self.text { query.write(to: &$0) }),
        .text(Self.text { terms.write(to: &$0) }), .text(Self.draft),
        .flag(self.needsApproval), .int(moment.milliseconds), .text(Self.text { basis.write(to: &$0) })
      ) { ReplayID($0.int(0)) }
      guard let id else { throw DatabaseError(.other, "The insert of a replay returned no id.") }
      return id
    }
    do {
      for start in stride(from: 0, to: originals.count, by: Self.itemsAtOnce) {
        try Task.checkCancellation()
        let some = originals[start..<min(start + Self.itemsAtOnce, originals.count)]
        try await add(Array(some), behind: start, to: id)
        try await Task.sleep(for: Self.gap)
      }
      try await database.write { transaction in
        try self.change(draft: id, to: .planned, items: originals.count, transaction)
        try self.note("planned", .planned, of: id, signOff, in: transaction, at: self.now())
      }
    } catch {
      do { try await remove(draft: id) } catch {
        // What keeps it from being removed is most likely what kept it from being written, which is told. It is removed later.
      }
      throw error
    }
    return id
  }

  private func add(
    _ originals: [(id: Int64, windowEnd: Timestamp?)], behind start: Int, to id: ReplayID
  ) async throws {
    try await database.writeRegardless(isPatient: true) { transaction in
      try self.change(draft: id, to: nil, items: start, transaction)
      let insert = try transaction.prepare(
        """
        INSERT INTO replay_item (replay, number, original, window_to, state, new, changed, unchanged)
        VALUES (?1, ?2, ?3, ?4, 'pending', 0, 0, 0)
        """)
      for (index, original) in originals.enumerated() {
        _ = try insert.execute(
          .int(id.rawValue), .int(start + index + 1), .int(original.id),
          .intOrNull(original.windowEnd?.milliseconds))
      }
    }
  }

  /// - Throws: where somebody took the draft for the rest of a process that ended.
  private func change(
    draft id: ReplayID, to state: ReplayState?, items: Int, _ transaction: Transaction
  ) throws {
    let changed = try transaction.execute(
      "UPDATE replay SET state = ?2, pending = ?3, changed = ?4 WHERE id = ?1 AND state = ?5",
      .int(id.rawValue), .text(state?.rawValue ?? Self.draft), .int(items), .int(now().milliseconds),
      .text(Self.draft))
    guard changed == 1 else {
      throw ReplayError(
        .notNow, "the plan took so long to be kept that it was removed",
        remedy: "plan it again when the database has less to do")
    }
  }

  /// Removes what processes have left that ended while they kept a plan.
  public func removeDrafts() async throws {
    let (moment, draft, discarded) = (now(), Self.draft, Self.discarded)
    let left = try await database.read { reader in
      // Also what is said to be of a time to come: a clock was set back.
      try reader.query(
        """
        SELECT id FROM replay WHERE state = ?1 OR state = ?2 AND (changed < ?3 OR changed > ?4) ORDER BY id
        """, .text(discarded), .text(draft),
        .int(moment.advanced(bySeconds: -Self.patience).milliseconds),
        .int(moment.advanced(bySeconds: Self.patience).milliseconds)
      ) { ReplayID($0.int(0)) }
    }
    for id in left { try await remove(draft: id) }
  }

  private func remove(draft id: ReplayID) async throws {
    let (draft, discarded, limit) = (Self.draft, Self.discarded, Self.itemsAtOnce)
    // From here on nothing is added to it.
    let isDiscarded = try await database.writeRegardless { transaction in
      try transaction.execute(
        "UPDATE replay SET state = ?2 WHERE id = ?1 AND state IN (?2, ?3)", .int(id.rawValue),
        .text(discarded), .text(draft)) == 1
    }
    guard isDiscarded else { return }
    while try await removeItems(of: id, limit: limit) > 0 { try await Task.sleep(for: Self.gap) }
    try await database.writeRegardless { transaction in
      _ = try transaction.execute(
        "DELETE FROM replay WHERE id = ?1 AND state = ?2", .int(id.rawValue), .text(discarded))
    }
  }

  /// - Returns: how many are gone.
  func removeItems(of id: ReplayID, limit: Int) async throws -> Int {
    try await database.writeRegardless(isPatient: true) { transaction in
      try transaction.execute(
        """
        DELETE FROM replay_item WHERE replay = ?1 AND number IN (
          SELECT number FROM replay_item WHERE replay = ?1 ORDER BY number LIMIT ?2)
        """, .int(id.rawValue), .int(limit))
    }
  }

  private static func text(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.takeBytes(), as: UTF8.self)
  }
}
