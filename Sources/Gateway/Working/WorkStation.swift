import Changes
import CivilTime
import Journal
import SQLDatabase
import Telemetry
public import Work

/// Does the work of the queue in this process: hands things in, asks what became of them, runs replays, tells receivers of changes, goes on with permit cases, acts on platforms' calls that nobody has acted upon, judges applications anew, looks through archives, keeps the reserve of projects.
public struct WorkStation: Sendable {
  /// What has ended is kept so long for operators to look at.
  private static let kept = 30 * 86_400
  private static let portion = 5_000

  private let gateway: Gateway
  private let permitting: PermitStation
  private let supplying: SupplyStation
  private let loop: WorkLoop

  public init(
    _ gateway: Gateway, _ pushing: PushStation, _ replaying: ReplayStation, _ permitting: PermitStation,
    _ receiving: InboundStation, _ supplying: SupplyStation,
    configuration: WorkLoop.Configuration = WorkLoop.Configuration()
  ) {
    self.gateway = gateway
    self.permitting = permitting
    self.supplying = supplying
    let log = gateway.log
    loop = WorkLoop(
      gateway.work,
      handlers: [
        .push: pushing.handler, .replay: replaying.handler, .permit: permitting.handler,
        .inbound: receiving.handler, .supply: supplying.handler, .archive: supplying.archiveHandler,
        .notification: NotificationStation(gateway).handler,
      ],
      configuration: Self.places(
        configuration, pushLanes: pushing.lanes, windows: permitting.platforms.count),
      paused: pushing.pausedLanes
    ) { log.told($0) }
  }

  /// Each lane of a platform may be full of calls that take long, and so may that of cases without a window: there is room for all else.
  static func places(
    _ configuration: WorkLoop.Configuration, pushLanes: Int, windows: Int
  ) -> WorkLoop.Configuration {
    var configuration = configuration
    configuration.concurrency += configuration.perLane * (pushLanes + windows + 1)
    return configuration
  }

  /// Returns when its task is cancelled and everything under way has ended.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await loop.run() }
      group.addTask { await clear() }
      group.addTask { await permitting.catchUp() }
      group.addTask { await permitting.tellDigests() }
      group.addTask { await permitting.watchCalendar() }
      group.addTask { await supplying.watch() }
      group.addTask { await supplying.watchProjects() }
    }
  }

  /// Removes once a day what ended long ago, and changes that are old. What keeps it from that is logged, and tried again the next day.
  private func clear() async {
    while !Task.isCancelled {
      do {
        let isDone = try await Self.clear(
          gateway, at: .now(), uptime: ClockKeeper.uptime(), boot: ClockKeeper.boot)
        try await Task.sleep(for: .seconds(isDone ? 86_400 : 3600))
      } catch is CancellationError {
        return
      } catch {
        gateway.log(.error, "ended work not removed", ["problem": .text("\(error)")])
        do { try await Task.sleep(for: .seconds(86_400)) } catch { return }
      }
    }
  }

  /// Removes what is old, where the clock is to be believed: changes that nobody was told of yet are gone for good.
  ///
  /// - Parameters:
  ///   - uptime: milliseconds the machine has been up.
  ///   - boot: which start of the machine this is.
  /// - Returns: whether it was done; false where the clock has leapt.
  @discardableResult
  static func clear(
    _ gateway: Gateway, at now: Timestamp, uptime: Int64, boot: String
  ) async throws -> Bool {
    let standing = try await ClockLedger(database: gateway.database)
      .look(at: now, uptime: uptime, boot: boot)
    if let doubt = standing.doubt {
      gateway.log(
        .error, "ended work not removed, since the clock has leapt",
        [
          "aheadSeconds": .integer(Int(standing.ahead / 1000)),
          "believedAfterSeconds": .integer(Int(doubt / 1000)),
          "remedy":
            "if the clock is right, wait, or run 'zhengdian journal prune --clock-is-right'; else set it",
        ])
      return false
    }
    // What was written down while the clock stood behind is younger than it says.
    let moments = try await gateway.database.read { try RetentionClock(now: now, in: $0) }
    let ended = now.advanced(bySeconds: -kept)
    while try await gateway.work.prune(
      doneBefore: ended, sparing: moments.younger(than: ended), limit: portion) == portion
    {}
    let told = now.advanced(bySeconds: -Int(gateway.configuration.changes.kept.components.seconds))
    try await gateway.changes.prune(before: told, sparing: moments.younger(than: told))
    return true
  }
}

extension Log {
  fileprivate func told(_ event: WorkLoop.Event) {
    switch event {
    // What is begun is told by what comes of it.
    case .started: break
    case .failed(let lease, let problem, let verdict):
      if verdict == .park {
        told(.error, "work parked", lease, problem)
      } else {
        told(.warning, "work failed", lease, problem)
      }
    case .abandoned(let lease): told(.error, "work parked: nobody said what became of it", lease)
    case .setAside(let lease, let problem): told(.error, "work parked: it ends its process", lease, problem)
    case .lost(let lease): told(.warning, "work taken over by another process", lease)
    case .storeFailed(let problem, let times):
      // An outage of hours is some lines: the first, and then each time the count has doubled.
      guard times & (times - 1) == 0 else { return }
      self(
        .error, "work queue cannot be used",
        ["times": .integer(times), "problem": .text(problem.message), "remedy": .text(problem.remedy)])
    }
  }

  private func told(
    _ level: Level, _ message: StaticString, _ lease: WorkLease, _ problem: WorkProblem? = nil
  ) {
    self(
      level, message,
      [
        "work": .integer(Int(lease.id.rawValue)), "kind": .text(lease.kind.rawValue),
        "lane": .text(lease.lane), "attempt": .integer(lease.attempt), "code": .text(problem?.code ?? ""),
        "problem": .text(problem?.message ?? ""), "remedy": .text(problem?.remedy ?? ""),
      ])
  }
}
