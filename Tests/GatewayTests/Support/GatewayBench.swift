import Access
import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
import HTTPService
import Journal
import Permits
import Policies
import Pushing
import Registry
import SQLDatabase
import Supply
import Sync
import Synchronization
import Telemetry
import Testing

@testable import Gateway
@testable import GatewayAPI

/// A gateway in a folder of its own, with consumers, a few certificates, and its whole log at hand.
final class GatewayBench: Sendable {
  static let fullKey = "full-0123456789-abcdefghijklmnopqrstuvwxyz"
  static let searchKey = "search-0123456789-abcdefghijklmnopqrstuvwxyz"
  static let operationsKey = "operations-0123456789-abcdefghijklmnopqrstuvwxyz"
  static let slowKey = "slow-0123456789-abcdefghijklmnopqrstuvwxyz"
  static let operatorName = "拟操作员007"
  static let today = Timestamp(milliseconds: 1_795_000_000_000)

  let folder: TemporaryFolder
  let gateway: Gateway
  let api: GatewayAPI
  let logLines: LogLines

  static let configuration = """
    database: data.sqlite
    listen: {port: 0}
    changes: {receivers: ["receiver.example:443", "127.0.0.1:*"]}
    purposes:
      supply: {title: 用电报装, reveal: [holder.name, basic.number]}
      transfer: {title: 过户}
      audit: {}
    consumers:
      full:
        key: {environment: FULL}
        scopes:
          [certificates:search, certificates:read, certificates:reveal, exchanges:read, platforms:read,
          incidents:read, incidents:manage, disagreements:read, disagreements:manage,
          pushes:read, pushes:decide, replays:read, replays:run, work:read, work:decide,
          permits:read, permits:manage, supply:evaluate, supply:read, supply:archive, changes:read,
          materials:read, materials:manage, authorisations:read, authorisations:manage,
          projects:read, projects:convert, indicators:read,
          subscriptions:manage]
        purposes: [supply, transfer]
        rate: 100000/s
      searcher:
        key: {environment: SEARCH}
        scopes: [certificates:search]
        purposes: [supply]
        rate: 100000/s
      operations:
        key: {environment: OPERATIONS}
        scopes: [exchanges:read, platforms:read, changes:read]
        rate: 100000/s
      slow:
        key: {environment: SLOW}
        scopes: [certificates:search, platforms:read]
        purposes: [supply]
        rate: 1/m

    """

  static let environment = [
    "FULL": fullKey, "SEARCH": searchKey, "OPERATIONS": operationsKey, "SLOW": slowKey,
  ]

  init(
    configuration: String = configuration, deadline: Duration? = nil, recorder: (any AccessRecorder)? = nil,
    _ extend: (inout GatewayAPI.Parts) -> Void = { _ in }
  ) async throws {
    folder = TemporaryFolder()
    let file = folder.write("zhengdian.yaml", configuration)
    let diagnostics = Diagnostics()
    let site = try #require(
      SiteConfiguration.read(file, share: folder.path, bringsKeys: true, diagnostics: diagnostics),
      "\(diagnostics.all)")
    let lines = LogLines()
    logLines = lines
    gateway = try await Gateway.open(
      site, environment: Self.environment, keys: .ephemeral(), components: PullStation.components,
      log: Log(least: .debug) { lines.add($0) })
    let supply = Self.supplyDesk(gateway, try Self.policies())
    let reserve = ReserveStore(
      database: gateway.database, keys: gateway.registryKeys, changes: gateway.changes)
    var parts = GatewayAPI.Parts(
      registry: gateway.registry, journal: gateway.journal, audit: gateway.audit,
      consumers: gateway.consumers, database: gateway.database, http: gateway.http, log: gateway.log,
      platforms: NoPlatforms(),
      incidents: IncidentLedger(
        database: gateway.database, keys: gateway.registryKeys, changes: gateway.changes),
      pushes: gateway.pushes, replays: gateway.replays, changes: gateway.changes,
      subscriptions: gateway.subscriptions, permits: try Self.desk(gateway),
      supply: supply, reserve: ReserveDesk(store: reserve, supply: supply),
      indicators: IndicatorDesk(gateway.database, gateway.registryKeys, gateway.permits),
      started: gateway.started)
    parts.deadline = deadline ?? site.listen.deadline
    parts.largestBody = site.listen.largestBody
    parts.now = { Self.today }
    let (permits, registry) = (gateway.permits, gateway.registry)
    parts.archivist = SupplyArchivist(
      parts.supply, SupplyFollowing(queue: gateway.work, changes: gateway.changes),
      calendar: permits.calendar, prover: FixedProver()
    ) { number, project, withFiles in
      try await ArchivedCase.find(
        number, project, withFiles: withFiles, in: permits, registry, at: Self.today)
    }
    extend(&parts)
    api = GatewayAPI(parts, audit: recorder ?? gateway.audit)
  }

  func close() async {
    await gateway.close(drain: .zero)
  }

  /// Cases by a policy of the tests, with no window that takes them.
  private static func desk(_ gateway: Gateway) throws -> PermitDesk {
    PermitDesk(
      permits: gateway.permits, pushes: gateway.pushes, policies: try policies(), windows: PermitWindows([]),
      now: { today })
  }

  /// Verdicts where one platform tells of everything.
  private static func supplyDesk(_ gateway: Gateway, _ policies: PolicyLibrary) -> SupplyDesk {
    let told = SupplyReach([SupplyReach.Source(platform: "city", told: today)])
    let reach = Dictionary(uniqueKeysWithValues: CertificateKind.allCases.map { ($0, told) })
    return SupplyDesk(
      store: SupplyStore(database: gateway.database, keys: gateway.registryKeys), registry: gateway.registry,
      journal: gateway.journal, policies: policies,
      surroundings: SupplyDesk.Surroundings(reach: { reach }, staleness: { { _ in nil } }))
  }

  private static func policies() throws -> PolicyLibrary {
    let policy = """
      policy: a
      title: 甲
      region: "110000"
      documents: {D: {title: 文件}}
      clock: {starts: [accepted], ends: [approved, rejected, withdrawn], stops: [supplement]}
      permits:
        needs:
          - {id: n, clause: D, items: [route-planning, greening], need: needed}
          - {id: m, clause: D, items: [road-occupation, road-digging], need: not-needed}
        ways: [{id: w, clause: D, way: approval}]
        limits: [{id: l, clause: D 3, limit: 5 working days}]
        materials: [{id: all, clause: D 1, need: [drawing]}]
        totals: [{id: t, clause: D 5, limit: 9 working days}]
      process: [{id: c, clause: D 6, step: contact, limit: 30 minutes, starts: [requested], ends: [contacted]}]
      supply:
        demands:
          - {id: s, clause: D 4, of: [subject, property], demand: shared}
          - {id: o, clause: D 4, of: [project, trade-approval, design-qualification, design-documents, construction-qualification, concealed-works, completion-report], demand: none}
        proofs:
          - {id: card, clause: D 4, of: [subject], kinds: [identity-card, business-licence], materials: [card]}
          - {id: deed, clause: D 4, of: [property], kinds: [property-deed], materials: [deed]}
        obtainable: [{id: from, clause: D 4, of: [subject, property], platforms: [data-sharing]}]
      """
    let diagnostics = Diagnostics()
    let policies = PolicyLibrary([.init(name: "a", file: "a.yaml", bytes: Array(policy.utf8))], diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    return policies
  }

  /// Stores records as one platform's observations, and the exchange they came with.
  @discardableResult
  func store(_ records: [CertificateRecord], platform: String = "city") async throws -> ExchangeID {
    let exchange = Exchange(
      platform: platform, operation: "pull", method: "POST",
      address: "https://city.example/api?name=\(Person.name)",
      requestBody: Array(Person.code.utf8), status: 200, responseBody: records.flatMap { $0.encode() },
      created: .now(), sent: .now(), received: .now(), outcome: .succeeded, requestID: "sync-1")
    let id = try await gateway.journal.record(exchange)
    let mapping = try await gateway.registry.define(
      .mapping, name: "city/deed", version: 3, content: [1, 2, 3], at: .now())
    let adapter = try await gateway.registry.define(
      .adapter, name: "city/data", version: 1, content: [4], at: .now())
    let observations = records.enumerated().map { index, record in
      Observation(
        platform: platform, record: record, exchange: id,
        locator: RecordLocator(path: "$['datas'][\(index)]")!,
        mapping: mapping, adapter: adapter, received: .now())
    }
    let registry = gateway.registry
    let prepared = try registry.prepare(observations)
    _ = try await gateway.database.write { try registry.store(prepared, in: $0) }
    return id
  }

  func id(_ domain: LookupDomain, _ text: String, _ kind: CertificateKind) async throws -> CertificateID {
    let found = try await gateway.registry.certificates(matching: [LookupKey(domain, text)], kinds: [kind])
    return try #require(found.first).id
  }

  func request(
    _ method: String, _ path: String, query: String = "", body: String? = nil, key: String? = fullKey,
    purpose: String? = "supply", operator name: String? = operatorName, headers: HTTPFields = [:]
  ) -> HTTPServerRequest {
    var request = HTTPServerRequest(method: method, path: path, query: query, headers: headers)
    if let key { request.headers["Authorization"] = "Bearer \(key)" }
    if let purpose { request.headers["X-Purpose"] = purpose }
    if let name { request.headers["X-Operator"] = name }
    if let body {
      request.headers["Content-Type"] = "application/json"
      request.body = Array(body.utf8)
    }
    return request
  }

  /// Answers through the router, and checks each JSON answer against the interface's own description.
  func send(_ request: HTTPServerRequest) async throws -> Reply {
    let reply = try Reply(await api.respond(to: request))
    try SchemaCheck.shared.check(reply, of: request)
    return reply
  }

  func search(
    _ body: String, key: String? = fullKey, purpose: String? = "supply",
    operator name: String? = operatorName,
    headers: HTTPFields = [:]
  ) async throws -> Reply {
    try await send(
      request(
        "POST", "/v1/certificates:search", body: body, key: key, purpose: purpose, operator: name,
        headers: headers))
  }

  func accesses(_ filter: AccessFilter = AccessFilter()) async throws -> [AccessRecord] {
    try await gateway.audit.list(filter)
  }

  /// Everything that went to the log so far.
  var log: String { logLines.text }
}

/// A log in memory.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ entry: Log.Entry) {
    lines.withLock { $0.append(String(decoding: entry.jsonLine, as: UTF8.self)) }
  }

  var all: [String] { lines.withLock { $0 } }
  var text: String { all.joined(separator: "\n") }
}

/// An answer with its body read.
struct Reply: Sendable {
  let status: Int
  let headers: HTTPFields
  let bytes: [UInt8]
  let document: JSONDocument?

  init(_ response: HTTPServerResponse) throws {
    guard case .bytes(let bytes) = response.body else {
      Issue.record("the answer is no body of bytes")
      throw CancellationError()
    }
    try self.init(status: response.status, headers: response.headers, bytes: bytes)
  }

  init(status: Int, headers: HTTPFields, bytes: [UInt8]) throws {
    self.status = status
    self.headers = headers
    self.bytes = bytes
    let isJSON = headers["Content-Type"]?.contains("json") ?? false
    document = isJSON && !bytes.isEmpty ? try JSONDocument(parsing: bytes) : nil
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var code: String? { document?.root["code"]?.string }

  subscript(path: String) -> JSONValue? {
    get throws {
      guard let document else { return nil }
      return try JSONPath(path).first(in: document.root)
    }
  }

  func text(_ path: String) throws -> String? { try self[path]?.string }

  /// Which of the person's secrets show.
  var leaks: [String] { Person.secrets.filter(text.contains) }
}

private struct NoPlatforms: PlatformReporter {
  func platforms() async throws -> [PlatformStatus] { [] }
}
