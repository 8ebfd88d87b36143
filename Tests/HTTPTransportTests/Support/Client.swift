import HTTPTransport
import Testing

/// A client for as long as `body` runs.
func withClient<T>(
  egress: EgressPolicy = .unrestricted(), maxConnections: Int = 256, maxConnectionsPerHost: Int = 256,
  maxWaitingCalls: Int = 10_000, _ body: (HTTPClient) async throws -> T
) async throws -> T {
  let client = try HTTPClient(
    configuration: .init(
      egress: egress, maxConnections: maxConnections, maxConnectionsPerHost: maxConnectionsPerHost,
      maxWaitingCalls: maxWaitingCalls))
  do {
    let result = try await body(client)
    await client.shutdown(.abort)
    return result
  } catch {
    await client.shutdown(.abort)
    throw error
  }
}

extension HTTPClient {
  /// The error a call ends with; a reply is a failed expectation.
  func failure(of request: HTTPRequest, sourceLocation: SourceLocation = #_sourceLocation) async throws
    -> TransportError
  {
    do throws(TransportError) {
      let response = try await send(request)
      Issue.record(
        "a reply with status \(response.status) instead of an error", sourceLocation: sourceLocation)
      throw TransportError(code: .internalFailure, message: "a reply came", remedy: "")
    } catch {
      return error
    }
  }
}

extension HTTPResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}
