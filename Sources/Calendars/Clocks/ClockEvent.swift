public import CivilTime

/// Something that happened to what a clock measures. It has two times: when it happened, and when it was learned.
/// Approvals done on paper are entered later (补录), and what was entered wrongly is taken back.
public struct ClockEvent: Hashable, Sendable {
  /// Unique among the events of one clock.
  public let id: String
  /// The policy's word, such as `accepted`.
  public let name: String
  public let happened: CivilDateTime
  public let learned: Timestamp
  /// The event that this one takes back and, unless its name is ``retraction``, stands in for.
  public let retracts: String?

  /// The name of an event that only takes another one back.
  public static let retraction = "retracted"

  public init(id: String, name: String, happened: CivilDateTime, learned: Timestamp, retracts: String? = nil)
  {
    self.id = id
    self.name = name
    self.happened = happened
    self.learned = learned
    self.retracts = retracts
  }
}

extension Sequence<ClockEvent> {
  /// What was known at a time: learned until then and not taken back until then, in the order in which it happened.
  public func known(at time: Timestamp? = nil) -> [ClockEvent] {
    var known = Array(self)
    if let time, known.contains(where: { $0.learned > time }) { known.removeAll { $0.learned > time } }
    // Most were never corrected, and were learned in the order in which they happened.
    if known.contains(where: { $0.retracts != nil || $0.name == ClockEvent.retraction }) {
      let retracted = Set(known.compactMap(\.retracts))
      known.removeAll { retracted.contains($0.id) || $0.name == ClockEvent.retraction }
    }
    for place in known.indices.dropFirst() where known[place].isBefore(known[place - 1]) {
      known.sort { $0.isBefore($1) }
      break
    }
    return known
  }
}

extension ClockEvent {
  fileprivate func isBefore(_ other: ClockEvent) -> Bool {
    if happened != other.happened { return happened < other.happened }
    if learned != other.learned { return learned < other.learned }
    // Numbers in their order: 9 before 10.
    return (id.utf8.count, id) < (other.id.utf8.count, other.id)
  }
}
