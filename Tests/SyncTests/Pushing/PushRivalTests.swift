import Adapters
import Exchanges
import Journal
@testable import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// What repeats a push is not sent when the platform has that one after all.
@Suite struct PushRivalTests {
  private static func person() throws -> SignOff {
    try SignOff(name: "op-1", reason: "asked at the window")
  }

  /// A push that the platform has, and that counts as refused; with what lets its acceptance come.
  private static func refused(
    _ desk: PushDesk
  ) async throws -> (id: PushID, accept: @Sendable () async throws -> Void) {
    let ticket = try await desk.submit("greening")
    let (slow, begun, exchange) = try await HeldUpProcess.begin(desk, ticket.id)
    let answer = try await HeldUpProcess.arrive(desk, ticket.id, exchange)
    desk.bench.clock.advance(seconds: 30)
    try await desk.settle()
    try await desk.pushes.decide(.didNotHappen, about: ticket.id, by: try person())
    desk.fault(.refusal, "greening")
    try await desk.settle()
    #expect(try await desk.state(ticket.id) == .refused)
    let route = try desk.route("greening")
    return (
      ticket.id,
      {
        let result = desk.handler.judge(answer, exchange, of: begun, route, slow)
        try await desk.handler.settle(result, of: begun, slow)
        #expect(try await desk.state(ticket.id) == .accepted)
      }
    )
  }

  private static func expectParked(_ desk: PushDesk, _ id: PushID, beside first: PushID) async throws {
    let push = try await desk.push(id)
    #expect(push.state == .parked && push.problemCode == "push-repeated" && push.attempts == 0)
    #expect(try await desk.work(of: push)?.state == .parked)
    #expect(desk.events.withLock { $0.last?.problem?.message.contains("push \(first)") } == true)
    #expect(desk.bench.sandbox.permitCases.count == 1)
  }

  /// At first and at second hand.
  @Test(arguments: [true, false]) func whatRepeatsItIsNotSent(isDirect: Bool) async throws {
    try await PushDesk.run { desk in
      let (first, accept) = try await Self.refused(desk)
      var before = first
      if !isDirect {
        desk.fault(.refusal, "greening")
        before = try await desk.submit("greening", follows: first).id
        try await desk.settle()
      }
      let last = try await desk.submit("greening", follows: before)
      try await accept()
      try await desk.settle()
      try await Self.expectParked(desk, last.id, beside: first)
      // That a person wants it tried again changes nothing while the platform has the first.
      try await desk.pushes.decide(.retry, about: last.id, by: try Self.person())
      try await desk.settle()
      try await Self.expectParked(desk, last.id, beside: first)
      let withdrawal = try await desk.submit("withdraw", sequence: "another", about: first)
      try await desk.settle()
      #expect(try await desk.state(withdrawal.id) == .accepted)
      try await desk.pushes.decide(.retry, about: last.id, by: try Self.person())
      try await desk.settle()
      #expect(try await desk.state(last.id) == .accepted)
    }
  }

  /// It comes out while the call waits for its place.
  @Test func itComesOutInTheLastMoment() async throws {
    try await PushDesk.run { desk in
      let (first, accept) = try await Self.refused(desk)
      let last = try await desk.submit("greening", follows: first)
      let handler = desk.handler(at: .begin) {
        do {
          if try await desk.state(first) == .refused { try await accept() }
        } catch {
          Issue.record("\(error)")
        }
      }
      try await handler.perform(try #require(try await desk.claim()))
      try await desk.settle()
      try await Self.expectParked(desk, last.id, beside: first)
    }
  }

  /// Nobody knows whether the platform has it: until somebody does, what repeats it waits.
  @Test func itIsInDoubt() async throws {
    try await PushDesk.run { desk in
      desk.fault(.refusal, "road-digging")
      let first = try await desk.submit("road-digging")
      try await desk.settle()
      let last = try await desk.submit("road-digging", follows: first.id)
      let current = try await desk.push(first.id)
      let now = desk.bench.clock.now
      try await desk.database.write { transaction in
        _ = try desk.pushes.apply(PushChange(.lateLost), to: current, in: transaction, at: now)
      }
      try await desk.work()
      let push = try await desk.push(last.id)
      #expect(push.state == .parked && push.problemCode == "push-repeated" && push.attempts == 0)
    }
  }

  /// Whoever hands something in behind what ended knows what the platform has by then.
  @Test func whatIsHandedInKnowinglyIsSent() async throws {
    try await PushDesk.run { desk in
      let (first, accept) = try await Self.refused(desk)
      let second = try await desk.submit("greening", follows: first)
      try await desk.pushes.decide(.cancel, about: second.id, by: try Self.person())
      try await accept()
      desk.bench.clock.advance(seconds: 60)
      let third = try await desk.submit("greening", follows: second.id)
      try await desk.settle()
      #expect(try await desk.state(third.id) == .accepted)
    }
  }

  /// What was accepted since was not known, and what had been was, whatever the clock says.
  @Test(arguments: [true, false]) func aClockThatIsSetBackTellsNothing(isAccepted: Bool) async throws {
    try await PushDesk.run { desk in
      let (first, accept) = try await Self.refused(desk)
      var before = first
      if isAccepted {
        let second = try await desk.submit("greening", follows: first)
        try await desk.pushes.decide(.cancel, about: second.id, by: try Self.person())
        before = second.id
        try await accept()
      }
      if isAccepted { desk.bench.clock.set(bySeconds: -3600) }
      let last = try await desk.submit("greening", follows: before)
      if !isAccepted {
        desk.bench.clock.set(bySeconds: -3600)
        try await accept()
      }
      desk.bench.clock.advance(seconds: 7200)
      try await desk.settle()
      if isAccepted {
        #expect(try await desk.state(last.id) == .accepted)
      } else {
        try await Self.expectParked(desk, last.id, beside: first)
      }
    }
  }
}
