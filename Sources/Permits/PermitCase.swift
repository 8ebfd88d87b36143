public import Applications
public import Calendars
public import CivilTime
public import Policies

/// The number under which a case is kept.
public struct PermitCaseID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }

  public var description: String { String(rawValue) }

  public static func < (left: PermitCaseID, right: PermitCaseID) -> Bool { left.rawValue < right.rawValue }
}

/// One attempt at one permit item of a case.
public struct PermitItemID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }

  public var description: String { String(rawValue) }

  public static func < (left: PermitItemID, right: PermitItemID) -> Bool { left.rawValue < right.rawValue }
}

/// All permits of one line. Nothing here tells about a person.
public struct PermitCase: Hashable, Sendable {
  public let id: PermitCaseID
  /// The utility's own number of it.
  public let number: String
  /// Area code.
  public let region: String
  /// The policy that answered, and the day by whose rules it went.
  public let policy: String
  public let day: CivilDate
  public let facts: Facts
  /// How long its permits may take together.
  public let totals: [PermitTotal]
  /// How long the utility may take for the steps of its own process.
  public let process: [OwnLimit]
  public let created: Timestamp
  public let changed: Timestamp
  /// When the last of its items was decided.
  public let closed: Timestamp?
  /// When what it was opened with was destroyed.
  public let erased: Timestamp?
}

/// One attempt at one permit item, as the policy decided it and as it stands.
public struct PermitItemAttempt: Hashable, Sendable {
  public let id: PermitItemID
  public let permitCase: PermitCaseID
  public let item: PermitItem
  /// From 1. Another one follows a refusal.
  public let attempt: Int
  /// The attempt that this one follows.
  public let follows: PermitItemID?
  /// `nil` where nothing is handed in: not needed, or exempt.
  public let way: PermitWay?
  /// Items that have to be permitted before this one is handed in.
  public let after: Set<PermitItem>
  public let state: PermitState?
  /// The platform's time for it alone; `nil` where no document limits that.
  public let clock: ClockRule?
  /// The utility's own time for its steps of the item.
  public let ownLimits: [OwnLimit]
  /// The latest push of it, when it was handed in.
  public let push: Int64?
  /// What the policy said of it, with rules and clauses, as JSON.
  public let decision: String
  public let created: Timestamp
  public let changed: Timestamp
  /// When the window was last asked about it.
  public let asked: Timestamp?
  /// What keeps it from going on, by code and in words that name no person; somebody has to look.
  public let problemCode: String?
  public let problem: String?
  /// What somebody has to look at, although it goes on.
  public let doubts: Set<PermitDoubt>
  /// To be handed in, and perhaps handed in already, which a restored copy cannot know: a person has to find out.
  public let isHeld: Bool
  /// What the platform said last of it.
  let told: PermitTold?
  /// When it took something after it had said that; nil: nothing since.
  let toldTaken: Timestamp?

  /// What lets it go where it is held: another attempt is named, so that the same call once more makes no further one.
  public var release: String { "permit retry" + (follows == nil ? "" : " --attempt \(attempt)") }
}
