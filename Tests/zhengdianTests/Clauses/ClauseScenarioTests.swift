import CivilTime
import Adapters
import Certificates
import Compression
import Crypto
import Documents
import Exchanges
import Gateway
import Mapping
import Registry
import Sandbox
import Sync
import Testing
@testable import zhengdian

/// What the documents demand of papers, one test for each of their rules: personas apply at a whole gateway whose platforms are simulated.
///
/// The day is 2022-03-01, on which all documents are in force.
@Suite struct ClauseScenarioTests {
  /// Noon of the day by whose rules everybody applies.
  private static let moment = Timestamp(iso8601: "2022-03-01T12:00:00+08:00")!

  private typealias Facts = ClauseFacts

  /// Each persona holds at the platforms what is said of it, and nothing else that can be asked for by its code.
  @Test func personasHoldWhatIsSaidOfThem() async throws {
    try await ClauseSite.use { site in
      for persona in ClausePersona.all {
        var held: Set<String> = []
        for runner in site.site.station.queries where runner.operation.needs == [.holderCode] {
          let enquiry = Enquiry(
            keys: [.holderCode: persona.code(site.population)], purpose: "supply-application",
            operator: ClauseSite.operatorName, item: nil)
          let reply = try await runner.ask(enquiry, requestID: "personas")
          guard reply.counts.new + reply.counts.unchanged > 0 else { continue }
          held.formUnion(runner.mapping.entities.map { "\(runner.key.platform)/\($0.kind.rawValue)" })
        }
        #expect(held == persona.holds, "\(persona.name(site.population)): \(persona.course)")
      }
    }
  }

  // MARK: NDRC-1479 (六), HZ-340 任务七

  @Test func lowVoltageNeedsWhoAndWhereAlone() async throws {
    try await ClauseSite.use { site in
      for (persona, facts, kind) in [
        (ClausePersona.resident, Facts.resident, "identity-card"),
        (.coOwner, .resident, "identity-card"), (.smallCompany, .small, "business-licence"),
      ] as [(ClausePersona, Facts, String)] {
        let course = try await site.apply(persona, in: "330100", facts, authorised: "counter")
        #expect(
          course.lines == [
            "zero 零证办电",
            "subject: fetched \(kind) from services (HZ-340 任务七; NDRC-1479 (六))",
            "property: fetched property-deed from services (HZ-340 任务七; NDRC-1479 (六))",
          ])
        #expect(course.notRequired["project"] == "HZ-340 任务七")
      }
      // Once fetched it is known, and nobody is asked again; also where the nation's rule stands alone.
      let again = try await site.apply(.resident, in: "650100", .resident, authorised: "counter")
      #expect(
        again.lines == [
          "zero 零证办电",
          "subject: certificate identity-card from services (NDRC-1479 (六); NDRC-1479 (六))",
          "property: certificate property-deed from services (NDRC-1479 (六); NDRC-1479 (六))",
        ])
      #expect(again.asked.isEmpty && again.notRequired["project"] == "NDRC-1479 (六)")
      let unknown = try await site.apply(.newcomer, in: "650100", .small)
      #expect(
        unknown.lines == [
          "two 两证办电", "subject: missing not-found (NDRC-1479 (六))",
          "property: missing not-found (NDRC-1479 (六))", "ask subject: business-licence",
          "ask property: property-deed",
        ])
    }
  }

  @Test func highVoltageNeedsTheProjectToo() async throws {
    try await ClauseSite.use(pulled: ["projects/projects"]) { site in
      for (region, clause) in [("330100", "HZ-340 任务七"), ("650100", "NDRC-1479 (六)")] {
        let course = try await site.apply(.sponsor, in: region, .high)
        let absence = region == "330100" ? "not-found (HZ-340 任务七; HZ-340 任务七)" : "not-found (\(clause))"
        #expect(
          course.lines == [
            "one 一证办电",
            "subject: \(region == "330100" ? "fetched" : "certificate") business-licence from services (\(clause); NDRC-1479 (六))",
            "property: missing \(absence)",
            "project: certificate project-registration from projects (\(clause); NDRC-1479 (六))",
            "ask property: property-deed",
          ])
      }
      // One of the platforms that may have it has told nothing yet.
      let none = try await site.apply(.haulier, in: "650100", .high)
      #expect(
        none.lines.contains("project: unchecked unreachable construction (NDRC-1479 (六))"), "\(none.lines)")
      #expect(!none.lines.contains { $0.hasPrefix("ask project") })
      try await site.pull("construction/projects")
      let told = try await site.apply(.haulier, in: "650100", .high)
      #expect(
        told.lines[0] == "two 两证办电" && told.lines.contains("ask project: project-approval"), "\(told.lines)")
    }
  }

  @Test func laterStepsLookAtTheirOwnPapersAlone() async throws {
    try await ClauseSite.use(at: Self.moment) { site in
      let review = try await site.apply(
        .sponsor, in: "650100", .later("design-review"), designer: .newcomer)
      #expect(
        review.lines == [
          "no level", "design-qualification: missing not-found (NDRC-1479 (六))",
          "design-documents: missing not-handed-in (NDRC-1479 (六))",
          "ask design-qualification: design-qualification", "ask design-documents: design-documents",
        ])
      // Who builds: the regulator's licence, whose level has to cover the voltage.
      let check = try await site.apply(
        .sponsor, in: "650100", .later("intermediate-check", voltage: "35"),
        materials: ["concealed-works"], contractor: .contractor)
      #expect(
        check.lines == [
          "no level",
          "construction-qualification: fetched contractor-licence from exchange (NDRC-1479 (六); NDRC-1479 (六))",
          "concealed-works: material concealed-works (NDRC-1479 (六); NDRC-1479 (六))",
        ])
      let beyond = try await site.apply(
        .sponsor, in: "650100", .later("intermediate-check", voltage: "330"),
        materials: ["concealed-works"], contractor: .contractor)
      #expect(
        beyond.lines[1].hasPrefix(
          "construction-qualification: missing not-found (NDRC-1479 (六)), not contractor-licence: level"))
      let completion = try await site.apply(.sponsor, in: "650100", .later("completion"))
      #expect(
        completion.lines == [
          "no level", "completion-report: missing not-handed-in (NDRC-1479 (六))",
          "ask completion-report: completion-report",
        ])
    }
  }

  /// 设计单位资质: class, level against voltage, validity, by the licence that the platform knows of the designer.
  @Test func whoDesignsIsQualifiedForTheVoltage() async throws {
    try await ClauseSite.use(at: Self.moment) { site in
      let within = try await review(at: site, by: .designer, "220")
      #expect(within == "fetched design-licence from exchange (NDRC-1479 (六); NDRC-1479 (六))")
      let beyond = try await review(at: site, by: .designer, "330")
      #expect(beyond == "missing not-found (NDRC-1479 (六)), not design-licence: level")
      // One that has ended, and one for houses.
      let architect = try await review(at: site, by: .architect, "10")
      #expect(architect.hasPrefix("missing not-found (NDRC-1479 (六)), not design-licence: "), "\(architect)")
      for reason in ["expired", "level"] { #expect(architect.contains("not design-licence: \(reason)")) }
      // What stands on a paper is not read.
      let paper = try await review(at: site, by: .newcomer, "10", paper: "design-qualification")
      #expect(paper == "unchecked design-qualification not-found (NDRC-1479 (六))")
    }
  }

  /// How the qualification of a designer stands at the review of a design for this voltage.
  private func review(
    at site: ClauseSite, by designer: ClausePersona, _ voltage: String, paper: String? = nil
  ) async throws -> String {
    let course = try await site.apply(
      .sponsor, in: "650100", .later("design-review", voltage: voltage),
      materials: ["design-documents"] + [paper].compactMap(\.self), designer: designer)
    #expect(course.lines.contains { $0.hasPrefix("design-documents: material") }, "\(course.lines)")
    let prefix = "design-qualification: "
    let line = try #require(course.lines.first { $0.hasPrefix(prefix) })
    return String(line.dropFirst(prefix.count))
  }

  // MARK: HA-345 二

  @Test func specialTradesShowTheirApproval() async throws {
    try await ClauseSite.use { site in
      let asked = try await site.apply(.countyCompany, in: "411500", .specialTrade)
      #expect(
        asked.lines == [
          "one 一证办电",
          "subject: fetched business-licence from services (HA-PLAN (一)1; NDRC-1479 (六))",
          "property: fetched property-deed from services (HA-PLAN (一)1; NDRC-1479 (六))",
          "trade-approval: missing not-handed-in (HA-345 二)", "ask trade-approval: trade-approval",
        ])
      let brought = try await site.apply(
        .countyCompany, in: "411500", .specialTrade, materials: ["trade-approval"])
      #expect(brought.lines.last == "trade-approval: material trade-approval (HA-345 二; SETTING)")
      let usual = try await site.apply(.countyCompany, in: "411500", .small)
      #expect(usual.notRequired["trade-approval"] == "NDRC-1479 (六)")
    }
  }

  // MARK: CQ-45 措施1

  @Test func enterprisesOfChongqingBringOneCertificate() async throws {
    try await ClauseSite.use(pulled: ["projects/projects", "construction/approvals"]) { site in
      // Where the licence cannot be had, the one that is brought does.
      site.strike(.unavailable(retryAfter: 1), "zhejiang-public-data", "businessLicenceQuery")
      let brought = try await site.apply(.plant, in: "500103", .high, materials: ["business-licence"])
      #expect(
        brought.lines == [
          "one 一证办电 (CQ-45 措施1)",
          "subject: material business-licence (CQ-45 措施1; NDRC-1479 (六))",
          "property: fetched property-deed from services (CQ-45 措施1; NDRC-1479 (六))",
          "project: certificate project-registration from projects (CQ-45 措施1; NDRC-1479 (六))",
        ])
      // It and nothing else is asked for.
      let asked = try await site.apply(.plant, in: "500103", .high)
      #expect(
        asked.lines == [
          "one 一证办电 (CQ-45 措施1)", "subject: missing not-handed-in (CQ-45 措施1)",
          "property: certificate property-deed from services (CQ-45 措施1; NDRC-1479 (六))",
          "project: certificate project-registration from projects (CQ-45 措施1; NDRC-1479 (六))",
          "ask subject: business-licence",
        ])
      // What the platform tells goes before the paper, and then nobody has brought anything.
      site.sandbox.faults.removeAll()
      try await site.follow(after: 60)
      let told = try await site.course(of: brought.application)
      #expect(
        told.lines[0...1] == [
          "zero 零证办电", "subject: fetched business-licence from services (CQ-45 措施1; NDRC-1479 (六))",
        ])
      // Residents are under the nation's rule: a card that has run out is none.
      let resident = try await site.apply(.expiredHolder, in: "500103", .resident, authorised: "qr")
      #expect(
        resident.lines == [
          "one 一证办电",
          "subject: missing not-found (NDRC-1479 (六)), not identity-card: expired",
          "property: fetched property-deed from services (NDRC-1479 (六); NDRC-1479 (六))",
          "ask subject: identity-card",
        ])
    }
  }

  /// 建设工程规划许可证 stands for 投资项目备案证; the platform of approvals does not say whose it is, so that it settles nothing, and nobody is asked for
  /// what others may still tell.
  @Test func aPlanningPermitThatNamesNobodyHasToBeLookedAt() async throws {
    try await ClauseSite.use(pulled: ["construction/approvals"]) { site in
      let course = try await site.apply(.plant, in: "500103", .high, materials: ["business-licence"])
      #expect(
        course.lines.contains(
          "project: unchecked unreachable construction projects (CQ-45 措施1; CQ-45 措施1)"), "\(course.lines)")
      #expect(course.lines[0] == "no level, not final")
      #expect(!course.lines.contains { $0.hasPrefix("ask") })
    }
  }

  // MARK: XX-20 2

  @Test func nothingIsAskedOfCustomersInXinxian() async throws {
    try await ClauseSite.use(
      pulled: ["projects/projects", "construction/projects"]
    ) { site in
      let resident = try await site.apply(.countyResident, in: "411523", .resident, authorised: "counter")
      #expect(
        resident.lines == [
          "zero 零证办电 (XX-20 2)", "subject: fetched identity-card from services (XX-20 2; NDRC-1479 (六))",
          "property: fetched property-deed from services (XX-20 2; NDRC-1479 (六))",
        ])
      let company = try await site.apply(.countyCompany, in: "411523", .high)
      #expect(
        company.lines == [
          "zero 零证办电 (XX-20 2)", "subject: fetched business-licence from services (XX-20 2; NDRC-1479 (六))",
          "property: fetched property-deed from services (XX-20 2; NDRC-1479 (六))",
          "project: certificate project-registration from construction (XX-20 2; NDRC-1479 (六))",
        ])
      // One of the three says nothing any more: what it may have is not missing, and nobody is asked for it.
      site.strike(.htmlPage, "investment-3", "projects")
      let runner = try #require(site.site.station.runners(for: "projects/projects").first)
      #expect(await site.site.station.runNow(runner).problem != nil)
      let other = try await site.apply(.haulier, in: "411523", .high)
      #expect(
        other.lines == [
          "deferred 容缺办理 (HA-PLAN (一)1), not final",
          "subject: fetched business-licence from services (XX-20 2; NDRC-1479 (六))",
          "property: deferred not-found until connected (XX-20 2; HA-PLAN (一)1)",
          "project: unchecked unreachable projects (XX-20 2; XX-20 2)",
        ])
      // What another one tells goes on counting.
      let known = try await site.apply(.countyCompany, in: "411523", .high)
      #expect(known.lines[0] == "zero 零证办电 (XX-20 2)")
    }
  }

  // MARK: NDRC-1479 (七), CZ-204 三.3

  @Test(arguments: [("320400", "CZ-204 三.3", "CZ-204 三.3"), ("650100", "NDRC-1479 (六)", "NDRC-1479 (七)")])
  func residentsShowTheirFaceAndTheRestIsFetched(_ region: String, _ rule: String, _ face: String)
    async throws
  {
    try await ClauseSite.use { site in
      func shown(by persona: ClausePersona) -> String {
        #"{"means": "face", "given": "2026-01-01T00:00:00Z", "person": "\#(persona.code(site.population))"}"#
      }
      let course = try await site.apply(
        .oldDeedHolder, in: region, .resident, authorised: shown(by: .oldDeedHolder))
      #expect(
        course.lines == [
          "zero 零证办电", "subject: face (\(rule); \(face))",
          "property: fetched property-deed from services (\(rule); NDRC-1479 (六))",
        ])
      #expect(!course.asked.contains { $0.contains("identity-card") }, "who applies is known by the face")
      // Another's face says nothing of who applies, and lets nothing be looked up.
      let refused = try await site.apply(
        .coOwner, in: region, .resident, authorised: shown(by: .oldDeedHolder))
      #expect(refused.asked.isEmpty && refused.lines.filter { $0.hasPrefix("ask") }.count == 2)
    }
  }

  // MARK: HA-PLAN (一)1

  @Test func henanGoesByWhatCanBeHad() async throws {
    try await ClauseSite.use { site in
      let online = try await site.apply(.countyCompany, in: "411500", .small)
      #expect(
        online.lines == [
          "zero 免证办结 (HA-PLAN (一)1)",
          "subject: fetched business-licence from services (HA-PLAN (一)1; NDRC-1479 (六))",
          "property: fetched property-deed from services (HA-PLAN (一)1; NDRC-1479 (六))",
        ])
      let asked = try await site.apply(.newcomer, in: "411500", .small)
      #expect(
        asked.lines == [
          "two 两证办结 (HA-PLAN (一)1)", "subject: missing not-found (HA-PLAN (一)1; HA-PLAN (一)1)",
          "property: missing not-found (HA-PLAN (一)1; HA-PLAN (一)1)", "ask subject: business-licence",
          "ask property: village-proof or property-deed",
        ])
      let two = try await site.apply(
        .newcomer, in: "411500", .small, materials: ["business-licence", "property-deed"])
      #expect(
        two.lines == [
          "two 两证办结 (HA-PLAN (一)1)", "subject: material business-licence (HA-PLAN (一)1; NDRC-1479 (六))",
          "property: material property-deed (HA-PLAN (一)1; NDRC-1479 (六))",
        ])
      let later = try await site.apply(.haulier, in: "411500", .small)
      #expect(
        later.lines == [
          "deferred 容缺办理 (HA-PLAN (一)1)",
          "subject: fetched business-licence from services (HA-PLAN (一)1; NDRC-1479 (六))",
          "property: deferred not-found until connected (HA-PLAN (一)1; HA-PLAN (一)1)",
        ])
      let village = try await site.apply(
        .villager, in: "411500", .resident, authorised: "paper", materials: ["village-proof"])
      #expect(
        village.lines == [
          "one 一证办电",
          "subject: fetched identity-card from services (HA-PLAN (一)1; NDRC-1479 (六))",
          "property: equivalent village-proof (HA-PLAN (一)1; HA-PLAN (一)1)",
        ])
    }
  }

  @Test func aTelephoneBookingNeedsNothing() async throws {
    try await ClauseSite.use { site in
      let course = try await site.apply(.villager, in: "411523", .booking(.resident))
      #expect(course.lines == ["zero 零证预约 (HA-PLAN (一)1)"])
      #expect(course.asked.isEmpty && course.notRequired["subject"] == "HA-PLAN (一)1")
    }
    // Whoever rang off at ten to nine in the evening: dispatched at ten past, confirmed before the next afternoon.
    func clock(_ step: String, _ more: String...) async throws -> JSONValue {
      let words =
        ["--region", "411523", "--step", step, "stage=booking", "requested=2022-03-01T20:50:00", "--json"]
        + more
      return try await CommandRun(
        "policy", "clock", more: words + ["--on", "2022-03-01", "--adapters", Checkout.path + "/Adapters"]
      ).json()
    }
    for (step, limit, due) in [
      ("dispatch", "20 minutes", "2022-03-01T21:10:00"), ("confirm", "18 hours", "2022-03-02T14:50:00"),
    ] {
      let reading = try await clock(step, "--at", "2022-03-01T20:55:00")
      #expect(reading["due"]?.string == due && reading["limit"]?.string == limit, "\(step)")
      #expect(reading["clause"]?.string == "HA-PLAN (一)1" && reading["late"]?.boolean == false)
    }
    let inTime = try await clock("dispatch", "dispatched=2022-03-01T21:09:59", "--at", "2022-03-02T09:00:00")
    #expect(inTime["state"]?.string == "ended" && inTime["late"]?.boolean == false)
    let late = try await clock("dispatch", "--at", "2022-03-01T21:10:00")
    #expect(late["late"]?.boolean == true)
    let unconfirmed = try await clock("confirm", "--at", "2022-03-02T14:50:00")
    #expect(unconfirmed["late"]?.boolean == true)
  }

  // MARK: HZ-340 任务七: 四免

  @Test func nothingIsAskedThatNoDocumentDemands() async throws {
    try await ClauseSite.use { site in
      let course = try await site.apply(.smallCompany, in: "330100", .specialTrade)
      #expect(course.lines[0] == "zero 零证办电" && !course.lines.contains { $0.hasPrefix("ask") })
      #expect(
        course.notRequired == [
          "project": "HZ-340 任务七", "trade-approval": "NDRC-1479 (六)", "design-qualification": "NDRC-1479 (六)",
          "design-documents": "NDRC-1479 (六)", "construction-qualification": "NDRC-1479 (六)",
          "concealed-works": "NDRC-1479 (六)", "completion-report": "NDRC-1479 (六)",
        ])
    }
  }

  @Test func nothingIsAskedThatDataSharingHas() async throws {
    try await ClauseSite.use { site in
      site.strike(.unavailable(retryAfter: 1), "zhejiang-public-data")
      let silent = try await site.apply(.smallCompany, in: "330100", .small)
      #expect(
        silent.lines == [
          "no level, not final", "subject: unchecked unreachable services (HZ-340 任务七; HZ-340 任务七)",
          "property: unchecked unreachable services (HZ-340 任务七; HZ-340 任务七)",
        ])
      #expect(silent.text.contains("不得因此要求客户提供"))
    }
  }

  @Test func nothingIsAskedThatWasHandedInBefore() async throws {
    try await ClauseSite.use(at: Self.moment) { site in
      func handIn(_ number: String, validTo: String) async throws {
        let content = Base64.encode(Array("deed \(number)".utf8))
        _ = try await site.json(
          "POST", "/v1/materials",
          """
          {"code": "property-deed", "holder": \(ClausePersona.newcomer.holder(site.population)),
           "number": "浙(2020)杭州市不动产权第\(number)号", "validTo": "\(validTo)", "business": "transfer",
           "application": "GH-\(number)", "place": \(ClausePersona.newcomer.place(site.population)),
           "file": {"name": "deed.pdf", "mediaType": "application/pdf", "content": "\(content)"}}
          """)
      }
      try await handIn("0000001", validTo: "2022-02-28")
      let over = try await site.apply(
        .newcomer, in: "330100", .small, materials: ["business-licence"])
      #expect(over.lines.last == "ask property: property-deed", "it does not hold any more")
      try await handIn("0000002", validTo: "2022-03-01")
      let course = try await site.apply(
        .newcomer, in: "330100", .small, materials: ["business-licence"])
      #expect(
        course.lines == [
          "one 一证办电", "subject: material business-licence (HZ-340 任务七; NDRC-1479 (六))",
          "property: earlier-material property-deed (HZ-340 任务七; HZ-340 任务七)",
        ])
    }
  }

  /// The platform of projects is asked for nothing: it sends what it has just coded.
  @Test func nothingIsAskedThatAPartnerTells() async throws {
    try await ClauseSite.use { site in
      let before = try await site.apply(.sponsor, in: "330100", .high)
      #expect(before.lines.contains { $0.hasPrefix("project: unchecked") }, "\(before.lines)")
      #expect(try await site.sendProjects([0], to: "projects/coded") == [200])
      let course = try await site.apply(.sponsor, in: "330100", .high)
      #expect(
        course.lines[3]
          == "project: pushed project-registration from projects (HZ-340 任务七; HZ-340 任务七)",
        "\(course.lines)")
      #expect(!course.lines.contains { $0.hasPrefix("ask project") })
      #expect(site.sandbox.calls("investment-3", "projects").calls == 0, "nobody asked for it")
    }
  }

  /// A department's list of the month, as regions without a connection get it. It was sent by hand, and the verdict does not say otherwise.
  @Test func aListThatWasHandedOverIsNoPush() async throws {
    try await ClauseSite.use { site in
      let (population, persona) = (site.population, ClausePersona.sponsor)
      let list = """
        项目代码,项目名称,建设单位,统一社会信用代码,建设地点
        \(population.project(0).projectCode),拟星河储能电站一期建设项目,\(persona.name(population)),\(persona.code(population)),\(persona.address(population))

        """
      try await site.importProjects(list)
      let course = try await site.apply(persona, in: "330100", .high)
      #expect(
        course.lines[3]
          == "project: certificate project-registration from project-list (HZ-340 任务七; NDRC-1479 (六))",
        "\(course.lines)")
      #expect(!course.lines.contains { $0.hasPrefix("ask project") })
    }
  }

  // MARK: CZ-204 三.3, 三.8

  /// 办电主体资格证明, 物业权属证明, 项目审批(备案)文件, 行政审批资料 and 承装(修、试)资质: each fetched for the step that needs it, all archived.
  @Test func whatIsFetchedIsArchived() async throws {
    try await ClauseSite.use(pulled: ["construction/projects"], at: Self.moment) { site in
      let persona = ClausePersona.instrumentMaker
      let applied = try await site.apply(persona, in: "320400", .high, number: "GD-CZ")
      #expect(
        applied.lines == [
          "zero 零证办电", "subject: fetched business-licence from services (CZ-204 三.3; NDRC-1479 (六))",
          "property: fetched property-deed from services (CZ-204 三.3; NDRC-1479 (六))",
          "project: certificate project-registration from construction (CZ-204 三.3; NDRC-1479 (六))",
        ])
      let checked = try await site.apply(
        persona, in: "320400", .later("intermediate-check"), materials: ["concealed-works"],
        contractor: .contractor, number: "GD-CZ")
      #expect(
        checked.lines[1]
          == "construction-qualification: fetched contractor-licence from exchange (CZ-204 三.3; NDRC-1479 (六))"
      )
      try await site.permit("GD-CZ", persona, "苏规许2022第0007号")
      _ = try await site.apply(
        persona, in: "320400", .later("design-review"), materials: ["design-documents"],
        designer: .designer, number: "GD-CZ")
      let completed = try await site.apply(
        persona, in: "320400", .later("completion"), materials: ["completion-report"], number: "GD-CZ")
      #expect(completed.application == applied.application && completed.version == 4)
      _ = try await site.json(
        "POST", "/v1/supply-applications/\(applied.application):connected",
        #"{"at": "2022-03-01T03:30:00Z", "contracts": ["HT-7"]}"#)
      let package = try await site.send("GET", "/v1/supply-applications/\(applied.application)/archive")
      let files = Dictionary(
        uniqueKeysWithValues: try ZIPArchive.read(package.bytes).map { ($0.path, $0.bytes) })
      let index = try JSONDocument(parsing: try #require(files["index.json"])).root
      #expect(index["missing"]?.elements.compactMap(\.string) == [])
      let kinds = try files.filter { $0.key.hasPrefix("certificates/") }.map {
        try JSONDocument(parsing: $0.value).root["record"]?["kind"]?.string ?? ""
      }
      #expect(
        kinds.sorted() == [
          "business-licence", "construction-planning-permit", "contractor-licence", "design-licence",
          "project-registration", "property-deed",
        ])
      let cover = String(decoding: try #require(files["cover.html"]), as: UTF8.self)
      for title in ["营业执照", "不动产权证书", "承装(修、试)电力设施许可证", "工程设计资质证书"] {
        #expect(cover.contains(title), "\(title)")
      }
    }
  }
}
