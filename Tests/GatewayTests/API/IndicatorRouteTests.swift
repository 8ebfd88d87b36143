import Access
import Applications
import CivilTime
import Documents
import HTTPService
import Permits
import SQLDatabase
import Supply
import Testing

@testable import Gateway
@testable import GatewayAPI

/// Figures as systems ask for them, over applications and permit cases that really are there.
@Suite struct IndicatorRouteTests {
  /// An application with all its papers known, and a permit case of the same number.
  private static func bench() async throws -> GatewayBench {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed()])
    let form = SupplyRouteTests.form.replacing(
      #""facts": {"voltage": 0.22, "#,
      with: #""channel": "online", "facts": {"voltage": 0.22, "business": "new", "customer": "resident", "#)
    for body in [
      form,
      form.replacing("GD-1", with: "GD-2").replacing(#""online""#, with: #""counter""#)
        .replacing(#""new""#, with: #""increase""#),
    ] {
      let reply = try await bench.send(bench.request("POST", "/v1/supply-applications", body: body))
      #expect(reply.status == 200, "\(reply.text)")
    }
    let opened = try await bench.send(
      bench.request("POST", "/v1/permit-cases", body: PermitRouteTests.form, purpose: nil))
    #expect(opened.status == 200, "\(opened.text)")
    return bench
  }

  private static func get(
    _ bench: GatewayBench, _ path: String = "", _ query: String = ""
  ) async throws -> Reply {
    try await bench.send(bench.request("GET", "/v1/indicators\(path)", query: query, purpose: nil))
  }

  /// The figures by their words, of all orders together.
  private static func figures(_ bench: GatewayBench) async throws -> [String: JSONValue] {
    let reply = try await get(bench, "", "group=none")
    #expect(reply.status == 200 && reply.leaks == [], "\(reply.text)")
    let lines = reply.document?.root["indicators"]?.elements.map { $0 } ?? []
    return Dictionary(
      uniqueKeysWithValues: lines.compactMap { line in
        line["indicator"]?.string.map { ($0, line) }
      })
  }

  private static func enter(
    _ bench: GatewayBench, _ event: PermitEvent, _ item: PermitItem, by source: PermitEntry.Source
  ) async throws {
    let permits = bench.gateway.permits
    let happened = GatewayBench.today.advanced(bySeconds: 60).civil(offsetSeconds: UTCOffset.china)
    let view = try await permits.view(PermitCaseID(rawValue: 1), at: happened)
    let attempt = try #require(view.items.last { $0.attempt.item == item }).attempt.id
    try await bench.gateway.database.write {
      _ = try permits.enter(
        PermitEntry(event, happened: happened, source: source, reference: "r"), of: attempt, in: $0,
        now: GatewayBench.today.advanced(bySeconds: 60))
    }
  }

  @Test func figuresAreCountedAndShowTheirOrders() async throws {
    let bench = try await Self.bench()
    var figures = try await Self.figures(bench)
    #expect(
      Set(figures.keys) == [
        "online-applications", "shared-certificates", "shared-permits", "shared-information",
        "limit-contact",
      ])
    let online = try #require(figures["online-applications"])
    #expect(online["numerator"]?.integer == 1 && online["denominator"]?.integer == 2)
    #expect(online["rate"]?.numberText == "0.5" && online["title"]?.string == "线上办电率")
    #expect(figures["shared-certificates"]?["rate"]?.numberText == "1")
    // Its permits are not decided: no rate, and not 0.
    let permits = try #require(figures["shared-permits"])
    #expect(permits["rate"]?.isNull == true && permits["denominator"]?.integer == 0)
    #expect(permits["open"]?.integer == 1 && permits["outside"]?.integer == 1)
    #expect(figures["shared-information"]?["rate"]?.isNull == true)
    // Nobody has reported when the customer was called.
    #expect(figures["limit-contact"]?["unknown"]?.integer == 2)
    #expect(figures["limit-contact"]?["clause"]?.string == "D 6")

    try await Self.enter(bench, .approved, .routePlanning, by: .platform)
    try await Self.enter(bench, .approved, .greening, by: .inbound)
    figures = try await Self.figures(bench)
    #expect(figures["shared-permits"]?["rate"]?.numberText == "1")
    #expect(figures["shared-information"]?["rate"]?.numberText == "2", "it is the sum")

    let orders = try await Self.get(bench, "/orders", "indicator=shared-permits")
    #expect(orders.status == 200 && orders.leaks == [], "\(orders.text)")
    #expect(try orders["$.orders"]?.count == 1 && orders.text("$.orders[0].outcome") == "counts")
    #expect(
      orders.document?.root["orders"]?[0]?["reasons"]?.elements.compactMap(\.string)
        == ["route-planning-online", "greening-online"])
    #expect(!bench.log.contains(Person.name))
    #expect(
      try await bench.accesses().allSatisfy {
        $0.entry.action == .evaluateSupply || $0.entry.action == .openPermit
      })
    await bench.close()
  }

  @Test func whatAPersonEntersDidNotComeOnline() async throws {
    let bench = try await Self.bench()
    try await Self.enter(bench, .approved, .routePlanning, by: .platform)
    try await Self.enter(bench, .approved, .greening, by: .person)
    let figures = try await Self.figures(bench)
    #expect(figures["shared-permits"]?["rate"]?.numberText == "0")
    #expect(figures["shared-permits"]?["denominator"]?.integer == 1)
    #expect(figures["shared-information"]?["rate"]?.numberText == "1")
    let contacted = GatewayBench.today.advanced(bySeconds: 600)
    let permits = bench.gateway.permits
    try await bench.gateway.database.write {
      _ = try permits.enter(
        ProcessEntry(.contacted, happened: contacted.civil(offsetSeconds: UTCOffset.china)),
        of: PermitCaseID(rawValue: 1), in: $0, now: contacted)
    }
    // What is said to happen later has not happened.
    let open = try await Self.get(bench, "/orders", "indicator=limit-contact&outcome=open")
    #expect(try open["$.orders"]?.count == 1 && open.text("$.orders[0].reasons[0]") == "running")
    await bench.close()
  }

  @Test func pagesAndTablesAreOfTheSameOrders() async throws {
    let bench = try await Self.bench()
    let first = try await Self.get(bench, "/orders", "indicator=online-applications&limit=1")
    #expect(try first["$.next"]?.integer == 1 && first.text("$.orders[0].number") == "GD-1")
    let second = try await Self.get(bench, "/orders", "indicator=online-applications&limit=1&after=1")
    #expect(try second["$.next"]?.isNull == true && second.text("$.orders[0].outcome") == "counts-not")
    let table = try await Self.get(bench, "/table", "bom=true")
    #expect(table.headers["Content-Type"]?.hasPrefix("text/csv") == true)
    let lines = table.text.split(separator: "\r\n").map(String.init)
    #expect(lines.first == "\u{FEFF}" + IndicatorWriter.columns.joined(separator: ","))
    #expect(
      lines.contains { $0.hasPrefix("110000,2026-11,resident,online-applications,线上办电率,,,1,2,0.5,") },
      "\(table.text)")
    #expect(lines.contains { $0.hasPrefix("110000,2026-11,resident,shared-information,信息共享率,,,,,,,,") })
    let none = try await Self.get(bench, "", "from=2026-01&through=2026-10")
    #expect(try none["$.orders"]?.integer == 0 && none["$.indicators"]?.count == 0)
    await bench.close()
  }

  @Test func whatIsAskedForHasToBePlain() async throws {
    let bench = try await GatewayBench()
    for query in [
      "from=2026-13", "from=2026-12&through=2026-01", "from=2020-01&through=2026-01", "by=month",
      "region=3", "region=x", "customer=rich", "group=regions", "group=", "group=none,region", "number=GD-1",
    ] {
      let reply = try await Self.get(bench, "", query)
      #expect(reply.status == 400 && reply.code == "query-invalid", "\(query): \(reply.text)")
    }
    for query in [
      "", "indicator=x", "indicator=shared-information", "indicator=average&outcome=x",
      "indicator=average&after=0", "indicator=average&limit=0",
    ] {
      #expect(try await Self.get(bench, "/orders", query).code == "query-invalid", "\(query)")
    }
    let gone = try await Self.get(bench, "/orders", "indicator=average&after=9")
    #expect(gone.status == 404 && gone.code == "supply-not-found")
    for path in ["", "/table", "/orders"] {
      let narrow = try await bench.send(
        bench.request(
          "GET", "/v1/indicators\(path)", query: path == "/orders" ? "indicator=average" : "",
          key: GatewayBench.operationsKey))
      #expect(narrow.code == "scope-missing")
    }
    await bench.close()
  }
}
