import Calendars
import CivilTime
import Crypto
import Documents
import Registry
import SQLDatabase
@testable import Supply
import TestSupport
import Testing

/// What is kept to count by, and how it is read.
@Suite struct IndicatorStoreTests {
  private typealias Bench = SupplyBench

  /// An afternoon of the first of March 2022 in China.
  private static let moment = Bench.moment.advanced(bySeconds: 4 * 3600)

  private static func desk(_ site: SupplySite, _ courses: [OrderCourse] = []) -> IndicatorDesk {
    IndicatorDesk(store: site.desk.store, calendar: .china) { numbers, projects, _ in
      courses.filter { course in
        numbers.contains(course.number) || course.project.map { projects.contains($0) } ?? false
      }
    }
  }

  /// - Parameter more: members of the form, such as `"channel": "online"`.
  @discardableResult
  private static func apply(
    _ site: SupplySite, _ number: String, _ more: String = "", at moment: Timestamp = moment,
    _ change: (String) -> String = { $0 }
  ) async throws -> SupplyApplicationID {
    let form = SupplyDeskTests.form.replacing(
      "\"GD-1\"", with: "\"\(number)\"\(more.isEmpty ? "" : ", " + more)")
    let (kept, _) = try await site.desk.evaluate(
      try SupplyDeskTests.read(change(form)), for: nil, at: moment)
    return kept.application
  }

  private static func query(
    _ from: String = "2022-03", _ through: String? = nil, _ moment: IndicatorMoment = .applied,
    region: String? = nil, customer: String? = nil
  ) throws -> IndicatorQuery {
    IndicatorQuery(
      from: try #require(CivilMonth(from)), through: try #require(CivilMonth(through ?? from)),
      moment: moment, region: region, customer: customer)
  }

  private static func entry(_ site: SupplySite, _ id: Int64) async throws -> OrderEntry {
    let store = site.desk.store
    return try await site.database.read { reader in
      let before = SupplyStore.OrderPlace(moment: .min, application: 0)
      let all = try store.entries(
        .applied, after: before, before: Timestamp(milliseconds: .max), limit: 100, reader)
      return try #require(all.first { $0.application.rawValue == id })
    }
  }

  private static func connect(
    _ site: SupplySite, _ id: SupplyApplicationID, at moment: Timestamp, now: Timestamp? = nil,
    contracts: [String] = [], pin: ArchivePin? = nil
  ) async throws {
    let store = site.desk.store
    _ = try await site.database.write {
      try store.connect(
        id, at: moment, contracts: contracts, due: nil, pin: pin, in: $0, now: now ?? moment)
    }
  }

  private static func line(_ report: IndicatorReport, _ word: String) throws -> IndicatorCount {
    let lines = report.lines.filter { $0.indicator.word == word }
    #expect(lines.count == 1)
    return try #require(lines.first).count
  }

  @Test func whatIsKeptIsCodesAndMoments() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence])
    let id = try await Self.apply(site, "GD-1", #""channel": "online", "applied": "2022-03-01T03:00:00Z""#)
    let entry = try await Self.entry(site, 1)
    #expect(id.rawValue == 1 && entry.number == "GD-1" && entry.region == "330100")
    #expect(entry.channel == .online && entry.business == "new" && entry.customer == "small-micro")
    #expect(
      entry.applied.happened.iso8601 == "2022-03-01T03:00:00.000Z" && entry.applied.learned == Self.moment)
    #expect(entry.papers?.subject.word == "certificate" && entry.papers?.project.word == "not-required")
    #expect(entry.papers?.property.word == "missing")
    let limits = try await site.database.read { reader in
      try site.desk.store.limits(try #require(entry.limits), reader)
    }
    // 杭州 of 2022: the nation's fifteen working days of “三零”, and its own steps.
    #expect(limits.map(\.step).contains("whole"))
    #expect(limits.first { $0.step == "whole" }?.rule?.limit == .days(15, .working))
    #expect(limits.allSatisfy { !$0.step.hasPrefix("permit-") && $0.rule?.warnings.isEmpty != false })
    // Nobody is in it, and nothing is opened for a count: the form is gone and it counts the same.
    let before = try await Self.desk(site).report(try Self.query(), at: Self.moment)
    let store = site.desk.store
    _ = try await site.database.write { try store.erase(id, in: $0, now: Self.moment) }
    #expect(try await Self.desk(site).report(try Self.query(), at: Self.moment) == before)
    #expect(try Self.line(before, "online-applications").counts == 1)
    #expect(try Self.line(before, "shared-certificates").open == 1)
    let text = try await site.database.read { reader in
      try reader.query("SELECT * FROM supply_order") { row in
        (0..<row.columnCount).map { "\(row.value($0))" }.joined(separator: " ")
      }
    }
    for secret in ["光明", "91411523MA3X8L9K7C", "将军路"] { #expect(!text.joined().contains(secret)) }
    await site.close()
  }

  @Test func channelAndMomentAreValidated() async throws {
    let site = try await SupplySite()
    for more in [
      #""channel": "fax""#, #""channel": """#, #""applied": "the first of March""#, #""applied": 1"#,
    ] {
      await #expect(throws: SupplyFormError.self) { try await Self.apply(site, "GD-1", more) }
    }
    await #expect {
      try await Self.apply(site, "GD-1", #""applied": "2022-03-01T07:00:00Z""#)
    } throws: { ($0 as? SupplyError)?.code == .unfit }
    // A clock that is a little ahead is none that is wrong.
    try await Self.apply(site, "GD-1", #""applied": "2022-03-01T06:01:00Z""#)
    await site.close()
  }

  /// What is said once more, or judged once more, changes nothing; what is said otherwise is marked.
  @Test func changesAreMarked() async throws {
    let site = try await SupplySite()
    try await Self.apply(site, "GD-1")
    #expect(try await Self.entry(site, 1).channel == nil)
    let later = Self.moment.advanced(bySeconds: 3600)
    try await Self.apply(site, "GD-1", #""channel": "counter""#, at: later)
    var entry = try await Self.entry(site, 1)
    #expect(entry.channel == .counter && !entry.isChannelChanged, "what was unknown is known now")
    #expect(entry.applied == OrderEntry.Moment(Self.moment, learned: Self.moment))
    try await Self.apply(
      site, "GD-1", #""channel": "online", "applied": "2022-02-27T03:00:00Z""#, at: later)
    try await Self.apply(
      site, "GD-1", #""channel": "online", "applied": "2022-02-27T03:00:00Z""#,
      at: later.advanced(bySeconds: 60))
    entry = try await Self.entry(site, 1)
    #expect(entry.isChannelChanged && entry.applied.isChanged && entry.applied.learned == later)
    let none = try await Self.desk(site).report(try Self.query(), at: later)
    #expect(none.orders == 0, "it belongs to February")
    // Later than was said is no new start.
    let before = try await Self.entry(site, 1)
    try await Self.apply(
      site, "GD-1", #""applied": "2022-02-28T03:00:00Z""#, at: later.advanced(bySeconds: 90))
    #expect(try await Self.entry(site, 1).applied == before.applied)
    await site.close()
  }

  @Test func laterStepsTakeNoPaperAway() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    try await Self.apply(site, "GD-1")
    try await Self.apply(site, "GD-1") {
      $0.replacing(#""stage": "application""#, with: #""stage": "completion""#)
    }
    #expect(try await Self.entry(site, 1).papers?.property.word == "certificate")
    // Nor the class and the limits, where fewer facts are given.
    let before = try await Self.entry(site, 1)
    try await Self.apply(site, "GD-1") {
      $0.replacing(
        #"{"voltage": 0.4, "capacity": 100, "customer": "small-micro", "business": "new", "stage": "application"}"#,
        with: #"{"stage": "completion"}"#)
    }
    #expect(try await Self.entry(site, 1) == before && before.customer == "small-micro")
    let report = try await Self.desk(site).report(try Self.query(), at: Self.moment)
    #expect(try Self.line(report, "shared-certificates").counts == 1)
    #expect(report.sums.allSatisfy { $0.rate == nil }, "no order needs a permit")
    await site.close()
  }

  /// The customer had to bring it, and a platform told only later.
  @Test func aPaperThatWasBroughtCountsAsBrought() async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence])
    let deed = #"[{"code": "property-deed", "sm3": "\#(String(repeating: "0f", count: 32))"}]"#
    try await Self.apply(site, "GD-1", #""materials": \#(deed)"#)
    #expect(try await Self.entry(site, 1).papers?.property.word == "material")
    try await site.store([Bench.deed(of: Bench.company)])
    try await Self.apply(site, "GD-1", #""materials": \#(deed)"#)
    let kept = try await site.desk.store.verdict(SupplyApplicationID(rawValue: 1))
    let property = try kept.document.root["verdict"]?["requirements"]?.elements.first {
      $0["requirement"]?.string == "property"
    }
    #expect(property?["state"]?.string == "certificate", "so says the verdict")
    #expect(try await Self.entry(site, 1).papers?.property.word == "material")
    let report = try await Self.desk(site).report(try Self.query(), at: Self.moment)
    #expect(try Self.line(report, "shared-certificates").countsNot == 1)
    await site.close()
  }

  @Test func connectionsAndArchivesAreNoted() async throws {
    let site = try await SupplySite()
    let id = try await Self.apply(site, "GD-1")
    let connected = Self.moment.advanced(bySeconds: 86_400)
    let noted = connected.advanced(bySeconds: 7200)
    try await Self.connect(site, id, at: connected, now: noted)
    var entry = try await Self.entry(site, 1)
    #expect(entry.connected == OrderEntry.Moment(connected, learned: noted))
    let store = site.desk.store
    try await site.database.write {
      try store.settle(id, told: "", isLate: false, archived: noted, in: $0)
    }
    #expect(try await Self.entry(site, 1).archived == noted)
    // Only the contracts are said otherwise.
    try await Self.connect(site, id, at: connected, now: noted.advanced(bySeconds: 9), contracts: ["HT-1"])
    entry = try await Self.entry(site, 1)
    #expect(entry.connected == OrderEntry.Moment(connected, learned: noted) && entry.archived == nil)
    let other = connected.advanced(bySeconds: -3600)
    try await Self.connect(site, id, at: other, now: noted.advanced(bySeconds: 99))
    entry = try await Self.entry(site, 1)
    #expect(entry.connected?.happened == other && entry.connected?.isChanged == true)
    let byConnection = try await Self.desk(site).report(try Self.query("2022-03", nil, .connected), at: noted)
    #expect(byConnection.orders == 1)
    // Another verdict leaves it as it is.
    try await Self.apply(site, "GD-1", at: noted.advanced(bySeconds: 100))
    #expect(try await Self.entry(site, 1).connected == entry.connected)
    await site.close()
  }

  /// A form that comes behind the connection is judged, and its order stays what it was.
  @Test(arguments: [false, true]) func whatIsSaidBehindTheConnectionCountsForNothing(
    isPinned: Bool
  ) async throws {
    let site = try await SupplySite()
    try await site.store([Bench.licence, Bench.deed(of: Bench.company)])
    let id = try await Self.apply(site, "GD-1")
    let connected = Self.moment.advanced(bySeconds: 2 * 86_400)
    let pin = ArchivePin(verdict: 1, line: SupplyLine(permits: .unknown, project: nil))
    try await Self.connect(site, id, at: connected, pin: isPinned ? pin : nil)
    let before = try await Self.entry(site, 1)
    let later = connected.advanced(bySeconds: 60)
    try await Self.apply(site, "GD-1", #""channel": "online""#, at: later) {
      $0.replacing("\"small-micro\"", with: "\"other\"")
    }
    #expect(try await site.desk.store.verdict(id).version == 2)
    var after = try await Self.entry(site, 1)
    // How the customer applied is noted as what was entered late, as long as the archive is not whole.
    if !isPinned { (after.channel, after.channelLearned) = (nil, nil) }
    #expect(after == before && before.customer == "small-micro")
    let report = try await Self.desk(site).report(try Self.query(), by: [], at: later)
    let online = try Self.line(report, "online-applications")
    #expect(online.rate == IndicatorRatio(0, of: 1) && online.enteredLate == (isPinned ? 0 : 1))
    await site.close()
  }

  /// What was lacking may still come, and nothing is said otherwise; nor is what was lacking not required any more.
  @Test func behindTheConnectionPapersMayOnlyCome() async throws {
    func paper(_ word: String) -> OrderPaper { OrderPaper(word) }
    for (before, later, wanted) in [
      ("missing", "fetched", "fetched"), ("unchecked", "material", "material"),
      ("deferred", "not-required", "deferred"), ("certificate", "missing", "certificate"),
      ("not-required", "missing", "not-required"), ("earlier-material", "certificate", "earlier-material"),
    ] {
      #expect(paper(before).filled(by: paper(later)) == paper(wanted))
    }
    let site = try await SupplySite()
    try await site.store([Bench.licence])
    let id = try await Self.apply(site, "GD-1")
    try await Self.connect(site, id, at: Self.moment)
    let later = Self.moment.advanced(bySeconds: 60)
    try await site.store([Bench.deed(of: Bench.company)])
    try await Self.apply(site, "GD-1", at: later) { $0.replacing("330100", with: "320400") }
    let entry = try await Self.entry(site, 1)
    #expect(entry.papers?.property.word == "certificate" && entry.region == "330100")
    await site.close()
  }

  /// How and when the customer applied is said with the application, and nothing of the booking before it is changed by that.
  @Test(arguments: [
    ("", #""channel": "online""#, "counts online", "counts met"),
    (#""channel": "telephone""#, #""channel": "online""#, "counts online", "counts met"),
    (
      #""channel": "telephone", "applied": "2022-03-01T03:00:00Z""#,
      #""channel": "online", "applied": "2022-03-11T05:00:00Z""#, "counts online", "counts met"
    ),
    (
      #""channel": "telephone""#, #""channel": "online", "applied": "2022-03-02T05:00:00Z""#,
      "entered-late applied-entered-late channel-entered-late", "counts-not broken"
    ),
    (#""channel": "online""#, "", "counts-not channel-unknown", "counts met"),
  ]) func aBookingBeforeIsNoApplication(
    booking: String, more: String, online: String, whole: String
  ) async throws {
    let site = try await SupplySite()
    try await Self.apply(site, "GD-1", booking) { $0.replacing("\"application\"", with: "\"booking\"") }
    #expect(try await Self.entry(site, 1).isBooking)
    // Of the fifteen working days from the one to the connection are ten, from the other eighteen.
    let applied = Self.moment.advanced(bySeconds: 10 * 86_400)
    let connected = applied.advanced(bySeconds: 14 * 86_400)
    let id = try await Self.apply(site, "GD-1", more, at: applied)
    // Said once more it is no other.
    let entry = try await Self.entry(site, 1)
    try await Self.apply(site, "GD-1", more, at: applied.advanced(bySeconds: 86_400))
    #expect(try await Self.entry(site, 1) == entry)
    try await Self.connect(site, id, at: connected)
    for (indicator, wanted) in [(Indicator.onlineApplications, online), (.limit("whole"), whole)] {
      let (orders, _) = try await Self.desk(site).orders(
        of: indicator, try Self.query(), limit: 9, at: connected)
      #expect(orders.map { IndicatorBench.words($0.finding) } == [wanted])
    }
    await site.close()
  }

  /// Twenty minutes to dispatch and eighteen hours to confirm, 河南: what is limited of a booking stays to be counted when the customer has applied.
  @Test(arguments: [("GD-1", "GD-1"), ("GD-2", "GD-1"), ("GD-1", "GD-3"), ("GD-2", "GD-3")])
  func whatIsLimitedOfABookingStaysCounted(number: String, again: String) async throws {
    let site = try await SupplySite()
    func henan(_ form: String) -> String { form.replacing("330100", with: "411500") }
    func book(_ number: String, at moment: Timestamp) async throws {
      try await Self.apply(site, number, #""channel": "telephone""#, at: moment) {
        henan($0).replacing("\"application\"", with: "\"booking\"")
      }
    }
    try await book("GD-1", at: Self.moment)
    func step(_ id: String, _ name: String, after minutes: Int) -> ClockEvent {
      let moment = Self.moment.advanced(bySeconds: minutes * 60)
      return ClockEvent(
        id: id, name: name, happened: moment.civil(offsetSeconds: UTCOffset.china), learned: moment)
    }
    let courses = [
      OrderCourse(
        number: "GD-1", opened: Self.moment, project: nil, permits: [],
        steps: [step("1", "dispatched", after: 15), step("2", "confirmed", after: 19 * 60)])
    ]
    let applied = Self.moment.advanced(bySeconds: 2 * 86_400)
    func words(_ step: String, at moment: Timestamp) async throws -> [String] {
      let (orders, _) = try await Self.desk(site, courses).orders(
        of: .limit(step), try Self.query(), limit: 9, at: moment)
      return orders.map { IndicatorBench.words($0.finding) }
    }
    for round in 0..<3 {
      if round == 1 { try await Self.apply(site, number, #""channel": "online""#, at: applied, henan) }
      // Said once more, a booking says nothing of the application.
      if round == 2 { try await book(again, at: applied.advanced(bySeconds: 60)) }
      // What is accepted is an application.
      #expect(try await words("acceptance", at: applied) == (round == 0 ? [] : ["open running"]), "\(round)")
      #expect(try await words("dispatch", at: applied) == ["counts met"], "\(round)")
      #expect(try await words("confirm", at: applied) == ["counts-not broken"], "\(round)")
      let report = try await Self.desk(site, courses).report(try Self.query(), by: [], at: applied)
      #expect(try Self.line(report, "limit-dispatch").rate == IndicatorRatio(1, of: 1))
      #expect(try Self.line(report, "limit-confirm").rate == IndicatorRatio(0, of: 1))
    }
    let (online, _) = try await Self.desk(site, courses).orders(
      of: .onlineApplications, try Self.query(), limit: 9, at: applied)
    #expect(online.map { IndicatorBench.words($0.finding) } == ["counts online"])
    // What goes on with the order is the application's, since when the customer applied.
    let connected = applied.advanced(bySeconds: 86_400)
    let last = SupplyApplicationID(rawValue: number == "GD-1" ? 1 : 2)
    try await Self.connect(site, last, at: connected)
    #expect(try await words("whole", at: connected) == ["counts met"])
    // A booking that came meanwhile is an order of its own from there on.
    #expect(try await words("dispatch", at: connected).first == "counts met")
    await site.close()
  }

  /// 常州: who was called when they booked need not be called once more when they apply.
  @Test func whoWasCalledForTheBookingWasCalled() async throws {
    let site = try await SupplySite()
    func changzhou(_ form: String) -> String { form.replacing("330100", with: "320400") }
    try await Self.apply(site, "GD-1") { changzhou($0).replacing("\"application\"", with: "\"booking\"") }
    let called = Self.moment.advanced(bySeconds: 600)
    let course = OrderCourse(
      number: "GD-1", opened: Self.moment, project: nil, permits: [],
      steps: [
        ClockEvent(
          id: "1", name: "contacted", happened: called.civil(offsetSeconds: UTCOffset.china), learned: called)
      ])
    let applied = Self.moment.advanced(bySeconds: 3600)
    for isApplied in [false, true] {
      if isApplied { try await Self.apply(site, "GD-1", at: applied, changzhou) }
      let (orders, _) = try await Self.desk(site, [course]).orders(
        of: .limit("contact"), try Self.query(), limit: 9, at: applied.advanced(bySeconds: 7200))
      #expect(orders.map { IndicatorBench.words($0.finding) } == ["counts met"], "\(isApplied)")
      let report = try await Self.desk(site, [course]).report(
        try Self.query(), by: [], at: applied.advanced(bySeconds: 7200))
      #expect(try Self.line(report, "limit-contact").rate == IndicatorRatio(1, of: 1), "\(isApplied)")
    }
    await site.close()
  }

  /// Where whoever sent the form has gone away, it is judged later and came when it did; a later step is no application.
  @Test func anApplicationBehindABookingCameWithItsForm() async throws {
    let site = try await SupplySite()
    func form(_ number: String, _ stage: String) throws -> SupplyForm {
      try SupplyDeskTests.read(
        SupplyDeskTests.form.replacing(
          "\"GD-1\"", with: "\"\(number)\", \"channel\": \"\(stage == "booking" ? "telephone" : "online")\""
        )
        .replacing("301室", with: "\(number)室").replacing("\"application\"", with: "\"\(stage)\""))
    }
    let came = Self.moment.advanced(bySeconds: 86_400)
    for (number, stage, wanted) in [("GD-1", "application", came), ("GD-2", "completion", Self.moment)] {
      let booked = try await site.desk.evaluate(try form(number, "booking"), for: nil, at: Self.moment)
      let (store, next) = (site.desk.store, try form(number, stage))
      let id = try await site.database.write { try store.keep(next, for: nil, in: $0, now: came) }
      #expect(id == booked.kept.application)
      let later = came.advanced(bySeconds: 3 * 86_400)
      try await site.desk.reconsider(id, asks: false, budget: .zero, at: later) { _, _, _ in }
      let entry = try await Self.entry(site, id.rawValue)
      #expect(entry.applied == OrderEntry.Moment(wanted, learned: wanted) && !entry.isBooking, "\(stage)")
      #expect(entry.channelLearned == came, "\(stage)")
      // What nobody applied for is accepted at a time of which nothing follows.
      #expect(OrderProcess(SupplyOrder([entry]), []).isOnlyBooked == (stage == "completion"), "\(stage)")
    }
    await site.close()
  }

  /// A moment that is taken back and noted again was noted when it first was.
  @Test func aMomentThatIsNotedAgainWasNotedBefore() async throws {
    let site = try await SupplySite()
    let id = try await Self.apply(site, "GD-1")
    let (one, other) = (Self.moment, Self.moment.advanced(bySeconds: 600))
    let times = (1...3).map { Self.moment.advanced(bySeconds: $0 * 86_400) }
    for (moment, now) in zip([one, other, one], times) {
      try await Self.connect(site, id, at: moment, now: now)
    }
    let noted = OrderEntry.Moment(one, learned: times[0], isChanged: true)
    #expect(try await Self.entry(site, 1).connected == noted)
    // Also where it is counted anew.
    _ = try await site.database.write { try $0.execute("DELETE FROM supply_order") }
    try await Self.apply(site, "GD-1", at: times[2])
    #expect(try await Self.entry(site, 1).connected == OrderEntry.Moment(one, learned: times[0]))
    await site.close()
  }

  // Filed again

  private static func chains(_ site: SupplySite) async throws -> [[Int64]] {
    let (orders, _) = try await desk(site).orders(
      of: .sharedCertificates, try query("2022-01", "2022-12"), limit: 100, at: moment)
    return orders.map { $0.order.entries.map(\.application.rawValue) }
  }

  @Test func whatIsFiledAgainCountsOnce() async throws {
    let site = try await SupplySite()
    try await Self.apply(site, "GD-1")
    // Another customer, another business, another address: other orders.
    try await Self.apply(site, "GD-2") { $0.replacing("91411523MA3X8L9K7C", with: "91411523MA3X8L9K8C") }
    try await Self.apply(site, "GD-3") { $0.replacing(#""new""#, with: #""increase""#) }
    try await Self.apply(site, "GD-4") { $0.replacing("301室", with: "302室") }
    let days = { (count: Int) in Self.moment.advanced(bySeconds: count * 86_400) }
    // However the address is written, in whatever case the code; a month and a day after the last is another order.
    try await Self.apply(site, "GD-5", at: days(31)) {
      $0.replacing("12号3幢2单元", with: " 12号3幢 2单元").replacing("91411523MA3X8L9K7C", with: "91411523ma3x8l9k7c")
    }
    try await Self.apply(site, "GD-6", at: days(62))
    try await Self.apply(site, "GD-7", at: days(94))
    #expect(try await Self.chains(site) == [[1, 5, 6], [2], [3], [4], [7]])
    let march = try await Self.desk(site).report(try Self.query(), at: days(94))
    #expect(march.orders == 4 && march.filedAgain == 1)
    let later = try await Self.desk(site).report(try Self.query("2022-04", "2022-06"), at: days(94))
    #expect(later.orders == 1, "the one that was filed again is of March")
    await site.close()
  }

  @Test func whatWasConnectedBeforeIsNotFiledAgain() async throws {
    let site = try await SupplySite()
    let id = try await Self.apply(site, "GD-1")
    try await Self.connect(site, id, at: Self.moment.advanced(bySeconds: 86_400))
    try await Self.apply(site, "GD-2", at: Self.moment.advanced(bySeconds: 2 * 86_400))
    #expect(try await Self.chains(site) == [[1], [2]])
    await site.close()
  }

  @Test func whatWasErasedAndFiledAgainCountsOnce() async throws {
    let site = try await SupplySite()
    let id = try await Self.apply(site, "GD-1")
    let store = site.desk.store
    _ = try await site.database.write { try store.erase(id, in: $0, now: Self.moment) }
    let second = try await Self.apply(site, "GD-2", at: Self.moment.advanced(bySeconds: 20 * 86_400))
    try await Self.connect(site, second, at: Self.moment.advanced(bySeconds: 21 * 86_400))
    #expect(try await Self.chains(site) == [[1, 2]])
    // The clock began with the first.
    let (orders, _) = try await Self.desk(site).orders(
      of: .limit("whole"), try Self.query("2022-03", "2022-03"), limit: 9,
      at: Self.moment.advanced(bySeconds: 30 * 86_400))
    #expect(orders.map(\.finding.days) == [15])
    let connected = try await Self.desk(site).report(
      try Self.query("2022-03", nil, .connected), at: Self.moment.advanced(bySeconds: 30 * 86_400))
    #expect(connected.orders == 1 && connected.filedAgain == 1)
    await site.close()
  }

  /// Learned in another order than they happened, and corrected.
  @Test func chainsAreMadeAnewWhenSomethingElseIsSaid() async throws {
    let site = try await SupplySite()
    func applied(_ day: String) -> String { "\"applied\": \"2022-\(day)T01:00:00Z\"" }
    try await Self.apply(site, "GD-1", applied("01-03"))
    try await Self.apply(site, "GD-2", applied("02-25"))
    #expect(try await Self.chains(site) == [[1], [2]])
    // Between the two.
    try await Self.apply(site, "GD-3", applied("01-30"))
    #expect(try await Self.chains(site) == [[1, 3, 2]])
    try await Self.apply(site, "GD-3", applied("01-30")) { $0.replacing("301室", with: "601室") }
    #expect(try await Self.chains(site) == [[1], [3], [2]])
    await site.close()
  }

  // Reading

  @Test func monthsRegionsAndClassesAreKeptApart() async throws {
    let site = try await SupplySite()
    let change = { (text: String, number: Int) in text.replacing("301室", with: "\(number)室") }
    let march = Self.moment
    // The last second of March in China, and the first of April.
    let end = try #require(Timestamp(iso8601: "2022-03-31T15:59:59Z"))
    try await Self.apply(site, "GD-1", at: march) { change($0, 1) }
    try await Self.apply(site, "GD-2", at: end) { change($0, 2) }
    try await Self.apply(site, "GD-3", at: end.advanced(bySeconds: 1)) { change($0, 3) }
    try await Self.apply(site, "GD-4", at: march) { change($0, 4).replacing("330100", with: "320400") }
    try await Self.apply(site, "GD-5", at: march) {
      change($0, 5).replacing("\"customer\": \"small-micro\", ", with: "")
    }
    let desk = Self.desk(site)
    let all = try await desk.report(try Self.query("2022-03", "2022-04"), at: end)
    #expect(all.orders == 5)
    let groups = all.sums.map {
      "\($0.group.region ?? "") \($0.group.month?.description ?? "") \($0.group.customer ?? "")"
    }
    #expect(
      groups == [
        "320400 2022-03 small-micro", "330100 2022-03 small-micro", "330100 2022-03 unknown",
        "330100 2022-04 small-micro",
      ])
    #expect(try await desk.report(try Self.query("2022-03"), at: end).orders == 4)
    #expect(try await desk.report(try Self.query("2022-03", region: "32"), at: end).orders == 1)
    #expect(try await desk.report(try Self.query("2022-03", region: "330100"), at: end).orders == 3)
    #expect(try await desk.report(try Self.query("2022-03", customer: "unknown"), at: end).orders == 1)
    let one = try await desk.report(try Self.query("2022-03", "2022-04"), by: [], at: end)
    #expect(
      one.sums.count == 1
        && one.sums[0].group == IndicatorReport.Group(region: nil, month: nil, customer: nil))
    // 常州's average beside the nation's limit, each by itself; what depends on facts is unknown.
    let figures = Set(all.lines.filter { $0.group.region == "320400" }.map(\.indicator.word))
    #expect(figures.isSuperset(of: ["average", "limit-contact", "limit-whole", "limit-archive"]))
    let unknown = all.lines.filter { $0.group.customer == "unknown" && $0.indicator == .limit("whole") }
    #expect(unknown.map(\.count.unknown) == [1] && unknown.map(\.limit?.rule) == [nil])
    await site.close()
  }

  @Test func ordersAreReadPageByPage() async throws {
    let site = try await SupplySite()
    for number in 1...7 {
      // Two at the same moment, and not in the order of their numbers.
      let at = Self.moment.advanced(bySeconds: -(number / 2) * 60)
      try await Self.apply(
        site, "GD-\(number)", #""channel": "\#(number == 4 ? "counter" : "online")""#, at: at
      ) { $0.replacing("301室", with: "\(number)室") }
    }
    let desk = Self.desk(site)
    let whole = try await desk.orders(of: .onlineApplications, try Self.query(), limit: 100, at: Self.moment)
    #expect(whole.orders.map(\.order.id.rawValue) == [6, 7, 4, 5, 2, 3, 1] && whole.next == nil)
    var (pages, after): ([Int64], SupplyApplicationID?) = ([], nil)
    repeat {
      let page = try await desk.orders(
        of: .onlineApplications, try Self.query(), after: after, limit: 2, at: Self.moment)
      pages += page.orders.map(\.order.id.rawValue)
      after = page.next
    } while after != nil
    #expect(pages == whole.orders.map(\.order.id.rawValue))
    let not = try await desk.orders(
      of: .onlineApplications, try Self.query(), outcomes: [.countsNot], limit: 9, at: Self.moment)
    #expect(not.orders.map(\.order.id.rawValue) == [4] && not.orders[0].finding.reasons == [.word("counter")])
    await #expect(throws: SupplyError.self) {
      try await desk.orders(
        of: .onlineApplications, try Self.query(), after: SupplyApplicationID(rawValue: 99), limit: 2,
        at: Self.moment)
    }
    await site.close()
  }

  @Test func casesAreFoundByNumberAndByProject() async throws {
    let site = try await SupplySite()
    let code = "2020-411523-44-03-012345"
    for number in 1...3 {
      try await Self.apply(site, "GD-\(number)") { form in
        let form = form.replacing(
          "301室\"", with: "\(number)室\"\(number == 3 ? "" : ", \"projectCode\": \"\(code)\"")")
        return form
      }
    }
    let project = site.keys.projectToken("20204115234403012345")
    let courses = [
      OrderCourse(
        number: "XK-1", opened: Self.moment, project: project,
        permits: [.init(item: "greening", standing: .online)], steps: []),
      OrderCourse(
        number: "GD-2", opened: Self.moment, project: nil,
        permits: [.init(item: "road-digging", standing: .byHand)], steps: []),
    ]
    let (orders, _) = try await Self.desk(site, courses).orders(
      of: .sharedPermits, try Self.query(), outcomes: Set(OrderOutcome.allCases), limit: 9, at: Self.moment)
    #expect(
      orders.map { IndicatorBench.words($0.finding) } == [
        "counts greening-online", "counts-not greening-online road-digging-by-hand", "outside no-case",
      ])
    let report = try await Self.desk(site, courses).report(try Self.query(), by: [], at: Self.moment)
    #expect(report.sums[0].rate == nil, "all certificates are open")
    #expect(try Self.line(report, "shared-permits").rate?.decimal == "0.5")
    await site.close()
  }

  /// A temporary supply, and a permanent one under the same code.
  @Test func anotherSupplysCasesAreNotCounted() async throws {
    let site = try await SupplySite()
    let noted = Self.moment.advanced(bySeconds: 3600)
    for (number, works) in [("GD-1", ""), ("GD-2", #""works": "none", "#), ("GD-3", "")] {
      try await Self.apply(site, number) { form in
        form.replacing("301室\"", with: "\(number)室\", \"projectCode\": \"2020-411523-44-03-012345\"")
          .replacing(#""voltage":"#, with: works + #""voltage":"#)
      }
    }
    try await Self.connect(site, SupplyApplicationID(rawValue: 1), at: noted)
    let project = site.keys.projectToken("2020-411523-44-03-012345")
    func course(_ number: String, _ item: String, after seconds: Int) -> OrderCourse {
      OrderCourse(
        number: number, opened: noted.advanced(bySeconds: seconds), project: project,
        permits: [.init(item: item, standing: .online)], steps: [])
    }
    let courses = [
      course("XK-1", "greening", after: 0), course("XK-2", "road-digging", after: 1),
      course("GD-3", "route-planning", after: -1),
    ]
    let (orders, _) = try await Self.desk(site, courses).orders(
      of: .sharedPermits, try Self.query(), outcomes: Set(OrderOutcome.allCases), limit: 9, at: noted)
    #expect(
      orders.map { IndicatorBench.words($0.finding) } == [
        "counts greening-online", "outside no-case",
        "counts greening-online road-digging-online route-planning-online",
      ])
    // An application that takes the number of a case later has it as its own, and leaves it to whoever was connected before.
    try await Self.apply(site, "XK-1", at: noted.advanced(bySeconds: 60))
    let (after, _) = try await Self.desk(site, courses).orders(
      of: .sharedPermits, try Self.query(), limit: 9, at: noted)
    #expect(
      after.map { IndicatorBench.words($0.finding) } == [
        "counts greening-online", "counts road-digging-online route-planning-online",
        "counts greening-online",
      ])
    // What an earlier version found whole counts by what was there then.
    _ = try await site.database.write {
      try $0.execute(
        "UPDATE supply_order SET cases_until = ?1 WHERE application = 1",
        .int(noted.advanced(bySeconds: 1).milliseconds))
    }
    let (before, _) = try await Self.desk(site, courses).orders(
      of: .sharedPermits, try Self.query(), limit: 1, at: noted)
    #expect(before.map { IndicatorBench.words($0.finding) } == ["counts greening-online road-digging-online"])
    await site.close()
  }

  /// What was whole before cases were bound to when the connection was noted keeps those that it had.
  @Test func whatAnEarlierVersionFoundWholeKeepsItsCases() async throws {
    let folder = TemporaryFolder()
    let database = try await Database.open(path: folder.file("site.sqlite"))
    let all = SupplySchema.component
    let before = SchemaComponent(name: all.name, migrations: Array(all.migrations.prefix(8)))
    _ = try await database.migrate([RegistrySchema.component, before])
    // One that was whole then, one that became so since, one that is not.
    let archives: [(permits: String, archived: String)] = [
      ("NULL", "500"), ("'unknown'", "500"), ("NULL", "NULL"),
    ]
    try await database.write { transaction in
      for (id, one) in zip(1..., archives) {
        try transaction.execute(
          """
          INSERT INTO supply_archive (application, connection, due, told, late, archived, verdict, permits)
          VALUES (\(id), \(id), NULL, '', 0, \(one.archived), 1, \(one.permits))
          """)
        try transaction.execute(
          """
          INSERT INTO supply_order (application, number, region, channel_changed, is_booking, applied, applied_learned,
            applied_changed, connected, connected_learned, connected_changed, archived, alike)
          VALUES (\(id), 'GD-\(id)', '330100', 0, 0, 100, 100, 0, 200, 300, 0, \(one.archived), x'01')
          """)
      }
    }
    _ = try await database.migrate([RegistrySchema.component, all])
    let store = SupplyStore(
      database: database, keys: try await RegistryKeys.open(database, ring: .ephemeral()))
    let until = try await database.read { reader in
      try (1...3).map {
        try store.entry(SupplyApplicationID(rawValue: $0), reader).flatMap {
          SupplyOrder([$0]).cases.until?.milliseconds
        }
      }
    }
    #expect(until == [500, 300, 300])
    let kept = try await database.read { reader in
      try reader.query("SELECT cases_until FROM supply_archive ORDER BY application") { $0.intOrNull(0) }
    }
    #expect(kept == [500, nil, nil])
    await database.close()
  }

  /// A line of which any form tells needs permits, and each form may be put right: as the archive has it.
  @Test func whetherPermitsAreNeededIsKept() async throws {
    let site = try await SupplySite()
    let id = SupplyApplicationID(rawValue: 1)
    func apply(_ facts: String, _ stage: String = "application") async throws -> PermitNeed {
      try await Self.apply(site, "GD-1") { form in
        form.replacing(#""voltage":"#, with: facts + #""voltage":"#)
          .replacing(#""stage": "application""#, with: #""stage": "\#(stage)""#)
      }
      let entry = try await Self.entry(site, 1)
      let forms = try await site.desk.store.applications(id, requestID: "test").map(\.form)
      let line = SupplyLine(forms, Bench.library, site.keys)
      #expect(entry.permits == line.permits && entry.project == line.project)
      return entry.permits
    }
    #expect(try await apply("") == .unknown)
    #expect(try await apply(#""works": "none", "#) == .notNeeded)
    #expect(try await apply("", "completion") == .notNeeded)
    #expect(
      try await apply(#""works": "poles-lines", "length": 200, "digs-road": true, "#, "completion") == .needed
    )
    // The application is put right, and says nothing of the line.
    #expect(try await apply("") == .needed)
    let report = try await Self.desk(site).report(try Self.query(), at: Self.moment)
    #expect(try Self.line(report, "shared-permits").open == 1)
    #expect(try await apply(#""works": "none", "#, "completion") == .notNeeded)
    // What an earlier version kept says nothing of it.
    _ = try await site.database.write { try $0.execute("UPDATE supply_order SET permits = NULL") }
    #expect(try await Self.entry(site, 1).permits == .unknown)
    await site.close()
  }

  /// One range over an index, and nothing that grows with what is not asked for.
  @Test func readingsUseTheirIndexes() async throws {
    let site = try await SupplySite()
    let plans = try await site.database.read { reader in
      try [
        reader.plan(
          of:
            "SELECT region FROM supply_order WHERE (applied, application) > (?1, ?2) AND applied < ?3 ORDER BY applied, application LIMIT ?4",
          [.int(1), .int(1), .int(9), .int(9)]),
        reader.plan(
          of:
            "SELECT region FROM supply_order WHERE (connected, application) > (?1, ?2) AND connected < ?3 ORDER BY connected, application LIMIT ?4",
          [.int(1), .int(1), .int(9), .int(9)]),
        reader.plan(of: "SELECT region FROM supply_order WHERE chain = ?1", [.int(1)]),
        reader.plan(
          of:
            "SELECT chain FROM supply_order WHERE alike = ?1 AND application <> ?2 AND applied <= ?3 ORDER BY applied DESC, application DESC LIMIT 1",
          [.blob([1]), .int(1), .int(1)]),
      ]
    }
    for plan in plans {
      #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH supply_order USING INDEX"), "\(plan)")
    }
    await site.close()
  }

  /// What an earlier version has judged is not left out in silence.
  @Test func whatIsNotReadIsSaid() async throws {
    let site = try await SupplySite()
    let id = try await Self.apply(site, "GD-1")
    try await Self.connect(site, id, at: Self.moment)
    _ = try await site.database.write { try $0.execute("DELETE FROM supply_order") }
    let before = try await Self.desk(site).report(try Self.query(), at: Self.moment)
    #expect(before.orders == 0 && before.unread == 1)
    #expect(try await Self.desk(site).report(try Self.query(region: "32"), at: Self.moment).unread == 0)
    // Judged anew, it counts from when it came.
    let later = Self.moment.advanced(bySeconds: 40 * 86_400)
    try await Self.apply(site, "GD-1", at: later)
    let entry = try await Self.entry(site, 1)
    #expect(entry.applied.happened == Self.moment && entry.applied.learned == Self.moment)
    #expect(entry.connected?.happened == Self.moment)
    #expect(try await Self.desk(site).report(try Self.query(), at: later).unread == 0)
    await site.close()
  }
}
