import Calendars

/// How many orders are what for one figure.
public struct IndicatorCount: Hashable, Sendable {
  public internal(set) var counts = 0
  public internal(set) var countsNot = 0
  public internal(set) var open = 0
  public internal(set) var unknown = 0
  public internal(set) var enteredLate = 0
  public internal(set) var outside = 0
  /// Days used, of a limit in days, and of how many orders they are the sum.
  public internal(set) var days = 0
  public internal(set) var daysOf = 0

  public init() {}

  /// Those that are in the denominator: nothing is gained by entering something later.
  public var denominator: Int { counts + countsNot + enteredLate }
  public var rate: IndicatorRatio? { IndicatorRatio(counts, of: denominator) }
  public var meanDays: IndicatorRatio? { IndicatorRatio(days, of: daysOf) }

  mutating func add(_ finding: OrderFinding) {
    switch finding.outcome {
    case .counts: counts += 1
    case .countsNot: countsNot += 1
    case .open: open += 1
    case .unknown: unknown += 1
    case .enteredLate: enteredLate += 1
    case .outside: outside += 1
    }
    if let used = finding.days {
      days += used
      daysOf += 1
    }
  }
}

/// By what orders are kept apart.
public enum IndicatorDimension: String, CaseIterable, Hashable, Sendable {
  case region
  case month
  case customer
}

/// Figures over orders.
public struct IndicatorReport: Hashable, Sendable {
  /// Those that are counted together; nil where they are not kept apart by it.
  public struct Group: Hashable, Sendable {
    /// Area code.
    public let region: String?
    public let month: CivilMonth?
    /// A word of the fact `customer`, or ``IndicatorQuery/unknownCustomer``.
    public let customer: String?
  }

  /// One figure of one group.
  public struct Line: Hashable, Sendable {
    public let group: Group
    public let indicator: Indicator
    /// Of a limit: which one, for each is counted by itself.
    public let limit: OrderLimit?
    public let count: IndicatorCount
  }

  /// 信息共享率 of a group: the sum of the two rates; nil where one of them is none.
  public struct Sum: Hashable, Sendable {
    public let group: Group
    public let rate: IndicatorRatio?
  }

  /// By group, then in the order of the figures.
  public let lines: [Line]
  public let sums: [Sum]
  /// All that were looked at.
  public let orders: Int
  /// Those of them that were filed more than once.
  public let filedAgain: Int
  /// Applications taken in during these months of which nothing is known to count by, for they were judged by an earlier version only.
  public let unread: Int
}

/// Adds up what orders are.
struct IndicatorTally {
  private struct Key: Hashable {
    let region: String?
    let month: Int?
    let customer: String?
  }

  private let grouping: Set<IndicatorDimension>
  private var places: [Key: Int] = [:]
  private var groups: [(group: IndicatorReport.Group, counts: [IndicatorCount])] = []
  /// Each limit once; its place is behind those of annex 2.
  private var limits: [OrderLimit] = []
  private var limitPlaces: [OrderLimit: Int] = [:]
  private(set) var orders = 0
  private(set) var filedAgain = 0

  static let annex: [Indicator] = [.onlineApplications, .sharedCertificates, .sharedPermits]

  init(_ grouping: Set<IndicatorDimension>) { self.grouping = grouping }

  /// The place of a limit in the counts: asked once for each text of limits.
  mutating func place(of limit: OrderLimit) -> Int {
    if let known = limitPlaces[limit] { return known }
    limits.append(limit)
    limitPlaces[limit] = Self.annex.count + limits.count - 1
    return Self.annex.count + limits.count - 1
  }

  /// - Parameters:
  ///   - moment: by which it belongs to a month.
  ///   - findings: for the figures of annex 2, then for limits by their places.
  mutating func add(
    _ order: SupplyOrder, _ moment: OrderEntry.Moment, _ findings: [(place: Int, finding: OrderFinding)]
  ) {
    orders += 1
    if order.isFiledAgain { filedAgain += 1 }
    let month = grouping.contains(.month) ? CivilMonth(moment.happened) : nil
    let key = Key(
      region: grouping.contains(.region) ? order.region : nil,
      month: month.map { $0.year * 12 + $0.month },
      customer: grouping.contains(.customer) ? order.customer ?? IndicatorQuery.unknownCustomer : nil)
    let place = places[key] ?? groups.count
    if place == groups.count {
      places[key] = place
      groups.append(
        (
          IndicatorReport.Group(region: key.region, month: month, customer: key.customer),
          Array(repeating: IndicatorCount(), count: Self.annex.count)
        ))
    }
    for (index, finding) in findings {
      while groups[place].counts.count <= index { groups[place].counts.append(IndicatorCount()) }
      groups[place].counts[index].add(finding)
    }
  }

  func report(unread: Int) -> IndicatorReport {
    let sorted = groups.sorted { left, right in
      let (one, other) = (left.group, right.group)
      return (one.region ?? "", one.month.map { $0.year * 12 + $0.month } ?? 0, one.customer ?? "")
        < (other.region ?? "", other.month.map { $0.year * 12 + $0.month } ?? 0, other.customer ?? "")
    }
    let order = limits.indices.sorted { left, right in
      let (one, other) = (limits[left], limits[right])
      return (one.step, one.clause, one.rule?.limit.englishTitle ?? "", one.document, left)
        < (other.step, other.clause, other.rule?.limit.englishTitle ?? "", other.document, right)
    }
    var (lines, sums): ([IndicatorReport.Line], [IndicatorReport.Sum]) = ([], [])
    for (group, counts) in sorted {
      for (place, indicator) in Self.annex.enumerated() {
        lines.append(
          IndicatorReport.Line(group: group, indicator: indicator, limit: nil, count: counts[place]))
      }
      let parts = (counts[1].rate, counts[2].rate)
      var sum: IndicatorRatio?
      if case (let one?, let other?) = parts { sum = one + other }
      sums.append(IndicatorReport.Sum(group: group, rate: sum))
      for index in order {
        let place = Self.annex.count + index
        guard place < counts.count, counts[place] != IndicatorCount() else { continue }
        lines.append(
          IndicatorReport.Line(
            group: group, indicator: .limit(limits[index].step), limit: limits[index], count: counts[place]))
      }
    }
    return IndicatorReport(
      lines: lines, sums: sums, orders: orders, filedAgain: filedAgain, unread: unread)
  }
}
