import Adapters
import Certificates
import CivilTime
import Crypto
import Exchanges
import Journal
import Mapping
import Pushing
import Registry
import SQLDatabase
import Sandbox
import Sync
import Synchronization
import Testing
import Work

@testable import Replay

/// Replays against the simulated platforms, with a clock that tests set; work is done when a test says so.
final class ReplayDesk: Sendable {
  /// Thrown where the process ends.
  struct End: Error {}

  /// Called before each item with its number, 1 for the first.
  typealias Hook = @Sendable (Int) async throws -> Void

  let pushing: PushDesk
  let engine: Engine
  let replays: Replays
  let events = Mutex<[ReplayEvent]>([])
  private let mapping = Mutex<CompiledMapping?>(nil)
  private static let source = ("real-estate-xml", "deeds")

  static let person = signOff("拟经办甲", "mended")
  static let another = signOff("拟经办乙", "looked through")

  private static func signOff(_ name: String, _ reason: String) -> SignOff {
    do {
      return try SignOff(name: name, reason: reason, credential: Credential(holder: "account \(name)"))
    } catch { preconditionFailure("\(error)") }
  }

  init(
    _ bench: SyncBench, _ database: Database, _ keys: RegistryKeys, needsApproval: Bool,
    changing manifest: [(String, String)]
  ) throws {
    let clock = bench.clock
    engine = Engine(
      bench: bench, database: database, registry: Registry(database: database, keys: keys),
      journal: Journal(database: database, keys: bench.ring), keys: keys)
    pushing = try PushDesk(
      bench, database, keys: keys, recorder: engine.ledger,
      hurried: [("idle: 30s", "idle: 500ms")] + manifest)
    replays = Replays(
      pushes: pushing.pushes, keys: keys, needsApproval: needsApproval, now: { clock.now })
  }

  /// - Parameter manifest: what of the permit window's manifest is written otherwise.
  static func run<T: Sendable>(
    needsApproval: Bool = false, changing manifest: [(String, String)] = [],
    _ body: @escaping @Sendable (ReplayDesk) async throws -> T
  ) async throws -> T {
    try await SyncBench.run { bench in
      let database = try await Database.open(path: bench.folder + "/a.sqlite")
      do {
        try await database.migrate([
          JournalSchema.component, RegistrySchema.component, SyncSchema.component, IncidentSchema.component,
          WorkSchema.component, PushSchema.component, ReplaySchema.component,
        ])
        let keys = try await RegistryKeys.open(database, ring: bench.ring)
        let desk = try ReplayDesk(
          bench, database, keys, needsApproval: needsApproval, changing: manifest)
        let value = try await body(desk)
        await database.close()
        return value
      } catch {
        await database.close()
        throw error
      }
    }
  }

  var clock: VirtualClock { engine.bench.clock }
  var database: Database { engine.database }

  /// The mapping of deeds from now on.
  func use(_ changed: CompiledMapping) { mapping.withLock { $0 = changed } }

  /// - Parameter daily: calls that the platform allows in a day.
  func runner(daily: Int? = nil) throws -> PullRunner {
    let mapping = mapping.withLock { $0 }
    let usual = try engine.runner(Self.source.0, Self.source.1, mapping: mapping, pageSize: 20)
    guard let daily else { return usual }
    let manifest = String(decoding: usual.client.adapter.bundle, as: UTF8.self)
      .replacing("limits: {rate: 20/s,", with: "limits: {daily: \(daily), rate: 20/s,")
    let clock = clock
    let client = try PlatformClient(
      adapter: try Adapter(bundle: Array(manifest.utf8)), connection: usual.client.connection,
      http: engine.bench.http, recorder: engine.ledger, budget: engine.ledger,
      environment: CallEnvironment(
        now: { clock.now }, random: { SecureRandom.bytes($0) }, sleep: { _ in await Task.yield() }))
    return PullRunner(
      client: client, operation: usual.operation, mapping: usual.mapping, registry: engine.registry,
      ledger: engine.ledger, now: { clock.now })
  }

  func library(daily: Int? = nil) throws -> ReplayLibrary {
    ReplayLibrary(
      runners: [try runner(daily: daily)], journal: engine.journal, registry: engine.registry,
      ledger: engine.ledger,
      pushes: pushing.pushes, routes: { [pushing] _, operation in try? pushing.route(operation) })
  }

  func handler(daily: Int? = nil, _ hook: @escaping Hook = { _ in }) throws -> ReplayHandler {
    let clock = clock
    let begun = Mutex(0)
    return ReplayHandler(
      replays: replays, library: try library(daily: daily), now: { clock.now },
      sleep: { _ in
        let number = begun.withLock { number in
          number += 1
          return number
        }
        try await hook(number)
      }, report: { [self] event in events.withLock { $0.append(event.event) } })
  }

  static var deeds: ReplayQuery { ReplayQuery(platform: source.0, operation: source.1) }
  static func permits(_ operation: String) -> ReplayQuery {
    ReplayQuery(platform: "hangzhou-permits", operation: operation)
  }

  static func terms(canary: Int = 0, mostErrors: Double = 10) -> ReplayTerms {
    var terms = ReplayTerms()
    (terms.canary, terms.mostErrors) = (canary, mostErrors)
    return terms
  }

  func look(
    _ query: ReplayQuery, _ depth: ReplayDepth, _ terms: ReplayTerms = terms()
  ) async throws -> ReplayOutlook {
    try await library().look(for: query, depth: depth, terms: terms, now: clock.now)
  }

  func plan(
    _ query: ReplayQuery, _ depth: ReplayDepth, _ terms: ReplayTerms = terms()
  ) async throws -> (id: ReplayID, preview: ReplayPreview) {
    let outlook = try await look(query, depth, terms)
    let id = try await replays.keep(
      query, depth: depth, terms: terms, outlook: outlook, by: Self.person)
    return (id, outlook.preview)
  }

  /// Plans it and lets it run.
  func start(
    _ query: ReplayQuery, _ depth: ReplayDepth, _ terms: ReplayTerms = terms()
  ) async throws -> ReplayID {
    let id = try await plan(query, depth, terms).id
    _ = try await replays.start(id, by: Self.person)
    return id
  }

  func claim() async throws -> WorkLease? {
    try await pushing.queue.claim(kinds: [.replay], limit: 1, lease: .seconds(20), now: clock.now).first
  }

  /// Does what is due of replays and pushes, and lets time pass until nothing more becomes due by itself.
  func settle(daily: Int? = nil, step: Int = 1, _ hook: @escaping Hook = { _ in }) async throws {
    let handler = try handler(daily: daily, hook)
    while true {
      while let lease = try await claim() { try await handler.perform(lease) }
      try await pushing.work()
      let due = try await pushing.queue.nextDue(kinds: [.push, .replay], now: clock.now)
      guard let due else { return }
      clock.advance(seconds: max(step, Int(due.milliseconds(since: clock.now) / 1000) + 1))
    }
  }

  func state(_ id: ReplayID) async throws -> ReplayState { try await replays.replay(id).state }

  /// As the replay has them; they must be those of its items.
  func counts(_ id: ReplayID) async throws -> ReplayCounts {
    let (replay, states) = (try await replays.replay(id), ReplayItem.State.allCases)
    let rows = try await database.read { reader in
      try reader.query(
        "SELECT state, new, changed, unchanged FROM replay_item WHERE replay = ?1", .int(id.rawValue)
      ) { row in
        (
          row.text(0),
          ReplayRecords(new: Int(row.int(1)), changed: Int(row.int(2)), unchanged: Int(row.int(3)))
        )
      }
    }
    let counts = replay.counts
    #expect(
      states.map { state in rows.count { $0.0 == state.rawValue } }
        == [counts.pending, counts.waiting, counts.succeeded, counts.failed, counts.unknown])
    #expect(rows.reduce(into: ReplayRecords()) { $0 += $1.1 } == replay.records)
    return counts
  }

  /// All exchanges with what came in them.
  func exchanges() async throws -> [ExchangeSummary: [UInt8]] {
    var found: [ExchangeSummary: [UInt8]] = [:]
    for exchange in try await engine.journal.list(ExchangeFilter(order: .oldestFirst, limit: 1000)) {
      found[exchange] = try await engine.journal.exchange(exchange.id).responseBody
    }
    return found
  }

  /// Everything platforms have said, by certificate.
  func observations() async throws -> [CertificateWord: Int] {
    var found: [CertificateWord: Int] = [:]
    for (_, id) in try await engine.registry.ids(after: 0, limit: 100_000) {
      for one in try await engine.registry.observations(of: id) {
        found[CertificateWord(id: id, record: one.record, version: one.version), default: 0] += 1
      }
    }
    return found
  }

  struct CertificateWord: Hashable {
    let id: CertificateID
    let record: CertificateRecord
    let version: Int?
  }
}

extension ReplayCounts {
  /// pending, waiting, succeeded, failed
  var list: [Int] { [pending, waiting, succeeded, failed] }
}
