import Applications
public import Calendars

/// An attempt's state, made of its events in the order in which they happened, whenever they were learned. Platforms
/// leave steps out, so that going on several steps at once is usual; what cannot be is noted and changes nothing.
public struct PermitProgress: Hashable, Sendable {
  /// How far it has come, what stands still aside.
  private(set) var phase: PermitState = .planned
  /// The platform has said that it was accepted. That it is at work on it tells no more than that it was by then.
  private(set) var isAcceptanceTold = false
  private(set) var isAskedForMaterial = false
  private(set) var procedures: Set<PermitEvent> = []
  /// The events that do not fit what was before them.
  public private(set) var misfits: [ClockEvent] = []

  public init() {}

  /// - Parameter events: in the order in which they happened, as ``Sequence/known(at:)`` gives them.
  public init(_ events: some Sequence<ClockEvent>) {
    for event in events { apply(event) }
  }

  public var state: PermitState {
    // A filing of which something is missing is none yet.
    if phase.isDecided, phase != .filed || !isAskedForMaterial { return phase }
    if isAskedForMaterial { return .supplement }
    return procedures.isEmpty ? phase : .special
  }

  /// Events of other names are none of a permit's and are noted too.
  public mutating func apply(_ event: ClockEvent) {
    guard let name = PermitEvent(rawValue: event.name), take(name) else {
      misfits.append(event)
      return
    }
  }

  /// Whether the event fits; one that does not changes nothing.
  mutating func take(_ event: PermitEvent) -> Bool {
    if phase.isDecided { return applyAfterDecision(event) }
    switch event {
    // The window may have stamped it as received before its answer came to us.
    case .submitted: return advance(to: .submitted) || phase != .submitted
    case .received: return advance(to: .received)
    case .accepted:
      // Whoever accepts it has what was asked for.
      guard !isAcceptanceTold || isAskedForMaterial else { return false }
      (phase, isAcceptanceTold, isAskedForMaterial) = (.accepted, true, false)
    // It says nothing new of what is accepted already.
    case .handling: phase = .accepted
    case .supplementRequested:
      guard !isAskedForMaterial else { return false }
      isAskedForMaterial = true
      if phase == .planned { phase = .received }
    case .supplementReceived:
      guard isAskedForMaterial else { return false }
      isAskedForMaterial = false
    case .specialProcedureStarted:
      // It is part of deciding; a look at the place or a notice may come before.
      phase = .accepted
      return procedures.insert(event).inserted
    case .surveyStarted, .publicNoticeStarted: return procedures.insert(event).inserted
    case .specialProcedureEnded: return procedures.remove(.specialProcedureStarted) != nil
    case .surveyEnded: return procedures.remove(.surveyStarted) != nil
    case .publicNoticeEnded: return procedures.remove(.publicNoticeStarted) != nil
    case .approved: phase = .approved
    case .approvedDeferred: phase = .approvedDeferred
    case .filed: (phase, isAskedForMaterial) = (.filed, false)
    case .rejected: phase = .rejected
    case .notAccepted, .refused:
      // What was accepted cannot be refused acceptance any more.
      guard phase != .accepted else { return false }
      phase = .refused
    case .withdrawn: phase = .withdrawn
    case .recalled, .revoked: return false
    }
    return true
  }

  private mutating func applyAfterDecision(_ event: PermitEvent) -> Bool {
    switch (phase, event) {
    // What was missing has been brought, and the window agrees, in this order.
    case (.approvedDeferred, .supplementReceived): break
    case (.approvedDeferred, .approved): phase = .approved
    // It lies at the authority, which may look at it still: that says nothing new, until it asks or objects.
    case (.filed, .received), (.filed, .handling): break
    // Whoever accepts it has what was asked for.
    case (.filed, .accepted), (.filed, .approved): isAskedForMaterial = false
    case (.filed, .filed) where isAskedForMaterial: isAskedForMaterial = false
    case (.filed, .supplementRequested) where !isAskedForMaterial: isAskedForMaterial = true
    // It lies there as before.
    case (.filed, .supplementReceived) where isAskedForMaterial: isAskedForMaterial = false
    case (.filed, .withdrawn) where isAskedForMaterial: phase = .withdrawn
    case (.filed, .rejected): phase = .rejected
    case (.filed, .notAccepted), (.filed, .refused): phase = .refused
    case (.approved, .recalled), (.approvedDeferred, .recalled), (.filed, .recalled): phase = .recalled
    case (.approved, .revoked), (.approvedDeferred, .revoked), (.filed, .revoked): phase = .revoked
    default: return false
    }
    return true
  }

  /// Forward only: a step that is behind what is known already is a late word about it.
  private mutating func advance(to next: PermitState) -> Bool {
    let steps: [PermitState] = [.planned, .submitted, .received, .accepted]
    guard let here = steps.firstIndex(of: phase), let there = steps.firstIndex(of: next), there > here else {
      return false
    }
    phase = next
    return true
  }
}
