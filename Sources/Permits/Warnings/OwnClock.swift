public import Calendars
public import CivilTime

/// The step of the utility's own process in which an attempt stands, and what its clock shows.
public struct OwnClock: Hashable, Sendable {
  public let limit: OwnLimit
  /// Those that the clock is about: of a step that is begun again, as the second supplement begins another one, only the
  /// latest round.
  public let events: [ClockEvent]
  public let reading: ClockReading

  /// `nil` while none of the steps has begun.
  ///
  /// - Parameters:
  ///   - known: the events of the attempt that are known, in the order in which they happened.
  ///   - ready: ``OwnLimit/ready``, which comes before them all; `nil` where it is not.
  public init?(
    _ limits: [OwnLimit], known: [ClockEvent], ready: ClockEvent? = nil, _ calendar: WorkCalendar,
    at now: CivilDateTime
  ) {
    func limit(_ event: ClockEvent) -> OwnLimit? { limits.first { $0.rule.starts.contains(event.name) } }
    var events: [ClockEvent]?
    for place in known.indices.reversed() where known[place].happened <= now && limit(known[place]) != nil {
      events = place == 0 ? known : Array(known[place...])
      break
    }
    if events == nil, let ready, ready.happened <= now { events = [ready] + known }
    guard let events, let first = events.first, let limit = limit(first) else { return nil }
    self.limit = limit
    self.events = events
    reading = Clock(rule: limit.rule, calendar: calendar).reading(ofKnown: events, at: now)
  }
}

extension ClockEvent {
  /// That an attempt may be handed in: since it is there, and since all are permitted for which it waits; at the latest
  /// when the first thing happened to it, for a case may be opened after it was handed in on paper.
  ///
  /// - Parameters:
  ///   - own: what is known of the attempt.
  ///   - others: what is known of each item for which it waits; `nil` where there is none yet.
  static func ready(
    created: Timestamp, _ own: [ClockEvent], after others: [[ClockEvent]?]
  ) -> ClockEvent? {
    var (happened, learned) = (created.civil(offsetSeconds: UTCOffset.china), created)
    for events in others {
      guard let events else { return nil }
      guard PermitProgress(events).state.isPermitted,
        let last = events.last(where: { permitted.contains($0.name) })
      else { return nil }
      happened = max(happened, last.happened)
      learned = max(learned, last.learned)
    }
    if let first = own.first { happened = min(happened, first.happened) }
    // Before all entries of the same moment, which are numbered from 1.
    return ClockEvent(id: "0", name: OwnLimit.ready, happened: happened, learned: learned)
  }

  private static let permitted: Set<String> = ["approved", "approved-deferred", "filed"]
}
