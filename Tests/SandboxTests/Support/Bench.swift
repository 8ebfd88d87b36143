import CivilTime
import Documents
import HTTPTransport
import Sandbox
import Synchronization
import Testing

/// A clock that stands until it is moved.
final class VirtualClock: Sendable {
  private let time: Mutex<Timestamp>

  init(_ start: Timestamp) {
    time = Mutex(start)
  }

  var now: Timestamp { time.withLock { $0 } }

  func advance(seconds: Int) {
    time.withLock { $0 = $0.advanced(bySeconds: seconds) }
  }

  func set(_ instant: Timestamp) {
    time.withLock { $0 = instant }
  }
}

/// A running sandbox, its clock, and a client that calls it over real sockets.
struct Bench: Sendable {
  let sandbox: Sandbox
  let clock: VirtualClock
  let client: HTTPClient

  /// A day after the small population's history has ended and its last change has happened.
  static let start = Timestamp.seconds(1_782_835_200 + 31_000_000)

  static func configuration(_ change: (inout SandboxConfiguration) -> Void = { _ in }) -> SandboxConfiguration
  {
    var configuration = SandboxConfiguration()
    configuration.sizes = .small
    change(&configuration)
    return configuration
  }

  static func run<Result: Sendable>(
    _ configuration: SandboxConfiguration = configuration(), at start: Timestamp = start,
    _ body: @escaping @Sendable (Bench) async throws -> Result
  ) async throws -> Result {
    let clock = VirtualClock(start)
    let sandbox = try Sandbox(configuration, now: { clock.now })
    let client = try HTTPClient(configuration: .init(egress: .unrestricted()))
    let bench = Bench(sandbox: sandbox, clock: clock, client: client)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await sandbox.run() }
      let result: Swift.Result<Result, any Error>
      do {
        result = .success(try await body(bench))
      } catch {
        result = .failure(error)
      }
      await client.shutdown(.drain(within: .zero))
      sandbox.stop()
      try await group.waitForAll()
      return try result.get()
    }
  }

  func connection(_ platform: String) throws -> SandboxConnection {
    try #require(sandbox.connections.first { $0.platform == platform })
  }

  func send(
    _ request: HTTPRequest, idle: Duration = .seconds(10), most: Int = 16 << 20
  ) async throws -> HTTPResponse {
    var request = request
    request.timeouts = Timeouts(connect: .seconds(5), idle: idle, total: .seconds(30))
    request.maxResponseBytes = most
    return try await client.send(request)
  }

  func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> (Int, JSONValue) {
    let address = try #require(sandbox.addresses["control"])
    let response = try await send(
      HTTPRequest(method: method, url: address + path, body: body.map { Array($0.utf8) }))
    return (response.status, try JSONDocument(parsing: response.body).root)
  }
}

extension Timestamp {
  /// Beijing time in the form platforms take.
  var text: String {
    civil(offsetSeconds: UTCOffset.china).description.split(separator: "T").joined(separator: " ")
  }

  var compactText: String { civil(offsetSeconds: UTCOffset.china).compact }
}
