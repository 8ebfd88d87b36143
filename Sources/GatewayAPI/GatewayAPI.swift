import Access
import Adapters
import CivilTime
import Crypto
import Documents
import Exchanges
public import HTTPService
import Telemetry

/// The HTTP interface of a gateway: authenticates, checks purpose and operator, answers, and records each look before its answer leaves.
///
/// Every request goes through here, also those without a socket (tests, the command line).
public final class GatewayAPI: Sendable {
  let parts: Parts
  let audit: any AccessRecorder
  let requests = RequestMetrics()
  let counts = CachedCounts()
  let waiting = WaitingRoom()

  public convenience init(_ parts: Parts) {
    self.init(parts, audit: parts.audit)
  }

  init(_ parts: Parts, audit: any AccessRecorder) {
    self.parts = parts
    self.audit = audit
  }

  /// Answers one request. Never throws: whatever goes wrong is an answer, a log line and a count.
  public func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
    let start = ContinuousClock.now
    var call = APICall(request, now: parts.now())
    var response: HTTPServerResponse
    do {
      response = try await answer(&call)
    } catch {
      let problem = APIProblem(error)
      call.problem = problem
      response = problem.response(requestID: call.requestID)
    }
    response.headers["X-Request-Id"] = call.requestID
    note(call, response.status, ContinuousClock.now - start)
    return response
  }

  /// Answers, counts and logs what the server did not let through, as any other request.
  func answer(_ refusal: HTTPRefusal) -> HTTPServerResponse {
    var problem = APIProblem(ProblemCode(refusedWith: refusal.status), refusal.detail)
    problem.cause = refusal.code
    if problem.code == .overloaded { problem.retryAfter = 1 }
    let requestID = Words.freshRequestID()
    var response = problem.response(requestID: requestID)
    response.headers["X-Request-Id"] = requestID
    let method = refusal.method.map(APICall.word) ?? "other"
    requests.count(method: method, route: Self.refusedRoute, status: response.status)
    parts.log(
      .info, "request",
      [
        "method": .text(method), "route": .text(Self.refusedRoute), "status": .integer(response.status),
        "requestId": .text(requestID), "code": .text(problem.code.rawValue), "cause": .text(refusal.code),
      ])
    return response
  }

  /// In place of a route: the address was not looked at.
  private static let refusedRoute = "refused"

  private func answer(_ call: inout APICall) async throws -> HTTPServerResponse {
    if Self.isInbound(call.request) { return try await inboundAnswer(&call) }
    if let problem = call.requestIDProblem { throw problem }
    guard call.request.body.count <= parts.largestBody else {
      throw APIProblem(
        ProblemCode(refusedWith: 413), "The body may have \(parts.largestBody) bytes.")
    }
    let parameters: RouteParameters
    switch APIRoute.router.match(call.request.method, call.request.path) {
    case .found(let route, let found):
      call.route = route
      parameters = found
    case .options(let allow):
      return HTTPServerResponse(status: 204, headers: ["Allow": allow.joined(separator: ", ")])
    case .methodNotAllowed(let allow):
      var problem = APIProblem(.methodNotAllowed, "Allow names the methods it does know.")
      problem.allow = allow
      throw problem
    case .notFound:
      throw APIProblem(.notFound, "/openapi.json lists the addresses there are.")
    }
    guard let route = call.route else { preconditionFailure("a route was found") }
    switch route.access {
    case .open:
      return try await openAnswer(route.operation, call.request)
    case .consumer(let scope):
      let consumer = try admit(&call)
      try require(scope, of: consumer)
      switch route.operation {
      case .listChanges: return try await listChanges(call.request, consumer)
      case .listSubscriptions:
        let request = call.request
        return try await withDeadline(parts.deadline) { try await self.listSubscriptions(request, consumer) }
      default: return try await plainAnswer(route.operation, call.request, parameters)
      }
    case .certificates(let scope, let action):
      let consumer = try admit(&call)
      return try await certificateAnswer(call, consumer, scope, action, parameters)
    case .decision(let scope, let action):
      let consumer = try admit(&call)
      return try await decisionAnswer(call, consumer, scope, action, parameters)
    }
  }

  /// Knows the consumer and takes one of its calls.
  private func admit(_ call: inout APICall) throws -> Consumer {
    let consumer = try Caller(consumers: parts.consumers).authenticate(call.request)
    call.consumer = consumer.name
    guard case .wait(let seconds) = consumer.take() else { return consumer }
    var problem = APIProblem(.rateLimited, "The consumer's rate is used up; ask again in \(seconds) s.")
    problem.retryAfter = seconds
    throw problem
  }

  func require(_ scope: Scope, of consumer: Consumer) throws(APIProblem) {
    guard consumer.has(scope) else {
      throw APIProblem(.scopeMissing, "The scope '\(scope.rawValue)' is needed.")
    }
  }

  private func plainAnswer(
    _ operation: APIRoute.Operation, _ request: HTTPServerRequest, _ parameters: RouteParameters
  ) async throws -> HTTPServerResponse {
    try await withDeadline(parts.deadline) {
      switch operation {
      case .listPlatforms: try await self.listPlatforms(request)
      case .listExchanges: try await self.listExchanges(request)
      case .getExchange: try await self.getExchange(parameters["id"])
      case .listIncidents: try await self.listIncidents(request)
      case .getIncident: try await self.getIncident(parameters["id"])
      case .listDisagreements: try await self.listDisagreements(request)
      case .listPushes: try await self.listPushes(request)
      case .getPush: try await self.getPush(parameters["id"])
      case .listReplays: try await self.listReplays(request)
      case .getReplay: try await self.getReplay(parameters["id"])
      case .listWork: try await self.listWork(request)
      case .getWork: try await self.getWork(parameters["id"])
      case .listPermitCases: try await self.listPermitCases(request)
      case .getPermitBoard: try await self.getPermitBoard(request)
      case .getPermitCase: try await self.getPermitCase(parameters["id"], request)
      case .listProjects: try await self.listProjects(request)
      case .listIndicators: try await self.listIndicators(request)
      case .getIndicatorTable: try await self.getIndicatorTable(request)
      case .listIndicatorOrders: try await self.listIndicatorOrders(request)
      case .listReplayDifferences: try await self.listReplayDifferences(parameters["id"], request)
      case .getReplayEvents: try await self.getReplayEvents(parameters["id"])
      default: preconditionFailure("\(operation) is not one of the plain ones")
      }
    }
  }

  private func openAnswer(
    _ operation: APIRoute.Operation, _ request: HTTPServerRequest
  ) async throws -> HTTPServerResponse {
    switch operation {
    case .getMetrics: try await withDeadline(parts.deadline) { try await self.metricsText() }
    case .getLiveness: Self.json { $0.member("status", "live") }
    case .getReadiness: await readiness()
    case .getOpenAPI: HTTPServerResponse.json(OpenAPIDocument.bytes)
    default: preconditionFailure("\(operation) is not one of the open ones")
    }
  }

  /// One line a request: constants, names of this site, and numbers.
  private func note(_ call: APICall, _ status: Int, _ duration: Duration) {
    let seconds = duration / .seconds(1)
    let route = call.route?.pattern ?? call.pattern ?? "unmatched"
    requests.observe(method: call.methodWord, route: route, status: status, seconds: seconds)
    if call.problem?.code == .auditUnavailable { requests.countAuditFailure() }
    let milliseconds = (seconds * 1_000_000).rounded() / 1000
    parts.log(
      status >= 500 ? .error : .info, "request",
      [
        "method": .text(call.methodWord), "route": .text(route), "status": .integer(status),
        "ms": .number(milliseconds), "consumer": .text(call.consumer ?? ""),
        "requestId": .text(call.requestID),
        "code": .text(call.problem?.code.rawValue ?? call.refusal?.code ?? ""),
        "cause": .text(call.problem?.cause ?? call.refusal?.message ?? ""),
      ])
  }
}

/// One request on its way.
struct APICall: Sendable {
  let request: HTTPServerRequest
  let requestID: String
  let requestIDProblem: APIProblem?
  let now: Timestamp
  var route: APIRoute?
  /// In place of a route's, where the call has none.
  var pattern: String?
  var consumer: String?
  var problem: APIProblem?
  /// Why a platform's call was not acted upon.
  var refusal: InboundRefusal?

  init(_ request: HTTPServerRequest, now: Timestamp) {
    self.request = request
    self.now = now
    let given = request.headers.values("X-Request-Id")
    if given.isEmpty {
      requestID = Words.freshRequestID()
      requestIDProblem = nil
    } else if given.count == 1, Words.isRequestID(given[0]) {
      requestID = given[0]
      requestIDProblem = nil
    } else {
      requestID = Words.freshRequestID()
      requestIDProblem = APIProblem(
        .headerInvalid,
        "X-Request-Id is given once, has 8 to 64 letters, digits and '.', '_', '-', and is nobody's number.")
    }
  }

  /// Who decides by this call; what shows it is the consumer's key, and the certificate of the connection where there is one.
  func signOff(_ name: String, _ reason: String) throws -> SignOff {
    let subject = request.clientCertificateSubject.map { subject in
      subject.utf8.count <= 300 ? subject : Hex.encode(Digest.sm3.hash(Array(subject.utf8)))
    }
    return try SignOff(
      name: name, reason: reason,
      credential: consumer.map { Credential(holder: "consumer \($0)", certificate: subject) })
  }

  /// The method, where it is one; anything else a client may write is one word in logs and metrics.
  var methodWord: String { Self.word(request.method) }

  static func word(_ method: String) -> String {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(method) ? method : "other"
  }
}

/// Where looks are recorded.
protocol AccessRecorder: Sendable {
  @discardableResult
  func record(_ entry: AccessEntry) async throws -> Int64
}

extension AccessAudit: AccessRecorder {}
