import Access
import Documents
import HTTPService
import Testing

@testable import GatewayAPI

@Suite struct RefusalTests {
  /// Every route that a consumer may call, with an address that would be answered.
  static let guarded: [(method: String, path: String, body: String?)] = [
    ("POST", "/v1/certificates:search", "{\"number\": \"x\"}"),
    ("POST", "/v1/certificates:match", "{\"number\": \"x\"}"),
    ("GET", "/v1/certificates/crt-00000000000000000000", nil),
    ("GET", "/v1/certificates/crt-00000000000000000000/history", nil),
    ("GET", "/v1/certificates/crt-00000000000000000000/evidence", nil),
    ("POST", "/v1/supply-applications", SupplyRouteTests.form), ("GET", "/v1/supply-applications/1", nil),
    ("GET", "/v1/supply-applications/1/archive", nil),
    ("POST", "/v1/supply-applications/1:connected", "{\"at\": \"2026-01-01T00:00:00Z\"}"),
    ("GET", "/v1/indicators", nil), ("GET", "/v1/indicators/table", nil),
    ("GET", "/v1/indicators/orders", nil), ("GET", "/v1/platforms", nil),
    ("GET", "/v1/exchanges", nil), ("GET", "/v1/exchanges/1", nil), ("GET", "/v1/incidents", nil),
    ("GET", "/v1/incidents/1", nil), ("POST", "/v1/incidents/1:acknowledge", "{}"),
    ("POST", "/v1/incidents/1:close", "{}"), ("GET", "/v1/disagreements", nil),
    ("POST", "/v1/disagreements/1:dismiss", "{\"reason\": \"x\"}"),
    ("GET", "/v1/pushes", nil),
    ("GET", "/v1/pushes/1", nil), ("POST", "/v1/pushes/1:sign", "{\"happened\": true, \"reason\": \"x\"}"),
    ("POST", "/v1/pushes/1:retry", "{\"reason\": \"x\"}"),
    ("POST", "/v1/pushes/1:cancel", "{\"reason\": \"x\"}"),
    (
      "POST", "/v1/replays",
      "{\"query\": {\"platform\": \"a\", \"operation\": \"b\"}, \"depth\": \"re-map\", \"reason\": \"x\"}"
    ), ("GET", "/v1/replays", nil), ("GET", "/v1/replays/1", nil), ("GET", "/v1/replays/1/events", nil),
    ("GET", "/v1/replays/1/differences", nil),
    ("GET", "/v1/work", nil), ("GET", "/v1/work/1", nil),
    ("POST", "/v1/work/1:release", "{\"reason\": \"x\"}"),
    ("POST", "/v1/work/1:cancel", "{\"reason\": \"x\"}"),
    ("POST", "/v1/replays/1:approve", "{\"reason\": \"x\"}"),
    ("POST", "/v1/replays/1:start", "{\"reason\": \"x\"}"),
    ("POST", "/v1/replays/1:stop", "{\"reason\": \"x\"}"),
    ("POST", "/v1/replays/1:cancel", "{\"reason\": \"x\"}"),
    ("GET", "/v1/replays/1/differences", nil), ("GET", "/v1/work", nil), ("GET", "/v1/work/1", nil),
    ("POST", "/v1/work/1:release", "{\"reason\": \"x\"}"),
    ("POST", "/v1/work/1:cancel", "{\"reason\": \"x\"}"),
    ("POST", "/v1/permit-cases", PermitRouteTests.form), ("GET", "/v1/permit-cases", nil),
    ("GET", "/v1/permit-cases/1", nil), ("GET", "/v1/permit-cases/board", nil),
    (
      "POST", "/v1/permit-cases/1/events",
      "{\"item\": \"greening\", \"event\": \"accepted\", \"reason\": \"x\"}"
    ),
    (
      "POST", "/v1/permit-cases/1:supplement",
      """
      {"item": "greening",
       "materials": [{"code": "a", "name": "a.pdf", "mediaType": "application/pdf", "content": "QQ=="}]}
      """
    ),
    ("POST", "/v1/permit-cases/1:withdraw", "{\"item\": \"greening\", \"reason\": \"x\"}"),
    ("POST", "/v1/permit-cases/1:retry", "{\"item\": \"greening\", \"reason\": \"x\"}"),
    ("POST", "/v1/materials", PaperRouteTests.material()),
    ("POST", "/v1/supply-applications/1/materials", PaperRouteTests.material()),
    ("POST", "/v1/materials:search", PaperRouteTests.holder), ("GET", "/v1/materials/1", nil),
    ("GET", "/v1/materials/1/file", nil), ("POST", "/v1/materials/1:verify", nil),
    ("POST", "/v1/materials/1:withdraw", "{\"reason\": \"x\"}"),
    ("POST", "/v1/authorisations", PaperRouteTests.authorisation()),
    ("POST", "/v1/authorisations:search", PaperRouteTests.holder), ("GET", "/v1/authorisations/1", nil),
    ("POST", "/v1/authorisations/1:revoke", "{\"reason\": \"x\"}"),
    ("GET", "/v1/projects", nil),
    ("POST", "/v1/projects:find", "{\"projectCode\": \"2201-411523-04-01-123456\"}"),
    ("GET", "/v1/projects/1", nil), ("POST", "/v1/projects/1:convert", nil),
    ("GET", "/v1/changes", nil), ("GET", "/v1/subscriptions", nil),
    ("POST", "/v1/subscriptions", "{\"url\": \"https://receiver.example/\"}"),
    ("DELETE", "/v1/subscriptions/1", nil),
    ("POST", "/v1/subscriptions/1:resume", "{\"with\": \"new\"}"),
  ]

  @Test func theTableHasEveryGuardedRoute() {
    let patterns = Set(
      Self.guarded.map { method, path, _ -> String in
        guard case .found(let route, _) = APIRoute.router.match(method, path) else { return "" }
        return route.pattern
      })
    #expect(patterns == Set(APIRoute.all.filter { $0.access != .open }.map(\.pattern)))
  }

  @Test(arguments: guarded.indices) func withoutAGoodKeyNothingIsAnswered(index: Int) async throws {
    let (method, path, body) = Self.guarded[index]
    let bench = try await GatewayBench()
    var requests = [
      bench.request(method, path, body: body, key: nil),
      bench.request(method, path, body: body, key: "wrong"),
      bench.request(method, path, body: body, key: GatewayBench.fullKey + "x"),
      bench.request(method, path, body: body, key: String(GatewayBench.fullKey.dropLast())),
    ]
    var other = bench.request(method, path, body: body, key: nil)
    other.headers["Authorization"] = "Basic \(GatewayBench.fullKey)"
    requests.append(other)
    var twice = bench.request(method, path, body: body)
    twice.headers.append("Authorization", "Bearer \(GatewayBench.searchKey)")
    requests.append(twice)
    for request in requests {
      let reply = try await bench.send(request)
      #expect(reply.status == 401 && reply.code == "unauthenticated")
      #expect(reply.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
    }
    // Nobody is known, so there is nobody to hold to account.
    #expect(try await bench.accesses().isEmpty)
    #expect(!bench.log.contains("0123456789-abc"))
    await bench.close()
  }

  @Test(arguments: guarded.indices) func withoutTheScopeNothingIsAnswered(index: Int) async throws {
    let (method, path, body) = Self.guarded[index]
    let bench = try await GatewayBench()
    let isCertificates = path.hasPrefix("/v1/certificates") || path.hasPrefix("/v1/supply-applications")
    let key = isCertificates ? GatewayBench.operationsKey : GatewayBench.searchKey
    let reply = try await bench.send(bench.request(method, path, body: body, key: key))
    #expect(reply.status == 403 && reply.code == "scope-missing")
    let entries = try await bench.accesses().map(\.entry)
    let isPaper =
      path.hasPrefix("/v1/materials") || path.hasPrefix("/v1/authorisations")
      || path.hasPrefix("/v1/projects/")
    let decides = method != "GET" && !isCertificates
    if isCertificates || isPaper || decides {
      #expect(entries.map(\.outcome) == [.refused] && entries[0].code == "scope-missing")
      #expect(entries[0].operator == GatewayBench.operatorName)
    } else {
      #expect(entries.isEmpty)
    }
    await bench.close()
  }

  @Test(arguments: guarded.indices.prefix(8)) func purposeAndOperatorAreNeeded(index: Int) async throws {
    let (method, path, body) = Self.guarded[index]
    let bench = try await GatewayBench()
    func send(_ purpose: String?, _ name: String?) async throws -> Reply {
      try await bench.send(bench.request(method, path, body: body, purpose: purpose, operator: name))
    }
    let cases: [(purpose: String?, name: String?, status: Int, code: String)] = [
      (nil, "clerk", 400, "header-missing"), ("", "clerk", 400, "header-missing"),
      ("supply", nil, 400, "header-missing"), ("supply", "", 400, "header-missing"),
      ("supplies", "clerk", 403, "purpose-not-allowed"), ("audit", "clerk", 403, "purpose-not-allowed"),
      ("supply", "clerk\u{1}", 400, "header-invalid"),
      ("supply", String(repeating: "x", count: 129), 400, "header-invalid"),
    ]
    for (purpose, name, status, code) in cases {
      let reply = try await send(purpose, name)
      #expect(reply.status == status && reply.code == code, "\(purpose ?? "-") \(name ?? "-")")
    }
    let near = try await send("suply", "clerk")
    #expect(try near.text("$.suggestion") == "supply")

    var item = bench.request(method, path, body: body)
    for code in [Person.code, ""] {
      item.headers["X-Item-Code"] = code
      #expect(try await bench.send(item).code == "header-invalid")
    }

    let entries = try await bench.accesses().map(\.entry)
    #expect(entries.count == cases.count + 3)
    #expect(
      entries.allSatisfy {
        $0.outcome == .refused && $0.certificates.isEmpty && $0.hits == 0 && $0.keys.isEmpty
      })
    // What is not one of our purposes is not kept: it could be anything.
    #expect(Set(entries.map(\.purpose)) == ["", "supply"])
    await bench.close()
  }

  @Test func anOperatorMayBeWrittenInChinese() async throws {
    let bench = try await GatewayBench()
    let encoded = "%E6%8B%9F%E6%9F%90"
    _ = try await bench.search("{\"number\": \"x\"}", operator: encoded)
    _ = try await bench.search("{\"number\": \"x\"}", operator: "50%")
    #expect(try await bench.accesses().map(\.entry.operator) == ["拟某", "50%"])
    #expect(try await bench.accesses(AccessFilter(operator: "拟某")).count == 1)
    await bench.close()
  }

  @Test func aConsumerIsHeldToItsRate() async throws {
    let bench = try await GatewayBench()
    var statuses: [Int] = []
    var last: Reply?
    for _ in 0..<12 {
      let reply = try await bench.search("{\"number\": \"x\"}", key: GatewayBench.slowKey)
      statuses.append(reply.status)
      last = reply
    }
    #expect(statuses == Array(repeating: 200, count: 10) + [429, 429])
    #expect(last?.code == "rate-limited")
    let wait = Int(last?.headers["Retry-After"] ?? "") ?? 0
    #expect((1...60).contains(wait))
    // Others are not held up by it, and a throttled call costs the audit nothing.
    #expect(try await bench.search("{\"number\": \"x\"}").status == 200)
    #expect(try await bench.accesses().count == 11)
    await bench.close()
  }

  @Test func requestIDsComeBackUnlessTheyAreSomebodysNumber() async throws {
    let bench = try await GatewayBench()
    let good = try await bench.search("{\"number\": \"x\"}", headers: ["X-Request-Id": "call-2026.11_0001"])
    #expect(good.headers["X-Request-Id"] == "call-2026.11_0001")
    #expect(bench.log.contains("call-2026.11_0001"))
    for bad in [
      "short", Person.code, "call-\(Person.code)", "15400001234", "a b c d e f g",
      String(repeating: "x", count: 65),
    ] {
      let reply = try await bench.search("{\"number\": \"x\"}", headers: ["X-Request-Id": bad])
      #expect(reply.status == 400 && reply.code == "header-invalid", "\(bad)")
      #expect(reply.headers["X-Request-Id"] != bad && reply.headers["X-Request-Id"]?.count == 32)
      #expect(!bench.log.contains(bad))
    }
    await bench.close()
  }

  @Test func pathsAndMethodsThatAreNotThere() async throws {
    let bench = try await GatewayBench()
    for (method, path, status) in [
      ("GET", "/", 404), ("GET", "/v1/certificates", 404), ("POST", "/v1/certificates:find", 404),
      ("GET", "/v1/certificates:search", 405), ("DELETE", "/v1/certificates/crt-00000000000000000000", 405),
      ("POST", "/metrics", 405), ("OPTIONS", "/v1/exchanges", 204), ("PURGE\(Person.phone)", "/metrics", 405),
    ] {
      let reply = try await bench.send(bench.request(method, path))
      #expect(reply.status == status, "\(method) \(path)")
      if status != 404 { #expect(reply.headers["Allow"]?.isEmpty == false) }
    }
    #expect(!bench.log.contains(Person.phone))
    await bench.close()
  }
}
