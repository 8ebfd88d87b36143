import Access
import CivilTime
import Documents
import Exchanges
import Gateway
import HTTPService
import SQLDatabase
import Sync
import Telemetry
import Testing

@testable import GatewayAPI

@Suite struct OperationsTests {
  @Test func exchangesAreListedWithoutTheirContent() async throws {
    let bench = try await GatewayBench()
    for _ in 0..<3 { try await bench.store([Person.propertyDeed()]) }
    let first = try await bench.send(bench.request("GET", "/v1/exchanges", query: "limit=2"))
    #expect(first.status == 200 && first.document?.root["exchanges"]?.count == 2)
    #expect(first.leaks == [])
    #expect(try first["$.exchanges[0].id"]?.integer == 3)
    #expect(try first.text("$.exchanges[0].address") == "https://city.example/api?…")
    let next = try #require(try first["$.next"]?.integer)
    let second = try await bench.send(bench.request("GET", "/v1/exchanges", query: "limit=2&after=\(next)"))
    #expect(second.document?.root["exchanges"]?.count == 1)
    #expect(try second["$.next"]?.isNull == true)

    let other = try await bench.send(
      bench.request(
        "GET", "/v1/exchanges", query: "platform=city&operation=pull&outcome=succeeded&requestId=sync-1"))
    #expect(other.document?.root["exchanges"]?.count == 3)
    let none = try await bench.send(
      bench.request("GET", "/v1/exchanges", query: "until=2020-01-01T00:00:00Z"))
    #expect(none.document?.root["exchanges"]?.count == 0)
    await bench.close()
  }

  @Test func oneExchange() async throws {
    let bench = try await GatewayBench()
    let id = try await bench.store([Person.propertyDeed()])
    let reply = try await bench.send(
      bench.request(
        "GET", "/v1/exchanges/\(id)", key: GatewayBench.operationsKey, purpose: nil, operator: nil))
    #expect(reply.status == 200 && reply.leaks == [])
    #expect(try reply.text("$.platform") == "city")
    for wrong in ["2", "0", "-1", "x", Person.code, "99999999999999999999"] {
      let reply = try await bench.send(bench.request("GET", "/v1/exchanges/\(wrong)"))
      #expect(reply.status == 404 && reply.code == "exchange-not-found")
    }
    #expect(!bench.log.contains(Person.code))
    await bench.close()
  }

  @Test func platformsAreReportedByWhoeverRunsThem() async throws {
    let bench = try await GatewayBench { $0.platforms = FixedPlatforms() }
    let reply = try await bench.send(bench.request("GET", "/v1/platforms"))
    #expect(reply.status == 200)
    #expect(try reply.text("$.platforms[0].basis") == "convention")
    #expect(try reply.text("$.platforms[0].operations[0].lastOutcome") == "succeeded")
    let plain = try await GatewayBench()
    #expect(
      try await plain.send(plain.request("GET", "/v1/platforms")).document?.root["platforms"]?.count == 0)
    await bench.close()
    await plain.close()
  }

  @Test func healthNeedsNoKey() async throws {
    let bench = try await GatewayBench()
    for path in ["/health/live", "/health/ready"] {
      let reply = try await bench.send(bench.request("GET", path, key: nil, purpose: nil, operator: nil))
      #expect(reply.status == 200, "\(reply.text)")
    }
    await bench.gateway.database.close()
    #expect(try await bench.send(bench.request("GET", "/health/live", key: nil)).status == 200)
    let reply = try await bench.send(bench.request("GET", "/health/ready", key: nil))
    #expect(reply.status == 503)
    #expect(try reply.text("$.problem") == "database-unavailable")
    let search = try await bench.search("{\"number\": \"1\"}")
    #expect(search.status == 503 && search.leaks == [])
    await bench.close()
  }

  @Test func metricsAreWellFormedAndCount() async throws {
    let bench = try await GatewayBench { $0.metrics = [BrokenMetrics(), OwnMetrics()] }
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    _ = try await bench.search("{\"holderCode\": \"\(Person.code)\"}")
    _ = try await bench.search("{\"holderCode\": \"\(Person.code)\"}")
    _ = try await bench.search("{}")
    _ = try await bench.send(bench.request("GET", "/v1/certificates/\(Person.code)"))
    let reply = try await bench.send(bench.request("GET", "/metrics", key: nil))
    #expect(
      reply.status == 200 && reply.headers["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
    #expect(reply.leaks == [])
    let metrics = try MetricsPage(reply.text)
    let search = ["method": "POST", "route": "/v1/certificates:search"]
    #expect(metrics.value("zhengdian_http_requests_total", search.merging(["status": "200"]) { $1 }) == 2)
    #expect(metrics.value("zhengdian_http_requests_total", search.merging(["status": "400"]) { $1 }) == 1)
    #expect(metrics.value("zhengdian_http_request_seconds_count", ["route": "/v1/certificates:search"]) == 3)
    #expect(metrics.value("zhengdian_certificates", ["kind": "property-deed"]) == 1)
    #expect(metrics.value("zhengdian_exchanges_total", [:]) == 1)
    #expect(metrics.value("zhengdian_accesses_total", [:]) == 4)
    #expect((metrics.value("process_resident_memory_bytes", [:]) ?? 0) > 1_000_000)
    #expect(metrics.value("own_metric", ["word": "a\"b\\c\nd"]) == 1.5)
    #expect(metrics.value("broken_metric", [:]) == nil)
    #expect(bench.log.contains("a source of metrics failed"))
    await bench.close()
  }
}

struct FixedPlatforms: PlatformReporter {
  func platforms() async throws -> [PlatformStatus] {
    [
      PlatformStatus(
        name: "city", adapter: "city/data", title: "市", basis: "convention",
        operations: [
          .init(
            name: "deed", lastStarted: .now(), lastSucceeded: .now(), lastOutcome: "succeeded", records: 7)
        ])
    ]
  }
}

struct OwnMetrics: MetricsSource {
  func write(to metrics: inout MetricsText) async throws {
    metrics.family("own_metric", .gauge, "One.")
    metrics.sample("own_metric", 1.5, ["word": "a\"b\\c\nd"])
  }
}

struct BrokenMetrics: MetricsSource {
  struct Failure: Error {}

  func write(to metrics: inout MetricsText) async throws {
    metrics.family("broken_metric", .gauge, "One.")
    metrics.sample("broken_metric", 1)
    throw Failure()
  }
}
