public import Calendars
public import CivilTime

/// A colour that a clock shows to an audience, by one deadline. By another deadline it is another alert.
public struct PermitAlert: Hashable, Sendable {
  /// ``platform``, the step of the utility's own process, or the name of a ``PermitTotal``.
  public let clock: String
  public let colour: Warning.Colour
  /// A word of the policy.
  public let audience: String
  /// The first moment that is too late.
  public let due: CivilDateTime

  /// The clock that the platform keeps or breaks.
  public static let platform = "platform"

  public init(clock: String, colour: Warning.Colour, audience: String, due: CivilDateTime) {
    self.clock = clock
    self.colour = colour
    self.audience = audience
    self.due = due
  }
}

/// An alert of which something is known already.
public struct KnownAlert: Hashable, Sendable {
  public let alert: PermitAlert
  /// Its colour is shown just now.
  public var stands: Bool
  /// It was fired, and is to be taken back when it stands no more. That is said once.
  public var isOwed: Bool

  public init(_ alert: PermitAlert, stands: Bool, isOwed: Bool) {
    self.alert = alert
    self.stands = stands
    self.isOwed = isOwed
  }
}

/// What becomes of an alert.
public enum AlertStep: Hashable, Sendable {
  /// Whoever it is for is told.
  case fire
  /// Its time came while nobody looked, and a stronger one for the same audience, or the limit itself, has come since:
  /// kept, and told with the one that counts now.
  case skip(stands: Bool)
  /// It is shown again by the same deadline: it was fired already.
  case stand
  /// It is shown no more, and that was said already, or there was nothing to be said.
  case fall
  case withdraw(Reason)

  /// Why an alert is taken back.
  public enum Reason: String, CaseIterable, Hashable, Sendable {
    /// The clock stands still.
    case paused
    /// Another deadline holds.
    case moved
    /// The limit has passed: warnings of it are over, and those after it have begun.
    case passed
    /// What it measured has ended.
    case ended
    /// It was entered wrongly.
    case corrected
  }
}
