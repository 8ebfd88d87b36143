import Calendars
public import Applications

extension PermitProgress {
  /// What must have happened since, when a platform that only tells where an item stands says that `event` was its last.
  /// Nothing where that is known; `[event]` where it does not fit, so that it is kept and seen.
  public func steps(toward event: PermitEvent) -> [PermitEvent] {
    if state == Self.stateMeant(by: event), event != .accepted || isAcceptanceTold { return [] }
    if phase == .filed, [.submitted, .received, .accepted, .handling, .approved, .filed].contains(event) {
      // Whoever goes on with it has what was asked for.
      return isAskedForMaterial && event != .submitted ? [.supplementReceived] : []
    }
    if !phase.isDecided, isAskedForMaterial,
      event == .specialProcedureStarted || event == .specialProcedureEnded
    {
      return stepsFromAsking(toward: event)
    }
    // The end of something that stands still no more says nothing new.
    switch event {
    case .supplementReceived where !isAskedForMaterial,
      .specialProcedureEnded where !procedures.contains(.specialProcedureStarted),
      .surveyEnded where !procedures.contains(.surveyStarted),
      .publicNoticeEnded where !procedures.contains(.publicNoticeStarted):
      return []
    default: break
    }
    var steps: [PermitEvent] = []
    // Back at work means that what it stood still for is over.
    if event == .received || event == .accepted || event == .handling {
      if isAskedForMaterial { steps.append(.supplementReceived) }
      for procedure in procedures {
        switch procedure {
        case .specialProcedureStarted: steps.append(.specialProcedureEnded)
        case .surveyStarted: steps.append(.surveyEnded)
        case .publicNoticeStarted: steps.append(.publicNoticeEnded)
        default: break
        }
      }
      steps.sort { $0.rawValue < $1.rawValue }
      if !steps.isEmpty, phase == .accepted || Self.stateMeant(by: event) == phase { return steps }
    }
    // What is taken back was given, though nobody has said so.
    if event == .recalled || event == .revoked, !phase.isDecided { steps.append(.approved) }
    steps.append(event)
    // What does not fit is kept once, however often the window says it, and whatever moment it gives.
    if steps.count == 1, misfits.contains(where: { $0.name == event.rawValue }), !fits(event) { return [] }
    return steps
  }

  /// A special procedure is part of deciding: the platform has what it asked for.
  private func stepsFromAsking(toward event: PermitEvent) -> [PermitEvent] {
    let isUnderWay = procedures.contains(.specialProcedureStarted)
    if event == .specialProcedureStarted { return [.supplementReceived] + (isUnderWay ? [] : [event]) }
    if isUnderWay { return [.supplementReceived, event] }
    // That it had begun nobody has said; that the platform is at work is known.
    return [.supplementReceived] + (phase == .accepted ? [] : [.handling])
  }

  private func fits(_ event: PermitEvent) -> Bool {
    var next = self
    return next.take(event)
  }

  /// The state of an item of which `event` was the last; nil where that depends on what was before.
  private static func stateMeant(by event: PermitEvent) -> PermitState? {
    switch event {
    case .submitted: .submitted
    case .received: .received
    case .accepted, .handling: .accepted
    case .supplementRequested: .supplement
    case .specialProcedureStarted, .surveyStarted, .publicNoticeStarted: .special
    case .approved: .approved
    case .approvedDeferred: .approvedDeferred
    case .filed: .filed
    case .rejected: .rejected
    case .notAccepted, .refused: .refused
    case .withdrawn: .withdrawn
    case .recalled: .recalled
    case .revoked: .revoked
    case .supplementReceived, .specialProcedureEnded, .surveyEnded, .publicNoticeEnded: nil
    }
  }
}
