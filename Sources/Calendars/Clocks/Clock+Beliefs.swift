public import CivilTime

/// What was believed of a deadline from a time on, until something else was learned.
public struct ClockBelief: Hashable, Sendable {
  public let since: Timestamp
  public let state: ClockReading.State
  public let due: ClockReading.Due
  /// The events learned at that time.
  public let learned: [String]

  public init(since: Timestamp, state: ClockReading.State, due: ClockReading.Due, learned: [String]) {
    self.since = since
    self.state = state
    self.due = due
    self.learned = learned
  }
}

extension Clock {
  /// What was believed when, ascending; entries that changed neither state nor deadline are left out. Each belief is the
  /// reading of the moment at which it arose.
  public func beliefs(
    of events: some Sequence<ClockEvent>, offsetSeconds: Int = UTCOffset.china
  ) -> [ClockBelief] {
    let all = Array(events)
    var beliefs: [ClockBelief] = []
    for time in Set(all.map(\.learned)).sorted() {
      let reading = reading(of: all, at: time.civil(offsetSeconds: offsetSeconds), knownAt: time)
      if let last = beliefs.last, last.state == reading.state, last.due == reading.due { continue }
      let learned = all.filter { $0.learned == time }.map(\.id).sorted()
      beliefs.append(ClockBelief(since: time, state: reading.state, due: reading.due, learned: learned))
    }
    return beliefs
  }
}
