public import CivilTime
import Exchanges
public import SQLDatabase
import Sync
public import Work

/// Runs replays: a trial first, then the rest, at the rate that was asked for, until everything is done or too much of it fails.
///
/// A replay has work, and so a lane, of its own: it holds up nothing else. What a thing has brought about is written down in the transaction of just that, part
/// by part: a process that dies repeats nothing that is done, and a thing that is stopped in the middle says how far it has come.
public struct ReplayHandler: WorkHandler {
  /// What is worth a log line.
  public struct Event: Sendable {
    public let replay: Replay
    public let event: ReplayEvent
  }

  /// Items done before the replay's state is read again, at most; and never more than about a second's.
  private static let portion = 20
  /// Seconds until things that were handed in are looked at again: after a look that found some decided, and after one that found none.
  private static let patience = (moving: 1.0, standing: 10.0)

  let replays: Replays
  private let library: ReplayLibrary
  private let now: @Sendable () -> Timestamp
  private let sleep: @Sendable (Duration) async throws -> Void
  private let report: @Sendable (Event) -> Void

  public init(
    replays: Replays, library: ReplayLibrary, now: @escaping @Sendable () -> Timestamp,
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.replays = replays
    self.library = library
    self.now = now
    self.sleep = sleep
    self.report = report
  }

  public func perform(_ lease: WorkLease) async throws {
    guard let number = Int64(String(decoding: lease.payload, as: UTF8.self)) else {
      throw ReplayError(
        .unreadable, "work \(lease.id) names no replay", remedy: "compare the database with a backup")
    }
    let id = ReplayID(number)
    var replay = try await replays.replay(id)
    // What was stopped or cancelled needs nothing that the site may not have any more.
    guard replay.state.isUnderWay else { return try await end(lease) }
    let action = try library.action(for: replay)
    // What this process has been started with does not change while it runs; another one may have been given other files.
    try library.requireUnchanged(replay)
    var pace = ReplayPace(rate: replay.terms.rate)
    var isMoving = false
    while replay.state.isUnderWay {
      if try await settleWaiting(id, action, lease) { isMoving = true }
      let gauge = try await gauge(replay)
      replay = try await replays.replay(id)
      guard replay.state.isUnderWay else { break }
      // A trial that was stopped is no trial passed: whoever starts again begins another.
      let tried = replay.state == .canary ? try await replays.finishedSinceStart(of: id) : 0
      let isCanaryOver = replay.state == .canary && tried >= replay.terms.canary
      if replay.counts.pending + replay.counts.waiting == 0 {
        return try await finish(replay, .completed, lease)
      }
      if gauge.stops(isCanaryOver: isCanaryOver) { return try await finish(replay, .stopped, lease) }
      if isCanaryOver {
        replay = try await advance(replay, .canaryPassed, lease)
        continue
      }
      let items = try await replays.items(of: id, state: .pending, limit: room(replay, tried: tried))
      guard !items.isEmpty else {
        return try await pause(lease, seconds: isMoving ? Self.patience.moving : Self.patience.standing)
      }
      isMoving = true
      let action = await action.ready()
      for item in items {
        try await sleep(pace.wait(at: ContinuousClock.now))
        if let seconds = try await perform(item, of: replay, action, lease) {
          return try await pause(lease, seconds: seconds)
        }
      }
    }
    try await end(lease)
  }

  private func end(_ lease: WorkLease) async throws {
    let moment = now()
    try await replays.database.writeRegardless { try replays.queue.complete(lease, in: $0, now: moment) }
  }

  /// How many items are done before the replay is looked at again. No more are handed in than can be judged: what waits in the queue of pushes would go on
  /// after a stop.
  private func room(_ replay: Replay, tried: Int) -> Int {
    let terms = replay.terms
    let undecided = replay.state == .canary ? terms.canary - tried : terms.span
    return max(0, min(undecided - replay.counts.waiting, Self.portion, max(1, Int(min(terms.rate, 1000)))))
  }

  public func problem(of error: any Error) -> WorkProblem {
    guard let error = error as? ReplayError else { return WorkProblem(error) }
    return WorkProblem(
      code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
  }

  /// A replay whose work nobody does any more is not under way.
  public func parked(
    _ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp
  ) throws {
    guard let number = Int64(String(decoding: lease.payload, as: UTF8.self)) else { return }
    let replay = try replays.require(ReplayID(number), transaction)
    guard replay.machine.state(after: .stopped) != nil else { return }
    try replays.apply(.stopped, to: replay, nil, in: transaction, at: now)
  }

  /// - Returns: nil when the item is decided or handed in; seconds after which it is its turn again.
  private func perform(
    _ item: ReplayItem, of replay: Replay, _ action: any ReplayAction, _ lease: WorkLease
  ) async throws -> Double? {
    let moment = now()
    let admit: @Sendable (Transaction) throws -> Void = { transaction in
      try replays.queue.check(lease, in: transaction)
      // A person may have stopped or cancelled it meanwhile: nothing more of it is done.
      guard try replays.isUnderWay(replay.id, transaction) else { throw NotUnderWay() }
    }
    let notes = ReplayNotes { records, stored, transaction in
      try admit(transaction)
      try replays.keep(part: records, stored: stored, item, of: replay.id, in: transaction)
    } end: { result, transaction in
      try admit(transaction)
      try replays.keep(result, item, of: replay.id, in: transaction, at: moment)
    }
    do {
      try await action.perform(item, of: replay, notes)
    } catch let error as CancellationError {
      throw error
    } catch let error as WorkError {
      throw error
    } catch let error as DatabaseError {
      // Our own trouble says nothing about the item.
      throw error
    } catch is NotUnderWay {
      return 0
    } catch let failure as ReplayFailure where failure.problem.isPause {
      return Double(failure.problem.retryAfter ?? 60)
    } catch {
      let problem = ReplayProblem(error)
      do {
        try await replays.database.writeRegardless {
          try notes.end(.failed(problem.code, problem.errorClass), $0)
        }
      } catch is NotUnderWay {
        return 0
      }
    }
    return nil
  }

  /// The replay was stopped or cancelled while one of its items was done: the part just being stored is undone, those before it stay.
  private struct NotUnderWay: Error {}

  /// Looks at what was handed in and was not decided, or was in doubt.
  ///
  /// - Returns: whether one of them was decided.
  private func settleWaiting(
    _ id: ReplayID, _ action: any ReplayAction, _ lease: WorkLease
  ) async throws -> Bool {
    let waiting = try await settle(.waiting, id, action, lease)
    return try await settle(.unknown, id, action, lease) || waiting
  }

  private func settle(
    _ state: ReplayItem.State, _ id: ReplayID, _ action: any ReplayAction, _ lease: WorkLease
  ) async throws -> Bool {
    var (after, isAnyDecided) = (0, false)
    while true {
      let items = try await replays.items(of: id, state: state, after: after, limit: 500)
      guard let last = items.last else { return isAnyDecided }
      after = last.number
      let moment = now()
      for item in items {
        let result =
          try await action.outcome(of: item) ?? ReplayResult(state: .waiting, repetition: item.repetition)
        guard result.state != state else { continue }
        isAnyDecided = isAnyDecided || result.state != .waiting
        try await replays.database.write { transaction in
          try replays.queue.check(lease, in: transaction)
          try replays.keep(result, item, of: id, in: transaction, at: moment)
        }
      }
    }
  }

  private func gauge(_ replay: Replay) async throws -> ErrorGauge {
    ErrorGauge(replay.terms, latest: try await replays.latestResults(of: replay.id, limit: replay.terms.span))
  }

  /// What was handed in takes its time, and platforms have their hours and limits.
  private func pause(_ lease: WorkLease, seconds: Double) async throws {
    let moment = now()
    try await replays.database.writeRegardless { transaction in
      try replays.queue.snooze(
        lease, until: moment.advanced(bySeconds: seconds), in: transaction, now: moment)
    }
  }

  private func advance(_ replay: Replay, _ event: ReplayEvent, _ lease: WorkLease) async throws -> Replay {
    let moment = now()
    let (changed, isTaken) = try await replays.database.write { transaction -> (Replay, Bool) in
      try replays.queue.check(lease, in: transaction)
      let current = try replays.require(replay.id, transaction)
      // Somebody stopped it meanwhile.
      guard current.machine.state(after: event) != nil else { return (current, false) }
      return (try replays.apply(event, to: current, nil, in: transaction, at: moment), true)
    }
    if isTaken { report(Event(replay: changed, event: event)) }
    return changed
  }

  private func finish(_ replay: Replay, _ event: ReplayEvent, _ lease: WorkLease) async throws {
    let moment = now()
    let changed = try await replays.database.writeRegardless { transaction in
      try replays.queue.complete(lease, in: transaction, now: moment)
      let current = try replays.require(replay.id, transaction)
      guard current.machine.state(after: event) != nil else { return current }
      return try replays.apply(event, to: current, nil, in: transaction, at: moment)
    }
    report(Event(replay: changed, event: event))
  }
}

/// Spreads items evenly over time.
struct ReplayPace {
  private let interval: Duration
  private var next: ContinuousClock.Instant?

  init(rate: Double) {
    interval = .seconds(1 / rate)
  }

  /// How long to wait before the next item.
  mutating func wait(at now: ContinuousClock.Instant) -> Duration {
    let start = max(next ?? now, now)
    next = start + interval
    return start - now
  }
}
