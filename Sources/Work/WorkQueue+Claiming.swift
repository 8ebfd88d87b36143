public import CivilTime
import Crypto
import Exchanges
import SQLDatabase

extension WorkQueue {
  /// Takes items whose time has come, those with leases that have ended among them, in one transaction.
  ///
  /// What three holders in a row have vanished over is taken by itself, when nothing else is due and the caller holds nothing: it may end this process too. That is so at
  /// this moment: what becomes due later is claimed beside it, since it may take hours, and what other loops of the process hold is not asked for. Eight seconds
  /// after its lease has ended it is taken in any case. What four have vanished over is begun for the last time: then too one such item at a time in this
  /// process, the next when that has ended or been under way for a lease.
  ///
  /// An item whose payload cannot be opened is parked and not in the result.
  ///
  /// - Parameters:
  ///   - excluded: lanes of which nothing is taken, such as paused ones.
  ///   - room: how many of a lane may be taken.
  ///   - holding: what the caller still works on: not taken over, also when its lease has ended.
  ///   - beginning: which of the chosen are begun at once, by their lanes; of the others ``begin(_:now:)`` says so. A holder that vanishes over what it had not begun is none
  ///     of those that the work may have ended.
  ///   - lease: how long each is the caller's, unless it is renewed.
  public func claim(
    kinds: Set<WorkKind>, lanes excluded: Set<String> = [], limit: Int,
    room: @escaping @Sendable (String) -> Int = { _ in .max }, holding: Set<WorkID> = [],
    beginning: @escaping @Sendable (_ lanes: [String]) -> [Bool] = { $0.map { _ in true } },
    lease: Duration, now: Timestamp
  ) async throws -> [WorkLease] {
    guard limit > 0 else { return [] }
    let (owner, term) = (owner, LeaseTerm(from: now, lasting: lease))
    let claimed = try await database.write { transaction in
      var candidates: [ClaimChoice.Candidate] = []
      for kind in kinds {
        if try ReadyRows.isOfFuture(kind, now: now, transaction) {
          try ReadyRows.bringBack(kind, now: now, transaction)
        }
        for row in try LeasedRow.all(kind, transaction) where !excluded.contains(row.lane) {
          if self.hasEnded(row, at: now) {
            let rank = row.rank(at: now)
            guard !holding.contains(row.id), rank != .alone || holding.isEmpty else { continue }
            candidates.append(
              ClaimChoice.Candidate(
                id: row.id, lane: row.lane, priority: row.priority, due: row.term.until, rank: rank,
                vanished: row.vanished))
          } else if row.term.standing(at: now) == .tooLong {
            try transaction.execute(
              "UPDATE work_item SET lease_until = ?2 WHERE id = ?1", .int(row.id.rawValue),
              .int(row.term.cut(at: now).until.milliseconds))
          }
        }
        for lane in try ReadyRows.lanes(kind, transaction) where !excluded.contains(lane) {
          let most = min(limit, room(lane))
          guard most > 0 else { continue }
          candidates += try ReadyRows.due(kind, lane, now: now, limit: most, transaction)
        }
      }
      if candidates.contains(where: \.rank.isSuspect),
        try LeasedRow.trialEnds(owner, at: now, transaction) != nil
      {
        candidates.removeAll(where: \.rank.isSuspect)
      }
      let chosen = ClaimChoice.choose(candidates, limit: limit, room: room)
      return try zip(chosen, beginning(chosen.map(\.lane))).map { candidate, begins in
        try Self.take(
          candidate.id, isTakeover: candidate.rank != .ready, begins: begins, owner, term, transaction)
      }
    }
    return try await opened(claimed, until: term.until, now: now)
  }

  /// Says of leases that their holder begins with them, before anything is done; gives those that have not been lost.
  public func begin(_ leases: [WorkLease], now: Timestamp) async throws -> [WorkLease] {
    try await database.writeRegardless { transaction in
      let begin = try transaction.prepare(
        "UPDATE work_item SET begun = 1, taken = ?3 WHERE id = ?1 AND fence = ?2 AND state = 'leased'")
      return try leases.filter {
        try begin.execute(.int($0.id.rawValue), .int($0.fence), .int(now.milliseconds)) == 1
      }
    }
  }

  /// Goes on holding leases, and gives those that have not been lost.
  public func renew(_ leases: [WorkLease], lease: Duration, now: Timestamp) async throws -> [WorkLease] {
    guard !leases.isEmpty else { return [] }
    let term = LeaseTerm(from: now, lasting: lease)
    // Also while the holder is being stopped: until it has ended the work is its own.
    return try await database.writeRegardless { transaction in
      let renewal = try transaction.prepare(
        """
        UPDATE work_item SET lease_until = ?3, lease_length = ?4
        WHERE id = ?1 AND fence = ?2 AND state = 'leased'
        """)
      return try leases.filter { lease in
        try renewal.execute(
          .int(lease.id.rawValue), .int(lease.fence), .int(term.until.milliseconds), .int(term.length)) == 1
      }
    }
  }

  /// When there will be something to claim, as far as is known now; a time that has passed means that there is something already. nil: nothing is waiting.
  public func nextDue(
    kinds: Set<WorkKind>, lanes excluded: Set<String> = [], holding: Set<WorkID> = [], now: Timestamp
  ) async throws -> Timestamp? {
    try await database.read { reader in
      var earliest: Timestamp?
      func note(_ time: Timestamp) { earliest = earliest.map { min($0, time) } ?? time }
      for kind in kinds {
        if try ReadyRows.isOfFuture(kind, now: now, reader) { note(now) }
        for row in try LeasedRow.all(kind, reader)
        where !holding.contains(row.id) && !excluded.contains(row.lane) {
          guard self.hasEnded(row, at: now) else {
            note(row.term.due(at: now))
            continue
          }
          let rank = row.rank(at: now)
          if rank == .alone, !holding.isEmpty {
            note(row.patienceEnds)
          } else if rank.isSuspect, let end = try LeasedRow.trialEnds(self.owner, at: now, reader) {
            note(rank == .alone ? min(end, row.patienceEnds) : end)
          } else {
            note(min(now, row.term.until))
          }
        }
        for lane in try ReadyRows.lanes(kind, reader) where !excluded.contains(lane) {
          if let due = try ReadyRows.earliest(kind, lane, reader) { note(due) }
        }
      }
      return earliest
    }
  }

  struct Claimed {
    let id: WorkID
    let sequence: String?
    let identity: WorkIdentity
    let fence: Int64
    let attempts: Int
    let sealed: [UInt8]
    let isTakeover: Bool
    let vanished: Int
    let isBegun: Bool
  }

  static func take(
    _ id: WorkID, isTakeover: Bool, begins: Bool, _ owner: String, _ term: LeaseTerm,
    _ transaction: Transaction
  ) throws -> Claimed {
    // A holder that vanished over what it had begun has used up an attempt: what ends the process each time must come to an end itself, also where
    // attempts are without end: the holders that vanished are counted apart. What only lay at hand ends nothing.
    let claimed = try transaction.first(
      """
      UPDATE work_item SET state = 'leased', owner = ?2, lease_until = ?3, lease_length = ?4, fence = fence + 1,
        attempts = attempts + ?5 * begun, orphaned = CASE WHEN ?5 * begun = 1 THEN 1 ELSE orphaned END,
        vanished = vanished + ?5 * begun, begun = ?6, taken = ?7
      WHERE id = ?1
      RETURNING sequence, kind, lane, business_key, content_digest, fence, attempts, payload, orphaned, vanished
      """, .int(id.rawValue), .text(owner), .int(term.until.milliseconds), .int(term.length),
      .flag(isTakeover), .flag(begins), .int(term.start.milliseconds)
    ) { row in
      Claimed(
        id: id, sequence: row.textOrNull(0),
        identity: WorkIdentity(
          kind: try WorkKind(column: row.text(1)), lane: row.text(2), businessKey: row.blob(3),
          contentDigest: row.blob(4)),
        fence: row.int(5), attempts: Int(row.int(6)), sealed: row.blob(7), isTakeover: row.flag(8),
        vanished: Int(row.int(9)), isBegun: begins)
    }
    guard let claimed else { throw WorkError(.notFound, "work \(id) is gone") }
    return claimed
  }

  /// Opens the payloads, off the thread that writes.
  func opened(_ claimed: [Claimed], until: Timestamp, now: Timestamp) async throws -> [WorkLease] {
    var leases: [WorkLease] = []
    var closed: [(lease: WorkLease, error: CryptoError)] = []
    for item in claimed {
      func lease(_ payload: [UInt8]) -> WorkLease {
        var lease = WorkLease(
          id: item.id, kind: item.identity.kind, lane: item.identity.lane, sequence: item.sequence,
          businessKey: item.identity.businessKey, fence: item.fence, attempt: item.attempts + 1,
          payload: payload, until: until, isTakeover: item.isTakeover, vanished: item.vanished)
        lease.isBegun = item.isBegun
        return lease
      }
      do throws(CryptoError) {
        leases.append(lease(try sealer.open(item.sealed, context: item.identity.context)))
      } catch {
        closed.append((lease([]), error))
      }
    }
    if !closed.isEmpty {
      let parked = closed
      try await database.writeRegardless { transaction in
        for (lease, error) in parked {
          let problem = WorkProblem(
            code: "work-payload", errorClass: .configuration, message: error.message, remedy: error.remedy)
          try self.park(lease, problem, in: transaction, now: now)
        }
      }
    }
    return leases
  }
}
