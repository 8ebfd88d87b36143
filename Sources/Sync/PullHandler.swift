public import Adapters
import Calendars
import CivilTime
import Exchanges
import SQLDatabase
public import Work

/// Runs operations whose time has come. Each run ends in one transaction: its place in the history, the end of its lease, and the next run.
public struct PullHandler: WorkHandler {
  public enum Event: Sendable {
    case started(OperationKey)
    /// With a problem in the report when it ended early.
    case ended(OperationKey, PullReport)
    /// What a process that vanished had left without an end.
    case settled(OperationKey, exchanges: Int)
  }

  private let runners: [String: PullRunner]
  let desk: PullDesk
  private let environment: CallEnvironment
  private let report: @Sendable (Event) -> Void

  /// - Parameter report: told of every run; must not block.
  public init(
    _ runners: [PullRunner], desk: PullDesk, environment: CallEnvironment,
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.runners = Dictionary(uniqueKeysWithValues: runners.map { ($0.key.description, $0) })
    self.desk = desk
    self.environment = environment
    self.report = report
  }

  public func perform(_ lease: WorkLease) async throws {
    let (queue, now) = (desk.queue, environment.now())
    guard let runner = runners[lease.lane] else {
      // Not scheduled here: a process with a newer configuration may know it, and takes it, or takes it out at its start.
      let later = now.advanced(bySeconds: 600)
      try await queue.database.writeRegardless {
        try queue.snooze(lease, until: later, isSettled: false, in: $0, now: now)
      }
      return
    }
    let closed = runner.client.secondsUntilOpen(runner.operation.base)
    guard closed == 0 else {
      // The hours may be short: no time of the schedule is passed over because they were closed.
      let opening = now.advanced(bySeconds: closed)
      try await queue.database.writeRegardless {
        try queue.snooze(lease, until: opening, isSettled: false, in: $0, now: now)
      }
      return
    }
    report(.started(runner.key))
    let (ended, failure) = try await run(runner, lease, restart: false, watcher: nil)
    if ended.problem?.isStop != true { report(.ended(runner.key, ended)) }
    if let failure { throw failure }
  }

  /// A run fails in its report. What is thrown concerns the queue or the database, and passes.
  public func problem(of error: any Error) -> WorkProblem {
    var problem = WorkProblem(error)
    problem.errorClass = .transient
    return problem
  }

  /// Runs an operation now, if nobody does; its next run is planned as after any other.
  ///
  /// That another process runs it is told in the report, code `work-leased`.
  public func runNow(
    _ runner: PullRunner, restart: Bool = false, watcher: PullRunner.Watcher? = nil
  ) async -> PullReport {
    do {
      let turn = try await desk.take(runner.key, now: environment.now())
      return try await desk.queue.holding(turn.lease, clock: WorkClock(environment)) {
        try await run(runner, turn.lease, restart: restart, watcher: watcher).report
      }
    } catch {
      var report = PullReport(started: environment.now())
      report.problem = SyncProblem(error)
      return report
    }
  }

  /// - Returns: with the error that kept the end from being stored: the lease is as it was then.
  /// - Throws: when the lease has been lost. Of such a run nothing is kept, not even that it was.
  private func run(
    _ runner: PullRunner, _ lease: WorkLease, restart: Bool, watcher: PullRunner.Watcher?
  ) async throws -> (report: PullReport, failure: (any Error)?) {
    let (queue, started) = (desk.queue, environment.now())
    if lease.isTakeover {
      let exchanges = try await runner.ledger.settleInterrupted(
        platform: runner.key.platform, operations: [runner.key.operation], includingTokens: false,
        before: nil)
      if exchanges > 0 { report(.settled(runner.key, exchanges: exchanges)) }
    }
    var ended = await runner.pull(
      requestID: "sync-\(runner.key)-\(started.milliseconds)", restart: restart,
      guarding: { try queue.check(lease, in: $0) }, watcher: watcher)
    let (now, fraction) = (environment.now(), Double(environment.jitterByte()) / 256)
    let isScheduled = runners[lease.lane] != nil
    let problem = ended.problem
    do {
      try await runner.keep(ended) { transaction in
        if problem?.isStop == true {
          try queue.giveBack(lease, wasBegun: false, in: transaction, now: now)
          return
        }
        try queue.complete(lease, in: transaction, now: now)
        guard isScheduled, let schedule = runner.operation.schedule else { return }
        var pace = RunPace(schedule, failures: PullDesk.failures(lease))
        let next = pace.next(after: problem, started: started, now: now, fraction: fraction)
        _ = try desk.plan(runner.key, at: next, failures: pace.failures, in: transaction, now: now)
      }
      return (ended, nil)
    } catch let error as WorkError {
      throw error
    } catch {
      ended.problem = problem ?? SyncProblem(error)
      return (ended, error)
    }
  }
}

extension WorkClock {
  init(_ environment: CallEnvironment) {
    self.init(
      now: environment.now, fraction: { Double(environment.jitterByte()) / 256 }, sleep: environment.sleep)
  }
}
