public import Adapters
import Calendars
import CivilTime
public import Work

/// Runs operations by their schedules until its task is cancelled. The runs are work of the queue, so several processes may do this at once, and what a killed
/// one was doing another goes on with. A slow or broken platform holds up no other.
public struct SyncDaemon: Sendable {
  public enum Event: Sendable {
    case pull(PullHandler.Event)
    /// Another process has taken the run over; what this one did since counts no more.
    case lost(lane: String)
    /// Its run is parked, since every process that began it vanished; told when that is found and at each start, until somebody has run it.
    case setAside(lane: String, WorkProblem)
    /// The queue could not be read or written; so many times in a row.
    case storeFailed(WorkProblem, times: Int)
  }

  private let runners: [PullRunner]
  private let desk: PullDesk
  private let history: SyncHistory
  private let environment: CallEnvironment
  private let report: @Sendable (Event) -> Void

  /// - Parameter report: told of every run; must not block.
  public init(
    _ runners: [PullRunner], desk: PullDesk, history: SyncHistory, environment: CallEnvironment,
    report: @escaping @Sendable (Event) -> Void
  ) {
    self.runners = runners.filter { $0.operation.schedule != nil }
    self.desk = desk
    self.history = history
    self.environment = environment
    self.report = report
  }

  /// Returns when its task is cancelled, or at once where nothing is scheduled. Throws when the first runs cannot be planned; what breaks a run, the database
  /// too, is in its report, and the next run tries again.
  public func run() async throws {
    guard !runners.isEmpty else { return }
    try await desk.withdraw(allBut: Set(runners.map(\.key)), now: environment.now())
    for runner in runners {
      guard let schedule = runner.operation.schedule else { continue }
      let now = environment.now()
      let first = RunPace(schedule).start(
        lastStarted: try await history.standing(of: runner.key).lastStarted, now: now,
        fraction: Double(environment.jitterByte()) / 256)
      if let problem = try await desk.begin(runner.key, at: first, now: now) {
        report(.setAside(lane: runner.key.description, problem))
      }
    }
    var configuration = WorkLoop.Configuration()
    configuration.concurrency = runners.count
    configuration.perLane = 1
    // A run is never given up for its failures: what only a person can mend is told by each run.
    configuration.failures.mostAttempts = .max
    let report = report
    let loop = WorkLoop(
      desk.queue,
      handlers: [
        .pull: PullHandler(runners, desk: desk, environment: environment) { report(.pull($0)) }
      ], configuration: configuration, clock: WorkClock(environment),
      report: { event in
        switch event {
        case .lost(let lease): report(.lost(lane: lease.lane))
        case .setAside(let lease, let problem): report(.setAside(lane: lease.lane, problem))
        case .storeFailed(let problem, let times): report(.storeFailed(problem, times: times))
        case .failed(_, let problem, _): report(.storeFailed(problem, times: 1))
        case .started, .abandoned: break
        }
      })
    await loop.run()
    try Task.checkCancellation()
  }
}
