import Documents
import Testing

@testable import zhengdian

@Suite struct PolicyCommandTests {
  private static let adapters = Checkout.path + "/Adapters"

  private func run(_ arguments: String...) async -> CommandRun {
    await CommandRun("policy", more: arguments + ["--adapters", Self.adapters])
  }

  @Test func theCheckoutHasNeitherGapsNorContradictions() async {
    let run = await run("check", "--on", "2026-11-26")
    #expect(run.code == .done, "\(run.output)")
    #expect(run.output.contains("6 policy files: no errors"))
    #expect(run.output.contains("the term of 'NDRC-1479' has ended"))
  }

  /// Where no day is given what is over counts too: the rules of before the nation's programme.
  @Test func thePastIsLookedAtWhereNoDayIsGiven() async throws {
    let run = await run("check")
    #expect(run.code == .done, "\(run.output)")
    try await TemporaryFolder.use { folder in
      let policy = """
        policy: a
        title: 甲
        region: "110000"
        documents: {D: {title: 文件, from: 2020-01-01}}
        clock: {starts: [accepted], ends: [approved]}
        permits:
          needs: [{id: n, clause: D, need: needed}]
          ways: [{id: w, clause: D, from: 2021-01-01, way: approval}]
          limits: [{id: l, clause: D, limit: none}]
        """
      try folder.write("a/policy.yaml", policy)
      let whole = await CommandRun("policy", more: ["check", "--adapters", folder.path])
      #expect(whole.code == .failure && whole.output.contains("no rule says anything on 2020-01-01"))
      let day = await CommandRun(
        "policy", more: ["check", "--adapters", folder.path, "--on", "2022-01-01"])
      #expect(day.code == .done, "\(day.output)")
    }
  }

  @Test func aGapIsAnErrorWithAnExample() async throws {
    let run = await run("check", "--on", "2028-06-01", "--json")
    #expect(run.code == .failure)
    let lines = try run.lines.map { try JSONDocument(parsing: $0).root }
    #expect(lines.contains { $0["message"]?.string?.contains("no rule says anything on 2028-06-01") == true })
  }

  @Test func everyPartOfTheAnswerNamesItsClause() async throws {
    let run = await run(
      "explain", "--region", "411523", "--on", "2022-03-01", "--json", "voltage=10", "length=151",
      "capacity=630",
      "customer=other", "digs-road=true", "occupies-road=false", "uses-green-land=false", "trees=none",
      "crossings=none")
    #expect(run.code == .done, "\(run.errors)")
    let answer = try run.json()
    let items = try #require(answer["items"]).elements.map { $0 }
    #expect(items.map { $0["need"]?["value"]?.string } == ["needed", "not-needed", "needed", "not-needed"])
    #expect(items[2]["way"]?["value"]?.string == "approval")
    #expect(items[2]["way"]?["clause"]?.string == "XX-20 1")
    #expect(items[2]["way"]?["number"]?.string == "新电〔2021〕20号")
    #expect(items[2]["limit"]?["value"]?.string == "2 working days")
    #expect(items[2]["materials"]?.elements.map { $0["code"]?.string }.first == "route-drawing")
    let text = await self.run("explain", "--region", "411523", "voltage=10")
    #expect(text.code == .failure)
    #expect(text.output.contains("depends on length"))
  }

  @Test func thePapersOfAnApplicationNameTheirClausesToo() async throws {
    let words = [
      "voltage=10", "business=new", "stage=application", "applicant=organisation", "customer=other",
      "special-trade=false",
    ]
    let adapters = Self.adapters
    func explain(_ more: String...) async -> CommandRun {
      await CommandRun(
        "policy",
        more: ["explain", "--region", "410100", "--on", "2022-03-01", "--adapters", adapters] + more + words)
    }
    let papers = try #require(try await explain("--json").json()["supply"]).elements.map { $0 }
    let property = try #require(papers.first { $0["requirement"]?.string == "property" })
    #expect(property["demand"]?["value"]?.string == "shared")
    #expect(property["demand"]?["clause"]?.string == "HA-PLAN (一)1")
    #expect(property["deferral"]?["ends"]?.string == "connected")
    #expect(property["obtainable"]?[0]?["platforms"]?[0]?.string == "data-sharing")
    let text = await explain().output
    for word in ["property", "data sharing", "village-proof", "connected", "project"] {
      #expect(text.contains(word), "\(text)")
    }
    #expect(!text.contains("completion-report"), "what is not required is left out")
  }

  @Test func demandsThatNobodyMayMakeAreErrors() async throws {
    try await TemporaryFolder.use { folder in
      let policy = """
        policy: a
        title: 甲
        region: "110000"
        documents: {D: {title: 文件}, S: {title: 设定, assumed: true}}
        clock: {starts: [accepted], ends: [approved]}
        permits:
          needs: [{id: n, clause: D, need: not-needed}]
          ways: [{id: w, clause: D, way: approval}]
          limits: [{id: l, clause: D, limit: none}]
        supply:
          demands:
            - {id: card, clause: S, of: [subject], demand: customer}
            - {id: deed, clause: D, of: [property], demand: customer}
            - {id: rest, clause: D, of: [project, trade-approval, design-qualification, design-documents, construction-qualification, concealed-works, completion-report], demand: none}
          proofs:
            - {id: any, clause: D, of: [subject, property], materials: [paper]}
          obtainable:
            - {id: estate, clause: D, of: [property], platforms: [real-estate]}

        """
      try folder.write("a/policy.yaml", policy)
      let run = await CommandRun("policy", "check", "--adapters", folder.path, "--on", "2022-03-01")
      #expect(run.code == .failure)
      #expect(
        run.output.contains("demands of subject: 'card' demands what no document demands"), "\(run.output)")
      #expect(run.output.contains("can be had by data sharing, by 'deed' and 'estate'"), "\(run.output)")
    }
  }

  @Test(arguments: [
    ("volt=10", "did you mean 'voltage'?"), ("voltage", "is no fact"), ("voltage=high", "a number in kV"),
    ("crossings=river", "a list of any of"), ("digs-road=yes", "true or false"),
  ])
  func wrongFactsAreToldWithWhatIsRight(_ word: String, _ message: String) async {
    let run = await run("explain", "--region", "411523", word)
    #expect(run.code == .usage)
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  /// The limits of contact and archive in 常州, at moments that are told.
  @Test func clocksAnswerForMomentsThatAreGiven() async throws {
    let evening = await run(
      "clock", "--region", "320400", "--step", "contact", "requested=2026-08-03T20:50:00", "--at",
      "2026-08-04T09:10:00", "--json")
    #expect(evening.code == .done, "\(evening.errors)")
    let contact = try evening.json()
    #expect(contact["due"]?.string == "2026-08-04T09:30:00" && contact["clause"]?.string == "CZ-204 附件1 四")
    #expect(contact["late"]?.boolean == false && contact["limit"]?.string == "30 minutes")
    #expect(contact["counted"]?.string == "2026-08-04T09:00:00")
    let called = await run(
      "clock", "--region", "320400", "--step", "contact", "requested=2026-08-03T10:00:00",
      "contacted=2026-08-03T10:31:00", "--json")
    #expect(try called.json()["state"]?.string == "ended" && called.json()["late"]?.boolean == true)
    // All that the events start; averages of all orders depend on the voltage.
    let all = await run(
      "clock", "--region", "320400", "voltage=10", "customer=other", "supply=single",
      "requested=2026-08-03T10:00:00", "connected=2026-08-10T15:00:00", "--at", "2026-08-12T09:00:00",
      "--language", "en")
    #expect(all.code == .done, "\(all.errors)\(all.output)")
    #expect(all.output.contains("archive: 1 working day, CZ-204 三.8 (常供电营〔2019〕204号)"), "\(all.output)")
    #expect(
      all.output.contains("the limit of 1 working day ends with 2026-08-11") && all.output.contains("late"))
    let dispatch = await run(
      "clock", "--region", "411523", "--step", "dispatch", "stage=booking", "requested=2026-08-03T20:50:00",
      "--json")
    #expect(try dispatch.json()["due"]?.string == "2026-08-03T21:10:00")
    let confirm = await run(
      "clock", "--region", "411523", "--step", "confirm", "stage=booking", "requested=2026-08-03T20:50:00",
      "--json")
    #expect(try confirm.json()["due"]?.string == "2026-08-04T14:50:00")
    #expect(await run("clock", "--region", "320400", "--step", "contact").code == .failure)
    #expect(
      await run("clock", "--region", "320400", "--step", "average", "requested=2026-08-03T20:50:00").code
        == .failure)
    #expect(await run("clock", "--region", "320400", "--at", "soon").code == .usage)
    #expect(await run("clock", "--region", "320400", "requested=soon").code == .usage)
  }

  @Test func whatPermitsMayTakeTogetherIsTold() async {
    let run = await run(
      "explain", "--region", "320400", "--on", "2022-03-01", "voltage=10", "length=501", "capacity=630",
      "customer=other", "digs-road=true", "occupies-road=false", "uses-green-land=true", "trees=protected",
      "crossings=railway")
    #expect(
      run.output.contains(
        "together 10 working days (route-planning, road-digging, greening): NDRC-1479 (二) (发改能源规〔2020〕1479号)"),
      "\(run.output)")
    #expect(run.output.contains("CZ-204 三.4"))
  }

  @Test func aRegionWithoutAPolicyOfItsOwnFallsBackToTheNearest() async {
    #expect(await run("explain", "--region", "410105", "voltage=10").output.contains("(henan)"))
    #expect(await run("explain", "--region", "650100", "voltage=10").output.contains("(national)"))
    #expect(
      await run("explain", "--region", "41", "voltage=10").errors.contains("no policy is about the region"))
  }
}
