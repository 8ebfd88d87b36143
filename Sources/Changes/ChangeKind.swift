/// What can have happened. The raw value is stored and never changed.
public enum ChangeKind: String, CaseIterable, Hashable, Sendable {
  /// A certificate is new, or says something else.
  case certificateChanged = "certificate.changed"
  case disagreementOpened = "disagreement.opened"
  /// A platform was told what another one says.
  case disagreementObjected = "disagreement.objected"
  /// The platforms agree again, or somebody dismissed it.
  case disagreementEnded = "disagreement.ended"
  /// Something a platform's messages are no longer, for the first time or again.
  case incidentOpened = "incident.opened"
  case incidentClosed = "incident.closed"
  /// A push is accepted, refused or cancelled.
  case pushSettled = "push.settled"
  /// Nobody knows what became of a push.
  case pushUnknown = "push.unknown"
  /// A push stands still until a person has looked.
  case pushParked = "push.parked"
  /// A permit case was opened, something happened to one of its items, or it is closed.
  case permitChanged = "permit.changed"
  /// A colour that the clock of a permit item shows, for an audience.
  case permitWarning = "permit.warning"
  /// It is shown no longer.
  case permitWarningWithdrawn = "permit.warning-withdrawn"
  /// What is shown in all on a day.
  case permitDigest = "permit.digest"
  /// How an application for electricity stands has changed since it was judged last.
  case supplyChanged = "supply.changed"
  /// The archive of a connected application was found whole.
  case supplyArchived = "supply.archived"
  /// Something is missing in it.
  case supplyIncomplete = "supply.incomplete"
  /// A project was entered in the reserve, before anybody applied.
  case projectReserved = "project.reserved"
  /// A project of the reserve has come further, became an application, was withdrawn, or is said to be otherwise.
  case projectChanged = "project.changed"
  /// A replay is completed, stopped or cancelled.
  case replayEnded = "replay.ended"
  /// Nothing more is sent to a subscriber until somebody lets it go on.
  case subscriptionPaused = "subscription.paused"
  /// Work was set aside until a person has looked.
  case workParked = "work.parked"
}
