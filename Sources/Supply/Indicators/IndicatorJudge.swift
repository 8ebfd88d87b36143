public import Calendars
public import CivilTime

/// Says of an order what it is for each figure. Pure.
///
/// 如实记录: what is to the utility's credit counts by moments that were learned as they happened; by others it does not, and is
/// marked. What is to its disadvantage counts whenever it was learned.
public struct IndicatorJudge: Sendable {
  /// So long after it happened something may be learned, in seconds. No document says how long.
  public static let tolerance = 86_400
  /// Of a limit that is in minutes.
  public static let shortTolerance = 3600

  let calendar: WorkCalendar
  let now: CivilDateTime

  public init(calendar: WorkCalendar, now: CivilDateTime) {
    self.calendar = calendar
    self.now = now
  }

  /// 线上办电率: new and increase orders that the customer applied for online, of all of them.
  public func onlineApplications(_ order: SupplyOrder) -> OrderFinding {
    if order.isBooking { return OrderFinding(.outside, "booking") }
    guard let business = order.business else { return OrderFinding(.unknown, "business-unknown") }
    guard business == "new" || business == "increase" else { return OrderFinding(.outside, "other-business") }
    let asking = order.asking
    switch asking.channel {
    case nil: return OrderFinding(order.connected == nil ? .unknown : .countsNot, "channel-unknown")
    case .counter?, .telephone?: return OrderFinding(.countsNot, asking.channel?.rawValue ?? "")
    case .online?:
      var doubts: [OrderReason] = []
      if asking.isChannelChanged { doubts.append(.word("channel-changed")) }
      if Self.isLate(asking.applied, Self.tolerance) { doubts.append(.word("applied-entered-late")) }
      if let learned = asking.channelLearned,
        Self.isLate(OrderEntry.Moment(asking.applied.happened, learned: learned), Self.tolerance)
      {
        doubts.append(.word("channel-entered-late"))
      }
      return doubts.isEmpty ? OrderFinding(.counts, "online") : OrderFinding(.enteredLate, doubts)
    }
  }

  /// 办电证照资料共享率: orders whose certificates came online, of all that need any. What did not by the time the customer is connected did not come online,
  /// whoever knows why.
  public func sharedCertificates(_ order: SupplyOrder) -> OrderFinding {
    if order.isBooking { return OrderFinding(.outside, "booking") }
    let isConnected = order.connected != nil
    guard let papers = order.papers else {
      return OrderFinding(isConnected ? .countsNot : .unknown, "not-judged")
    }
    var ways: Set<OrderPaper.Way> = []
    var reasons: [OrderReason] = []
    for (name, paper) in papers.all where paper.way != .notRequired {
      ways.insert(paper.way)
      reasons.append(.paper(name, paper))
    }
    if ways.isEmpty { return OrderFinding(.outside, "none-required") }
    if ways.contains(.byHand) { return OrderFinding(.countsNot, reasons) }
    if ways.isSubset(of: [.online, .notRequired]) { return OrderFinding(.counts, reasons) }
    if isConnected { return OrderFinding(.countsNot, reasons) }
    return OrderFinding(ways.contains(.lacking) ? .open : .unknown, reasons)
  }

  /// 行政审批资料共享率: orders whose permits came online, of all that need any; once the customer is connected all others did not.
  ///
  /// - Parameter courses: its permit cases.
  public func sharedPermits(_ order: SupplyOrder, _ courses: [OrderCourse]) -> OrderFinding {
    if order.isBooking { return OrderFinding(.outside, "booking") }
    let lacking: OrderOutcome = order.connected == nil ? .open : .countsNot
    // Nobody entered the permits of its line, or none is known to be needed.
    if courses.isEmpty { return OrderFinding(order.permits == .needed ? lacking : .outside, "no-case") }
    var standings: Set<OrderCourse.Standing> = []
    var reasons: [OrderReason] = []
    for course in courses {
      for permit in course.permits {
        standings.insert(permit.standing)
        reasons.append(.permit(permit))
      }
    }
    if standings.isEmpty { return OrderFinding(.outside, "none-needed") }
    if standings.contains(.byHand) { return OrderFinding(.countsNot, reasons) }
    if standings == [.online] { return OrderFinding(.counts, reasons) }
    return OrderFinding(lacking, reasons)
  }

  static func isLate(_ moment: OrderEntry.Moment, _ tolerance: Int) -> Bool {
    moment.learned > moment.happened.advanced(bySeconds: tolerance)
  }
}
