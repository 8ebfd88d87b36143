import Adapters
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
import Sync

/// The stages of a pull, each alone and on one thread, over pages that are in memory; and the pull itself.
struct Stages {
  let arguments: Arguments
  let adapter: Adapter
  let operation: PullOperation
  let mapping: CompiledMapping
  let http: HTTPClient

  init(_ arguments: Arguments) throws {
    self.arguments = arguments
    let adapters = try SourceFiles(arguments.adapters).adapters()
    guard let adapter = adapters.adapter(arguments.adapter),
      let operation = adapter.pull(arguments.operation)
    else { throw Failure("there is no operation \(arguments.adapter)/\(arguments.operation)") }
    guard let mapping = try SourceFiles(arguments.mappings).mappings()[operation.mapping] else {
      throw Failure("there is no mapping \(operation.mapping)")
    }
    self.adapter = adapter
    self.operation = operation
    self.mapping = mapping
    http = try HTTPClient(configuration: .init(egress: .unrestricted()))
  }

  func run() async throws {
    let memory = MemoryRecorder()
    let client = try client(memory, memory)
    let records = try await pull(client)
    try await measure("call and open", records: records) {
      memory.clear()
      _ = try await pull(client)
    }
    let exchanges = memory.all.filter { $0.operation == operation.name }
    let bodies = exchanges.map(\.responseBody)
    print(
      "{\"records\":\(records),\"pages\":\(bodies.count),\"bytes\":\(bodies.reduce(0) { $0 + $1.count })}")
    try await measure("open", records: records) {
      for body in bodies { _ = try client.open(body, of: operation.base).facts.rows }
    }

    let engine = try await Engine(folder: arguments.folder)
    var prepared: [PreparedExchange] = []
    try await measure("journal: compress and seal", records: records) {
      prepared = exchanges.map { engine.journal.prepare($0) }
    }
    try await measure("journal: insert, a commit a page", records: records) {
      for exchange in prepared {
        _ = try await engine.database.write { try engine.journal.insert(exchange, in: $0) }
      }
    }

    var observations: [[Observation]] = []
    let now = Timestamp.now()
    try await measure("open and map", records: records) {
      observations = []
      for body in bodies {
        let result = try mapping.apply(
          to: client.open(body, of: operation.base).message, surveying: true)
        guard result.quarantined.isEmpty else {
          throw Failure("\(result.quarantined.count) rows in quarantine")
        }
        observations.append(
          result.records.map {
            Observation(
              platform: "bench", record: $0.record, exchange: ExchangeID(1), locator: $0.locator,
              mapping: DefinitionID(rawValue: 1), adapter: DefinitionID(rawValue: 1), received: now)
          })
      }
    }
    var ready: [PreparedObservation] = []
    try await measure("registry: encode, seal, index", records: records) {
      ready = []
      for page in observations { ready += try engine.registry.prepare(page) }
    }
    try await engine.remove()

    let copies = ready
    try await measureFresh("registry: store, 4,000 a commit", records: records) { engine in
      var next = 0
      while next < copies.count {
        let batch = Array(copies[next..<min(next + 4000, copies.count)])
        next += batch.count
        _ = try await engine.database.write { try engine.registry.store(batch, in: $0) }
      }
    }
    try await measureFresh("the whole pull", records: records) { engine in
      let ledger = SyncLedger(
        database: engine.database, journal: engine.journal, keys: engine.keys)
      let runner = PullRunner(
        client: try self.client(ledger, ledger), operation: operation, mapping: mapping,
        registry: engine.registry, ledger: ledger, now: { Timestamp.now() })
      let report = await runner.run(requestID: "stages")
      if let problem = report.problem { throw Failure(problem.message) }
      guard report.counts.new == records else { throw Failure("\(report.counts.new) new of \(records)") }
    }
  }

  private func client(
    _ recorder: any ExchangeRecorder, _ budget: any CallBudget
  ) throws -> PlatformClient {
    try PlatformClient(
      adapter: adapter,
      connection: Connection(platform: "bench", url: arguments.url, settings: arguments.settings), http: http,
      recorder: recorder, budget: budget,
      environment: CallEnvironment(
        now: { Timestamp.now() }, random: { SecureRandom.bytes($0) }, sleep: { try await Task.sleep(for: $0) }
      ))
  }

  /// All pages, read but not mapped. Returns the number of rows.
  private func pull(_ client: PlatformClient) async throws -> Int {
    let window = operation.incremental.flatMap { PullWindow.next(after: nil, now: Timestamp.now(), $0) }
    var progress = PullProgress()
    var step = PullProgress.Step.more
    while step == .more {
      let page = try await client.page(operation, progress, window: window, requestID: "stages")
      step = try progress.advance(operation.paging, with: page.answer.facts)
    }
    return progress.rows
  }

  /// Elapsed time, and the processor's, which other work on the machine disturbs less.
  private struct Cost {
    var elapsed = Double.infinity
    var processor = Double.infinity

    mutating func measure(_ body: () async throws -> Void) async throws {
      let before = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_PROCESS_CPUTIME_ID))
      try await body()
      elapsed = min(elapsed, Self.now(CLOCK_MONOTONIC) - before.0)
      processor = min(processor, Self.now(CLOCK_PROCESS_CPUTIME_ID) - before.1)
    }

    private static func now(_ clock: clockid_t) -> Double {
      var time = timespec()
      unsafe clock_gettime(clock, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
  }

  private func measure(_ name: String, records: Int, _ body: () async throws -> Void) async throws {
    var cost = Cost()
    for _ in 0..<arguments.times { try await cost.measure(body) }
    report(name, cost, records)
  }

  /// Measures what writes to the registry, each time into a fresh one.
  private func measureFresh(
    _ name: String, records: Int, _ body: (Engine) async throws -> Void
  ) async throws {
    var cost = Cost()
    for _ in 0..<arguments.times {
      let engine = try await Engine(folder: arguments.folder)
      try await cost.measure { try await body(engine) }
      try await engine.remove()
    }
    report(name, cost, records)
  }

  private func report(_ name: String, _ cost: Cost, _ records: Int) {
    func microseconds(_ seconds: Double) -> Double { (seconds / Double(records) * 1e8).rounded() / 100 }
    print(
      "{\"stage\":\"\(name)\",\"microseconds\":\(microseconds(cost.elapsed)),",
      "\"processorMicroseconds\":\(microseconds(cost.processor))}")
  }
}
