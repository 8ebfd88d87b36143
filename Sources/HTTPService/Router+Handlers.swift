/// An endpoint that answers itself.
public typealias RouteHandler = @Sendable (HTTPServerRequest, RouteParameters) async -> HTTPServerResponse

extension Router where Endpoint == RouteHandler {
  /// Answers by the route found; 404, 405 with Allow and OPTIONS are answered here.
  public func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
    switch match(request.method, request.path) {
    case .found(let handler, let parameters): await handler(request, parameters)
    case .options(let allow):
      HTTPServerResponse(status: 204, headers: ["Allow": allow.joined(separator: ", ")])
    case .methodNotAllowed(let allow):
      RequestRefusal.methodNotAllowed.response(allowing: allow)
    case .notFound: RequestRefusal.notFound.response
    }
  }
}

extension RequestRefusal {
  static let notFound = RequestRefusal(404, "http.not-found", "There is nothing at this path.")
  static let methodNotAllowed = RequestRefusal(
    405, "http.method-not-allowed", "This path does not know this method; Allow names those it does.")

  fileprivate func response(allowing methods: [String]) -> HTTPServerResponse {
    var response = response
    response.headers["Allow"] = methods.joined(separator: ", ")
    return response
  }
}
