import Adapters
import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
import Glibc
import HTTPTransport
import Journal
import Mapping
import Registry
import SQLDatabase
import Sandbox
import Synchronization
import TestSupport
import Testing
import Work

@testable import Sync

/// A clock that tests set.
final class VirtualClock: Sendable {
  private struct State {
    var time: Timestamp
    var elapsed: Int64 = 0
  }

  private let state: Mutex<State>
  init(_ time: Timestamp) { state = Mutex(State(time: time)) }
  var now: Timestamp { state.withLock { $0.time } }
  /// Milliseconds that have gone by, however often the clock was set.
  var elapsed: Int64 { state.withLock { $0.elapsed } }
  func advance(seconds: Int) { advance(by: .seconds(seconds)) }
  func advance(by duration: Duration) {
    state.withLock { state in
      let before = state.time
      state.time = before.advanced(by: duration)
      state.elapsed += state.time.milliseconds(since: before)
    }
  }
  /// Sets it by so many seconds, in which no time goes by.
  func set(bySeconds seconds: Int) { state.withLock { $0.time = $0.time.advanced(bySeconds: seconds) } }
}

/// The adapters and mappings of this project, read once.
enum Library {
  static let repository = String(#filePath.dropLast("/Tests/SyncTests/SyncBench.swift".count))

  static let adapters: AdapterLibrary = {
    let diagnostics = Diagnostics()
    let folder = repository + "/Adapters"
    let library = AdapterLibrary(
      files(below: folder).filter { !$0.hasSuffix("/policy.yaml") }
        .map { .init(name: name($0, in: folder), file: $0, bytes: read($0)) }, diagnostics)
    precondition(!diagnostics.hasErrors, "\(diagnostics.all)")
    return library
  }()

  private static let changed = Mutex<[String: Adapter]>([:])

  /// One of them with other words in its manifest, read once.
  static func adapter(_ name: String, _ changes: [(String, String)]) throws -> Adapter {
    let key = name + changes.map { "\u{0}\($0)\u{0}\($1)" }.joined()
    if let known = changed.withLock({ $0[key] }) { return known }
    let written = try #require(adapters.adapter(name))
    var manifest = String(decoding: written.bundle, as: UTF8.self)
    for (text, other) in changes { manifest = manifest.replacing(text, with: other) }
    let adapter = try Adapter(bundle: Array(manifest.utf8))
    changed.withLock { $0[key] = adapter }
    return adapter
  }

  static let codeLists: [MappingSource] = {
    let folder = repository + "/Mappings/codes"
    return files(below: folder).map {
      MappingSource(name: name($0, in: folder), file: $0, bytes: read($0))
    }
  }()

  static let mappings: MappingLibrary = {
    let diagnostics = Diagnostics()
    let folder = repository + "/Mappings"
    let library = MappingLibrary(
      mappings: files(below: folder).filter { !$0.hasPrefix(folder + "/codes/") }.map {
        MappingSource(name: name($0, in: folder), file: $0, bytes: read($0))
      }, codeLists: codeLists, diagnostics: diagnostics)
    precondition(!diagnostics.hasErrors, "\(diagnostics.all)")
    return library
  }()

  private static func name(_ path: String, in folder: String) -> String {
    String(path.dropFirst(folder.count + 1).dropLast(5))
  }

  private static func files(below folder: String) -> [String] {
    var found: [String] = []
    guard let directory = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(directory) }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let path = folder + "/" + name
      if name.hasSuffix(".yaml") {
        found.append(path)
      } else if unsafe entry.pointee.d_type == 4 {
        found += files(below: path)
      }
    }
    return found.sorted()
  }

  static func read(_ path: String) -> [UInt8] {
    guard let file = unsafe fopen(path, "r") else { return [] }
    defer { _ = unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }
}

/// The simulated platforms and a gateway's engine, in a folder of their own.
final class SyncBench: Sendable {
  static let adapterOf = [
    "zhejiang-public-data": "hangzhou/public-data", "investment-3": "hangzhou/investment",
    "real-estate-xml": "changzhou/real-estate", "national-exchange": "national/data-sharing",
  ]

  let sandbox: Sandbox
  let clock: VirtualClock
  let folder: String
  let ring = KeyRing.ephemeral()
  let http: HTTPClient

  init(_ configuration: SandboxConfiguration) throws {
    let clock = VirtualClock(Timestamp(iso8601: "2026-08-01T00:00:00+08:00")!)
    self.clock = clock
    sandbox = try Sandbox(configuration, now: { clock.now })
    folder = TestFolders.make("zhengdian-sync")
    http = try HTTPClient(configuration: .init(egress: .unrestricted()))
  }

  /// Small data sets: every page boundary and every kind of row occurs, and a test takes milliseconds.
  static func run<T: Sendable>(
    _ body: @escaping @Sendable (SyncBench) async throws -> T
  ) async throws -> T {
    var configuration = SandboxConfiguration()
    configuration.sizes = .small
    let bench = try SyncBench(configuration)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await bench.sandbox.run() }
      do {
        let result = try await body(bench)
        await bench.http.shutdown(.abort)
        bench.sandbox.stop()
        bench.remove()
        return result
      } catch {
        await bench.http.shutdown(.abort)
        bench.sandbox.stop()
        bench.remove()
        throw error
      }
    }
  }

  private func remove() { TestFolders.remove(folder) }

  /// The engine over a database file of the bench's folder.
  func engine(
    _ name: String = "a", configuration: DatabaseConfiguration = DatabaseConfiguration(),
    precedence: Precedence = Precedence()
  ) async throws -> Engine {
    let database = try await Database.open(path: "\(folder)/\(name).sqlite", configuration: configuration)
    _ = try await database.migrate(
      JournalSchema.component, RegistrySchema.component, SyncSchema.component, IncidentSchema.component,
      TrialSchema.component, WorkSchema.component)
    let keys = try await RegistryKeys.open(database, ring: ring)
    return Engine(
      bench: self, database: database,
      registry: Registry(database: database, keys: keys, precedence: precedence),
      journal: Journal(database: database, keys: ring), keys: keys)
  }
}

struct Engine: Sendable {
  let bench: SyncBench
  let database: Database
  let registry: Registry
  let journal: Journal
  let keys: RegistryKeys
  var sealer: Sealer { keys.sealer }

  /// Runs of operations, as a process of that name sees them.
  func desk(_ owner: String = "a") -> PullDesk {
    PullDesk(WorkQueue(database: database, sealer: sealer, owner: owner))
  }

  var ledger: SyncLedger { SyncLedger(database: database, journal: journal, keys: keys) }

  func runner(
    _ platform: String, _ operation: String, mapping: CompiledMapping? = nil, pageSize: Int = 60,
    gate: TrialGate? = nil, url: ((String) -> String)? = nil
  ) throws -> PullRunner {
    let client = try client(platform, url: url)
    var operation = try #require(client.adapter.pull(operation))
    // Several pages also in small data sets.
    operation.paging.size = pageSize
    let (ledger, clock) = (ledger, bench.clock)
    return PullRunner(
      client: client, operation: operation,
      mapping: try mapping ?? #require(Library.mappings[operation.mapping]),
      registry: registry, ledger: ledger, gate: gate, now: { clock.now })
  }

  func client(
    _ platform: String, url: ((String) -> String)? = nil
  ) throws -> PlatformClient {
    let connection = try #require(bench.sandbox.connections.first { $0.platform == platform })
    let adapterName = try #require(SyncBench.adapterOf[platform])
    let (ledger, clock) = (ledger, bench.clock)
    return try PlatformClient(
      adapter: try #require(Library.adapters.adapter(adapterName)),
      connection: Connection(
        platform: platform, url: url?(connection.address) ?? connection.address,
        settings: Dictionary(uniqueKeysWithValues: connection.settings.map { ($0.name, $0.value) })),
      http: bench.http, recorder: ledger, budget: ledger,
      environment: CallEnvironment(
        now: { clock.now }, random: { SecureRandom.bytes($0) }, sleep: { _ in await Task.yield() },
        uptime: { Double(clock.elapsed) }))
  }

  func queryRunner(
    _ platform: String, _ operation: String, mapping: CompiledMapping? = nil
  ) throws -> QueryRunner {
    let client = try client(platform)
    let operation = try #require(client.adapter.queries.first { $0.name == operation })
    let (ledger, clock) = (ledger, bench.clock)
    return QueryRunner(
      client: client, operation: operation,
      mapping: try mapping ?? #require(Library.mappings[operation.mapping]), registry: registry,
      ledger: ledger, now: { clock.now })
  }

  /// What came with some exchanges.
  func bodies(of exchanges: Set<ExchangeID>) async throws -> [[UInt8]] {
    var bodies: [[UInt8]] = []
    for id in exchanges { bodies.append(try await journal.exchange(id).responseBody) }
    return bodies
  }

  /// What the registry knows, independent of ids and times: to compare two registries.
  func content() async throws -> [String: Int] {
    var content: [String: Int] = [:]
    var position: Int64 = 0
    while true {
      let ids = try await registry.ids(after: position, limit: 1000)
      guard let last = ids.last else { return content }
      position = last.position
      for (_, id) in ids {
        let certificate = try #require(try await registry.certificate(id))
        var writer = JSONWriter()
        certificate.record.write(to: &writer)
        content[String(decoding: writer.takeBytes(), as: UTF8.self), default: 0] += certificate.version
      }
    }
  }
}
