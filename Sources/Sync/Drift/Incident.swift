public import CivilTime
public import Exchanges

/// Drift of one kind at one place of one operation, however often it was met. Holds no value of a message, but names in it, which may be somebody's.
public struct Incident: Hashable, Sendable {
  public enum State: String, CaseIterable, Hashable, Sendable {
    case open, acknowledged, closed
  }

  public let id: IncidentID
  public let key: OperationKey
  public let subject: DriftSubject
  public let state: State
  /// The window was held for it, when it was met last.
  public let isHeld: Bool
  /// Somebody has said that it is right as it is now; the next window goes on with it.
  public let isAccepted: Bool
  /// Windows in which it was met.
  public let count: Int
  /// Figures of the last time that it was found; while it holds an operation more of the same does not change them.
  public let detail: String
  /// The first example: since it was opened.
  public let exchange: ExchangeID?
  public let locator: RecordLocator?
  public let firstSeen: Timestamp
  public let lastSeen: Timestamp
  /// When it was opened last: it opens again when it is met after it was closed.
  public let opened: Timestamp
  public let acknowledged: IncidentStep?
  public let closed: IncidentStep?
}

/// Who did something with an incident, when, and what they wrote to it.
public struct IncidentStep: Hashable, Sendable {
  public var time: Timestamp
  public var by: String
  public var note: String?

  public init(time: Timestamp, by: String, note: String?) {
    self.time = time
    self.by = by
    self.note = note
  }
}

public struct IncidentID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: Int64
  public init(rawValue: Int64) { self.rawValue = rawValue }
  public var description: String { String(rawValue) }
}

/// Which incidents to list, the last met first; what is nil does not restrict.
public struct IncidentFilter: Hashable, Sendable {
  public var platform: String?
  public var operation: String?
  public var kind: DriftKind?
  /// Those that are not closed, if empty.
  public var states: Set<Incident.State>
  /// Goes on behind this one.
  public var after: IncidentID?
  public var limit: Int

  public init(
    platform: String? = nil, operation: String? = nil, kind: DriftKind? = nil,
    states: Set<Incident.State> = [.open, .acknowledged], after: IncidentID? = nil, limit: Int = 100
  ) {
    self.platform = platform
    self.operation = operation
    self.kind = kind
    self.states = states
    self.after = after
    self.limit = limit
  }
}

/// Why an incident could not be changed.
public struct IncidentError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Hashable, Sendable {
    case notFound = "incident-not-found"
    /// It is in a state from which this does not lead anywhere.
    case wrongState = "incident-wrong-state"
    /// A stored place, name or note does not open, or a newer program wrote the row.
    case unreadable = "incident-unreadable"
  }

  public let code: Code
  public let message: String
  public var description: String { "\(message) [\(code.rawValue)]" }
}
