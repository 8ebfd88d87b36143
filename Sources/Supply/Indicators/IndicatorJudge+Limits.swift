import Calendars
import CivilTime

/// What is known of the utility's process behind an order: once for all of its limits.
public struct OrderProcess: Sendable {
  /// In the order in which it happened; each with the moment at which it was learned.
  let known: [ClockEvent]
  /// Of which another moment was said before.
  let changed: Set<String>
  /// Somebody reports the steps of this order.
  let isReported: Bool
  let isConnected: Bool
  let isBooking: Bool
  /// No form says when the customer applied.
  let isOnlyBooked: Bool

  static let requested = "requested"
  static let connected = "connected"
  static let archived = "archived"

  /// What the gateway knows by itself: the application, the connection, the archive. Everything else has to be reported.
  static let ownStarts: Set<String> = [requested, connected]
  static let ownEnds: Set<String> = [connected, archived]

  /// - Parameters:
  ///   - courses: the permit cases of its numbers: what was reported of a project's other case is not this order's.
  ///   - booking: only what is limited of this booking is to be judged; nil: what is limited of the order.
  public init(_ order: SupplyOrder, _ courses: [OrderCourse], of booking: OrderEntry.Booking? = nil) {
    var changed: Set<String> = []
    var reported: [ClockEvent] = []
    for course in courses where order.entries.contains(where: { $0.number == course.number }) {
      // Numbers of entries are unique over all cases.
      reported += course.steps.known()
      guard course.steps.contains(where: { $0.retracts != nil }) else { continue }
      let names = Dictionary(course.steps.map { ($0.id, $0.name) }) { first, _ in first }
      for step in course.steps {
        guard let retracted = step.retracts else { continue }
        if step.name != ClockEvent.retraction { changed.insert(step.name) }
        if let name = names[retracted] { changed.insert(name) }
      }
    }
    isReported = !reported.isEmpty
    isConnected = order.connected != nil || reported.contains { $0.name == Self.connected }
    isBooking = order.isBooking || booking != nil
    isOnlyBooked = order.entries.allSatisfy { entry in
      guard let requested = entry.booking?.requested else { return entry.isBooking }
      return requested.happened == entry.applied.happened && requested.learned == entry.applied.learned
    }
    func event(_ name: String, _ moment: OrderEntry.Moment) -> ClockEvent {
      ClockEvent(
        id: name, name: name, happened: moment.happened.civil(offsetSeconds: UTCOffset.china),
        learned: moment.learned)
    }
    let requested = booking?.requested ?? order.applied
    var own = [event(Self.requested, requested)]
    if requested.isChanged { changed.insert(Self.requested) }
    if let connected = order.connected {
      own.append(event(Self.connected, connected))
      if connected.isChanged { changed.insert(Self.connected) }
      reported.removeAll { $0.name == Self.connected }
    }
    if let archived = order.archived {
      own.append(event(Self.archived, OrderEntry.Moment(archived, learned: archived)))
      reported.removeAll { $0.name == Self.archived }
    }
    // Each is in order; whichever request came first begins the clock.
    known = (own + reported).known()
    self.changed = changed
  }
}

extension IndicatorJudge {
  /// Whether a limit was kept, by what is known of the process.
  public func limit(_ limit: OrderLimit, _ process: OrderProcess) -> OrderFinding {
    var readings = OrderReadings(calendar: calendar, now: now)
    return self.limit(limit, process, at: 0, &readings)
  }

  /// - Parameter place: of the limit among those that are read with these readings.
  func limit(
    _ limit: OrderLimit, _ process: OrderProcess, at place: Int, _ readings: inout OrderReadings
  ) -> OrderFinding {
    if process.isBooking, !limit.isOfBooking { return OrderFinding(.outside, "booking") }
    guard let rule = limit.rule else { return OrderFinding(.unknown, "facts-unknown") }
    if process.isOnlyBooked, rule.ends.contains(OrderLimit.accepted) {
      return OrderFinding(.unknown, "not-reported")
    }
    let isOwnEnd = rule.ends.isSubset(of: OrderProcess.ownEnds)
    let isOwnStart = !rule.starts.isDisjoint(with: OrderProcess.ownStarts)
    // What nobody reports of an order neither begins nor ends.
    guard process.isReported || (isOwnStart && isOwnEnd) else {
      return OrderFinding(.unknown, "not-reported")
    }
    let reading = readings.reading(rule, at: place, process.known)
    if reading.lacksCalendar { return OrderFinding(.unknown, "calendar-missing") }
    let standsStill = !rule.stops.isEmpty && !process.isReported
    switch reading.state {
    case .waiting:
      // It was over, or a later step was: the one that begins it was left out.
      let isOver = process.isConnected && !rule.starts.contains(OrderProcess.connected)
      return isOver ? OrderFinding(.unknown, "not-reported") : OrderFinding(.open, "not-begun")
    case .ended:
      let days = Self.days(reading, rule)
      if limit.step == OrderLimit.average {
        guard days != nil else { return OrderFinding(.unknown, "calendar-missing") }
        return credited(rule, process, days, "ended")
      }
      if reading.isQuiet { return OrderFinding(.countsNot, "in-quiet-hours") }
      guard reading.isLate else { return credited(rule, process, days, "met") }
      // Its clock may have stood still, and nobody said so.
      if standsStill { return OrderFinding(.unknown, "pauses-not-reported") }
      return OrderFinding(.countsNot, [.word("broken")], days: days)
    case .running, .paused:
      guard isOwnEnd || !process.isConnected else { return OrderFinding(.unknown, "not-reported") }
      // It ended before it began, as it was said.
      if process.isConnected, rule.ends.contains(OrderProcess.connected) {
        return OrderFinding(.unknown, "moments-contradict")
      }
      if limit.step == OrderLimit.average { return OrderFinding(.open, "running") }
      guard reading.isLate else {
        return OrderFinding(.open, reading.state == .paused ? "paused" : "running")
      }
      if standsStill { return OrderFinding(.unknown, "pauses-not-reported") }
      return OrderFinding(.countsNot, "broken-and-running")
    }
  }

  private static func days(_ reading: OrderReading, _ rule: ClockRule) -> Int? {
    guard case .days = rule.limit else { return nil }
    return reading.used
  }

  /// What is to the utility's credit, if the moments behind it are as they happened.
  private func credited(
    _ rule: ClockRule, _ process: OrderProcess, _ days: Int?, _ reason: String
  ) -> OrderFinding {
    var tolerance = Self.tolerance
    if case .minutes = rule.limit { tolerance = Self.shortTolerance }
    var doubts: [OrderReason] = []
    for event in process.known where Self.concerns(rule, event.name) {
      // Its moment is in whole seconds.
      let happened = event.happened.timestamp(offsetSeconds: UTCOffset.china)
      guard event.learned > happened.advanced(bySeconds: tolerance + 1) else { continue }
      let doubt = OrderReason.word("\(event.name)-entered-late")
      if !doubts.contains(doubt) { doubts.append(doubt) }
    }
    if !process.changed.isEmpty {
      for name in process.changed.sorted() where Self.concerns(rule, name) {
        doubts.append(.word("\(name)-changed"))
      }
    }
    return doubts.isEmpty
      ? OrderFinding(.counts, [.word(reason)], days: days)
      : OrderFinding(.enteredLate, [.word(reason)] + doubts)
  }

  private static func concerns(_ rule: ClockRule, _ name: String) -> Bool {
    rule.starts.contains(name) || rule.ends.contains(name)
      || rule.stops.contains { $0.begins == name || $0.ends == name || $0.alsoEnds.contains(name) }
  }
}
