import Adapters
import Exchanges
import Journal
@testable import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// Processes that end while they ask what became of a push, or while a person decides, and clocks that are set meanwhile.
@Suite struct PushEndTests {
  private struct End: Error {}

  private static func person() throws -> SignOff {
    try SignOff(name: "op-1", reason: "asked at the window")
  }

  /// A push whose answer was lost, at the moment at which it is asked for.
  private static func inDoubt(_ desk: PushDesk, _ item: String) async throws -> PushID {
    desk.fault(.resetAfter, item)
    let ticket = try await desk.submit(item)
    try await desk.work()
    #expect(try await desk.state(ticket.id) == .unknown)
    desk.bench.clock.advance(seconds: 61)
    return ticket.id
  }

  /// Before the question left, and after its answer had reached the journal: it is asked again, and nothing is sent.
  @Test(arguments: ["route-planning", "road-digging"], [false, true])
  func theProcessEndsWhileItAsks(_ item: String, wasAsked: Bool) async throws {
    try await PushDesk.run { desk in
      let id = try await Self.inDoubt(desk, item)
      _ = try #require(try await desk.claim())
      if wasAsked {
        let probe = try #require(try desk.route(item).probe)
        let push = try await desk.push(id)
        _ = try await desk.client.probe(
          try await desk.handler.pushes.call(for: push), probe, requestID: "r", attempt: 1,
          parent: push.exchange)
      }
      try await desk.work()
      #expect(try await desk.state(id) == .unknown, "nobody takes it over as long as the lease lasts")
      desk.bench.clock.advance(seconds: 30)
      try await desk.work()
      #expect(try await desk.state(id) == .accepted)
      #expect(try await desk.effects(id).map(\.submissions) == [1])
      let asked = try await desk.outcomes().filter { $0 == "status succeeded" }.count
      #expect(asked == (wasAsked ? 2 : 1))
    }
  }

  /// The answer was in the journal and the transaction of the decision was undone as a whole: it is made by whoever comes next.
  @Test(arguments: ["route-planning", "road-digging", "greening"])
  func theProcessEndsBetweenAnswerAndDecision(_ item: String) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit(item)
      let lease = try #require(try await desk.claim())
      let (handler, route) = (desk.handler, try desk.route(item))
      let push = try await desk.push(ticket.id)
      let attempt = PushHandler.Attempt(handler, push, lease)
      let (exchange, answer) = try await desk.client.push(
        try await handler.pushes.call(for: push), route.operation, recorder: attempt, requestID: "r",
        attempt: 1,
        parent: nil)
      let begun = try #require(attempt.begun)
      let result = handler.judge(answer, exchange, of: begun, route, lease)
      // Everything of the decision but its commit.
      await #expect(throws: End.self) {
        try await desk.database.write { transaction in
          try desk.journal.conclude(try #require(exchange), .succeeded, nil, in: transaction)
          try desk.pushes.apply(result.change, to: begun, in: transaction, at: desk.bench.clock.now)
          try desk.queue.complete(lease, in: transaction, now: desk.bench.clock.now)
          throw End()
        }
      }
      #expect(try await desk.state(ticket.id) == .sending)
      #expect(try await desk.pushes.acknowledgement(of: ticket.id) == nil)
      #expect(try await desk.outcomes() == ["\(item) unknown"])
      desk.bench.clock.advance(seconds: 30)
      try await desk.work()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.outcomes() == ["\(item) succeeded"], "it is in the journal: nobody is asked")
      #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .done)
    }
  }

  /// Decision and end of the work are one transaction; after it nobody does anything any more.
  @Test func theProcessEndsAfterTheDecision() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let lease = try #require(try await desk.claim())
      try await desk.handler.perform(lease)
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .done)
      desk.bench.clock.advance(seconds: 30)
      #expect(try await desk.claim() == nil)
      // A process that slept through its end and does the same once more.
      await #expect(throws: WorkError.self) { try await desk.handler.perform(lease) }
      #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
    }
  }

  @Test(arguments: [true, false])
  func theProcessEndsWhileAPersonDecides(happened: Bool) async throws {
    try await PushDesk.run { desk in
      desk.fault(happened ? .resetAfter : .reset, "greening")
      let ticket = try await desk.submit("greening")
      try await desk.settle()
      let before = try await desk.push(ticket.id)
      let decision: Pushes.Decision = happened ? .happened(receipt: "R-1") : .didNotHappen
      await #expect(throws: End.self) {
        try await desk.pushes.decide(decision, about: ticket.id, by: try Self.person()) { _, _ in throw End()
        }
      }
      // Nothing of it is there, and nothing goes on.
      #expect(try await desk.push(ticket.id) == before)
      #expect(try await desk.pushes.history(of: ticket.id).allSatisfy { $0.signOff == nil })
      #expect(try await desk.outcomes() == ["greening unknown"])
      #expect(try await desk.work(of: before)?.state == .parked)
      try await desk.pushes.decide(decision, about: ticket.id, by: try Self.person())
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.effects(ticket.id).count == 1)
    }
  }

  /// The person was quicker than the answer to the question that was under way: both count, and nothing is sent that the window has.
  @Test(arguments: [true, false])
  func aPersonDecidesWhileItIsAsked(happened: Bool) async throws {
    try await PushDesk.run { desk in
      let id = try await Self.inDoubt(desk, "road-digging")
      let lease = try #require(try await desk.claim())
      let push = try await desk.push(id)
      let probe = try #require(try desk.route("road-digging").probe)
      let (_, answer) = try await desk.client.probe(
        try await desk.handler.pushes.call(for: push), probe, requestID: "r", attempt: 1,
        parent: push.exchange)
      guard case .found(let acknowledgement) = answer else {
        Issue.record("\(answer)")
        return
      }
      try await desk.pushes.decide(
        happened ? .happened(receipt: nil) : .didNotHappen, about: id, by: try Self.person())
      var change = PushChange(.found, exchange: push.exchange)
      change.acknowledgement = acknowledgement
      try await desk.handler.settle(
        PushHandler.Result(change: change, step: .end, outcome: .succeeded, isProbe: true), of: push, lease)
      try await desk.settle()
      #expect(try await desk.state(id) == .accepted)
      #expect(try await desk.effects(id).map(\.submissions) == [1])
      #expect(try await desk.work(of: desk.push(id))?.state == .done)
    }
  }

  // Clocks.

  /// The clock is set by a day while a push waits, while a process that is gone holds it, or while it waits to be asked for.
  @Test(
    arguments: ["route-planning", "road-digging", "greening"], [PushState.queued, .sending, .unknown])
  func theClockIsSet(_ item: String, _ state: PushState) async throws {
    for day in [86_400, -86_400] {
      try await PushDesk.run { desk in
        if state == .unknown { desk.fault(.resetAfter, item) }
        let ticket = try await desk.submit(item)
        if state == .unknown { try await desk.work() }
        var lost: WorkLease?
        if state == .sending {
          // It has arrived, and the process is gone.
          let lease = try #require(try await desk.claim())
          let push = try await desk.push(ticket.id)
          _ = try await desk.client.push(
            try await desk.handler.pushes.call(for: push), try desk.route(item).operation,
            recorder: Unanswered(PushHandler.Attempt(desk.handler, push, lease)), requestID: "r", attempt: 1,
            parent: nil)
          lost = lease
        }
        #expect(try await desk.state(ticket.id) == state)
        desk.bench.clock.set(bySeconds: day)
        let start = desk.bench.clock.elapsed
        // A lease, and what the platform needs to know what it has.
        let most = (state == .sending ? 20 : 0) + (state == .queued || item == "greening" ? 0 : 60) + 5
        try await desk.settle(within: most)
        #expect(desk.bench.clock.elapsed - start <= Int64(most) * 1000)
        #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
        let isOpen = item == "greening" && state != .queued
        #expect(try await desk.state(ticket.id) == (isOpen ? .unknown : .accepted))
        if isOpen {
          #expect(try await desk.work(of: desk.push(ticket.id))?.state == .parked, "a person's to find out")
        }
        if let lost {
          await #expect(throws: WorkError.self) {
            try await desk.database.write { try desk.queue.check(lost, in: $0) }
          }
        }
      }
    }
  }

  /// The window does not know yet what it has, and the clock jumps forward: what it says then is not believed, and asked for again when time has really gone by.
  @Test func aClockThatJumpsMakesNoAnswerBelievedEarly() async throws {
    try await PushDesk.run { desk in
      desk.fault(.reset, "road-digging")
      let id = try await desk.submit("road-digging").id
      try await desk.work()
      #expect(try await desk.state(id) == .unknown)
      desk.bench.clock.set(bySeconds: 86_400)
      try await desk.work()
      var push = try await desk.push(id)
      #expect(push.state == .unknown && push.probes == 1, "it has nothing, and is not believed")
      #expect(try await desk.effects(id).isEmpty)
      let start = desk.bench.clock.elapsed
      for _ in 0..<3 {
        desk.bench.clock.set(bySeconds: 3600)
        try await desk.work()
      }
      #expect(try await desk.state(id) == .unknown, "however often it is set")
      try await desk.settle()
      push = try await desk.push(id)
      #expect(push.state == .accepted)
      #expect(desk.bench.clock.elapsed - start >= 60_000)
      #expect(try await desk.effects(id).map(\.submissions) == [1])
    }
  }

  /// A machine that was started again, or another one, counts anew; what the platform has is believed at once.
  @Test(arguments: [true, false]) func anotherMachineCountsAnew(hasArrived: Bool) async throws {
    try await PushDesk.run { desk in
      desk.fault(hasArrived ? .resetAfter : .reset, "road-digging")
      let id = try await desk.submit("road-digging").id
      try await desk.work()
      desk.uptime.withLock { $0 -= 4000 }
      desk.bench.clock.set(bySeconds: 61)
      try await desk.work()
      #expect(try await desk.state(id) == (hasArrived ? .accepted : .unknown))
      guard !hasArrived else { return }
      let lost = try #require(try await desk.push(id).lost)
      #expect(lost == 1000 + desk.bench.clock.elapsed)
      let start = desk.bench.clock.elapsed
      try await desk.settle()
      #expect(try await desk.state(id) == .accepted && desk.bench.clock.elapsed - start >= 60_000)
      // A copy of the database knows nothing of the machine it is on.
      desk.fault(.reset, "greening")
      let other = try await desk.submit("greening", number: "SQ-2").id
      try await desk.work()
      let unknown = try await desk.push(other)
      #expect(unknown.state == .unknown && unknown.lost != nil)
      _ = try await desk.pushes.doubtAll(at: desk.bench.clock.now)
      #expect(try await desk.push(other).lost == nil)
    }
  }

  /// The holder is alive when the clock jumps forward: another takes over, and the answer that comes late still counts.
  @Test func theClockJumpsWhileTheAnswerIsOnItsWay() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let slow = try #require(try await desk.claim())
      let (handler, route) = (desk.handler, try desk.route("greening"))
      let push = try await desk.push(ticket.id)
      let attempt = PushHandler.Attempt(handler, push, slow)
      let (exchange, answer) = try await desk.client.push(
        try await handler.pushes.call(for: push), route.operation, recorder: Unanswered(attempt),
        requestID: "r",
        attempt: 1, parent: nil)
      desk.bench.clock.set(bySeconds: 86_400)
      try await desk.work()
      #expect(try await desk.state(ticket.id) == .unknown)
      let begun = try #require(attempt.begun)
      try await handler.settle(handler.judge(answer, exchange, of: begun, route, slow), of: begun, slow)
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
      let told = try #require(desk.events.withLock { $0.last })
      #expect(told.event == .late && told.push.state == .accepted && told.step == .end, "it is in the log")
    }
  }

  /// The process ends between the probe's answer and what it says of it.
  @Test func aQuestionThatWasCutOffIsNotUnknownForEver() async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "road-digging")
      let ticket = try await desk.submit("road-digging")
      try await desk.work()
      try await desk.database.write { transaction in
        _ = try transaction.execute(
          """
          CREATE TRIGGER ends BEFORE UPDATE OF outcome ON exchange WHEN NEW.operation = 'status'
          BEGIN SELECT RAISE(ABORT, 'killed'); END
          """)
      }
      desk.bench.clock.advance(seconds: 120)
      let lease = try #require(try await desk.claim())
      await #expect(throws: (any Error).self) { try await desk.handler.perform(lease) }
      try await desk.database.write { _ = try $0.execute("DROP TRIGGER ends") }
      desk.bench.clock.advance(seconds: 60)
      try await desk.settle()
      #expect(try await desk.push(ticket.id).state == .accepted)
      #expect(try await desk.outcomes() == ["road-digging succeeded", "status failed", "status succeeded"])
    }
  }
}

/// What came back is lost with the process.
private struct Unanswered: PushRecorder {
  let attempt: PushHandler.Attempt

  init(_ attempt: PushHandler.Attempt) { self.attempt = attempt }

  func begin(_ exchange: Exchange) async throws -> ExchangeID { try await attempt.begin(exchange) }
  func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {}
}
