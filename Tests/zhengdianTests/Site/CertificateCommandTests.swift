import Access
import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
import Gateway
import Journal
import SQLDatabase
import Testing

@testable import Registry
@testable import zhengdian

@Suite struct CertificateCommandTests {
  /// What must not be seen by somebody who has no purpose for it.
  static let hidden = [TestSite.person.name, TestSite.person.code, "101室", "0012345号"]

  @Test func showsNothingWholeUnasked() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      let commands = [["find", "--holder-code", "-"], ["show", id], ["history", id], ["prove", id]]
      for arguments in commands + commands.map({ $0 + ["--json"] }) {
        let run = await CommandRun(
          more: ["certificate"] + arguments + ["--config", site.configurationFile],
          input: Array("\(TestSite.person.code)\n".utf8), environment: TestSite.environment)
        #expect(run.code == .done, "\(run.errors)")
        #expect(run.output.contains(id))
        for text in Self.hidden { #expect(!run.output.contains(text), "\(arguments)") }
        #expect(!run.output.contains(TestSite.other.code))
      }
    }
  }

  @Test func revealsWhatThePurposeAllowsAndRecordsIt() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      let run = await site.run(
        "certificate", "show", id, "--reveal", "--purpose", "complaint", "--operator", "拟经办", "--json")
      #expect(run.code == .done, "\(run.errors)")
      let shown = try run.json()
      let holder = shown["record"]?["holders"]?.elements.first { _ in true }
      #expect(holder?["name"]?.string == TestSite.person.name)
      #expect(holder?["code"]?.string == TestSite.person.code)
      let look = try #require(try await site.looks().last)
      #expect(look.consumer == "command-line" && look.operator == "拟经办" && look.purpose == "complaint")
      #expect(look.action == .read && look.outcome == .answered && look.hits == 1)
      #expect(look.certificates.map(\.rawValue) == [id])
      #expect(look.revealed == ["basic.number", "holder.name", "holder.code", "specific.location"])
    }
  }

  @Test func recordsEveryLookWithWhoAndWhatFor() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      _ = await site.run("certificate", "show", id, "--operator", "a")
      _ = await site.run("certificate", "history", id, "--operator", "b")
      _ = await site.run("certificate", "prove", id, "--operator", "c", "--purpose", "bill-transfer")
      let unknown = await site.run("certificate", "show", "crt-00000000000000000000", "--operator", "d")
      #expect(unknown.code == .failure && unknown.output.isEmpty)
      let nothing = await site.run(
        "certificate", "find", "--holder-code", TestSite.person.code, "--kind", "identity-card", "--operator",
        "e")
      #expect(nothing.code == .failure && nothing.output.isEmpty)
      let looks = try await site.looks()
      #expect(looks.map(\.action) == [.search, .read, .history, .evidence, .read, .search])
      #expect(looks.map(\.outcome) == [.answered, .answered, .answered, .answered, .notFound, .answered])
      #expect(looks.dropFirst().map(\.operator) == ["a", "b", "c", "d", "e"])
      #expect(
        looks.map(\.purpose) == [
          "operation", "operation", "operation", "bill-transfer", "operation", "operation",
        ])
      #expect(looks.allSatisfy { $0.revealed.isEmpty })
      #expect(!looks[0].operator.isEmpty)
      // Those who looked for somebody are found by that code, also where nothing was there.
      let asked = try await site.open {
        try await $0.audit.list(AccessFilter(key: LookupKey(.holderCode, TestSite.person.code)))
      }
      #expect(asked.map(\.entry.operator) == ["e"])
    }
  }

  static let refusals: [([String], String)] = [
    (["show", ":id", "--reveal"], "--reveal needs --purpose and --operator"),
    (["show", ":id", "--reveal", "--purpose", "complaint"], "--reveal needs --purpose and --operator"),
    (["show", ":id", "--reveal", "--purpose", "complain", "--operator", "a"], "did you mean 'complaint'?"),
    (["show", ":id", "--reveal", "--purpose", "operation", "--operator", "a"], "names no purpose"),
    (
      ["show", ":id", "--reveal", "--purpose", "bill-transfer", "--operator", "a"],
      "does not allow to see anything"
    ),
    (["show", ":id", "--purpose", "curiosity"], "names no purpose"),
    (["show", ":id", "--operator", "a\nb"], "--operator takes a name"),
    (["show", TestSite.person.code], "begins with 'crt-'"),
    (["find"], "one of --holder-code, --number"),
    (["find", "--number", "3301**********0013"], "is masked"),
    (["find", "--number", "-", "--holder-code", "-"], "standard input has 1 lines and 2 are needed"),
    (["export", ":id"], "needs --purpose and --operator"),
    (["export", "--purpose", "complaint", "--operator", "a"], "an ID or --kind is needed"),
  ]

  @Test func refuses() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      for (words, message) in Self.refusals {
        let run = await CommandRun(
          more: ["certificate"] + words.map { $0 == ":id" ? id : $0 } + [
            "--config", site.configurationFile,
          ],
          input: Array("one\n".utf8), environment: TestSite.environment)
        #expect(run.code == .usage)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(run.output.isEmpty && !run.errors.contains(TestSite.person.code))
      }
      // Nothing was looked at but by the first question.
      #expect(try await site.looks().count == 1)
    }
  }

  @Test func showsNothingThatCannotBeRecorded() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      try await site.open { gateway in
        _ = try await gateway.database.write { transaction in
          try transaction.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON access BEGIN SELECT RAISE(ABORT, 'no'); END")
        }
      }
      for words in [["show", id], ["history", id], ["prove", id], ["find", "--number", TestSite.number]] {
        let run = await CommandRun(
          more: ["certificate"] + words + ["--config", site.configurationFile],
          environment: TestSite.environment)
        #expect(run.code == .failure && run.output.isEmpty, "\(words)")
      }
    }
  }

  @Test func aProofHoldsTimesAgainstTheExchange() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      let whole = await site.run("certificate", "prove", id)
      #expect(whole.code == .done && whole.output.contains("✓ observation.received ← exchange 1"))
      try await site.open { gateway in
        _ = try await gateway.database.write {
          try $0.execute("UPDATE exchange SET received = received - 86400000")
        }
      }
      let run = await site.run("certificate", "prove", id)
      #expect(run.code == .failure && run.output.contains("does not hold"))
      #expect(run.lines.filter { $0.contains("✗") }.count == 1)
      #expect(run.output.contains("✗ observation.received: "))
    }
  }

  @Test func tellsWhatChanged() async throws {
    let messages = [TestSite.message(), TestSite.message(issuer: "拟州市登记局", updated: "2026-02-03 04:05:06")]
    try await TestSite.use(messages) { site in
      let run = await site.run("certificate", "history", try await site.id())
      #expect(run.output.contains("version 1") && run.output.contains("version 2"))
      #expect(run.output.contains("basic.issuerName: 拟州市不动产登记中心 → 拟州市登记局"))
    }
  }

  @Test func exportsInCanonicalForm() async throws {
    try await TestSite.use { site in
      let run = await site.run(
        "certificate", "export", "--kind", "property-deed", "--purpose", "complaint", "--operator", "a")
      #expect(run.code == .done, "\(run.errors)")
      #expect(run.lines.count == 2)
      let ids = try run.lines.map { try #require(try JSONDocument(parsing: $0).root["id"]?.string) }
      let look = try #require(try await site.looks().last)
      #expect(look.certificates.map(\.rawValue) == ids && look.hits == 2 && look.purpose == "complaint")
      // The canonical bytes of what the registry holds: nothing of these deeds is outside the purpose but the source.
      let stored = try await site.open { gateway in
        try await gateway.registry.certificate(try #require(CertificateID(rawValue: ids[0])))
      }
      let masked = try #require(stored).record.masked(
        revealing: Set(
          ["holder.name", "holder.code", "basic.number", "specific.location"].compactMap {
            FieldSchema.field(path: $0, kind: .propertyDeed)
          }))
      #expect(run.lines[0].contains("\"record\":" + String(decoding: masked.record.encode(), as: UTF8.self)))
      #expect(run.lines[0].contains(TestSite.person.name))
      let one = await site.run("certificate", "export", ids[0], "--purpose", "complaint", "--operator", "a")
      #expect(one.lines == [run.lines[0]])
    }
  }

  @Test func provesEachField() async throws {
    try await TestSite.use { site in
      let run = await site.run("certificate", "prove", try await site.id())
      #expect(run.code == .done, "\(run.output) \(run.errors)")
      #expect(run.output.contains("✓ holders[0].name ← $['datas'][0]['qlrlb'][0]['qlrmc']"))
      #expect(run.output.contains("exchange 1, row $['datas'][0]"))
      #expect(run.output.contains("mapping zhejiang-public-data/property-deed@1"))
      #expect(!run.output.contains("✗"))
    }
  }

  /// Whoever can seal can alter a record so that it opens; the raw bytes of the journal tell.
  @Test func namesTheFieldThatWasAlteredAndSealedAgain() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      try await site.open { gateway in
        let keys = gateway.registryKeys
        _ = try await gateway.database.write { transaction in
          let row = try #require(
            try transaction.first(
              """
              SELECT o.id, o.sealed, c.identity, o.platform FROM certificate c JOIN observation o ON o.id = c.observation
              WHERE c.public_id = ?1
              """, .text(id)
            ) { (id: $0.int(0), sealed: $0.blob(1), identity: $0.blob(2), platform: $0.text(3)) })
          let context = Array("registry/observation/".utf8) + row.identity + Array(row.platform.utf8)
          let packed = try keys.sealer.open(row.sealed, context: context)
          var record = try CertificateRecord(decoding: try RecordPacking.unpack(packed))
          record.holders[0][.holderName] = .text(TestSite.other.name)
          try transaction.execute(
            "UPDATE observation SET sealed = ?2 WHERE id = ?1", .int(row.id),
            .blob(keys.sealer.seal(RecordPacking.pack(record.encode()), context: context)))
        }
      }
      let run = await site.run("certificate", "prove", id)
      #expect(run.code == .failure)
      let failing = run.lines.filter { $0.contains("✗") }
      #expect(
        failing == [
          "✗ holders[0].name: stored otherwise than the message says ← $['datas'][0]['qlrlb'][0]['qlrmc']"
        ])
      #expect(run.output.contains("✓ holders[0].code"))
      for name in [TestSite.person.name, TestSite.other.name] { #expect(!run.output.contains(name)) }
      let machine = await site.run("certificate", "prove", id, "--json")
      let proof = try machine.json()
      #expect(machine.code == .failure && proof["holds"]?.boolean == false)
    }
  }

  @Test func saysWhatCannotBeProvenAnyMore() async throws {
    try await TestSite.use { site in
      let id = try await site.id()
      _ = try await site.open { try await $0.journal.erase(ExchangeID(1)) }
      let run = await site.run("certificate", "prove", id)
      #expect(run.code == .failure && run.output.isEmpty)
      #expect(run.errors.contains("erased"))
      #expect(try await site.looks().last?.outcome == .failed)
    }
  }

  @Test func placesThatAreNotThereAreToldByTheirs() async throws {
    try await TestSite.use([]) { site in
      let text = String(decoding: try InputFile.read(site.configurationFile, most: 1 << 20), as: UTF8.self)
      try site.folder.write("zhengdian.yaml", "adapters: a\nmappings: m\n" + text)
      let sync = await site.run("sync", "--once")
      #expect(sync.code == .configuration)
      for place in ["zhengdian.yaml:1:11: error: ", "zhengdian.yaml:2:11: error: "] {
        #expect(sync.errors.contains(place), "\(sync.errors)")
      }
      try site.folder.write(
        "zhengdian.yaml", text.replacing("database: zhengdian.sqlite", with: "database: none/d.sqlite"))
      for command in [
        ["sync", "--once"], ["database", "status"], ["certificate", "find", "--number", "1"],
      ] {
        let run = await CommandRun(
          more: command + ["--config", site.configurationFile], environment: TestSite.environment)
        #expect(run.code == .configuration && run.errors.contains("zhengdian.yaml:1:11: error: "))
      }
    }
  }

  @Test func misconfigurationIsToldByItsPlace() async throws {
    try await TestSite.use([]) { site in
      try site.folder.write("zhengdian.yaml", "database: d\nkeys: {file: nowhere}\nplatfroms: {}\n")
      let unknown = await site.run("certificate", "find", "--number", "1")
      #expect(unknown.code == .configuration)
      #expect(unknown.errors.contains("zhengdian.yaml:3:1: error:") && unknown.errors.contains("platforms"))
      try site.folder.write("zhengdian.yaml", "database: d\nkeys: {file: nowhere}\n")
      let long = await site.run("certificate", "find", "--number", String(repeating: "1", count: 201))
      #expect(long.code == .usage && long.errors.contains("more than 200 characters"))
      let typed = await site.run(
        "certificate", "find", "--number", "-", input: String(repeating: "1", count: 100_000) + "\n")
      #expect(typed.code == .usage)
      let keyless = await site.run("certificate", "find", "--number", "1")
      #expect(keyless.code == .configuration && keyless.errors.contains("there is no key file"))
    }
  }
}
