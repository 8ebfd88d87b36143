public import Calendars
import CivilTime
import Policies

/// The utility's own time for one step of its process in a case, and what its clock shows.
public struct ProcessClock: Hashable, Sendable {
  public let limit: OwnLimit
  public let reading: ClockReading

  /// - Parameter known: what is known of the process, in the order in which it happened.
  init(_ limit: OwnLimit, known: [ClockEvent], _ calendar: WorkCalendar, at now: CivilDateTime) {
    self.limit = limit
    reading = Clock(rule: limit.rule, calendar: calendar).reading(ofKnown: known, at: now)
  }
}

extension OwnLimit {
  /// A step that is an average over all orders, for indicators, and no limit of one of them.
  static let average = "average"

  /// The steps of a case as a whole, of all that a policy decides for it.
  static func ofProcess(_ rulings: some Sequence<Ruling<ProcessLimit>>) -> [OwnLimit] {
    rulings.compactMap(OwnLimit.init).filter { !$0.step.hasPrefix(prefix) && $0.step != average }
      .sorted { $0.step < $1.step }
  }
}
