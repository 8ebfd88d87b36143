import Access
import Documents
import Testing

@testable import zhengdian

/// `supply …` on a site with deeds and no platform that answers.
@Suite struct SupplyCommandTests {
  private static func form(
    applicant: (name: String, code: String) = TestSite.person, address: String = "拟州市拟一路1号101室",
    materials: String = "", authorised: Bool = true
  ) -> String {
    let consent =
      authorised ? #", "authorisation": {"means": "counter", "given": "2026-01-01T00:00:00Z"}"# : ""
    return """
      {"number": "GD-1", "region": "330100",
       "facts": {"voltage": 0.22, "capacity": 8, "customer": "resident", "business": "new", "stage": "application"},
       "applicant": {"type": "person", "name": "\(applicant.name)", "code": "\(applicant.code)"},
       "place": {"address": "\(address)"}, "materials": [\(materials)]\(consent)}
      """
  }

  private static let card = #"{"code": "identity-card", "sm3": "\#(String(repeating: "0f", count: 32))"}"#

  private static func state(_ verdict: JSONValue?, _ name: String) -> String? {
    verdict?["requirements"]?.elements.first { $0["requirement"]?.string == name }?["state"]?.string
  }

  @Test func theDeedIsKnownAndTheCardMayBeBrought() async throws {
    try await TestSite.use { site in
      // The platform of identity cards was never pulled from: nobody can tell, and nobody is asked.
      let asked = await site.run("supply", "evaluate", "-", "--operator", "拟经办", input: Self.form())
      #expect(asked.code == .failure, "something could not be checked")
      #expect(asked.output.contains("用电主体资格证明:平台暂时无法查询(HZ-340 任务七"), "\(asked.output)")
      #expect(asked.output.contains("不得因此要求客户提供") && asked.output.contains("已有不动产权证书"))
      let english = await site.run(
        "supply", "evaluate", "-", "--language", "en", input: Self.form(materials: Self.card))
      #expect(english.code == .done && english.output.contains("application 1 (GD-1), verdict 2"))
      #expect(english.output.contains("nothing more is asked of the customer now"), "\(english.output)")
      for secret in [TestSite.person.name, TestSite.person.code, "拟一路"] {
        #expect(!asked.output.contains(secret) && !english.output.contains(secret))
      }
      let shown = try await site.run("supply", "show", "1", "--json").json()
      let verdict = shown["statement"]?["verdict"]
      #expect(
        Self.state(verdict, "subject") == "material" && Self.state(verdict, "property") == "certificate")
      let first = try await site.run("supply", "show", "1", "--verdict", "1", "--json").json()
      #expect(Self.state(first["statement"]?["verdict"], "subject") == "unchecked")
      #expect(await site.run("supply", "show", "2").errors.contains("there is no application 2"))
      let looks = try await site.looks().filter { $0.item == nil && $0.purpose == "operation" }
      #expect(looks.count { $0.action == .evaluateSupply && $0.certificates.count == 1 } == 2)
      #expect(looks.count { $0.action == .readSupply } == 2)
      #expect(looks.contains { $0.operator == "拟经办" })
    }
  }

  @Test func whatIsErasedIsRecordedAndGone() async throws {
    try await TestSite.use { site in
      _ = await site.run("supply", "evaluate", "-", input: Self.form())
      let erased = await site.run("supply", "erase", "1", "--reason", "本人要求", "--operator", "拟经办")
      #expect(erased.code == .done && erased.output.contains("with 1 verdicts on it"), "\(erased.errors)")
      #expect(await site.run("supply", "show", "1").errors.contains("were erased"))
      let looks = try await site.looks().filter { $0.action == .erase }
      #expect(looks.map(\.reason) == ["本人要求"] && looks[0].revealed == ["supply[1]"])
    }
  }

  @Test func aPlatformThatNeverAnsweredMakesNothingMissing() async throws {
    try await TestSite.use { site in
      // The deeds of the second person are of another place; the platform of deeds was never pulled from.
      let run = await site.run(
        "supply", "evaluate", "-", "--json", input: Self.form(address: "拟州市拟九路9号", materials: Self.card))
      #expect(run.code == .failure, "something could not be checked")
      let verdict = try run.json()["statement"]?["verdict"]
      #expect(Self.state(verdict, "property") == "unchecked")
      #expect(verdict?["final"]?.boolean == false && verdict?["asks"]?.count == 0)
    }
  }

  @Test func withoutAuthorisationThePersonIsAskedForIt() async throws {
    try await TestSite.use { site in
      let run = await site.run("supply", "evaluate", "-", "--json", input: Self.form(authorised: false))
      let asks = try run.json()["statement"]?["verdict"]?["asks"]
      #expect(asks?.elements.map { $0["because"]?.string } == ["not-authorised", "not-authorised"])
      #expect(try await site.looks().last?.certificates == [])
    }
  }

  @Test func aVerdictIsVerifiedAnywhere() async throws {
    try await TestSite.use { site in
      let verdict = await site.run("supply", "evaluate", "-", "--json", input: Self.form()).output
      let key = try #require(JSONDocument(parsing: Array(verdict.utf8)).root["publicKey"]?.string)
      let whole = await CommandRun("supply", "verify", "-", "--key", key, input: Array(verdict.utf8))
      #expect(whole.code == .done && whole.output.contains("the verdict is whole"))
      let altered = await CommandRun(
        "supply", "verify", "-",
        input: Array(verdict.replacing(#""final":false"#, with: #""final":true"#).utf8))
      #expect(altered.code == .failure && altered.output.contains("not what was signed"))
      let other = await CommandRun(
        "supply", "verify", "-", "--key", String(repeating: "0", count: key.count), input: Array(verdict.utf8)
      )
      #expect(other.code == .failure && other.output.contains("another key"))
      #expect(
        await CommandRun("supply", "verify", "-", input: Array("{}".utf8)).errors.contains("is no verdict"))
    }
  }

  @Test func everythingThatIsWrongIsSaidAtOnce() async throws {
    try await TestSite.use { site in
      let run = await site.run(
        "supply", "evaluate", "-", input: #"{"number": "a b", "region": "33", "facts": {}}"#)
      #expect(run.code == .failure)
      for word in ["/number: must be", "/region: must be", "/applicant: is needed", "/place: is needed"] {
        #expect(run.errors.contains(word), "\(run.errors)")
      }
      let nowhere = await site.run(
        "supply", "evaluate", "-", input: Self.form().replacing("330100", with: "xx0100"))
      #expect(nowhere.code == .failure)
    }
  }
}
