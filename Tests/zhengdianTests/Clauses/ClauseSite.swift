import CivilTime
import Crypto
import Documents
import Gateway
import GatewayAPI
import HTTPService
import HTTPTransport
import SQLDatabase
import Sandbox
import Supply
import Sync
import Synchronization
import Telemetry
import TestSupport
import Testing
import Work
@testable import zhengdian

/// A whole gateway in front of simulated platforms that stand for those which the documents name, asked through its interface.
final class ClauseSite: Sendable {
  /// Platforms by their names here.
  ///
  /// `services` stands for 政务服务网, 公共数据平台 and 政务数据共享交换平台; `projects` for the investment platform, `construction` for the one of
  /// construction approvals; `exchange` for the licences of the regulator and of the construction authority.
  private static let platforms = [
    (name: "services", adapter: "hangzhou/public-data", simulated: "zhejiang-public-data"),
    (name: "projects", adapter: "hangzhou/investment", simulated: "investment-3"),
    (name: "construction", adapter: "hangzhou/investment", simulated: "investment-3"),
    (name: "exchange", adapter: "national/data-sharing", simulated: "national-exchange"),
    (name: "window", adapter: "changzhou/permits", simulated: "changzhou-permits"),
  ]
  private static let key = "counter-0123456789-abcdefghijklmnopqrstuvwxyz"
  static let operatorName = "拟柜台3"

  let sandbox: Sandbox
  let site: Site
  private let parts: GatewayAPI.Parts
  private let api: GatewayAPI
  private let numbers = Atomic(0)

  private init(_ sandbox: Sandbox, _ site: Site, at moment: Timestamp?) {
    self.sandbox = sandbox
    self.site = site
    var parts = GatewayAPI.Parts(site, site.gateway.configuration.listen)
    if let moment { parts.now = { moment } }
    self.parts = parts
    api = GatewayAPI(parts)
  }

  var population: Population { sandbox.population }

  /// - Parameters:
  ///   - pulled: operations that have told everything before anybody applies, as `projects/projects`.
  ///   - moment: when everybody applies, for those whose papers run out; now if not given.
  static func use(
    pulled: [String] = [], at moment: Timestamp? = nil,
    _ body: @escaping @Sendable (ClauseSite) async throws -> Void
  ) async throws {
    var configuration = SandboxConfiguration()
    configuration.sizes = .small
    let sandbox = try Sandbox(configuration)
    let folder = TestSupport.TemporaryFolder()
    var environment = ["COUNTER": key]
    folder.write(Array(Self.text(sandbox, &environment).utf8), to: "zhengdian.yaml")
    let diagnostics = Diagnostics()
    let read = SiteConfiguration.read(
      folder.file("zhengdian.yaml"), share: Checkout.path, bringsKeys: true, diagnostics: diagnostics)
    let written = try #require(read, "\(diagnostics.all)")
    let secrets = environment
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await sandbox.run() }
      defer { sandbox.stop() }
      try await Site.with(written, environment: secrets, keys: .ephemeral(), log: .silent) { site in
        let clauses = ClauseSite(sandbox, site, at: moment)
        for operation in pulled { try await clauses.pull(operation) }
        try await body(clauses)
        await clauses.parts.supply.close()
      }
    }
  }

  private static func text(_ sandbox: Sandbox, _ environment: inout [String: String]) -> String {
    // A budget that no slow machine uses up: what a platform tells here is told in the first verdict.
    var text = "database: zhengdian.sqlite\nlisten: {port: 0, deadline: 60s}\nsupply: {budget: 30s}\n"
    text += "egress: connections\nplatforms:\n"
    for (name, adapter, simulated) in platforms {
      guard let connection = sandbox.connections.first(where: { $0.platform == simulated }) else {
        preconditionFailure("the sandbox has no \(simulated)")
      }
      text += "  \(name):\n    adapter: \(adapter)\n    url: \(connection.address)\n    settings:\n"
      for setting in connection.settings {
        let variable = "\(name)_\(setting.name)".uppercased()
        if setting.isSecret { environment[variable] = setting.value }
        text += "      \(setting.name): "
        text += setting.isSecret ? "{environment: \(variable)}\n" : "'\(setting.value)'\n"
      }
    }
    return text + """
      precedence:
        project-registration: [construction, projects]
      purposes:
        supply-application: {title: 用电报装}
      consumers:
        counter:
          key: {environment: COUNTER}
          scopes:
            [supply:evaluate, supply:read, supply:archive, materials:read, materials:manage,
            authorisations:read, authorisations:manage, permits:read, permits:manage, changes:read]
          purposes: [supply-application]
          rate: 100000/s

      """
  }

  /// Everything that an operation of a platform tells.
  func pull(_ operation: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let runner = try #require(site.station.runners(for: operation).first, sourceLocation: sourceLocation)
    let report = await site.station.runNow(runner)
    #expect(report.problem == nil, sourceLocation: sourceLocation)
  }

  func send(_ method: String, _ path: String, query: String = "", _ body: String? = nil) async throws
    -> (status: Int, bytes: [UInt8])
  {
    var request = HTTPServerRequest(method: method, path: path, query: query)
    request.headers["Authorization"] = "Bearer \(Self.key)"
    request.headers["X-Purpose"] = "supply-application"
    request.headers["X-Operator"] = Self.operatorName
    if let body {
      request.headers["Content-Type"] = "application/json"
      request.body = Array(body.utf8)
    }
    let response = await api.respond(to: request)
    guard case .bytes(let bytes) = response.body else { throw TestFailure("\(path): no body of bytes") }
    return (response.status, bytes)
  }

  func json(_ method: String, _ path: String, _ body: String? = nil) async throws -> JSONValue {
    let (status, bytes) = try await send(method, path, body)
    guard status == 200 else {
      throw TestFailure("\(method) \(path): \(status) \(String(decoding: bytes, as: UTF8.self))")
    }
    return try JSONDocument(parsing: bytes).root
  }

  func nextNumber() -> String { "GD-\(numbers.add(1, ordering: .relaxed).newValue)" }

  /// Hands an application in, and gives how it goes.
  ///
  /// - Parameters:
  ///   - day: by whose rules it goes.
  ///   - authorised: the means by which the applicant has agreed, or a whole authorisation.
  ///   - materials: codes of papers that the customer brings.
  func apply(
    _ applicant: ClausePersona, in region: String, _ facts: ClauseFacts, day: String = "2022-03-01",
    authorised: String? = nil, materials: [String] = [], designer: ClausePersona? = nil,
    contractor: ClausePersona? = nil, number: String? = nil
  ) async throws -> ClauseCourse {
    var form = """
      {"number": "\(number ?? nextNumber())", "region": "\(region)", "day": "\(day)", "facts": \(facts.written),
       "applicant": \(applicant.written(population)), "place": \(applicant.place(population))
      """
    if let designer { form += #", "designer": \#(designer.written(population))"# }
    if let contractor { form += #", "contractor": \#(contractor.written(population))"# }
    if !materials.isEmpty {
      let digest = Hex.encode(Digest.sm3.hash(Array("a paper".utf8)))
      let papers = materials.map { #"{"code": "\#($0)", "sm3": "\#(digest)"}"# }
      form += #", "materials": [\#(papers.joined(separator: ", "))]"#
    }
    if let authorised {
      let whole =
        authorised.hasPrefix("{")
        ? authorised : #"{"means": "\#(authorised)", "given": "2026-01-01T00:00:00Z"}"#
      form += #", "authorisation": \#(whole)"#
    }
    return try ClauseCourse(await json("POST", "/v1/supply-applications", form + "}"))
  }

  /// The latest verdict on an application.
  func course(of application: Int) async throws -> ClauseCourse {
    try ClauseCourse(await json("GET", "/v1/supply-applications/\(application)"))
  }

  /// Has the platform of projects send some of them of its own accord, over a socket; gives how it was answered.
  ///
  /// - Parameter operation: the gateway's, as `projects/coded`.
  func sendProjects(_ rows: [Int], to operation: String) async throws -> [Int] {
    let server = try APIServer(api, at: APIServer.Address(port: 0))
    let http = try HTTPClient(
      configuration: HTTPClient.Configuration(egress: try EgressPolicy(allowing: ["127.0.0.1:*"])))
    let order = """
      {"platform": "investment-3", "operation": "projects", "rows": \(rows),
       "url": "http://127.0.0.1:\(server.port)/inbound/\(operation)"}
      """
    let control = "\(sandbox.addresses["control"] ?? "")/control/send"
    let answer = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      defer { server.stop() }
      return try await http.send(HTTPRequest(method: "POST", url: control, body: Array(order.utf8)))
    }
    await http.shutdown()
    return try JSONDocument(parsing: answer.body).root["answers"]?.elements.map {
      $0["status"]?.integer ?? -1
    } ?? []
  }

  /// Reads a list of projects as `project import` does.
  func importProjects(_ list: String) async throws {
    let gateway = site.gateway
    let bytes = Array(list.utf8)
    _ = try await ProjectListing(gateway.registry, gateway.journal, gateway.database).store(
      try ProjectTable(bytes, ignoring: []), bytes, requestID: "list", at: .now())
  }

  /// Opens a case for the route of a line, and enters that its permit was given on paper.
  func permit(_ number: String, _ persona: ClausePersona, _ decision: String) async throws {
    let opened = try await json(
      "POST", "/v1/permit-cases",
      """
      {"number": "\(number)", "region": "320400", "day": "2022-03-01",
       "facts": {"voltage": 10, "capacity": 630, "length": 600, "customer": "other", "digs-road": false,
         "occupies-road": false, "uses-green-land": false, "trees": "none", "crossings": []},
       "application": {"kind": "permit-application", "projectName": "拟东线",
         "applicant": {"name": "\(persona.name(population))", "code": "\(persona.code(population))", "codeType": "001"},
         "location": "\(persona.address(population))", "areaCode": "320499", "startDate": "2022-03-01",
         "endDate": "2022-04-01", "lineLength": "600", "voltage": "10"},
       "materials": [{"code": "route-drawing", "name": "a.pdf", "mediaType": "application/pdf", "content": "QUJD"}]}
      """)
    let id = try #require(opened["id"]?.integer)
    for event in [
      #""event": "accepted", "happened": "2022-03-01T10:00:00""#,
      #""event": "approved", "happened": "2022-03-01T11:00:00", "decision": "\#(decision)""#,
    ] {
      _ = try await json(
        "POST", "/v1/permit-cases/\(id)/events", #"{"item": "route-planning", \#(event), "reason": "纸面"}"#)
    }
  }

  /// As if everything that is known had been confirmed so many days earlier.
  func age(byDays days: Int) async throws {
    let milliseconds = Int64(days) * 86_400_000
    _ = try await site.gateway.database.write { transaction in
      try transaction.prepare("UPDATE certificate SET seen = seen - ?").execute(.int(milliseconds))
    }
  }

  /// Does what is due of what follows applications, as `serve` does, so many seconds from now.
  func follow(after seconds: Int = 0) async throws {
    let following = SupplyFollowing(queue: site.gateway.work, changes: site.gateway.changes)
    let now: @Sendable () -> Timestamp = { Timestamp.now().advanced(bySeconds: seconds) }
    _ = try await SupplyWatch(parts.supply, following, now: now).look()
    let handler = SupplyHandler(parts.supply, following, now: now)
    while let lease = try await site.gateway.work.claim(
      kinds: [.supply], limit: 1, lease: .seconds(60), now: now()
    ).first {
      try await handler.perform(lease)
    }
  }

  /// What the change feed says of an application.
  func told(of application: Int) async throws -> [String] {
    let changes = try await json("GET", "/v1/changes")["changes"]
    return changes?.elements.filter { $0["subject"]?.string == "supply-\(application)" }.map { change in
      let details = change["details"]
      let final = details?["final"]?.string ?? "-"
      return "\(change["kind"]?.string ?? "") \(details?["level"]?.string ?? "-") final \(final)"
    } ?? []
  }

  /// How often a platform was called for something.
  func calls(_ operation: String) -> Int { sandbox.calls("zhejiang-public-data", operation).calls }

  func strike(_ kind: FaultKind, _ platform: String, _ operation: String? = nil) {
    sandbox.faults.add(FaultRule(kind, platform: platform, operation: operation))
  }
}

/// What is known of a connection.
struct ClauseFacts: Sendable {
  var voltage: String
  var capacity: Int
  var customer: String
  var stage = "application"
  var isSpecialTrade = false

  static let resident = ClauseFacts(voltage: "0.22", capacity: 8, customer: "resident")
  static let small = ClauseFacts(voltage: "0.4", capacity: 100, customer: "small-micro")
  static let high = ClauseFacts(voltage: "10", capacity: 630, customer: "other")
  static let specialTrade = ClauseFacts(
    voltage: "0.4", capacity: 100, customer: "small-micro", isSpecialTrade: true)

  static func later(_ stage: String, voltage: String = "10") -> ClauseFacts {
    ClauseFacts(voltage: voltage, capacity: 630, customer: "other", stage: stage)
  }

  static func booking(_ facts: ClauseFacts) -> ClauseFacts {
    var facts = facts
    facts.stage = "booking"
    return facts
  }

  var written: String {
    """
    {"voltage": \(voltage), "capacity": \(capacity), "customer": "\(customer)", "business": "new",
     "stage": "\(stage)", "special-trade": \(isSpecialTrade)}
    """
  }
}
