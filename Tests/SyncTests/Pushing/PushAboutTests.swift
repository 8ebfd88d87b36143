import Exchanges
import Applications
@testable import Pushing
import SQLDatabase
import Sandbox
import Testing
import Work

/// Pushes about others: supplements and withdrawals, and what may be handed in after them.
@Suite struct PushAboutTests {
  private static func person() throws -> SignOff { try SignOff(name: "op-1", reason: "a slip") }

  private static func code(_ body: () async throws -> Void) async -> PushErrorCode? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? PushError)?.code
    }
  }

  /// Handed in, withdrawn, handed in again, withdrawn again: each has its effect, once.
  @Test func whatIsWithdrawnCanBeHandedInAgain() async throws {
    try await PushDesk.run { desk in
      var applications: [PushID] = []
      for round in 1...3 {
        let application = try await desk.submit("road-digging")
        #expect(application.duplicateOf == nil, "round \(round)")
        #expect(try await desk.push(application.id).follows == applications.last)
        #expect(try await desk.submit("road-digging").duplicateOf == application.id)
        applications.append(application.id)
        let withdrawal = try await desk.submit("withdraw", about: application.id)
        #expect(withdrawal.duplicateOf == nil, "round \(round)")
        #expect(try await desk.submit("withdraw", about: application.id).duplicateOf == withdrawal.id)
        try await desk.settle()
        #expect(try await desk.state(withdrawal.id) == .accepted)
      }
      #expect(desk.bench.sandbox.permitCases.map(\.state) == [.withdrawn, .withdrawn, .withdrawn])
      // On purpose too.
      let follows = try #require(applications.last)
      let last = try await desk.submit("road-digging", follows: follows)
      try await desk.settle()
      #expect(try await desk.effects(last.id).map(\.state) == [.received])
    }
  }

  /// As long as nobody knows whether it is withdrawn, the application is neither the same nor another.
  @Test func aWithdrawalUnderWayIsWaitedFor() async throws {
    try await PushDesk.run { desk in
      let application = try await desk.submit("road-digging")
      try await desk.settle()
      let withdrawal = try await desk.submit("withdraw", about: application.id)
      #expect(await Self.code { try await desk.submit("road-digging") } == .notNow)
      #expect(await Self.code { try await desk.submit("road-digging", follows: application.id) } == .notNow)
      try await desk.pushes.decide(.cancel, about: withdrawal.id, by: try Self.person())
      #expect(try await desk.submit("road-digging").duplicateOf == application.id)
      try await desk.settle()
      #expect(desk.bench.sandbox.permitCases.map(\.state) == [.received])
    }
  }

  /// The same words about two applications are two supplements; what is named by a duplicate is about the first.
  @Test func theSameAboutAnotherIsAnother() async throws {
    try await PushDesk.run { desk in
      let one = try await desk.submit("road-digging")
      let again = try await desk.submit("road-digging")
      let two = try await desk.submit("road-digging") { $0["remarks"] = .text("另") }
      let first = try await desk.submit("supplement", about: again.id)
      #expect(try await desk.push(first.id).about == one.id)
      #expect(try await desk.submit("supplement", about: one.id).duplicateOf == first.id)
      #expect(try await desk.submit("supplement", about: two.id).duplicateOf == nil)
    }
  }

  @Test func nothingIsAboutWhatThePlatformDoesNotHave() async throws {
    try await PushDesk.run { desk in
      desk.fault(.refusal, "road-digging")
      let refused = try await desk.submit("road-digging")
      try await desk.settle()
      let cancelled = try await desk.submit("road-digging", number: "SQ-2")
      try await desk.pushes.decide(.cancel, about: cancelled.id, by: try Self.person())
      for id in [refused.id, cancelled.id] {
        #expect(await Self.code { try await desk.submit("withdraw", about: id) } == .notNow)
      }
      #expect(await Self.code { try await desk.submit("withdraw", about: PushID(99)) } == .notFound)
      let other = try await desk.submit("road-digging", number: "SQ-3")
      try await desk.database.write { transaction in
        _ = try transaction.execute(
          "UPDATE push SET platform = 'elsewhere' WHERE id = ?1", .int(other.id.rawValue))
      }
      #expect(await Self.code { try await desk.submit("withdraw", about: other.id) } == .unfit)
    }
  }

  /// In a case of its own it is not behind the application: it waits for its receipt, tells that once, and calls nobody.
  @Test func aWithdrawalWaitsForTheReceipt() async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "greening")
      let application = try await desk.submit("greening", sequence: "case-1")
      let withdrawal = try await desk.submit("withdraw", sequence: "case-2", about: application.id)
      try await desk.settle(within: 3600)
      #expect(try await desk.state(application.id) == .unknown)
      #expect(try await desk.state(withdrawal.id) == .queued)
      #expect(try await desk.push(withdrawal.id).problemCode == "push-waits-for-receipt")
      #expect(try await desk.pushes.history(of: withdrawal.id).map(\.event) == [.notMade])
      #expect(try await desk.work(of: desk.push(withdrawal.id))?.attempts == 0)
      #expect(desk.bench.sandbox.calls("hangzhou-permits", "withdraw").calls == 0)
      let receipt = try #require(try await desk.effects(application.id).first?.receipt)
      try await desk.pushes.decide(.happened(receipt: receipt), about: application.id, by: try Self.person())
      try await desk.settle()
      #expect(try await desk.state(withdrawal.id) == .accepted)
      #expect(try await desk.effects(application.id).map(\.state) == [.withdrawn])
    }
  }

  /// It ended without a receipt: that stands still at once, with its own code, and holds up nobody's calls.
  @Test(arguments: [true, false])
  func aWithdrawalOfWhatHasNoReceiptIsParked(happened: Bool) async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "greening")
      let application = try await desk.submit("greening")
      let withdrawal = try await desk.submit("withdraw", about: application.id)
      try await desk.work()
      try await desk.pushes.decide(
        happened ? .happened(receipt: nil) : .didNotHappen, about: application.id, by: try Self.person())
      if !happened {
        desk.fault(.refusal, "greening")
      }
      try await desk.settle()
      #expect(try await desk.state(application.id) == (happened ? .accepted : .refused))
      let push = try await desk.push(withdrawal.id)
      #expect(push.state == .parked && push.problemCode == "push-no-receipt" && push.attempts == 0)
      #expect(try await desk.work(of: push)?.state == .parked)
      #expect(desk.bench.sandbox.calls("hangzhou-permits", "withdraw").calls == 0)
      // Taken back, it holds up its case no more.
      try await desk.pushes.decide(.cancel, about: withdrawal.id, by: try Self.person())
      let behind = try await desk.submit("road-digging")
      try await desk.settle()
      #expect(try await desk.state(behind.id) == .accepted)
    }
  }
}
