import Calendars
import CivilTime
import TestSupport
import Testing

@testable import Supply

/// What holds of all figures, tried on orders at random.
@Suite struct IndicatorPropertyTests {
  private typealias Bench = IndicatorBench

  private struct Draw {
    var chance: SplitMix64

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements.randomElement(using: &chance)! }

    /// A moment in the months around.
    mutating func moment() -> Timestamp {
      Timestamp(milliseconds: 1_640_000_000_000 + Int64(chance.next(below: 10_000_000)) * 1000)
    }

    mutating func happened(after start: Timestamp? = nil) -> OrderEntry.Moment {
      let moment = start.map { $0.advanced(bySeconds: chance.next(below: 40 * 86_400)) } ?? moment()
      return OrderEntry.Moment(
        moment, learned: moment.advanced(bySeconds: pick([0, 60, 4000, 90_000, 900_000])),
        isChanged: chance.next(below: 8) == 0)
    }

    mutating func entry(_ id: Int64) -> OrderEntry {
      let applied = happened()
      let words = RequirementVerdict.State.words
      let papers = OrderPapers(
        subject: OrderPaper(pick(words)), property: OrderPaper(pick(words)), project: OrderPaper(pick(words)))
      return OrderEntry(
        application: SupplyApplicationID(rawValue: id), number: "GD-\(id)",
        region: pick(["320400", "411523"]),
        channel: pick([.online, .counter, .telephone, nil]), isChannelChanged: chance.next(below: 8) == 0,
        business: pick(["new", "increase", "rename", nil]), customer: pick(["resident", "other", nil]),
        isBooking: chance.next(below: 8) == 0, applied: applied,
        connected: chance.next(below: 2) == 0 ? happened(after: applied.happened) : nil,
        papers: pick([papers, nil]), permits: pick([.needed, .notNeeded, .unknown]))
    }

    mutating func course(_ number: String) -> OrderCourse {
      let names = ["requested", "accepted", "contacted", "others-started", "others-ended", "connected"]
      var steps: [ClockEvent] = []
      for id in 1...(1 + chance.next(below: 5)) {
        let at = happened()
        steps.append(
          ClockEvent(
            id: "\(id)", name: pick(names), happened: at.happened.civil(offsetSeconds: UTCOffset.china),
            learned: at.learned, retracts: id > 1 && chance.next(below: 6) == 0 ? "\(id - 1)" : nil))
      }
      let permits = (0..<chance.next(below: 3)).map { place in
        OrderCourse.Permit(item: "i\(place)", standing: pick(OrderCourse.Standing.allCases))
      }
      return OrderCourse(
        number: number, opened: Timestamp(milliseconds: 0), project: nil, permits: permits, steps: steps)
    }
  }

  private static let limits = [
    Bench.limit(.days(5, .working)), Bench.limit(.days(15, .rolling), stops: [Bench.others]),
    Bench.limit(.minutes(30), step: "contact", ends: ["contacted"]),
    Bench.limit(.days(7, .rolling), step: "supply", starts: ["accepted"]),
    Bench.limit(.days(3, .working), step: "average"),
  ]

  private static func findings(
    _ order: SupplyOrder, _ courses: [OrderCourse], _ judge: IndicatorJudge
  ) -> [OrderFinding] {
    let process = OrderProcess(order, courses)
    return [
      judge.onlineApplications(order), judge.sharedCertificates(order), judge.sharedPermits(order, courses),
    ] + limits.map { judge.limit($0, process) }
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func eachApplicationIsInOneOrder(seed: UInt64) {
    var draw = Draw(chance: SplitMix64(seed: seed))
    let chain = (1...(1 + Int64(draw.chance.next(below: 7)))).map { draw.entry($0) }
    let orders = SupplyOrder.all(of: chain.shuffled(using: &draw.chance))
    #expect(orders.flatMap { $0.entries.map(\.application) }.sorted() == chain.map(\.application))
    for order in orders {
      #expect(order.entries.dropLast().allSatisfy { $0.connected == nil }, "the last is the one carried out")
      let applications = order.entries.filter { !$0.isBooking }
      let asked = applications.isEmpty ? order.entries : applications
      #expect(order.applied.happened == asked.map(\.applied.happened).min())
      #expect(
        order.key(by: .applied) != nil && (order.key(by: .connected) == nil) == (order.connected == nil))
    }
    #expect(orders.count { $0.connected == nil } <= 1)
    #expect(orders == SupplyOrder.all(of: chain), "in whatever order they are read")
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func chainsAreOfWhatFollowsSoon(seed: UInt64) {
    var draw = Draw(chance: SplitMix64(seed: seed))
    let day: Int64 = 86_400_000
    let links = (1...(1 + Int64(draw.chance.next(below: 8)))).map { id in
      let applied = Int64(draw.chance.next(below: 120)) * day
      return OrderLink(
        application: id, applied: applied,
        connected: draw.pick([nil, applied + Int64(draw.chance.next(below: 40)) * day]), chain: nil)
    }.sorted { ($0.applied, $0.application) < ($1.applied, $1.application) }
    let chains = OrderLink.chains(of: links)
    #expect(chains.count == links.count)
    for index in links.indices.dropLast() {
      let (one, next) = (links[index], links[index + 1])
      let isSoon = next.applied - one.applied <= 31 * day
      let wasConnected = one.connected.map { $0 <= next.applied } ?? false
      #expect((chains[index] != nil && chains[index] == chains[index + 1]) == (isSoon && !wasConnected))
    }
    for chain in Set(chains.compactMap(\.self)) {
      let members = zip(links, chains).filter { $0.1 == chain }.map(\.0.application)
      #expect(members.count > 1 && members.min() == chain)
    }
  }

  /// Nothing is gained by entering it later, or by changing it: what counts then would have counted at once.
  @Test(arguments: 0..<300 as Range<UInt64>) func lateEntriesGainNothing(seed: UInt64) throws {
    var draw = Draw(chance: SplitMix64(seed: seed))
    let judge = try Bench.judge(at: "2022-07-01T00:00:00")
    let entry = draw.entry(1)
    let course = draw.course("GD-1")
    let courses = draw.pick([[course], []])
    var prompt = entry
    prompt.applied.isChanged = false
    prompt.applied.learned = prompt.applied.happened
    prompt.isChannelChanged = false
    if let connected = prompt.connected {
      prompt.connected = OrderEntry.Moment(connected.happened, learned: connected.happened)
    }
    let late = Self.findings(SupplyOrder([entry]), courses, judge)
    let soon = Self.findings(SupplyOrder([prompt]), courses, judge)
    for (one, other) in zip(late, soon) {
      if one.outcome == .counts { #expect(other.outcome == .counts, "\(one) \(other)") }
      #expect(
        (one.outcome == .countsNot) == (other.outcome == .countsNot),
        "what is broken is, whenever it is entered")
      #expect(one.outcome == other.outcome || one.outcome == .enteredLate, "\(one) \(other)")
      #expect(!one.reasons.isEmpty)
    }
  }

  /// Clocks that share their days show the same as each by itself.
  @Test(arguments: 0..<40 as Range<UInt64>) func readingsThatAreSharedAreTheSame(seed: UInt64) throws {
    var draw = Draw(chance: SplitMix64(seed: seed))
    let now = try #require(CivilDateTime(iso: "2022-03-20T12:00:00"))
    let judge = IndicatorJudge(calendar: .china, now: now)
    var readings = OrderReadings(calendar: .china, now: now)
    for _ in 1...60 {
      var entry = draw.entry(1)
      // Few days, so that many share them.
      entry.applied.happened = Timestamp(
        milliseconds: 1_647_200_000_000 + Int64(draw.chance.next(below: 8)) * 50_000_000)
      entry.connected?.happened = entry.applied.happened.advanced(
        bySeconds: draw.chance.next(below: 9) * 43_000)
      let process = OrderProcess(SupplyOrder([entry]), draw.pick([[draw.course("GD-1")], [], []]))
      for (place, limit) in Self.limits.enumerated() {
        #expect(judge.limit(limit, process, at: place, &readings) == judge.limit(limit, process))
      }
    }
  }

  /// The working days are counted here one by one.
  @Test(arguments: 0..<200 as Range<UInt64>) func aLimitOfWorkingDaysIsCountedByDays(seed: UInt64) throws {
    var draw = Draw(chance: SplitMix64(seed: seed))
    let start = draw.moment()
    let end = start.advanced(bySeconds: draw.chance.next(below: 20 * 86_400))
    let days = 1 + draw.chance.next(below: 10)
    let entry = OrderEntry(
      application: SupplyApplicationID(rawValue: 1), number: "GD-1", region: "320400",
      applied: OrderEntry.Moment(start, learned: start), connected: OrderEntry.Moment(end, learned: end))
    let finding = try Bench.judge(at: "2022-12-01T00:00:00").limit(
      Bench.limit(.days(days, .working)), OrderProcess(SupplyOrder([entry]), []))
    var (used, day) = (0, start.civil(offsetSeconds: UTCOffset.china).date)
    let last = end.civil(offsetSeconds: UTCOffset.china).date
    while day < last {
      day = day.adding(days: 1)
      if try WorkCalendar.china.isWorkingDay(day) { used += 1 }
    }
    #expect(finding.days == used)
    // It ends with the last working day, whatever rest days come behind.
    let isLastWorked = try WorkCalendar.china.isWorkingDay(last)
    let isMet = used < days || (used == days && isLastWorked)
    #expect(finding.outcome == (isMet ? .counts : .countsNot))
  }

  @Test(arguments: 0..<60 as Range<UInt64>) func groupsAddUpToTheWhole(seed: UInt64) throws {
    var draw = Draw(chance: SplitMix64(seed: seed))
    let judge = try Bench.judge(at: "2022-07-01T00:00:00")
    var tallies = [IndicatorTally([]), IndicatorTally([.region]), IndicatorTally([.month, .customer])]
    tallies.append(IndicatorTally(Set(IndicatorDimension.allCases)))
    let orders = (1...40).map { SupplyOrder([draw.entry($0)]) }
    for order in orders {
      let courses = draw.pick([[draw.course(order.first.number)], []])
      let findings = Self.findings(order, courses, judge)
      for place in tallies.indices {
        let places = [0, 1, 2] + Self.limits.map { tallies[place].place(of: $0) }
        tallies[place].add(order, order.applied, zip(places, findings).map { (place: $0, finding: $1) })
      }
    }
    let reports = tallies.map { $0.report(unread: 0) }
    for report in reports {
      #expect(report.orders == 40)
      for line in report.lines {
        let count = line.count
        if let rate = count.rate {
          #expect(rate.numerator <= rate.denominator && rate.numerator == count.counts)
        } else {
          #expect(count.counts == 0 && count.countsNot == 0)
        }
        #expect(count.daysOf <= count.counts + count.countsNot)
      }
      for indicator in IndicatorTally.annex {
        #expect(Self.sum(report, indicator, nil) == 40, "each order is something for each figure")
      }
      for limit in Self.limits {
        #expect(
          Self.sum(report, .limit(limit.step), limit) == Self.sum(reports[0], .limit(limit.step), limit))
      }
      for sum in report.sums {
        let rates = report.lines.filter { $0.group == sum.group && $0.limit == nil }.map(\.count.rate)
        #expect((sum.rate == nil) == (rates[1] == nil || rates[2] == nil))
      }
    }
  }

  private static func sum(_ report: IndicatorReport, _ indicator: Indicator, _ limit: OrderLimit?) -> Int {
    report.lines.filter { $0.indicator == indicator && $0.limit == limit }.map(\.count).reduce(0) {
      $0 + $1.counts + $1.countsNot + $1.open + $1.unknown + $1.enteredLate + $1.outside
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func ratesAreExact(seed: UInt64) throws {
    var chance = SplitMix64(seed: seed)
    func draw() throws -> (IndicatorRatio, Double) {
      let denominator = 1 + chance.next(below: 100_000)
      let numerator = chance.next(below: denominator + 1)
      return (
        try #require(IndicatorRatio(numerator, of: denominator)), Double(numerator) / Double(denominator)
      )
    }
    let (one, other) = (try draw(), try draw())
    for (ratio, value) in [one, other, (one.0 + other.0, one.1 + other.1)] {
      let decimal = try #require(Double(ratio.decimal))
      #expect(abs(decimal - value) <= 0.000_050_1)
      #expect(ratio.decimal.split(separator: ".").count < 2 || !ratio.decimal.hasSuffix("0"))
    }
    #expect((one.0 + other.0).decimal == (other.0 + one.0).decimal)
  }

  @Test func ofNothingThereIsNoRate() {
    #expect(
      IndicatorRatio(0, of: 0) == nil && IndicatorCount().rate == nil && IndicatorCount().meanDays == nil)
    #expect(IndicatorRatio(1, of: 3)?.decimal == "0.3333" && IndicatorRatio(2, of: 3)?.decimal == "0.6667")
    #expect(IndicatorRatio(5, of: 5)?.decimal == "1" && IndicatorRatio(0, of: 5)?.decimal == "0")
    #expect(IndicatorRatio(1, of: 8)?.decimal == "0.125" && IndicatorRatio(3, of: 2)?.decimal == "1.5")
    #expect(
      IndicatorRatio(1, of: 20_000)?.decimal == "0.0001"
        && IndicatorRatio(99_999, of: 100_000)?.decimal == "1")
  }

  @Test func wordsOfFiguresAreReadBack() {
    for indicator in IndicatorTally.annex + [.limit("whole"), .limit("own-steps"), .limit("average")] {
      #expect(Indicator(indicator.word) == indicator)
    }
    for word in ["", "limit-", "limit-average", "limit-A", "limit-总", "shared", "shared-information"] {
      #expect(Indicator(word) == nil, "\(word)")
    }
    #expect(
      CivilMonth("2026-02")?.next.description == "2026-03"
        && CivilMonth("2026-12")?.next.description == "2027-01")
    for text in ["2026-13", "2026-2", "2026-02-01", "x"] { #expect(CivilMonth(text) == nil) }
    #expect(CivilMonth("2026-03")?.start.iso8601 == "2026-02-28T16:00:00.000Z")
  }
}
