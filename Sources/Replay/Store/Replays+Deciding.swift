import Changes
import CivilTime
import Crypto
public import Exchanges
import Registry
import SQLDatabase
import Work

extension Replays {
  /// A second person agrees: one of another name, who has shown who they are by another credential than the planner.
  ///
  /// - Throws: `ReplayError` `approval` where that is not so.
  public func approve(_ id: ReplayID, by signOff: SignOff) async throws -> Replay {
    let planner = try await history(of: id).first?.signOff
    guard let planner, planner.credential != nil else {
      throw ReplayError(
        .approval, "nothing shows who planned this replay",
        remedy: "cancel it and plan it anew: by the command line, or with a key of the API")
    }
    guard signOff.isSomebodyElse(than: planner) else {
      throw ReplayError(
        .approval,
        planner.name.lowercased() == signOff.name.lowercased()
          ? "whoever planned a replay cannot approve it"
          : "the replay was planned with the same credential",
        remedy:
          "another operator approves it, from an account of their own on this machine or with a key of their own of the API"
      )
    }
    return try await change(id, .approved, by: signOff)
  }

  /// Begins, or goes on with what was stopped.
  ///
  /// - Parameter library: of the caller, where it has one. Whoever does the work looks at its own as well.
  /// - Throws: also `ReplayError` `changed` where the library is not what was looked at.
  public func start(
    _ id: ReplayID, by signOff: SignOff, with library: ReplayLibrary? = nil
  ) async throws -> Replay {
    if let library { try library.requireUnchanged(try await replay(id)) }
    return try await change(id, .started, by: signOff) { replay, transaction, moment in
      // Work that was parked stands in the way of what comes behind it.
      if let work = try self.work(of: id, transaction) {
        try self.queue.hasten(work, in: transaction, now: moment)
      }
      // A replay that was stopped and started again is new work; what is done of it stays done.
      let starts = try transaction.int("SELECT starts FROM replay WHERE id = ?1", .int(id.rawValue))
      let work = try self.queue.enqueue(
        NewWork(
          kind: .replay, lane: "replay/\(id)", sequence: "replay/\(id)",
          businessKey: Array(id.description.utf8), contentDigest: Array(String(starts).utf8),
          payload: Array(id.description.utf8), notBefore: moment, priority: 10),
        in: transaction, now: moment)
      try transaction.execute(
        "UPDATE replay SET work = ?2 WHERE id = ?1", .int(id.rawValue), .int(work.id.rawValue))
    }
  }

  /// Ends it for now; what is under way is finished.
  public func stop(_ id: ReplayID, by signOff: SignOff) async throws -> Replay {
    try await change(id, .stopped, by: signOff)
  }

  /// Ends it for good. What it has handed in and was not sent yet is taken back in the same transaction; what is done stays done.
  public func cancel(_ id: ReplayID, by signOff: SignOff) async throws -> Replay {
    try await change(id, .cancelled, by: signOff) { replay, transaction, moment in
      try self.takeBack(replay, in: transaction, at: moment)
      // Its work only has to end; what was parked would stand there for ever.
      if let work = try self.work(of: id, transaction) {
        try self.queue.hasten(work, in: transaction, now: moment)
      }
    }
  }

  func work(of id: ReplayID, _ reader: Reader) throws -> WorkID? {
    let work = try reader.first("SELECT work FROM replay WHERE id = ?1", .int(id.rawValue)) {
      $0.intOrNull(0)
    }
    return (work ?? nil).map { WorkID(rawValue: $0) }
  }

  private func change(
    _ id: ReplayID, _ event: ReplayEvent, by signOff: SignOff,
    also: @escaping @Sendable (Replay, Transaction, Timestamp) throws -> Void = { _, _, _ in }
  ) async throws -> Replay {
    let moment = now()
    return try await database.write { transaction in
      let replay = try self.require(id, transaction)
      let changed = try self.apply(event, to: replay, signOff, in: transaction, at: moment)
      try also(changed, transaction, moment)
      return changed
    }
  }

  /// - Parameter signOff: nil where the program does it.
  @discardableResult
  func apply(
    _ event: ReplayEvent, to replay: Replay, _ signOff: SignOff?, in transaction: Transaction,
    at moment: Timestamp
  ) throws -> Replay {
    var machine = replay.machine
    try machine.apply(event)
    try transaction.execute(
      """
      UPDATE replay SET state = ?2, approved = ?3, canary_passed = ?4, changed = ?5, starts = starts + ?6
      WHERE id = ?1
      """, .int(replay.id.rawValue), .text(machine.state.rawValue), .flag(machine.isApproved),
      .flag(machine.isCanaryPassed), .int(moment.milliseconds), .int(event == .started ? 1 : 0))
    try note(event.rawValue, machine.state, of: replay.id, signOff, in: transaction, at: moment)
    let changed = try require(replay.id, transaction)
    if changed.state.isFinal || changed.state == .stopped {
      try queue.changes?.append(
        NewChange(
          .replayEnded, "replay-\(replay.id)",
          [
            "state": .word(changed.state.rawValue), "depth": .word(changed.depth.rawValue),
            "succeeded": .number(changed.counts.succeeded), "failed": .number(changed.counts.failed),
            "unknown": .number(changed.counts.unknown),
          ]), in: transaction, at: moment)
    }
    return changed
  }

  func note(
    _ event: String, _ state: ReplayState, of id: ReplayID, _ signOff: SignOff?,
    in transaction: Transaction, at moment: Timestamp
  ) throws {
    try transaction.execute(
      "INSERT INTO replay_event (replay, moment, event, state, who) VALUES (?1, ?2, ?3, ?4, ?5)",
      .int(id.rawValue), .int(moment.milliseconds), .text(event), .text(state.rawValue),
      .blobOrNull(signOff.map { keys.sealer.seal($0.encoded, context: Self.context(id)) }))
    if let signOff { try prove(event, by: signOff, about: id, in: transaction, at: moment) }
  }
}
