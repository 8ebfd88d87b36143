import CivilTime
import Crypto
import Documents
import Gateway
import HTTPTransport
import Sandbox
import Synchronization
import Testing

@testable import zhengdian

/// A site whose platforms answer in this process, for commands beside a gateway that does the work.
struct ServedSandbox {
  let sandbox: Sandbox
  let site: DemoSite

  static let permits = "hangzhou-permits"

  /// - Parameter more: added to the site's configuration.
  static func use(
    _ more: String = "", _ body: @escaping @Sendable (ServedSandbox) async throws -> Void
  ) async throws {
    try await TemporaryFolder.use { folder in
      var configuration = SandboxConfiguration()
      configuration.sizes = .small
      let sandbox = try Sandbox(configuration)
      let site = DemoSite(folder: folder.path + "/site", sandbox.connections, listenPort: 0)
      try site.write()
      if !more.isEmpty { try OutputFile.write(site.text + more, to: site.configurationFile, mode: 0o644) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await sandbox.run() }
        defer { sandbox.stop() }
        let served = ServedSandbox(sandbox: sandbox, site: site)
        #expect(await served.run("database", "migrate").code == .done)
        try await body(served)
      }
    }
  }

  func run(_ arguments: String...) async -> CommandRun { await run(arguments) }

  func run(_ arguments: [String]) async -> CommandRun {
    await CommandRun(
      more: arguments + ["--config", site.configurationFile],
      environment: [ShareFolder.variable: Checkout.path])
  }

  private final class Ending: Sendable {
    let hasCome = Atomic(false)
  }

  /// Runs `body` while `serve` does the work; it is told its port.
  func serve(_ body: (Int) async throws -> Void) async throws {
    let stop = StopSignal()
    let errors = Output()
    let ending = Ending()
    let program = Program(
      environment: Environment([ShareFolder.variable: Checkout.path]), input: .bytes([]), output: Output(),
      errors: errors, stop: stop)
    let file = site.configurationFile
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        #expect(await program.run(["serve", "--config", file]) == .done, "\(errors.captured)")
        ending.hasCome.store(true, ordering: .releasing)
      }
      defer { stop.request() }
      var port: Int?
      while port == nil, !ending.hasCome.load(ordering: .acquiring) {
        port = Self.port(in: errors.captured)
        try await Task.sleep(for: .milliseconds(5))
      }
      try await body(try #require(port, "\(errors.captured)"))
      stop.request()
      try await group.waitForAll()
    }
  }

  /// From the log line that says where it answers.
  private static func port(in log: String) -> Int? {
    guard let start = log.firstRange(of: "\"port\":") else { return nil }
    let digits = log[start.upperBound...].prefix { $0.isNumber }
    return log[start.upperBound...].contains("}") ? Int(digits) : nil
  }

  /// Sends a request with the key of the site's consumer.
  func send(
    _ port: Int, _ method: String, _ path: String, _ body: String? = nil, as name: String = "window-07"
  ) async throws -> HTTPResponse {
    let key = String(decoding: try InputFile.read(site.consumerKeyFile, most: 1000), as: UTF8.self)
      .prefix { $0 != "\n" }
    let http = try HTTPClient(
      configuration: HTTPClient.Configuration(egress: try EgressPolicy(allowing: ["127.0.0.1:*"])))
    let response = try await http.send(
      HTTPRequest(
        method: method, url: "http://127.0.0.1:\(port)\(path)",
        headers: [
          HTTPHeader("Authorization", "Bearer \(key)"), HTTPHeader("X-Operator", name),
          HTTPHeader("Content-Type", "application/json"),
        ], body: body.map { Array($0.utf8) }, timeouts: Timeouts()))
    await http.shutdown()
    return response
  }

  func get(_ port: Int, _ path: String) async throws -> JSONValue {
    try JSONDocument(parsing: try await send(port, "GET", path).body).root
  }

  func post(_ port: Int, _ path: String, _ body: String, as name: String) async throws -> JSONValue {
    try JSONDocument(parsing: try await send(port, "POST", path, body, as: name).body).root
  }

  /// Waits until a command's JSON says so.
  func wait(_ arguments: String..., until isThere: (JSONValue) -> Bool) async throws -> JSONValue {
    while true {
      let run = await run(arguments + ["--json"])
      let value = try run.json()
      if isThere(value) { return value }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  func wait(push id: Int, until states: Set<String>) async throws -> JSONValue {
    try await wait("push", "show", "\(id)") { states.contains($0["state"]?.string ?? "") }
  }

  func wait(replay id: Int, until states: Set<String>) async throws -> JSONValue {
    try await wait("replay", "status", "\(id)") { states.contains($0["state"]?.string ?? "") }
  }

  static let applicant = "拟电力公司"
  static let attachment = "拟路由图"

  /// Writes an application and its attachment; returns the paths of both.
  func application(_ item: String, number: String, without field: String? = nil) throws -> (
    record: String, attachment: String
  ) {
    let bytes = Array(Self.attachment.utf8)
    let file = "\(site.folder)/a.txt"
    try OutputFile.write(Self.attachment, to: file)
    var text = """
      {"kind":"permit-application","applicationNumber":"\(number)","projectName":"拟东线","itemCode":"\(item)",
       "applicant":{"name":"\(Self.applicant)","code":"91330199TX0000001W","codeType":"001"},
       "location":"西湖区","areaCode":"330199","startDate":"2026-03-01","endDate":"2026-04-01",
       "lineLength":"1250.5","voltage":"110","occupiedArea":"3","diggingLength":"86.4","greenArea":"30","promise":true,
       "remarks":"说明",
       "attachments":[{"name":"a.txt","kind":"CL","mediaType":"text/plain","size":\(bytes.count),
         "sm3":"\(Hex.encode(Digest.sm3.hash(bytes)))"}]}
      """
    if let field { text = text.replacing("\"\(field)\":", with: "\"remarksOf\(field)\":") }
    let record = "\(site.folder)/\(number).json"
    try OutputFile.write(text, to: record)
    return (record, file)
  }

  /// Hands an application in; gives its number.
  func submit(_ item: String, number: String) async throws -> Int {
    let files = try application(item, number: number)
    let run = await run(
      "push", "submit", "\(Self.permits)/\(item)", files.record, "--attach", files.attachment, "--json")
    #expect(run.code == .done, "\(run.errors)")
    return try #require(try run.json()["id"]?.integer)
  }

  func fault(_ kind: FaultKind, _ operation: String) {
    sandbox.faults.add(
      FaultRule(kind, platform: Self.permits, operation: operation, trigger: .call(1), most: 1))
  }
}
