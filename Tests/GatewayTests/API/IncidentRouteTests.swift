import Access
import Certificates
import CivilTime
import Documents
import Gateway
import HTTPService
import Registry
import SQLDatabase
import Sync
import Testing

@testable import GatewayAPI

@Suite struct IncidentRouteTests {
  /// An incident that holds an operation whose mapping gave the bench's records, as a pull leaves it.
  private static func fill(_ bench: GatewayBench, state: String = "open") async throws {
    try await bench.gateway.database.write { transaction in
      for (id, kind) in [(1, "vanished-field"), (2, "new-field")] {
        _ = try transaction.execute(
          """
          INSERT INTO incident (id, platform, operation, entity, kind, subject, state, held, accepted, count, detail,
            exchange, locator, first_seen, last_seen, opened)
          VALUES (?1, 'city', 'pull', 'deed', ?2, '$.zl', ?3, ?4, 0, 2, 'in none of 30 rows', 1, '$[''datas''][0]',
            1000, 3000, 1000)
          """, .int(id), .text(kind), .text(state), .flag(id == 1))
      }
      _ = try transaction.execute(
        "INSERT INTO drift_hold (platform, operation, mapping, since) VALUES ('city', 'pull', 'city/deed', 2000)"
      )
    }
  }

  @Test func incidentsAreListedAndShown() async throws {
    let bench = try await GatewayBench()
    try await Self.fill(bench)
    let list = try await bench.send(bench.request("GET", "/v1/incidents", query: "limit=1"))
    #expect(list.status == 200 && list.document?.root["incidents"]?.count == 1)
    #expect(try list["$.next"]?.integer == 2)
    let rest = try await bench.send(bench.request("GET", "/v1/incidents", query: "after=2"))
    #expect(try rest.text("$.incidents[0].kind") == "vanished-field")
    #expect(try rest["$.incidents[0].held"]?.boolean == true)
    for (query, count) in [
      ("kind=new-field", 1), ("platform=city&operation=pull", 2), ("platform=other", 0), ("state=closed", 0),
    ] {
      let reply = try await bench.send(bench.request("GET", "/v1/incidents", query: query))
      #expect(reply.document?.root["incidents"]?.count == count, "\(query)")
    }
    let one = try await bench.send(bench.request("GET", "/v1/incidents/1"))
    #expect(try one.text("$.subject") == "$.zl" && one["$.acknowledged"]?.isNull == true)
    for wrong in ["3", "0", "-1", "x", Person.code] {
      let reply = try await bench.send(bench.request("GET", "/v1/incidents/\(wrong)"))
      #expect(reply.status == 404 && reply.code == "incident-not-found")
    }
    #expect(try await bench.accesses().isEmpty)
    await bench.close()
  }

  @Test func whoeverAcknowledgesOrClosesIsRecorded() async throws {
    let bench = try await GatewayBench()
    try await Self.fill(bench)
    let reply = try await bench.send(
      bench.request(
        "POST", "/v1/incidents/1:acknowledge", body: #"{"note":"问过平台","accept":true}"#, purpose: nil))
    #expect(reply.status == 200, "\(reply.text)")
    #expect(try reply.text("$.state") == "acknowledged" && reply["$.accepted"]?.boolean == true)
    #expect(try reply.text("$.acknowledged.by") == GatewayBench.operatorName)
    #expect(try reply.text("$.acknowledged.note") == "问过平台")
    let closed = try await bench.send(
      bench.request("POST", "/v1/incidents/1:close", body: "{}", purpose: nil))
    #expect(try closed.text("$.state") == "closed" && closed["$.closed.note"]?.isNull == true)
    let again = try await bench.send(
      bench.request("POST", "/v1/incidents/1:close", body: "{}", purpose: nil))
    #expect(again.status == 409 && again.code == "state-conflict")
    let entries = try await bench.accesses().map(\.entry)
    #expect(entries.map(\.action).prefix(2) == [.acknowledgeIncident, .closeIncident])
    #expect(entries.allSatisfy { $0.item == "incident-1" && $0.operator == GatewayBench.operatorName })
    #expect(entries.last?.code == "state-conflict" && entries.last?.outcome == .failed)
    // Names and notes lie sealed.
    let stored = try await bench.gateway.database.read { reader in
      try reader.query("SELECT acknowledged_by, acknowledged_note FROM incident WHERE id = 1") {
        String(decoding: $0.blob(0) + $0.blob(1), as: UTF8.self)
      }
    }
    #expect(stored.allSatisfy { !$0.contains("拟操作员") && !$0.contains("问过") })
    await bench.close()
  }

  @Test func decisionsNeedAScopeAnOperatorAndARightBody() async throws {
    let bench = try await GatewayBench()
    try await Self.fill(bench)
    func send(_ body: String, key: String = GatewayBench.fullKey, operator name: String? = "a") async throws
      -> Reply
    {
      try await bench.send(
        bench.request(
          "POST", "/v1/incidents/1:acknowledge", body: body, key: key, purpose: nil, operator: name))
    }
    #expect(try await send("{}", key: GatewayBench.operationsKey).code == "scope-missing")
    #expect(try await send("{}", operator: nil).code == "header-missing")
    #expect(try await send(#"{"accept":"yes"}"#).code == "body-invalid")
    #expect(try await send(#"{"acept":true}"#).code == "body-invalid")
    let unknown = try await bench.send(
      bench.request("POST", "/v1/incidents/9:acknowledge", body: "{}", purpose: nil))
    #expect(unknown.status == 404)
    let incident = try await bench.send(bench.request("GET", "/v1/incidents/1"))
    #expect(try incident.text("$.state") == "open")
    #expect(try await bench.accesses().count == 6)
    let refused = try await bench.send(
      bench.request("GET", "/v1/incidents", key: GatewayBench.operationsKey))
    #expect(refused.code == "scope-missing")
    await bench.close()
  }

  @Test func whatAHeldOperationToldIsStale() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.propertyDeed()])
    try await bench.store([Person.identityCard], platform: "province")
    let body = #"{"holderCode":"\#(Person.code)"}"#
    let fresh = try await bench.search(body)
    #expect(
      fresh.document?.root["certificates"]?.elements.allSatisfy { $0["stale"]?.boolean == false } == true)
    try await Self.fill(bench)
    let found = try #require(try await bench.search(body).document?.root["certificates"])
    #expect(found.count == 2)
    for certificate in found.elements {
      let isHeld = certificate["platform"]?.string == "city"
      #expect(certificate["stale"]?.boolean == isHeld)
      #expect(certificate["staleSince"]?.string == (isHeld ? "1970-01-01T00:00:02.000Z" : nil))
    }
    let id = try await bench.id(.number, Person.deed, .propertyDeed)
    let shown = try await bench.send(bench.request("GET", "/v1/certificates/\(id)"))
    #expect(try shown["$.stale"]?.boolean == true)
    await bench.close()
  }

  @Test func openIncidentsAreCounted() async throws {
    let bench = try await GatewayBench { parts in parts.metrics = [parts.incidents] }
    try await Self.fill(bench)
    let page = try await bench.send(bench.request("GET", "/metrics", key: nil)).text
    #expect(page.contains(#"zhengdian_incidents_open{kind="vanished-field",held="true"} 1"#))
    #expect(page.contains(#"zhengdian_incidents_open{kind="new-field",held="false"} 1"#))
    await bench.close()
  }

  @Test func disagreementsAreListedWithoutWhatIsSaidAndDismissed() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.propertyDeed()])
    try await bench.store([Person.propertyDeed(area: "90.5")], platform: "province")
    try await bench.gateway.registry.compareObservations(at: .now())
    let id = try await bench.id(.number, Person.deed, .propertyDeed)
    let list = try await bench.send(
      bench.request(
        "GET", "/v1/disagreements", query: "kind=property-deed&field=specific.buildingArea&certificate=\(id)")
    )
    #expect(list.status == 200 && list.leaks == [] && !list.text.contains("90.5"))
    #expect(try list.text("$.disagreements[0].certificate") == id.rawValue)
    #expect(try list["$.disagreements[0].platforms[1]"]?.string == "province")
    let number = try #require(try list["$.disagreements[0].id"]?.integer)
    let other = try await bench.send(
      bench.request("GET", "/v1/disagreements", query: "certificate=\(Person.code)"))
    #expect(other.code == "identifier-in-address" && other.leaks == [])
    let without = try await bench.send(
      bench.request("POST", "/v1/disagreements/\(number):dismiss", body: "{}", purpose: nil))
    #expect(without.code == "body-invalid")
    let dismissed = try await bench.send(
      bench.request(
        "POST", "/v1/disagreements/\(number):dismiss", body: #"{"reason":"测量方法不同"}"#, purpose: nil))
    #expect(try dismissed.text("$.state") == "dismissed" && dismissed.text("$.reason") == "测量方法不同")
    let again = try await bench.send(
      bench.request(
        "POST", "/v1/disagreements/\(number):dismiss", body: #"{"reason":"x"}"#, purpose: nil))
    #expect(again.code == "state-conflict")
    let unknown = try await bench.send(
      bench.request("POST", "/v1/disagreements/99:dismiss", body: #"{"reason":"x"}"#, purpose: nil))
    #expect(unknown.code == "disagreement-not-found")
    let entries = try await bench.accesses().map(\.entry).filter { $0.action == .dismissDisagreement }
    #expect(entries.contains { $0.item == "disagreement-\(number)" && $0.outcome == .answered })
    await bench.close()
  }
}
