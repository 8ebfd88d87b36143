import Calendars
public import CivilTime

/// How soon something about a permit has to be done, for the order in which work is taken up. Pure.
public enum PermitUrgency {
  /// A priority of work: the earlier the day by which it is due, the smaller. What is due by no day comes behind all that
  /// is, and days rather than moments keep the number of priorities small.
  public static func priority(due: Timestamp?) -> Int {
    guard let due else { return 0 }
    // The midnight after the last day belongs to that day.
    let last = due.advanced(byMilliseconds: -1).civil(offsetSeconds: UTCOffset.china).date
    return min(last.daysSinceEpoch - farthest, -1)
  }

  /// By the soonest of all that is due of a case.
  static func priority(of view: PermitCaseView) -> Int {
    priority(due: view.items.standingPlaces.compactMap { view.items[$0].nextDue }.min())
  }

  /// A day after all deadlines there are, in the year 2243.
  private static let farthest = 100_000
}

extension PermitItemView {
  /// When the next step of the utility is due.
  var ownDue: Timestamp? { Self.due(own?.reading) }

  /// The soonest of what either side has to do.
  var nextDue: Timestamp? {
    guard state?.isDecided == false else { return nil }
    return [Self.due(reading), Self.due(total?.reading), ownDue].compactMap(\.self).min()
  }

  private static func due(_ reading: ClockReading?) -> Timestamp? {
    guard let reading, reading.state == .running, case .at(let due) = reading.due else { return nil }
    return due.timestamp(offsetSeconds: UTCOffset.china)
  }
}
