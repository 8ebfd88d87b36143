import Access
import HTTPService

/// One route: what stands in the router, in metrics and logs, and in the OpenAPI document.
struct APIRoute: Sendable {
  /// Who may call it.
  enum Access: Hashable, Sendable {
    /// Anybody: nothing about a person or a platform is told.
    case open
    /// A consumer with this scope.
    case consumer(Scope)
    /// A consumer with this scope that names purpose and operator; each call is in the audit.
    case certificates(Scope, AccessAction)
    /// A consumer with this scope that names the operator; each call is in the audit.
    case decision(Scope, AccessAction)
  }

  enum Operation: String, Hashable, Sendable, CaseIterable {
    case searchCertificates, matchCertificates, getCertificate, getCertificateHistory, getCertificateEvidence
    case listPlatforms, listExchanges, getExchange
    case listIncidents, getIncident, acknowledgeIncident, closeIncident
    case listDisagreements, dismissDisagreement
    case listPushes, getPush, signPush, retryPush, cancelPush
    case planReplay, listReplays, getReplay, getReplayEvents, listReplayDifferences
    case approveReplay, startReplay, stopReplay, cancelReplay
    case listWork, getWork, releaseWork, cancelWork
    case openPermitCase, listPermitCases, getPermitBoard, getPermitCase, enterPermitEvent
    case supplementPermit, withdrawPermit, retryPermit
    case evaluateSupply, getSupply, handInSupplyMaterial, connectSupply, getSupplyArchive
    case handInMaterial, searchMaterials, getMaterial, getMaterialFile, verifyMaterial, withdrawMaterial
    case giveAuthorisation, searchAuthorisations, getAuthorisation, revokeAuthorisation
    case listProjects, findProject, getProject, convertProject
    case listIndicators, getIndicatorTable, listIndicatorOrders
    case listChanges, listSubscriptions, createSubscription, deleteSubscription, resumeSubscription
    case getMetrics, getLiveness, getReadiness, getOpenAPI
  }

  let operation: Operation
  let method: String
  let pattern: String
  let access: Access
  let summary: String

  static let all: [APIRoute] = [
    APIRoute(
      operation: .searchCertificates, method: "POST", pattern: "/v1/certificates:search",
      access: .certificates(.certificatesSearch, .search),
      summary: "Find certificates by codes, numbers and names"),
    APIRoute(
      operation: .matchCertificates, method: "POST", pattern: "/v1/certificates:match",
      access: .certificates(.certificatesSearch, .match),
      summary: "Compare what somebody claims with certificates, without showing them"),
    APIRoute(
      operation: .getCertificate, method: "GET", pattern: "/v1/certificates/{id}",
      access: .certificates(.certificatesRead, .read), summary: "One certificate with its standing today"),
    APIRoute(
      operation: .getCertificateHistory, method: "GET", pattern: "/v1/certificates/{id}/history",
      access: .certificates(.certificatesRead, .history), summary: "Everything platforms have said about it"),
    APIRoute(
      operation: .getCertificateEvidence, method: "GET", pattern: "/v1/certificates/{id}/evidence",
      access: .certificates(.certificatesRead, .evidence), summary: "What its present version rests on"),
    APIRoute(
      operation: .listPlatforms, method: "GET", pattern: "/v1/platforms", access: .consumer(.platformsRead),
      summary: "The platforms and how their last runs went"),
    APIRoute(
      operation: .listExchanges, method: "GET", pattern: "/v1/exchanges", access: .consumer(.exchangesRead),
      summary: "Exchanges with platforms, without their content"),
    APIRoute(
      operation: .getExchange, method: "GET", pattern: "/v1/exchanges/{id}",
      access: .consumer(.exchangesRead),
      summary: "One exchange, without its content"),
    APIRoute(
      operation: .listIncidents, method: "GET", pattern: "/v1/incidents", access: .consumer(.incidentsRead),
      summary: "What platforms' messages are no longer"),
    APIRoute(
      operation: .getIncident, method: "GET", pattern: "/v1/incidents/{id}",
      access: .consumer(.incidentsRead), summary: "One incident"),
    APIRoute(
      operation: .acknowledgeIncident, method: "POST", pattern: "/v1/incidents/{id}:acknowledge",
      access: .decision(.incidentsManage, .acknowledgeIncident),
      summary: "Say that it was seen, and whether it is right as it is now"),
    APIRoute(
      operation: .closeIncident, method: "POST", pattern: "/v1/incidents/{id}:close",
      access: .decision(.incidentsManage, .closeIncident), summary: "Say that it is over"),
    APIRoute(
      operation: .listDisagreements, method: "GET", pattern: "/v1/disagreements",
      access: .consumer(.disagreementsRead), summary: "Where two platforms say different things"),
    APIRoute(
      operation: .dismissDisagreement, method: "POST", pattern: "/v1/disagreements/{id}:dismiss",
      access: .decision(.disagreementsManage, .dismissDisagreement),
      summary: "Decide that nothing is to be done"),
    APIRoute(
      operation: .listPushes, method: "GET", pattern: "/v1/pushes", access: .consumer(.pushesRead),
      summary: "What was handed in at platforms, without its content"),
    APIRoute(
      operation: .getPush, method: "GET", pattern: "/v1/pushes/{id}", access: .consumer(.pushesRead),
      summary: "One push and everything that happened to it, without its content"),
    APIRoute(
      operation: .signPush, method: "POST", pattern: "/v1/pushes/{id}:sign",
      access: .decision(.pushesDecide, .signPush),
      summary: "Say what became of a push whose outcome is unknown"),
    APIRoute(
      operation: .retryPush, method: "POST", pattern: "/v1/pushes/{id}:retry",
      access: .decision(.pushesDecide, .retryPush), summary: "Try a push again that stands still"),
    APIRoute(
      operation: .cancelPush, method: "POST", pattern: "/v1/pushes/{id}:cancel",
      access: .decision(.pushesDecide, .cancelPush),
      summary: "Take a push back that has not reached the platform"),
    APIRoute(
      operation: .planReplay, method: "POST", pattern: "/v1/replays",
      access: .decision(.replaysRun, .planReplay),
      summary: "Look for what a replay would repeat, and keep it as a plan"),
    APIRoute(
      operation: .listReplays, method: "GET", pattern: "/v1/replays", access: .consumer(.replaysRead),
      summary: "Replays, the newest first"),
    APIRoute(
      operation: .getReplay, method: "GET", pattern: "/v1/replays/{id}", access: .consumer(.replaysRead),
      summary: "How far a replay has come, who did what about it, and what failed"),
    APIRoute(
      operation: .getReplayEvents, method: "GET", pattern: "/v1/replays/{id}/events",
      access: .consumer(.replaysRead), summary: "A replay's progress as server-sent events"),
    APIRoute(
      operation: .listReplayDifferences, method: "GET", pattern: "/v1/replays/{id}/differences",
      access: .consumer(.replaysRead), summary: "Which records a re-map would change, without their values"),
    APIRoute(
      operation: .approveReplay, method: "POST", pattern: "/v1/replays/{id}:approve",
      access: .decision(.replaysRun, .approveReplay), summary: "Agree to a replay that somebody else planned"),
    APIRoute(
      operation: .startReplay, method: "POST", pattern: "/v1/replays/{id}:start",
      access: .decision(.replaysRun, .startReplay),
      summary: "Let a replay run, or go on with one that was stopped"),
    APIRoute(
      operation: .stopReplay, method: "POST", pattern: "/v1/replays/{id}:stop",
      access: .decision(.replaysRun, .stopReplay), summary: "End a replay for now"),
    APIRoute(
      operation: .cancelReplay, method: "POST", pattern: "/v1/replays/{id}:cancel",
      access: .decision(.replaysRun, .cancelReplay), summary: "End a replay for good"),
    APIRoute(
      operation: .listWork, method: "GET", pattern: "/v1/work", access: .consumer(.workRead),
      summary: "What is to be done, without what it is about"),
    APIRoute(
      operation: .getWork, method: "GET", pattern: "/v1/work/{id}", access: .consumer(.workRead),
      summary: "One item of the work queue"),
    APIRoute(
      operation: .releaseWork, method: "POST", pattern: "/v1/work/{id}:release",
      access: .decision(.workDecide, .releaseWork), summary: "Let a parked item run again"),
    APIRoute(
      operation: .cancelWork, method: "POST", pattern: "/v1/work/{id}:cancel",
      access: .decision(.workDecide, .cancelWork), summary: "Take an item out of the work queue"),
    APIRoute(
      operation: .openPermitCase, method: "POST", pattern: "/v1/permit-cases",
      access: .decision(.permitsManage, .openPermit),
      summary: "Open a case for all permits of a line; what is missing is said at once"),
    APIRoute(
      operation: .listPermitCases, method: "GET", pattern: "/v1/permit-cases",
      access: .consumer(.permitsRead), summary: "Permit cases, newest first"),
    APIRoute(
      operation: .getPermitBoard, method: "GET", pattern: "/v1/permit-cases/board",
      access: .consumer(.permitsRead),
      summary: "All items of the open cases with both their clocks, as comma-separated values"),
    APIRoute(
      operation: .getPermitCase, method: "GET", pattern: "/v1/permit-cases/{id}",
      access: .consumer(.permitsRead),
      summary: "A case with its items, their clocks, and what happened when"),
    APIRoute(
      operation: .enterPermitEvent, method: "POST", pattern: "/v1/permit-cases/{id}/events",
      access: .decision(.permitsManage, .enterPermit),
      summary: "Enter what happened to an item, however late, or take an entry back"),
    APIRoute(
      operation: .supplementPermit, method: "POST", pattern: "/v1/permit-cases/{id}:supplement",
      access: .decision(.permitsManage, .supplementPermit),
      summary: "Hand in what the window asked for"),
    APIRoute(
      operation: .withdrawPermit, method: "POST", pattern: "/v1/permit-cases/{id}:withdraw",
      access: .decision(.permitsManage, .withdrawPermit), summary: "Take an item back that is not decided"),
    APIRoute(
      operation: .retryPermit, method: "POST", pattern: "/v1/permit-cases/{id}:retry",
      access: .decision(.permitsManage, .retryPermit),
      summary: "Hand an item in once more after it was refused or withdrawn"),
    APIRoute(
      operation: .evaluateSupply, method: "POST", pattern: "/v1/supply-applications",
      access: .certificates(.supplyEvaluate, .evaluateSupply),
      summary: "Judge what an application still needs; the verdict is signed and kept"),
    APIRoute(
      operation: .getSupply, method: "GET", pattern: "/v1/supply-applications/{id}",
      access: .certificates(.supplyRead, .readSupply), summary: "A verdict as it was signed"),
    APIRoute(
      operation: .connectSupply, method: "POST", pattern: "/v1/supply-applications/{id}:connected",
      access: .decision(.supplyArchive, .connectSupply),
      summary: "Note that the customer is connected; the archive is looked through"),
    APIRoute(
      operation: .getSupplyArchive, method: "GET", pattern: "/v1/supply-applications/{id}/archive",
      access: .certificates(.supplyArchive, .archiveSupply),
      summary: "The application's archive as a signed package"),
    APIRoute(
      operation: .handInMaterial, method: "POST", pattern: "/v1/materials",
      access: .decision(.materialsManage, .handInMaterial),
      summary: "Keep a paper that a customer hands in; the same once more is the one that is kept"),
    APIRoute(
      operation: .handInSupplyMaterial, method: "POST", pattern: "/v1/supply-applications/{id}/materials",
      access: .decision(.materialsManage, .handInMaterial),
      summary: "Keep a paper that is handed in for an application, which is judged anew"),
    APIRoute(
      operation: .searchMaterials, method: "POST", pattern: "/v1/materials:search",
      access: .certificates(.materialsRead, .searchMaterials), summary: "What somebody has handed in"),
    APIRoute(
      operation: .getMaterial, method: "GET", pattern: "/v1/materials/{id}",
      access: .certificates(.materialsRead, .readMaterial),
      summary: "One material, without its file and without whose it is"),
    APIRoute(
      operation: .getMaterialFile, method: "GET", pattern: "/v1/materials/{id}/file",
      access: .certificates(.materialsRead, .readMaterialFile), summary: "The file as it was handed in"),
    APIRoute(
      operation: .verifyMaterial, method: "POST", pattern: "/v1/materials/{id}:verify",
      access: .certificates(.materialsRead, .verifyMaterial),
      summary: "Compare a material with what platforms say of its kind and number"),
    APIRoute(
      operation: .withdrawMaterial, method: "POST", pattern: "/v1/materials/{id}:withdraw",
      access: .decision(.materialsManage, .withdrawMaterial), summary: "Take a material back"),
    APIRoute(
      operation: .giveAuthorisation, method: "POST", pattern: "/v1/authorisations",
      access: .decision(.authorisationsManage, .giveAuthorisation),
      summary: "Keep what somebody agreed to; the same once more is the one that is kept"),
    APIRoute(
      operation: .searchAuthorisations, method: "POST", pattern: "/v1/authorisations:search",
      access: .certificates(.authorisationsRead, .searchAuthorisations),
      summary: "What somebody has agreed to"),
    APIRoute(
      operation: .getAuthorisation, method: "GET", pattern: "/v1/authorisations/{id}",
      access: .certificates(.authorisationsRead, .readAuthorisation),
      summary: "One authorisation, without whose it is"),
    APIRoute(
      operation: .revokeAuthorisation, method: "POST", pattern: "/v1/authorisations/{id}:revoke",
      access: .decision(.authorisationsManage, .revokeAuthorisation),
      summary: "Have nothing looked up or shown by it from now on"),
    APIRoute(
      operation: .listProjects, method: "GET", pattern: "/v1/projects", access: .consumer(.projectsRead),
      summary: "Projects of the reserve, newest first, without whose they are"),
    APIRoute(
      operation: .findProject, method: "POST", pattern: "/v1/projects:find",
      access: .certificates(.projectsRead, .findProject), summary: "The project with a code"),
    APIRoute(
      operation: .getProject, method: "GET", pattern: "/v1/projects/{id}",
      access: .certificates(.projectsRead, .readProject), summary: "A project with all that is known of it"),
    APIRoute(
      operation: .convertProject, method: "POST", pattern: "/v1/projects/{id}:convert",
      access: .certificates(.projectsConvert, .convertProject),
      summary: "Make an application of a project; what is known is filled in"),
    APIRoute(
      operation: .listIndicators, method: "GET", pattern: "/v1/indicators",
      access: .consumer(.indicatorsRead),
      summary: "Figures over all orders, by region, month and class of customers"),
    APIRoute(
      operation: .getIndicatorTable, method: "GET", pattern: "/v1/indicators/table",
      access: .consumer(.indicatorsRead), summary: "The same as comma-separated values"),
    APIRoute(
      operation: .listIndicatorOrders, method: "GET", pattern: "/v1/indicators/orders",
      access: .consumer(.indicatorsRead),
      summary: "The orders behind a figure, and why each counts or does not, without whose they are"),
    APIRoute(
      operation: .listChanges, method: "GET", pattern: "/v1/changes", access: .consumer(.changesRead),
      summary: "What happened, in order; waits for what comes next"),
    APIRoute(
      operation: .listSubscriptions, method: "GET", pattern: "/v1/subscriptions",
      access: .consumer(.subscriptionsManage), summary: "Where the consumer is told of changes"),
    APIRoute(
      operation: .createSubscription, method: "POST", pattern: "/v1/subscriptions",
      access: .decision(.subscriptionsManage, .createSubscription),
      summary: "Have the consumer told of changes at an address"),
    APIRoute(
      operation: .deleteSubscription, method: "DELETE", pattern: "/v1/subscriptions/{id}",
      access: .decision(.subscriptionsManage, .deleteSubscription), summary: "Be told no longer"),
    APIRoute(
      operation: .resumeSubscription, method: "POST", pattern: "/v1/subscriptions/{id}:resume",
      access: .decision(.subscriptionsManage, .resumeSubscription),
      summary: "Let a subscription go on that was paused"),
    APIRoute(
      operation: .getMetrics, method: "GET", pattern: "/metrics", access: .open,
      summary: "Metrics for Prometheus"),
    APIRoute(
      operation: .getLiveness, method: "GET", pattern: "/health/live", access: .open,
      summary: "Whether the process answers"),
    APIRoute(
      operation: .getReadiness, method: "GET", pattern: "/health/ready", access: .open,
      summary: "Whether the database answers and the disk has room"),
    APIRoute(
      operation: .getOpenAPI, method: "GET", pattern: "/openapi.json", access: .open,
      summary: "This interface"),
  ]

  static let router: Router<APIRoute> = {
    var router = Router<APIRoute>()
    for route in all { router.add(route.method, route.pattern, route) }
    return router
  }()
}
