import Adapters
import Applications
import CivilTime
import Crypto
import Exchanges
import HTTPTransport
import Journal
import Mapping
@testable import Pushing
import Registry
import SQLDatabase
import Sandbox
import Sync
import Synchronization
import Testing
import Work

/// A case of the simulated window, for files that know another `PermitCase`.
typealias WindowCase = PermitCase

/// Pushes against the simulated permit window, with a clock that tests set; work is done when a test says so.
final class PushDesk: Sendable {
  let bench: SyncBench
  let database: Database
  let journal: Journal
  let queue: WorkQueue
  let pushes: Pushes
  let client: PlatformClient
  let events = Mutex<[PushHandler.Event]>([])
  /// Milliseconds the machine had been up when the test began.
  let uptime = Mutex<Int64>(5000)
  let platform: String

  /// - Parameters:
  ///   - region: whose window it is, by the folder of its manifest.
  ///   - hurried: what of the manifest is written otherwise.
  ///   - url: of the window; its own if not given.
  init(
    _ bench: SyncBench, _ database: Database, keys: RegistryKeys, recorder: any ExchangeRecorder & CallBudget,
    region: String = "hangzhou", hurried: [(String, String)] = [("idle: 30s", "idle: 500ms")],
    url: ((String) -> String)? = nil
  ) throws {
    self.bench = bench
    self.database = database
    let clock = bench.clock
    journal = Journal(database: database, keys: bench.ring)
    queue = WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner())
    pushes = Pushes(
      database: database, journal: journal, queue: queue, keys: keys, now: { clock.now })
    let platform = region + "-permits"
    self.platform = platform
    let connection = try #require(bench.sandbox.connections.first { $0.platform == platform })
    client = try PlatformClient(
      adapter: try Library.adapter(region + "/permits", hurried),
      connection: Connection(
        platform: platform, url: url?(connection.address) ?? connection.address,
        settings: Dictionary(uniqueKeysWithValues: connection.settings.map { ($0.name, $0.value) })),
      http: bench.http, recorder: recorder, budget: recorder,
      environment: CallEnvironment(
        now: { clock.now }, random: { SecureRandom.bytes($0) }, sleep: { _ in await Task.yield() },
        uptime: { Double(clock.elapsed) }))
  }

  static func run<T: Sendable>(
    configuration: DatabaseConfiguration = DatabaseConfiguration(), hurried: [(String, String)] = [],
    url: (@Sendable (String) -> String)? = nil,
    _ body: @escaping @Sendable (PushDesk) async throws -> T
  ) async throws -> T {
    try await SyncBench.run { bench in
      let database = try await Database.open(
        path: bench.folder + "/a.sqlite", configuration: configuration)
      do {
        try await database.migrate([
          JournalSchema.component, RegistrySchema.component, SyncSchema.component, WorkSchema.component,
          PushSchema.component,
        ])
        let keys = try await RegistryKeys.open(database, ring: bench.ring)
        let journal = Journal(database: database, keys: bench.ring)
        let ledger = SyncLedger(database: database, journal: journal, keys: keys)
        let desk = try PushDesk(
          bench, database, keys: keys, recorder: ledger, hurried: [("idle: 30s", "idle: 500ms")] + hurried,
          url: url)
        let value = try await body(desk)
        await database.close()
        return value
      } catch {
        await database.close()
        throw error
      }
    }
  }

  func route(_ operation: String) throws -> PushRoute {
    let operation = try #require(client.adapter.operation(operation))
    let push = try #require(operation.push)
    let template = try #require(Library.mappings.template(push.template))
    return try PushRoute(client: client, operation: operation, template: template)
  }

  var handler: PushHandler {
    let clock = bench.clock
    let environment = CallEnvironment(
      now: { clock.now }, random: { [UInt8](repeating: 0, count: $0) }, sleep: { _ in await Task.yield() },
      uptime: { [self] in Double(clock.elapsed + uptime.withLock { $0 }) })
    return PushHandler(
      pushes: pushes, environment: environment, routes: { [self] _, operation in try? route(operation) }
    ) { [self] event in events.withLock { $0.append(event) } }
  }

  @discardableResult
  func submit(
    _ item: String, number: String = "SQ-1", sequence: String? = nil, follows: PushID? = nil,
    about: PushID? = nil, due: Timestamp? = nil,
    _ change: (inout ApplicationValues) -> Void = { _ in }
  ) async throws -> PushTicket {
    let (record, attachments) = try PermitPushTests.record(item) { values in
      values["applicationNumber"] = .text(number)
      change(&values)
    }
    return try await pushes.submit(
      PushRequest(
        record: record, attachments: attachments, sequence: sequence, follows: follows, about: about,
        due: due, requestID: "r"),
      by: try route(item))
  }

  func claim(lease: Duration = .seconds(20)) async throws -> WorkLease? {
    try await queue.claim(
      kinds: [.push], lanes: [], limit: 1, lease: lease, now: bench.clock.now
    ).first
  }

  /// Does what is due now, one after the other.
  func work() async throws {
    while let lease = try await claim() { try await handler.perform(lease) }
  }

  /// Does what is due, and lets time pass until nothing more becomes due by itself, for so many seconds at most.
  func settle(within seconds: Int = 86_400) async throws {
    let end = bench.clock.elapsed + Int64(seconds) * 1000
    while true {
      try await work()
      let now = bench.clock.now
      guard let due = try await queue.nextDue(kinds: [.push], now: now) else { return }
      let wait = max(1, Int(due.milliseconds(since: now) / 1000) + 1)
      guard bench.clock.elapsed + Int64(wait) * 1000 <= end else { return }
      bench.clock.advance(seconds: wait)
    }
  }

  func push(_ id: PushID) async throws -> Push { try #require(try await pushes.push(id)) }

  func state(_ id: PushID) async throws -> PushState { try await push(id).state }

  /// What the window has of a push.
  func effects(_ id: PushID) async throws -> [PermitCase] {
    let key = try await push(id).key
    return bench.sandbox.permitCases.filter { $0.key == key }
  }

  func fault(_ kind: FaultKind, _ operation: String, calls: ClosedRange<Int> = 1...1) {
    for call in calls {
      bench.sandbox.faults.add(
        FaultRule(kind, platform: platform, operation: operation, trigger: .call(call)))
    }
  }

  func outcomes() async throws -> [String] {
    try await journal.list(ExchangeFilter(platform: platform, order: .oldestFirst)).map {
      "\($0.operation) \($0.outcome.rawValue)"
    }
  }
}
