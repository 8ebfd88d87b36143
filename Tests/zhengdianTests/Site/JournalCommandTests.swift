import Access
import Documents
import Gateway
import SQLDatabase
import Testing

@testable import zhengdian

@Suite struct JournalCommandTests {
  @Test func verifiesSignsAndFindsWhatWasChanged() async throws {
    try await TestSite.use { site in
      // The gateway signs when it ends.
      let whole = await site.run("journal", "verify", "--json")
      #expect(whole.code == .done, "\(whole.errors)")
      #expect(try whole.json()["unsigned"]?.integer == 0)
      let checkpoint = try await site.run("journal", "checkpoint", "--json").json()
      let key = try #require(checkpoint["publicKey"]?.string)
      #expect(checkpoint["signed"]?.boolean == false)
      let signed = await site.run("journal", "verify", "--key", key)
      #expect(signed.code == .done && signed.output.contains("entries hold"))
      // Without any master key.
      #expect(
        await site.run("journal", "verify", environment: ["ZHENGDIAN_HOME": Checkout.path]).code == .done)
      let other = String(repeating: "0", count: 128)
      #expect(await site.run("journal", "verify", "--key", other).code == .usage)
      try await SiteDatabase.use(site.database) { database in
        _ = try await database.write { try $0.execute("UPDATE exchange SET status = 404 WHERE id = 1") }
      }
      let changed = await site.run("journal", "verify", "--json")
      #expect(changed.code == .failure)
      let finding = try changed.json()["finding"]
      #expect(finding?["kind"]?.string == "broken-link" && finding?["exchange"]?.integer == 1)
    }
  }

  @Test func whatIsKeptElsewhereFindsAnEmptiedJournal() async throws {
    try await TestSite.use { site in
      let checkpoint = try await site.run("journal", "checkpoint", "--json").json()
      let key = try #require(checkpoint["publicKey"]?.string)
      let note = try #require(checkpoint["note"]?.string)
      #expect(await site.run("journal", "checkpoint").output.contains("note \(note)\n"))
      let whole = await site.run("journal", "verify", "--key", key, "--expect", note)
      #expect(
        whole.code == .done && whole.output.contains("keys not tried"), "\(whole.output)\(whole.errors)")
      let tried = await site.run("journal", "verify", "--keys", "--json")
      #expect(tried.code == .done, "\(tried.output)\(tried.errors)")
      #expect(try #require(try tried.json()["keysTried"]?.integer) > 0)
      #expect(await site.run("journal", "verify", "--expect", "7").code == .usage)
      #expect(await site.run("journal", "verify", "any.jsonl", "--expect", note).code == .usage)
      #expect(await site.run("journal", "verify", "any.jsonl", "--keys").code == .usage)
      try await SiteDatabase.use(site.database) { database in
        try await database.write { transaction in
          for table in [
            "journal_checkpoint", "journal_entry", "exchange", "exchange_content", "exchange_key",
          ] {
            try transaction.execute("DELETE FROM \(table)")
          }
          try transaction.execute("DELETE FROM sqlite_sequence WHERE name = 'exchange'")
        }
      }
      for (option, value, kind) in [("--key", key, "unsigned"), ("--expect", note, "truncated")] {
        let emptied = await site.run("journal", "verify", option, value, "--json")
        #expect(emptied.code == .failure)
        #expect(try emptied.json()["finding"]?["kind"]?.string == kind)
      }
    }
  }

  @Test func exportsProveThemselves() async throws {
    try await TestSite.use { site in
      let closed = await site.run("exchange", "export", "1")
      #expect(closed.code == .done, "\(closed.errors)")
      #expect(await site.run("exchange", "export", "1", "--open").code == .usage)
      let open = await site.run(
        "exchange", "export", "1", "--open", "--purpose", "complaint", "--operator", "auditor")
      #expect(open.code == .done && open.output.count > closed.output.count)
      #expect(try await site.looks().last?.action == .evidence)
      for (name, run) in [("closed", closed), ("open", open)] {
        try site.folder.write("\(name).jsonl", run.output)
        let file = "\(site.folder.path)/\(name).jsonl"
        let verified = await CommandRun("journal", "verify", file)
        #expect(verified.code == .done, "\(verified.output)\(verified.errors)")
        try site.folder.write(
          "\(name).jsonl", run.output.replacing("\"method\":\"FILE\"", with: "\"method\":\"POST\""))
        let broken = await CommandRun("journal", "verify", file, "--json")
        #expect(broken.code == .failure)
      }
      #expect(await site.run("exchange", "export", "77").code == .failure)
    }
  }

  @Test func spansProveThemselves() async throws {
    try await TestSite.use([TestSite.message(), TestSite.message(updated: "2026-03-04 05:06:07")]) { site in
      let file = "\(site.folder.path)/span.jsonl"
      func verify(_ words: String...) async throws -> JSONValue? {
        let run = await site.run(["exchange", "export"] + words)
        #expect(run.code == .done, "\(words) \(run.errors)")
        try site.folder.write("span.jsonl", run.output)
        let result = await CommandRun("journal", "verify", file, "--json")
        #expect(result.code == .done, "\(words) \(result.output)")
        #expect(await CommandRun("journal", "verify", file).output.contains("all of the entries"))
        return try result.json()
      }
      #expect(try await verify("--since", "2020-01-01")?["exchanges"]?.integer == 2)
      #expect(try await verify("--entries", "1..2")?["exchanges"]?.integer == 1)
      let filtered = try await verify(
        "--since", "2020-01-01", "--platform", "estate", "--operation", "property-deed")
      #expect(filtered?["exchanges"]?.integer == 2 && filtered?["range"]?["platform"]?.string == "estate")
      #expect(try await verify("--until", "2100-01-01", "--platform", "none")?["exchanges"]?.integer == 0)
      let open = await site.run(
        "exchange", "export", "--entries", "1..3", "--open", "--purpose", "complaint", "--operator", "auditor"
      )
      #expect(open.code == .done, "\(open.errors)")
      #expect(try await site.looks().last?.revealed == ["journal[1..3]"])

      // The file cut off, and one of its lines gone.
      let whole = await site.run("exchange", "export", "--since", "2020-01-01").output
      let lines = whole.split(separator: "\n").map(String.init)
      for (broken, kind) in [
        (lines.dropLast().joined(separator: "\n"), "truncated"),
        ((lines.prefix(2) + lines.dropFirst(3)).joined(separator: "\n"), "gap"), ("", "malformed"),
      ] {
        try site.folder.write("span.jsonl", broken)
        let run = await CommandRun("journal", "verify", file, "--json")
        #expect(run.code == .failure)
        #expect(try run.json()["finding"]?["kind"]?.string == kind)
      }
      for (words, code) in [
        (["1", "--entries", "1..2"], ExitCode.usage), ([], .usage), (["--entries", "2..1"], .usage),
        (["--entries", "1-2"], .usage), (["--entries", "1..2", "--since", "2020-01-01"], .usage),
        (["1", "--platform", "estate"], .usage), (["--platform", "estate"], .usage),
        (["--since", "2020-01-01", "--operation", "x"], .usage), (["--since", "2100-01-01"], .failure),
        (["--entries", "1..99999"], .failure),
      ] {
        #expect(await site.run(["exchange", "export"] + words).code == code, "\(words)")
      }
    }
  }

  @Test func rotationKeepsTheSigningKey() async throws {
    try await TestSite.use { site in
      let before = try await site.run("journal", "checkpoint", "--json").json()["publicKey"]?.string
      #expect(await site.run("keys", "new", site.keyFile, "--id", "second").code == .done)
      #expect(await site.run("keys", "rotate").code == .done)
      try await site.fill([TestSite.message(updated: "2026-02-02 03:04:05")])
      let after = try await site.run("journal", "checkpoint", "--json").json()["publicKey"]?.string
      #expect(before != nil && before == after)
    }
  }
}
