/// What a clock measures: from which event to which, how long at most, and what stops it meanwhile. Names of events are
/// the policy's; the clock compares them and knows nothing else of them.
public struct ClockRule: Hashable, Sendable {
  /// Events between which the clock stands still.
  public struct Stop: Hashable, Sendable {
    public let reason: PauseReason
    public let begins: String
    public let ends: String
    /// Events that say, beside what else they say, that the clock goes on, where it stands still. They wait for the office as those do that
    /// start it.
    public let alsoEnds: Set<String>

    public init(reason: PauseReason, begins: String, ends: String, alsoEnds: Set<String> = []) {
      self.reason = reason
      self.begins = begins
      self.ends = ends
      self.alsoEnds = alsoEnds
    }

    /// Whether an event ends it and, where it comes outside of the office's hours, only when that opens.
    public func waitsForOffice(_ name: String) -> Bool {
      alsoEnds.contains(name) || name == ends && reason.endsAtOffice
    }
  }

  public var limit: TimeLimit
  public var starts: Set<String>
  /// Events of which it can only be told that it has started by then: something is being done that comes after the start.
  public var startsAtLatest: Set<String>
  /// When it starts although nobody says a word; `nil`: never.
  public var silence: Silence?
  public var ends: Set<String>
  public var stops: [Stop]
  /// Moves events outside of the hours; `nil` takes them as they come.
  public var hours: OfficeHours?
  public var quiet: QuietHours?
  public var pausedDays: PausedDays
  public var warnings: [Warning]

  public init(
    limit: TimeLimit, starts: Set<String>, startsAtLatest: Set<String> = [], silence: Silence? = nil,
    ends: Set<String>, stops: [Stop] = [], hours: OfficeHours? = nil,
    quiet: QuietHours? = nil, pausedDays: PausedDays = .afterFirst, warnings: [Warning] = []
  ) {
    self.limit = limit
    self.starts = starts
    self.startsAtLatest = startsAtLatest
    self.silence = silence
    self.ends = ends
    self.stops = stops
    self.hours = hours
    self.quiet = quiet
    self.pausedDays = pausedDays
    self.warnings = warnings
  }
}

/// A colour that a clock takes on, and for whom. HA-PLAN (六)3 fixes the colours; from when they hold is a setting.
public struct Warning: Hashable, Sendable {
  public enum Colour: String, CaseIterable, Hashable, Sendable, Comparable {
    /// Before the limit, for the unit that works on it.
    case blue, orange
    /// After it, for the responsible and the provincial managers.
    case yellow, red

    public static func < (left: Colour, right: Colour) -> Bool { left.urgency < right.urgency }

    private var urgency: Int {
      switch self {
      case .blue: 0
      case .orange: 1
      case .yellow: 2
      case .red: 3
      }
    }

    public var isBeforeLimit: Bool { self == .blue || self == .orange }

    public var title: String {
      switch self {
      case .blue: "蓝色预警"
      case .orange: "橙色预警"
      case .yellow: "黄色督办"
      case .red: "红色督办"
      }
    }
  }

  public let colour: Colour
  /// Days of the limit's own count, or minutes where the limit is in minutes. Before the limit: blue 2 is shown from the
  /// second counted day before the last one, 0 from the last day on. After it: 0 at once, 1 after one more counted day.
  public let distance: Int
  /// Who is told; a word of the policy.
  public let audience: String

  public init(colour: Colour, distance: Int, audience: String) {
    self.colour = colour
    self.distance = distance
    self.audience = audience
  }
}
