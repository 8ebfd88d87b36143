import Adapters
import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
import Journal
import Mapping
import Registry
import SQLDatabase
import Sync
import Synchronization
import Testing
import Work

@testable import Gateway
@testable import Inbound

/// A platform that sends projects, and what a gateway has to take them: a desk on a database of its own.
final class SentRecordsBench: Sendable {
  static let manifest = """
    adapter: here/projects
    title: 项目
    basis: assumed
    settings: {key: {secret: true}}
    envelope: {format: json, success: status}
    operations:
      coded:
        kind: inbound
        purpose: records
        mapping: here/projects
        authentication:
          checks: [{value: header.x-sign, equals: "hex(hmac-sm3(setting.key, header.x-time + header.x-nonce + body))"}]
          time: {value: header.x-time, form: epoch-s, window: 5m}
          nonce: header.x-nonce
        call: {format: json, number: $.batch}
        duplicate: call.number
        answers:
          done: {body: {json: {code: "0", taken: "{answer.records}", batch: "{call.number}", id: "{answer.id}"}}}
          refused: {status: 422, body: {json: {code: "{answer.code}"}}}
          unauthenticated: {status: 401}
    """

  private static let mapping = """
    mapping: here/projects
    version: 1
    title: 项目
    message: json
    entities:
      project:
        kind: project-registration
        rows: $.rows[*]
        fields:
          basic.number: {from: $.code, check: project-code, required: true}
          basic.name: {constant: 投资项目登记}
          specific.projectCode: {from: $.code, check: project-code}
          specific.projectName: $.name
          management.sourceUpdatedAt: {from: $.updated, date: yyyy-MM-dd HH:mm:ss}
    """

  let folder = TemporaryFolder()
  let database: Database
  let journal: Journal
  let registry: Registry
  let queue: WorkQueue
  let keys: RegistryKeys
  let adapter: Adapter
  let clock = Mutex(Timestamp(milliseconds: 1_795_000_000_000))
  private let nonces = Atomic(0)

  /// - Parameter change: made to the manifest.
  init(_ change: (String) -> String = { $0 }) async throws {
    database = try await Database.open(path: "\(folder.path)/sent.db")
    _ = try await database.migrate([
      JournalSchema.component, RegistrySchema.component, WorkSchema.component, InboundSchema.component,
      TrialSchema.component, SyncSchema.component, IncidentSchema.component,
    ])
    let ring = KeyRing.ephemeral()
    keys = try await RegistryKeys.open(database, ring: ring)
    journal = Journal(database: database, keys: ring)
    registry = Registry(database: database, keys: keys)
    queue = WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner())
    let diagnostics = Diagnostics()
    let library = AdapterLibrary(
      [.init(name: "here/projects", file: "projects.yaml", bytes: Array(change(Self.manifest).utf8))],
      diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    adapter = try #require(library.adapter("here/projects"))
  }

  /// - Parameter change: made to the mapping.
  static func mapping(_ change: (String) -> String = { $0 }) throws -> CompiledMapping {
    let diagnostics = Diagnostics()
    let library = MappingLibrary(
      mappings: [
        MappingSource(name: "here/projects", file: "projects.yaml", bytes: Array(change(mapping).utf8))
      ], codeLists: [], diagnostics: diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    return try #require(library["here/projects"])
  }

  /// What a process has of it.
  func desk(_ mapping: CompiledMapping, policy: TrialPolicy? = nil) throws -> InboundDesk {
    let operation = try #require(adapter.inbound.first)
    let gate = TrialGate(MappingTrials(database: database, sealer: keys.sealer), policy: policy)
    let intake = intake(mapping, operation, gate)
    return InboundDesk(
      database: database, journal: journal, queue: queue, keys: keys, receivers: [try receiver],
      consumers: [.records: InboundRecords([intake])], now: { [self] in clock.withLock { $0 } })
  }

  func intake(_ mapping: CompiledMapping, _ operation: InboundOperation, _ gate: TrialGate?) -> RecordIntake {
    RecordIntake(
      platform: "city", operation: operation, of: adapter, mapping: mapping,
      ledger: SyncLedger(database: database, journal: journal, keys: keys),
      registry: registry, gate: gate, now: { [self] in clock.withLock { $0 } })
  }

  var receiver: InboundReceiver {
    get throws {
      InboundReceiver(
        platform: "city", operation: try #require(adapter.inbound.first), settings: ["key": "k"],
        random: { SecureRandom.bytes($0) })
    }
  }

  static let codes = ["2201-411523-04-01-123456", "2201-411523-04-01-223456", "2201-411523-04-01-323456"]

  static func row(_ index: Int, _ name: String = "拟东线", updated: String = "2026-11-01 10:00:00") -> String {
    #"{"code":"\#(codes[index])","name":"\#(name)","updated":"\#(updated)"}"#
  }

  func request(_ batch: Int, _ rows: [String], key: String = "k") -> InboundRequest {
    let time = String(clock.withLock { $0 }.milliseconds / 1000)
    let nonce = "n\(nonces.add(1, ordering: .relaxed).newValue)"
    let body = Array(#"{"batch":\#(batch),"rows":[\#(rows.joined(separator: ","))]}"#.utf8)
    let sign = HMAC.authenticate(.sm3, key: Array(key.utf8), message: Array((time + nonce).utf8) + body)
    return InboundRequest(
      method: "POST", target: "/inbound/city/coded",
      headers: [
        ("Content-Type", "application/json"), ("X-Time", time), ("X-Nonce", nonce),
        ("X-Sign", Hex.encode(sign)),
      ], body: body, remoteAddress: "10.0.0.1")
  }

  func receive(_ request: InboundRequest, by desk: InboundDesk) async throws -> InboundReception {
    try #require(await desk.receive(request, platform: "city", operation: "coded", requestID: "r-00000001"))
  }

  /// The certificate of a project, by its number here.
  func project(_ index: Int) async throws -> Certificate? {
    let found = try await registry.certificates(
      matching: [LookupKey(.number, Self.codes[index])], kinds: [.projectRegistration])
    #expect(found.count <= 1)
    return found.first
  }

  func name(_ index: Int) async throws -> String? {
    try await project(index)?.record.specific[.projectName]?.displayText
  }

  func evidence(_ index: Int) async throws -> StoredObservation? {
    guard let project = try await project(index) else { return nil }
    return try await registry.evidence(for: project.id)
  }

  func exchanges() async throws -> [ExchangeSummary] {
    try await journal.list(ExchangeFilter(platform: "city", order: .oldestFirst))
  }

  func work() async throws -> [WorkItem] { try await queue.list(WorkFilter(kind: .inbound)) }

  /// Lets the queue do one item, as its loop does.
  func perform(_ id: WorkID, by desk: InboundDesk) async throws -> WorkProblem? {
    let now = clock.withLock { $0 }
    let lease = try await queue.claim(id, now: now)
    let handler = InboundHandler(desk)
    do {
      try await handler.perform(lease)
      return nil
    } catch {
      let problem = handler.problem(of: error)
      try await database.write { transaction in
        try handler.parked(lease, problem, in: transaction, now: now)
        try self.queue.park(lease, problem, in: transaction, now: now)
      }
      return problem
    }
  }

  func release(_ id: WorkID) async throws {
    let now = clock.withLock { $0 }
    _ = try await database.write { transaction in
      try self.queue.decide(.release, about: id, in: transaction, now: now)
    }
  }

  func wait(seconds: Int) { clock.withLock { $0 = $0.advanced(bySeconds: seconds) } }
}
