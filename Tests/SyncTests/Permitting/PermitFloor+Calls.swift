import Adapters
import Applications
import CivilTime
import Crypto
import Exchanges
import Inbound
import Permits
@testable import Pushing
import Registry
import Sandbox
import Testing
import Work

/// What the window says by itself, and what it took while nobody heard of it.
extension PermitFloor {
  /// The window calls the gateway, which takes the call as any other.
  ///
  /// - Parameters:
  ///   - item: of whose latest case at the window it tells.
  ///   - state: in the window's own code.
  ///   - key: of another push; then without a number of the window's.
  @discardableResult
  func call(
    _ item: PermitItem, _ state: String, at time: Timestamp? = nil, decision: String? = nil,
    key: String? = nil
  ) async throws -> InboundReception {
    let now = desk.bench.clock.now
    let moment = (time ?? now).civil(offsetSeconds: UTCOffset.china)
    var members = ["\"state\":\"\(state)\"", "\"changedTime\":\"\(moment)\"", "\"opinion\":\"意见\""]
    if let key {
      members.append("\"businessKey\":\"\(key)\"")
    } else {
      let permit = try #require(effects(item).last)
      members += ["\"businessKey\":\"\(permit.key)\"", "\"receiptNo\":\"\(permit.receipt)\""]
    }
    if let decision { members.append("\"decisionNo\":\"\(decision)\"") }
    let body = Array("{\(members.joined(separator: ","))}".utf8)
    let connection = try #require(
      desk.bench.sandbox.connections.first { $0.platform == "hangzhou-permits" })
    func setting(_ name: String) throws -> String {
      try #require(connection.settings.first { $0.name == name }?.value)
    }
    let (seconds, nonce) = (String(now.milliseconds / 1000), Hex.encode(SecureRandom.bytes(8)))
    let signature = HMAC.authenticate(
      .sm3, key: Array(try setting("token").utf8), message: Array((seconds + nonce).utf8) + body)
    let request = InboundRequest(
      method: "POST", target: "/inbound/hangzhou-permits/progress",
      headers: [
        ("Content-Type", "application/json"), ("x-tif-paasid", try setting("paasid")),
        ("x-tif-timestamp", seconds), ("x-tif-nonce", nonce), ("x-tif-signature", Hex.encode(signature)),
      ], body: body, remoteAddress: "127.0.0.1")
    let operation = try #require(desk.client.adapter.inbound.first)
    let clock = desk.bench.clock
    let taking = InboundDesk(
      database: desk.database, journal: desk.journal, queue: desk.queue, keys: keys,
      receivers: [desk.client.receiver(of: operation)],
      consumers: [
        .permitProgress: PermitCallbacks(
          permits: permits, pushes: desk.pushes, adapters: ["hangzhou-permits": desk.client.adapter])
      ], now: { clock.now })
    return try #require(
      await taking.receive(
        request, platform: "hangzhou-permits", operation: operation.name, requestID: "r-00000001"))
  }

  /// A push that the window has, and of which the process that sent it has yet to say what it heard.
  struct Unheard {
    let id: PermitCaseID
    let push: PushID
    let lease: WorkLease
    let begun: Push
    let exchange: ExchangeID
    let answer: PushAnswer
  }

  /// A case of which one item is at the window, though nobody knows: its process was held up before it could say so.
  func handInUnheard(_ item: PermitItem) async throws -> Unheard {
    let id = try await open()
    let handler = try handler()
    while let lease = try await claim([.permit]) { try await handler.perform(lease) }
    let push = try await desk.push(PushID(try #require(try await self.item(item, of: id).attempt.push)))
    let lease = try await desk.queue.claim(try #require(push.work), now: desk.bench.clock.now)
    let exchange = try await PushHandler.Attempt(desk.handler, push, lease).begin(
      Exchange(
        platform: push.platform, operation: push.operation, method: "POST", address: "https://a/",
        created: desk.bench.clock.now, outcome: .unknown, requestID: "r"))
    let begun = try await desk.push(push.id)
    let answer = try await HeldUpProcess.arrive(desk, push.id, exchange)
    desk.bench.clock.advance(seconds: 30)
    try await work()
    #expect(try await desk.state(push.id) == .unknown && effects(item).count == 1)
    return Unheard(
      id: id, push: push.id, lease: lease, begun: begun, exchange: exchange, answer: answer)
  }

  /// How it comes out at last that the window has it.
  enum Word: CaseIterable, Sendable {
    /// The process that was held up says what it was answered.
    case answer
    /// It says that it had no answer, and the window is asked.
    case probe
    /// The window calls.
    case call
  }

  func hear(_ word: Word, _ item: PermitItem, _ unheard: Unheard) async throws {
    desk.bench.clock.advance(seconds: 60)
    switch word {
    case .answer:
      let route = try desk.route(unheard.begun.operation)
      let result = desk.handler.judge(
        unheard.answer, unheard.exchange, of: unheard.begun, route, unheard.lease)
      try await desk.handler.settle(result, of: unheard.begun, unheard.lease)
    case .probe:
      let result = try HeldUpProcess.lost(desk, unheard.begun, unheard.exchange, unheard.lease)
      try await desk.handler.settle(result, of: unheard.begun, unheard.lease)
      #expect(try await desk.state(unheard.push) == .unknown)
      try await pass(seconds: 600)
    case .call:
      #expect(try await call(item, "10").refusal == nil)
    }
    #expect(try await desk.state(unheard.push) == .accepted)
    #expect(
      try await desk.pushes.acknowledgement(of: unheard.push)?.receipt == effects(item).first?.receipt)
    try await work()
  }
}
