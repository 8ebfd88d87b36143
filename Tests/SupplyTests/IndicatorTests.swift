import Calendars
import CivilTime
import Testing

@testable import Supply

/// What one order is for each figure, and why.
@Suite struct IndicatorTests {
  private typealias Bench = IndicatorBench

  // 线上办电率

  @Test func onlineApplicationsAreOfNewAndIncreaseOrders() throws {
    let judge = try Bench.judge()
    let table: [(SupplyChannel?, String?, String)] = [
      (.online, "new", "counts online"), (.online, "increase", "counts online"),
      (.counter, "new", "counts-not counter"), (.telephone, "increase", "counts-not telephone"),
      (nil, "new", "unknown channel-unknown"), (.online, nil, "unknown business-unknown"),
      (.online, "temporary", "outside other-business"), (.counter, "rename", "outside other-business"),
      (nil, "transfer", "outside other-business"),
    ]
    for (channel, business, expected) in table {
      let order = try Bench.order(channel: channel, business: business)
      #expect(Bench.words(judge.onlineApplications(order)) == expected)
    }
    var booking = try Bench.entry()
    booking.isBooking = true
    #expect(Bench.words(judge.onlineApplications(SupplyOrder([booking]))) == "outside booking")
  }

  /// What was entered afterwards as online is counted apart; what was not online counts whenever it was entered.
  @Test func onlineCountsByWhatWasLearnedAsItHappened() throws {
    let judge = try Bench.judge()
    func words(_ learned: String, _ channel: SupplyChannel) throws -> String {
      Bench.words(judge.onlineApplications(try Bench.order(learned: learned, channel: channel)))
    }
    #expect(try words("2022-03-02T09:00:00", .online) == "counts online")
    #expect(try words("2022-03-02T09:00:01", .online) == "entered-late applied-entered-late")
    #expect(try words("2022-03-20T09:00:00", .counter) == "counts-not counter")
    var entry = try Bench.entry()
    entry.isChannelChanged = true
    #expect(Bench.words(judge.onlineApplications(SupplyOrder([entry]))) == "entered-late channel-changed")
    entry.channel = .counter
    #expect(Bench.words(judge.onlineApplications(SupplyOrder([entry]))) == "counts-not counter")
    var said = try Bench.entry()
    said.channelLearned = try Bench.moment("2022-03-02T09:00:00")
    #expect(Bench.words(judge.onlineApplications(SupplyOrder([said]))) == "counts online")
    said.channelLearned = try Bench.moment("2022-03-02T09:00:01")
    #expect(Bench.words(judge.onlineApplications(SupplyOrder([said]))) == "entered-late channel-entered-late")
  }

  /// Three online orders of which two were entered late are no 100 %.
  @Test func whatIsEnteredLateStaysInTheDenominator() {
    var count = IndicatorCount()
    for outcome in [OrderOutcome.counts, .enteredLate, .enteredLate, .open, .unknown, .outside] {
      count.add(OrderFinding(outcome, "online"))
    }
    #expect(count.rate == IndicatorRatio(1, of: 3) && count.enteredLate == 2)
  }

  // 办电证照资料共享率

  @Test(arguments: [
    (["certificate", "fetched", "pushed"], "counts subject-certificate property-fetched project-pushed"),
    (["face", "certificate", "not-required"], "counts subject-face property-certificate"),
    (["certificate", "material", "not-required"], "counts-not subject-certificate property-material"),
    (["equivalent", "unchecked", "not-required"], "counts-not subject-equivalent property-unchecked"),
    (
      ["earlier-material", "fetched", "not-required"], "counts-not subject-earlier-material property-fetched"
    ),
    (["certificate", "missing", "not-required"], "open subject-certificate property-missing"),
    (["certificate", "deferred", "not-required"], "open subject-certificate property-deferred"),
    (["certificate", "unchecked", "not-required"], "unknown subject-certificate property-unchecked"),
    (["undecided", "silent", "baseless"], "unknown subject-undecided property-silent project-baseless"),
    (["not-required", "not-required", "not-required"], "outside none-required"),
  ])
  func certificatesCameOnlineIfAllOfThemDid(_ words: [String], _ expected: String) throws {
    let order = try Bench.order(papers: Bench.papers(words[0], words[1], words[2]))
    #expect(Bench.words(try Bench.judge().sharedCertificates(order)) == expected)
  }

  @Test func everyWordOfAStateHasAWay() {
    let unknown = RequirementVerdict.State.words.filter { OrderPaper($0).way == .unknown }
    #expect(Set(unknown) == ["unchecked", "undecided", "silent", "baseless"])
  }

  @Test func whatIsLackingWhenTheCustomerIsConnectedDidNotComeOnline() throws {
    let order = try Bench.order(
      connected: "2022-03-03T10:00:00", papers: Bench.papers("certificate", "deferred"))
    #expect(
      Bench.words(try Bench.judge().sharedCertificates(order))
        == "counts-not subject-certificate property-deferred")
    for word in ["unchecked", "undecided", "silent", "baseless", "missing"] {
      let order = try Bench.order(connected: "2022-03-03T10:00:00", papers: Bench.papers("fetched", word))
      #expect(try Bench.judge().sharedCertificates(order).outcome == .countsNot, "\(word)")
    }
    let never = try Bench.order(papers: nil)
    #expect(Bench.words(try Bench.judge().sharedCertificates(never)) == "unknown not-judged")
    let connected = try Bench.order(connected: "2022-03-03T10:00:00", papers: nil)
    #expect(Bench.words(try Bench.judge().sharedCertificates(connected)) == "counts-not not-judged")
    let none = try Bench.order(
      connected: "2022-03-03T10:00:00", papers: Bench.papers("not-required", "not-required"))
    #expect(try Bench.judge().sharedCertificates(none).outcome == .outside)
    // Nor did an application of which nobody says how it was made.
    let channelless = try Bench.order(connected: "2022-03-03T10:00:00", channel: nil)
    #expect(Bench.words(try Bench.judge().onlineApplications(channelless)) == "counts-not channel-unknown")
  }

  /// A paper that was brought is not unbrought by a platform that tells later.
  @Test func whatWasBroughtStaysBrought() {
    let before = Bench.papers("material", "missing", "unchecked")
    let after = Bench.papers("fetched", "certificate", "certificate").following(before)
    #expect(after == Bench.papers("material", "certificate", "certificate"))
    #expect(Bench.papers("missing", "material").following(after).subject.word == "material")
    #expect(
      Bench.papers("certificate").following(Bench.papers("earlier-material")).subject.word == "certificate")
  }

  // 行政审批资料共享率

  @Test func permitsCameOnlineIfAllOfThemDid() throws {
    let judge = try Bench.judge()
    let table: [([OrderCourse.Standing], String)] = [
      ([.online, .online], "counts route-planning-online greening-online"),
      ([.online, .byHand], "counts-not route-planning-online greening-by-hand"),
      ([.open, .byHand], "counts-not route-planning-open greening-by-hand"),
      ([.online, .open], "open route-planning-online greening-open"),
      ([.notGranted], "open route-planning-not-granted"), ([], "outside none-needed"),
    ]
    for (permits, expected) in table {
      let finding = judge.sharedPermits(try Bench.order(), [Bench.course(permits)])
      #expect(Bench.words(finding) == expected)
    }
    #expect(Bench.words(judge.sharedPermits(try Bench.order(), [])) == "outside no-case")
    // Whoever is connected has had their permits, or none that came online.
    let connected = try Bench.order(connected: "2022-03-03T10:00:00")
    for standing in OrderCourse.Standing.allCases {
      let finding = judge.sharedPermits(connected, [Bench.course([.online, standing])])
      #expect(finding.outcome == (standing == .online ? .counts : .countsNot), "\(standing)")
    }
    #expect(judge.sharedPermits(connected, []).outcome == .outside)
    // Of a line whose permits nobody entered none came online.
    for (permits, isConnected, expected) in [
      (PermitNeed.needed, false, "open no-case"), (.needed, true, "counts-not no-case"),
      (.notNeeded, true, "outside no-case"),
    ] {
      var entry = try Bench.entry(connected: isConnected ? "2022-03-03T10:00:00" : nil)
      entry.permits = permits
      #expect(Bench.words(judge.sharedPermits(SupplyOrder([entry]), [])) == expected)
    }
    let both = [Bench.course([.online]), Bench.course([.byHand], number: "XK-2")]
    #expect(judge.sharedPermits(try Bench.order(), both).outcome == .countsNot)
  }

  // Limits

  private static func words(
    _ limit: OrderLimit, _ order: SupplyOrder, _ steps: [ClockEvent] = [],
    at now: String = "2022-06-01T09:00:00"
  ) throws -> String {
    let courses = steps.isEmpty ? [] : [Bench.course(steps: steps)]
    return Bench.words(try Bench.judge(at: now).limit(limit, OrderProcess(order, courses)))
  }

  /// Tuesday the first of March to Monday the seventh are four working days.
  @Test func aLimitIsMetOrBroken() throws {
    let five = Bench.limit(.days(5, .working))
    func words(_ connected: String?, at now: String = "2022-06-01T09:00:00") throws -> String {
      try Self.words(five, try Bench.order(connected: connected), at: now)
    }
    #expect(try words("2022-03-08T23:59:59") == "counts met")
    #expect(try words("2022-03-09T00:00:00") == "counts-not broken")
    #expect(try words(nil, at: "2022-03-08T09:00:00") == "open running")
    #expect(try words(nil, at: "2022-03-09T00:00:00") == "counts-not broken-and-running")
    let finding = try Bench.judge().limit(
      five, OrderProcess(try Bench.order(connected: "2022-03-07T08:00:00"), []))
    #expect(finding.days == 4)
  }

  @Test func whatNobodyCanTellIsUnknown() throws {
    let whole = Bench.limit(.days(5, .working))
    let connected = try Bench.order(connected: "2022-03-02T10:00:00")
    #expect(try Self.words(OrderLimit(step: "whole", rule: nil), connected) == "unknown facts-unknown")
    // A year without a calendar.
    let late = try Bench.order(applied: "2026-12-30T09:00:00")
    #expect(try Self.words(whole, late, at: "2026-12-31T09:00:00") == "unknown calendar-missing")
    // It ended before it began.
    let contradiction = try Bench.order(connected: "2022-02-20T10:00:00")
    #expect(try Self.words(whole, contradiction) == "unknown moments-contradict")
    // Nobody reports when the customer was called.
    let contact = Bench.limit(.minutes(30), step: "contact", ends: ["contacted"])
    #expect(try Self.words(contact, connected) == "unknown not-reported")
    let accepted = try Bench.step("accepted", "2022-03-01T10:00:00")
    #expect(try Self.words(contact, connected, [accepted]) == "unknown not-reported")
    #expect(try Self.words(contact, try Bench.order(), [accepted]) == "counts-not broken-and-running")
    let supply = Bench.limit(.days(7, .rolling), step: "supply", starts: ["accepted"])
    #expect(try Self.words(supply, connected) == "unknown not-reported")
    #expect(try Self.words(supply, connected, [accepted]) == "counts met")
    let other = try Bench.step("contacted", "2022-03-01T10:00:00")
    #expect(try Self.words(supply, try Bench.order(), [other]) == "open not-begun")
  }

  /// Of a clock that stands still while others are at work, nobody knows how it stood where nothing was reported.
  @Test func pausesThatNobodyReportsBreakNoLimit() throws {
    let own = Bench.limit(.days(2, .working), step: "own-steps", stops: [Bench.others])
    let order = try Bench.order(connected: "2022-03-10T10:00:00")
    #expect(try Self.words(own, order) == "unknown pauses-not-reported")
    #expect(try Self.words(own, try Bench.order()) == "unknown pauses-not-reported")
    #expect(try Self.words(own, try Bench.order(connected: "2022-03-02T10:00:00")) == "counts met")
    let pause = [
      try Bench.step("others-started", "2022-03-02T09:00:00", id: "1"),
      try Bench.step("others-ended", "2022-03-10T09:00:00", id: "2"),
    ]
    #expect(try Self.words(own, order, pause) == "counts met")
    #expect(
      try Self.words(own, order, [pause[0], try Bench.step("others-ended", "2022-03-03T09:00:00", id: "2")])
        == "counts-not broken")
    #expect(try Self.words(own, try Bench.order(), [pause[0]], at: "2022-03-20T09:00:00") == "open paused")
  }

  @Test func theArchiveIsOfConnectedOrders() throws {
    let archive = Bench.limit(
      .days(1, .working), step: "archive", starts: ["connected"], ends: ["archived"])
    #expect(try Self.words(archive, try Bench.order()) == "open not-begun")
    var entry = try Bench.entry(connected: "2022-03-02T10:00:00")
    #expect(
      try Self.words(archive, SupplyOrder([entry]), at: "2022-03-03T10:00:00") == "open running")
    #expect(try Self.words(archive, SupplyOrder([entry])) == "counts-not broken-and-running")
    entry.archived = try Bench.moment("2022-03-03T23:00:00")
    #expect(try Self.words(archive, SupplyOrder([entry])) == "counts met")
  }

  /// 补录: what is to the utility's credit is counted apart, and what is not counts.
  @Test func creditIsByMomentsLearnedAsTheyHappened() throws {
    let five = Bench.limit(.days(5, .working))
    func words(_ connected: String, _ noted: String) throws -> String {
      try Self.words(five, try Bench.order(connected: connected, noted: noted))
    }
    #expect(try words("2022-03-04T10:00:00", "2022-03-05T10:00:00") == "counts met")
    #expect(
      try words("2022-03-04T10:00:00", "2022-03-20T10:00:00") == "entered-late met connected-entered-late")
    #expect(try words("2022-03-14T10:00:00", "2022-03-20T10:00:00") == "counts-not broken")
    var entry = try Bench.entry(connected: "2022-03-04T10:00:00")
    entry.connected?.isChanged = true
    #expect(try Self.words(five, SupplyOrder([entry])) == "entered-late met connected-changed")
    entry.connected?.isChanged = false
    entry.applied.isChanged = true
    #expect(try Self.words(five, SupplyOrder([entry])) == "entered-late met requested-changed")
    // A limit of minutes is not met by an entry of the evening.
    let contact = Bench.limit(.minutes(30), step: "contact", ends: ["contacted"])
    func call(_ learned: String) throws -> String {
      try Self.words(
        contact, try Bench.order(), [try Bench.step("contacted", "2022-03-01T09:20:00", learned: learned)])
    }
    #expect(try call("2022-03-01T10:20:00") == "counts met")
    #expect(try call("2022-03-01T20:00:00") == "entered-late met contacted-entered-late")
  }

  @Test func stepsThatWereTakenBackAreChanged() throws {
    let contact = Bench.limit(.minutes(30), step: "contact", ends: ["contacted"])
    let steps = [
      try Bench.step("contacted", "2022-03-01T11:00:00", id: "1"),
      try Bench.step(
        "contacted", "2022-03-01T09:10:00", id: "2", learned: "2022-03-01T09:30:00", retracts: "1"),
    ]
    #expect(try Self.words(contact, try Bench.order(), steps) == "entered-late met contacted-changed")
    // Of another number: not this order's.
    let foreign = OrderProcess(try Bench.order(), [Bench.course(number: "XK-9", steps: steps)])
    #expect(Bench.words(try Bench.judge().limit(contact, foreign)) == "unknown not-reported")
  }

  /// A request that was reported earlier than the application came begins the clock.
  @Test func theFirstRequestBeginsTheClock() throws {
    let five = Bench.limit(.days(5, .working))
    let order = try Bench.order(connected: "2022-03-08T10:00:00")
    let steps = [try Bench.step("requested", "2022-02-28T09:00:00")]
    #expect(try Self.words(five, order, steps) == "counts-not broken")
  }

  @Test func anAverageIsOfOrdersThatHaveEnded() throws {
    let average = Bench.limit(.days(3, .working), step: "average")
    func finding(_ connected: String?, _ noted: String? = nil) throws -> OrderFinding {
      try Bench.judge().limit(
        average, OrderProcess(try Bench.order(connected: connected, noted: noted), []))
    }
    #expect(try finding("2022-03-11T10:00:00").days == 8)
    #expect(Bench.words(try finding("2022-03-11T10:00:00")) == "counts ended")
    #expect(Bench.words(try finding(nil)) == "open running")
    let late = try finding("2022-03-02T10:00:00", "2022-04-01T10:00:00")
    #expect(late.outcome == .enteredLate && late.days == nil)
  }

  @Test func aBookingHasNoConnectionToWaitFor() throws {
    var booking = try Bench.entry()
    booking.isBooking = true
    let order = SupplyOrder([booking])
    #expect(try Self.words(Bench.limit(.days(5, .working)), order) == "outside booking")
    let dispatch = Bench.limit(.minutes(20), step: "dispatch", ends: ["dispatched"])
    let step = try Bench.step("dispatched", "2022-03-01T09:15:00")
    #expect(try Self.words(dispatch, order, [step]) == "counts met")
  }

  /// A connection shows that somebody was supplied, whatever form came.
  @Test func aBookingThatWasConnectedCounts() throws {
    var booking = try Bench.entry(connected: "2022-03-03T09:00:00", channel: .telephone)
    booking.isBooking = true
    let order = SupplyOrder([booking])
    #expect(Bench.words(try Bench.judge().onlineApplications(order)) == "counts-not telephone")
    #expect(try Self.words(Bench.limit(.days(5, .working)), order) == "counts met")
    let acceptance = Bench.limit(.days(1, .rolling), step: "acceptance", ends: ["accepted"])
    let accepted = try Bench.step("accepted", "2022-03-02T09:00:00")
    #expect(try Self.words(acceptance, order, [accepted]) == "unknown not-reported")
    // A form that comes behind the connection, with another moment, dates it no better.
    booking.booking = OrderEntry.Booking(requested: booking.applied, limits: 1)
    booking.isBooking = false
    booking.applied.isChanged = true
    #expect(try Self.words(acceptance, SupplyOrder([booking]), [accepted]) == "unknown not-reported")
  }

  /// Nobody is called from nine in the evening until eight, however soon that is.
  @Test(arguments: [
    ("2022-03-01T09:15:00", "counts met"), ("2022-03-01T22:00:00", "counts-not in-quiet-hours"),
    ("2022-03-02T07:59:59", "counts-not in-quiet-hours"), ("2022-03-02T08:00:00", "counts-not broken"),
  ]) func nobodyIsCalledAtNight(contacted: String, wanted: String) throws {
    var rule = ClockRule(limit: .minutes(30), starts: ["requested"], ends: ["contacted"])
    rule.quiet = QuietHours(from: 21 * 3600, until: 8 * 3600)
    let limit = OrderLimit(step: "contact", rule: rule, clause: "D 1", document: "文件")
    let order = SupplyOrder([try Bench.entry()])
    #expect(try Self.words(limit, order, [try Bench.step("contacted", contacted)]) == wanted)
  }

  // What is one order

  @Test func whatWasFiledAgainIsOneOrder() throws {
    let first = try Bench.entry(1, applied: "2022-03-01T09:00:00", papers: Bench.papers("material"))
    let second = try Bench.entry(
      2, applied: "2022-03-20T09:00:00", connected: "2022-03-22T09:00:00", channel: .counter)
    let orders = SupplyOrder.all(of: [second, first])
    #expect(orders == [SupplyOrder([first, second])])
    let order = orders[0]
    #expect(order.id.rawValue == 1 && order.isFiledAgain && order.asking.channel == .online)
    #expect(order.papers?.subject.word == "material")
    // Its clock began with the first.
    #expect(try Self.words(Bench.limit(.days(5, .working)), order) == "counts-not broken")
    #expect(order.key(by: .applied)?.application.rawValue == 1)
    #expect(order.key(by: .connected)?.application.rawValue == 2)
  }

  /// Two meters of one house that are both connected were two orders.
  @Test func whatWasCarriedOutEndsAnOrder() throws {
    let chain = [
      try Bench.entry(1, applied: "2022-03-01T09:00:00", connected: "2022-03-10T09:00:00"),
      try Bench.entry(2, applied: "2022-03-02T09:00:00", connected: "2022-03-11T09:00:00"),
      try Bench.entry(3, applied: "2022-03-03T09:00:00"),
    ]
    #expect(SupplyOrder.all(of: chain).map { $0.entries.map(\.application.rawValue) } == [[1], [2], [3]])
  }

  @Test func aBookingBeforeIsNoSecondFiling() throws {
    var booking = try Bench.entry(1, channel: .telephone, papers: nil)
    booking.isBooking = true
    let order = SupplyOrder([booking, try Bench.entry(2, applied: "2022-03-02T09:00:00")])
    #expect(!order.isFiledAgain && !order.isBooking)
    #expect(Bench.words(try Bench.judge().onlineApplications(order)) == "counts online")
    // Nobody had applied with it: neither does a clock begin, nor a month.
    #expect(order.applied.happened == (try Bench.moment("2022-03-02T09:00:00")))
    #expect(order.id.rawValue == 1 && order.key(by: .applied)?.application.rawValue == 2)
  }
}
