import Access
import Documents
import Testing

@testable import zhengdian

/// `project …`, by a list and by a platform.
@Suite struct ProjectCommandTests {
  /// 信阳 in 河南, whose platform of projects is not connected.
  private static let list = """
    项目代码,项目名称,建设单位,统一社会信用代码,建设地点,拟用电容量(kW),备注
    2201-411523-04-01-123456,拟茶叶加工项目,新县拟光明茶业有限公司,91411523MA3X8L9K7E,新县拟一路1号,400,x
    2201-411523-04-01-223456,拟张三养殖项目,\(TestSite.person.name),,新县拟二路2号,,y

    """

  @Test func aListOfAMonthFillsTheReserve() async throws {
    try await TestSite.use { site in
      let refused = await site.run("project", "import", "-", input: Self.list)
      #expect(refused.code == .failure && refused.errors.contains("line 1, 备注: the heading is not known"))
      #expect(await site.run("project", "list").output == "")
      let read = await site.run(
        "project", "import", "-", "--ignore", "备注", "--operator", "拟经办", input: Self.list)
      #expect(read.code == .done && read.output.contains("2 of the reserve are new"), "\(read.errors)")
      let again = try await site.run("project", "import", "-", "--ignore", "备注", "--json", input: Self.list)
        .json()
      #expect(again["projectsChanged"]?.integer == 0 && again["newCertificates"]?.integer == 0)
      let listed = await site.run("project", "list", "--region", "41", "--stage", "registered")
      #expect(listed.output.contains("2201-411523-04-01-123456") && !listed.output.contains("光明"))
      let shown = await site.run("project", "show", "2201-411523-04-01-123456")
      #expect(shown.output.contains("新县拟光明茶业有限公司") && shown.output.contains("needs 400 kW"))
      let person = await site.run("project", "show", "2")
      for secret in [TestSite.person.name, "张三", "2号"] { #expect(!person.output.contains(secret)) }
      #expect(try await site.looks().contains { $0.action == .importProjects && $0.operator == "拟经办" })
    }
  }

  @Test func aProjectIsConvertedOnceAndErased() async throws {
    try await TestSite.use { site in
      _ = await site.run("project", "import", "-", "--ignore", "备注", input: Self.list)
      let form = #"{"facts": {"voltage": 10, "customer": "other", "special-trade": false}}"#
      let first = await site.run("project", "convert", "1", "--form", "-", "--json", input: form)
      let statement = try first.json()["statement"]
      #expect(statement?["number"]?.string == "RESERVE-1", "\(first.errors)")
      #expect(statement?["verdict"]?["facts"]?["capacity"]?.string == "400")
      let again = await site.run("project", "convert", "2201-411523-04-01-123456", "--json")
      #expect(again.output == first.output)
      #expect(try await site.run("project", "show", "1", "--json").json()["application"]?.integer == 1)
      let erased = await site.run("project", "erase", "2", "--reason", "本人要求", "--operator", "拟经办")
      #expect(erased.code == .done, "\(erased.errors)")
      #expect(await site.run("project", "convert", "2").errors.contains("was erased"))
      let looks = try await site.looks().filter { $0.action == .erase }
      #expect(looks.map(\.reason) == ["本人要求"] && looks[0].revealed == ["project[2]"])
      #expect(await site.run("project", "show", "9").errors.contains("no such project"))
    }
  }

  @Test func projectsAreJoinedAndSeparatedForAReason() async throws {
    try await TestSite.use { site in
      _ = await site.run("project", "import", "-", "--ignore", "备注", input: Self.list)
      let why = ["--reason", "同一项目", "--operator", "拟经办"]
      #expect(await site.run("project", "join", "2", "--reason", "x").code == .usage)
      let joined = await site.run(["project", "join", "2", "--to", "2201-411523-04-01-123456"] + why)
      #expect(joined.code == .done && joined.output.contains("project 2 is joined"), "\(joined.errors)")
      #expect(await site.run("project", "convert", "2").errors.contains("joined to project 1"))
      #expect(
        await site.run("project", "list", "--stage", "joined").output.contains("2201-411523-04-01-223456"))
      #expect(await site.run("project", "show", "1").output.contains("joined to it: 2"))
      #expect(await site.run(["project", "separate", "2"] + why).code == .done)
      let looks = try await site.looks().filter { [.joinProject, .separateProject].contains($0.action) }
      #expect(Set(looks.map(\.action)).count == 2 && looks.allSatisfy { $0.reason == "同一项目" })
    }
  }

  /// Pulled from a platform while the gateway runs.
  @Test func codesThatAreGivenOutAreToldOf() async throws {
    try await ServedSandbox.use { served in
      #expect(await served.run("sync", "hangzhou-investment", "--once").code == .done)
      try await served.serve { _ in
        while await served.run("project", "list", "--stage", "permitted").output.isEmpty {
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      let changes = await served.run("change", "list", "--kind", "project.reserved", "--limit", "1")
      #expect(changes.output.contains("project-1"), "\(changes.output) \(changes.errors)")
    }
  }
}
