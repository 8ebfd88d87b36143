import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
import Journal
import Policies
import Registry
import SQLDatabase
import TestSupport
import Testing

@testable import Supply

/// Verdicts on a registry that is one, kept and signed.
@Suite struct SupplyDeskTests {
  private typealias Bench = SupplyBench

  static let form = #"""
    {"number": "GD-1", "region": "330100", "day": "2022-03-01",
     "facts": {"voltage": 0.4, "capacity": 100, "customer": "small-micro", "business": "new", "stage": "application"},
     "applicant": {"type": "organisation", "name": "新县光明（茶业）有限公司", "code": "91411523MA3X8L9K7C",
       "formerNames": ["新县光明茶厂"]},
     "place": {"address": "河南省信阳市新县新集镇将军路12号3幢2单元301室"}}
    """#

  static func read(_ json: String) throws -> SupplyForm {
    try SupplyForm(JSONDocument(parsing: Array(json.utf8)).root, today: Bench.day)
  }

  private typealias Site = SupplySite

  private func words(_ answer: SupplyDesk.Answer) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: answer.verdict.requirements.filter { $0.state != .notRequired }
        .map { ($0.requirement.rawValue, $0.state.word) })
  }

  @Test func theRegistryMeetsWhatItCan() async throws {
    let site = try await Site()
    try await site.store([Bench.licence, Bench.deed(of: Bench.company), Bench.identityCard])
    let (kept, answer) = try await site.desk.evaluate(try Self.read(Self.form), for: nil, at: Bench.moment)
    #expect(words(answer) == ["subject": "certificate", "property": "certificate"])
    #expect(answer.verdict.level == .zero && kept.version == 1)
    // Of a person nothing was looked at.
    #expect(answer.certificates.count == 2)
    #expect(answer.keys.contains(LookupKey(.holderCode, "91411523ma3x8l9k7c")))
    await site.close()
  }

  @Test func aDeedUnderAFormerNameIsFound() async throws {
    let site = try await Site()
    let old = SupplyParty(isPerson: false, name: "新县光明茶厂", code: nil)
    try await site.store([Bench.licence, Bench.deed(of: old)])
    let answer = try await site.desk.judge(try Self.read(Self.form).supply, for: nil, at: Bench.moment)
    #expect(words(answer)["property"] == "certificate")
    await site.close()
  }

  @Test func whatHasTakenThePlaceOfADeedIsFoundWhoeverHoldsIt() async throws {
    let site = try await Site()
    let unit = "411523001001GB00001F00030012"
    try await site.store([
      Bench.licence,
      Bench.deed(of: Bench.company, ["specific.unitNumber": unit, "specific.registeredDate": "2019-05-01"]),
      Bench.deed(
        of: Bench.zhang,
        [
          "basic.number": "豫(2021)新县不动产权第0007777号", "specific.unitNumber": unit,
          "specific.registeredDate": "2021-05-01",
        ]),
    ])
    let answer = try await site.desk.judge(try Self.read(Self.form).supply, for: nil, at: Bench.moment)
    #expect(words(answer)["property"] == "missing")
    #expect(answer.verdict.verdict(.property)?.refused.map(\.reason) == [.superseded])
    // Of somebody else's nothing is looked at but that it is there.
    #expect(answer.keys.contains(LookupKey(.unitNumber, unit)) && answer.certificates.count == 2)
    await site.close()
  }

  @Test func whoSaysToBeAnOrganisationSeesNoPersonsDeed() async throws {
    let unit = "411523001001GB00001F00030012"
    let site = try await Site()
    try await site.store([Bench.deed(of: Bench.zhang, ["specific.unitNumber": unit])])
    for applicant in [
      #""name": "新县光明（茶业）有限公司", "code": "91411523MA3X8L9K7C""#, #""name": "张三""#,
      #""name": "张三", "code": "11010519491231002X""#,
    ] {
      let form = Self.form.replacing(
        #""name": "新县光明（茶业）有限公司", "code": "91411523MA3X8L9K7C""#, with: applicant
      ).replacing(
        #""address": "#,
        with: #""unitNumber": "\#(unit)", "deedNumber": "豫(2021)新县不动产权第0001234号", "address": "#)
      let answer = try await site.desk.judge(try Self.read(form).supply, for: nil, at: Bench.moment)
      #expect(answer.certificates.isEmpty && words(answer)["property"] == "missing", "\(applicant)")
      #expect(answer.verdict.verdict(.property)?.refused.isEmpty == true)
    }
    await site.close()
  }

  /// What whoever stands for a company holds is looked up only where they agreed themselves.
  @Test func theConsentOfACompanyOpensNoDeedOfItsRepresentative() async throws {
    let owner = SupplyParty(isPerson: true, name: "李四", code: "440524188001010014")
    for (code, person, word, count) in [
      ("91411523MA3X8L9K7C", "", "missing", 0),
      ("91411523MA3X8L9K7C", #", "person": "91411523MA3X8L9K7C""#, "missing", 0),
      ("91411523MA3X8L9K7C", #", "person": "440524188001010014""#, "unchecked", 1),
      // A one-man business is nobody but its owner.
      ("92411523MA3X8L9K7C", "", "certificate", 1),
    ] {
      let site = try await Site()
      try await site.store([Bench.deed(of: owner)])
      let form = Self.form.replacing(
        #""formerNames": ["新县光明茶厂"]}"#,
        with:
          #""representative": {"name": "李四", "code": "440524188001010014"}}, "authorisation": {"means": "counter", "given": "2022-02-28T00:00:00Z"\#(person)}"#
      ).replacing(#""code": "91411523MA3X8L9K7C","#, with: #""code": "\#(code)","#)
      let (_, answer) = try await site.desk.evaluate(try Self.read(form), for: nil, at: Bench.moment)
      #expect(words(answer)["property"] == word, "\(code)\(person)")
      #expect(answer.certificates.count == count)
      #expect(answer.keys.contains(LookupKey(.holderCode, "440524188001010014")) == (count > 0))
      await site.close()
    }
  }

  /// Later deeds of a unit count by what they are, whoever holds them.
  @Test func deedsOfOthersTellStillWhetherOnesOwnWasReplaced() async throws {
    let unit = "411523001001GB00001F00030012"
    let later = [
      "basic.number": "豫(2021)新县不动产权第0007777号", "specific.unitNumber": unit,
      "specific.registeredDate": "2021-05-01",
    ]
    var shared = Bench.deed(of: Bench.zhang, later)
    shared.holders += Bench.deed(of: Bench.builder).holders
    let named = Bench.deed(
      of: Bench.zhang,
      [
        "basic.number": "豫(2021)新县不动产权第0007777号", "specific.unitNumber": unit,
        "specific.previousDeedNumber": "豫(2021)新县不动产权第0001234号",
      ])
    for (other, word) in [
      (Bench.deed(of: Bench.zhang, later), "missing"), (shared, "unchecked"), (named, "missing"),
      (Bench.deed(of: Bench.zhang, later, state: "04"), "unchecked"),
    ] {
      let site = try await Site()
      let own = ["specific.unitNumber": unit, "specific.registeredDate": "2019-05-01"]
      try await site.store([Bench.deed(of: Bench.company, own), other])
      let answer = try await site.desk.judge(try Self.read(Self.form).supply, for: nil, at: Bench.moment)
      #expect(words(answer)["property"] == word && answer.certificates.count == 1)
      await site.close()
    }
  }

  @Test func whatAPartnerSentIsKnownByItsExchange() async throws {
    let site = try await Site()
    try await site.store([Bench.licence], direction: .inbound)
    try await site.store([Bench.deed(of: Bench.company)])
    let answer = try await site.desk.judge(try Self.read(Self.form).supply, for: nil, at: Bench.moment)
    #expect(words(answer) == ["subject": "pushed", "property": "certificate"])
    await site.close()
  }

  @Test(arguments: [("project-list", "import"), ("window", "permit-entry")])
  func whatPeopleEnteredWasSentByNobody(_ platform: String, _ operation: String) async throws {
    let site = try await Site()
    try await site.store(
      [Bench.licence], direction: .inbound, platform: platform, operation: operation)
    let answer = try await site.desk.judge(try Self.read(Self.form).supply, for: nil, at: Bench.moment)
    #expect(words(answer)["subject"] == "certificate")
    #expect(answer.verdict.verdict(.subject)?.reason?.clause.description == "NDRC-1479 (六)")
    await site.close()
  }

  /// Without a day the rules are those of the day on which the form became what it is, whoever judges.
  @Test func aFormWithoutADayGoesByThatOfItsLastChange() async throws {
    let site = try await Site()
    let day = Double(86_400)
    let dayless = Self.form.replacing(#""day": "2022-03-01","#, with: "")
    func evaluate(_ json: String, after days: Double) async throws -> String? {
      let moment = Bench.moment.advanced(bySeconds: days * day)
      let form = try SupplyForm(
        JSONDocument(parsing: Array(json.utf8)).root,
        today: moment.civil(offsetSeconds: UTCOffset.china).date)
      let kept = try await site.desk.evaluate(form, for: nil, at: moment).kept
      return try kept.document.root["verdict"]?["day"]?.string
    }
    #expect(try await evaluate(dayless, after: 0) == "2022-03-01")
    #expect(try await evaluate(dayless, after: 10) == "2022-03-01")
    let grown = dayless.replacing("新县光明茶厂", with: "新县光明茶社")
    #expect(try await evaluate(grown, after: 12) == "2022-03-13")
    #expect(try await evaluate(grown, after: 20) == "2022-03-13")
    #expect(try await evaluate(Self.form, after: 21) == "2022-03-01")
    await site.close()
  }

  @Test func whatWasNotReadIsNotMissing() async throws {
    let deeds = (1...3).map {
      Bench.deed(
        of: Bench.company, ["basic.number": "豫(2021)新县不动产权第000777\($0)号"], location: "新县解放路9\($0)号")
    }
    for (most, word) in [(2, "unchecked"), (500, "missing")] {
      let site = try await Site(most: most)
      try await site.store(deeds)
      let answer = try await site.desk.judge(try Self.read(Self.form).supply, for: nil, at: Bench.moment)
      #expect(words(answer)["property"] == word)
      await site.close()
    }
  }

  @Test func aPlatformThatIsHeldLeavesItsRecordToBeConfirmed() async throws {
    let site = try await Site(reach: Bench.down, isStale: true)
    try await site.store([Bench.licence])
    let answer = try await site.desk.judge(try Self.read(Self.form).supply, for: nil, at: Bench.moment)
    #expect(words(answer) == ["subject": "unchecked", "property": "unchecked"])
    #expect(answer.verdict.asks.isEmpty && !answer.verdict.isFinal)
    await site.close()
  }

  @Test func verdictsAreSignedAndKeptVersionByVersion() async throws {
    let site = try await Site()
    try await site.store([Bench.licence])
    let form = try Self.read(Self.form)
    let (first, _) = try await site.desk.evaluate(form, for: nil, at: Bench.moment)
    try await site.store([Bench.deed(of: Bench.company)])
    let (second, _) = try await site.desk.evaluate(
      form, for: nil, at: Bench.moment.advanced(byMilliseconds: 1))
    #expect(first.application == second.application && second.version == 2)
    for kept in [first, second] {
      let read = try await site.desk.store.verdict(kept.application, version: kept.version)
      #expect(read.statement == kept.statement && read.number == "GD-1")
      let key = try SM2.PublicKey(bytes: read.publicKey)
      #expect(try key.isValid(encodedSignature: read.signature, for: read.statement))
      var altered = read.statement
      altered[altered.count - 3] ^= 1
      #expect(try !key.isValid(encodedSignature: read.signature, for: altered))
    }
    let latest = try await site.desk.store.verdict(first.application)
    #expect(latest.version == 2)
    #expect(try latest.document.root["verdict"]?["level"]?.string == "zero")
    #expect(
      try await site.desk.store.verdict(first.application, version: 1).document.root["verdict"]?["level"]?
        .string
        == "one")
    await #expect(throws: SupplyError.self) {
      try await site.desk.store.verdict(SupplyApplicationID(rawValue: 99))
    }
    await site.close()
  }

  @Test func aNumberStandsForOneApplicant() async throws {
    let site = try await Site()
    let (kept, _) = try await site.desk.evaluate(try Self.read(Self.form), for: nil, at: Bench.moment)
    // The form may grow, and the name be corrected.
    let more = Self.form.replacing("光明（茶业）", with: "光明茶业").replacing(
      #""place":"#,
      with:
        #""materials": [{"code": "property-deed", "sm3": "\#(String(repeating: "0f", count: 32))"}], "place":"#
    )
    let (second, answer) = try await site.desk.evaluate(try Self.read(more), for: nil, at: Bench.moment)
    #expect(second.application == kept.application && second.version == 2)
    #expect(words(answer)["property"] == "material")
    let other = Self.form.replacing("91411523MA3X8L9K7C", with: "91410100MA44444444")
    do {
      _ = try await site.desk.evaluate(try Self.read(other), for: nil, at: Bench.moment)
      Issue.record("somebody else got the application")
    } catch let error as SupplyError {
      #expect(error.code == .numberTaken)
    }
    await site.close()
  }

  /// 零证预约 by telephone has a name, the formal application the code.
  @Test func anApplicationGetsItsCodeLater() async throws {
    let site = try await Site()
    func evaluate(_ json: String) async throws -> SupplyError.Code? {
      do {
        let (kept, _) = try await site.desk.evaluate(try Self.read(json), for: nil, at: Bench.moment)
        #expect(kept.application.rawValue == 1)
        return nil
      } catch let error as SupplyError {
        return error.code
      }
    }
    let unnamed = Self.form.replacing(#""code": "91411523MA3X8L9K7C","#, with: "")
    let other = Self.form.replacing("91411523MA3X8L9K7C", with: "91410100MA44444444")
    let corrected = Self.form.replacing("光明（茶业）", with: "光明茶业")
    #expect(try await evaluate(unnamed) == nil)
    // Of another name, or a person of the same.
    #expect(try await evaluate(unnamed.replacing("光明（茶业）", with: "远方")) == .numberTaken)
    #expect(try await evaluate(Self.form.replacing("光明（茶业）", with: "远方")) == .numberTaken)
    #expect(try await evaluate(Self.form.replacing("organisation", with: "person")) == .numberTaken)
    #expect(try await evaluate(Self.form) == nil)
    #expect(try await evaluate(other) == .numberTaken)
    #expect(try await evaluate(corrected) == nil)
    #expect(try await evaluate(Self.form) == nil)
    // One that leaves the code out again opens the application to no other code.
    #expect(try await evaluate(unnamed) == nil)
    #expect(try await evaluate(other) == .numberTaken)
    #expect(try await evaluate(Self.form) == nil)
    let latest = try await site.desk.store.verdict(SupplyApplicationID(rawValue: 1))
    #expect(latest.version == 6)
    await site.close()
  }

  @Test func nothingLiesThereInClear() async throws {
    let site = try await Site()
    let person = Self.form.replacing("organisation", with: "person")
      .replacing("新县光明（茶业）有限公司", with: "张三").replacing("91411523MA3X8L9K7C", with: "11010519491231002X")
      .replacing(
        #""place":"#,
        with: #""authorisation": {"means": "counter", "given": "2022-02-28T00:00:00Z"}, "place":"#)
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let (_, answer) = try await site.desk.evaluate(try Self.read(person), for: nil, at: Bench.moment)
    #expect(words(answer) == ["subject": "certificate", "property": "certificate"])
    let columns = try await site.database.read { reader in
      try reader.query("SELECT form, applicant, content FROM supply_application") {
        $0.blob(0) + $0.blob(1) + $0.blob(2)
      }
        + reader.query("SELECT sealed FROM supply_verdict") { $0.blob(0) }
    }
    #expect(columns.count == 2)
    for bytes in columns {
      for secret in ["张三", "11010519491231002X", "将军路", "subject"] {
        #expect(!Self.contains(bytes, Array(secret.utf8)))
      }
    }
    await site.close()
  }

  @Test func aRotationReachesFormsAndVerdicts() async throws {
    let site = try await Site()
    for number in 1...3 {
      let form = try Self.read(Self.form.replacing("GD-1", with: "GD-\(number)"))
      _ = try await site.desk.evaluate(form, for: nil, at: Bench.moment)
    }
    #expect(try await site.desk.store.countOutdated(after: 0, limit: 10).outdated == 0)
    let keys = try await RegistryKeys.rotate(site.database, ring: site.ring)
    let store = SupplyStore(database: site.database, keys: keys)
    #expect(try await store.countOutdated(after: 0, limit: 10).outdated == 6)
    let step = try await store.resealOutdated(after: 0, limit: 2)
    #expect(step.next == 2 && step.resealed == 4)
    #expect(try await store.resealOutdated(after: 2, limit: 2).resealed == 2)
    #expect(try await store.countOutdated(after: 0, limit: 10).outdated == 0)
    #expect(try await store.verdict(SupplyApplicationID(rawValue: 3)).number == "GD-3")
    await site.close()
  }

  @Test func whatIsErasedIsGoneAndItsNumberStays() async throws {
    let site = try await Site()
    let form = try Self.read(Self.form)
    let (kept, _) = try await site.desk.evaluate(form, for: nil, at: Bench.moment)
    _ = try await site.desk.evaluate(form, for: nil, at: Bench.moment)
    let store = site.desk.store
    func erase() async throws -> Int? {
      try await site.database.write { try store.erase(kept.application, in: $0, now: Bench.moment) }
    }
    #expect(try await erase() == 2)
    #expect(try await erase() == nil)
    let left = try await site.database.read { reader in
      try reader.int(
        "SELECT sum(length(form)) + (SELECT sum(length(sealed)) FROM supply_verdict) FROM supply_application")
    }
    #expect(left == 0)
    for attempt in [
      { _ = try await store.verdict(kept.application) },
      { _ = try await site.desk.evaluate(form, for: nil, at: Bench.moment) },
    ] as [() async throws -> Void] {
      do {
        try await attempt()
        Issue.record("what was erased came back")
      } catch let error as SupplyError {
        #expect(error.code == .erased)
      }
    }
    _ = try await RegistryKeys.rotate(site.database, ring: site.ring)
    #expect(try await store.resealOutdated(after: 0, limit: 10).resealed == 0)
    await site.close()
  }

  private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    guard bytes.count >= part.count else { return false }
    return (0...(bytes.count - part.count)).contains { bytes[$0..<($0 + part.count)].elementsEqual(part) }
  }

  @Test func aNumberThatIsSomebodysIsRefused() throws {
    for number in [
      "11010519491231002X", "GD-11010519491231002X-1", "", "a b", String(repeating: "9", count: 65),
    ] {
      #expect(throws: SupplyFormError.self) { _ = try Self.read(Self.form.replacing("GD-1", with: number)) }
    }
    #expect(try Self.read(Self.form.replacing("GD-1", with: "GD-2026-001700000000000001")).number.count == 26)
  }

  @Test func everythingThatIsWrongWithAFormIsSaidAtOnce() throws {
    let wrong = #"""
      {"number": "张三", "region": "3301", "day": "soon", "facts": {"volts": 1, "applicant": "person"},
       "applicant": {"type": "firm", "name": "张*", "formerNames": [1], "more": 1}, "place": {},
       "materials": [{"code": "Deed", "sm3": "ab", "earlier": "x"}, 7], "contractor": [],
       "authorisation": {"means": "word", "scope": ["passport"]}, "other": 1}
      """#
    do {
      _ = try Self.read(wrong)
      Issue.record("the form was read")
    } catch let error as SupplyFormError {
      let pointers = Set(error.faults.map(\.pointer))
      for pointer in [
        "", "/number", "/region", "/day", "/facts", "/applicant", "/applicant/type", "/applicant/name",
        "/applicant/formerNames", "/place/address", "/materials/0/code", "/materials/0/sm3",
        "/materials/0", "/materials/1", "/contractor", "/authorisation/means",
        "/authorisation/given", "/authorisation/scope",
      ] {
        #expect(pointers.contains(pointer), "\(pointer)")
      }
      #expect(!error.description.contains("张"))
    }
  }
}
