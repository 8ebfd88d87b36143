public import Adapters
import Calendars
import CivilTime
import SQLDatabase

/// Runs operations by their schedules until its task is cancelled. Each operation has a loop of its own, so a slow or broken platform holds up no other.
public struct SyncDaemon: Sendable {
  public enum Event: Sendable {
    case started(OperationKey)
    /// With a problem in the report when it ended early.
    case ended(OperationKey, PullReport)
  }

  private let runners: [PullRunner]
  private let history: SyncHistory
  private let environment: CallEnvironment
  private let report: @Sendable (Event) -> Void

  /// - Parameter report: told of every run; must not block.
  public init(
    _ runners: [PullRunner], history: SyncHistory, environment: CallEnvironment,
    report: @escaping @Sendable (Event) -> Void
  ) {
    self.runners = runners
    self.history = history
    self.environment = environment
    self.report = report
  }

  /// Throws when the history cannot be read at the start; what breaks a run, the database too, is in its report, and the next run tries again.
  public func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for runner in runners {
        guard let schedule = runner.operation.schedule else { continue }
        group.addTask { try await loop(runner, schedule) }
      }
      try await group.waitForAll()
    }
  }

  private func loop(_ runner: PullRunner, _ schedule: Schedule) async throws {
    var pace = RunPace(schedule)
    var next = pace.start(
      lastStarted: try await history.standing(of: runner.key).lastStarted, now: environment.now(),
      fraction: fraction())
    while true {
      try await wait(until: next)
      let closed = runner.client.secondsUntilOpen(runner.operation.base)
      guard closed == 0 else {
        // The hours may be short: no time of the schedule is passed over because they were closed.
        next = environment.now().advanced(bySeconds: closed)
        continue
      }
      report(.started(runner.key))
      let started = environment.now()
      let ended = await runner.run(requestID: Self.requestID(runner.key, started))
      try Task.checkCancellation()
      report(.ended(runner.key, ended))
      next = pace.next(
        after: ended.problem, started: started, now: environment.now(), fraction: fraction())
    }
  }

  /// Waits in pieces, so that a clock that was set, or a machine that slept, is noticed within a minute.
  private func wait(until time: Timestamp) async throws {
    while true {
      try Task.checkCancellation()
      let left = time.milliseconds(since: environment.now())
      guard left > 0 else { return }
      try await environment.sleep(.milliseconds(min(left, 60_000)))
    }
  }

  private func fraction() -> Double { Double(environment.jitterByte()) / 256 }

  static func requestID(_ key: OperationKey, _ time: Timestamp) -> String {
    "sync-\(key.platform)-\(key.operation)-\(time.milliseconds)"
  }
}
