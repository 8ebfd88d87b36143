/// What a consumer may do. The raw value is the word in the configuration.
public enum Scope: String, CaseIterable, Hashable, Sendable {
  /// Find certificates, and have claims compared with them.
  case certificatesSearch = "certificates:search"
  /// Read one certificate, its history and its evidence.
  case certificatesRead = "certificates:read"
  /// See the fields whole that the purpose allows.
  case certificatesReveal = "certificates:reveal"
  case exchangesRead = "exchanges:read"
  case platformsRead = "platforms:read"
  case incidentsRead = "incidents:read"
  /// Acknowledge, accept and close incidents.
  case incidentsManage = "incidents:manage"
  /// Read where platforms disagree, without what they say.
  case disagreementsRead = "disagreements:read"
  /// Dismiss disagreements.
  case disagreementsManage = "disagreements:manage"
  case pushesRead = "pushes:read"
  /// Sign, retry and cancel pushes.
  case pushesDecide = "pushes:decide"
  case replaysRead = "replays:read"
  /// Plan, approve, start, stop and cancel replays.
  case replaysRun = "replays:run"
  case workRead = "work:read"
  /// Release and cancel items of the work queue.
  case workDecide = "work:decide"
  /// Read permit cases, their clocks and what happened to them.
  case permitsRead = "permits:read"
  /// Open permit cases, enter what happened, supplement, withdraw and try again.
  case permitsManage = "permits:manage"
  /// Have applications for electricity judged by what the registry holds.
  case supplyEvaluate = "supply:evaluate"
  /// Read the verdicts that were kept.
  case supplyRead = "supply:read"
  /// Find materials that were handed in, read them, and compare them with certificates.
  case materialsRead = "materials:read"
  /// Hand in materials and take them back.
  case materialsManage = "materials:manage"
  /// Find what people agreed to.
  case authorisationsRead = "authorisations:read"
  /// Keep what people agreed to, and revoke it.
  case authorisationsManage = "authorisations:manage"
  /// Note that customers are connected, and take packages of archives.
  case supplyArchive = "supply:archive"
  /// Read the projects of the reserve.
  case projectsRead = "projects:read"
  /// Make applications of them.
  case projectsConvert = "projects:convert"
  /// Read figures over all orders, and which orders they are made of.
  case indicatorsRead = "indicators:read"
  /// Read the change feed, as far as the other scopes let a consumer know what it tells of.
  case changesRead = "changes:read"
  /// Be told of changes at an address of its own.
  case subscriptionsManage = "subscriptions:manage"
}
