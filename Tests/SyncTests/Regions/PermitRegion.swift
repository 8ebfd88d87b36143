import Applications
import CivilTime
import Permits
import Policies
import Sandbox
import Testing

/// A region with permits of its own rules, and lines by which each of its ways is taken.
///
/// Dates are those of applications that are accepted on Monday, 2026-10-12; no holiday is near.
struct PermitRegion: Sendable, CustomTestStringConvertible {
  /// A line, and what the policy says of its permits.
  struct Line: Sendable {
    var facts: String
    var items = PermitItem.allCases
    /// Of the way, and of the nearest limit where one is decided.
    var clauses: [String]
    var crossings: [String] = []
  }

  /// The last days that an approval may take.
  struct Days: Sendable {
    var accepted: String
    /// With one day and with two days that do not count: of the 13th, 14th and 15th.
    var pausedOnce: String
    var pausedTwice: String
    /// Accepted a day later.
    var acceptedLater: String
  }

  let name: String
  /// Whose window takes them.
  let window: String
  /// Of the line.
  let area: String
  /// The first item is the one that the courses follow.
  let approval: Line
  var exempt: Line?
  var promise: Line?
  var filing: Line?
  /// Items that a line of the approvals needs as well, and only promises.
  var beside: [PermitItem] = []
  let days: Days
  /// Why its policy has none of the other ways.
  let absent: [PermitWay: String]

  var testDescription: String { name }
  /// The one that the courses follow.
  var item: PermitItem { approval.items[0] }

  /// What lies at the window of the items that the courses follow.
  func cases(_ floor: PermitFloor) -> [WindowCase] {
    floor.sandbox.permitCases.filter { one in !beside.contains { $0.rawValue == one.item } }
  }

  func line(_ way: PermitWay) -> Line? {
    switch way {
    case .exempt: exempt
    case .promise: promise
    case .filing: filing
    case .approval: approval
    }
  }

  static let all = [nation, henan, xinxian, chongqing, changzhou, hangzhou]

  private static let highVoltage = #""voltage": 10, "capacity": 630, "length": 600, "customer": "other""#
  private static let lowVoltage =
    #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "small-micro""#
  /// 5 and 10 working days are those of NDRC-1479 (二).
  private static let tenWorkingDays = Days(
    accepted: "2026-10-26", pausedOnce: "2026-10-27", pausedTwice: "2026-10-28", acceptedLater: "2026-10-27")
  private static let twoWorkingDays = Days(
    accepted: "2026-10-14", pausedOnce: "2026-10-15", pausedTwice: "2026-10-16", acceptedLater: "2026-10-15")

  /// A city without a policy of its own. Its window is another's, which knows the areas around it no better.
  private static let nation = PermitRegion(
    name: "nation", window: "hangzhou", area: "440399",
    approval: Line(facts: highVoltage, clauses: ["NDRC-1479 (四)", "NDRC-1479 (二)"]),
    days: tenWorkingDays,
    absent: [
      .exempt: "NDRC-1479 (四) encourages that approvals are dropped, and leaves it to the region",
      .promise: "NDRC-1479 (四) encourages promises, and leaves them to the region",
      .filing: "NDRC-1479 (四) encourages filings, and leaves them to the region",
    ])

  private static let henan = PermitRegion(
    name: "henan", window: "henan", area: "410199",
    approval: Line(facts: highVoltage, clauses: ["NDRC-1479 (四)", "HA-PLAN (二)5"]),
    promise: Line(
      facts: lowVoltage, items: [.roadOccupation, .roadDigging, .greening], clauses: ["HA-345 三"]),
    // Four rolling days: those that end on a Saturday or Sunday end on the Monday.
    days: Days(
      accepted: "2026-10-16", pausedOnce: "2026-10-19", pausedTwice: "2026-10-19", acceptedLater: "2026-10-19"
    ),
    absent: [
      .exempt: "HA-345 三 has a promise where others exempt",
      .filing: "HA-345 三 has a promise where others file",
    ])

  private static let xinxian = PermitRegion(
    name: "xinxian", window: "xinxian", area: "411523",
    approval: Line(facts: highVoltage, clauses: ["XX-20 1", "XX-20 1"]),
    promise: Line(facts: lowVoltage, clauses: ["XX-20 1"]), days: twoWorkingDays,
    absent: [
      .exempt: "XX-20 1 has 承诺备案 where others exempt",
      .filing: "the 承诺备案 of XX-20 1 is a promise, and filed as one",
    ])

  private static let chongqing = PermitRegion(
    name: "chongqing", window: "chongqing", area: "500103",
    approval: Line(
      facts: lowVoltage + #", "red-line": "outside""#, items: [.roadDigging, .roadOccupation, .greening],
      clauses: ["CQ-45 措施7", "CQ-45 措施7"]),
    exempt: Line(
      facts: lowVoltage + #", "red-line": "outside""#, items: [.routePlanning], clauses: ["CQ-45 措施7"]),
    days: twoWorkingDays,
    absent: [
      .promise: "CQ-45 措施7 accepts what it does not exempt, and approves it",
      .filing: "CQ-45 措施7 accepts what it does not exempt, and approves it",
    ])

  private static let changzhou = PermitRegion(
    name: "changzhou", window: "changzhou", area: "320499",
    approval: Line(facts: highVoltage, clauses: ["CZ-204 三.4", "NDRC-1479 (二)"]),
    filing: Line(facts: lowVoltage, clauses: ["CZ-204 三.3"]), days: tenWorkingDays,
    absent: [
      .exempt: "CZ-204 三.3 files what others exempt", .promise: "CZ-204 三.3 files what others promise",
    ])

  /// What no promise reaches: the roads of a line that crosses a highway.
  private static let hangzhou = PermitRegion(
    name: "hangzhou", window: "hangzhou", area: "330199",
    approval: Line(
      facts: highVoltage, items: [.roadDigging, .roadOccupation],
      clauses: ["NDRC-1479 (四)", "NDRC-1479 (二)"], crossings: ["highway"]),
    promise: Line(facts: highVoltage, clauses: ["HZ-SETTING 任务四"]), beside: [.routePlanning],
    days: tenWorkingDays,
    absent: [
      .exempt: "HZ-340 任务四 has a promise where others exempt",
      .filing: "of 承诺免审 and 审批改备案 the promise is settled",
    ])
}

/// What an application may meet.
enum PermitCourse: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case exempt, promise, filing, approval
  case supplementTwice = "supplement twice"
  case refusedAndAgain = "refusal and re-submission"
  case unknownOutcome = "timeout with unknown outcome"
  case lateEntry = "late entry"
  case platformDown = "platform down for a day"
  case platformUnreachable = "platform unreachable for a day"

  var testDescription: String { rawValue }
}
