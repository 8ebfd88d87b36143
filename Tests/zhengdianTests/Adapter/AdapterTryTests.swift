import Documents
import Sandbox
import Testing

@testable import zhengdian

@Suite struct AdapterTryTests {
  private func run(_ site: DemoSite, _ arguments: [String]) async -> CommandRun {
    await CommandRun(
      "adapter", "try", "--config", site.configurationFile, more: arguments,
      environment: [ShareFolder.variable: Checkout.path])
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
      let revealed = await run(site, ["hangzhou-data/identity-card", "--since", "2021-01-01", "--reveal"])
      #expect(text.output.contains("**"))
      #expect(!revealed.output.contains("**"))
    }
  }

  @Test func saysWhatThePlatformDidWrong() async throws {
    try await SandboxSite.use { sandbox, site in
      _ = sandbox.faults.add(FaultRule(.htmlPage))
      let page = await run(site, ["hangzhou-investment/projects"])
      #expect(page.code == .failure)
      #expect(page.errors.contains("hangzhou-investment/projects: "))
      #expect(page.output.isEmpty)
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
