import Authorisations
import Certificates
import Changes
import CivilTime
import Documents
import Exchanges
import Materials
import Policies
import Registry
import SQLDatabase
import Synchronization
import Testing

@testable import Supply

/// Verdicts that wait for something that no certificate tells: a pull that works again, a record that is confirmed, a time that comes.
@Suite struct WaitingTests {
  private typealias Bench = SupplyBench

  /// Who tells of each kind, as it changes.
  private final class Reach: Sendable {
    private let state: Mutex<[CertificateKind: SupplyReach]>
    init(_ first: [CertificateKind: SupplyReach]) { state = Mutex(first) }
    var now: [CertificateKind: SupplyReach] { state.withLock { $0 } }
    func become(_ new: [CertificateKind: SupplyReach]) { state.withLock { $0 = new } }
  }

  private static func states(_ kept: KeptVerdict) throws -> [String: String] {
    let list = try kept.document.root["verdict"]?["requirements"]
    return Dictionary(
      uniqueKeysWithValues: (list?.elements.map { $0 } ?? []).compactMap { one in
        guard let name = one["requirement"]?.string, let state = one["state"]?.string,
          state != "not-required"
        else { return nil }
        return (name, state)
      })
  }

  private static func at(_ seconds: Int) -> Timestamp { Bench.moment.advanced(bySeconds: seconds) }

  /// No platform can be asked, and the pull that failed has nothing when it works again: no certificate changes.
  @Test func aPullThatWorksAgainEndsTheWaiting() async throws {
    let reach = Reach(Bench.down)
    let site = try await SupplySite(reach: reach.now)
    try await site.store([Bench.licence])
    let (kept, first) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: Bench.moment)
    #expect(try Self.states(kept)["property"] == "unchecked" && !first.verdict.isFinal)
    // What may yet have to be brought is counted by nobody.
    #expect(first.verdict.level == nil && first.verdict.levelTitle == nil)
    #expect(first.verdict.explanation.first?.title.hasPrefix("待核") == true)
    #expect(try await site.work(at: Self.at(60)) == 0)
    #expect(try await site.work(at: Self.at(600)) == 1)
    #expect(try await site.desk.store.verdict(kept.application).version == 1)
    reach.become(Bench.everywhere)
    #expect(try await site.work(at: Self.at(1200)) == 1)
    let latest = try await site.desk.store.verdict(kept.application)
    #expect(try latest.version == 2 && latest.isFinal && Self.states(latest)["property"] == "missing")
    let told = try await site.feed.page(after: 0, kinds: [.supplyChanged], limit: 10).changes
    #expect(told.count == 1)
    #expect(try await site.work(at: Self.at(30 * 86_400)) == 0)
    await site.close()
  }

  @Test func whoeverLooksSeesWhatIsKnownByNow() async throws {
    let reach = Reach(Bench.down)
    let site = try await SupplySite(reach: reach.now)
    try await site.store([Bench.licence])
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: Bench.moment)
    // As long as nothing is known it stays the same verdict.
    #expect(try await site.desk.verdict(kept.application, at: Self.at(301)).version == 1)
    reach.become(Bench.everywhere)
    #expect(try await site.desk.verdict(kept.application, at: Self.at(299)).version == 1)
    let looked = try await site.desk.verdict(kept.application, at: Self.at(302))
    #expect(try looked.version == 2 && looked.isFinal)
    #expect(try await site.desk.verdict(kept.application, version: 1, at: Self.at(400)).version == 1)
    #expect(try await site.desk.verdict(kept.application, at: Self.at(4000)).version == 2)
    await site.close()
  }

  /// Nobody is asked for it, and what a platform said before is not forgotten.
  @Test func whatPlatformsSaidBeforeStandsForWhoeverLooks() async throws {
    let reach = Reach([.businessLicence: Bench.failing])
    let site = try await SupplySite(reach: reach.now) { teller in
      [
        SupplyQuery(platform: "land", operation: "deeds", kinds: [.propertyDeed], needs: [.holderCode]) { _ in
          guard let id = try? await teller.tell([], at: Bench.moment) else {
            return .failed(code: "test", exchange: nil)
          }
          return .told(.init(exchange: id, received: Bench.moment, isWhole: true))
        }
      ]
    }
    let asker = SupplyAsker(purpose: "supply-application", operator: "柜台3", requestID: "req-1")
    let (kept, first) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: asker, at: Bench.moment)
    #expect(try Self.states(kept) == ["subject": "unchecked", "property": "missing"])
    reach.become([.businessLicence: Bench.current])
    let looked = try await site.desk.verdict(kept.application, at: Self.at(600))
    #expect(try looked.version == 2 && looked.isFinal)
    let because = try looked.document.root["verdict"]?["asks"]?.elements.map { $0["because"]?.string }
    #expect(because == ["not-found", "not-found"], "\(first.verdict.asks.map(\.absence))")
    let asked = try looked.document.root["asked"]
    #expect(asked?.count == 1 && asked?[0]?["received"]?.string == Bench.moment.iso8601)
    await site.close()
  }

  /// What could not be told waits in a row of its own: what changes meanwhile is looked at when it changes.
  @Test func whatChangesDoesNotWaitBehindWhatIsOpen() async throws {
    let site = try await SupplySite(reach: Bench.down)
    let watch = SupplyWatch(site.desk, site.following, now: { Bench.moment })
    try await site.store([Bench.licence])
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: Bench.moment)
    #expect(try await site.work(at: Self.at(600)) == 1)
    _ = try await watch.look()
    try await site.store([Bench.deed(of: Bench.company)])
    #expect(try await watch.look() == 1)
    #expect(try await site.work(at: Self.at(601)) == 1)
    #expect(
      try Self.states(try await site.desk.store.verdict(kept.application))["property"] == "certificate")
    await site.close()
  }

  // MARK: Answers that are changes.

  private final class Count: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }
    func next() -> Int {
      number.withLock { number in
        number += 1
        return number
      }
    }
  }

  private static let asker = SupplyAsker(purpose: "supply-application", operator: "柜台3", requestID: "req-1")

  /// - Parameter answer: what is told the first time, the second and so on.
  private static func deeds(
    _ teller: SupplyTeller, _ calls: Count, answer: @escaping @Sendable (Int) -> [CertificateRecord]
  ) -> SupplyQuery {
    SupplyQuery(platform: "land", operation: "deeds", kinds: [.propertyDeed], needs: [.holderCode]) { _ in
      (try? await teller.answer(answer(calls.next()))) ?? .failed(code: "test", exchange: nil)
    }
  }

  private static func looks(_ site: SupplySite, at moment: Timestamp) async throws {
    _ = try await SupplyWatch(site.desk, site.following, now: { moment }).look()
    _ = try await site.work(at: moment)
  }

  /// The number of the query stands in some column, say, so that each answer is a change.
  @Test func whatIsToldOtherwiseEachTimeIsNotAskedForEachTime() async throws {
    let calls = Count()
    let site = try await SupplySite { teller in
      [
        Self.deeds(teller, calls) { number in
          [
            Bench.deed(
              of: Bench.company, ["basic.remark": "查询 \(number)"], location: "河南省信阳市新县新集镇解放路")
          ]
        }
      ]
    }
    try await site.store([Bench.licence])
    try await Self.looks(site, at: Bench.moment)
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
    #expect(try Self.states(kept)["property"] == "unchecked" && calls.value == 1)
    for second in 1...20 { try await Self.looks(site, at: Self.at(second)) }
    #expect(calls.value == 1)
    #expect(try await site.desk.store.verdict(kept.application).version == 1)
    // What is in doubt is asked for all the same, seldom.
    for second in [6 * 3600, 6 * 3600 + 1, 6 * 3600 + 2] { try await Self.looks(site, at: Self.at(second)) }
    #expect(calls.value == 2)
    await site.close()
  }

  /// It keeps nothing from being judged anew, nor what comes behind it in the row.
  @Test func aVerdictThatDoesNotOpenIsFollowedByAnother() async throws {
    let calls = Count()
    let site = try await SupplySite { teller in [Self.deeds(teller, calls) { _ in [] }] }
    try await site.store([Bench.licence])
    try await Self.looks(site, at: Bench.moment)
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
    #expect(try Self.states(kept)["property"] == "missing" && calls.value == 1)
    _ = try await site.database.write { try $0.execute("UPDATE supply_verdict SET sealed = x'00'") }
    try await site.store([Bench.deed(of: Bench.company)])
    try await Self.looks(site, at: Self.at(60))
    let latest = try await site.desk.store.verdict(kept.application)
    #expect(try latest.version == 2 && Self.states(latest)["property"] == "certificate")
    await site.close()
  }

  /// A deed that stands otherwise each minute: each verdict follows at once, and its platform is asked again behind ten minutes.
  @Test func changesHavePlatformsAskedOnceInTenMinutes() async throws {
    let calls = Count()
    let site = try await SupplySite { teller in [Self.deeds(teller, calls) { _ in [] }] }
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    try await Self.looks(site, at: Bench.moment)
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: Self.asker, at: Bench.moment)
    #expect(try Self.states(kept)["property"] == "certificate" && calls.value == 0)
    for minute in 1...61 {
      let isSeized = minute % 2 == 1
      try await site.store([Bench.deed(of: Bench.company, isSeized ? ["specific.seized": "true"] : [:])])
      try await Self.looks(site, at: Self.at(60 * minute))
      if minute == 1 { #expect(calls.value == 1) }
      let latest = try await site.desk.store.verdict(kept.application)
      #expect(try (Self.states(latest)["property"] == "certificate") == !isSeized, "\(minute)")
    }
    #expect((4...7).contains(calls.value), "\(calls.value)")
    // It stays seized: it is asked about once more, where that was not done since, and then no more.
    for minute in 62...200 { try await Self.looks(site, at: Self.at(60 * minute)) }
    #expect((5...8).contains(calls.value), "\(calls.value)")
    let latest = try await site.desk.store.verdict(kept.application)
    #expect(try Self.states(latest)["property"] == "missing" && latest.isFinal)
    await site.close()
  }

  // MARK: Times that come.

  @Test func whatEndsIsLookedAtWhenItEnds() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.identityCard, Bench.deed(of: Bench.zhang)])
    let until = Self.at(3600)
    for (end, application) in [(until, String?.none), (Self.at(7200), nil), (Self.at(300 * 86_400), "GD-1")] {
      _ = try await site.desk.counter.authorise(
        NewAuthorisation(
          means: .counter, holder: PaperHolder(isPerson: true, name: "张三", code: "11010519491231002X"),
          given: Self.at(-60), until: end, kinds: end == until ? [.propertyDeed] : [.identityCard],
          purposes: ["supply-application"], application: application, channel: "counter", operator: "拟经办"),
        at: Bench.moment)
    }
    let form = SupplyDeskTests.form.replacing("organisation", with: "person")
      .replacing("新县光明（茶业）有限公司", with: "张三").replacing("91411523MA3X8L9K7C", with: "11010519491231002X")
    let asker = SupplyAsker(purpose: "supply-application", operator: "柜台3", requestID: "req-1")
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(form), for: asker, at: Bench.moment)
    #expect(try Self.states(kept) == ["subject": "certificate", "property": "certificate"])
    #expect(try await site.work(at: Self.at(3599)) == 0)
    // Nobody looks, and it is judged anew and told.
    #expect(try await site.work(at: until) == 1)
    let latest = try await site.desk.store.verdict(kept.application)
    #expect(try latest.version == 2 && Self.states(latest)["property"] == "missing")
    #expect(try await site.feed.page(after: 0, kinds: [.supplyChanged], limit: 10).changes.count == 1)
    // The next one that ends, of which there is another that holds still.
    #expect(try await site.work(at: Self.at(7200)) == 1)
    let third = try await site.desk.store.verdict(kept.application)
    #expect(try third.version == 3 && third.authorisations.count == 1)
    // However late it is, as long as the customer is not connected.
    #expect(try await site.work(at: Self.at(301 * 86_400)) == 1)
    await site.close()
  }

  @Test func behindTheLastDayOfAPaperItIsLookedAt() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence])
    var material = WithdrawnTests.deed(WithdrawnTests.scans.right)
    material.validTo = CivilDate(iso: "2022-03-31")
    _ = try await site.desk.counter.handIn(material, at: Bench.moment)
    _ = try await site.desk.evaluate(
      try SupplyDeskTests.read(SupplyDeskTests.form), for: nil, at: Bench.moment)
    let midnight = try #require(Timestamp(iso8601: "2022-03-31T16:00:00Z"))
    #expect(try await site.work(at: midnight.advanced(byMilliseconds: -1)) == 0)
    #expect(try await site.work(at: midnight) == 1)
    await site.close()
  }

  @Test func behindTheLastDayOfAPaperThatIsNotEnoughItIsLookedAt() async throws {
    let site = try await SupplySite()
    var material = WithdrawnTests.deed(WithdrawnTests.scans.right)
    (material.code, material.kind, material.number) = ("contractor-licence", .contractorLicence, nil)
    material.holder = PaperHolder(isPerson: false, name: Bench.builder.name, code: Bench.builder.code)
    material.validTo = CivilDate(iso: "2022-03-31")
    _ = try await site.desk.counter.handIn(material, at: Bench.moment)
    let form = try SupplyDeskTests.read(
      """
      {"number": "GD-1", "region": "320400", "day": "2022-03-01",
       "facts": {"business": "new", "stage": "intermediate-check", "voltage": "330"},
       "applicant": {"type": "organisation", "name": "新县光明（茶业）有限公司", "code": "91411523MA3X8L9K7C"},
       "place": {"address": "河南省信阳市新县新集镇将军路12号3幢2单元301室"},
       "contractor": {"type": "organisation", "name": "信阳电力安装有限公司", "code": "914115000000000001"}}
      """)
    let (kept, _) = try await site.desk.evaluate(form, for: nil, at: Bench.moment)
    #expect(try Self.states(kept)["construction-qualification"] == "unchecked")
    let midnight = try #require(Timestamp(iso8601: "2022-03-31T16:00:00Z"))
    #expect(try await site.work(at: midnight.advanced(byMilliseconds: -1)) == 0)
    #expect(try await site.work(at: midnight) == 1)
    let latest = try await site.desk.store.verdict(kept.application)
    #expect(try Self.states(latest)["construction-qualification"] == "missing")
    await site.close()
  }

  @Test func howLongIsWaited() {
    var (moment, looks, before) = (Bench.moment, 0, 0.0)
    while moment < Self.at(7 * 86_400) {
      let asked = SupplyHandler.wait(since: Bench.moment, at: moment, isAsked: true)
      let other = SupplyHandler.wait(since: Bench.moment, at: moment, isAsked: false)
      #expect(asked >= 30 && other >= 600 && other >= asked && asked >= before && asked <= 6 * 3600)
      before = asked
      looks += 1
      moment = moment.advanced(bySeconds: asked)
    }
    #expect((50...75).contains(looks), "\(looks)")
    #expect(SupplyHandler.wait(since: Bench.moment, at: Self.at(30 * 86_400), isAsked: false) == 6 * 3600)
  }

  @Test func anErrandIsReadAsItWasWritten() {
    for kind in [nil, SupplyErrand.Kind.open, .doubt, .end, .change, .rest] {
      let errand = SupplyErrand(
        application: SupplyApplicationID(rawValue: 7), since: Bench.moment, kind: kind)
      #expect(SupplyErrand(decoding: errand.encoded) == errand)
    }
    let plain = SupplyErrand(decoding: Array("7 1646100000000".utf8))
    #expect(plain != nil && plain?.kind == nil)
    for wrong in ["", "7", "7 x", "7 1 closed", " open"] {
      #expect(SupplyErrand(decoding: Array(wrong.utf8)) == nil, "\(wrong)")
    }
  }
}
