import Adapters
import Exchanges
import Journal
@testable import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// What is decided while a call is under way, and what comes when somebody else has the push by then.
@Suite struct PushLateTests {
  private struct End: Error {}

  private static func person() throws -> SignOff {
    try SignOff(name: "op-1", reason: "asked at the window")
  }

  /// Begun by a process that is held up from then on.
  private static func heldUp(
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
  private static func arrive(
    _ desk: PushDesk, _ id: PushID, _ exchange: ExchangeID
  ) async throws -> PushAnswer {
    let push = try await desk.push(id)
    return try await desk.client.push(
      try await desk.handler.pushes.call(for: push), try desk.route(push.operation).operation, recorder: Kept(exchange),
      requestID: "r", attempt: 1, parent: nil
    ).answer
  }

  /// What the process that was held up has to say at last.
  private static func lost(_ desk: PushDesk, _ push: Push, _ exchange: ExchangeID, _ lease: WorkLease) throws
    -> PushHandler.Result
  {
    desk.handler.judge(
      .unknown(PushHandler.interrupted), exchange, of: push, try desk.route(push.operation), lease)
  }

  // Decisions while a call waits.

  /// Between the claim and the journal a call may wait for a minute: what is taken back meanwhile is not sent, and holds up nothing.
  @Test(arguments: ["route-planning", "greening"], [true, false])
  func itIsTakenBackWhileItWaitsForItsPlace(_ item: String, byReplay: Bool) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit(item, sequence: "case-1")
      let behind = try await desk.submit("road-digging", sequence: "case-1")
      let handler = desk.handler(at: .begin) {
        guard let push = try? await desk.pushes.push(ticket.id), push.state == .queued else { return }
        do {
          let (word, now) = (try Self.person(), desk.bench.clock.now)
          if byReplay {
            _ = try await desk.database.write {
              try desk.pushes.takeBack(ticket.id, by: word, in: $0, at: now)
            }
          } else {
            try await desk.pushes.decide(.cancel, about: ticket.id, by: word)
          }
        } catch {
          Issue.record("\(error)")
        }
      }
      try await handler.perform(try #require(try await desk.claim()))
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .cancelled)
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .done)
      #expect(try await desk.effects(ticket.id).isEmpty)
      #expect(try await desk.state(behind.id) == .accepted)
      #expect(try await desk.outcomes() == ["road-digging succeeded"])
    }
  }

  /// The loop gives work up whose push was decided: it ends, whatever broke.
  @Test func whatIsDecidedIsNotParkedWithItsWork() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let lease = try #require(try await desk.claim())
      try await desk.pushes.decide(.cancel, about: ticket.id, by: try Self.person())
      let (handler, now) = (desk.handler, desk.bench.clock.now)
      let problem = handler.problem(of: Pushes.unreadable(ticket.id, "anything"))
      try await desk.database.write { transaction in
        try desk.queue.park(lease, problem, in: transaction, now: now)
        try handler.parked(lease, problem, in: transaction, now: now)
      }
      try await desk.work()
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .done)
      #expect(try await desk.state(ticket.id) == .cancelled)
    }
  }

  /// The word of a person that comes while the platform is asked stands, and the work goes on by it.
  @Test(arguments: ["road-digging", "greening"], [true, false])
  func aSignatureIsNotOverwritten(_ item: String, happened: Bool) async throws {
    try await PushDesk.run { desk in
      desk.fault(.reset, item)
      let ticket = try await desk.submit(item)
      let lease = try #require(try await desk.claim())
      try await desk.handler.perform(lease)
      desk.bench.clock.advance(seconds: 61)
      let push = try await desk.push(ticket.id)
      #expect(push.state == .unknown)
      let work = try #require(push.work)
      // It is asked, or looked at, once more; a person is quicker than what comes of it.
      let asking = try await desk.queue.claim(work, now: desk.bench.clock.now)
      try await desk.pushes.decide(
        happened ? .happened(receipt: "R-1") : .didNotHappen, about: ticket.id, by: try Self.person())
      try await desk.handler.end(asking, push, .park)
      #expect(try await desk.work(of: push)?.state == .ready)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.work(of: push)?.state == .done)
      #expect(try await desk.effects(ticket.id).count == (happened ? 0 : 1))
    }
  }

  // Acceptances that come late.

  /// Signed as absent, sent again and refused: then the platform's acceptance of the first comes.
  @Test func anAcceptanceAfterARefusalCounts() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let (slow, begun, exchange) = try await Self.heldUp(desk, ticket.id)
      let answer = try await Self.arrive(desk, ticket.id, exchange)
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      try await desk.pushes.decide(.didNotHappen, about: ticket.id, by: try Self.person())
      desk.fault(.refusal, "greening")
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .refused)
      let (handler, route) = (desk.handler, try desk.route("greening"))
      try await handler.settle(handler.judge(answer, exchange, of: begun, route, slow), of: begun, slow)
      #expect(try await desk.state(ticket.id) == .accepted)
      let effects = try await desk.effects(ticket.id)
      #expect(try await desk.pushes.acknowledgement(of: ticket.id)?.receipt == effects.first?.receipt)
      let told = desk.events.withLock { $0.last }
      #expect(told?.event == .late && told?.problem?.code == "accepted-after-all")
      #expect(effects.count == 1)
    }
  }

  /// What was refused had been handed in again by then.
  @Test func anAcceptanceOfWhatWasRepeatedIsASecondEffect() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let (slow, begun, exchange) = try await Self.heldUp(desk, ticket.id)
      let answer = try await Self.arrive(desk, ticket.id, exchange)
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      try await desk.pushes.decide(.didNotHappen, about: ticket.id, by: try Self.person())
      desk.fault(.refusal, "greening")
      try await desk.settle()
      desk.fault(.refusal, "greening")
      let second = try await desk.submit("greening", follows: ticket.id)
      try await desk.settle()
      let third = try await desk.submit("greening", follows: second.id)
      try await desk.settle()
      #expect(try await desk.state(third.id) == .accepted)
      let (handler, route) = (desk.handler, try desk.route("greening"))
      try await handler.settle(handler.judge(answer, exchange, of: begun, route, slow), of: begun, slow)
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.pushes.history(of: ticket.id).suffix(2).map(\.event) == [.late, .secondEffect])
      #expect(desk.events.withLock { $0.last?.problem?.code } == "second-effect-possible")
    }
  }

  /// A person had signed for it without a receipt, or with a wrong one.
  @Test(arguments: [nil, "R-1"] as [String?])
  func theReceiptOfWhatWasSignedIsKept(_ signed: String?) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let (slow, begun, exchange) = try await Self.heldUp(desk, ticket.id)
      let answer = try await Self.arrive(desk, ticket.id, exchange)
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      try await desk.pushes.decide(.happened(receipt: signed), about: ticket.id, by: try Self.person())
      let (handler, route) = (desk.handler, try desk.route("greening"))
      for _ in 1...2 {
        try await handler.settle(handler.judge(answer, exchange, of: begun, route, slow), of: begun, slow)
      }
      let receipt = try await desk.effects(ticket.id).first?.receipt
      #expect(try await desk.pushes.acknowledgement(of: ticket.id)?.receipt == receipt)
      #expect(
        try await desk.pushes.history(of: ticket.id).suffix(2).map(\.event) == [.signedHappened, .late])
    }
  }

  /// What stood still when its acceptance came holds up its case no more.
  @Test func anAcceptanceOfWhatStoodStillLetsItsCaseGoOn() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening", sequence: "case-1")
      let behind = try await desk.submit("road-digging", sequence: "case-1")
      let (slow, begun, exchange) = try await Self.heldUp(desk, ticket.id)
      let answer = try await Self.arrive(desk, ticket.id, exchange)
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .parked)
      let (handler, route) = (desk.handler, try desk.route("greening"))
      try await handler.settle(handler.judge(answer, exchange, of: begun, route, slow), of: begun, slow)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.state(behind.id) == .accepted)
    }
  }

  // Losses that come late.

  /// Brings a push that another process was held up with to a state.
  private static func bring(_ desk: PushDesk, _ id: PushID, to state: PushState) async throws {
    func perform() async throws {
      try await desk.handler.perform(try #require(try await desk.claim()))
    }
    desk.bench.clock.advance(seconds: 30)
    try await perform()
    guard state != .unknown else { return }
    desk.bench.clock.advance(seconds: 61)
    try await perform()
    #expect(try await desk.state(id) == .queued, "the window has nothing")
    let now = desk.bench.clock.now
    switch state {
    case .cancelled:
      try await desk.pushes.decide(.cancel, about: id, by: try Self.person())
      try await perform()
    case .refused:
      desk.fault(.refusal, "road-digging")
      try await perform()
    case .parked:
      let lease = try #require(try await desk.claim())
      let push = try await desk.push(id)
      try await desk.database.write { transaction in
        try desk.pushes.apply(PushChange(.gaveUp), to: push, in: transaction, at: now)
        try desk.queue.park(
          lease, WorkProblem(code: "drift", errorClass: .drift), in: transaction, now: now)
      }
    default: break
    }
    #expect(try await desk.state(id) == state)
  }

  static let states = [PushState.queued, .unknown, .refused, .parked, .cancelled]

  /// A process that was held up sends, and nobody knows what came of it: whatever the push has become, the platform is asked before anything is sent.
  @Test(arguments: states, [true, false])
  func aLateLossIsAskedAbout(_ state: PushState, arrived: Bool) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let (slow, begun, exchange) = try await Self.heldUp(desk, ticket.id)
      try await Self.bring(desk, ticket.id, to: state)
      if arrived { _ = try await Self.arrive(desk, ticket.id, exchange) }
      let result = try Self.lost(desk, begun, exchange, slow)
      // The process ends before that is written down as a whole: nothing of it is there.
      let (before, work) = (try await desk.push(ticket.id), try await desk.work(of: desk.push(ticket.id)))
      await #expect(throws: End.self) {
        try await desk.database.write { transaction in
          _ = try desk.handler.knownAfterAll(result, before, in: transaction, at: desk.bench.clock.now)
          throw End()
        }
      }
      #expect(try await desk.push(ticket.id) == before)
      #expect(try await desk.work(of: before) == work)

      try await desk.handler.settle(result, of: begun, slow)
      #expect(try await desk.state(ticket.id) == .unknown)
      // Once more it says nothing new, be it told by whoever took over.
      let calls = desk.bench.sandbox.calls("hangzhou-permits", "road-digging").calls
      try await desk.work()
      #expect(try await desk.state(ticket.id) == .unknown, "not before the window is sure to know")
      #expect(desk.bench.sandbox.calls("hangzhou-permits", "road-digging").calls == calls)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .done)
      #expect(desk.events.withLock { $0.allSatisfy { $0.event != .secondEffect } })
      if state != .unknown {
        #expect(try await desk.pushes.history(of: ticket.id).contains { $0.event == .lateLost })
      }
    }
  }

  /// Of what nobody can be asked about a person finds out; until then it is locked.
  @Test func aLateLossLocksWhatNobodyCanBeAskedAbout() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let (slow, begun, exchange) = try await Self.heldUp(desk, ticket.id)
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      try await desk.pushes.decide(.didNotHappen, about: ticket.id, by: try Self.person())
      desk.fault(.refusal, "greening")
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .refused)
      _ = try await Self.arrive(desk, ticket.id, exchange)
      try await desk.handler.settle(try Self.lost(desk, begun, exchange, slow), of: begun, slow)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .unknown)
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .parked)
      await #expect(throws: PushError.self) { try await desk.submit("greening", follows: ticket.id) }
      try await desk.pushes.decide(.happened(receipt: nil), about: ticket.id, by: try Self.person())
      try await desk.settle()
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .done)
      #expect(try await desk.effects(ticket.id).count == 1)
    }
  }

  /// While another sends it: that is accepted, refused or lost, and what was learned before it counts then.
  @Test(arguments: ["accepted", "refused", "lost"], [true, false])
  func aLateLossBesideAnotherRequest(_ end: String, arrived: Bool) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let (slow, begun, exchange) = try await Self.heldUp(desk, ticket.id)
      try await Self.bring(desk, ticket.id, to: .queued)
      switch end {
      case "refused": desk.fault(.refusal, "road-digging")
      case "lost": desk.fault(.resetAfter, "road-digging")
      default: break
      }
      let handler = desk.handler(at: .answer) {
        do {
          if arrived { _ = try await Self.arrive(desk, ticket.id, exchange) }
          try await desk.handler.settle(try Self.lost(desk, begun, exchange, slow), of: begun, slow)
          let push = try await desk.push(ticket.id)
          #expect(push.state == .sending && push.isDoubtful && push.exchange != exchange)
        } catch {
          Issue.record("\(error)")
        }
      }
      try await handler.perform(try #require(try await desk.claim()))
      #expect(try await desk.state(ticket.id) == (end == "accepted" ? .accepted : .unknown))
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .done)
      let isTold = try await desk.pushes.history(of: ticket.id).last?.event == .secondEffect
      #expect(isTold == (end != "refused"))
      let effects = try await desk.effects(ticket.id).count
      #expect(effects == (end == "refused" || !arrived ? 1 : 2))
      #expect(desk.events.withLock { $0.contains { $0.problem?.code == "second-effect-possible" } } == isTold)
    }
  }

  /// A call that waits for its place when the loss is told is not made.
  @Test func aLateLossStopsACallThatWaits() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let (slow, begun, exchange) = try await Self.heldUp(desk, ticket.id)
      try await Self.bring(desk, ticket.id, to: .queued)
      let handler = desk.handler(at: .begin) {
        do {
          _ = try await Self.arrive(desk, ticket.id, exchange)
          try await desk.handler.settle(try Self.lost(desk, begun, exchange, slow), of: begun, slow)
        } catch {
          Issue.record("\(error)")
        }
      }
      try await handler.perform(try #require(try await desk.claim()))
      try await desk.work()
      #expect(try await desk.state(ticket.id) == .unknown)
      #expect(try await desk.push(ticket.id).probes == 1, "it is not asked before the window is sure to know")
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
    }
  }

  private struct Kept: PushRecorder {
    let id: ExchangeID
    init(_ id: ExchangeID) { self.id = id }
    func begin(_ exchange: Exchange) async throws -> ExchangeID { id }
    func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {}
  }
}
