import Adapters
import Calendars
import CivilTime
import Crypto
import Documents
import Exchanges
import Mapping
import Registry
public import SQLDatabase
public import Sync
public import Telemetry
import Work

/// Everything that pulls: the configured platforms with their clients, and one runner for each of their operations.
public final class PullStation: Sendable {
  /// The tables it needs, for `Gateway.open`.
  public static let components = [SyncSchema.component, IncidentSchema.component, TrialSchema.component]

  /// In the order of the configuration.
  public let runners: [PullRunner]
  /// What can be asked for while somebody waits, but what the configuration switches off.
  public let queries: [QueryRunner]
  /// What platforms send by themselves.
  public let intakes: [RecordIntake]
  public let history: SyncHistory
  /// Plans runs, and gives out the right to one.
  public let desk: PullDesk
  public let incidents: IncidentLedger
  public let libraries: SiteLibraries
  /// Lets only mappings run that were tried, where the site asks for it.
  public let gate: TrialGate
  /// By platform. One each, so that its limits hold for whatever is called.
  let clients: [String: PlatformClient]
  let scheduled: [PullRunner]
  private let gateway: Gateway
  let ledger: SyncLedger
  let environment: CallEnvironment

  /// Brings platforms, adapters and mappings together. Reports every adapter, mapping or operation that is missing, with its place in the configuration;
  /// throws when anything was reported.
  public init(_ gateway: Gateway, libraries: SiteLibraries) throws {
    var environment = CallEnvironment(
      now: { .now() }, random: { SecureRandom.bytes($0) }, sleep: { try await Task.sleep(for: $0) })
    environment.told = { [log = gateway.log] in log.told($0) }
    let diagnostics = Diagnostics()
    let ledger = SyncLedger(
      database: gateway.database, journal: gateway.journal, keys: gateway.registryKeys,
      changes: gateway.changes,
      lost: { [log = gateway.log] in log.told($0) })
    let gate = TrialGate(
      MappingTrials(database: gateway.database, sealer: gateway.registryKeys.sealer),
      policy: gateway.configuration.trials)
    var clients: [String: PlatformClient] = [:]
    var runners: [PullRunner] = []
    var scheduled: [PullRunner] = []
    var queries: [QueryRunner] = []
    var intakes: [RecordIntake] = []
    for platform in gateway.platforms {
      let configuration = platform.configuration
      guard let adapter = libraries.adapters.adapter(configuration.adapter) else {
        diagnostics.error(
          "there is no adapter '\(configuration.adapter)'", at: configuration.adapterMark,
          suggestion: Suggestion.nearest(
            to: configuration.adapter, in: libraries.adapters.adapters.map(\.name)))
        continue
      }
      for override in configuration.operations where adapter.operation(override.name) == nil {
        diagnostics.error(
          "\(adapter.name) has no operation '\(override.name)'", at: override.mark,
          suggestion: Suggestion.nearest(to: override.name, in: adapter.operations.map(\.name)))
      }
      let connection = Connection(
        platform: platform.name, url: configuration.url, settings: platform.settings, tls: platform.tls,
        proxy: platform.proxy)
      for problem in connection.problems(with: adapter) {
        diagnostics.error("\(problem.message); \(problem.remedy)", at: configuration.adapterMark)
      }
      guard !diagnostics.hasErrors else { continue }
      let client = try PlatformClient(
        adapter: adapter, connection: connection, http: gateway.http, recorder: ledger, budget: ledger,
        environment: environment)
      clients[platform.name] = client
      func mapping(_ name: String, of operation: String) -> CompiledMapping? {
        if let mapping = libraries.mappings[name] { return mapping }
        diagnostics.error(
          "\(adapter.name)/\(operation) needs the mapping '\(name)', which is not there",
          at: configuration.adapterMark,
          suggestion: Suggestion.nearest(to: name, in: libraries.mappings.names))
        return nil
      }
      for operation in adapter.queries {
        guard let mapping = mapping(operation.mapping, of: operation.name),
          configuration.operations.first(where: { $0.name == operation.name })?.isEnabled ?? true
        else { continue }
        queries.append(
          QueryRunner(
            client: client, operation: operation, mapping: mapping, registry: gateway.registry,
            ledger: ledger, gate: gate, now: environment.now))
      }
      for operation in adapter.inbound {
        guard let name = operation.mapping, let mapping = mapping(name, of: operation.name) else { continue }
        intakes.append(
          RecordIntake(
            platform: platform.name, operation: operation, of: adapter, mapping: mapping,
            ledger: ledger, registry: gateway.registry, gate: gate, now: environment.now))
      }
      for var operation in adapter.pulls {
        guard let mapping = mapping(operation.mapping, of: operation.name) else { continue }
        let override = configuration.operations.first { $0.name == operation.name }
        operation.schedule = override?.schedule ?? operation.schedule
        let runner = PullRunner(
          client: client, operation: operation, mapping: mapping, registry: gateway.registry, ledger: ledger,
          gate: gate, now: environment.now)
        runners.append(runner)
        if override?.isEnabled ?? true { scheduled.append(runner) }
      }
    }
    try diagnostics.throwIfErrors()
    self.clients = clients
    self.runners = runners
    self.scheduled = scheduled
    self.queries = queries
    self.intakes = intakes
    self.gateway = gateway
    self.ledger = ledger
    self.libraries = libraries
    self.gate = gate
    self.environment = environment
    history = SyncHistory(database: gateway.database)
    desk = PullDesk(gateway.work)
    incidents = IncidentLedger(
      database: gateway.database, keys: gateway.registryKeys, changes: gateway.changes)
  }

  /// The runners of `PLATFORM` or `PLATFORM/OPERATION`; all of them for nil.
  public func runners(for selection: String?) -> [PullRunner] {
    guard let selection else { return runners }
    return runners.filter { $0.key.platform == selection || $0.key.description == selection }
  }

  /// Says how exchanges ended that an earlier process left without an end. To be called by a process that pulls, before it does; what others pull just now is left alone.
  public func settleInterrupted() async throws {
    let held = try await gateway.work.heldLanes(.pull, now: environment.now())
    for platform in gateway.platforms {
      let keys = runners.map(\.key).filter { $0.platform == platform.name }
      let free = keys.filter { !held.contains($0.description) }
      var settled = try await ledger.settleInterrupted(
        platform: platform.name, operations: Set(free.map(\.operation)),
        includingTokens: free.count == keys.count, before: gateway.started)
      // Questions have no lane that tells whether somebody still waits for one: none does so long.
      settled += try await ledger.settleInterrupted(
        platform: platform.name,
        operations: Set(queries.map(\.key).filter { $0.platform == platform.name }.map(\.operation)),
        includingTokens: false, before: gateway.started.advanced(bySeconds: -3600))
      guard settled > 0 else { continue }
      gateway.log(
        .warning, "exchanges were interrupted",
        ["platform": .text(platform.name), "exchanges": .integer(settled)])
    }
  }

  /// Runs the schedules until its task is cancelled.
  public func runSchedules() async throws {
    let log = gateway.log
    let daemon = SyncDaemon(scheduled, desk: desk, history: history, environment: environment) { event in
      switch event {
      case .pull(let event): log.tell(event)
      case .lost(let lane):
        log(.warning, "pull taken over by another process", ["operation": .text(lane)])
      case .setAside(let key, let problem):
        log(
          .error, "pull parked: it ends its process",
          [
            "operation": .text(key), "code": .text(problem.code), "problem": .text(problem.message),
            "remedy": .text("\(problem.remedy): 'zhengdian sync --once \(key)'"),
          ])
      case .storeFailed(let problem, let times):
        // Told when it begins, and ever more seldom while it lasts.
        guard times.nonzeroBitCount == 1 else { return }
        log(
          .error, "work queue out of reach",
          [
            "code": .text(problem.code), "problem": .text(problem.message), "remedy": .text(problem.remedy),
            "times": .integer(times),
          ])
      }
    }
    try await daemon.run()
  }

  /// Runs one operation now, unless another process does, which the report tells.
  public func runNow(
    _ runner: PullRunner, restart: Bool = false, watcher: PullRunner.Watcher? = nil
  ) async -> PullReport {
    let log = gateway.log
    let handler = PullHandler(scheduled, desk: desk, environment: environment) { event in
      if case .settled = event { log.tell(event) }
    }
    return await handler.runNow(runner, restart: restart, watcher: watcher)
  }
}

extension PullStation: PlatformReporter {
  public func platforms() async throws -> [PlatformStatus] {
    var platforms: [PlatformStatus] = []
    for platform in gateway.platforms {
      let own = runners.filter { $0.key.platform == platform.name }
      var operations: [PlatformStatus.Operation] = []
      for runner in own { operations.append(try await status(runner)) }
      let adapter = libraries.adapters.adapter(platform.configuration.adapter)
      platforms.append(
        PlatformStatus(
          name: platform.name, adapter: platform.configuration.adapter, title: adapter?.title,
          basis: adapter?.basis.rawValue, operations: operations))
    }
    return platforms
  }

  private func status(_ runner: PullRunner) async throws -> PlatformStatus.Operation {
    let standing = try await history.standing(of: runner.key)
    let isEnabled = scheduled.contains { $0 === runner }
    let next = isEnabled && runner.operation.schedule != nil ? try await desk.next(runner.key) : nil
    let run = standing.lastRun
    return PlatformStatus.Operation(
      name: runner.key.operation, title: runner.operation.title, isEnabled: isEnabled,
      lastStarted: standing.lastStarted, lastSucceeded: standing.lastSuccess,
      lastOutcome: run.map { $0.problemCode == nil ? "succeeded" : "failed" }, lastProblem: run?.problemCode,
      watermark: standing.watermark, nextRun: next,
      records: run.map { $0.report.counts.new + $0.report.counts.changed + $0.report.counts.unchanged })
  }
}

extension PullStation: MetricsSource {
  public func write(to metrics: inout MetricsText) async throws {
    metrics.family(
      "zhengdian_breaker_open", .gauge,
      "1 while calls are not made because those before them failed; without an operation, of the whole platform."
    )
    for (_, client) in clients.sorted(by: { $0.key < $1.key }) {
      for breaker in client.breakers {
        metrics.sample(
          "zhengdian_breaker_open", breaker.isClosed ? 0 : 1,
          ["platform": client.connection.platform, "operation": breaker.name ?? ""])
      }
    }
  }
}

extension Log {
  /// Once for an outage, however long it lasts.
  fileprivate func told(_ change: BreakerChange) {
    self(
      change.isClosed ? .info : .warning, change.isClosed ? "breaker closed" : "breaker opened",
      [
        "platform": .text(change.platform), "operation": .text(change.operation ?? ""),
        "seconds": .integer(change.seconds),
      ])
  }

  fileprivate func told(_ loss: DriftLoss) {
    switch loss {
    case .baseline(let key):
      self(
        .warning, "what was usual was given up",
        [
          "operation": .text(key.description), "reason": .text("it does not open"),
          "remedy": .text("nothing: it is learned anew, and until then nothing is drift"),
        ])
    case .place(let id, let key):
      self(
        .warning, "incident holds nothing any more",
        [
          "operation": .text(key.description), "incident": .integer(Int(id.rawValue)),
          "reason": .text("its place does not open"),
          "remedy": .text("nothing: if it is so still, it is met again"),
        ])
    }
  }

  fileprivate func tell(_ event: PullHandler.Event) {
    switch event {
    case .started(let key): self(.info, "pull begun", ["operation": .text(key.description)])
    case .ended(let key, let report): ended(key, report)
    case .settled(let key, let exchanges):
      self(
        .warning, "exchanges were interrupted",
        ["platform": .text(key.platform), "exchanges": .integer(exchanges)])
    }
  }

  /// A limit that keeps the platform from being called for now is nothing to wake somebody for.
  fileprivate func ended(_ key: OperationKey, _ report: PullReport) {
    if let ahead = report.setBack {
      self(
        .warning, "clock was ahead of what it is now: pulled again from before that",
        ["operation": .text(key.description), "stood": .text(ahead.iso8601)])
    }
    guard let problem = report.problem else {
      self(
        .info, "pull complete",
        [
          "operation": .text(key.description), "rows": .integer(report.rows),
          "new": .integer(report.counts.new), "changed": .integer(report.counts.changed),
          "quarantined": .integer(report.counts.quarantined),
        ])
      return
    }
    self(
      problem.isPause ? .info : .error, problem.isPause ? "pull paused" : "pull ended early",
      [
        "operation": .text(key.description), "rows": .integer(report.rows), "code": .text(problem.code),
        "class": .text(problem.errorClass.rawValue), "problem": .text(problem.message),
        "remedy": .text(problem.remedy),
      ])
  }
}
