import Documents
import Foundation
import Testing

@testable import zhengdian

/// A site that lets only tried mappings go live.
@Suite struct MappingTrialTests {
  private static let name = "zhejiang-public-data/property-deed"

  /// A site with a folder of mappings of its own.
  private static func use(
    trials: String = "trials: {budget: 2.0, exchanges: 100}",
    _ body: (TestSite, (String, String) throws -> Void) async throws -> Void
  ) async throws {
    try await TestSite.use { site in
      let folder = "\(site.folder.path)/Mappings"
      try FileManager.default.copyItem(atPath: "\(Checkout.path)/Mappings", toPath: folder)
      let text = String(decoding: try InputFile.read(site.configurationFile, most: 1 << 20), as: UTF8.self)
      try site.folder.write("zhengdian.yaml", "\(text)mappings: Mappings\n\(trials)\n")
      try await body(site) { from, to in
        let file = "\(folder)/\(name).yaml"
        let text = String(decoding: try InputFile.read(file, most: 1 << 20), as: UTF8.self)
        try #require(text.contains(from))
        try site.folder.write("Mappings/\(name).yaml", text.replacing(from, with: to))
      }
    }
  }

  private func sync(_ site: TestSite) async throws -> CommandRun {
    try site.folder.write("saved/a.json", TestSite.message())
    return await site.run("sync", "estate/property-deed", "--from", "\(site.folder.path)/saved")
  }

  @Test func aChangedMappingIsRunOnceItWasTried() async throws {
    try await Self.use { site, change in
      #expect(try await sync(site).code == .done, "the one that ran before")
      // A title changes the content and no record.
      try change("title:", "# tried\ntitle:")
      let untried = try await sync(site)
      #expect(untried.code == .failure && untried.errors.contains("mapping-untried"), "\(untried.errors)")
      let run = await site.run(
        "mapping", "diff", "in-use", Self.name, "--record", "--reason", "a comment", "--operator", "wang")
      #expect(run.code == .done, "\(run.errors)\(run.output)")
      #expect(run.output.contains("trial 1 has passed"))
      let synced = try await sync(site)
      #expect(synced.code == .done, "\(synced.errors)")
      let list = await site.run("mapping", "trials")
      #expect(list.code == .done && list.output.contains("passed") && list.output.contains("wang"))
      let json = try await site.run("mapping", "trials", "--json").json()
      #expect(json["passed"]?.boolean == true && json["accepted"]?.boolean == false)
      #expect(json["mapping"]?.string == Self.name && json["differing"]?.integer == 0)
    }
  }

  @Test func beyondTheBudgetSomebodyHasToAcceptIt() async throws {
    try await Self.use { site, change in
      try change("$.qlrmc", "$.zjh")
      let trial = ["mapping", "diff", "in-use", Self.name, "--record", "--reason", "as the platform says"]
      let failed = await CommandRun(
        more: trial + ["--operator", "wang", "--config", site.configurationFile],
        environment: TestSite.environment)
      #expect(failed.code == .failure)
      #expect(
        failed.output.contains("trial 1 has not passed: 100.00 % of the rows differ"), "\(failed.output)")
      #expect(try await sync(site).code == .failure)
      let accepted = await CommandRun(
        more: trial + ["--accept", "--json", "--operator", "wang", "--config", site.configurationFile],
        environment: TestSite.environment)
      #expect(accepted.code == .done)
      let last = try JSONDocument(parsing: Array(try #require(accepted.lines.last).utf8)).root
      #expect(last["trial"]?.integer == 2 && last["passed"]?.boolean == false)
      #expect(last["accepted"]?.boolean == true)
      #expect(try await sync(site).code == .done)
      let list = await site.run("mapping", "trials").lines
      #expect(list.count == 3 && list[1].contains("accepted") && list[2].contains("failed"))
    }
  }

  @Test func aDraftIsTriedBeforeItTakesThePlace() async throws {
    try await Self.use { site, change in
      let text = String(
        decoding: try InputFile.read("\(Checkout.path)/Mappings/\(Self.name).yaml", most: 1 << 20),
        as: UTF8.self)
      try site.folder.write("draft.yaml", text.replacing("title:", with: "# tried\ntitle:"))
      let run = await site.run(
        "mapping", "diff", Self.name, "\(site.folder.path)/draft.yaml", "--record", "--reason", "a comment")
      #expect(run.code == .done, "\(run.errors)\(run.output)")
      try change("title:", "# tried\ntitle:")
      #expect(try await sync(site).code == .done)
      // Now the folder's is what ran last; the former one is not.
      let former = try site.folder.write("former.yaml", text)
      let other = await site.run(
        "mapping", "diff", former, Self.name, "--record", "--reason", "again")
      #expect(other.code == .failure && other.errors.contains("in-use"), "\(other.errors)")
    }
  }

  @Test func wordsThatDoNotGoTogether() async throws {
    try await TestSite.use { site in
      let diff = ["mapping", "diff", Self.name, Self.name]
      for more in [
        ["--record"], ["--accept"], ["--reason", "r"], ["--record", "--reason", "r", "--budget", "5"],
      ] {
        let run = await CommandRun(
          more: diff + more + ["--config", site.configurationFile], environment: TestSite.environment)
        #expect(run.code == .usage, "\(more): \(run.errors)")
      }
      #expect(await site.run("mapping", "trials").output.isEmpty)
    }
  }

  @Test func theRuleIsCheckedWhereItStands() async throws {
    for (text, error) in [
      ("trials: {budget: 101}", "trials.budget must be a percentage from 0 to 100"),
      ("trials: {budget: much}", "trials.budget must be a number"),
      ("trials: {exchanges: -1}", "trials.exchanges"), ("trials: {limit: 1}", "limit"),
    ] {
      try await Self.use(trials: text) { site, _ in
        let run = await site.run("mapping", "trials")
        #expect(run.code == .configuration && run.errors.contains(error), "\(run.errors)")
      }
    }
  }
}
