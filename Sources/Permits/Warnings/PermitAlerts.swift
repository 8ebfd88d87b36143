public import Calendars
public import CivilTime

/// What one clock of an attempt shows.
public struct ShownClock: Hashable, Sendable {
  /// As ``PermitAlert/clock``.
  public let name: String
  public let reading: ClockReading

  public init(_ name: String, _ reading: ClockReading) {
    self.name = name
    self.reading = reading
  }

  /// It has begun and not ended, and when it is due or warned of lies in a year without a calendar.
  var waitsForCalendar: Bool {
    switch reading.state {
    case .running, .paused: reading.lacksCalendar
    case .waiting, .ended: false
    }
  }
}

/// What has to be fired and taken back, by what the clocks of an attempt show and what is known of its alerts. Pure: whoever
/// asks twice, after a restart say, is told the second time that there is nothing to do.
public enum PermitAlerts {
  /// The steps, those that take back before those that fire.
  ///
  /// - Parameter isOver: the attempt is decided, whatever its clocks say.
  public static func steps(
    _ clocks: [ShownClock], known: [KnownAlert], isOver: Bool, at now: CivilDateTime
  ) -> [(alert: PermitAlert, step: AlertStep)] {
    var steps: [(alert: PermitAlert, step: AlertStep)] = []
    let byAlert = Dictionary(known.map { ($0.alert, $0) }) { first, _ in first }
    let shown: [[PermitAlert]] = isOver ? [] : clocks.map { alerts($0, $0.reading.shown) }
    let standing = Set(shown.joined())
    for one in known where one.stands && !standing.contains(one.alert) {
      let reading = clocks.first { $0.name == one.alert.clock }?.reading
      steps.append(
        (one.alert, one.isOwed ? .withdraw(reason(one.alert, reading, isOver: isOver, now)) : .fall))
    }
    for alerts in shown {
      // The weaker first, so that the last word for an audience is the one that counts.
      for alert in alerts {
        if let known = byAlert[alert] {
          if !known.stands { steps.append((alert, .stand)) }
        } else {
          let isOutdone = alerts.contains { $0.audience == alert.audience && $0.colour > alert.colour }
          steps.append((alert, isOutdone ? .skip(stands: true) : .fire))
        }
      }
    }
    guard !isOver else { return steps }
    for clock in clocks where isPast(clock.reading, now) {
      let missed = alerts(clock, clock.reading.alerts.filter { $0.warning.colour.isBeforeLimit })
      for alert in missed where byAlert[alert] == nil { steps.append((alert, .skip(stands: false))) }
    }
    return steps
  }

  /// When something will change by itself: the next colour, or the limit. `nil`: only an entry changes it.
  public static func next(_ clocks: [ShownClock], isOver: Bool, after now: CivilDateTime) -> CivilDateTime? {
    guard !isOver else { return nil }
    var next: CivilDateTime?
    func note(_ moment: CivilDateTime) {
      if moment > now { next = next.map { min($0, moment) } ?? moment }
    }
    for clock in clocks {
      if let until = clock.reading.silentUntil { note(until) }
      // While it stands still nothing is shown, and nobody knows until when.
      guard clock.reading.state == .running else { continue }
      guard case .at(let due) = clock.reading.due else { continue }
      note(due)
      for alert in clock.reading.alerts { note(alert.at) }
    }
    return next
  }

  /// Each once, the weakest first: a policy may say the same colour for the same audience twice.
  private static func alerts(_ clock: ShownClock, _ list: [ClockReading.Alert]) -> [PermitAlert] {
    guard case .at(let due) = clock.reading.due else { return [] }
    var seen: Set<PermitAlert> = []
    return list.map {
      PermitAlert(clock: clock.name, colour: $0.warning.colour, audience: $0.warning.audience, due: due)
    }.filter { seen.insert($0).inserted }.sorted { ($0.colour, $0.audience) < ($1.colour, $1.audience) }
  }

  /// The clock runs, and its limit has passed.
  private static func isPast(_ reading: ClockReading, _ now: CivilDateTime) -> Bool {
    guard case .at(let due) = reading.due, reading.state == .running else { return false }
    return now >= due
  }

  private static func reason(
    _ alert: PermitAlert, _ reading: ClockReading?, isOver: Bool, _ now: CivilDateTime
  ) -> AlertStep.Reason {
    // A step of the utility's own that is another one by now has ended.
    guard !isOver, let reading else { return .ended }
    if case .ended = reading.state { return .ended }
    switch reading.due {
    case .notYet, .unknown: return .corrected
    case .open: return .paused
    case .at(let due) where due != alert.due: return .moved
    case .at(let due):
      if alert.colour.isBeforeLimit, now >= due { return .passed }
      if case .paused = reading.state { return .paused }
      return .corrected
    }
  }
}
