import Access
import Certificates
import CivilTime
import Documents
import Exchanges
import Gateway
import Registry
import SQLDatabase
import Testing

@testable import zhengdian

@Suite struct IncidentCommandTests {
  /// An incident that holds the site's operation, as a pull leaves it.
  private func hold(_ site: TestSite) async throws {
    try await site.open { gateway in
      try await gateway.database.write { transaction in
        _ = try transaction.execute(
          """
          INSERT INTO incident (platform, operation, entity, kind, subject, state, held, accepted, count, detail,
            exchange, locator, first_seen, last_seen, opened)
          VALUES ('estate', 'property-deed', 'deed', 'vanished-field', '$.zl', 'open', 1, 0, 2, 'in none of 30 rows',
            1, '$[''datas''][0]', 1000, 3000, 1000)
          """)
        _ = try transaction.execute(
          """
          INSERT INTO drift_hold (platform, operation, mapping, since)
          VALUES ('estate', 'property-deed', 'zhejiang-public-data/property-deed', 2000)
          """)
      }
    }
  }

  @Test func incidentsAreListedShownAcknowledgedAndClosed() async throws {
    try await TestSite.use { site in
      #expect(await site.run("incident", "list").output == "")
      try await hold(site)
      let list = await site.run("incident", "list", "--json")
      #expect(list.code == .done && list.lines.count == 1, "\(list.errors)")
      let listed = try list.json()
      #expect(listed["kind"]?.string == "vanished-field" && listed["held"]?.boolean == true)
      let table = await site.run("incident", "list", "--platform", "estate", "--operation", "property-deed")
      #expect(table.output.contains("deed $.zl") && table.output.contains("held"))
      #expect(await site.run("incident", "list", "--state", "closed").lines.isEmpty)
      let shown = await site.run("incident", "show", "1")
      #expect(shown.output.contains("字段消失") && shown.output.contains("in none of 30 rows"))
      #expect(shown.output.contains("exchange 1 $['datas'][0]"))

      let seen = await site.run(
        "incident", "acknowledge", "1", "--accept", "--note", "问过平台", "--operator", "拟值班员", "--json")
      #expect(seen.code == .done, "\(seen.errors)")
      let json = try seen.json()
      #expect(json["accepted"]?.boolean == true && json["state"]?.string == "acknowledged")
      #expect(json["acknowledged"]?["by"]?.string == "拟值班员")
      let closed = await site.run("incident", "close", "1", "--operator", "拟值班员")
      #expect(closed.code == .done && closed.output.contains("closed") && closed.output.contains("问过平台"))
      #expect(await site.run("incident", "close", "1", "--operator", "a").code == .failure)
      #expect(await site.run("incident", "list").output == "")
      #expect(await site.run("incident", "list", "--state", "closed").lines.count == 2)
      let looks = try await site.looks()
      #expect(
        looks.map(\.action).suffix(3) == [.acknowledgeIncident, .closeIncident, .closeIncident])
      #expect(looks.last?.item == "incident-1")
    }
  }

  @Test func whatIsNotThereIsSaid() async throws {
    try await TestSite.use { site in
      for words in [["show", "9"], ["acknowledge", "9"], ["close", "9"]] {
        let run = await site.run("incident", words[0], words[1])
        #expect(run.code == .failure && run.errors.contains("there is no incident 9"))
      }
      #expect(await site.run("incident", "show", "x").code == .usage)
      let looks = try await site.looks()
      #expect(looks.isEmpty)
    }
  }

  @Test func whatAHeldOperationToldIsStale() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      let fresh = try await site.run("certificate", "show", id, "--json").json()
      #expect(fresh["stale"]?.boolean == false)
      try await hold(site)
      let shown = try await site.run("certificate", "show", id, "--json").json()
      #expect(shown["stale"]?.boolean == true && shown["staleSince"]?.string == "1970-01-01T00:00:02.000Z")
      let found = try await site.run("certificate", "find", "--number", TestSite.number, "--json").json()
      #expect(found["stale"]?.boolean == true)
      #expect(
        await site.run("certificate", "show", id).output.contains("stale since 1970-01-01T00:00:02.000Z"))
      #expect(await site.run("certificate", "find", "--number", TestSite.number).output.contains("stale"))
    }
  }

  @Test func disagreementsAreListedNamedAndDismissed() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      // Another platform's word, with another area.
      try await site.open { gateway in
        let certificate = try #require(CertificateID(rawValue: id))
        let known = try #require(try await gateway.registry.evidence(for: certificate))
        var record = known.record
        let field = try #require(FieldSchema.field(path: "specific.buildingArea", kind: .propertyDeed))
        record[field] = .decimal("99.25")
        let registry = gateway.registry
        let prepared = try registry.prepare([
          Observation(
            platform: "register", record: record, exchange: known.exchange, locator: known.locator,
            mapping: known.mapping, adapter: known.adapter, received: .now())
        ])
        _ = try await gateway.database.write { try registry.store(prepared, in: $0) }
        try await registry.compareObservations(at: .now())
      }
      let list = await site.run("certificate", "disagreements", "--json")
      #expect(list.lines.count == 1 && !list.output.contains("99.25"), "\(list.errors)")
      let listed = try list.json()
      #expect(listed["field"]?.string == "specific.buildingArea")
      let table = await site.run(
        "certificate", "disagreements", "--kind", "property-deed", "--field", "specific.buildingArea",
        "--platform", "register")
      #expect(table.lines.count == 2 && table.output.contains(id))
      #expect(await site.run("certificate", "disagreements", "--platform", "nobody").lines.isEmpty)
      let shown = await site.run("certificate", "show", id)
      #expect(
        shown.output.contains("disagreement 1: estate and register differ on specific.buildingArea (open)"))
      let json = try await site.run("certificate", "show", id, "--json").json()
      #expect(json["disagreements"]?.count == 1)
      let dismissed = await site.run(
        "certificate", "dismiss", "1", "--reason", "测量方法不同", "--operator", "a")
      #expect(dismissed.code == .done, "\(dismissed.errors)")
      #expect(await site.run("certificate", "disagreements").lines.isEmpty)
      #expect(await site.run("certificate", "dismiss", "1", "--reason", "x").code == .failure)
      #expect(await site.run("certificate", "dismiss", "2", "--reason", "x").code == .failure)
      let decisions = try await site.looks().filter { $0.action == .dismissDisagreement }
      #expect(decisions.first?.item == "disagreement-1" && decisions.first?.certificates.count == 1)
    }
  }
}
