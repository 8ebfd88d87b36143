public import HTTPService

/// A platform of the sandbox as its callers see it: checks included, faults included.
public protocol SimulatedPlatform: Sendable {
  /// The word under which faults, counts and addresses know it.
  var name: String { get }
  func respond(to request: HTTPServerRequest) async -> HTTPServerResponse
}
