public import CivilTime
public import SQLDatabase

/// For whoever does one certain item, beside the loops.
extension WorkQueue {
  /// The item of a sequence that is next, or under way; nil when there is none.
  public func head(of sequence: String, in reader: Reader) throws -> WorkItem? {
    try reader.first(
      WorkItem.select
        + "sequence = ?1 AND sequence IS NOT NULL AND state IN ('ready', 'leased', 'parked')",
      .text(sequence)
    ) { try WorkItem($0) }
  }

  /// Moves the time of an item that is ready; says whether it was.
  @discardableResult
  public func reschedule(_ id: WorkID, at time: Timestamp, in transaction: Transaction) throws -> Bool {
    let moved = try transaction.execute(
      "UPDATE work_item SET due = ?2 WHERE id = ?1 AND state = 'ready'", .int(id.rawValue),
      .int(time.milliseconds))
    if moved > 0 { changed(in: transaction) }
    return moved > 0
  }

  /// Takes one item, whether its time has come or not; one that is parked too.
  ///
  /// - Throws: `WorkError` `leased` while somebody else works on it, `wrongState` for one that waits behind another or has ended, `notFound`.
  public func claim(_ id: WorkID, lease: Duration = .seconds(20), now: Timestamp) async throws -> WorkLease {
    let (owner, term) = (owner, LeaseTerm(from: now, lasting: lease))
    let claimed = try await database.write { transaction in
      guard
        let item = try transaction.first(
          WorkItem.select + "id = ?1", .int(id.rawValue), row: { try WorkItem($0) })
      else { throw WorkError(.notFound, "there is no work \(id)", remedy: "it may have been pruned") }
      switch item.state {
      case .ready, .parked: break
      case .leased:
        guard
          try LeasedRow.all(item.kind, transaction).contains(where: {
            $0.id == id && self.hasEnded($0, at: now)
          })
        else {
          throw WorkError(
            .leased, "another process works on \(item.lane)",
            remedy: "wait for it, or stop it; what a killed one held is free after a few seconds")
        }
      case .waiting, .done, .cancelled:
        throw WorkError(.wrongState, "work \(id) is \(item.state.rawValue)")
      }
      return try Self.take(
        id, isTakeover: item.state == .leased, begins: true, owner, term, transaction)
    }
    guard let opened = try await opened([claimed], until: term.until, now: now).first else {
      throw WorkError(
        .unreadable, "the payload of work \(id) cannot be opened", remedy: "see the problem of the item")
    }
    return opened
  }

  /// Renews a lease for as long as `body` takes, and cancels it when the lease is lost.
  ///
  /// - Throws: what `body` throws; `WorkError` `leaseLost`.
  public func holding<T: Sendable>(
    _ held: WorkLease, lease: Duration = .seconds(20), clock: WorkClock = .system,
    _ body: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    try await withThrowingTaskGroup(of: T?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        while true {
          try await clock.sleep(lease / 3)
          let now = clock.now()
          do {
            guard try await !self.renew([held], lease: lease, now: now).isEmpty else { return nil }
          } catch is DatabaseError {
            // Tried again before it ends; if it ends, the fence tells.
            continue
          }
        }
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else {
        group.cancelAll()
        do {
          // What it ended itself before it returned was not lost.
          if let last = try await group.next(), let value = last { return value }
        } catch is CancellationError {
          // It was stopped because of the loss.
        }
        throw WorkError(.leaseLost, "\(held) is somebody else's by now")
      }
      return value
    }
  }

  /// The lanes on which somebody works just now.
  public func heldLanes(_ kind: WorkKind, now: Timestamp) async throws -> Set<String> {
    try await database.read { reader in
      Set(try LeasedRow.all(kind, reader).filter { !self.hasEnded($0, at: now) }.map(\.lane))
    }
  }
}
