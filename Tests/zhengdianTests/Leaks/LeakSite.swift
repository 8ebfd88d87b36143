import Crypto
import Documents
import Gateway
import HTTPService
import HTTPTransport
import Permits
@testable import Sandbox
import Sync
import Synchronization
import Telemetry
import Testing
@testable import zhengdian

/// A gateway that serves on a port, put together as the program does it, whose log is kept down to the finest level. Whatever it asks, and whatever
/// it answers, is kept too.
final class LeakSite: Sendable {
  let sandbox: Sandbox
  let site: DemoSite
  let receiver: LeakReceiver
  private let fronts: [Front]
  private let http: HTTPClient
  private let key: String
  private let port = Atomic(0)
  /// Pages as they were pulled: of identity cards, and of deeds.
  let cards = Mutex<HTTPServerResponse?>(nil)
  let deeds = Mutex<HTTPServerResponse?>(nil)
  private let opened = Mutex<Site?>(nil)
  private let logged = Mutex<[String]>([])
  private let kept = Mutex(LeakEvidence())

  static let operatorName = "拟柜台长周行"

  private init(_ folder: String) throws {
    var configuration = SandboxConfiguration()
    configuration.sizes = .small
    sandbox = try Sandbox(configuration)
    fronts = try sandbox.platforms.map { try Front($0) }
    receiver = try LeakReceiver()
    let addresses = Dictionary(uniqueKeysWithValues: fronts.map { ($0.name, $0.address) })
    site = DemoSite(
      folder: folder + "/site",
      sandbox.connections.map { connection in
        SandboxConnection(
          platform: connection.platform, title: connection.title,
          address: addresses[connection.platform] ?? connection.address, settings: connection.settings)
      }, listenPort: 0)
    try site.write()
    // Nothing is pulled by itself in the middle of the course.
    var text = site.text
    for (adapter, pulls) in [
      ("hangzhou/public-data", ["business-licence", "identity-card", "property-deed"]),
      ("hangzhou/investment", ["projects", "approvals"]), ("changzhou/real-estate", ["deeds"]),
      ("national/data-sharing", ["contractor-licences", "design-licences", "registration-proofs"]),
    ] {
      let off = pulls.map { "\($0): {enabled: false}" }.joined(separator: ", ")
      text = text.replacing("adapter: \(adapter)\n", with: "adapter: \(adapter)\n    operations: {\(off)}\n")
    }
    text = text.replacing(
      "changes:read, subscriptions:manage]",
      with: """
        changes:read, subscriptions:manage, supply:evaluate, supply:read, supply:archive, materials:read,
            materials:manage, authorisations:read, authorisations:manage, projects:read, projects:convert,
            permits:read, permits:manage, work:read]
        """)
    try OutputFile.write(
      text + "\nchanges: {receivers: [\"127.0.0.1:*\"]}\n", to: site.configurationFile, mode: 0o644)
    key = String(
      decoding: try InputFile.read(site.consumerKeyFile, most: 1000).prefix { $0 != 0x0A }, as: UTF8.self)
    http = try HTTPClient(
      configuration: HTTPClient.Configuration(egress: try EgressPolicy(allowing: ["127.0.0.1:*"])))
  }

  var database: String { site.folder + "/zhengdian.sqlite" }
  var population: Population { sandbox.population }

  /// Serves while `body` runs, and gives everything that was left behind.
  static func evidence(
    _ body: @escaping @Sendable (LeakSite) async throws -> Void
  ) async throws -> LeakEvidence {
    try await TemporaryFolder.use { folder in
      let site = try LeakSite(folder.path)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await site.sandbox.run() }
        for front in site.fronts { group.addTask { try await front.run() } }
        group.addTask { try await site.receiver.run() }
        defer {
          site.sandbox.stop()
          for front in site.fronts { front.stop() }
          site.receiver.stop()
        }
        try await site.serve { try await body(site) }
      }
      await site.http.shutdown(.abort)
      return try await site.collected()
    }
  }

  private func serve(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let diagnostics = Diagnostics()
    let read = SiteConfiguration.read(
      site.configurationFile, share: Checkout.path, diagnostics: diagnostics)
    let configuration = try #require(read, "\(diagnostics.all)")
    let log = Log(least: .debug) { [self] entry in
      logged.withLock { $0.append(String(decoding: entry.jsonLine, as: UTF8.self)) }
    }
    var polling = PermitPolling()
    (polling.first, polling.hours) = (1, nil)
    try await Site.with(
      configuration, environment: [ShareFolder.variable: Checkout.path], log: log, polling: polling
    ) { opened in
      self.opened.withLock { $0 = opened }
      defer { self.opened.withLock { $0 = nil } }
      let served = try ServedSite(opened)
      port.store(served.port, ordering: .releasing)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await served.run(schedules: true) }
        do {
          try await body()
        } catch {
          served.stop()
          throw error
        }
        // What it has not yet copied into the database lies in front of it.
        try kept.withLock { try $0.addFiles(of: database, "while it serves") }
        served.stop()
        try await group.waitForAll()
      }
    }
  }

  private func collected() async throws -> LeakEvidence {
    var evidence = kept.withLock { $0 }
    for (number, line) in logged.withLock({ $0 }).enumerated() {
      evidence.add(.log, "line \(number + 1)", line)
    }
    for front in fronts {
      for address in front.addresses { evidence.add(.asked, front.name, address) }
    }
    for request in receiver.requests {
      evidence.add(.asked, "receiver", request.address)
      evidence.add(.notification, "to the receiver", request.bytes)
    }
    try await evidence.addColumns(of: database)
    try evidence.addFiles(of: database, "afterwards")
    return evidence
  }

  // MARK: asking the gateway

  /// - Parameters:
  ///   - isProper: an address with nothing of anybody in it; what somebody asks by mistake is not the gateway's.
  ///   - reveals: the answer shows somebody on purpose.
  @discardableResult
  func send(
    _ method: String, _ path: String, _ body: String? = nil, headers: [(String, String)] = [],
    isProper: Bool = true, reveals: Bool = false
  ) async throws -> HTTPResponse {
    var all = [
      ("Authorization", "Bearer \(key)"), ("X-Purpose", "supply-application"),
      ("X-Operator", Self.percentEncoded(Self.operatorName)), ("Content-Type", "application/json"),
    ]
    for (name, value) in headers {
      all.removeAll { $0.0 == name }
      all.append((name, value))
    }
    let response = try await http.send(
      HTTPRequest(
        method: method,
        url: "http://127.0.0.1:\(port.load(ordering: .acquiring))\(path)",
        headers: all.map { HTTPHeader($0.0, $0.1) }, body: body.map { Array($0.utf8) }, timeouts: Timeouts()))
    let answered = response.headers.map { "\($0.name): \($0.value)\n" }.joined()
    kept.withLock { kept in
      if isProper { kept.add(.served, "\(method)", "\(method) \(path)") }
      if path == "/metrics" { kept.add(.metrics, "metrics", response.body) }
      kept.add(.answer, "headers of \(isProper ? path : "a mistake")", answered)
      if !reveals { kept.add(.answer, "\(method) \(isProper ? path : "a mistake")", response.body) }
    }
    return response
  }

  func json(_ method: String, _ path: String, _ body: String? = nil, reveals: Bool = false) async throws
    -> JSONValue
  {
    let response = try await send(method, path, body, reveals: reveals)
    guard response.status == 200 else {
      throw TestFailure(
        "\(method) \(path): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
    }
    return try JSONDocument(parsing: response.body).root
  }

  /// Has the window call the gateway about a case of it; gives the status of each answer.
  func callBack(_ receipt: String, _ more: String) async throws -> [Int] {
    try await call("hangzhou-permits/progress", by: "callback", "\"receipt\":\"\(receipt)\",\(more)")
  }

  /// Has a platform send records; gives the status of each answer.
  func sendRecords(_ operation: String, _ more: String) async throws -> [Int] {
    try await call(operation, by: "send", more)
  }

  private func call(_ operation: String, by control: String, _ order: String) async throws -> [Int] {
    let url = "http://127.0.0.1:\(port.load(ordering: .acquiring))/inbound/\(operation)"
    kept.withLock { $0.add(.served, "POST", "POST \(url)") }
    let response = try await http.send(
      HTTPRequest(
        method: "POST", url: "\(sandbox.addresses["control"] ?? "")/control/\(control)",
        body: Array("{\"url\":\"\(url)\",\(order)}".utf8)))
    let answers = try JSONDocument(parsing: response.body).root["answers"]
    return answers?.elements.map { answer in
      kept.withLock { $0.add(.answer, "a call of a platform", answer["body"]?.string ?? "") }
      return answer["status"]?.integer ?? -1
    } ?? []
  }

  /// Everything that an operation of a platform tells, by the process that serves: its secrets are its own.
  ///
  /// - Parameter isHeld: nothing of it is stored.
  /// - Returns: what ended it early.
  @discardableResult
  func pull(_ operation: String, isHeld: Bool = false) async throws -> SyncProblem? {
    let site = try #require(opened.withLock { $0 })
    let runner = try #require(site.station.runners(for: operation).first)
    let report = await site.station.runNow(runner)
    #expect(isHeld || report.rows > 0, "\(operation): \(report)")
    return report.problem
  }

  /// A command beside the gateway. Nothing that it is asked for here is to be shown whole.
  @discardableResult
  func run(_ arguments: String..., input: String = "", code: ExitCode = .done) async -> CommandRun {
    let run = await CommandRun(
      more: arguments + ["--config", site.configurationFile], input: Array(input.utf8),
      environment: [ShareFolder.variable: Checkout.path])
    #expect(run.code == code, "\(arguments): \(run.output) \(run.errors)")
    kept.withLock { $0.add(.output, arguments.prefix(2).joined(separator: " "), run.output + run.errors) }
    return run
  }

  /// A list or a view, whatever comes of it.
  func look(_ arguments: [String]) async {
    let run = await CommandRun(
      more: arguments + ["--config", site.configurationFile],
      environment: [ShareFolder.variable: Checkout.path])
    #expect(run.code == .done || run.code == .failure, "\(arguments): \(run.errors)")
    kept.withLock { $0.add(.output, arguments.prefix(2).joined(separator: " "), run.output + run.errors) }
  }

  func front(_ name: String) throws -> Front { try #require(fronts.first { $0.name == name }) }

  /// Waits until something is there.
  func wait<Value>(_ what: String, _ find: () async throws -> Value?) async throws -> Value {
    for _ in 0..<1500 {
      if let found = try await find() { return found }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw TestFailure("\(what) did not come")
  }

  static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
    }.joined()
  }
}
