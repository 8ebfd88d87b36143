import Documents
import Testing

@testable import zhengdian

/// `indicator …` on a site with a few applications.
@Suite struct IndicatorCommandTests {
  private static func form(_ number: String, _ channel: String, place: String) -> String {
    """
    {"number": "\(number)", "region": "330100", "channel": "\(channel)",
     "facts": {"voltage": 0.22, "capacity": 8, "customer": "resident", "business": "new", "stage": "application"},
     "applicant": {"type": "person", "name": "\(TestSite.person.name)", "code": "\(TestSite.person.code)"},
     "place": {"address": "\(place)"},
     "materials": [{"code": "identity-card", "sm3": "\(String(repeating: "0f", count: 32))"}],
     "authorisation": {"means": "counter", "given": "2026-01-01T00:00:00Z"}}
    """
  }

  private static func fill(_ site: TestSite) async throws {
    for (number, channel) in [("GD-1", "online"), ("GD-2", "counter")] {
      let form = form(number, channel, place: "拟州市拟一路\(number == "GD-1" ? 1 : 2)号101室")
      let run = await site.run("supply", "evaluate", "-", input: form)
      #expect(!run.output.isEmpty, "\(run.errors)")
    }
  }

  @Test func figuresAreListedAndOrdersShown() async throws {
    try await TestSite.use { site in
      #expect(await site.run("indicator", "list").output == "")
      try await Self.fill(site)
      let list = await site.run("indicator", "list")
      #expect(
        list.code == .done && list.errors.contains("2 orders, 0 of them filed more than once"),
        "\(list.errors)")
      #expect(list.output.contains("线上办电率") && list.output.contains("limit-whole"))
      let json = try await site.run("indicator", "list", "--group", "none", "--json").json()
      let online = try #require(
        json["indicators"]?.elements.first { $0["indicator"]?.string == "online-applications" })
      #expect(online["rate"]?.numberText == "0.5" && online["month"]?.isNull == true)
      let papers = json["indicators"]?.elements.first { $0["indicator"]?.string == "shared-certificates" }
      #expect(papers?["rate"]?.numberText == "0", "both brought the identity card")
      let shown = await site.run("indicator", "show", "online-applications", "--outcome", "counts-not")
      #expect(shown.output.contains("GD-2") && !shown.output.contains("GD-1"), "\(shown.output)")
      let page = await site.run("indicator", "show", "online-applications", "--limit", "1", "--json")
      #expect(page.errors.contains("--after 1"))
      let next = await site.run("indicator", "show", "online-applications", "--after", "1", "--csv")
      #expect(
        next.output.hasPrefix("application,number,outcome,")
          && next.output.contains("2,GD-2,counts-not,counter,"))
      let table = await site.run(
        "indicator", "list", "--csv", "--bom", "--group", "region", "--group", "customer", "--region", "33")
      #expect(table.output.hasPrefix("\u{FEFF}region,month,customer,indicator,"))
      #expect(table.output.contains("330100,,resident,online-applications,线上办电率,,,1,2,0.5,"))
      for run in [list, shown, page, next, table] {
        for secret in [TestSite.person.name, TestSite.person.code, "拟一路"] {
          #expect(!run.output.contains(secret))
        }
      }
      #expect(await site.run("indicator", "list", "--by", "connected").output == "")
      _ = await site.run("supply", "connected", "1", "--at", "2026-03-06", "--operator", "拟经办")
      let connected = await site.run(
        "indicator", "list", "--by", "connected", "--from", "2026-03", "--through", "2026-03")
      #expect(connected.output.contains("2026-03"), "\(connected.errors)")
    }
  }

  @Test func whatIsAskedForHasToBePlain() async throws {
    try await TestSite.use { site in
      for arguments in [
        ["indicator", "list", "--from", "2026"],
        ["indicator", "list", "--from", "2026-02", "--through", "2026-01"],
        ["indicator", "list", "--from", "2020-01", "--through", "2026-01"], ["indicator", "list", "--bom"],
        ["indicator", "list", "--csv", "--json"], ["indicator", "list", "--region", "3x"],
        ["indicator", "list", "--customer", "rich"], ["indicator", "list", "--by", "month"],
        ["indicator", "list", "--group", "none", "--group", "region"], ["indicator", "show"],
        ["indicator", "show", "x"], ["indicator", "show", "average", "--limit", "0"],
      ] { #expect(await site.run(arguments).code == .usage, "\(arguments)") }
      let gone = await site.run("indicator", "show", "average", "--after", "9")
      #expect(gone.code == .failure && gone.errors.contains("no order to go on behind"))
    }
  }
}
