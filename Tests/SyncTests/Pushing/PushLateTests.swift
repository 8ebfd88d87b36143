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
  private static func person() throws -> SignOff {
    try SignOff(name: "op-1", reason: "asked at the window")
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
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      let answer = try await HeldUpProcess.arrive(desk, ticket.id, exchange)
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
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      let answer = try await HeldUpProcess.arrive(desk, ticket.id, exchange)
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
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      let answer = try await HeldUpProcess.arrive(desk, ticket.id, exchange)
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

  /// What was taken back and is in doubt is not handed in again as its duplicate, which nobody would ever send.
  @Test(arguments: [true, false]) func whatIsTakenBackAndInDoubtIsNotHandedInAgain(_ isThere: Bool)
    async throws
  {
    try await PushDesk.run { desk in
      func perform() async throws { try await desk.handler.perform(try #require(try await desk.claim())) }
      let ticket = try await desk.submit("road-digging")
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      desk.bench.clock.advance(seconds: 30)
      try await perform()
      desk.bench.clock.advance(seconds: 61)
      try await perform()
      try await desk.pushes.decide(.cancel, about: ticket.id, by: try Self.person())
      try await perform()
      if isThere { _ = try await HeldUpProcess.arrive(desk, ticket.id, exchange) }
      try await desk.handler.settle(try HeldUpProcess.lost(desk, begun, exchange, slow), of: begun, slow)
      #expect(try await desk.state(ticket.id) == .unknown)
      let error = await #expect(throws: PushError.self) { try await desk.submit("road-digging") }
      #expect(error?.code == .notNow && error?.message.contains("cancelled") == true)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == (isThere ? .accepted : .cancelled))
      let again = try await desk.submit("road-digging")
      #expect((again.duplicateOf == ticket.id) == isThere)
      try await desk.settle()
      #expect(try await desk.state(again.id) == .accepted)
      #expect(desk.bench.sandbox.permitCases.count == 1)
    }
  }

  /// What stood still when its acceptance came holds up its case no more.
  @Test func anAcceptanceOfWhatStoodStillLetsItsCaseGoOn() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening", sequence: "case-1")
      let behind = try await desk.submit("road-digging", sequence: "case-1")
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      let answer = try await HeldUpProcess.arrive(desk, ticket.id, exchange)
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
}
