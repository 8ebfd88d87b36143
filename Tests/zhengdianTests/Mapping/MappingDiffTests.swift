import Documents
import Testing

@testable import zhengdian

@Suite struct MappingDiffTests {
  private static let name = "zhejiang-public-data/property-deed"

  /// The mapping in use, and a draft in which a text is replaced.
  private func draft(_ site: TestSite, _ from: String, _ to: String) throws -> String {
    let text = String(
      decoding: try InputFile.read("\(Checkout.path)/Mappings/\(Self.name).yaml", most: 1 << 20),
      as: UTF8.self)
    try #require(text.contains(from))
    try site.folder.write("draft.yaml", text.replacing(from, with: to))
    return "\(site.folder.path)/draft.yaml"
  }

  @Test func theMappingInUseAgreesWithItself() async throws {
    try await TestSite.use { site in
      let run = await site.run("mapping", "diff", Self.name, Self.name)
      #expect(run.code == .done, "\(run.errors)\(run.output)")
      #expect(
        run.output.contains("1 exchanges: 2 records before, 2 after; 0 changed, 0 appeared, 0 vanished"))
    }
  }

  @Test func aChangeIsShownMaskedAndKeptToTheBudget() async throws {
    try await TestSite.use { site in
      let file = try draft(site, "$.qlrmc", "$.zjh")
      let run = await site.run("mapping", "diff", Self.name, file)
      #expect(run.code == .failure)
      #expect(run.output.contains("holders[0].name: ") && run.output.contains("2 changed"))
      for person in [TestSite.person, TestSite.other] {
        #expect(!run.output.contains(person.name) && !run.output.contains(person.code))
      }
      let json = await site.run("mapping", "diff", Self.name, file, "--json", "--show", "1")
      let lines = try json.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
      #expect(lines.count == 2 && lines[0]["kind"]?.string == "changed" && lines[1]["changed"]?.integer == 2)
      #expect(await site.run("mapping", "diff", Self.name, file, "--budget", "99").code == .failure)
      #expect(await site.run("mapping", "diff", Self.name, file, "--budget", "100").code == .done)
      #expect(await site.run("mapping", "diff", Self.name, file, "--last", "1h").code == .failure)
    }
  }

  @Test func aMappingThatNobodyUsesIsRefused() async throws {
    try await TestSite.use { site in
      let run = await site.run("mapping", "diff", "real-estate/deeds", "real-estate/deeds")
      #expect(run.code == .failure && run.errors.contains("no configured operation uses"))
      let other = await site.run("mapping", "diff", Self.name, "real-estate/deeds")
      #expect(other.code == .usage)
    }
  }
}
