import Calendars
import CivilTime
import Testing

@testable import Supply

/// Orders for figures, without a database.
enum IndicatorBench {
  /// In China.
  static func moment(_ text: String) throws -> Timestamp {
    try #require(CivilDateTime(iso: text)).timestamp(offsetSeconds: UTCOffset.china)
  }

  static func entry(
    _ id: Int64 = 1, applied: String = "2022-03-01T09:00:00", learned: String? = nil,
    connected: String? = nil, noted: String? = nil, channel: SupplyChannel? = .online,
    business: String? = "new",
    papers: OrderPapers? = papers()
  ) throws -> OrderEntry {
    OrderEntry(
      application: SupplyApplicationID(rawValue: id), number: "GD-\(id)", region: "320400",
      channel: channel, business: business, customer: "small-micro",
      applied: OrderEntry.Moment(try moment(applied), learned: try moment(learned ?? applied)),
      connected: try connected.map {
        OrderEntry.Moment(try moment($0), learned: try moment(noted ?? $0))
      }, papers: papers)
  }

  static func order(
    applied: String = "2022-03-01T09:00:00", learned: String? = nil, connected: String? = nil,
    noted: String? = nil, channel: SupplyChannel? = .online, business: String? = "new",
    papers: OrderPapers? = papers()
  ) throws -> SupplyOrder {
    SupplyOrder([
      try entry(
        applied: applied, learned: learned, connected: connected, noted: noted, channel: channel,
        business: business, papers: papers)
    ])
  }

  static func papers(
    _ subject: String = "certificate", _ property: String = "fetched", _ project: String = "not-required"
  ) -> OrderPapers {
    OrderPapers(subject: OrderPaper(subject), property: OrderPaper(property), project: OrderPaper(project))
  }

  static func judge(at now: String = "2022-06-01T09:00:00") throws -> IndicatorJudge {
    IndicatorJudge(calendar: .china, now: try #require(CivilDateTime(iso: now)))
  }

  static func course(
    _ permits: [OrderCourse.Standing] = [], number: String = "GD-1", steps: [ClockEvent] = []
  ) -> OrderCourse {
    let items = ["route-planning", "greening", "road-digging", "road-occupation"]
    return OrderCourse(
      number: number, opened: Timestamp(milliseconds: 0), project: nil,
      permits: zip(items, permits).map { OrderCourse.Permit(item: $0, standing: $1) }, steps: steps)
  }

  static func step(
    _ name: String, _ happened: String, id: String = "1", learned: String? = nil, retracts: String? = nil
  ) throws -> ClockEvent {
    ClockEvent(
      id: id, name: name, happened: try #require(CivilDateTime(iso: happened)),
      learned: try moment(learned ?? happened), retracts: retracts)
  }

  static func limit(
    _ limit: TimeLimit, step: String = "whole", starts: Set<String> = ["requested"],
    ends: Set<String> = ["connected"], stops: [ClockRule.Stop] = []
  ) -> OrderLimit {
    OrderLimit(
      step: step, rule: ClockRule(limit: limit, starts: starts, ends: ends, stops: stops), clause: "D 1",
      document: "文件")
  }

  static let others = ClockRule.Stop(reason: .others, begins: "others-started", ends: "others-ended")

  static func words(_ finding: OrderFinding) -> String {
    ([finding.outcome.rawValue] + finding.reasons.map(\.word)).joined(separator: " ")
  }
}
