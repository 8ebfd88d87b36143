import HTTPService
import Sandbox
import Synchronization

/// Stands in front of a simulated platform: keeps the addresses that are asked, and may answer otherwise than the platform.
final class Front: Sendable {
  /// - Parameter answer: what the platform says; nil to answer in its place without asking it.
  typealias Spoiling = @Sendable (HTTPServerRequest, HTTPServerResponse) -> HTTPServerResponse

  let name: String
  private let server: HTTPServer
  private let state: State

  private final class State: Sendable {
    let addresses = Mutex<[String]>([])
    let spoiling = Mutex<Spoiling?>(nil)
  }

  init(_ platform: any SimulatedPlatform) throws {
    let state = State()
    self.state = state
    name = platform.name
    server = try HTTPServer(configuration: HTTPServerConfiguration(host: "127.0.0.1", port: 0)) { request in
      let query = request.query.isEmpty ? "" : "?" + request.query
      state.addresses.withLock { $0.append("\(request.method) \(request.path)\(query)") }
      let answer = await platform.respond(to: request)
      let spoiling = state.spoiling.withLock { $0 }
      return spoiling?(request, answer) ?? answer
    }
  }

  var address: String { "http://127.0.0.1:\(server.port)" }
  /// What was asked so far.
  var addresses: [String] { state.addresses.withLock { $0 } }

  func spoil(_ spoiling: Spoiling?) { state.spoiling.withLock { $0 = spoiling } }
  func run() async throws { try await server.run() }
  func stop() { server.stop() }
}

/// A receiver of changes: keeps what it is told, and where.
final class LeakReceiver: Sendable {
  private let server: HTTPServer
  private let told: Told

  private final class Told: Sendable {
    let requests = Mutex<[(address: String, bytes: [UInt8])]>([])
  }

  init() throws {
    let told = Told()
    self.told = told
    server = try HTTPServer(configuration: HTTPServerConfiguration(host: "127.0.0.1", port: 0)) { request in
      let headers = request.headers.map { "\($0.name): \($0.value)\n" }.joined()
      told.requests.withLock {
        $0.append(("\(request.method) \(request.path)?\(request.query)", Array(headers.utf8) + request.body))
      }
      return HTTPServerResponse(status: 204)
    }
  }

  var port: Int { server.port }
  var requests: [(address: String, bytes: [UInt8])] { told.requests.withLock { $0 } }
  func run() async throws { try await server.run() }
  func stop() { server.stop() }
}
