import Documents
import Gateway
import SQLDatabase
import Testing

@testable import zhengdian

@Suite struct AuditCommandTests {
  @Test func listsLooksNewestFirst() async throws {
    try await TestSite.use { site in
      _ = await site.run("certificate", "find", "--holder-code", TestSite.person.code, "--operator", "a")
      let id = try await site.id()
      _ = await site.run("certificate", "show", id, "--operator", "b", "--purpose", "bill-transfer")
      _ = await site.run(
        "certificate", "show", id, "--reveal", "--operator", "c", "--purpose", "complaint")
      let run = await site.run("audit", "list", "--json")
      #expect(run.code == .done && run.lines.count == 4, "\(run.errors)")
      let newest = try JSONDocument(parsing: run.lines[0]).root
      #expect(newest["operator"]?.string == "c" && newest["purpose"]?.string == "complaint")
      #expect(newest["revealed"]?.count == 4 && newest["consumer"]?.string == "command-line")
      let table = await site.run("audit", "list")
      #expect(table.lines.count == 5 && table.output.contains(id))
      for text in CertificateCommandTests.hidden {
        #expect(!run.output.contains(text) && !table.output.contains(text))
      }
      let filters: [([String], Int)] = [
        (["--purpose", "complaint"], 1), (["--operator", "b"], 1), (["--consumer", "nobody"], 0),
        (["--since", "2000-01-01"], 4), (["--until", "2000-01-01"], 0), (["--limit", "2"], 2),
        (["--after", "2"], 1), (["--certificate", id], 4),
      ]
      for (words, count) in filters {
        let run = await CommandRun(
          more: ["audit", "list", "--json", "--config", site.configurationFile] + words,
          environment: TestSite.environment)
        #expect(run.code == .done && run.lines.count == count, "\(words) \(run.errors)")
      }
    }
  }

  @Test(arguments: [
    ("UPDATE access SET purpose = 'other' WHERE id = 2", 2), ("DELETE FROM access WHERE id = 2", 3),
    ("DELETE FROM access WHERE id = 3", 3),
  ])
  func verifyNamesTheFirstBrokenRow(statement: String, row: Int) async throws {
    try await TestSite.use { site in
      let empty = await site.run("audit", "verify")
      #expect(empty.code == .done && empty.output.contains("✓ 0 rows hold"), "\(empty.errors)")
      for name in ["a", "b", "c"] {
        _ = await site.run("certificate", "find", "--number", TestSite.number, "--operator", name)
      }
      let whole = await site.run("audit", "verify")
      #expect(whole.code == .done && whole.output.contains("✓ 3 rows hold"))
      #expect(whole.output.contains("the newest is row 3"))
      try await site.open { gateway in
        _ = try await gateway.database.write { try $0.execute(statement) }
      }
      let broken = await site.run("audit", "verify")
      #expect(broken.code == .failure && broken.output.contains("✗ row \(row) of the access audit"))
      let json = await site.run("audit", "verify", "--json")
      #expect(json.code == .failure)
      #expect(try json.json()["row"]?.integer == row && json.json()["holds"]?.boolean == false)
    }
  }
}
