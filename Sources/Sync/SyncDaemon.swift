public import Adapters
import Calendars
import CivilTime
import SQLDatabase

/// Runs operations by their schedules until its task is cancelled. Each operation has a loop of its own, so a slow or broken platform holds up no other.
public struct SyncDaemon: Sendable {
  public enum Event: Sendable {
    case started(OperationKey)
    case finished(OperationKey, PullReport)
    case failed(OperationKey, SyncProblem)
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

  /// Throws only what concerns the gateway as a whole: a database that cannot be written.
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
    // An operation that never ran is due at once; its first pull is the longest.
    var due = try await history.standing(of: runner.key).lastStarted.flatMap { last in
      schedule.due(after: last, now: environment.now())
    }
    while true {
      try await wait(until: due.map { $0.advanced(bySeconds: jitter(schedule)) })
      report(.started(runner.key))
      let started = environment.now()
      do {
        report(.finished(runner.key, try await runner.run(requestID: Self.requestID(runner.key, started))))
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        report(.failed(runner.key, SyncProblem(error)))
      }
      due = schedule.due(after: max(started, environment.now()), now: environment.now())
    }
  }

  /// Waits in pieces, so that a clock that was set, or a machine that slept, is noticed within a minute.
  private func wait(until time: Timestamp?) async throws {
    guard let time else { return try Task.checkCancellation() }
    while true {
      try Task.checkCancellation()
      let left = time.milliseconds(since: environment.now())
      guard left > 0 else { return }
      try await environment.sleep(.milliseconds(min(left, 60_000)))
    }
  }

  private func jitter(_ schedule: Schedule) -> Double {
    Double(schedule.jitter) * Double(environment.jitterByte()) / 256
  }

  static func requestID(_ key: OperationKey, _ time: Timestamp) -> String {
    "sync-\(key.platform)-\(key.operation)-\(time.milliseconds)"
  }
}
