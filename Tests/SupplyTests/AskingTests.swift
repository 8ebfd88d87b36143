import Authorisations
import Certificates
import Changes
import CivilTime
import Documents
import Exchanges
import Policies
import Registry
import SQLDatabase
import Synchronization
import Testing

@testable import Supply

/// Platforms that are asked while a customer waits: which, for what, how long, and what becomes of what they say.
@Suite struct AskingTests {
  private typealias Bench = SupplyBench

  private static let asker = SupplyAsker(
    purpose: "supply-application", operator: "柜台3", item: "X-1", requestID: "req-1")

  /// What was asked of whom.
  private final class Notes: Sendable {
    private let all = Mutex<[String]>([])
    var list: [String] { all.withLock { $0 } }
    func add(_ note: String) { all.withLock { $0.append(note) } }
  }

  /// A door that holds up whoever comes before it is opened.
  private final class Door: Sendable {
    private let waiters = Mutex<[CheckedContinuation<Void, Never>]?>([])
    func pass() async {
      await withCheckedContinuation { continuation in
        let isOpen = waiters.withLock { waiters in
          waiters?.append(continuation)
          return waiters == nil
        }
        if isOpen { continuation.resume() }
      }
    }
    func open() {
      let waiting = waiters.withLock { waiters in
        defer { waiters = nil }
        return waiters ?? []
      }
      for one in waiting { one.resume() }
    }
  }

  private final class Switch: Sendable {
    private let state = Mutex(false)
    var isOn: Bool { state.withLock { $0 } }
    func turnOn() { state.withLock { $0 = true } }
  }

  private static func source(
    _ operation: String, _ kinds: Set<CertificateKind>, by needs: Set<LookupDomain> = [.holderCode],
    _ notes: Notes, platform: String = "city",
    answer: @escaping @Sendable (SupplyQuestion) async -> SupplyAsking.State
  ) -> SupplyQuery {
    SupplyQuery(platform: platform, operation: operation, kinds: kinds, needs: needs) { question in
      let texts = question.texts.map { "\($0.key.rawValue)=\($0.value)" }.sorted().joined(separator: ",")
      notes.add("\(operation) \(texts) \(question.asker.operator)")
      return await answer(question)
    }
  }

  private static func told(_ exchange: ExchangeID, isWhole: Bool = true) -> SupplyAsking.State {
    .told(SupplyQuery.Reply(exchange: exchange, received: Bench.moment, isWhole: isWhole))
  }

  private func words(_ verdict: Verdict) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: verdict.requirements.filter { $0.state != .notRequired }
        .map { ($0.requirement.rawValue, $0.state.word) })
  }

  private static let empty = Dictionary(
    uniqueKeysWithValues: CertificateKind.allCases.map { ($0, SupplyReach.absent) })

  @Test func whatIsNotKnownIsAskedFor() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("licences", [.businessLicence], notes) { _ in
          guard let id = try? await teller.tell([Bench.licence], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        },
        Self.source("deeds", [.propertyDeed], notes) { _ in
          guard let id = try? await teller.tell([], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        },
      ]
    }
    let form = try SupplyDeskTests.read(SupplyDeskTests.form)
    let (kept, answer) = try await site.desk.evaluate(form, for: Self.asker, at: Bench.moment)
    #expect(words(answer.verdict) == ["subject": "fetched", "property": "missing"])
    // The platform has none: that is known now.
    #expect(answer.verdict.asks.map(\.absence) == [.notFound] && answer.verdict.isFinal)
    #expect(
      notes.list.sorted() == [
        "deeds holder-code=91411523MA3X8L9K7C 柜台3", "licences holder-code=91411523MA3X8L9K7C 柜台3",
      ])
    let asked = try #require(try kept.document.root["asked"])
    #expect(asked.elements.map { $0["state"]?.string } == ["told", "told"])
    #expect(try await site.work() == 0)
    // Nobody is asked for what is known by now, or by whoever must not ask.
    _ = try await site.desk.judge(form.supply, for: nil, at: Bench.moment)
    #expect(notes.list.count == 2)
    _ = try await site.desk.judge(form.supply, for: Self.asker, at: Bench.moment)
    #expect(notes.list.count == 3 && notes.list.last?.hasPrefix("deeds") == true)
    await site.close()
  }

  /// Where the nation's rule stands alone the customer has to bring both, and does not have to bring what a platform tells.
  @Test func whatTheCustomerHasToBringIsAskedForToo() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("licences", [.businessLicence], notes) { _ in
          guard let id = try? await teller.tell([Bench.licence], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        },
        Self.source("deeds", [.propertyDeed], notes) { _ in .failed(code: "x", exchange: nil) },
      ]
    }
    let supply = try Bench.supply(
      "110000",
      #""voltage": 0.4, "capacity": 100, "customer": "small-micro", "business": "new", "stage": "application""#,
      by: Bench.company)
    let answer = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
    #expect(words(answer.verdict) == ["subject": "fetched", "property": "unchecked"])
    #expect(answer.verdict.asks.isEmpty && notes.list.count == 2)
    await site.close()
  }

  @Test func papersOfPersonsAreAskedForOnlyByAuthorisation() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { _ in
      [
        Self.source("cards", [.identityCard], notes) { _ in .failed(code: "x", exchange: nil) },
        Self.source("mixed", [.identityCard, .propertyDeed], notes) { _ in .failed(code: "x", exchange: nil)
        },
        Self.source("units", [.propertyDeed], by: [.unitNumber], notes) { _ in
          .failed(code: "x", exchange: nil)
        },
      ]
    }
    func asked(_ authorisation: SupplyAuthorisation?, _ place: SupplyPlace = Bench.place) async throws -> Set<
      String
    > {
      let before = notes.list.count
      let supply = try Bench.supply(
        "330100",
        #""voltage": 0.4, "capacity": 8, "customer": "resident", "business": "new", "stage": "application""#,
        by: Bench.zhang, at: place, authorised: authorisation)
      _ = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
      return Set(notes.list[before...].map { String($0.prefix { $0 != " " }) })
    }
    #expect(try await asked(nil) == [])
    #expect(try await asked(Bench.consent) == ["cards", "mixed"])
    let unit = SupplyPlace(address: Bench.place.address, unitNumber: "411523001001GB00001F00030012")
    #expect(try await asked(Bench.consent, unit) == ["cards", "mixed", "units"])
    let narrow = SupplyAuthorisation(means: .counter, given: Bench.consent.given, scope: [.propertyDeed])
    #expect(try await asked(narrow, unit) == ["units"])
    let over = SupplyAuthorisation(
      means: .counter, given: Bench.consent.given, until: Bench.moment)
    #expect(try await asked(over, unit) == [])
    await site.close()
  }

  /// The nation's rules name no platform, and those there are are asked all the same.
  @Test func whatNoRuleNamesIsAskedForToo() async throws {
    for isUp in [true, false] {
      let notes = Notes()
      let site = try await SupplySite(reach: Self.empty) { teller in
        [
          Self.source("licences", [.contractorLicence], notes) { _ in
            guard isUp, let id = try? await teller.tell([Bench.contractorLicence], at: Bench.moment) else {
              return .failed(code: "connection", exchange: nil)
            }
            return Self.told(id)
          }
        ]
      }
      let supply = try Bench.supply(
        "110000", #""voltage": 10, "business": "new", "stage": "intermediate-check""#, by: Bench.company,
        contractor: Bench.builder)
      let answer = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
      #expect(notes.list == ["licences holder-code=914115000000000001 柜台3"])
      #expect(words(answer.verdict)["construction-qualification"] == (isUp ? "fetched" : "unchecked"))
      // Whom nobody has asked has not said that there is none.
      let unasked = try await SupplySite(reach: Self.empty) { _ in
        [Self.source("licences", [.contractorLicence], notes) { _ in .failed(code: "x", exchange: nil) }]
      }
      let silent = try await unasked.desk.judge(supply, for: nil, at: Bench.moment)
      #expect(words(silent.verdict)["construction-qualification"] == "unchecked")
      await unasked.close()
      await site.close()
    }
  }

  @Test func aPlatformThatAnsweredOneOfTwoQuestionsHasNotToldAll() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("by-code", [.businessLicence], notes) { _ in .failed(code: "x", exchange: nil) },
        Self.source("by-name", [.businessLicence], by: [.holderName], notes) { _ in
          guard let id = try? await teller.tell([], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        },
      ]
    }
    let supply = try SupplyDeskTests.read(SupplyDeskTests.form).supply
    let answer = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
    #expect(notes.list.count == 2 && words(answer.verdict)["subject"] == "unchecked")
    await site.close()
  }

  /// By the number of a place a platform tells of whoever owns it.
  @Test func whoSaysToBeAnOrganisationIsToldOfNoPersonsDeed() async throws {
    let notes = Notes()
    func answer(
      _ party: SupplyParty, _ authorisation: SupplyAuthorisation? = nil
    ) async throws -> (state: RequirementVerdict.State?, asked: Set<String>) {
      let before = notes.list.count
      let site = try await SupplySite(reach: Self.empty) { teller in
        [
          ("units", .unitNumber), ("numbers", .number), ("names", .holderName),
        ].map { (operation: String, need: LookupDomain) in
          Self.source(operation, [.propertyDeed], by: [need], notes) { _ in
            guard let id = try? await teller.tell([], at: Bench.moment) else {
              return .failed(code: "test", exchange: nil)
            }
            return Self.told(id)
          }
        } + [
          Self.source("both", [.propertyDeed], by: [.unitNumber, .holderCode], notes) { _ in
            .failed(code: "x", exchange: nil)
          }
        ]
      }
      let place = SupplyPlace(
        address: Bench.place.address, unitNumber: "411523001001GB00001F00030012",
        deedNumber: "豫(2021)新县不动产权第0001234号")
      let supply = try Bench.supply(
        "330100",
        #""voltage": 0.4, "capacity": 8, "customer": "small-micro", "business": "new", "stage": "application""#,
        by: party, at: place, authorised: authorisation)
      let answer = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
      await site.close()
      return (
        answer.verdict.verdict(.property)?.state,
        Set(notes.list[before...].map { String($0.prefix { $0 != " " }) })
      )
    }
    let company = try await answer(Bench.company)
    #expect(company.asked == ["both"] && company.state?.word == "unchecked")
    // An authorisation would have it looked up.
    let uncoded = try await answer(SupplyParty(isPerson: false, name: "张三", code: nil))
    #expect(uncoded.asked.isEmpty && uncoded.state == .missing(.notAuthorised))
    let numbered = try await answer(SupplyParty(isPerson: false, name: "张三", code: Bench.zhang.code))
    #expect(numbered.asked.isEmpty && numbered.state == .missing(.notAuthorised))
    let consent = SupplyAuthorisation(
      means: .counter, given: Bench.consent.given, person: Bench.company.representative?.code)
    #expect(
      try await answer(Bench.company, consent).asked == ["units", "numbers", "names", "both"])
  }

  /// One that holds settles what a scan of one that does not has left open.
  @Test func forAScanOfWhatWasRefusedOneThatHoldsIsAskedFor() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("deeds", [.propertyDeed], notes) { _ in
          let new = Bench.deed(of: Bench.company, ["basic.number": "豫(2022)新县不动产权第0000009号"])
          guard let id = try? await teller.tell([new], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        }
      ]
    }
    try await site.store([Bench.licence, Bench.deed(of: Bench.company, state: "04")])
    let form = SupplyDeskTests.form.replacing(
      #""place":"#,
      with:
        #""materials": [{"code": "property-deed", "sm3": "\#(String(repeating: "0f", count: 32))"}], "place":"#
    )
    let supply = try SupplyDeskTests.read(form).supply
    let unasked = try await site.desk.judge(supply, for: nil, at: Bench.moment)
    #expect(words(unasked.verdict)["property"] == "unchecked" && notes.list.isEmpty)
    let asked = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
    #expect(words(asked.verdict)["property"] == "fetched" && notes.list.count == 1)
    await site.close()
  }

  /// What stands on a paper is what whoever brings it says; the platform that gave it is asked all the same.
  @Test func whatAPaperSaysIsAskedForToo() async throws {
    let deed = Bench.deed(of: Bench.company)
    let seized = Bench.deed(of: Bench.company, ["specific.seized": "true"])
    for (told, wanted) in [
      ([deed], "fetched"), ([seized], "unchecked"), ([], "material"), (nil, "material"),
    ] as [([CertificateRecord]?, String)] {
      let notes = Notes()
      let site = try await SupplySite(reach: Self.empty) { teller in
        [
          Self.source("deeds", [.propertyDeed], notes) { _ in
            guard let told, let id = try? await teller.tell(told, at: Bench.moment) else {
              return .failed(code: "connection", exchange: nil)
            }
            return Self.told(id)
          }
        ]
      }
      let supply = try Bench.supply(
        "330100",
        #""voltage": 0.4, "capacity": 100, "customer": "small-micro", "business": "new", "stage": "application""#,
        by: Bench.company, materials: [Bench.material("property-deed")])
      let answer = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
      #expect(notes.list.count == 1 && words(answer.verdict)["property"] == wanted)
      // One that is down is asked again.
      #expect(answer.isOpen == (told == nil))
      await site.close()
    }
  }

  @Test(arguments: [
    (Bench.contractorLicence, "intermediate-check", ["contractor-licence", "concealed-works"]),
    (Bench.designLicence, "design-review", ["design-qualification", "design-documents"]),
  ])
  func aNamedLicenceIsAskedForByTheCodeOfWhoeverItIs(
    _ licence: CertificateRecord, _ stage: String, _ papers: [String]
  ) async throws {
    for (told, wanted) in [([licence], "fetched"), ([], "unchecked")] {
      let notes = Notes()
      let site = try await SupplySite(reach: Self.empty) { teller in
        [
          Self.source("licences", [licence.kind], notes) { _ in
            guard let id = try? await teller.tell(told, at: Bench.moment) else {
              return .failed(code: "test", exchange: nil)
            }
            return Self.told(id)
          }
        ]
      }
      let supply = try Bench.supply(
        "320400", #""voltage": 10, "business": "new", "stage": "\#(stage)""#, by: Bench.company,
        designer: Bench.planner, contractor: Bench.builder, materials: papers.map { Bench.material($0) })
      let answer = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
      #expect(notes.list.count == 1)
      #expect(Set(words(answer.verdict).values) == [wanted, "material"])
      await site.close()
    }
  }

  /// A platform of the site might tell of it, though not by what this application says.
  @Test(arguments: [
    (CertificateKind.contractorLicence, "intermediate-check", ["contractor-licence", "concealed-works"]),
    (.designLicence, "design-review", ["design-qualification", "design-documents"]),
  ])
  func aLicenceOfSomebodyWithoutCodeIsNotTakenFromPaper(
    _ kind: CertificateKind, _ stage: String, _ papers: [String]
  ) async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { _ in
      [Self.source("licences", [kind], notes) { _ in .failed(code: "test", exchange: nil) }]
    }
    let uncoded = SupplyParty(isPerson: false, name: Bench.builder.name, code: nil)
    let supply = try Bench.supply(
      "320400", #""voltage": 10, "business": "new", "stage": "\#(stage)""#, by: Bench.company,
      designer: uncoded, contractor: uncoded, materials: papers.map { Bench.material($0) })
    let answer = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
    #expect(notes.list.isEmpty && Set(words(answer.verdict).values) == ["unchecked", "material"])
    await site.close()
  }

  /// That one is known which may be it says nothing of what else a platform has.
  @Test func besideWhatIsDoubtfulAnotherOneIsAskedFor() async throws {
    let notes = Notes()
    let isRegistered = Switch()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("deeds", [.propertyDeed], notes) { _ in
          let new = Bench.deed(of: Bench.company, ["basic.number": "豫(2022)新县不动产权第0000009号"])
          guard let id = try? await teller.tell(isRegistered.isOn ? [new] : [], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        }
      ]
    }
    let elsewhere = Bench.deed(of: Bench.company, location: "河南省信阳市新县新集镇解放路")
    try await site.store([Bench.licence, elsewhere])
    let form = try SupplyDeskTests.read(SupplyDeskTests.form)
    let (_, first) = try await site.desk.evaluate(form, for: Self.asker, at: Bench.moment)
    guard case .unchecked(.doubtful(_, .address))? = first.verdict.verdict(.property)?.state else {
      Issue.record("\(words(first.verdict))")
      return
    }
    #expect(notes.list.count == 1)
    // It was registered meanwhile.
    isRegistered.turnOn()
    let (_, second) = try await site.desk.evaluate(form, for: Self.asker, at: Bench.moment)
    #expect(words(second.verdict)["property"] == "fetched" && notes.list.count == 2)
    await site.close()
  }

  /// Nobody posts again, and no certificate changes that is known.
  @Test func whatIsInDoubtIsAskedForSeldomUntilItIsSettled() async throws {
    let notes = Notes()
    let isRegistered = Switch()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("deeds", [.propertyDeed], notes) { _ in
          let new = Bench.deed(of: Bench.company, ["basic.number": "豫(2022)新县不动产权第0000009号"])
          guard let id = try? await teller.tell(isRegistered.isOn ? [new] : [], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        }
      ]
    }
    try await site.store([
      Bench.licence, Bench.deed(of: Bench.company, location: "河南省信阳市新县新集镇解放路"),
    ])
    let form = try SupplyDeskTests.read(SupplyDeskTests.form)
    let (kept, _) = try await site.desk.evaluate(form, for: Self.asker, at: Bench.moment)
    #expect(try await site.work(at: Bench.moment.advanced(bySeconds: 6 * 3600 - 1)) == 0)
    for looks in 1...4 {
      #expect(try await site.work(at: Bench.moment.advanced(bySeconds: Double(looks) * 6 * 3600)) == 1)
      #expect(notes.list.count == 1 + looks)
    }
    isRegistered.turnOn()
    #expect(try await site.work(at: Bench.moment.advanced(bySeconds: 5 * 6 * 3600)) == 1)
    let latest = try await site.desk.store.verdict(kept.application)
    #expect(try latest.version == 2 && latest.isFinal)
    #expect(try await site.work(at: Bench.moment.advanced(bySeconds: 30 * 86_400)) == 0)
    await site.close()
  }

  @Test func whatStaysInDoubtIsFollowedNoLongerThanTheRest() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("deeds", [.propertyDeed], notes) { _ in
          (try? await teller.tell([], at: Bench.moment)).map { Self.told($0) }
            ?? .failed(code: "test", exchange: nil)
        }
      ]
    }
    try await site.store([
      Bench.licence, Bench.deed(of: Bench.company, location: "河南省信阳市新县新集镇解放路"),
    ])
    let form = try SupplyDeskTests.read(SupplyDeskTests.form)
    _ = try await site.desk.evaluate(form, for: Self.asker, at: Bench.moment)
    let end = Bench.moment.advanced(bySeconds: 180 * 86_400)
    #expect(try await site.work(at: end) == 1)
    #expect(try await site.work(at: end.advanced(bySeconds: 30 * 86_400)) == 0)
    await site.close()
  }

  private static let resident =
    #""voltage": 0.4, "capacity": 8, "customer": "resident", "business": "new", "stage": "application""#

  /// Platforms leave codes out, or mask them, and tell all the same whose a deed is: it was asked for by the code.
  @Test func aDeedWithoutTheCodeOfItsHolderIsFound() async throws {
    func property(
      _ holder: SupplyParty, location: String = Bench.place.address,
      by needs: Set<LookupDomain> = [.holderCode]
    ) async throws -> (state: RequirementVerdict.State?, found: Int) {
      let notes = Notes()
      let site = try await SupplySite(reach: Self.empty) { teller in
        [
          Self.source("deeds", [.propertyDeed], by: needs, notes) { _ in
            let deed = Bench.deed(of: holder, location: location)
            return (try? await teller.answer([deed])) ?? .failed(code: "test", exchange: nil)
          }
        ]
      }
      let supply = try Bench.supply(
        "330100", Self.resident, by: Bench.zhang, authorised: Bench.consent)
      let answer = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
      await site.close()
      #expect(notes.list.count == 1)
      return (answer.verdict.verdict(.property)?.state, answer.certificates.count)
    }
    func basis(_ state: RequirementVerdict.State?) -> SupplyMatch.Basis? {
      if case .certificate(let evidence)? = state { evidence.basis } else { nil }
    }
    func doubt(_ state: RequirementVerdict.State?) -> SupplyMatch.Doubt? {
      if case .unchecked(.doubtful(_, let doubt))? = state { doubt } else { nil }
    }
    let uncoded = SupplyParty(isPerson: true, name: "张三", code: nil)
    let masked = SupplyParty(isPerson: true, name: "张三", code: "1101**********002X")
    let hidden = SupplyParty(isPerson: true, name: "张*", code: "1101**********002X")
    let elsewhere = "新县某处"
    for holder in [uncoded, masked] {
      #expect(basis(try await property(holder).state) == .nameAndAddress)
      #expect(doubt(try await property(holder, location: elsewhere).state) == .nameOnly)
      #expect(basis(try await property(holder, by: [.holderName]).state) == .nameAndAddress)
    }
    #expect(doubt(try await property(hidden).state) == .hidden)
    // By a name a platform tells of others who have it too: of them nothing is said.
    let namesakes = try await property(uncoded, location: elsewhere, by: [.holderName])
    #expect(namesakes.state == .missing(.notFound) && namesakes.found == 0)
    let other = SupplyParty(isPerson: true, name: "张三", code: "440524188001010014")
    for needs in [[LookupDomain.holderCode], [.holderName]] as [Set<LookupDomain>] {
      let one = try await property(other, by: needs)
      #expect(one.state == .missing(.notFound) && one.found == 0)
    }
  }

  /// What was told without a code is found again for as long as the verdict stands that it was told for, and by authorisation only.
  @Test func whatWasToldWithoutACodeStandsUntilItMustNotBeLookedAt() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("deeds", [.propertyDeed], notes) { _ in
          let deed = Bench.deed(of: SupplyParty(isPerson: true, name: "张三", code: nil))
          return (try? await teller.answer([deed])) ?? .failed(code: "test", exchange: nil)
        }
      ]
    }
    let form = try SupplyDeskTests.read(
      """
      {"number": "GD-8", "region": "330100", "facts": {\(Self.resident)},
       "applicant": {"type": "person", "name": "张三", "code": "11010519491231002X"},
       "place": {"address": "河南省信阳市新县新集镇将军路12号3幢2单元301室"},
       "authorisation": {"means": "counter", "given": "2022-02-28T00:00:00Z"}}
      """)
    let (kept, answer) = try await site.desk.evaluate(form, for: Self.asker, at: Bench.moment)
    #expect(words(answer.verdict)["property"] == "fetched")
    let asked = try #require(try kept.document.root["asked"]?.elements.first { _ in true })
    #expect(asked["certificates"]?.elements.compactMap(\.string) == answer.certificates.map(\.rawValue))
    let later = Bench.moment.advanced(bySeconds: 3600)
    try await site.desk.refresh(kept.application, at: later)
    #expect(try await site.desk.store.verdict(kept.application).version == 1 && notes.list.count == 1)
    let consent = try #require(try kept.authorisations.first)
    _ = try await site.desk.counter.revoke(consent, by: WithdrawnTests.signOff, at: later)
    let without = try await site.desk.verdict(kept.application, at: later)
    let property = try without.document.root["verdict"]?["requirements"]?.elements.first {
      $0["requirement"]?.string == "property"
    }
    #expect(property?["state"]?.string == "missing")
    #expect(property?["evidence"]?["because"]?.string == "not-authorised")
    await site.close()
  }

  /// Its platform is down by now: what it told is known, and nothing that nobody could tell.
  @Test func whatWasToldWithoutACodeIsKnownWhileItsPlatformIsDown() async throws {
    let notes = Notes()
    let isDown = Switch()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("deeds", [.propertyDeed], notes) { _ in
          let deed = Bench.deed(of: SupplyParty(isPerson: true, name: "张三", code: nil))
          guard !isDown.isOn, let answer = try? await teller.answer([deed]) else {
            return .failed(code: "connection", exchange: nil)
          }
          return answer
        }
      ]
    }
    let text = """
      {"number": "GD-8", "region": "330100", "facts": {\(Self.resident)},
       "applicant": {"type": "person", "name": "张三", "code": "11010519491231002X"},
       "place": {"address": "河南省信阳市新县新集镇将军路12号3幢2单元301室"},
       "authorisation": {"means": "counter", "given": "2022-02-28T00:00:00Z"}}
      """
    let form = try SupplyDeskTests.read(text)
    let (kept, first) = try await site.desk.evaluate(form, for: Self.asker, at: Bench.moment)
    #expect(words(first.verdict)["property"] == "fetched")
    isDown.turnOn()
    for round in 1...3 {
      let moment = Bench.moment.advanced(bySeconds: Double(round) * 86_400)
      try await site.desk.reconsider(kept.application, budget: .seconds(1), at: moment) { answers, _, _ in
        #expect(answers.first.map { words($0.verdict)["property"] } == "certificate")
        #expect(answers.first?.certificates == first.certificates)
      }
      let (_, again) = try await site.desk.evaluate(form, for: Self.asker, at: moment)
      #expect(words(again.verdict)["property"] == "certificate")
    }
    // The latest verdict says by what it is known: those before it are not looked at.
    _ = try await site.database.write {
      try $0.execute("UPDATE supply_verdict SET sealed = x'00' WHERE version = 1")
    }
    let later = Bench.moment.advanced(bySeconds: 4.0 * 86_400)
    let (second, again) = try await site.desk.evaluate(form, for: Self.asker, at: later)
    #expect(words(again.verdict)["property"] == "certificate" && again.askings.isEmpty)
    let (told, before) = try (kept.document.root["asked"]?[0], second.document.root["toldBefore"])
    #expect(before?.count == 1 && before?[0]?["exchange"]?.integer == told?["exchange"]?.integer)
    // Also where the form of another step came between.
    let completion = Self.resident.replacing("application", with: "completion")
    _ = try await site.desk.evaluate(
      try SupplyDeskTests.read(text.replacing(Self.resident, with: completion)), for: Self.asker, at: later)
    for hour in 1...2 {
      let (_, back) = try await site.desk.evaluate(
        form, for: Self.asker, at: later.advanced(bySeconds: Double(hour) * 3600))
      #expect(words(back.verdict)["property"] == "certificate")
    }
    await site.close()
  }

  /// What was renewed after the form came is found when it is judged anew.
  @Test func whatIsJudgedAnewIsJudgedByWhatHoldsThen() async throws {
    let site = try await SupplySite()
    let watch = SupplyWatch(site.desk, site.following, now: { Bench.moment })
    _ = try await watch.look()
    let form = SupplyDeskTests.form.replacing(#""day": "2022-03-01","#, with: "")
    let (kept, first) = try await site.desk.evaluate(
      try SupplyDeskTests.read(form), for: Self.asker, at: Bench.moment)
    #expect(words(first.verdict)["subject"] == "missing")
    var renewed = Bench.licence
    renewed[.validFrom] = .date(CivilDate(iso: "2022-03-05")!)
    try await site.store([renewed])
    #expect(try await watch.look() == 1)
    #expect(try await site.work(at: Bench.moment.advanced(bySeconds: 10 * 86_400)) == 1)
    let latest = try await site.desk.store.verdict(kept.application)
    let verdict = try latest.document.root["verdict"]
    let subject = verdict?["requirements"]?.elements.first { $0["requirement"]?.string == "subject" }
    #expect(latest.version == 2 && subject?["state"]?.string == "certificate")
    #expect(verdict?["day"]?.string == "2022-03-01")
    await site.close()
  }

  @Test func whatIsNotAnsweredInTimeIsUncheckedAndFollowed() async throws {
    let (notes, door) = (Notes(), Door())
    let site = try await SupplySite(reach: Self.empty, budget: .milliseconds(50)) { teller in
      [
        Self.source("licences", [.businessLicence], notes) { _ in
          guard let id = try? await teller.tell([Bench.licence], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        },
        Self.source("deeds", [.propertyDeed], notes, platform: "land") { _ in
          await door.pass()
          guard let id = try? await teller.tell([Bench.deed(of: Bench.company)], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        },
      ]
    }
    let form = try SupplyDeskTests.read(SupplyDeskTests.form)
    let (kept, answer) = try await site.desk.evaluate(form, for: Self.asker, at: Bench.moment)
    // What comes in at the last moment may be there already while its platform still counts as asked.
    #expect(["fetched", "certificate", "unchecked"].contains(words(answer.verdict)["subject"]))
    #expect(words(answer.verdict)["property"] == "unchecked")
    #expect(answer.verdict.asks.isEmpty && !answer.verdict.isFinal && kept.version == 1)
    #expect(
      answer.verdict.verdict(.property)?.state == .unchecked(.unreachable(["land"], stale: nil)))
    door.open()
    // The work joins what is under way, or finds what came of it.
    #expect(try await site.work() == 1)
    let latest = try await site.desk.store.verdict(kept.application)
    #expect(latest.version == 2)
    #expect(try latest.document.root["verdict"]?["final"]?.boolean == true)
    let page = try await site.feed.page(after: nil, kinds: [.supplyChanged], limit: 10)
    #expect(page.changes.map(\.subject) == ["supply-\(kept.application)"])
    // Nothing waits any more.
    #expect(try await site.work(at: Bench.moment.advanced(bySeconds: 7 * 86_400)) == 0)
    await site.close()
  }

  @Test func aPlatformThatIsDownIsAskedAgain() async throws {
    let notes = Notes()
    let isUp = Switch()
    let site = try await SupplySite(reach: Self.empty, budget: .milliseconds(50)) { teller in
      [
        Self.source("deeds", [.propertyDeed], notes) { _ in
          guard isUp.isOn, let id = try? await teller.tell([Bench.deed(of: Bench.company)]) else {
            return .failed(code: "connection", exchange: nil)
          }
          return Self.told(id)
        }
      ]
    }
    let form = try SupplyDeskTests.read(SupplyDeskTests.form)
    let (kept, first) = try await site.desk.evaluate(form, for: Self.asker, at: Bench.moment)
    #expect(words(first.verdict)["property"] == "unchecked")
    var moment = Bench.moment
    for _ in 0..<10 {
      _ = try await site.work(at: moment)
      moment = moment.advanced(bySeconds: 600)
    }
    // It stands as it did: no verdict more, and nobody is told.
    #expect(try await site.desk.store.verdict(kept.application).version == 1)
    let tries = notes.list.count
    #expect((5...11).contains(tries))
    isUp.turnOn()
    _ = try await site.work(at: moment.advanced(bySeconds: 3600))
    #expect(try await site.desk.store.verdict(kept.application).version == 2)
    #expect(try await site.work(at: moment.advanced(bySeconds: 90_000)) == 0)
    await site.close()
  }

  @Test func afterADayItIsAskedSeldomUntilItIsFollowedNoMore() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty, budget: .milliseconds(50)) { _ in
      [Self.source("deeds", [.propertyDeed], notes) { _ in .failed(code: "connection", exchange: nil) }]
    }
    _ = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
    var moment = Bench.moment
    for _ in 0..<30 {
      _ = try await site.work(at: moment)
      moment = moment.advanced(bySeconds: 3600)
    }
    let before = notes.list.count
    #expect((20...40).contains(before))
    for _ in 0..<48 {
      _ = try await site.work(at: moment)
      moment = moment.advanced(bySeconds: 3600)
    }
    #expect((7...9).contains(notes.list.count - before))
    let end = Bench.moment.advanced(bySeconds: 180 * 86_400)
    #expect(try await site.work(at: end) == 1)
    #expect(try await site.work(at: end.advanced(bySeconds: 30 * 86_400)) == 0)
    await site.close()
  }

  @Test func aPlatformThatToldOnlyAPartLeavesItOpen() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("deeds", [.propertyDeed], notes) { _ in
          guard let id = try? await teller.tell([]) else { return .failed(code: "test", exchange: nil) }
          return Self.told(id, isWhole: false)
        }
      ]
    }
    let supply = try SupplyDeskTests.read(SupplyDeskTests.form).supply
    let answer = try await site.desk.judge(supply, for: Self.asker, at: Bench.moment)
    #expect(words(answer.verdict)["property"] == "unchecked" && answer.isOpen)
    await site.close()
  }

  @Test func aCertificateThatChangesHasItsApplicationsJudgedAnew() async throws {
    let site = try await SupplySite()
    let watch = SupplyWatch(site.desk, site.following, now: { Bench.moment })
    try await site.store([Bench.licence])
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: Bench.moment)
    let other = SupplyDeskTests.form.replacing("GD-1", with: "GD-2")
      .replacing("91411523MA3X8L9K7C", with: "91410100MA44444444").replacing("光明", with: "远方")
      .replacing("301室", with: "302室")
    _ = try await site.desk.evaluate(try SupplyDeskTests.read(other), for: nil, at: Bench.moment)
    // Where nobody looked yet, it begins with what comes.
    #expect(try await watch.look() == 0)
    #expect(try await watch.look() == 0)
    // A deed that was not there before is met by what the application was looked up by.
    try await site.store([Bench.deed(of: Bench.company)])
    #expect(try await watch.look() == 1)
    #expect(try await watch.look() == 0)
    #expect(try await site.work() == 1)
    #expect(try await site.desk.store.verdict(kept.application).version == 2)
    // One that goes to somebody else is met by having been found.
    let sold = SupplyParty(isPerson: false, name: "别人有限公司", code: "91410100MA55555555")
    try await site.store([Bench.deed(of: sold)])
    #expect(try await watch.look() == 1)
    #expect(try await site.work() == 1)
    let third = try await site.desk.store.verdict(kept.application)
    #expect(third.version == 3)
    // The same once more changes nothing.
    try await site.store([Bench.deed(of: sold)])
    _ = try await watch.look()
    _ = try await site.work()
    #expect(try await site.desk.store.verdict(kept.application).version == 3)
    let page = try await site.feed.page(after: nil, kinds: [.supplyChanged], limit: 10)
    #expect(page.changes.count == 2)
    await site.close()
  }

  /// What platforms said when they were asked is not lost by looking again.
  @Test func whatChangesNothingMakesNoVerdict() async throws {
    let notes = Notes()
    let site = try await SupplySite(reach: Self.empty) { teller in
      [
        Self.source("licences", [.businessLicence], notes) { _ in
          guard let id = try? await teller.tell([Bench.licence], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        },
        Self.source("deeds", [.propertyDeed], notes) { _ in
          guard let id = try? await teller.tell([], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return Self.told(id)
        },
      ]
    }
    let watch = SupplyWatch(site.desk, site.following, now: { Bench.moment })
    _ = try await watch.look()
    let (kept, first) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
    #expect(words(first.verdict) == ["subject": "fetched", "property": "missing"])
    try await site.store([
      Bench.record(
        .contractorLicence, ["basic.number": "4-1-00123-2006", "basic.validTo": "2027-01-01"],
        holders: [["name": Bench.company.name, "code": "91411523MA3X8L9K7C"]])
    ])
    #expect(try await watch.look() == 1)
    #expect(try await site.work() == 1)
    #expect(try await site.desk.store.verdict(kept.application).version == 1)
    await site.close()
  }

  @Test func whatWasErasedIsFollowedNoMore() async throws {
    let site = try await SupplySite()
    let watch = SupplyWatch(site.desk, site.following, now: { Bench.moment })
    _ = try await watch.look()
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
    try await site.store([Bench.licence])
    #expect(try await watch.look() == 1)
    let store = site.desk.store
    _ = try await site.database.write { try store.erase(kept.application, in: $0, now: Bench.moment) }
    #expect(try await site.work() == 1)
    try await site.store([Bench.deed(of: Bench.company)])
    #expect(try await watch.look() == 0)
    let left = try await site.database.read { reader in
      try reader.int("SELECT count(*) FROM supply_key")
        + reader.int("SELECT count(asker) FROM supply_application")
    }
    #expect(left == 0)
    await site.close()
  }
}
