public import CivilTime

/// What was believed of a deadline from a time on, until something else was learned.
public struct ClockBelief: Hashable, Sendable {
  public let since: Timestamp
  public let state: ClockReading.State
  public let due: ClockReading.Due
  /// The events learned at that time; none where nothing was said until then, and that itself says something.
  public let learned: [String]

  public init(since: Timestamp, state: ClockReading.State, due: ClockReading.Due, learned: [String]) {
    self.since = since
    self.state = state
    self.due = due
    self.learned = learned
  }
}

extension ClockBelief {
  /// What was believed when, ascending; what changed neither state nor deadline is left out. Each belief is the reading of the
  /// moment at which it arose.
  ///
  /// - Parameters:
  ///   - times: when something was learned, ascending.
  ///   - now: silence that has ended by then counts; `nil` tells only of what was learned.
  ///   - learned: the events of such a time.
  ///   - reading: of a moment, by what was known at a time.
  public static func all(
    _ times: [Timestamp], until now: CivilDateTime?, offsetSeconds: Int = UTCOffset.china,
    learned: (Timestamp) -> [String], reading: (CivilDateTime, Timestamp) -> ClockReading
  ) -> [ClockBelief] {
    var beliefs: [ClockBelief] = []
    for (index, time) in zip(times.indices, times) {
      var since = time
      while true {
        let reading = reading(since.civil(offsetSeconds: offsetSeconds), time)
        if beliefs.last.map({ $0.state != reading.state || $0.due != reading.due }) ?? true {
          beliefs.append(
            ClockBelief(
              since: since, state: reading.state, due: reading.due,
              learned: since == time ? learned(time) : []
            ))
        }
        guard let now, let until = reading.silentUntil, until <= now else { break }
        let end = until.timestamp(offsetSeconds: offsetSeconds)
        // What is learned at that very moment, or before it, may have broken it.
        guard end > since, index + 1 == times.count || end < times[index + 1] else { break }
        since = end
      }
    }
    return beliefs
  }
}

extension Clock {
  /// What was believed when, as ``ClockBelief/all(_:until:offsetSeconds:learned:reading:)`` tells it.
  public func beliefs(
    of events: some Sequence<ClockEvent>, until now: CivilDateTime? = nil,
    offsetSeconds: Int = UTCOffset.china
  ) -> [ClockBelief] {
    let all = Array(events)
    return ClockBelief.all(
      Set(all.map(\.learned)).sorted(), until: now, offsetSeconds: offsetSeconds,
      learned: { time in all.filter { $0.learned == time }.map(\.id).sorted() },
      reading: { moment, time in reading(of: all, at: moment, knownAt: time) })
  }
}
