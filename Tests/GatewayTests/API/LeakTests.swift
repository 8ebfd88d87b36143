import Certificates
import Documents
import Gateway
import HTTPService
import SQLDatabase
import Testing

@testable import GatewayAPI

/// Nothing that leads to a person shows where it must not: everything the gateway says of itself is searched for it.
@Suite struct LeakTests {
  @Test func noIdentifierInLogsMetricsAndMaskedAnswers() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed(), Person.licence()])
    let deed = try await bench.id(.unitNumber, Person.unit, .propertyDeed)
    var requests: [HTTPServerRequest] = []
    for (text, name) in [
      (Person.code, "holderCode"), (Person.name, "holderName"), (Person.deed, "number"),
      (Person.unit, "unitNumber"),
      (Person.phone, "number"), (Person.code, "unknown"), (Person.code, Person.code),
    ] {
      let body = "{\"\(name)\": \"\(text)\"}"
      requests.append(bench.request("POST", "/v1/certificates:search", body: body))
      requests.append(bench.request("POST", "/v1/certificates:match", body: body))
      requests.append(bench.request("POST", "/v1/certificates:search", body: body, key: Person.code))
      requests.append(bench.request("POST", "/v1/certificates:search", body: body, purpose: Person.code))
      requests.append(bench.request("POST", "/v1/certificates:search", body: body + Person.code))
    }
    for path in [
      "/v1/certificates/\(deed)", "/v1/certificates/\(Person.code)", "/v1/exchanges/\(Person.code)",
      "/\(Person.code)", "/v1/certificates:\(Person.code)",
    ] {
      requests.append(bench.request("GET", path))
      requests.append(bench.request("GET", path, query: "\(Person.code)=\(Person.code)"))
      requests.append(bench.request("GET", path, query: "reveal=\(Person.code)"))
      requests.append(bench.request(Person.code, path))
    }
    requests.append(bench.request("GET", "/v1/certificates/\(deed)/history"))
    requests.append(bench.request("GET", "/v1/certificates/\(deed)/evidence"))
    requests.append(
      bench.request("GET", "/v1/exchanges", query: "requestId=\(Person.code)&platform=\(Person.code)"))
    requests.append(
      bench.request(
        "GET", "/v1/platforms", headers: ["X-Request-Id": Person.code, "X-Item-Code": Person.code]))
    for request in requests {
      let reply = try await bench.send(request)
      #expect(reply.leaks == [], "\(reply.text)")
      for header in reply.headers { #expect(!Person.secrets.contains { header.value.contains($0) }) }
    }
    let metrics = try await bench.send(bench.request("GET", "/metrics"))
    #expect(metrics.leaks == [])
    for secret in Person.secrets + [GatewayBench.operatorName, GatewayBench.fullKey] {
      #expect(!bench.log.contains(secret), "the log tells \(secret)")
    }
    #expect(bench.logLines.all.filter { $0.contains("\"request\"") }.count == requests.count + 1)
    await bench.close()
  }

  @Test func theDatabaseHoldsNoneOfItInClear() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    _ = try await bench.search("{\"holderCode\": \"\(Person.code)\", \"number\": \"\(Person.code)\"}")
    _ = try await bench.search("{\"holderName\": \"\(Person.name)\"}", purpose: Person.code)
    await bench.close()
    var bytes: [UInt8] = []
    for suffix in ["", "-wal"] {
      let path = bench.gateway.database.path + suffix
      do { bytes += try FileReading.bytes(of: path) } catch {
        #expect(suffix == "-wal", "\(error)")
      }
    }
    #expect(bytes.count > 4096)
    for secret in Person.secrets + [GatewayBench.operatorName] {
      #expect(bytes.firstRange(of: Array(secret.utf8)) == nil, "the file holds \(secret)")
    }
  }

  @Test func logLinesAreWholeAndConstant() async throws {
    let bench = try await GatewayBench()
    _ = try await bench.search("{\"number\": \"1\"}", headers: ["X-Request-Id": "request-0001"])
    let line = try #require(bench.logLines.all.last)
    let document = try JSONDocument(parsing: line)
    let names = document.root.members.map(\.key)
    #expect(
      names == [
        "time", "level", "message", "method", "route", "status", "ms", "consumer", "requestId", "code",
        "cause",
      ])
    #expect(document.root["message"]?.string == "request")
    #expect(document.root["route"]?.string == "/v1/certificates:search")
    #expect(document.root["status"]?.integer == 200)
    #expect(document.root["consumer"]?.string == "full")
    #expect(document.root["requestId"]?.string == "request-0001")
    await bench.close()
  }
}
