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
  /// - Parameter known: the events of the attempt that are known, ``OwnLimit/ready`` among them, in the order in which they
  ///   happened.
  public init?(
    _ limits: [OwnLimit], known: [ClockEvent], _ calendar: WorkCalendar, at now: CivilDateTime
  ) {
    guard !limits.isEmpty else { return nil }
    let last = known.lastIndex { event in
      event.happened <= now && limits.contains { $0.rule.starts.contains(event.name) }
    }
    guard let last, let limit = limits.first(where: { $0.rule.starts.contains(known[last].name) }) else {
      return nil
    }
    self.limit = limit
    self.events = Array(known[last...])
    reading = Clock(rule: limit.rule, calendar: calendar).reading(ofKnown: self.events, at: now)
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
