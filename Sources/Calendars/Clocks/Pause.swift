/// Why a clock stands still. The raw value is the word in policies and in events.
public struct PauseReason: RawRepresentable, Hashable, Sendable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  /// 补正: the applicant was asked for something.
  public static let supplement = PauseReason(rawValue: "supplement")
  /// 特别程序: hearing, expert review and the like.
  public static let specialProcedure = PauseReason(rawValue: "special-procedure")
  /// 踏勘: a look at the place.
  public static let survey = PauseReason(rawValue: "survey")
  /// 公示: the decision hangs out for objections.
  public static let publicNotice = PauseReason(rawValue: "public-notice")

  /// Of the utility's own steps: the customer or an authority is at work, and not the utility.
  public static let others = PauseReason(rawValue: "others")
  /// Of a clock over several things: none of them is being worked on.
  public static let standstill = PauseReason(rawValue: "standstill")

  /// Somebody comes to the office with what ends it. A procedure, a look at the place or a notice is over on whatever day it is: no more time than
  /// it takes is left out (行政许可法 第四十五条).
  var endsAtOffice: Bool { self == .supplement || self == .others }

  /// Those that policies may name.
  public static let known = [supplement, specialProcedure, survey, publicNotice, others]

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .supplement: "补正期间"
    case .specialProcedure: "特别程序期间"
    case .survey: "踏勘期间"
    case .publicNotice: "公示期间"
    case .others: "客户或政府部门办理期间"
    case .standstill: "各事项均不在办理中"
    default: rawValue
    }
  }

  public var englishTitle: String {
    switch self {
    case .supplement: "supplement"
    case .specialProcedure: "special procedure"
    case .survey: "survey"
    case .publicNotice: "public notice"
    case .others: "others are at work"
    case .standstill: "nothing is being worked on"
    default: rawValue
    }
  }
}

/// Which days between the one on which a clock stops and the one on which it goes on again are not counted. Practice
/// differs; either way a pause that begins and ends on one day changes nothing.
public enum PausedDays: String, CaseIterable, Hashable, Sendable {
  /// The day it stops is counted, the day it goes on is not: as the day on which a limit starts is not counted. Only the last
  /// day of a limit is not counted when the clock stops on it: the limit ends with the next day that is.
  case afterFirst = "after-first"
  /// The day it stops is not counted any more, the day it goes on is.
  case untilLast = "until-last"
}

/// Days that are not counted, in days since 1970-01-01.
struct Pause: Hashable, Sendable {
  let first: Int
  /// `nil` as long as the clock stands still.
  let last: Int?
  let reason: PauseReason
  /// The clock stopped on the day before the first, which is counted, unless it would be the last one of the limit: no limit
  /// ends while its clock stands still.
  var holdsDayBefore = false

  func contains(_ day: Int) -> Bool { first <= day && last.map { day <= $0 } ?? true }

  /// Whether a limit that would end with `day` does not.
  func holds(_ day: Int) -> Bool { holdsDayBefore && first == day + 1 }

  /// Whether a limit of no days, which would end with its start, does not.
  func holdsStart(_ day: Int) -> Bool { contains(holdsDayBefore ? day + 1 : day) }
}
