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
    let learned = filter { event in time.map { event.learned <= $0 } ?? true }
    let retracted = Set(learned.compactMap(\.retracts))
    return
      learned
      .filter { !retracted.contains($0.id) && $0.name != ClockEvent.retraction }
      .sorted { ($0.happened, $0.learned, $0.id) < ($1.happened, $1.learned, $1.id) }
  }
}
