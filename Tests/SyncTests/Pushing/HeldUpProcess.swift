import Adapters
import Exchanges
import Journal
@testable import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// A process that begins a push, is held up, and comes to what it has to say when others have gone on.
enum HeldUpProcess {
  /// Begun by a process that is held up from then on.
  static func begin(
    _ desk: PushDesk, _ id: PushID
  ) async throws -> (lease: WorkLease, push: Push, exchange: ExchangeID) {
    let lease = try #require(try await desk.claim())
    let push = try await desk.push(id)
    let exchange = try await PushHandler.Attempt(desk.handler, push, lease).begin(
      Exchange(
        platform: "hangzhou-permits", operation: push.operation, method: "POST", address: "https://a/",
        created: desk.bench.clock.now, outcome: .unknown, requestID: "r"))
    return (lease, try await desk.push(id), exchange)
  }

  /// Its bytes arrive after all.
  static func arrive(
    _ desk: PushDesk, _ id: PushID, _ exchange: ExchangeID
  ) async throws -> PushAnswer {
    let push = try await desk.push(id)
    return try await desk.client.push(
      try await desk.handler.pushes.call(for: push), try desk.route(push.operation).operation,
      recorder: Kept(exchange),
      requestID: "r", attempt: 1, parent: nil
    ).answer
  }

  /// What the process that was held up has to say at last.
  static func lost(_ desk: PushDesk, _ push: Push, _ exchange: ExchangeID, _ lease: WorkLease) throws
    -> PushHandler.Result
  {
    desk.handler.judge(
      .unknown(PushHandler.interrupted), exchange, of: push, try desk.route(push.operation), lease)
  }

  private struct Kept: PushRecorder {
    let id: ExchangeID
    init(_ id: ExchangeID) { self.id = id }
    func begin(_ exchange: Exchange) async throws -> ExchangeID { id }
    func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {}
  }
}
