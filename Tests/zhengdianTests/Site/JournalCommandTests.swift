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
