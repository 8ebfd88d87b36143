import Adapters
import Exchanges
import Journal
@testable import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// Requests that a process had sent when it was held up, and of which nobody knows what became, told when the push has gone on.
@Suite struct PushLateLossTests {
  private struct End: Error {}

  private static func person() throws -> SignOff {
    try SignOff(name: "op-1", reason: "asked at the window")
  }

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
    // It is sent again a little later.
    desk.bench.clock.advance(seconds: 5)
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

  /// A process that was held up sends, and nobody knows what came of it: whatever the push has become, the platform is asked before anything is sent. What the
  /// platform does not have is sent if it waited for that, and is else what it was before: nobody wants it sent.
  @Test(arguments: states, [true, false])
  func aLateLossIsAskedAbout(_ state: PushState, arrived: Bool) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      try await Self.bring(desk, ticket.id, to: state)
      if arrived { _ = try await HeldUpProcess.arrive(desk, ticket.id, exchange) }
      let result = try HeldUpProcess.lost(desk, begun, exchange, slow)
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
      // What it may go back to is not pruned meanwhile, nor anything else by which it was sent.
      let sent = try await desk.pushes.history(of: ticket.id).compactMap(\.exchange) + [exchange]
      #expect(before.exchange.map(sent.contains) ?? true)
      let needed = try await desk.database.read { try Pushes.undecided(among: sent, in: $0) }
      #expect(needed == sent)
      // Once more it says nothing new, be it told by whoever took over.
      let calls = desk.bench.sandbox.calls("hangzhou-permits", "road-digging").calls
      try await desk.work()
      #expect(try await desk.state(ticket.id) == .unknown, "not before the window is sure to know")
      #expect(desk.bench.sandbox.calls("hangzhou-permits", "road-digging").calls == calls)
      try await desk.settle()
      let goesBack = !arrived && [.refused, .parked, .cancelled].contains(state)
      let push = try await desk.push(ticket.id)
      #expect(push.state == (goesBack ? state : .accepted))
      #expect(try await desk.effects(ticket.id).map(\.submissions) == (goesBack ? [] : [1]))
      #expect(try await desk.work(of: push)?.state == (goesBack && state == .parked ? .parked : .done))
      if goesBack {
        #expect(push.problemCode == before.problemCode && push.problemClass == before.problemClass)
        #expect(push.exchange == before.exchange && !push.isDoubtful)
        #expect(desk.bench.sandbox.calls("hangzhou-permits", "road-digging").calls == calls)
      }
      if goesBack, state == .parked {
        try await desk.pushes.decide(.retry, about: ticket.id, by: try Self.person())
        try await desk.settle()
        #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
      }
      #expect(desk.events.withLock { $0.allSatisfy { $0.event != .secondEffect } })
      if state != .unknown {
        #expect(try await desk.pushes.history(of: ticket.id).contains { $0.event == .lateLost })
      }
    }
  }

  /// What was refused or taken back had been handed in once more, and the platform has that: the first is not sent beside it.
  @Test(arguments: [PushState.refused, .cancelled], [true, false])
  func aLateLossOfWhatWasHandedInAgain(_ state: PushState, arrived: Bool) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      try await Self.bring(desk, ticket.id, to: state)
      let second = try await desk.submit("road-digging", follows: ticket.id)
      try await desk.settle()
      #expect(try await desk.state(second.id) == .accepted)
      if arrived { _ = try await HeldUpProcess.arrive(desk, ticket.id, exchange) }
      try await desk.handler.settle(try HeldUpProcess.lost(desk, begun, exchange, slow), of: begun, slow)
      #expect(try await desk.state(ticket.id) == .unknown)
      try await desk.settle()
      let push = try await desk.push(ticket.id)
      #expect(push.state == (arrived ? .accepted : state))
      #expect(try await desk.work(of: push)?.state == .done)
      #expect(try await desk.effects(second.id).map(\.submissions) == [1])
      #expect(desk.bench.sandbox.permitCases.count == (arrived ? 2 : 1))
      let isTold = try await desk.pushes.history(of: ticket.id).last?.event == .secondEffect
      #expect(isTold == arrived)
    }
  }

  /// The platform would tell the same key again apart, and nobody wants it sent: a person finds out.
  @Test func aLateLossSendsNothingThatWasTakenBack() async throws {
    try await PushDesk.run { desk in
      let application = try await desk.submit("road-digging")
      try await desk.settle()
      let ticket = try await desk.submit("withdraw", about: application.id)
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      desk.bench.clock.advance(seconds: 30)
      desk.fault(.refusal, "withdraw")
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .unknown, "a refusal says nothing about the request before")
      try await desk.pushes.decide(.didNotHappen, about: ticket.id, by: try Self.person())
      try await desk.pushes.decide(.cancel, about: ticket.id, by: try Self.person())
      try await desk.settle()
      let calls = desk.bench.sandbox.calls("hangzhou-permits", "withdraw").calls
      try await desk.handler.settle(try HeldUpProcess.lost(desk, begun, exchange, slow), of: begun, slow)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .unknown)
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .parked)
      #expect(desk.events.withLock { $0.last?.step } == .park)
      try await desk.pushes.decide(.didNotHappen, about: ticket.id, by: try Self.person())
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .cancelled)
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .done)
      #expect(desk.bench.sandbox.calls("hangzhou-permits", "withdraw").calls == calls)
      #expect(try await desk.effects(application.id).map(\.state) == [.received])
    }
  }

  /// The same key again was refused, and a person says what became of the request before: that is how that one ended, and the refusal stays what it is.
  @Test(arguments: [true, false]) func aSignatureLeavesARefusalAsItIs(happened: Bool) async throws {
    try await PushDesk.run { desk in
      let application = try await desk.submit("road-digging")
      try await desk.settle()
      let ticket = try await desk.submit("withdraw", about: application.id)
      let (_, _, lost) = try await HeldUpProcess.begin(desk, ticket.id)
      desk.bench.clock.advance(seconds: 30)
      desk.fault(.refusal, "withdraw")
      try await desk.settle()
      let doubted = try await desk.push(ticket.id)
      let second = try #require(doubted.exchange)
      #expect(doubted.state == .unknown && second != lost)
      let refusal = try await desk.journal.exchange(second)
      #expect(refusal.outcome == .rejected && refusal.problem != nil)
      try await desk.pushes.decide(
        happened ? .happened(receipt: nil) : .didNotHappen, about: ticket.id, by: try Self.person())
      let after = try await desk.journal.exchange(second)
      #expect(after.outcome == .rejected && after.problem == refusal.problem)
      let signed = try await desk.journal.exchange(lost)
      #expect(signed.outcome == (happened ? .succeeded : .failed))
      #expect(signed.problem?.code == (happened ? "signed-happened" : "signed-absent"))
      let push = try await desk.push(ticket.id)
      #expect(push.state == (happened ? .accepted : .queued))
      #expect(push.exchange == (happened ? lost : second), "it rests on the one that happened")
      #expect(try await Journal.verify(desk.database).finding == nil)
    }
  }

  /// Of each request what is known stays: a process that comes late does not make an answer unknown again.
  @Test func whatIsLostLateLeavesAnAnswerAsItIs() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      let problem = ExchangeProblem(code: "x", errorClass: .data, message: "m", remedy: "r")
      let (journal, now) = (desk.journal, desk.bench.clock.now)
      try await desk.database.write {
        try journal.conclude(exchange, .rejected, problem, in: $0, now: now)
      }
      try await desk.handler.settle(try HeldUpProcess.lost(desk, begun, exchange, slow), of: begun, slow)
      let stored = try await journal.exchange(exchange)
      #expect(stored.outcome == .rejected && stored.problem == problem)
      #expect(try await desk.state(ticket.id) == .unknown)
    }
  }

  /// However it came about: what has been handed in again is not sent, also where that happens while the call waits for its place.
  @Test func whatWasHandedInAgainIsNotSent() async throws {
    try await PushDesk.run { desk in
      let second = try await desk.submit("road-digging", number: "SQ-2")
      try await desk.settle()
      let ticket = try await desk.submit("road-digging", number: "SQ-1")
      let handler = desk.handler(at: .begin) {
        do {
          try await desk.database.write { transaction in
            try transaction.execute(
              "UPDATE push SET follows = ?1 WHERE id = ?2", .int(ticket.id.rawValue), .int(second.id.rawValue)
            )
            try transaction.execute(
              "INSERT INTO push_event (push, moment, event, state) VALUES (?1, 0, 'cancelled', 'cancelled')",
              .int(ticket.id.rawValue))
          }
        } catch {
          Issue.record("\(error)")
        }
      }
      try await handler.perform(try #require(try await desk.claim()))
      #expect(try await desk.state(ticket.id) == .queued)
      try await desk.work()
      let push = try await desk.push(ticket.id)
      #expect(push.state == .parked && push.problemCode == "push-repeated" && push.attempts == 0)
      #expect(try await desk.work(of: push)?.state == .parked)
      #expect(try await desk.effects(ticket.id).isEmpty)
      try await desk.pushes.decide(.cancel, about: ticket.id, by: try Self.person())
      try await desk.settle()
      #expect(try await desk.work(of: push)?.state == .done)
    }
  }

  /// Of what nobody can be asked about a person finds out; until then it is locked.
  @Test(arguments: [true, false]) func aLateLossLocksWhatNobodyCanBeAskedAbout(arrived: Bool) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      try await desk.pushes.decide(.didNotHappen, about: ticket.id, by: try Self.person())
      desk.fault(.refusal, "greening")
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .refused)
      let before = try await desk.push(ticket.id)
      if arrived { _ = try await HeldUpProcess.arrive(desk, ticket.id, exchange) }
      try await desk.handler.settle(try HeldUpProcess.lost(desk, begun, exchange, slow), of: begun, slow)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .unknown)
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .parked)
      await #expect(throws: PushError.self) { try await desk.submit("greening", follows: ticket.id) }
      try await desk.pushes.decide(
        arrived ? .happened(receipt: nil) : .didNotHappen, about: ticket.id, by: try Self.person())
      try await desk.settle()
      let push = try await desk.push(ticket.id)
      #expect(try await desk.work(of: push)?.state == .done)
      #expect(push.state == (arrived ? .accepted : .refused))
      #expect(try await desk.effects(ticket.id).count == (arrived ? 1 : 0))
      #expect(arrived || push.problemCode == before.problemCode && push.exchange == before.exchange)
    }
  }

  /// While another sends it: that is accepted, refused or lost, and what was learned before it counts then.
  @Test(arguments: ["accepted", "refused", "lost"], [true, false])
  func aLateLossBesideAnotherRequest(_ end: String, arrived: Bool) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      try await Self.bring(desk, ticket.id, to: .queued)
      switch end {
      case "refused": desk.fault(.refusal, "road-digging")
      case "lost": desk.fault(.resetAfter, "road-digging")
      default: break
      }
      let handler = desk.handler(at: .answer) {
        do {
          if arrived { _ = try await HeldUpProcess.arrive(desk, ticket.id, exchange) }
          try await desk.handler.settle(try HeldUpProcess.lost(desk, begun, exchange, slow), of: begun, slow)
          let push = try await desk.push(ticket.id)
          #expect(push.state == .sending && push.isDoubtful && push.exchange != exchange)
        } catch {
          Issue.record("\(error)")
        }
      }
      try await handler.perform(try #require(try await desk.claim()))
      #expect(try await desk.state(ticket.id) == (end == "accepted" ? .accepted : .unknown))
      let second = try #require(try await desk.push(ticket.id).exchange)
      let before = try await desk.journal.exchange(second)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .done)
      let isTold = try await desk.pushes.history(of: ticket.id).last?.event == .secondEffect
      #expect(isTold == (end != "refused"))
      let effects = try await desk.effects(ticket.id).count
      #expect(effects == (end == "refused" || !arrived ? 1 : 2))
      if end == "refused" {
        // The window's answer about the first request says nothing of the second, which it had refused.
        let after = try await desk.journal.exchange(second)
        #expect(before.outcome == .rejected && before.problem != nil)
        #expect(after.outcome == before.outcome && after.problem == before.problem)
        #expect(try await desk.journal.exchange(exchange).outcome == (arrived ? .succeeded : .failed))
      }
      #expect(desk.events.withLock { $0.contains { $0.problem?.code == "second-effect-possible" } } == isTold)
    }
  }

  /// A call that waits for its place when the loss is told is not made.
  @Test func aLateLossStopsACallThatWaits() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
      try await Self.bring(desk, ticket.id, to: .queued)
      let handler = desk.handler(at: .begin) {
        do {
          _ = try await HeldUpProcess.arrive(desk, ticket.id, exchange)
          try await desk.handler.settle(try HeldUpProcess.lost(desk, begun, exchange, slow), of: begun, slow)
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
}
