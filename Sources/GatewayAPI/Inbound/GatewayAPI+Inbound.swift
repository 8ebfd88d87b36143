import Adapters
import HTTPService
import Inbound

extension GatewayAPI {
  private static let prefix = "/inbound/"
  static let inboundPattern = "/inbound/{platform}/{operation}"

  /// Calls of platforms are known by their address: their form is the manifest's, and so stands in no route.
  static func isInbound(_ request: HTTPServerRequest) -> Bool { request.path.hasPrefix(prefix) }

  /// Answers a platform that calls. It has no consumer's key: its manifest says how it shows who it is.
  func inboundAnswer(_ call: inout APICall) async throws -> HTTPServerResponse {
    let request = call.request
    let names = request.path.dropFirst(Self.prefix.count)
      .split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let desk = parts.inbound, names.count == 2, names.allSatisfy({ !$0.isEmpty }) else {
      throw APIProblem(.notFound, "Platforms call /inbound/{platform}/{operation}.")
    }
    call.pattern = Self.inboundPattern
    guard request.method == "POST" else {
      var problem = APIProblem(.methodNotAllowed, "Allow names the methods it does know.")
      problem.allow = ["POST"]
      throw problem
    }
    let query = HTTPQuery(request.query)?.items ?? []
    let target = request.query.isEmpty ? request.path : "\(request.path)?\(request.query)"
    let reception = await desk.receive(
      InboundRequest(
        method: request.method, target: target, query: query.map { ($0.name, $0.value) },
        headers: request.headers.map { ($0.name, $0.value) }, body: request.body,
        remoteAddress: CallerAddress.of(request, behind: parts.proxies),
        certificateSubject: request.clientCertificateSubject),
      platform: names[0], operation: names[1], requestID: call.requestID)
    guard let reception else {
      throw APIProblem(.notFound, "No platform of this site calls for that.")
    }
    call.refusal = reception.refusal
    var response = HTTPServerResponse(status: reception.reply.status, body: .bytes(reception.reply.body))
    if let type = reception.reply.contentType { response.headers["Content-Type"] = type }
    return response
  }
}
