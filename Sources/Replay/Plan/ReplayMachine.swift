public import Exchanges

/// Where a replay stands.
public enum ReplayState: String, CaseIterable, Sendable {
  /// Looked at, not begun.
  case planned
  /// A second person agreed.
  case approved
  /// The trial is running.
  case canary
  case running
  /// By itself, after too many failures, or because somebody said so; can be started again.
  case stopped
  case completed
  case cancelled

  public var isFinal: Bool { self == .completed || self == .cancelled }
  public var isUnderWay: Bool { self == .canary || self == .running }
}

/// What happens to a replay.
public enum ReplayEvent: String, CaseIterable, Sendable {
  case approved, started
  case canaryPassed = "canary-passed"
  case stopped, completed, cancelled
}

/// The life of a replay, pure.
public struct ReplayMachine: Hashable, Sendable {
  public private(set) var state: ReplayState
  /// A second person has to agree before it starts.
  public let needsApproval: Bool
  public let hasCanary: Bool
  public private(set) var isApproved: Bool
  public private(set) var isCanaryPassed: Bool

  public init(
    _ state: ReplayState = .planned, needsApproval: Bool, hasCanary: Bool, isApproved: Bool = false,
    isCanaryPassed: Bool = false
  ) {
    self.state = state
    self.needsApproval = needsApproval
    self.hasCanary = hasCanary
    self.isApproved = isApproved
    self.isCanaryPassed = isCanaryPassed
  }

  /// The state that `event` leads to; nil when it cannot happen now.
  public func state(after event: ReplayEvent) -> ReplayState? {
    switch (state, event) {
    case (.planned, .approved): .approved
    case (.planned, .started), (.approved, .started), (.stopped, .started):
      needsApproval && !isApproved ? nil : hasCanary && !isCanaryPassed ? .canary : .running
    case (.canary, .canaryPassed): .running
    case (.canary, .stopped), (.running, .stopped): .stopped
    // A replay smaller than its trial is over with it.
    case (.canary, .completed), (.running, .completed): .completed
    case (_, .cancelled): state.isFinal ? nil : .cancelled
    default: nil
    }
  }

  public mutating func apply(_ event: ReplayEvent) throws(ReplayError) {
    guard let next = state(after: event) else {
      if event == .started, needsApproval, !isApproved, !state.isFinal, !state.isUnderWay {
        throw ReplayError(
          .approval, "a second person has to approve this replay before it starts",
          remedy: "another operator looks at it and runs 'replay approve'")
      }
      throw ReplayError(
        .notNow, "a replay that is \(state.rawValue) cannot be \(event.rawValue)",
        remedy: "look at it with 'replay status'")
    }
    if event == .approved { isApproved = true }
    if event == .canaryPassed { isCanaryPassed = true }
    state = next
  }
}
