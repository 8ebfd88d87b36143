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
