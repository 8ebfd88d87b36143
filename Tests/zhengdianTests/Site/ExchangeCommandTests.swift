import Access
import Documents
import Exchanges
import Gateway
import Glibc
import Journal
import Testing

@testable import zhengdian

@Suite struct ExchangeCommandTests {
  @Test func listsAndFilters() async throws {
    let messages = [TestSite.message(), TestSite.message(issuer: "拟州市登记局")]
    try await TestSite.use(messages) { site in
      let all = await site.run("exchange", "list", "--json")
      #expect(all.code == .done && all.lines.count == 2, "\(all.errors)")
      let newest = try JSONDocument(parsing: all.lines[0]).root
      #expect(newest["id"]?.integer == 2)
      let filters: [([String], Int)] = [
        (["--platform", "estate", "--operation", "property-deed"], 2), (["--platform", "nobody"], 0),
        (["--outcome", "succeeded"], 2), (["--outcome", "unknown"], 0), (["--class", "drift"], 0),
        (["--since", "2000-01-01"], 2), (["--until", "2000-01-01T00:00:00Z"], 0), (["--limit", "1"], 1),
        (["--after", "2"], 1), (["--request", "test"], 2), (["--request", "nobody"], 0),
        (["--parent", "1"], 0),
      ]
      for (words, count) in filters {
        let run = await CommandRun(
          more: ["exchange", "list", "--json", "--config", site.configurationFile] + words,
          environment: TestSite.environment)
        #expect(run.code == .done && run.lines.count == count, "\(words) \(run.errors)")
      }
      let table = await site.run("exchange", "list")
      #expect(table.lines.count == 3 && table.output.contains("estate"))
      for text in CertificateCommandTests.hidden { #expect(!table.output.contains(text)) }
      #expect(try await site.looks().isEmpty)
    }
  }

  @Test func showsBodiesOnlyForAPurposeAndRecordsIt() async throws {
    try await TestSite.use { site in
      for arguments in [["exchange", "show", "1"], ["exchange", "show", "1", "--json"]] {
        let run = await CommandRun(
          more: arguments + ["--config", site.configurationFile], environment: TestSite.environment)
        #expect(run.code == .done && run.output.contains("estate"))
        for text in CertificateCommandTests.hidden { #expect(!run.output.contains(text)) }
      }
      #expect(try await site.looks().isEmpty)

      let whole = await site.run(
        "exchange", "show", "1", "--bodies", "--purpose", "complaint", "--operator", "a", "--json")
      #expect(whole.code == .done, "\(whole.errors)")
      let shown = try whole.json()
      #expect(shown["responseBody"]?.string == TestSite.message())
      let text = await site.run(
        "exchange", "show", "1", "--bodies", "--purpose", "complaint", "--operator", "b")
      #expect(text.output.contains(TestSite.person.code))
      let looks = try await site.looks()
      #expect(looks.map(\.operator) == ["a", "b"])
      #expect(looks[0].revealed == ["exchanges[1].request", "exchanges[1].response"])
      #expect(looks[0].action == .evidence && looks[0].purpose == "complaint")
    }
  }

  @Test func quarantinedRowsAreListedAndToldOfTheirExchange() async throws {
    try await TestSite.use { site in
      #expect(await site.run("exchange", "quarantine").output.isEmpty)
      let broken = TestSite.message().replacing(
        "\"bdcqzh\":\"浙(2020)拟州市不动产权第0054321号\"", with: "\"bdcqzh\":\"\"")
      unsafe mkdir(site.folder.path + "/saved", 0o700)
      try site.folder.write("saved/a.json", broken)
      for _ in 0..<2 {
        let taken = await site.run(
          "sync", "estate/property-deed", "--from", site.folder.path + "/saved")
        #expect(taken.code == .failure && taken.output.contains("1 quarantined"), "\(taken.output)")
      }
      // The same row twice: once, and with the newest exchange.
      let list = await site.run("exchange", "quarantine", "--json")
      #expect(list.code == .done && list.lines.count == 1, "\(list.errors)")
      let row = try list.json()
      #expect(row["exchange"]?.integer == 3 && row["operation"]?.string == "property-deed")
      #expect(row["locator"]?.string == "$['datas'][1]")
      #expect(row["mapping"]?.string?.contains("property-deed@") == true && row["reasons"]?.count ?? 0 > 0)
      let text = await site.run("exchange", "quarantine", "--platform", "estate")
      #expect(text.output.contains("exchange 3  estate/property-deed  $['datas'][1]"))
      #expect(await site.run("exchange", "quarantine", "--platform", "other").output.isEmpty)
      let shown = await site.run("exchange", "show", "3")
      #expect(shown.output.contains("quarantined rows") && shown.output.contains("$['datas'][1]"))
      #expect(try await site.run("exchange", "show", "3", "--json").json()["quarantined"]?.count == 1)
      for hidden in CertificateCommandTests.hidden + [TestSite.other.name, TestSite.other.code] {
        for run in [list, text, shown] { #expect(!run.output.contains(hidden)) }
      }
      #expect(try await site.looks().isEmpty)
      let settled = await site.run("exchange", "quarantine", "--settled", "3")
      #expect(settled.output == "1 rows of exchange 3 taken out\n")
      #expect(await site.run("exchange", "quarantine").output.isEmpty)
    }
  }

  static let refusals: [([String], ExitCode, String)] = [
    (["show", "1", "--bodies"], .usage, "needs --purpose and --operator"),
    (["show", "0"], .usage, "the number of an exchange"),
    (["show", "99"], .failure, "there is no exchange 99"),
    (["list", "--operation", "x"], .usage, "--operation needs --platform"),
    (["list", "--since", "yesterday"], .usage, "--since takes a date"),
  ]

  @Test func refuses() async throws {
    try await TestSite.use { site in
      for (words, code, message) in Self.refusals {
        let run = await CommandRun(
          more: ["exchange"] + words + ["--config", site.configurationFile],
          environment: TestSite.environment)
        #expect(run.code == code && run.errors.contains(message), "\(run.errors)")
        #expect(run.output.isEmpty)
      }
    }
  }

  @Test func erasedBodiesAreToldAsErased() async throws {
    try await TestSite.use { site in
      let parts = try await site.open { try await $0.journal.erase(ExchangeID(1)) }
      #expect(parts == 2)
      let run = await site.run(
        "exchange", "show", "1", "--bodies", "--purpose", "complaint", "--operator", "a")
      #expect(run.code == .failure && run.errors.contains("erased") && run.output.isEmpty)
    }
  }
}
