import Adapters
import Authorisations
public import CivilTime
import Inbound
public import Journal
import Materials
public import Permits
public import Pushing
public import Registry
public import Replay
public import SQLDatabase
import Sync
public import Telemetry

/// Keeps the journal, and what was handed in, from growing without end: removes at night what the site need not keep, and gives the room back to the disk.
public struct JournalKeeper: Sendable {
  /// Between two transactions: live work has the writer to itself most of the time.
  private static let pause = Duration.milliseconds(20)
  private static let pagesAtOnce = 500

  private let configuration: RetentionConfiguration
  private let log: Log
  private let retention: Retention
  private let pushRetention: PushRetention
  private let permits: Permits
  private let replays: Replays
  private let database: Database
  private let clock: ClockLedger

  /// nil when the configuration has no `retention`: then nothing is ever removed.
  ///
  /// - Parameters:
  ///   - libraries: tell what the operations are for; without them those of no rule by kind.
  ///   - guards: what other parts of the gateway still need, beside evidence and quarantined rows.
  public init?(
    _ configuration: SiteConfiguration, libraries: SiteLibraries, database: Database, journal: Journal,
    registry: Registry, pushes: Pushes, permits: Permits, replays: Replays,
    guards: [RetentionGuard] = [], log: Log = .silent
  ) {
    guard let retention = configuration.retention else { return nil }
    self.configuration = retention
    self.database = database
    clock = ClockLedger(database: database)
    self.permits = permits
    self.replays = replays
    self.log = log
    let kinds = OperationKinds(configuration, libraries)
    let policy = RetentionPolicy(
      rules: retention.rules, otherwise: retention.otherwise, kind: { kinds[$0, $1] })
    self.retention = Retention(journal, policy: policy, guards: Self.guards(of: registry) + guards)
    pushRetention = PushRetention(
      pushes, policy: policy,
      guards: [PushGuard(reason: "replay") { ids, reader in try Replays.repushed(among: ids, in: reader) }])
  }

  /// For the running gateway.
  public init?(_ gateway: Gateway, libraries: SiteLibraries, guards: [RetentionGuard] = []) {
    self.init(
      gateway.configuration, libraries: libraries, database: gateway.database, journal: gateway.journal,
      registry: gateway.registry, pushes: gateway.pushes, permits: gateway.permits,
      replays: gateway.replays, guards: guards, log: gateway.log)
  }

  /// What was removed and held of exchanges, of what was handed in, of permit cases, of materials, authorisations and replays, how many runs of schedules went, and how many bytes the
  /// database file can be shorter by.
  public struct Report: Sendable {
    public var exchanges: RetentionReport
    public var pushes: PushRetentionReport
    public var permits: PermitErasure
    /// What customers handed in, and what they agreed to.
    public var materials: Int
    public var authorisations: Int
    public var replays: ReplayPruning
    public var runs: Int
    public var freed = 0
    /// The database's log does not hold what was removed either; false where another process kept it from being emptied.
    public var isLogEmptied = true
  }

  /// Removes what is due now, then gives free room back.
  public func run(
    now: Timestamp, isTrial: Bool, progress: (@Sendable (RetentionReport) -> Void)? = nil
  ) async throws -> Report {
    // What was written down while the clock stood behind is younger than it says.
    let moments = try await database.read { try RetentionClock(now: now, in: $0) }
    func age(_ time: Duration) -> (end: Timestamp, spared: [ClosedRange<Int64>]) {
      let end = now.advanced(bySeconds: -Double(time.components.seconds))
      return (end, moments.younger(than: end))
    }
    let (rows, cases) = (age(configuration.otherwise.rows), age(configuration.permits))
    let (papers, consents) = (age(configuration.materials), age(configuration.authorisations))
    var report = Report(
      exchanges: try await retention.run(
        now: now, isTrial: isTrial, pause: Self.pause, progress: progress),
      pushes: try await pushRetention.run(now: now, isTrial: isTrial, pause: Self.pause),
      permits: try await permits.eraseClosed(
        before: cases.end, sparing: cases.spared, now: now, isTrial: isTrial, pause: Self.pause),
      materials: try await Materials.eraseEnded(
        before: papers.end, sparing: papers.spared, in: database, now: now, isTrial: isTrial,
        pause: Self.pause),
      authorisations: try await Authorisations.eraseEnded(
        before: consents.end, sparing: consents.spared, in: database, now: now, isTrial: isTrial,
        pause: Self.pause),
      replays: try await replays.prune(
        endedBefore: rows.end, sparing: rows.spared, now: now, isTrial: isTrial, pause: Self.pause),
      runs: try await SyncHistory(database: database).prune(
        endedBefore: rows.end, sparing: rows.spared, isTrial: isTrial, pause: Self.pause))
    if !isTrial { (report.freed, report.isLogEmptied) = try await reclaim() }
    return report
  }

  /// Every night, until its task is cancelled. What keeps it from its work is logged, and tried again the next night.
  public func runNightly() async throws {
    if try await !database.space().canShrink {
      log(
        .warning, "the database file never gets shorter",
        ["remedy": "stop the gateway, run 'zhengdian database compact' once, and start it again"])
    }
    while true {
      let now = Timestamp.now()
      let night = RetentionNight(minuteOfDay: configuration.minuteOfDay, jitter: configuration.jitter)
      let wait = night.next(after: now, fraction: .random(in: 0..<1)).milliseconds(since: now)
      try await Task.sleep(for: .milliseconds(wait))
      do {
        _ = try await runOneNight(
          at: .now(), uptime: ClockKeeper.uptime(), boot: ClockKeeper.boot)
      } catch let error as CancellationError {
        throw error
      } catch {
        log(
          .error, "journal not pruned",
          ["problem": .text("\(error)"), "remedy": "see to it and run 'zhengdian journal prune'"])
      }
    }
  }

  /// Removes what is due, where the clock is to be believed, and logs what came of it.
  ///
  /// - Parameters:
  ///   - uptime: milliseconds the machine has been up.
  ///   - boot: which start of the machine this is.
  /// - Returns: nil where nothing was removed, since the clock has leapt.
  public func runOneNight(at now: Timestamp, uptime: Int64, boot: String) async throws -> Report? {
    let standing = try await clock.look(at: now, uptime: uptime, boot: boot)
    guard standing.doubt == nil else {
      refuse(standing)
      return nil
    }
    let report = try await run(now: now, isTrial: false)
    let exchanges = report.exchanges
    log(
      .info, "journal pruned",
      [
        "bodies": .integer(exchanges.bodies), "rows": .integer(exchanges.rows),
        "held": .integer(exchanges.held.values.reduce(0) { $0 + $1.bodies + $1.rows }),
        "pushes": .integer(report.pushes.erased.values.reduce(0, +)),
        "permitCases": .integer(report.permits.cases), "materials": .integer(report.materials),
        "authorisations": .integer(report.authorisations),
        "replayItems": .integer(report.replays.items), "runs": .integer(report.runs),
        "freedBytes": .integer(report.freed),
      ])
    if !report.isLogEmptied {
      log(
        .error, "what was pruned is still in the database's log", ["remedy": .text(Self.logRemedy)])
    }
    return report
  }

  /// What is done where another process kept the log from being emptied.
  public static let logRemedy =
    "run 'zhengdian journal prune' again when no command reads for long, or restart the gateway: with the last user of the database its log goes"

  /// Nothing is removed by a clock that has leapt: what it makes old is gone for good.
  private func refuse(_ standing: ClockStanding) {
    log(
      .error, "journal not pruned, since the clock has leapt",
      [
        "aheadSeconds": .integer(Int(standing.ahead / 1000)),
        "believedAfterSeconds": .integer(Int((standing.doubt ?? 0) / 1000)),
        "remedy":
          "if the clock is right, run 'zhengdian journal prune --clock-is-right', or wait; else set it",
      ])
  }

  /// - Returns: the bytes by which the file is shorter, and whether the log was emptied.
  private func reclaim() async throws -> (freed: Int, isLogEmptied: Bool) {
    let before = try await database.space()
    var left = before.canShrink ? before.freePages : 0
    while left > 0 {
      let now = try await database.reclaim(pages: Self.pagesAtOnce)
      // Others may have taken or freed some meanwhile; where nothing gets less, nothing more can be had.
      guard now < left else { break }
      left = now
      try await Task.sleep(for: Self.pause)
    }
    var isLogEmptied = true
    do {
      _ = try await database.checkpoint()
    } catch let error as DatabaseError where error.code == .busy {
      // Another process works with the file; it gets shorter another night, and until then the log has what was removed.
      isLogEmptied = false
    }
    return (max(0, before.pages - (try await database.space().pages)) * before.pageSize, isLogEmptied)
  }

  /// What the registry still needs. `prove` reads the bytes of what certificates rest on at present. Of what was replaced since only the digests stay,
  /// by which a copy kept elsewhere is known again.
  static func guards(of registry: Registry) -> [RetentionGuard] {
    [
      RetentionGuard(reason: "evidence") { ids, reader in
        try registry.evidence(among: ids, in: reader).mapValues { $0 == .present ? .everything : .row }
      },
      RetentionGuard(reason: "quarantine") { ids, reader in
        Dictionary(
          uniqueKeysWithValues: try registry.quarantined(among: ids, in: reader).map { ($0, .everything) })
      },
      RetentionGuard(reason: "push") { ids, reader in
        Dictionary(
          uniqueKeysWithValues: try Pushes.undecided(among: ids, in: reader).map { ($0, .everything) })
      },
      RetentionGuard(reason: "incident") { ids, reader in
        Dictionary(
          uniqueKeysWithValues: try IncidentLedger.named(among: ids, in: reader).map { ($0, .everything) })
      },
      RetentionGuard(reason: "inbound") { ids, reader in
        Dictionary(
          uniqueKeysWithValues: try InboundDesk.undone(among: ids, in: reader).map { ($0, .everything) })
      },
      RetentionGuard(reason: "replay") { ids, reader in
        Dictionary(
          uniqueKeysWithValues: try Replays.remapped(among: ids, in: reader).map { ($0, .everything) })
      },
    ]
  }
}

/// What the operations of a site's platforms are for.
struct OperationKinds: Sendable {
  private var kinds: [String: RetentionKind] = [:]

  init(_ configuration: SiteConfiguration, _ libraries: SiteLibraries) {
    for platform in configuration.platforms {
      for operation in libraries.adapters.adapter(platform.adapter)?.operations ?? [] {
        kinds["\(platform.name)/\(operation.name)"] =
          switch operation.kind {
          case .pull: .pull
          case .query: .query
          case .push: .push
          case .probe: .probe
          // Known by its direction.
          case .inbound: .other
          }
      }
    }
  }

  subscript(platform: String, operation: String) -> RetentionKind {
    kinds["\(platform)/\(operation)"] ?? .other
  }
}

/// When the journal is pruned next. Pure: time and chance are passed in.
struct RetentionNight: Hashable, Sendable {
  /// After midnight in China.
  let minuteOfDay: Int
  let jitter: Duration

  /// - Parameter fraction: chance in 0..<1.
  func next(after now: Timestamp, fraction: Double) -> Timestamp {
    let clock = now.civil(offsetSeconds: UTCOffset.china)
    let midnight = Timestamp.seconds(Int64(clock.date.daysSinceEpoch) * 86_400 - Int64(UTCOffset.china))
    let delay = Double(jitter.components.seconds) * fraction
    var next = midnight.advanced(bySeconds: minuteOfDay * 60)
    // A run that was begun late by chance is not begun again the same night.
    if next <= now { next = next.advanced(bySeconds: 86_400) }
    return next.advanced(bySeconds: delay)
  }
}
