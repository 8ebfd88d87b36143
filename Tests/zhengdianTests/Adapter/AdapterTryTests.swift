import Telemetry
import Access
import Documents
import Gateway
import Sandbox
import Testing

@testable import zhengdian

@Suite struct AdapterTryTests {
  private func run(_ site: DemoSite, _ arguments: [String]) async -> CommandRun {
    await CommandRun(
      "adapter", "try", "--config", site.configurationFile, more: arguments,
      environment: [ShareFolder.variable: Checkout.path])
  }

  private func looks(_ site: DemoSite) async throws -> [AccessEntry] {
    let configuration = try #require(
      SiteConfiguration.read(site.configurationFile, share: Checkout.path, diagnostics: Diagnostics()))
    return try await Site.with(configuration, environment: [:], log: .silent) { site in
      try await site.gateway.audit.list(AccessFilter()).map(\.entry)
    }
  }

  @Test func callsEachPlatformOnce() async throws {
    try await SandboxSite.use { sandbox, site in
      let operations = [
        "hangzhou-data/identity-card", "hangzhou-investment/projects",
        "national-exchange/registration-proofs",
        "changzhou-estate/deeds",
      ]
      for operation in operations {
        let run = await run(site, [operation, "--json", "--rows", "3", "--since", "2021-01-01"])
        #expect(run.code == .done, "\(operation): \(run.errors)")
        let lines = try run.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
        let call = try #require(lines.first)
        #expect(call["status"]?.integer == 200)
        #expect(call["rows"]?.integer == 3)
        #expect((call["total"]?.integer ?? 0) > 3)
        #expect(call["complete"]?.boolean == false)
        #expect((call["exchange"]?.integer ?? 0) > 0)
        #expect(lines.count == 5)
        #expect(lines.last?["records"]?.integer == 3)
      }
      // Neither secrets nor people are shown.
      let text = await run(site, ["hangzhou-data/identity-card", "--since", "2021-01-01"])
      #expect(text.output.contains("request   POST http://127.0.0.1:"))
      #expect(text.output.contains("more pages follow"))
      #expect(text.output.contains("10 rows: 10 records, 0 quarantined"))
      let secret = try #require(sandbox.connections.first?["appSecret"])
      #expect(!text.output.contains(secret))
      // Of the answer the names are, and how many of what.
      #expect(text.output.contains("datas: [10 of {xm: text, gmsfhm: text"), "\(text.output)")
      let estate = await run(site, ["changzhou-estate/deeds", "--rows", "3", "--since", "2021-01-01"])
      #expect(estate.output.contains("3 of KTT_FW_H[@BDCDYH "), "\(estate.output)")
      #expect(text.output.contains("**"))
      // Who sees people's names and numbers is recorded, with the purpose.
      let unnamed = await run(site, ["hangzhou-data/identity-card", "--reveal"])
      #expect(unnamed.code == .usage && unnamed.output.isEmpty)
      let revealed = await run(
        site,
        [
          "hangzhou-data/identity-card", "--since", "2021-01-01", "--reveal", "--purpose",
          "supply-application",
          "--operator", "test",
        ])
      func line(_ run: CommandRun, _ field: String) -> String? { run.lines.first { $0.contains(field) } }
      #expect(line(text, "basic.number")?.contains("*") == true)
      #expect(line(revealed, "basic.number")?.contains("*") == false, "\(revealed.output)\(revealed.errors)")
      let audited = try await looks(site)
      #expect(audited.count == operations.count + 3)
      #expect(audited.dropLast().allSatisfy { $0.purpose == "operation" && $0.revealed.isEmpty })
      #expect(audited.last?.purpose == "supply-application" && audited.last?.operator == "test")
      #expect(audited.last?.revealed.count == 1)
    }
  }

  @Test func saysWhatThePlatformDidWrong() async throws {
    try await SandboxSite.use { sandbox, site in
      _ = sandbox.faults.add(FaultRule(.htmlPage))
      let page = await run(site, ["hangzhou-investment/projects"])
      #expect(page.code == .failure)
      #expect(page.errors.contains("hangzhou-investment/projects: "))
      // What was asked is shown, and that something came back.
      #expect(page.output.contains("request   POST http://127.0.0.1:"), "\(page.output)")
      #expect(page.output.contains("response  200, "))
      #expect(!page.output.contains("rows  "))
      sandbox.faults.removeAll()
      _ = sandbox.faults.add(FaultRule(.quota))
      let refused = await run(site, ["hangzhou-investment/projects", "--json"])
      #expect(refused.code == .failure)
      let call = try refused.json()
      #expect(call["outline"]?.string?.contains("code: text") == true, "\(refused.output)")
      #expect(call["rows"]?.isNull == true)
    }
  }

  @Test func needsOneOperationThatIsThere() async throws {
    try await SandboxSite.use { _, site in
      let several = await run(site, ["hangzhou-data"])
      #expect(several.code == .usage)
      #expect(several.errors.contains("one operation is needed"))
      let unknown = await run(site, ["hangzhou-data/identity-cards"])
      #expect(unknown.code == .usage)
      #expect(unknown.errors.contains("did you mean 'hangzhou-data/identity-card'?"))
    }
  }
}
