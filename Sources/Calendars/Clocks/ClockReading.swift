public import CivilTime

/// What a clock shows at one moment, by what is known.
public struct ClockReading: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    /// Nothing has started it.
    case waiting
    case running
    case paused(PauseReason)
    /// At the moment given.
    case ended(CivilDateTime)
  }

  public enum Due: Hashable, Sendable {
    /// The clock has not started.
    case notYet
    /// The first moment that is too late. For limits in days that is the midnight after the last day.
    case at(CivilDateTime)
    /// The clock stands still, and nobody knows until when.
    case open
    /// A day that decides lies in a year without a calendar.
    case unknown(CalendarError)
  }

  /// A warning, and from when it is shown if nothing happens meanwhile.
  public struct Alert: Hashable, Sendable {
    public let warning: Warning
    public let at: CivilDateTime
  }

  /// Something among the events that does not fit; the clock goes on without it.
  public struct Finding: Hashable, Sendable {
    public enum Code: String, Hashable, Sendable {
      case startedAgain = "started-again"
      /// It was said to be accepted when it counted as accepted already, since nobody had said a word in time.
      case startedLate = "started-late"
      case endedAgain = "ended-again"
      /// It ended, and nothing had started it.
      case beforeStart = "before-start"
      case afterEnd = "after-end"
      case alreadyPaused = "already-paused"
      case notPaused = "not-paused"
      /// Days before or after the limit lie in a year without a calendar: a warning has no time.
      case warningUnknown = "warning-unknown"
      /// Until when something may be missing without a word lies in a year without a calendar.
      case silenceUnknown = "silence-unknown"
    }

    public let code: Code
    /// The event, or the colour of the warning.
    public let subject: String

    public init(code: Code, subject: String) {
      self.code = code
      self.subject = subject
    }
  }

  /// What says that the clock has started.
  public enum Basis: String, Hashable, Sendable {
    case told
    /// Nobody has said a word in time: see ``ClockReading/silence``.
    case deemed
  }

  public var state: State
  /// When the event that started it happened, and what that counts as by the office's hours.
  public var started: CivilDateTime?
  public var counted: CivilDateTime?
  /// Since when nobody has said a word, where that starts the clock in the end.
  public var silence: Silence?
  /// Until when somebody may say nothing: if it stays so, the reading is another one from then on.
  public var silentUntil: CivilDateTime?
  public var due: Due
  /// Where calls are not allowed at all hours: until when it can still be done in time.
  public var lastMoment: CivilDateTime?
  /// Days of the limit's count, or minutes, used up until now or until the end; `nil` when a calendar is missing.
  public var used: Int?
  /// The limit had passed when it ended, or has passed now.
  public var isLate: Bool
  public var alerts: [Alert]
  /// What of `alerts` is shown now: nothing while the clock stands still, whatever the colour, and nothing after the end.
  public var shown: [Alert]
  public var findings: [Finding]

  /// `nil` while it has not started.
  public var basis: Basis? { started == nil ? nil : silence?.isOver == true ? .deemed : .told }

  /// The strongest colour shown.
  public var colour: Warning.Colour? { shown.map(\.warning.colour).max() }

  /// The last day, where the limit is known.
  public var lastDay: CivilDate? {
    guard case .at(let moment) = due else { return nil }
    return moment.advanced(bySeconds: -1).date
  }
}
