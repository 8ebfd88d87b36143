public import Calendars
public import CivilTime

/// What of a permit case counts for an order, as whoever keeps the case tells it.
public struct OrderCourse: Hashable, Sendable {
  public enum Standing: String, CaseIterable, Hashable, Sendable {
    /// A platform told the decision that lets the work start.
    case online
    /// A person entered it.
    case byHand = "by-hand"
    /// Not decided.
    case open
    /// Refused, withdrawn or taken back.
    case notGranted = "not-granted"
  }

  /// A permit that has to be handed in.
  public struct Permit: Hashable, Sendable {
    public let item: String
    public let standing: Standing

    public init(item: String, standing: Standing) {
      self.item = item
      self.standing = standing
    }
  }

  /// The utility's own number of the case.
  public let number: String
  public let opened: Timestamp
  /// A keyed digest of its project's code.
  public let project: [UInt8]?
  public let permits: [Permit]
  /// What was reported of the utility's process, in the order in which it was learned, also what was taken back.
  public let steps: [ClockEvent]

  public init(
    number: String, opened: Timestamp, project: [UInt8]?, permits: [Permit], steps: [ClockEvent]
  ) {
    self.number = number
    self.opened = opened
    self.project = project
    self.permits = permits
    self.steps = steps
  }
}
