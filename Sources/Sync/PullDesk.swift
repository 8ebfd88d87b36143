public import CivilTime
import SQLDatabase
public import Work

/// Plans the runs of operations as work: one item an operation, whose sequence lets only one process run it at a time.
public struct PullDesk: Sendable {
  /// Somebody's turn to run an operation, or to store something in its name.
  public struct Turn: Sendable {
    public let lease: WorkLease
    /// When it would have been run; nil when no run was planned.
    public let due: Timestamp?
    /// Why that run was parked.
    let parked: WorkProblem?
  }

  public let queue: WorkQueue

  public init(_ queue: WorkQueue) {
    self.queue = queue
  }

  /// Takes the next run of an operation before its time; makes one where none is planned.
  ///
  /// - Throws: `WorkError` `leased` while another process runs it.
  public func take(_ key: OperationKey, now: Timestamp) async throws -> Turn {
    let planned = try await database.write { transaction in
      if let head = try head(of: key, in: transaction) {
        return (head.id, head.due as Timestamp?, head.state == .parked ? head.problem : nil)
      }
      return (try plan(key, at: now, failures: 0, in: transaction, now: now), nil, nil)
    }
    return Turn(lease: try await queue.claim(planned.0, now: now), due: planned.1, parked: planned.2)
  }

  /// Ends a turn that was no run: the planned one is as it was.
  public func giveBack(_ turn: Turn, now: Timestamp) async throws {
    try await database.writeRegardless { transaction in
      if let problem = turn.parked {
        try queue.park(turn.lease, problem, in: transaction, now: now)
      } else if let due = turn.due {
        try queue.snooze(turn.lease, until: due, isSettled: false, in: transaction, now: now)
      } else {
        try queue.complete(turn.lease, in: transaction, now: now)
      }
    }
  }

  /// When an operation is run next; nil when that is not planned, or it is being run.
  public func next(_ key: OperationKey) async throws -> Timestamp? {
    try await queue.list(WorkFilter(kind: .pull, lane: key.description, state: .ready, limit: 1)).first?.due
  }

  /// Plans the first run since the program started. One that was planned before comes no later for it, and one that was parked comes again,
  /// unless it ended each process that began it: that stays parked until a person has run it.
  ///
  /// - Returns: the problem of one that stays parked.
  @discardableResult
  func begin(_ key: OperationKey, at due: Timestamp, now: Timestamp) async throws -> WorkProblem? {
    try await database.write { transaction -> WorkProblem? in
      if let head = try head(of: key, in: transaction) {
        guard head.state == .parked else {
          if due < head.due { try queue.reschedule(head.id, at: due, in: transaction) }
          return nil
        }
        if let problem = head.problem, problem.code == WorkProblem.endsProcess { return problem }
        try queue.cancel(head.id, in: transaction, now: now)
      }
      _ = try plan(key, at: due, failures: 0, in: transaction, now: now)
      return nil
    }
  }

  /// Takes out planned runs of operations that are scheduled no more.
  func withdraw(allBut keys: Set<OperationKey>, now: Timestamp) async throws {
    let lanes = Set(keys.map(\.description))
    for state in [WorkState.ready, .parked] {
      let planned = try await queue.list(WorkFilter(kind: .pull, state: state, limit: 10_000))
      let left = planned.filter { !lanes.contains($0.lane) }
      guard !left.isEmpty else { continue }
      try await database.write { transaction in
        for item in left where try queue.head(of: item.lane, in: transaction)?.state == state {
          try queue.cancel(item.id, in: transaction, now: now)
        }
      }
    }
  }

  /// - Parameter failures: how many runs in a row failed in a way that passes by itself.
  func plan(
    _ key: OperationKey, at due: Timestamp, failures: Int, in transaction: Transaction, now: Timestamp
  ) throws -> WorkID {
    var time = due
    while true {
      let work = NewWork(
        kind: .pull, lane: key.description, sequence: key.description,
        businessKey: Array(key.description.utf8), contentDigest: Array("\(time.milliseconds)".utf8),
        payload: Array("\(failures)".utf8), notBefore: due)
      switch try queue.enqueue(work, in: transaction, now: now) {
      case .added(let id): return id
      // A run of the same time was done before its time came.
      case .duplicate(_, .done): time = time.advanced(byMilliseconds: 1)
      case .duplicate(let id, _): return id
      }
    }
  }

  /// The run of an operation that is next, or under way. Nothing else is taken for one, whatever its sequence is called.
  ///
  /// - Throws: `WorkError` `wrongState` where something else stands in its place.
  private func head(of key: OperationKey, in reader: Reader) throws -> WorkItem? {
    guard let head = try queue.head(of: key.description, in: reader) else { return nil }
    guard head.kind == .pull else {
      throw WorkError(
        .wrongState,
        "work \(head.id), a \(head.kind.rawValue), stands where the runs of \(key.description) have their place",
        remedy: "'work show \(head.id)' tells more; see to how it ends, then try again")
    }
    return head
  }

  /// What ``plan(_:at:failures:in:now:)`` had noted.
  static func failures(_ lease: WorkLease) -> Int { Int(String(decoding: lease.payload, as: UTF8.self)) ?? 0 }

  private var database: Database { queue.database }
}
