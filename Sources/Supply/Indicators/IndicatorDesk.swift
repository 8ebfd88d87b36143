public import Calendars
public import CivilTime
public import SQLDatabase

/// Counts orders, and shows which orders a count is made of. Opens nothing that is sealed.
public struct IndicatorDesk: Sendable {
  /// Finds the permit cases of so many numbers and projects, by keyed digests of their codes, in the same state of the database.
  ///
  /// At most ``portion`` of each are asked about.
  public typealias CourseFinder =
    @Sendable (_ numbers: [String], _ projects: [[UInt8]], Reader) throws -> [OrderCourse]

  /// So many orders are looked at together.
  public static let portion = 500
  /// So many are listed at once.
  public static let mostOrders = 1000

  let store: SupplyStore
  let calendar: WorkCalendar
  let courses: CourseFinder

  public init(store: SupplyStore, calendar: WorkCalendar, courses: @escaping CourseFinder) {
    self.store = store
    self.calendar = calendar
    self.courses = courses
  }

  /// The figures of all orders that the query is about, as everything stands now. All of it is of one moment of the database.
  public func report(
    _ query: IndicatorQuery, by grouping: Set<IndicatorDimension> = Set(IndicatorDimension.allCases),
    at now: Timestamp
  ) async throws -> IndicatorReport {
    let judge = IndicatorJudge(calendar: calendar, now: now.civil(offsetSeconds: UTCOffset.china))
    return try await store.database.read { reader in
      var tally = IndicatorTally(grouping)
      var readings = OrderReadings(calendar: judge.calendar, now: judge.now)
      var known: [Int64: [(place: Int, limit: OrderLimit)]] = [:]
      var findings: [(place: Int, finding: OrderFinding)] = []
      try self.forEach(query, after: nil, reader) { order, courses in
        let booking = order.booking
        for id in [order.limits, booking?.limits] {
          guard let id, known[id] == nil else { continue }
          known[id] = try self.store.limits(id, reader).map { (tally.place(of: $0), $0) }
        }
        findings.removeAll(keepingCapacity: true)
        findings.append((0, judge.onlineApplications(order)))
        findings.append((1, judge.sharedCertificates(order)))
        findings.append((2, judge.sharedPermits(order, courses)))
        var limits = order.limits.flatMap { known[$0] } ?? []
        func judgeAll(_ limits: [(place: Int, limit: OrderLimit)], of booking: OrderEntry.Booking? = nil) {
          guard !limits.isEmpty else { return }
          let process = OrderProcess(order, courses, of: booking)
          for (place, limit) in limits {
            findings.append((place, judge.limit(limit, process, at: place, &readings)))
          }
        }
        if let booking {
          // What was done for the booking is not to be done once more for the application.
          let own = (known[booking.limits] ?? []).filter { $0.limit.isOfBooking }
          limits.removeAll { one in own.contains { $0.limit.step == one.limit.step } }
          judgeAll(own, of: booking)
        }
        judgeAll(limits)
        if let moment = query.moment == .applied ? order.applied : order.connected {
          tally.add(order, moment, findings)
        }
        return true
      }
      return tally.report(unread: try self.store.unread(query, reader))
    }
  }

  /// One order of a count.
  public struct Listed: Sendable {
    public let order: SupplyOrder
    /// Of a limit: which one.
    public let limit: OrderLimit?
    public let finding: OrderFinding
  }

  /// The orders behind one figure, in the order of their moments.
  ///
  /// - Parameters:
  ///   - outcomes: only those that are one of these; nil: all but those that the figure is not about.
  ///   - after: goes on behind this one; one that the query does not find is where its moment is.
  ///   - limit: at most ``mostOrders``.
  /// - Returns: nil as `next` at the end.
  /// - Throws: `SupplyError.notFound` for an `after` that is no application, or has no such moment.
  public func orders(
    of indicator: Indicator, _ query: IndicatorQuery, outcomes: Set<OrderOutcome>? = nil,
    after: SupplyApplicationID? = nil, limit: Int, at now: Timestamp
  ) async throws -> (orders: [Listed], next: SupplyApplicationID?) {
    precondition(1...Self.mostOrders ~= limit)
    let judge = IndicatorJudge(calendar: calendar, now: now.civil(offsetSeconds: UTCOffset.china))
    let wanted = outcomes ?? Set(OrderOutcome.allCases).subtracting([.outside])
    return try await store.database.read { reader in
      let place = try after.map { try self.store.place(of: $0, query.moment, reader) }
      var known: [Int64: [OrderLimit]] = [:]
      var (readings, places) = (OrderReadings(calendar: judge.calendar, now: judge.now), [Int64: Int]())
      var (found, last): ([Listed], SupplyApplicationID?) = ([], nil)
      var isCut = false
      try self.forEach(query, after: place, reader) { order, courses in
        let finding: OrderFinding
        var rule: OrderLimit?
        switch indicator {
        case .onlineApplications: finding = judge.onlineApplications(order)
        case .sharedCertificates: finding = judge.sharedCertificates(order)
        case .sharedPermits: finding = judge.sharedPermits(order, courses)
        case .limit(let step):
          // A step is limited once.
          func limit(of id: Int64) throws -> (id: Int64, limit: OrderLimit)? {
            let limits = try known[id] ?? self.store.limits(id, reader)
            known[id] = limits
            return limits.first { $0.step == step }.map { (id, $0) }
          }
          let booking = try order.booking.flatMap { before in
            try limit(of: before.limits).flatMap { $0.limit.isOfBooking ? (found: $0, booking: before) : nil }
          }
          let found = try booking?.found ?? order.limits.flatMap(limit)
          guard let found else { return true }
          rule = found.limit
          let place = places[found.id] ?? places.count
          places[found.id] = place
          finding = judge.limit(
            found.limit, OrderProcess(order, courses, of: booking?.booking), at: place, &readings)
        }
        guard wanted.contains(finding.outcome) else { return true }
        guard found.count < limit else {
          isCut = true
          return false
        }
        found.append(Listed(order: order, limit: rule, finding: finding))
        last = order.key(by: query.moment)?.application
        return true
      }
      return (found, isCut ? last : nil)
    }
  }

  /// Hands out each order once, with its permit cases, until `body` returns false.
  private func forEach(
    _ query: IndicatorQuery, after place: SupplyStore.OrderPlace?, _ reader: Reader,
    _ body: (SupplyOrder, [OrderCourse]) throws -> Bool
  ) throws {
    // Numbers of applications begin with 1.
    let begin = SupplyStore.OrderPlace(moment: query.from.start.milliseconds, application: 0)
    var place = max(place ?? begin, begin)
    var chains: [Int64: [SupplyOrder]] = [:]
    while true {
      let entries = try store.entries(
        query.moment, after: place, before: query.through.next.start, limit: Self.portion, reader)
      guard let last = entries.last, let lastPlace = SupplyStore.OrderPlace(last, query.moment) else {
        return
      }
      var orders: [SupplyOrder] = []
      for entry in entries {
        guard let chain = entry.chain else {
          orders.append(SupplyOrder([entry]))
          continue
        }
        let all = try chains[chain] ?? SupplyOrder.all(of: store.chain(chain, reader))
        chains[chain] = all
        // An order of several is counted where its own moment is.
        guard let order = all.first(where: { $0.key(by: query.moment)?.application == entry.application })
        else { continue }
        orders.append(order)
      }
      orders.removeAll { !query.includes($0) }
      let found = try CourseIndex(orders, courses, store, reader)
      for order in orders {
        guard try body(order, found.courses(of: order)) else { return }
      }
      guard entries.count == Self.portion else { return }
      place = lastPlace
    }
  }
}

/// The permit cases of some orders, by number and by project.
private struct CourseIndex {
  private var byNumber: [String: [Int]] = [:]
  private var byProject: [[UInt8]: [Int]] = [:]
  private var courses: [OrderCourse] = []
  /// When the applications came that have the numbers of those of projects.
  private let numbered: [String: Timestamp]

  init(
    _ orders: [SupplyOrder], _ find: IndicatorDesk.CourseFinder, _ store: SupplyStore, _ reader: Reader
  ) throws {
    let entries = orders.flatMap(\.entries)
    var seen: Set<String> = []
    for start in stride(from: 0, to: entries.count, by: IndicatorDesk.portion) {
      let portion = entries[start..<min(start + IndicatorDesk.portion, entries.count)]
      for course in try find(portion.map(\.number), portion.compactMap(\.project), reader)
      where seen.insert(course.number).inserted {
        byNumber[course.number, default: []].append(courses.count)
        if let project = course.project {
          byProject[project, default: []].append(courses.count)
        }
        courses.append(course)
      }
    }
    numbered = try store.came(
      withNumbers: courses.filter { $0.project != nil }.map(\.number), reader)
  }

  func courses(of order: SupplyOrder) -> [OrderCourse] {
    guard !courses.isEmpty else { return [] }
    let own = order.cases
    var places: Set<Int> = []
    for entry in order.entries {
      places.formUnion(byNumber[entry.number] ?? [])
      for place in entry.project.flatMap({ byProject[$0] }) ?? [] {
        let (number, opened) = (courses[place].number, courses[place].opened)
        if own.include(number, opened: opened, numbered: numbered[number]) { places.insert(place) }
      }
    }
    return places.sorted().map { courses[$0] }
  }
}
