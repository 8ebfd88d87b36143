import Authorisations
import Certificates
import CivilTime
import Policies
import Supply
import Testing

/// What the documents demand, clause by clause, of applications as they come.
@Suite struct ClauseTests {
  private typealias Bench = SupplyBench

  private let resident =
    #""voltage": 0.22, "capacity": 8, "customer": "resident", "business": "new", "stage": "application""#
  private let small =
    #""voltage": 0.4, "capacity": 100, "customer": "small-micro", "business": "new", "stage": "application", "special-trade": false"#
  private let high =
    #""voltage": 10, "capacity": 630, "customer": "other", "business": "new", "stage": "application", "special-trade": false"#

  private func states(_ verdict: Verdict) -> [SupplyRequirement: String] {
    Dictionary(
      uniqueKeysWithValues: verdict.requirements.filter { $0.state != .notRequired }
        .map { ($0.requirement, $0.state.word) })
  }

  private func clause(_ verdict: Verdict, _ requirement: SupplyRequirement) -> String? {
    verdict.verdict(requirement)?.source?.clause.description
  }

  // MARK: NDRC-1479 (六), HZ-340 任务七: low voltage needs two papers.

  @Test(arguments: ["110000", "330100"])
  func lowVoltageNeedsSubjectAndPropertyAlone(_ region: String) throws {
    let verdict = try Bench.verdict(Bench.supply(region, small, by: Bench.company))
    #expect(states(verdict) == [.subject: "missing", .property: "missing"])
    #expect(verdict.level == .two)
    #expect(clause(verdict, .subject) == (region == "110000" ? "NDRC-1479 (六)" : "HZ-340 任务七"))
    #expect(clause(verdict, .project) == (region == "110000" ? "NDRC-1479 (六)" : "HZ-340 任务七"))
  }

  @Test func highVoltageNeedsTheProjectToo() throws {
    let verdict = try Bench.verdict(Bench.supply("110000", high, by: Bench.company))
    #expect(states(verdict) == [.subject: "missing", .property: "missing", .project: "missing"])
    #expect(verdict.level == .more)
    #expect(verdict.asks.map(\.clause.description) == Array(repeating: "NDRC-1479 (六)", count: 3))
  }

  @Test func laterStepsLookAtTheirOwnPapersAlone() throws {
    let expected: [(String, [SupplyRequirement: String])] = [
      ("design-review", [.designQualification: "missing", .designDocuments: "missing"]),
      ("intermediate-check", [.constructionQualification: "missing", .concealedWorks: "missing"]),
      ("completion", [.completionReport: "missing"]),
    ]
    for (stage, wanted) in expected {
      let facts = high.replacing("application", with: stage)
      let verdict = try Bench.verdict(Bench.supply("110000", facts, by: Bench.company))
      #expect(states(verdict) == wanted)
      #expect(verdict.level == nil)
    }
  }

  // MARK: HA-345 二: special trades.

  @Test func specialTradesShowTheirApprovalInHenan() throws {
    let special = small.replacing(#""special-trade": false"#, with: #""special-trade": true"#)
    let verdict = try Bench.verdict(Bench.supply("410100", special, by: Bench.company))
    #expect(states(verdict)[.tradeApproval] == "missing")
    #expect(clause(verdict, .tradeApproval) == "HA-345 二")
    // Elsewhere no document asks for it, so nobody does.
    let elsewhere = try Bench.verdict(Bench.supply("110000", special, by: Bench.company))
    #expect(states(elsewhere)[.tradeApproval] == nil)
    // Whether it is one has to be known.
    let unknown = small.replacing(#", "special-trade": false"#, with: "")
    let open = try Bench.verdict(Bench.supply("410100", unknown, by: Bench.company))
    #expect(open.undecided == [.specialTrade] && open.level == nil && !open.isFinal)
  }

  // MARK: CQ-45 措施1: 一证办电.

  @Test func enterprisesOfChongqingBringOneCertificate() throws {
    let place = SupplyPlace(address: Bench.place.address, projectCode: "2201-500103-04-01-123456")
    let application = try Bench.supply("500103", high, by: Bench.company, at: place)
    let nothing = try Bench.verdict(application, [], reach: Bench.down)
    #expect(nothing.asks.map(\.requirement) == [.subject])
    #expect(states(nothing)[.property] == "unchecked" && states(nothing)[.project] == "unchecked")
    // What could not be checked may yet have to be brought.
    #expect(nothing.level == nil && nothing.levelTitle == nil && !nothing.isFinal)
    // 建设工程规划许可证 counts as well as 投资项目备案证.
    let brought = try Bench.supply(
      "500103", high, by: Bench.company, at: place, materials: [Bench.material("business-licence")])
    let whole = try Bench.verdict(
      brought,
      [
        Bench.known(1, Bench.deed(of: Bench.company)),
        Bench.known(2, Bench.planningPermit(of: Bench.company, project: "2201-500103-04-01-123456")),
      ])
    #expect(states(whole) == [.subject: "material", .property: "certificate", .project: "certificate"])
    #expect(whole.level == .one && whole.levelTitle == "一证办电" && whole.isFinal && whole.asks.isEmpty)
    // It is for enterprises; residents are under the national rule.
    let person = try Bench.verdict(Bench.supply("500103", resident, by: Bench.zhang))
    #expect(person.asks.map(\.requirement) == [.subject, .property])
    #expect(person.level == .two && person.levelSource == nil)
  }

  // MARK: XX-20 2: 零证办电.

  @Test func nothingIsAskedOfCustomersInXinxianWhenAllIsKnown() throws {
    let place = SupplyPlace(address: Bench.place.address, projectCode: "2201-411523-04-01-123456")
    let verdict = try Bench.verdict(
      Bench.supply("411523", high, by: Bench.company, at: place),
      [
        Bench.known(1, Bench.licence), Bench.known(2, Bench.deed(of: Bench.company)),
        Bench.known(3, Bench.project(of: Bench.company)),
      ])
    #expect(states(verdict) == [.subject: "certificate", .property: "certificate", .project: "certificate"])
    #expect(verdict.level == .zero && verdict.levelTitle == "零证办电" && verdict.asks.isEmpty)
    #expect(verdict.levelSource?.clause.description == "XX-20 2")
    for requirement in [SupplyRequirement.subject, .property, .project] {
      #expect(clause(verdict, requirement) == "XX-20 2")
    }
    let person = try Bench.verdict(
      Bench.supply(
        "411523", resident + #", "special-trade": false"#, by: Bench.zhang, authorised: Bench.consent),
      [Bench.known(1, Bench.identityCard), Bench.known(2, Bench.deed(of: Bench.zhang))])
    #expect(person.level == .zero && person.levelTitle == "零证办电" && person.isFinal)
  }

  // MARK: NDRC-1479 (七), CZ-204 三.3: 刷脸办电.

  @Test(arguments: [("110000", "NDRC-1479 (七)"), ("320400", "CZ-204 三.3")])
  func residentsProveByFaceWhoTheyAre(_ region: String, _ wanted: String) throws {
    func verdict(_ authorisation: SupplyAuthorisation?) throws -> Verdict {
      try Bench.verdict(Bench.supply(region, resident, by: Bench.zhang, authorised: authorisation))
    }
    let before = Bench.moment.advanced(byMilliseconds: -1000)
    let face = SupplyAuthorisation(means: .face, given: before, person: "11010519491231002x")
    #expect(states(try verdict(face))[.subject] == "face")
    #expect(try verdict(face).verdict(.subject)?.reason?.clause.description == wanted)
    // Another's face, a face nobody was found for, one that is over, and a promise on paper prove nothing.
    for other in [
      SupplyAuthorisation(means: .face, given: before, person: "440524188001010014"),
      SupplyAuthorisation(means: .face, given: before),
      SupplyAuthorisation(means: .face, given: before, until: Bench.moment, person: "11010519491231002X"),
      SupplyAuthorisation(means: .paper, given: before, person: "11010519491231002X"),
    ] {
      #expect(states(try verdict(other))[.subject] == "missing")
    }
    // And then the deed is fetched.
    let whole = try Bench.verdict(
      Bench.supply(region, resident, by: Bench.zhang, authorised: face),
      [Bench.known(1, Bench.deed(of: Bench.zhang))])
    #expect(whole.level == .zero)
  }

  @Test func aFaceIsForResidentsAlone() throws {
    let face = SupplyAuthorisation(
      means: .face, given: Bench.moment.advanced(byMilliseconds: -1000), person: "11010519491231002X")
    let business = resident.replacing("resident", with: "small-micro")
    let verdict = try Bench.verdict(
      Bench.supply("110000", business, by: Bench.zhang, authorised: face))
    #expect(states(verdict)[.subject] == "missing")
  }

  // MARK: HA-PLAN (一)1.

  @Test func bothOnlineIsDoneWithoutPapersInHenan() throws {
    let verdict = try Bench.verdict(
      Bench.supply("410100", small, by: Bench.company),
      [Bench.known(1, Bench.licence), Bench.known(2, Bench.deed(of: Bench.company))])
    #expect(verdict.level == .zero && verdict.levelTitle == "免证办结")
    #expect(verdict.levelSource?.clause.description == "HA-PLAN (一)1")
  }

  @Test func otherwiseTwoPapersDoInHenan() throws {
    let asked = try Bench.verdict(Bench.supply("410100", small, by: Bench.company))
    #expect(asked.asks.map(\.requirement) == [.subject, .property])
    #expect(asked.asks.map(\.absence) == [.notFound, .notFound])
    let brought = try Bench.verdict(
      Bench.supply(
        "410100", small, by: Bench.company,
        materials: [Bench.material("business-licence"), Bench.material("property-deed")]))
    #expect(brought.level == .two && brought.levelTitle == "两证办结" && brought.isFinal)
  }

  @Test func theRightMayComeLaterInHenan() throws {
    let verdict = try Bench.verdict(
      Bench.supply("410100", small, by: Bench.company, materials: [Bench.material("business-licence")]))
    #expect(states(verdict) == [.subject: "material", .property: "deferred"])
    #expect(verdict.verdict(.property)?.state == .deferred(.event("connected"), because: .notFound))
    #expect(verdict.verdict(.property)?.reason?.clause.description == "HA-PLAN (一)1")
    #expect(verdict.level == .deferred && verdict.levelTitle == "容缺办理" && verdict.asks.isEmpty)
    // Only with the subject's certificate at hand, and nowhere that no document allows it.
    let nothing = try Bench.verdict(Bench.supply("410100", small, by: Bench.company))
    #expect(states(nothing)[.property] == "missing")
    let elsewhere = try Bench.verdict(
      Bench.supply("110000", small, by: Bench.company, materials: [Bench.material("business-licence")]))
    #expect(states(elsewhere)[.property] == "missing")
  }

  @Test func theVillagesProofStandsInForADeedInHenan() throws {
    let verdict = try Bench.verdict(
      Bench.supply(
        "410100", small, by: Bench.company,
        materials: [Bench.material("business-licence"), Bench.material("village-proof")]))
    #expect(states(verdict)[.property] == "equivalent")
    #expect(verdict.verdict(.property)?.reason?.clause.description == "HA-PLAN (一)1")
    // The proper one comes first.
    let both = try Bench.verdict(
      Bench.supply("410100", small, by: Bench.company, materials: [Bench.material("village-proof")]),
      [Bench.known(1, Bench.deed(of: Bench.company))])
    #expect(states(both)[.property] == "certificate")
    let elsewhere = try Bench.verdict(
      Bench.supply("320400", small, by: Bench.company, materials: [Bench.material("village-proof")]))
    #expect(states(elsewhere)[.property] == "missing")
  }

  @Test func aTelephoneBookingNeedsNothing() throws {
    let booking = small.replacing("application", with: "booking")
    let verdict = try Bench.verdict(Bench.supply("411523", booking, by: Bench.company), [], reach: [:])
    #expect(states(verdict) == [:])
    #expect(verdict.level == .zero && verdict.levelTitle == "零证预约")
    #expect(clause(verdict, .subject) == "HA-PLAN (一)1")
  }

  // MARK: HZ-340 任务七: 四免.

  @Test func whatWasHandedInBeforeIsNotAskedForAgain() throws {
    let earlier = Bench.material("property-deed", earlier: "2021-06-01", validTo: "2022-03-01")
    let verdict = try Bench.verdict(
      Bench.supply("330100", small, by: Bench.company, materials: [earlier]),
      [Bench.known(1, Bench.licence)])
    #expect(states(verdict) == [.subject: "certificate", .property: "earlier-material"])
    #expect(verdict.verdict(.property)?.reason?.clause.description == "HZ-340 任务七")
    #expect(verdict.level == .zero)
    // What does not hold any more does not count.
    let over = Bench.material("property-deed", earlier: "2021-06-01", validTo: "2022-02-28")
    let again = try Bench.verdict(
      Bench.supply("330100", small, by: Bench.company, materials: [over]), [Bench.known(1, Bench.licence)])
    #expect(states(again)[.property] == "missing")
  }

  @Test func whatAPartnerSentIsNotAskedFor() throws {
    let verdict = try Bench.verdict(
      Bench.supply("330100", small, by: Bench.company),
      [
        Bench.known(1, Bench.licence, origin: .push), Bench.known(2, Bench.deed(of: Bench.company)),
      ])
    #expect(states(verdict) == [.subject: "pushed", .property: "certificate"])
    #expect(verdict.verdict(.subject)?.reason?.clause.description == "HZ-340 任务七")
  }

  @Test func whatCanBeHadElsewhereIsNotAskedForWhileItsPlatformIsSilent() throws {
    for region in ["330100", "320400", "411523"] {
      let verdict = try Bench.verdict(
        Bench.supply(region, high, by: Bench.company), [], reach: Bench.down)
      #expect(verdict.asks.isEmpty && !verdict.isFinal)
      #expect(Set(states(verdict).values) == ["unchecked"])
    }
  }

  /// Whether a rule says from where a paper can be had or not: what nobody looked at is not missing.
  @Test func aPlatformThatIsDownMakesNothingMissingWhereNoRuleNamesIt() throws {
    let check = high.replacing("application", with: "intermediate-check")
    let cases: [(SupplyCase, [SupplyRequirement: String])] = [
      (
        try Bench.supply("110000", high, by: Bench.company),
        [.subject: "unchecked", .property: "unchecked", .project: "unchecked"]
      ),
      (
        try Bench.supply("410100", high, by: Bench.company),
        [.subject: "unchecked", .property: "unchecked", .project: "unchecked"]
      ),
      (
        try Bench.supply("500103", resident, by: Bench.zhang, authorised: Bench.consent),
        [.subject: "unchecked", .property: "unchecked"]
      ),
      (
        try Bench.supply("330100", check, by: Bench.company, contractor: Bench.builder),
        [.constructionQualification: "unchecked", .concealedWorks: "missing"]
      ),
    ]
    for (supply, wanted) in cases {
      let down = try Bench.verdict(supply, [], reach: Bench.down)
      #expect(states(down) == wanted && !down.isFinal)
      // What no platform has is the customer's; and so is what the platforms have said that they have not.
      for (reach, absence) in [
        ([:], RequirementVerdict.Absence.notHandedIn), (Bench.everywhere, .notFound),
      ] {
        let verdict = try Bench.verdict(supply, [], reach: reach)
        for (requirement, word) in wanted where word == "unchecked" {
          let one = try #require(verdict.verdict(requirement))
          let isNamed = !(try Bench.terms(supply).decision(requirement)?.sources.isEmpty ?? true)
          #expect(one.state == .missing(isNamed && absence == .notHandedIn ? .noPlatform : absence))
        }
      }
    }
  }

  // MARK: CZ-204 三.3, 三.8: what is fetched.

  @Test func changzhouFetchesWhoBuilds() throws {
    let check = high.replacing("application", with: "intermediate-check")
    let application = try Bench.supply(
      "320400", check, by: Bench.company, contractor: Bench.builder,
      materials: [Bench.material("concealed-works")])
    let verdict = try Bench.verdict(application, [Bench.known(1, Bench.contractorLicence)])
    #expect(states(verdict) == [.constructionQualification: "certificate", .concealedWorks: "material"])
    #expect(clause(verdict, .constructionQualification) == "CZ-204 三.3")
    // Somebody else's licence is none.
    let other = try Bench.supply("320400", check, by: Bench.company, contractor: Bench.company)
    #expect(
      states(try Bench.verdict(other, [Bench.known(1, Bench.contractorLicence)]))[.constructionQualification]
        == "missing")
  }

  @Test(arguments: [
    ("0.4", "5", "certificate"), ("10", "5", "certificate"), ("20", "5", "missing"), ("35", "5", "missing"),
    ("35", "4", "certificate"), ("110", "4", "missing"), ("110", "3", "certificate"), ("220", "3", "missing"),
    ("220", "2", "certificate"), ("500", "2", "missing"), ("500", "1", "certificate"),
  ])
  func whoBuildsMustBeAllowedToForTheVoltage(voltage: String, level: String, state: String) throws {
    let verdict = try checked(voltage, ["specific.installationLevel": level])
    #expect(states(verdict)[.constructionQualification] == state)
    let refused = verdict.verdict(.constructionQualification)?.refused.map(\.reason.word)
    #expect(refused == (state == "missing" ? ["level"] : []))
  }

  @Test func aLicenceToRepairOrToTestIsNoneToBuild() throws {
    let verdict = try checked("10", ["specific.repairLevel": "1", "specific.testingLevel": "1"])
    #expect(states(verdict)[.constructionQualification] == "missing")
  }

  @Test func aLicenceThatTellsNoLevelHasToBeLookedAt() throws {
    let verdict = try checked("10", [:])
    #expect(states(verdict)[.constructionQualification] == "unchecked")
    #expect(verdict.asks.isEmpty)
  }

  @Test func theHighestLevelCoversAVoltageThatNobodyHasTold() throws {
    #expect(
      states(try checked(nil, ["specific.installationLevel": "1"]))[.constructionQualification]
        == "certificate")
    #expect(
      states(try checked(nil, ["specific.installationLevel": "2"]))[.constructionQualification] == "unchecked"
    )
  }

  /// The intermediate check of works by a contractor with these levels.
  private func checked(_ voltage: String?, _ levels: [String: String]) throws -> Verdict {
    var facts = #""business": "new", "stage": "intermediate-check""#
    if let voltage { facts += #", "voltage": "\#(voltage)""# }
    let supply = try Bench.supply(
      "320400", facts, by: Bench.company, contractor: Bench.builder,
      materials: [Bench.material("concealed-works")])
    return try Bench.verdict(supply, [Bench.known(1, Bench.contractorLicence(levels))])
  }

  @Test(arguments: [
    ("10", "C", "certificate"), ("110", "C", "certificate"), ("220", "C", "missing"),
    ("220", "B", "certificate"), ("330", "B", "missing"), ("500", "A", "certificate"),
  ])
  func whoDesignsMustBeAllowedToForTheVoltage(voltage: String, grade: String, state: String) throws {
    let verdict = try reviewed(voltage, ["specific.powerGrade": grade])
    #expect(states(verdict) == [.designQualification: state, .designDocuments: "material"])
    let refused = verdict.verdict(.designQualification)?.refused.map(\.reason.word)
    #expect(refused == (state == "missing" ? ["level"] : []))
  }

  @Test(arguments: ["建筑行业(建筑工程)甲级;市政行业(给水工程)专业乙级", "电力行业(新能源发电)专业甲级"])
  func aLicenceToDesignHousesOrPlantsIsNoneForTheGrid(_ classes: String) throws {
    let verdict = try reviewed("10", ["specific.classes": classes])
    #expect(states(verdict)[.designQualification] == "missing")
    #expect(verdict.verdict(.designQualification)?.refused.map(\.reason) == [.level])
  }

  @Test(arguments: [
    [:], ["specific.classes": "电力行业"], ["specific.classes": "电力行业(新能源发电、变电工程)专业"],
    ["specific.classes": "工程设计综合资质"],
  ])
  func aDesignLicenceThatTellsNoGradeHasToBeLookedAt(_ classes: [String: String]) throws {
    let verdict = try reviewed("10", classes)
    #expect(
      verdict.verdict(.designQualification)?.state == .unchecked(.doubtful(Bench.id(1), .level)))
    #expect(verdict.asks.isEmpty)
  }

  @Test func aDesignLicenceHasToHoldAndToBeTheDesigners() throws {
    let ended = try reviewed("10", ["specific.powerGrade": "A", "basic.validTo": "2022-02-28"])
    #expect(states(ended)[.designQualification] == "missing")
    #expect(ended.verdict(.designQualification)?.refused.map(\.reason.word) == ["expired"])
    let others = try reviewed("10", ["specific.powerGrade": "A"], by: Bench.builder)
    #expect(states(others)[.designQualification] == "missing")
    #expect(others.verdict(.designQualification)?.refused == [])
  }

  @Test func theHighestGradeCoversAVoltageThatNobodyHasTold() throws {
    #expect(
      states(try reviewed(nil, ["specific.powerGrade": "A"]))[.designQualification] == "certificate")
    #expect(states(try reviewed(nil, ["specific.powerGrade": "B"]))[.designQualification] == "unchecked")
  }

  /// The review of a design by a unit whose licence says this.
  private func reviewed(
    _ voltage: String?, _ licence: [String: String], by designer: SupplyParty = Bench.planner
  ) throws -> Verdict {
    var facts = #""business": "new", "stage": "design-review""#
    if let voltage { facts += #", "voltage": "\#(voltage)""# }
    let supply = try Bench.supply(
      "110000", facts, by: Bench.company, designer: designer, materials: [Bench.material("design-documents")])
    return try Bench.verdict(supply, [Bench.known(1, Bench.designLicence(licence))])
  }

  @Test func changzhouFetchesSubjectPropertyAndProject() throws {
    let place = SupplyPlace(address: Bench.place.address, projectCode: "2201-411523-04-01-123456")
    let verdict = try Bench.verdict(
      Bench.supply("320400", high, by: Bench.company, at: place),
      [
        Bench.known(1, Bench.licence), Bench.known(2, Bench.deed(of: Bench.company)),
        Bench.known(3, Bench.project(of: Bench.company)),
      ])
    #expect(verdict.level == .zero)
    for requirement in [SupplyRequirement.subject, .property, .project] {
      #expect(clause(verdict, requirement) == "CZ-204 三.3")
    }
  }
}
