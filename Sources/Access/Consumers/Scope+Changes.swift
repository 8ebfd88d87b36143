public import Changes

extension Scope {
  /// What lets a consumer look at that of which a change tells.
  public static func needed(for kind: ChangeKind) -> Scope {
    switch kind {
    case .certificateChanged: .certificatesRead
    case .disagreementOpened, .disagreementObjected, .disagreementEnded: .disagreementsRead
    case .incidentOpened, .incidentClosed: .incidentsRead
    case .pushSettled, .pushUnknown, .pushParked: .pushesRead
    case .permitChanged, .permitWarning, .permitWarningWithdrawn, .permitDigest: .permitsRead
    case .supplyChanged, .supplyArchived, .supplyIncomplete: .supplyRead
    case .projectReserved, .projectChanged: .projectsRead
    case .replayEnded: .replaysRead
    case .subscriptionPaused: .subscriptionsManage
    case .workParked: .platformsRead
    }
  }
}

extension Set<Scope> {
  /// Whether changes of this kind are shown to whoever has these scopes.
  public func allows(_ kind: ChangeKind) -> Bool {
    (contains(.changesRead) || contains(.subscriptionsManage)) && contains(Scope.needed(for: kind))
  }
}
