import Authorisations
import Certificates
import CivilTime
import Materials
import Policies
import Registry
@testable import Supply
import Testing

/// Which certificates count, and what is said of those that do not.
@Suite struct EvidenceTests {
  private typealias Bench = SupplyBench

  private let facts =
    #""voltage": 0.4, "capacity": 100, "customer": "small-micro", "business": "new", "stage": "application", "special-trade": false"#

  private func property(
    _ certificates: [KnownCertificate], by party: SupplyParty = SupplyBench.company,
    at place: SupplyPlace = SupplyBench.place, reach: [CertificateKind: SupplyReach] = SupplyBench.everywhere,
    authorised: SupplyAuthorisation? = nil
  ) throws -> RequirementVerdict {
    let verdict = try Bench.verdict(
      Bench.supply("330100", facts, by: party, at: place, authorised: authorised), certificates, reach: reach)
    return try #require(verdict.verdict(.property))
  }

  @Test(arguments: ["02", "03", "04", "05", "06", "07"])
  func whatDoesNotHoldNeverMeets(_ state: String) throws {
    let one = try property([Bench.known(1, Bench.deed(of: Bench.company, state: state))])
    #expect(one.state == .missing(.notFound))
    #expect(one.refused.map(\.certificate) == [Bench.id(1)])
  }

  @Test func expiredSeizedAndHistoricalDeedsNeverMeet() throws {
    let deeds = [
      (["basic.validTo": "2022-02-28"], Standing.State.expired),
      (["specific.seized": "true"], .seized), (["specific.rightState": "2"], .cancelled),
    ]
    for (fields, state) in deeds {
      let one = try property([Bench.known(1, Bench.deed(of: Bench.company, fields))])
      #expect(one.state == .missing(.notFound))
      #expect(one.refused.map(\.reason) == [.standing(state)])
    }
  }

  @Test func aDeedThatALaterOneNamesIsSuperseded() throws {
    let old = Bench.deed(of: Bench.company)
    let new = Bench.deed(
      of: Bench.zhang,
      [
        "basic.number": "豫(2022)新县不动产权第0000009号",
        "specific.previousDeedNumber": "豫（2021）新县不动产权第0001234号",
      ])
    let one = try property([Bench.known(1, old), Bench.known(2, new)])
    #expect(one.state == .missing(.notFound))
    #expect(one.refused.map(\.reason) == [.superseded])
  }

  @Test func aLaterDeedOfTheSameUnitSupersedesUnlessSeveralOwnIt() throws {
    let unit = [
      "specific.unitNumber": "411523001001GB00001F00030012", "specific.registeredDate": "2019-05-01",
    ]
    let later = [
      "basic.number": "豫(2021)新县不动产权第0007777号", "specific.unitNumber": "411523001001GB00001F00030012",
      "specific.registeredDate": "2021-05-01",
    ]
    let sold = try property([
      Bench.known(1, Bench.deed(of: Bench.company, unit)), Bench.known(2, Bench.deed(of: Bench.zhang, later)),
    ])
    #expect(sold.refused.map(\.reason) == [.superseded])
    var shared = later
    shared["specific.coOwnership"] = "1"
    let owned = try property([
      Bench.known(1, Bench.deed(of: Bench.company, unit)),
      Bench.known(2, Bench.deed(of: Bench.zhang, shared)),
    ])
    #expect(owned.state == .unchecked(.doubtful(Bench.id(1), .laterOne)))
    var cancelled = later
    cancelled["specific.rightState"] = "2"
    let undone = try property([
      Bench.known(1, Bench.deed(of: Bench.company, unit)),
      Bench.known(2, Bench.deed(of: Bench.zhang, cancelled)),
    ])
    #expect(undone.state == .unchecked(.doubtful(Bench.id(1), .laterOne)))
  }

  @Test func namesAgreeInAllTheirSpellings() throws {
    let names = ["新县光明(茶业)有限公司", "新县光明〔茶业〕有限公司", " 新县光明（茶业）有限 公司", "新县光明茶厂"]
    for name in names {
      let record = Bench.record(
        .propertyDeed, ["specific.location": Bench.place.address], holders: [["name": name]])
      let one = try property([Bench.known(1, record)])
      #expect(one.state.word == "certificate", "\(name)")
    }
    let other = Bench.record(
      .propertyDeed, ["specific.location": Bench.place.address], holders: [["name": "新县光辉茶业有限公司"]])
    #expect(try property([Bench.known(1, other)]).state == .missing(.notFound))
  }

  @Test func codesTellBeforeNames() throws {
    // The same company under a name nobody knew, and another company of the same name.
    let renamed = SupplyParty(isPerson: false, name: "新名有限公司", code: Bench.company.code)
    #expect(try property([Bench.known(1, Bench.deed(of: renamed))]).state.word == "certificate")
    let namesake = SupplyParty(isPerson: false, name: Bench.company.name, code: "91410100MA44444444")
    #expect(try property([Bench.known(1, Bench.deed(of: namesake))]).state == .missing(.notFound))
    // 组织机构代码 stands within the social credit code; fifteen digits are the old citizen number.
    let old = SupplyParty(isPerson: false, name: "曾用", code: "MA3X8L9K-7")
    #expect(try property([Bench.known(1, Bench.deed(of: old))]).state.word == "certificate")
    let short = SupplyParty(isPerson: true, name: "张三", code: "110105491231002")
    #expect(
      try property([Bench.known(1, Bench.deed(of: short))], by: Bench.zhang, authorised: Bench.consent)
        .state.word == "certificate")
    // Fifteen digits may be the 注册号 of before 2015: it says nothing of a social credit code, and the name tells.
    let registered = SupplyParty(isPerson: false, name: Bench.company.name, code: "330106000123458")
    #expect(try property([Bench.known(1, Bench.deed(of: registered))]).state.word == "certificate")
    let another = SupplyParty(isPerson: false, name: "新县光辉茶业有限公司", code: registered.code)
    #expect(try property([Bench.known(1, Bench.deed(of: another))]).state == .missing(.notFound))
    // Of a person it is the old citizen number all the same, and no organisation's.
    let person = SupplyParty(isPerson: true, name: "李四", code: "330106000123458")
    #expect(
      try property([Bench.known(1, Bench.deed(of: person))], by: Bench.zhang, authorised: Bench.consent)
        .state == .missing(.notFound))
    let called = SupplyParty(isPerson: false, name: "李四", code: nil)
    #expect(try property([Bench.known(1, Bench.deed(of: person))], by: called).state == .missing(.notFound))
  }

  @Test func onlyANameIsNotEnoughForAPerson() throws {
    let nameless = SupplyParty(isPerson: true, name: "张三", code: nil)
    let there = try property(
      [Bench.known(1, Bench.deed(of: nameless))], by: Bench.zhang, authorised: Bench.consent)
    guard case .certificate(let evidence) = there.state else {
      Issue.record("\(there.state)")
      return
    }
    #expect(evidence.basis == .nameAndAddress)
    let elsewhere = try property(
      [Bench.known(1, Bench.deed(of: nameless, location: "新县某处"))], by: Bench.zhang,
      authorised: Bench.consent)
    #expect(elsewhere.state == .unchecked(.doubtful(Bench.id(1), .nameOnly)))
    let hidden = SupplyParty(isPerson: true, name: "张*", code: "1101**********002X")
    let masked = try property(
      [Bench.known(1, Bench.deed(of: hidden))], by: Bench.zhang, authorised: Bench.consent)
    #expect(masked.state == .unchecked(.doubtful(Bench.id(1), .hidden)))
  }

  @Test func oneOfSeveralOwnersIsAnOwner() throws {
    let record = Bench.record(
      .propertyDeed, ["specific.location": Bench.place.address],
      holders: [
        ["name": "王五", "code": "440524188001010014", "role": "owner"],
        ["name": "张三", "code": "11010519491231002X", "role": "co-owner"],
      ])
    let one = try property([Bench.known(1, record)], by: Bench.zhang, authorised: Bench.consent)
    #expect(one.state.word == "certificate")
    // Whom it binds owns nothing by it.
    let bound = Bench.record(
      .propertyDeed, ["specific.location": Bench.place.address],
      holders: [["name": "张三", "code": "11010519491231002X", "role": "obligor"]])
    #expect(
      try property([Bench.known(1, bound)], by: Bench.zhang, authorised: Bench.consent).state
        == .missing(.notFound))
  }

  @Test func whatIsTheRepresentativesIsNotTheCompanys() throws {
    let owner = SupplyParty(isPerson: true, name: "李四", code: "440524188001010014")
    let own = SupplyAuthorisation(means: .counter, given: Bench.consent.given, person: owner.code)
    let company = try property([Bench.known(1, Bench.deed(of: owner))], authorised: own)
    #expect(company.state == .unchecked(.doubtful(Bench.id(1), .representative)))
    // The company's word is not theirs.
    let other = try property([Bench.known(1, Bench.deed(of: owner))], authorised: Bench.consent)
    #expect(other.state == .missing(.notFound))
    let shop = SupplyParty(
      isPerson: false, name: "李四茶铺", code: "92411523MA3X8L9K7C", representative: Bench.company.representative)
    let oneMan = try property([Bench.known(1, Bench.deed(of: owner))], by: shop, authorised: Bench.consent)
    #expect(oneMan.state.word == "certificate")
    // It is a person's, so that the person has to agree.
    #expect(try property([Bench.known(1, Bench.deed(of: owner))], by: shop).state == .missing(.notFound))
  }

  @Test(arguments: [
    ("新县新集镇将军路12号3号楼2单元301", "certificate"), ("河南省信阳市新县新集镇将军路12号3栋2单元0301室", "certificate"),
    ("河南省信阳市新县新集镇将军路12号3幢2单元302室", "missing"), ("河南省信阳市新县新集镇解放路", "unchecked"),
    ("河南省信阳市新县新集镇将军路88号", "missing"), ("河南省信阳市新县新集镇将军路12号", "unchecked"),
    ("河南省信阳市新县新集镇将军路12号3幢3层301室", "unchecked"), ("新县新集镇将军路12号301室", "unchecked"),
    ("新县新集镇将军路12号三号楼2单元301室", "unchecked"), ("新县新集镇将军路12号3幢2单元*", "unchecked"),
  ])
  func theDeedMustBeOfTheAddress(_ location: String, _ word: String) throws {
    let one = try property([Bench.known(1, Bench.deed(of: Bench.company, location: location))])
    #expect(one.state.word == word)
  }

  /// Where one leaves out what lies above, that has to be a place, and none that is known to be another.
  @Test(
    arguments: [
      ("人民路18号", "新人民路18号", nil, "unchecked"), ("新人民路18号", "人民路18号", nil, "unchecked"),
      ("人民路18号", "河南省新县人民路18号", nil, "certificate"), ("人民路18号", "郑州市金水区人民路18号", nil, "certificate"),
      ("人民路18号", "郑州市金水区人民路18号", "410105", "unchecked"),
      ("人民路18号", "平桥区人民路18号", "411503", "unchecked"),
      ("人民路18号", "信阳市新县人民路18号", "411523", "certificate"), ("人民路18号", "信阳市人民路18号", "411500", "certificate"),
      ("人民路18号", "人民路18号", "410105", "certificate"), ("人民路18号", "新集街道人民路18号", nil, "certificate"),
      ("锦绣路3号", "幸福小区锦绣路3号", nil, "unchecked"), ("3幢201", "新县3幢201", nil, "unchecked"),
    ] as [(String, String, String?, String)])
  func anAddressWithoutItsBeginning(_ wanted: String, _ location: String, _ area: String?, _ word: String)
    throws
  {
    var deed = Bench.deed(of: Bench.company, location: location)
    if let area { deed[.areaCode] = .text(area) }
    let verdict = try Bench.verdict(
      Bench.supply("411523", facts, by: Bench.company, at: SupplyPlace(address: wanted)),
      [Bench.known(1, deed)])
    #expect(verdict.verdict(.property)?.state.word == word)
    if let area {
      // The number of the unit says it too.
      var numbered = Bench.deed(
        of: Bench.company, ["specific.unitNumber": area + "001001GB00001F00030012"], location: location)
      numbered[.areaCode] = nil
      let again = try Bench.verdict(
        Bench.supply("411523", facts, by: Bench.company, at: SupplyPlace(address: wanted)),
        [Bench.known(1, numbered)])
      #expect(again.verdict(.property)?.state.word == word)
    }
  }

  @Test func aUnitNumberTellsWhateverTheAddressSays() throws {
    let unit = "411523001001GB00001F00030012"
    let place = SupplyPlace(address: "新县某处", unitNumber: unit)
    let record = Bench.deed(of: Bench.company, ["specific.unitNumber": unit])
    #expect(try property([Bench.known(1, record)], at: place).state.word == "certificate")
    let other = Bench.deed(of: Bench.company, ["specific.unitNumber": "411523001001GB00001F00030013"])
    #expect(try property([Bench.known(1, other)], at: place).state == .missing(.notFound))
  }

  @Test func withoutAuthorisationNothingOfAPersonIsUsed() throws {
    let deed = Bench.known(1, Bench.deed(of: Bench.zhang))
    let none = try property([deed], by: Bench.zhang)
    #expect(none.state == .missing(.notAuthorised) && none.refused.isEmpty)
    #expect(try property([deed], by: Bench.zhang, authorised: Bench.consent).state.word == "certificate")
    let before = Bench.moment.advanced(byMilliseconds: -1000)
    for over in [
      SupplyAuthorisation(means: .counter, given: before, until: Bench.moment),
      SupplyAuthorisation(means: .counter, given: before, revoked: before),
      SupplyAuthorisation(means: .counter, given: before, scope: [.identityCard]),
      SupplyAuthorisation(means: .counter, given: Bench.moment.advanced(byMilliseconds: 1)),
    ] {
      #expect(try property([deed], by: Bench.zhang, authorised: over).state == .missing(.notAuthorised))
    }
    // Somebody else's is none; whoever gave it may be unknown.
    let other = SupplyAuthorisation(means: .code, given: before, person: "440524188001010014")
    #expect(try property([deed], by: Bench.zhang, authorised: other).state == .missing(.notAuthorised))
    let own = SupplyAuthorisation(means: .code, given: before, person: "110105491231002")
    #expect(try property([deed], by: Bench.zhang, authorised: own).state.word == "certificate")
    // What a company has is published.
    #expect(try property([Bench.known(1, Bench.deed(of: Bench.company))]).state.word == "certificate")
  }

  @Test func whatIsOldIsLookedUpAgainAndNeverMissing() throws {
    let day = Int64(86_400_000)
    func seen(_ days: Int64) -> KnownCertificate {
      Bench.known(
        1, Bench.deed(of: Bench.company), seen: Bench.moment.advanced(byMilliseconds: -days * day))
    }
    #expect(try property([seen(30)]).state.word == "certificate")
    let old = seen(31)
    #expect(try property([old]).state == .unchecked(.stale(Bench.id(1), seen: old.seen)))
    #expect(
      try property([old], reach: Bench.down).state == .unchecked(.unreachable(["data"], stale: Bench.id(1))))
    let held = Bench.known(1, Bench.deed(of: Bench.company), stale: true)
    #expect(try property([held]).state == .unchecked(.unreachable(["data"], stale: Bench.id(1))))
    #expect(try property([], reach: Bench.down).state == .unchecked(.unreachable(["data"], stale: nil)))
    #expect(try property([], reach: [:]).state == .missing(.noPlatform))
    // Neither does anything follow from the silence of a platform that has not told for long, or never.
    for told in [Bench.moment.advanced(byMilliseconds: -31 * day), nil] {
      let silent = [CertificateKind.propertyDeed: SupplyReach([.init(platform: "data", told: told)])]
      #expect(try property([], reach: silent).state == .unchecked(.unreachable(["data"], stale: nil)))
    }
  }

  // MARK: A scan of what does not count.

  /// The intermediate check of a line of 110 kV by a contractor that may build for 10 kV, with this handed in.
  private func built(with material: SupplyMaterial, _ more: [KnownCertificate] = []) throws
    -> RequirementVerdict
  {
    let supply = try Bench.supply(
      "320400", #""business": "new", "stage": "intermediate-check", "voltage": "110""#, by: Bench.company,
      contractor: Bench.builder, materials: [material])
    let low = Bench.contractorLicence(["specific.installationLevel": "5"])
    return try #require(
      Bench.verdict(supply, [Bench.known(1, low)] + more).verdict(.constructionQualification))
  }

  private func kept(_ kind: CertificateKind, _ party: SupplyRequirement.Party, number: String?)
    -> SupplyMaterial.Kept
  {
    SupplyMaterial.Kept(id: MaterialID(rawValue: 1), party: party, kind: kind, number: number)
  }

  @Test func aScanOfALicenceOfTooLowALevelHasToBeLookedAt() throws {
    let doubtful = RequirementVerdict.State.unchecked(.doubtful(Bench.id(1), .handedIn))
    let named = try built(with: Bench.material("contractor-licence"))
    #expect(named.state == doubtful && named.refused.map(\.reason) == [.level])
    let unnumbered = Bench.material(
      "contractor-licence", kept: kept(.contractorLicence, .contractor, number: nil))
    #expect(try built(with: unnumbered).state == doubtful)
    // By its number it is that one, which was refused: another is asked for.
    let same = Bench.material(
      "contractor-licence", kept: kept(.contractorLicence, .contractor, number: "4-1-00123-2006"))
    #expect(try built(with: same).state == .missing(.notFound))
    let other = Bench.material(
      "contractor-licence", kept: kept(.contractorLicence, .contractor, number: "4-1-00999-2020"))
    #expect(try built(with: other).state == .unchecked(.paper(other, .notFound)))
    // One that is known to do settles it.
    var high = Bench.contractorLicence(["specific.installationLevel": "3"])
    high[.number] = .text("4-1-00777-2021")
    let whole = try built(with: Bench.material("contractor-licence"), [Bench.known(2, high)])
    #expect(whole.state.word == "certificate")
  }

  /// A paper tells no level, and whoever gives licences knows them all.
  @Test(arguments: [
    (
      "intermediate-check", "contractor-licence", SupplyRequirement.constructionQualification,
      CertificateKind.contractorLicence
    ), ("design-review", "design-qualification", .designQualification, .designLicence),
  ])
  func aPaperDoesNotShowWhatSomebodyMayDesignOrBuild(
    stage: String, code: String, requirement: SupplyRequirement, kind: CertificateKind
  ) throws {
    let paper = Bench.material(code)
    func state(
      _ region: String, reach: [CertificateKind: SupplyReach], _ known: [KnownCertificate] = [],
      possible: Set<CertificateKind> = []
    ) throws -> RequirementVerdict {
      let supply = try Bench.supply(
        region, #""business": "new", "stage": "\#(stage)", "voltage": "330""#, by: Bench.company,
        designer: Bench.planner, contractor: Bench.builder, materials: [paper])
      return try #require(
        Bench.verdict(supply, known, reach: reach, possible: possible).verdict(requirement))
    }
    func licence(_ fields: [String: String]) -> KnownCertificate {
      let isDesigners = kind == .designLicence
      return Bench.known(1, isDesigners ? Bench.designLicence(fields) : Bench.contractorLicence(fields))
    }
    for region in ["110000", "320400"] {
      let unknown = try state(region, reach: Bench.everywhere)
      #expect(unknown.state == .unchecked(.paper(paper, .notFound)) && !unknown.isMet)
      #expect(try state(region, reach: Bench.down).state == .unchecked(.paper(paper, .level)))
      let unasked = try state(region, reach: [:], possible: [kind])
      #expect(unasked.state == .unchecked(.paper(paper, .level)))
      // Where no platform ever tells of one a person reads it, and the verdict says so.
      let read = try state(region, reach: [:], possible: [.businessLicence])
      #expect(read.state == .material(paper, isEquivalent: false) && read.isMet)
      #expect(read.line.title.contains("资质类别和等级由人工从纸质资料读取"))
      #expect(read.line.englishTitle.contains("were not compared with the voltage"))
    }
    let whole = licence(
      kind == .designLicence ? ["specific.powerGrade": "A"] : ["specific.installationLevel": "1"])
    #expect(try state("320400", reach: Bench.everywhere, [whole]).state.word == "certificate")
    // One that tells no level is looked at first.
    let silent = try state("320400", reach: Bench.everywhere, [licence([:])])
    #expect(silent.state == .unchecked(.doubtful(Bench.id(1), .level)))
  }

  @Test(arguments: [
    ["specific.seized": "true"], ["specific.rightState": "2"], ["basic.validTo": "2022-02-28"],
  ])
  func aScanOfADeedThatDoesNotHoldHasToBeLookedAt(_ fields: [String: String]) throws {
    func property(_ material: SupplyMaterial) throws -> RequirementVerdict.State? {
      let supply = try Bench.supply("330100", facts, by: Bench.company, materials: [material])
      return try Bench.verdict(supply, [Bench.known(1, Bench.deed(of: Bench.company, fields))])
        .verdict(.property)?.state
    }
    let doubtful = RequirementVerdict.State.unchecked(.doubtful(Bench.id(1), .handedIn))
    #expect(try property(Bench.material("property-deed")) == doubtful)
    let unnumbered = kept(.propertyDeed, .applicant, number: nil)
    #expect(try property(Bench.material("property-deed", kept: unnumbered)) == doubtful)
    let same = kept(.propertyDeed, .applicant, number: "豫（2021）新县不动产权第0001234号")
    #expect(try property(Bench.material("property-deed", kept: same)) == .missing(.notFound))
    let new = Bench.material(
      "property-deed", kept: kept(.propertyDeed, .applicant, number: "豫(2022)新县不动产权第0000009号"))
    #expect(try property(new) == .material(new, isEquivalent: false))
  }

  private func state(
    _ known: [KnownCertificate], with paper: SupplyMaterial?, at place: SupplyPlace = Bench.place
  ) throws -> RequirementVerdict.State? {
    let supply = try Bench.supply(
      "411500", facts, by: Bench.company, at: place, materials: [paper].compactMap(\.self))
    return try Bench.verdict(supply, known).verdict(.property)?.state
  }

  /// Whoever has a flat in a city may have a house without a deed in a village, whose address has no number.
  @Test func aDeedOfAnotherPlaceLeavesAnEquivalentWhatItIs() throws {
    let paper = Bench.material("village-proof")
    let village = SupplyPlace(address: "河南省信阳市新县陡山河乡王湾村三组")
    var flat = Bench.deed(of: Bench.company, location: "浙江省杭州市西湖区文三路18号2幢301室")
    // That it is another place is known by the areas only.
    let unclear = Bench.known(1, flat)
    #expect(
      try state([unclear], with: nil, at: village) == .unchecked(.doubtful(Bench.id(1), .address)))
    #expect(try state([unclear], with: paper, at: village) == .material(paper, isEquivalent: true))
    flat[.areaCode] = .text("330106")
    #expect(try state([Bench.known(1, flat)], with: nil, at: village) == .missing(.notFound))
    #expect(
      try state([Bench.known(1, flat)], with: paper, at: village) == .material(paper, isEquivalent: true))
  }

  @Test(
    arguments: [
      ("411523", "330106", .different), ("411523", "410105", .different), ("110000", "500103", .different),
      ("411523", "411502", .unknown), ("411523", nil, .unknown), ("410000", "330106", .different),
      ("410000", "410105", .unknown),
      // Districts and counties of one municipality, and a county that was part of a city.
      ("500103", "500229", .unknown), ("419001", "410881", .unknown),
    ] as [(String, String?, HolderMatch.Sameness)])
  func addressesInTwoCitiesAreOfTwoPlaces(
    _ area: String, _ other: String?, _ wanted: HolderMatch.Sameness
  ) {
    let (village, road) = (
      AddressMatch("王湾村三组", area: area), AddressMatch("解放路18号", area: other)
    )
    #expect(village.compare(road) == wanted && road.compare(village) == wanted)
    // What is written the same is the same.
    #expect(AddressMatch("王湾村三组", area: other).compare(village) == .same)
  }

  /// An applicant with deeds in other cities has none of the place, whatever their numbers are.
  @Test(arguments: [
    ("河南省信阳市新县陡山河乡王湾村三组", "李庄村五组", "411523"),
    ("新县建设路18号", "杭州市西湖区文三路18号2幢301室", "411523"),
    // A county directly under its province.
    ("济源市克井镇王湾村三组", "杭州市西湖区文三路18号2幢301室", "419001"),
  ]) func anotherStreetOfAnotherCityIsAnotherPlace(_ form: String, _ location: String, _ area: String) {
    let (here, there) = (AddressMatch(form, area: area), AddressMatch(location, area: "330106"))
    #expect(here.compare(there, byCity: false) == .unknown)
    #expect(here.compare(there) == .different && there.compare(here) == .different)
    // Of the same city it may be another way of writing.
    #expect(here.compare(AddressMatch(location, area: "410000")) == .unknown)
  }

  /// The unit has the number of the county's former city: 简阳 was part of 资阳 until 2016.
  @Test(arguments: ["简阳市射洪坝街道建设路18号", "简阳市射洪坝街道建设路18号3幢201室"])
  func aCountyThatChangedItsCityIsTheSame(_ location: String) throws {
    let deed = AddressMatch(location, area: "512081")
    let form = AddressMatch("四川省成都市简阳市射洪坝街道建设路18号", area: "510185")
    #expect(deed.compare(form) == .unknown && form.compare(deed) == .unknown)
    let place = SupplyPlace(address: "四川省成都市简阳市射洪坝街道建设路18号")
    let unit = "512081001001GB00001F00030012"
    let known = Bench.known(
      1, Bench.deed(of: Bench.company, ["specific.unitNumber": unit], location: location))
    #expect(try property([known], at: place).state == .unchecked(.doubtful(Bench.id(1), .address)))
    // A paper that was handed in for this application stays about it.
    let paper = Bench.material(
      "property-deed",
      kept: SupplyMaterial.Kept(
        id: MaterialID(rawValue: 1), party: .applicant, kind: .propertyDeed,
        place: MaterialPlace(address: location, unitNumber: unit)))
    #expect(try state([], with: paper, at: place) == .material(paper, isEquivalent: false))
  }

  /// 村委会's proof is for whoever has no deed, and not for whoever has one that does not count.
  @Test func anEquivalentDoesNotStandInForADeedThatDoesNotCount() throws {
    let paper = Bench.material("village-proof")
    func state(_ known: [KnownCertificate]) throws -> RequirementVerdict.State? {
      try self.state(known, with: paper)
    }
    #expect(try state([]) == .material(paper, isEquivalent: true))
    let seized = Bench.deed(of: Bench.company, ["specific.seized": "true"])
    #expect(try state([Bench.known(1, seized)]) == .unchecked(.doubtful(Bench.id(1), .handedIn)))
    // One that was cancelled, for the house is gone, or revoked is no deed any more.
    for state in ["03", "04"] {
      let gone = Bench.known(1, Bench.deed(of: Bench.company, state: state))
      #expect([.cancelled, .revoked].contains(gone.record.standing(on: Bench.day).state))
      #expect(try self.state([gone], with: paper) == .material(paper, isEquivalent: true))
    }
    // One that was cancelled because the unit was sold has a later one.
    let unit = "411523001001GB00001F00030012"
    let old = [
      "specific.unitNumber": unit, "specific.registeredDate": "2019-05-01", "specific.rightState": "2",
    ]
    let sold = Bench.known(1, Bench.deed(of: Bench.company, old))
    func later(_ fields: [String: String]) -> KnownCertificate {
      let new = [
        "basic.number": "豫(2021)新县不动产权第0007777号", "specific.registeredDate": "2021-05-01",
      ]
      return Bench.known(2, Bench.deed(of: Bench.zhang, new.merging(fields) { $1 }))
    }
    let named = ["specific.previousDeedNumber": "豫（2021）新县不动产权第0001234号"]
    for fields in [
      ["specific.unitNumber": unit], ["specific.unitNumber": unit, "specific.coOwnership": "1"], named,
    ] {
      #expect(try state([sold, later(fields)]) == .unchecked(.doubtful(Bench.id(1), .handedIn)))
      // That one was cancelled too: the house is gone.
      let gone = later(fields.merging(["specific.rightState": "2"]) { $1 })
      #expect(try state([sold, gone]) == .material(paper, isEquivalent: true))
    }
    // Neither beside one that was not confirmed for long.
    let held = Bench.known(1, Bench.deed(of: Bench.company), stale: true)
    #expect(try state([held]) == .unchecked(.unreachable(["data"], stale: Bench.id(1))))
    // What is of somebody else, or of another place, is no matter.
    #expect(try state([Bench.known(1, Bench.deed(of: Bench.builder))])?.word == "equivalent")
    let other = Bench.deed(
      of: Bench.company, ["specific.seized": "true"], location: "河南省信阳市新县新集镇将军路88号")
    #expect(try state([Bench.known(1, other)])?.word == "equivalent")
  }

  // MARK: The rules are those of the day of the application, and papers hold or not at the moment.

  @Test func papersHoldAtTheMomentWhateverTheDayOfTheApplication() throws {
    let later = Bench.moment.advanced(bySeconds: 60 * 86_400)
    let current = Dictionary(
      uniqueKeysWithValues: CertificateKind.allCases.map {
        ($0, SupplyReach([SupplyReach.Source(platform: "data", told: later)]))
      })
    func state(_ fields: [String: String], at moment: Timestamp) throws -> String? {
      var licence = Bench.licence
      for (path, text) in fields {
        licence[FieldSchema.field(path: path, kind: .businessLicence)!] = .date(CivilDate(iso: text)!)
      }
      let supply = try Bench.supply("330100", facts, by: Bench.company)
      return try Bench.verdict(
        supply, [Bench.known(1, licence, seen: moment)], reach: current, at: moment
      ).verdict(.subject)?.state.word
    }
    // It was renewed since.
    #expect(try state(["basic.validFrom": "2022-04-01"], at: Bench.moment) == "missing")
    #expect(try state(["basic.validFrom": "2022-04-01"], at: later) == "certificate")
    // It has ended since.
    #expect(try state(["basic.validTo": "2022-04-29"], at: Bench.moment) == "certificate")
    #expect(try state(["basic.validTo": "2022-04-29"], at: later) == "missing")
    let supply = try Bench.supply(
      "330100", facts, by: Bench.company,
      materials: [Bench.material("business-licence", validTo: "2022-04-29")]
    )
    #expect(try Bench.verdict(supply).verdict(.subject)?.state.word == "material")
    let over = try Bench.verdict(supply, [], reach: current, at: later)
    #expect(over.verdict(.subject)?.state == .missing(.notFound) && over.day == Bench.day)
  }

  @Test func nobodyIsAPersonAndAnOrganisation() throws {
    // A person's deed, and somebody who is called an organisation of that name.
    let deed = Bench.known(1, Bench.deed(of: Bench.zhang))
    let called = SupplyParty(isPerson: false, name: "张三", code: nil)
    let one = try property([deed], by: called)
    #expect(one.state == .missing(.notFound) && one.refused.isEmpty)
    // Or who has a citizen number.
    let numbered = SupplyParty(isPerson: false, name: "张三", code: Bench.zhang.code)
    #expect(try property([deed], by: numbered).state == .missing(.notAuthorised))
    // Of a deed that a company shares with a person it is an owner.
    let shared = Bench.record(
      .propertyDeed, ["specific.location": Bench.place.address],
      holders: [["name": "张三", "code": "11010519491231002X"], ["name": Bench.company.name]])
    #expect(try property([Bench.known(1, shared)]).state.word == "certificate")
  }

  @Test func silenceIsNoStanding() throws {
    var record = Bench.deed(of: Bench.company)
    record[.state] = nil
    #expect(try property([Bench.known(1, record)]).state == .unchecked(.doubtful(Bench.id(1), .standing)))
  }

  @Test func aProjectIsKnownByItsCode() throws {
    let high =
      #""voltage": 10, "capacity": 630, "customer": "other", "business": "new", "stage": "application""#
    func project(_ code: String?) throws -> String? {
      let place = SupplyPlace(address: Bench.place.address, projectCode: code)
      let verdict = try Bench.verdict(
        Bench.supply("330100", high, by: Bench.company, at: place),
        [Bench.known(1, Bench.project(of: Bench.company))])
      return verdict.verdict(.project)?.state.word
    }
    #expect(try project("2201-411523-04-01-123456") == "certificate")
    #expect(try project("2201-411523-04-01-999999") == "missing")
    // Without the code a company's project may be another of its projects.
    #expect(try project(nil) == "unchecked")
  }

  /// Platforms of approvals tell of which project a permit is, and not of whom.
  @Test func aPermitOfTheProjectThatNamesNobodyHasToBeLookedAt() throws {
    let high =
      #""voltage": 10, "capacity": 630, "customer": "other", "business": "new", "stage": "application""#
    let code = "2201-500103-04-01-123456"
    var permit = Bench.planningPermit(of: Bench.company, project: code)
    permit.holders = []
    func state(_ code: String?) throws -> RequirementVerdict.State? {
      let place = SupplyPlace(address: Bench.place.address, projectCode: code)
      return try Bench.verdict(
        Bench.supply("500103", high, by: Bench.company, at: place), [Bench.known(1, permit)]
      ).verdict(.project)?.state
    }
    #expect(try state(code) == .unchecked(.doubtful(Bench.id(1), .hidden)))
    #expect(try state("2201-500103-04-01-999999") == .missing(.notFound))
    #expect(try state(nil) == .missing(.notFound))
  }

  @Test func aVerdictNamesNobody() throws {
    let verdict = try Bench.verdict(
      Bench.supply("330100", facts, by: Bench.zhang, authorised: Bench.consent),
      [Bench.known(1, Bench.identityCard), Bench.known(2, Bench.deed(of: Bench.zhang))])
    let text = String(decoding: verdict.encoded(), as: UTF8.self)
    for secret in ["张三", "11010519491231002X", "将军路", "0001234"] { #expect(!text.contains(secret)) }
    #expect(text.contains(Bench.id(1).rawValue) && verdict.isFinal)
  }
}
