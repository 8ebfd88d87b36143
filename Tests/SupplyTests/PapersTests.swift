import Applications
import Authorisations
import Certificates
import Changes
import CivilTime
import Crypto
import Documents
import Exchanges
import Materials
import Policies
import Registry
import SQLDatabase
import Supply
import Synchronization
import TestSupport
import Testing

/// What customers handed in and agreed to, in verdicts: reuse for other business, authorisation, expiry, revocation.
@Suite struct PapersTests {
  private typealias Bench = SupplyBench

  private static let asker = SupplyAsker(purpose: "supply-application", operator: "柜台3", requestID: "req-1")
  private static let address = "河南省信阳市新县新集镇将军路12号3幢2单元301室"
  private static let deedNumber = "豫(2021)新县不动产权第0001234号"
  private static let person = PaperHolder(isPerson: true, name: "张三", code: "11010519491231002X")
  private static let company = PaperHolder(
    isPerson: false, name: "新县光明（茶业）有限公司", code: "91411523MA3X8L9K7C")

  /// A resident's application, or a company's.
  private static func form(
    _ number: String = "GD-2", ofPerson: Bool = false, more: String = ""
  ) throws -> SupplyForm {
    let applicant =
      ofPerson
      ? #"{"type": "person", "name": "张三", "code": "11010519491231002X"}"#
      : #"{"type": "organisation", "name": "新县光明（茶业）有限公司", "code": "91411523MA3X8L9K7C"}"#
    return try SupplyDeskTests.read(
      """
      {"number": "\(number)", "region": "330100", "day": "2022-03-01",
       "facts": {"voltage": 0.4, "capacity": 100, "customer": "small-micro", "business": "new", "stage": "application"},
       "applicant": \(applicant), "place": {"address": "\(address)"}\(more)}
      """)
  }

  private static func material(
    _ holder: PaperHolder = company, code: String = "property-deed", at address: String? = address,
    number: String? = deedNumber, validTo: String? = nil, application: String? = "GD-1",
    content: String = "deed"
  ) -> NewMaterial {
    let bytes = Array(content.utf8)
    return NewMaterial(
      code: code, kind: CertificateKind(rawValue: code), holder: holder, number: number,
      validTo: validTo.flatMap { CivilDate(iso: $0) }, place: MaterialPlace(address: address),
      business: "new", application: application, channel: "counter", operator: "拟经办",
      file: Applications.Attachment(
        name: "a.pdf", mediaType: "application/pdf", bytes: bytes, sm3: Hex.encode(Digest.sm3.hash(bytes))))
  }

  private static func consent(
    _ holder: PaperHolder = person, means: AuthorisationMeans = .counter, until: Timestamp? = nil,
    kinds: Set<CertificateKind>? = nil, purpose: String = "supply-application", application: String? = nil
  ) -> NewAuthorisation {
    NewAuthorisation(
      means: means, holder: holder, given: Bench.moment.advanced(bySeconds: -3600), until: until,
      kinds: kinds, purposes: [purpose], application: application, channel: "counter", operator: "拟经办")
  }

  private static let before = Bench.moment.advanced(bySeconds: -86_400)

  private func words(_ answer: SupplyDesk.Answer) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: answer.verdict.requirements.filter { $0.state != .notRequired }
        .map { ($0.requirement.rawValue, $0.state.word) })
  }

  private func evaluate(
    _ site: SupplySite, _ form: SupplyForm, at moment: Timestamp = Bench.moment
  ) async throws -> (kept: KeptVerdict, words: [String: String], answer: SupplyDesk.Answer) {
    let (kept, answer) = try await site.desk.evaluate(form, for: Self.asker, at: moment)
    return (kept, words(answer), answer)
  }

  // MARK: 四免 (3): handed in for other business, and still valid.

  @Test func whatWasHandedInForOneBusinessIsUsedForAnother() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence])
    let first = try await evaluate(site, try Self.form("GD-1"))
    #expect(first.words["property"] == "missing")
    let (material, isNew) = try await site.desk.counter.handIn(Self.material(), at: Self.before)
    #expect(isNew)
    // For the application that it was handed in for the customer has brought it, and for another one nothing.
    let own = try await evaluate(site, try Self.form("GD-1"))
    #expect(own.words["property"] == "material" && own.answer.verdict.level == .one)
    let other = try await evaluate(site, try Self.form())
    #expect(other.words == ["subject": "certificate", "property": "earlier-material"])
    #expect(other.answer.verdict.level == .zero && other.answer.verdict.asks.isEmpty)
    let property = try #require(other.answer.verdict.verdict(.property))
    #expect(property.reason?.clause.description == "HZ-340 任务七")
    let evidence = try other.kept.document.root["verdict"]?["requirements"]?.elements
      .first { $0["requirement"]?.string == "property" }?["evidence"]
    #expect(
      evidence?["kept"]?.integer == Int(material.id.rawValue) && evidence?["earlier"]?.string == "2022-02-28")
    #expect(try other.kept.materials == [material.id])
    await site.close()
  }

  /// The same file is kept once, and was brought for each application that it was handed in for.
  @Test func whatIsHandedInOnceMoreCountsForTheSecondApplicationToo() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence])
    let counter = site.desk.counter
    let (material, _) = try await counter.handIn(Self.material(at: nil, number: nil), at: Self.before)
    let second = try await evaluate(site, try Self.form())
    #expect(second.words["property"] == "missing")
    let again = Self.material(at: nil, number: nil, application: "GD-2")
    let handedIn = try await counter.handIn(again, at: Bench.moment)
    #expect(handedIn.material.id == material.id && !handedIn.isNew)
    #expect(try await site.work() == 1)
    let latest = try await site.desk.store.verdict(second.kept.application)
    #expect(try latest.version == 2 && latest.materials == [material.id])
    #expect(try await evaluate(site, try Self.form()).words["property"] == "material")
    #expect(try await evaluate(site, try Self.form("GD-1")).words["property"] == "material")
    _ = try await counter.handIn(again, at: Bench.moment)
    #expect(try await site.work() == 0)
    #expect(try await counter.erase(material.id, at: Bench.moment))
    #expect(try await counter.materials.handedIn(forApplication: "GD-2").isEmpty)
    await site.close()
  }

  @Test func onlyWhatIsAboutThisPlaceAndThesePeopleIsUsed() async throws {
    for (word, new) in [
      ("another place", Self.material(at: "新县解放路9号")), ("no place", Self.material(at: nil)),
      ("somebody else's", Self.material(Self.person)),
      ("another paper", Self.material(code: "identity-card")),
      ("over", Self.material(validTo: "2022-02-28")),
    ] {
      let site = try await SupplySite()
      try await site.store([Bench.licence])
      _ = try await site.desk.counter.handIn(new, at: Self.before)
      #expect(try await evaluate(site, try Self.form()).words["property"] == "missing", "\(word)")
      await site.close()
    }
    // The last day counts; and what is handed in for this application is about it, whether or not it says where.
    for new in [Self.material(validTo: "2022-03-01"), Self.material(at: nil, application: "GD-2")] {
      let site = try await SupplySite()
      _ = try await site.desk.counter.handIn(new, at: Self.before)
      #expect(try await evaluate(site, try Self.form()).words["property"] != "missing")
      await site.close()
    }
  }

  @Test func aPaperOfWhichPlatformsSayOtherwiseIsNotUsed() async throws {
    let site = try await SupplySite()
    _ = try await site.desk.counter.handIn(Self.material(), at: Self.before)
    #expect(try await evaluate(site, try Self.form()).words["property"] == "earlier-material")
    // The deed that it shows was cancelled.
    try await site.store([Bench.licence, Bench.deed(of: Bench.company, state: "03")])
    let after = try await evaluate(site, try Self.form())
    #expect(after.words["property"] == "missing")
    #expect(after.answer.verdict.verdict(.property)?.refused.count == 1)
    await site.close()
  }

  @Test func whatWasTakenBackStandsForNothingAndVerdictsFollow() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence])
    let waiting = try await evaluate(site, try Self.form())
    #expect(waiting.words["property"] == "missing")
    let counter = site.desk.counter
    let (material, _) = try await counter.handIn(Self.material(), at: Bench.moment)
    #expect(try await site.work() == 1)
    let met = try await site.desk.store.verdict(waiting.kept.application)
    #expect(try met.version == 2 && met.document.root["verdict"]?["level"]?.string == "zero")
    #expect(
      try await site.feed.page(after: 0, kinds: [.supplyChanged], limit: 10).changes.map(\.subject) == [
        "supply-\(waiting.kept.application)"
      ])
    // The same once more is nothing new.
    #expect(try await !counter.handIn(Self.material(), at: Bench.moment).isNew)
    #expect(try await site.work() == 0)
    let signOff = try SignOff(name: "拟经办", reason: "录错")
    _ = try await counter.withdraw(material.id, by: signOff, at: Bench.moment)
    // Before anybody has worked: the next look is judged anew.
    let looked = try await site.desk.verdict(waiting.kept.application, at: Bench.moment)
    #expect(try looked.version == 3 && looked.document.root["verdict"]?["level"]?.string == "one")
    #expect(try await site.work() == 1)
    #expect(try await site.desk.store.verdict(waiting.kept.application).version == 3)
    await site.close()
  }

  // MARK: Authorisation.

  @Test func nothingOfAPersonIsLookedUpOrShownWithoutOne() async throws {
    let asked = Mutex(0)
    let site = try await SupplySite { _ in
      [
        SupplyQuery(platform: "city", operation: "cards", kinds: [.identityCard], needs: [.holderCode]) { _ in
          asked.withLock { $0 += 1 }
          return .failed(code: "x", exchange: nil)
        }
      ]
    }
    try await site.store([Bench.deed(of: Bench.zhang)])
    let without = try await evaluate(site, try Self.form(ofPerson: true))
    #expect(without.words == ["subject": "missing", "property": "missing"])
    #expect(without.answer.certificates.isEmpty && asked.withLock { $0 } == 0)
    #expect(without.answer.keys.isEmpty)
    #expect(try without.kept.authorisations == [])
    // One that is not about this is none.
    let counter = site.desk.counter
    for other in [
      Self.consent(purpose: "transfer"), Self.consent(application: "GD-9"),
      Self.consent(PaperHolder(isPerson: true, name: "张三", code: "440524188001010014")),
      Self.consent(until: Bench.moment),
    ] {
      _ = try await counter.authorise(other, at: Bench.moment)
      let still = try await evaluate(site, try Self.form(ofPerson: true))
      #expect(still.words == ["subject": "missing", "property": "missing"] && asked.withLock { $0 } == 0)
    }
    // One for deeds is one for deeds.
    let (deeds, _) = try await counter.authorise(Self.consent(kinds: [.propertyDeed]), at: Bench.moment)
    let some = try await evaluate(site, try Self.form(ofPerson: true))
    #expect(some.words == ["subject": "missing", "property": "certificate"] && asked.withLock { $0 } == 0)
    #expect(try some.kept.authorisations == [deeds.id])
    let (all, _) = try await counter.authorise(Self.consent(), at: Bench.moment)
    let whole = try await evaluate(site, try Self.form(ofPerson: true))
    #expect(whole.words == ["subject": "unchecked", "property": "certificate"] && asked.withLock { $0 } == 1)
    #expect(try whole.kept.authorisations == [deeds.id, all.id])
    await site.close()
  }

  @Test func whatIsGivenAndRevokedHasVerdictsJudgedAnew() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let first = try await evaluate(site, try Self.form(ofPerson: true))
    #expect(first.words == ["subject": "missing", "property": "missing"])
    let id = first.kept.application
    let (given, _) = try await site.desk.counter.authorise(Self.consent(), at: Bench.moment)
    #expect(try await site.work() == 1)
    let second = try await site.desk.store.verdict(id)
    #expect(try second.version == 2 && second.certificates.count == 2)
    _ = try await site.desk.counter.revoke(
      given.id, by: try SignOff(name: "拟经办", reason: "本人撤回"), at: Bench.moment.advanced(bySeconds: 60))
    // Nobody has worked yet, and nothing of it is shown any more.
    let later = Bench.moment.advanced(bySeconds: 61)
    let looked = try await site.desk.verdict(id, at: later)
    #expect(try looked.version == 3 && looked.certificates == [] && looked.authorisations == [])
    // What was signed stays to be seen by whoever names it.
    #expect(try await site.desk.verdict(id, version: 2, at: later).version == 2)
    #expect(try await site.work(at: later) == 1)
    #expect(try await site.desk.store.verdict(id).version == 3)
    let told = try await site.feed.page(after: 0, kinds: [.supplyChanged], limit: 10).changes
    #expect(told.count == 2)
    await site.close()
  }

  @Test func oneThatHasEndedHoldsNoMoreAtTheNextLook() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let until = Bench.moment.advanced(bySeconds: 3600)
    _ = try await site.desk.counter.authorise(Self.consent(until: until), at: Bench.moment)
    let id = try await evaluate(site, try Self.form(ofPerson: true)).kept.application
    func seen(_ moment: Timestamp) async throws -> Int {
      try await site.desk.verdict(id, at: moment).certificates.count
    }
    #expect(try await seen(until.advanced(byMilliseconds: -1)) == 2)
    #expect(try await seen(until) == 0)
    #expect(try await site.desk.store.verdict(id).version == 2)
    #expect(try await seen(until.advanced(bySeconds: 60)) == 0)
    #expect(try await site.desk.store.verdict(id).version == 2)
    await site.close()
  }

  @Test func whatAFormSaysIsKeptOnceAndCanBeRevoked() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let more = #", "authorisation": {"means": "counter", "given": "2022-02-28T00:00:00Z", "reference": "7号"}"#
    let form = try Self.form(ofPerson: true, more: more)
    let first = try await evaluate(site, form)
    #expect(first.words == ["subject": "certificate", "property": "certificate"])
    let kept = try await site.desk.counter.authorisations.authorisations(of: Self.person)
    #expect(kept.count == 1 && kept.first?.application == "GD-2" && kept.first?.reference == "7号")
    #expect(kept.first?.purposes == ["supply-application"] && kept.first?.operator == "柜台3")
    #expect(try first.kept.authorisations == kept.map(\.id))
    _ = try await evaluate(site, form)
    #expect(try await site.desk.counter.authorisations.authorisations(of: Self.person).count == 1)
    // It is about this application, and about no other.
    let other = try await evaluate(site, try Self.form("GD-3", ofPerson: true))
    #expect(other.words == ["subject": "missing", "property": "missing"])
    let id = try #require(kept.first).id
    _ = try await site.desk.counter.revoke(
      id, by: try SignOff(name: "拟经办", reason: "本人撤回"), at: Bench.moment)
    // The form still says it, and it was taken back.
    let after = try await evaluate(site, form)
    #expect(after.words == ["subject": "missing", "property": "missing"])
    await site.close()
  }

  @Test func aFormMayNameWhatIsKept() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let (given, _) = try await site.desk.counter.authorise(Self.consent(), at: Bench.moment)
    let named = try Self.form(ofPerson: true, more: #", "authorisation": {"id": \#(given.id)}"#)
    #expect(try await evaluate(site, named).words == ["subject": "certificate", "property": "certificate"])
    let (material, _) = try await site.desk.counter.handIn(Self.material(), at: Self.before)
    _ = try await evaluate(site, try Self.form("GD-4", more: #", "materials": [{"id": \#(material.id)}]"#))
    for (number, more) in [
      ("GD-5", #", "authorisation": {"id": 99}"#), ("GD-6", #", "authorisation": {"id": \#(given.id)}"#),
      ("GD-7", #", "materials": [{"id": 99}]"#),
    ] {
      // The authorisation is a person's, and the applicant a company.
      await #expect { _ = try await evaluate(site, try Self.form(number, more: more)) } throws: { error in
        (error as? SupplyError)?.code == .unfit
      }
    }
    await #expect {
      _ = try await evaluate(
        site, try Self.form("GD-8", ofPerson: true, more: #", "materials": [{"id": \#(material.id)}]"#))
    } throws: { ($0 as? SupplyError)?.code == .unfit }
    for wrong in [
      #", "authorisation": {"id": 1, "means": "face"}"#, #", "authorisation": {"id": "x"}"#,
      #", "materials": [{"id": 1, "code": "property-deed"}]"#,
      #", "materials": [{"code": "property-deed", "sm3": "\#(String(repeating: "0f", count: 32))", "earlier": "2021-01-01"}]"#,
      #", "authorisation": {"means": "face", "given": "2022-02-28T00:00:00Z", "revoked": "2022-02-28T00:00:00Z"}"#,
    ] {
      #expect(throws: SupplyFormError.self) { try Self.form(more: wrong) }
    }
    await site.close()
  }

  @Test func aFaceIsKnownForTheApplicationThatItWasShownFor() async throws {
    let resident =
      #""facts": {"voltage": 0.22, "capacity": 8, "customer": "resident", "business": "new", "stage": "application"}"#
    func form(_ number: String, more: String = "") throws -> SupplyForm {
      try SupplyDeskTests.read(
        """
        {"number": "\(number)", "region": "320400", "day": "2022-03-01", \(resident),
         "applicant": {"type": "person", "name": "张三", "code": "11010519491231002X"},
         "place": {"address": "\(Self.address)"}\(more)}
        """)
    }
    let site = try await SupplySite()
    let counter = site.desk.counter
    _ = try await counter.authorise(Self.consent(means: .face, application: "GD-1"), at: Bench.moment)
    #expect(try await evaluate(site, try form("GD-1")).words["subject"] == "face")
    #expect(try await evaluate(site, try form("GD-2")).words["subject"] != "face")
    // Nor does one of which nobody has said whose face it was.
    let unknown = try form(
      "GD-4", more: #", "authorisation": {"means": "face", "given": "2022-02-28T00:00:00Z"}"#)
    #expect(try await evaluate(site, unknown).words["subject"] != "face")
    let known = try form(
      "GD-5",
      more:
        #", "authorisation": {"means": "face", "given": "2022-02-28T00:00:00Z", "person": "11010519491231002X"}"#
    )
    #expect(try await evaluate(site, known).words["subject"] == "face")
    // One for all applications lets papers be looked up, and says nothing of who sits there now.
    _ = try await counter.authorise(Self.consent(means: .face), at: Bench.moment)
    #expect(try await evaluate(site, try form("GD-3")).words["subject"] != "face")
    await site.close()
  }

  // MARK: Comparing a material with what platforms say.

  @Test func aMaterialIsComparedWithTheRegistry() async throws {
    let site = try await SupplySite()
    let desk = site.desk
    let (material, _) = try await desk.counter.handIn(Self.material(), at: Self.before)
    func check() async throws -> MaterialCheck? {
      try await desk.verify(material.id, for: Self.asker, at: Bench.moment).material.check
    }
    #expect(try await check() == MaterialCheck(.unchecked, [.notFound], at: Bench.moment))
    try await site.store([Bench.deed(of: Bench.company)])
    let agreed = try await desk.verify(material.id, for: Self.asker, at: Bench.moment)
    #expect(agreed.material.check?.state == .agrees && agreed.certificates.count == 1)
    #expect(agreed.keys == [LookupKey(.number, Self.deedNumber)])
    #expect(try await desk.counter.materials.material(material.id).check?.at == Bench.moment)
    await site.close()
  }

  @Test func whatDiffersIsNotUsedAndVerdictsFollow() async throws {
    let site = try await SupplySite()
    let (material, _) = try await site.desk.counter.handIn(Self.material(), at: Self.before)
    let first = try await evaluate(site, try Self.form())
    #expect(first.words["property"] == "earlier-material")
    // Somebody else holds the deed of this number: it is not found by who applies.
    try await site.store([Bench.deed(of: Bench.builder)])
    _ = try await site.work()
    let verified = try await site.desk.verify(material.id, for: Self.asker, at: Bench.moment)
    #expect(verified.material.check?.reasons == [.holder])
    #expect(try await site.work() >= 1)
    let after = try await site.desk.store.verdict(first.kept.application)
    #expect(try after.version == 2 && after.materials == [])
    await site.close()
  }

  @Test func aPersonsMaterialIsComparedOnlyByAuthorisation() async throws {
    let asked = Mutex<[String]>([])
    let site = try await SupplySite { teller in
      [
        SupplyQuery(platform: "city", operation: "deeds", kinds: [.propertyDeed], needs: [.number]) {
          question in
          asked.withLock { $0.append(question.texts[.number] ?? "") }
          guard let id = try? await teller.tell([Bench.deed(of: Bench.zhang)], at: Bench.moment) else {
            return .failed(code: "x", exchange: nil)
          }
          return .told(.init(exchange: id, received: Bench.moment, isWhole: true))
        }
      ]
    }
    let (material, _) = try await site.desk.counter.handIn(Self.material(Self.person), at: Self.before)
    let without = try await site.desk.verify(material.id, for: Self.asker, at: Bench.moment)
    #expect(without.material.check?.reasons == [.notAuthorised] && without.keys.isEmpty)
    #expect(asked.withLock { $0 }.isEmpty)
    _ = try await site.desk.counter.authorise(Self.consent(kinds: [.identityCard]), at: Bench.moment)
    _ = try await site.desk.counter.authorise(Self.consent(purpose: "transfer"), at: Bench.moment)
    #expect(
      try await site.desk.verify(material.id, for: Self.asker, at: Bench.moment).material.check?.reasons == [
        .notAuthorised
      ])
    _ = try await site.desk.counter.authorise(Self.consent(kinds: [.propertyDeed]), at: Bench.moment)
    let with = try await site.desk.verify(material.id, for: Self.asker, at: Bench.moment)
    #expect(with.material.check?.state == .agrees && asked.withLock { $0 } == [Self.deedNumber])
    await site.close()
  }

  /// Who says that a paper is an organisation's is told nothing of the person whose it is.
  @Test func aPersonsDeedIsNotComparedAsAnOrganisations() async throws {
    let asked = Mutex<[String]>([])
    let site = try await SupplySite { _ in
      [
        SupplyQuery(platform: "city", operation: "deeds", kinds: [.propertyDeed], needs: [.number]) {
          question in
          asked.withLock { $0.append(question.texts[.number] ?? "") }
          return .failed(code: "x", exchange: nil)
        }
      ]
    }
    let (material, _) = try await site.desk.counter.handIn(Self.material(), at: Self.before)
    try await site.store([Bench.deed(of: Bench.zhang)])
    let without = try await site.desk.verify(material.id, for: Self.asker, at: Bench.moment)
    #expect(without.material.check?.reasons == [.notAuthorised] && without.certificates.isEmpty)
    #expect(asked.withLock { $0 }.isEmpty)
    await site.close()
  }

  /// 注册号 of before 2015: its own deed is compared without an authorisation, and no person's with that number.
  @Test(arguments: [("新县光明（茶业）有限公司", true), ("李四", false)])
  func aDeedOfACompanyWithAnOldNumberIsComparedWithItsOwn(_ holder: String, _ isItsOwn: Bool) async throws {
    let old = "330106000123458"
    let site = try await SupplySite()
    let company = PaperHolder(isPerson: false, name: Self.company.name, code: old)
    let (material, _) = try await site.desk.counter.handIn(Self.material(company), at: Self.before)
    try await site.store([
      Bench.deed(of: SupplyParty(isPerson: !isItsOwn, name: holder, code: old))
    ])
    let verified = try await site.desk.verify(material.id, for: Self.asker, at: Bench.moment)
    let check = try #require(verified.material.check)
    #expect(check.state == (isItsOwn ? .agrees : .unchecked))
    #expect(check.reasons == (isItsOwn ? [] : [.notAuthorised]))
    #expect(verified.certificates.count == (isItsOwn ? 1 : 0))
    await site.close()
  }

  @Test func nothingOfAnybodyIsPlainInTheSite() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    _ = try await site.desk.counter.handIn(Self.material(Self.person), at: Self.before)
    _ = try await site.desk.counter.authorise(Self.consent(), at: Bench.moment)
    _ = try await evaluate(site, try Self.form(ofPerson: true))
    let tables = try await site.database.read { reader in
      try reader.query("SELECT name FROM sqlite_master WHERE type = 'table'") { $0.text(0) }
    }
    var seen = 0
    for table in tables {
      let columns = try await site.database.read { reader in
        try reader.query("SELECT name FROM pragma_table_info('\(table)')") { $0.text(0) }
      }
      for column in columns {
        let values = try await site.database.read { reader in
          try reader.query(
            "SELECT lower(hex(CAST(\"\(column)\" AS BLOB))) FROM \(table) WHERE \"\(column)\" IS NOT NULL"
          ) {
            $0.text(0)
          }
        }
        seen += values.count
        for secret in ["张三", "11010519491231002X", "0001234", "将军路", "拟经办", "柜台3"] {
          let hex = Hex.encode(Array(secret.utf8)).lowercased()
          #expect(!values.contains { $0.contains(hex) }, "\(table).\(column) has \(secret)")
        }
      }
    }
    #expect(seen > 50)
    await site.close()
  }
}
