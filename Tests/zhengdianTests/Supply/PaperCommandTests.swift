import Access
import Crypto
import Documents
import Testing

@testable import zhengdian

/// `material …` and `authorisation …` on a site.
@Suite struct PaperCommandTests {
  private static let holder =
    #"{"type": "person", "name": "\#(TestSite.person.name)", "code": "\#(TestSite.person.code)"}"#

  private static func form(_ number: String) -> String {
    """
    {"number": "\(number)", "region": "330100",
     "facts": {"voltage": 0.22, "capacity": 8, "customer": "resident", "business": "new", "stage": "application"},
     "applicant": \(holder), "place": {"address": "拟州市拟一路1号101室"}}
    """
  }

  private static func material(_ path: String, _ application: String) -> String {
    """
    {"code": "identity-card", "holder": \(holder), "business": "transfer", "application": "\(application)",
     "validTo": "2040-01-01", "file": {"name": "card.jpg", "mediaType": "image/jpeg", "path": "\(path)"}}
    """
  }

  private static func state(_ verdict: JSONValue?, _ name: String) -> String? {
    verdict?["requirements"]?.elements.first { $0["requirement"]?.string == name }?["state"]?.string
  }

  private static func verdict(_ run: CommandRun) throws -> JSONValue? {
    try run.json()["statement"]?["verdict"]
  }

  @Test func aPaperIsKeptOnceUsedAgainAndErased() async throws {
    try await TestSite.use { site in
      let path = "\(site.folder.path)/card.jpg"
      try OutputFile.write("a card", to: path)
      let added = await site.run(
        "material", "add", "-", "--json", "--operator", "拟经办", input: Self.material(path, "GD-1"))
      #expect(added.code == .done, "\(added.errors)")
      let kept = try added.json()
      #expect(
        kept["id"]?.integer == 1 && kept["new"]?.boolean == true && kept["channel"]?.string == "command-line")
      let again = try await site.run("material", "add", "-", "--json", input: Self.material(path, "GD-2"))
        .json()
      #expect(again["id"]?.integer == 1 && again["new"]?.boolean == false)
      // For another application it was handed in earlier.
      let run = await site.run("supply", "evaluate", "-", "--json", input: Self.form("GD-3"))
      #expect(Self.state(try Self.verdict(run), "subject") == "earlier-material", "\(run.output)")
      let shown = await site.run("supply", "show", "1")
      #expect(shown.code == .done && shown.output.contains("办理其他业务时提交的资料仍有效"), "\(shown.output)")
      let found = await site.run("material", "find", "-", input: Self.holder)
      #expect(found.code == .done && found.output.contains("identity-card"), "\(found.errors)")
      let copy = "\(site.folder.path)/copy.jpg"
      let bare = await site.run("material", "show", "1", "--output", copy)
      #expect(bare.code == .usage)
      let compared = await site.run("material", "verify", "1")
      #expect(
        compared.code == .failure && compared.output.contains("unchecked (not-authorised)"),
        "\(compared.output)")
      let gone = await site.run("material", "withdraw", "1", "--reason", "本人撤回", "--operator", "拟经办")
      #expect(gone.code == .done && gone.output.contains("taken back"), "\(gone.errors)")
      let after = await site.run("supply", "show", "1")
      #expect(after.code == .failure && after.errors.contains("holds no more"), "\(after.output)")
      let erased = await site.run("material", "erase", "1", "--reason", "本人要求", "--operator", "拟经办")
      #expect(erased.code == .done && erased.output == "material 1 is erased\n", "\(erased.errors)")
      #expect(
        try await site.run("material", "erase", "1", "--reason", "x", "--operator", "a", "--json").json()[
          "erased"]?.boolean == false)
      #expect(await site.run("material", "show", "1").output.contains("erased"))
      for run in [added, run, shown, found, compared, gone] {
        for secret in [TestSite.person.name, TestSite.person.code] {
          #expect(!run.output.contains(secret) && !run.errors.contains(secret))
        }
      }
      let looks = try await site.looks()
      #expect(looks.filter { $0.action == .handInMaterial }.map(\.item) == ["material-1", "material-1"])
      #expect(looks.first { $0.action == .withdrawMaterial }?.reason == "本人撤回")
      #expect(looks.first { $0.action == .erase }?.revealed == ["material[1]"])
    }
  }

  @Test func whatEndedLongAgoIsForgottenWithTheJournal() async throws {
    try await TestSite.use { site in
      let written = try InputFile.read(site.configurationFile, most: 1 << 20)
      try site.folder.write(
        "zhengdian.yaml",
        String(decoding: written, as: UTF8.self) + "retention: {materials: 2d, authorisations: 2d}\n")
      let path = "\(site.folder.path)/card.jpg"
      try OutputFile.write("a card", to: path)
      let over = Self.material(path, "GD-1").replacing("2040-01-01", with: "2020-01-01")
      #expect(await site.run("material", "add", "-", input: over).code == .done)
      let consent = #"""
        {"means": "paper", "holder": \#(Self.holder), "given": "2020-01-01T00:00:00Z",
         "until": "2020-02-01T00:00:00Z", "purposes": ["operation"]}
        """#
      #expect(await site.run("authorisation", "add", "-", input: consent).code == .done)
      let trial = try await site.run("journal", "prune", "--dry-run", "--json").json()
      #expect(trial["materials"]?.integer == 1 && trial["authorisations"]?.integer == 1)
      let run = await site.run("journal", "prune")
      #expect(run.code == .done && run.output.contains("1 materials"), "\(run.errors)")
      for what in ["material", "authorisation"] {
        #expect(await site.run(what, "show", "1").output.contains("erased"), "\(what)")
      }
    }
  }

  @Test func anAuthorisationIsKeptUsedRevokedAndErased() async throws {
    try await TestSite.use { site in
      let form = """
        {"means": "qr", "holder": \(Self.holder), "given": "2026-01-01T00:00:00Z", "purposes": ["operation"],
         "reference": "码7"}
        """
      let added = await site.run("authorisation", "add", "-", "--json", "--operator", "拟经办", input: form)
      #expect(added.code == .done, "\(added.errors)")
      let kept = try added.json()
      #expect(kept["holds"]?.boolean == true && kept["id"]?.integer == 1)
      let run = await site.run("supply", "evaluate", "-", "--json", input: Self.form("GD-1"))
      #expect(Self.state(try Self.verdict(run), "property") == "certificate", "\(run.output)")
      let found = await site.run("authorisation", "find", "-", input: Self.holder)
      #expect(found.output.contains("yes"), "\(found.errors)")
      let revoked = await site.run("authorisation", "revoke", "1", "--reason", "本人撤回", "--operator", "拟经办")
      #expect(revoked.code == .done && revoked.output.contains("does not hold"), "\(revoked.errors)")
      #expect(await site.run("supply", "show", "1").errors.contains("holds no more"))
      let again = await site.run("supply", "evaluate", "-", "--json", input: Self.form("GD-1"))
      #expect(Self.state(try Self.verdict(again), "property") == "missing", "\(again.output)")
      #expect(await site.run("supply", "show", "1").code == .done)
      let erased = await site.run("authorisation", "erase", "1", "--reason", "本人要求", "--operator", "拟经办")
      #expect(erased.code == .done && erased.output == "authorisation 1 is erased\n", "\(erased.errors)")
      #expect(await site.run("authorisation", "show", "1").output.contains("erased"))
      #expect(await site.run("authorisation", "add", "-", input: form).errors.contains("was erased"))
      let wrong = await site.run(
        "authorisation", "add", "-", input: form.replacing("operation", with: "passing"))
      #expect(wrong.code == .failure && wrong.errors.contains("/purposes"), "\(wrong.errors)")
      for run in [added, found, revoked, erased] {
        for secret in [TestSite.person.name, TestSite.person.code, "码7"] {
          #expect(!run.output.contains(secret) && !run.errors.contains(secret))
        }
      }
    }
  }
}
