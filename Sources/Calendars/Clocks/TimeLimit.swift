/// How much time somebody has.
public enum TimeLimit: Hashable, Sendable {
  case days(Int, DayCount)
  /// Of the wall clock, such as half an hour or 18 hours.
  case minutes(Int)

  /// Reads the form of policies: `5 working days`, `7 rolling days`, `20 minutes`, `18 hours`; also in the singular.
  public init?(_ text: some StringProtocol) {
    let words = text.split(separator: " ")
    guard let first = words.first, let number = Int(first), (0...WorkCalendar.mostDays).contains(number)
    else {
      return nil
    }
    switch (words.count, words.dropFirst().first, words.last) {
    case (3, "working", "day"), (3, "working", "days"): self = .days(number, .working)
    case (3, "rolling", "day"), (3, "rolling", "days"): self = .days(number, .rolling)
    case (2, "minute", _), (2, "minutes", _): self = .minutes(number)
    case (2, "hour", _), (2, "hours", _): self = .minutes(number * 60)
    default: return nil
    }
  }

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .days(let number, .working): "\(number)个工作日"
    case .days(let number, .rolling): "\(number)日（遇休息日顺延）"
    case .minutes(let number) where number > 0 && number.isMultiple(of: 60): "\(number / 60)小时"
    case .minutes(let number): "\(number)分钟"
    }
  }

  /// The form that ``init(_:)`` reads.
  public var englishTitle: String {
    func plural(_ number: Int, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
    return switch self {
    case .days(let number, let count): plural(number, "\(count.rawValue) day")
    case .minutes(let number) where number > 0 && number.isMultiple(of: 60): plural(number / 60, "hour")
    case .minutes(let number): plural(number, "minute")
    }
  }
}
