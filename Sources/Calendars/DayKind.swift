/// What a day is in the calendar of working days.
public enum DayKind: Hashable, Sendable {
  /// Monday to Friday, and no holiday.
  case workday
  /// A Saturday or Sunday that is worked in exchange for a holiday (调休上班).
  case makeUpDay
  /// An ordinary Saturday or Sunday.
  case weekend
  /// A rest day by decree, with the name of the holiday where the calendar gives one.
  case holiday(name: String?)

  public var isWorking: Bool { self == .workday || self == .makeUpDay }

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .workday: "工作日"
    case .makeUpDay: "调休上班"
    case .weekend: "周末"
    case .holiday(let name): name.map { "\($0)放假" } ?? "法定节假日"
    }
  }

  public var englishTitle: String {
    switch self {
    case .workday: "working day"
    case .makeUpDay: "make-up working day"
    case .weekend: "weekend"
    case .holiday(let name): name.map { "holiday (\($0))" } ?? "holiday"
    }
  }
}
