import Adapters
public import Applications
public import CivilTime
import Exchanges
public import Pushing
import SQLDatabase
public import Work

/// Works on open cases: hands in what is ready, enters what became of it, asks windows how far they are.
///
/// Each open case is one item of work that sleeps until there is something to do. Whatever it does is done in the
/// transaction that says so; a process that dies leaves a case that the next one looks at again.
public struct PermitHandler: WorkHandler {
  /// What is worth a log line.
  public struct Event: Sendable {
    public let permitCase: PermitCaseID
    public let item: PermitItem
    public let event: PermitEvent
    public let state: PermitState
    /// It does not fit what is known of the item.
    public let isMisfit: Bool
    /// What somebody has to look at since.
    public let doubts: Set<PermitDoubt>
  }

  /// An item that cannot go on by itself.
  public struct Trouble: Sendable {
    public let permitCase: PermitCaseID
    public let item: PermitItem
    public let problem: WorkProblem
  }

  let permits: Permits
  let pushes: Pushes
  let queue: WorkQueue
  let polling: PermitPolling
  let windows: PermitWindows
  let now: @Sendable () -> Timestamp
  let fraction: @Sendable () -> Double
  let report: @Sendable (Event) -> Void
  let trouble: @Sendable (Trouble) -> Void

  /// - Parameters:
  ///   - report: told of everything that happens to an item; must not block.
  ///   - trouble: told once when something keeps an item from going on; must not block.
  public init(
    permits: Permits, pushes: Pushes, queue: WorkQueue, windows: PermitWindows,
    polling: PermitPolling = PermitPolling(),
    now: @escaping @Sendable () -> Timestamp = { .now() },
    fraction: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
    report: @escaping @Sendable (Event) -> Void = { _ in },
    trouble: @escaping @Sendable (Trouble) -> Void = { _ in }
  ) {
    self.permits = permits
    self.pushes = pushes
    self.queue = queue
    self.polling = polling
    self.windows = windows
    self.now = now
    self.fraction = fraction
    self.report = report
    self.trouble = trouble
  }

  public func perform(_ lease: WorkLease) async throws {
    guard let number = Int64(String(decoding: lease.payload, as: UTF8.self)) else {
      throw PermitError(
        .unreadable, "work \(lease.id.rawValue) names no permit case",
        remedy: "compare the database with a backup")
    }
    let id = PermitCaseID(rawValue: number)
    let before = try await permits.view(id, at: moment())
    let lane = Permits.lane(
      of: try await asked(of: before) ?? windows.window(forRegion: before.permitCase.region))
    guard lease.lane == lane else {
      // It has just come, or its region has another window by now.
      let (time, priority) = (now(), PermitUrgency.priority(of: before))
      return try await permits.database.write { transaction in
        try queue.move(lease, to: lane, priority: priority, in: transaction, now: time)
      }
    }
    let last = before.items.latest
    var stuck = try await enterOutcomes(of: last, in: before)
    if before.items.count > last.count {
      // What becomes of an earlier attempt depends on what became of those after it.
      let since = try await permits.view(id, at: moment())
      let earlier = since.items.filter { one in !last.contains { $0.attempt.id == one.attempt.id } }
      stuck.formUnion(try await enterOutcomes(of: earlier.reversed(), in: since))
    }
    // Whoever wakes the case from here on has it looked at once more.
    let wakes = try await permits.database.read { try permits.wakes(of: id, $0) }
    let view = try await permits.view(id, at: moment())
    let outlook = try await goOn(with: view, but: stuck)
    let isOver = view.permitCase.closed != nil && !outlook.isFollowed
    let (time, priority) = (now(), PermitUrgency.priority(of: view))
    try await permits.database.write { transaction in
      let alert = try permits.warn(id, in: transaction, now: time)
      if try permits.wakes(of: id, transaction) != wakes {
        try queue.snooze(lease, until: time, in: transaction, now: time)
      } else if isOver {
        // The utility may have to do something still when all permits are decided.
        if let alert {
          try queue.snooze(lease, until: alert, in: transaction, now: time)
        } else {
          try queue.complete(lease, in: transaction, now: time)
        }
      } else {
        // The next warning is not slept through.
        let usual = time.advanced(bySeconds: outlook.wait)
        try queue.snooze(
          lease, until: alert.map { min($0, usual) } ?? usual, priority: priority, in: transaction, now: time)
      }
    }
  }

  static let day = 86_400.0

  /// - Returns: the attempts of which that did not go.
  private func enterOutcomes(
    of items: [PermitItemView], in view: PermitCaseView
  ) async throws -> Set<PermitItemID> {
    var stuck: Set<PermitItemID> = []
    for item in items {
      let problem = try await obstacle(of: item) { try await enterOutcomes(of: item, in: view) }
      guard let problem else { continue }
      try await note(problem, of: item, in: view)
      stuck.insert(item.attempt.id)
    }
    return stuck
  }

  /// Writes a problem down, and tells it once.
  func note(_ problem: WorkProblem, of item: PermitItemView, in view: PermitCaseView) async throws {
    try await permits.note(problem, of: item.attempt.id)
    if item.attempt.problemCode != problem.code {
      trouble(Trouble(permitCase: view.permitCase.id, item: item.attempt.item, problem: problem))
    }
  }

  public func problem(of error: any Error) -> WorkProblem {
    switch error {
    case let error as PermitError:
      WorkProblem(
        code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
    case let error as PushError:
      WorkProblem(
        code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
    default: WorkProblem(error)
    }
  }

  /// What the clock of China shows.
  func moment() -> CivilDateTime { now().civil(offsetSeconds: UTCOffset.china) }

  func enter(
    _ entries: [PermitEntry], of item: PermitItemView, in view: PermitCaseView,
    also: @escaping @Sendable (Transaction) throws -> Void = { _ in }
  ) async throws {
    let time = now()
    let results = try await permits.database.write { transaction in
      try also(transaction)
      return try entries.map { try permits.enter($0, of: item.attempt.id, in: transaction, now: time) }
    }
    for (entry, result) in zip(entries, results) { tell(entry, result, of: item, in: view) }
  }

  func tell(
    _ entry: PermitEntry, _ result: PermitEntryResult, of item: PermitItemView, in view: PermitCaseView
  ) {
    guard let event = Event(entry, result, view.permitCase.id, item.attempt.item) else { return }
    report(event)
  }
}

extension PermitHandler.Event {
  /// `nil` where nothing has happened by it.
  init?(
    _ entry: PermitEntry, _ result: PermitEntryResult, _ permitCase: PermitCaseID, _ item: PermitItem
  ) {
    guard result.isNew, let event = entry.event else { return nil }
    self.init(
      permitCase: permitCase, item: item, event: event, state: result.state, isMisfit: result.isMisfit,
      doubts: result.doubts)
  }
}
