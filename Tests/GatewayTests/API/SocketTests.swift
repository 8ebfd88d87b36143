import Access
import Certificates
import Documents
import Gateway
import HTTPService
import HTTPTransport
import Registry
import Testing

@testable import GatewayAPI

/// The same interface through a real socket, with a real client.
@Suite struct SocketTests {
  /// Serves while `body` runs, then stops in good order.
  private func serving(
    _ bench: GatewayBench, _ body: @Sendable (SocketClient) async throws -> Void
  ) async throws {
    let server = try APIServer(bench.api, at: APIServer.Address(port: 0))
    let client = try SocketClient(port: server.port)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      do {
        try await body(client)
      } catch {
        server.stop()
        throw error
      }
      server.stop()
      try await group.waitForAll()
    }
    await client.http.shutdown(.abort)
    await bench.close()
  }

  @Test func theWholeWayThroughASocket() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    try await serving(bench) { client in
      let found = try await client.send(
        "POST", "/v1/certificates:search",
        body: "{\"holderCode\": \"\(Person.code)\", \"kinds\": [\"property-deed\"]}")
      #expect(found.status == 200 && found.leaks == [])
      let id = try #require(try found.text("$.certificates[0].id"))
      let one = try await client.send("GET", "/v1/certificates/\(id)?reveal=holder.name,basic.number")
      #expect(try one.text("$.record.holders[0].name") == Person.name)
      #expect(one.headers["X-Request-Id"]?.count == 32)
      let history = try await client.send("GET", "/v1/certificates/\(id)/history")
      #expect(history.status == 200)
      let evidence = try await client.send("GET", "/v1/certificates/\(id)/evidence")
      #expect(evidence.status == 200)
      let match = try await client.send(
        "POST", "/v1/certificates:match",
        body: "{\"unitNumber\": \"\(Person.unit)\", \"holderName\": \"\(Person.name)\"}")
      #expect(try match.text("$.matches[0].verdict") == "same")
      for path in [
        "/v1/exchanges", "/v1/exchanges/1", "/v1/platforms", "/metrics", "/health/live", "/health/ready",
        "/openapi.json",
      ] {
        let reply = try await client.send("GET", path)
        #expect(reply.status == 200 && reply.leaks == [], "\(path)")
      }
      #expect(try await client.send("GET", "/v1/exchanges", key: nil).status == 401)
      #expect(try await client.send("GET", "/v1/certificates/\(id)", purpose: nil).status == 400)
      #expect(try await client.send("GET", "/v1/nothing").status == 404)
      let large = try await client.send(
        "POST", "/v1/certificates:search", body: String(repeating: " ", count: 300 << 10))
      #expect(large.status == 413)
      // What never reached a route is described, counted and logged all the same.
      #expect(large.code == "body-too-large")
      #expect(try large.text("$.title") == "请求体过大")
      #expect(try large.text("$.requestId") == large.headers["X-Request-Id"])
      let target = try await client.send("GET", "/v1/exchanges?after=" + String(repeating: "1", count: 9000))
      #expect(target.status == 414 && target.code == "target-too-long")
      let header = try await client.send(
        "GET", "/v1/exchanges", key: String(repeating: "k", count: 40_000))
      #expect(header.status == 431 && header.code == "header-too-large")
      for (reply, method) in [(large, nil as String?), (target, "other"), (header, "other")] {
        let id = try #require(reply.headers["X-Request-Id"])
        let lines = bench.log.split(separator: "\n").filter { $0.contains(id) }
        #expect(lines.count == 1 && lines[0].contains("\"route\":\"refused\""), "\(lines)")
        if let method { #expect(lines[0].contains("\"method\":\"\(method)\""), "\(lines)") }
      }
      let metrics = try await client.send("GET", "/metrics")
      let text = String(decoding: metrics.bytes, as: UTF8.self)
      for status in [413, 414, 431] {
        #expect(
          text.split(separator: "\n").contains {
            $0.hasPrefix("zhengdian_http_requests_total{") && $0.contains("route=\"refused\"")
              && $0.contains("status=\"\(status)\"") && $0.hasSuffix(" 1")
          }, "\(status)")
      }
      try SchemaCheck.shared.check(large, of: HTTPServerRequest(method: "GET", path: "/v1/exchanges"))
      let head = try await client.send("HEAD", "/v1/certificates/\(id)")
      #expect(head.status == 200 && head.bytes.isEmpty)
      // A HEAD is a look too.
      #expect(try await bench.accesses().last?.entry.requestID == head.headers["X-Request-Id"])
    }
  }

  @Test func twoHundredAtOnce() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed(), Person.licence()])
    try await serving(bench) { client in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<200 {
          group.addTask {
            let body =
              number % 2 == 0
              ? "{\"holderCode\": \"\(Person.code)\"}" : "{\"number\": \"\(Person.companyCode)\"}"
            let reply = try await client.send("POST", "/v1/certificates:search", body: body)
            #expect(reply.status == 200)
            return reply.document?.root["certificates"]?.count ?? -1
          }
        }
        var counts: [Int: Int] = [:]
        for try await count in group { counts[count, default: 0] += 1 }
        #expect(counts == [2: 100, 1: 100])
      }
      let entries = try await bench.accesses(AccessFilter(limit: 1000))
      #expect(entries.count == 200 && Set(entries.map(\.entry.requestID)).count == 200)
      #expect(try await bench.gateway.audit.verify() == nil)
    }
  }

  @Test func stoppingLetsWhatIsUnderWayFinish() async throws {
    let recorder = GatedRecorder()
    let bench = try await GatewayBench(recorder: recorder)
    try await bench.store([Person.licence()])
    let server = try APIServer(bench.api, at: APIServer.Address(port: 0))
    let client = try SocketClient(port: server.port)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask {
        let reply = try await client.send(
          "POST", "/v1/certificates:search", body: "{\"number\": \"\(Person.companyCode)\"}")
        #expect(reply.status == 200)
      }
      await recorder.isAsked.wait()
      server.stop()
      recorder.mayGoOn.set()
      try await group.waitForAll()
    }
    await client.http.shutdown(.abort)
    await bench.close()
  }
}

/// Calls a gateway on this machine.
struct SocketClient: Sendable {
  let http: HTTPClient
  let port: Int

  init(port: Int) throws {
    self.port = port
    http = try HTTPClient(
      configuration: HTTPClient.Configuration(
        egress: EgressPolicy(allowing: ["127.0.0.1:\(port)"]), maxConnectionsPerHost: 64))
  }

  func send(
    _ method: String, _ path: String, body: String? = nil, key: String? = GatewayBench.fullKey,
    purpose: String? = "supply"
  ) async throws -> Reply {
    var request = HTTPRequest(method: method, url: "http://127.0.0.1:\(port)\(path)")
    if let key { request.headers.append(HTTPHeader("Authorization", "Bearer \(key)")) }
    if let purpose { request.headers.append(HTTPHeader("X-Purpose", purpose)) }
    request.headers.append(HTTPHeader("X-Operator", "clerk-7"))
    if let body {
      request.headers.append(HTTPHeader("Content-Type", "application/json"))
      request.body = Array(body.utf8)
    }
    let response = try await http.send(request)
    var headers = HTTPFields()
    for header in response.headers { headers.append(header.name, header.value) }
    let reply = try Reply(status: response.status, headers: headers, bytes: response.body)
    let route = HTTPServerRequest(method: method, path: String(path.prefix { $0 != "?" }))
    if ![413, 414, 431].contains(reply.status) { try SchemaCheck.shared.check(reply, of: route) }
    return reply
  }
}

/// Holds the row back until the test says so.
private struct GatedRecorder: AccessRecorder {
  let isAsked = Signal()
  let mayGoOn = Signal()

  func record(_ entry: AccessEntry) async throws -> Int64 {
    isAsked.set()
    await mayGoOn.wait()
    return 1
  }
}
