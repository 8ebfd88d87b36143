import Adapters
import Applications
import CivilTime
import Exchanges
import Journal
import Registry
import SQLDatabase
import Sandbox
import Sync
import Synchronization
import Testing
import Work

@testable import Pushing

/// What people and machines do wrong: hand in twice, restore an older copy, stand still for minutes.
@Suite struct PushMistakeTests {
  private static func person() throws -> SignOff { try SignOff(name: "op-1", reason: "a slip") }

  @Test func whatWasTakenBackIsSentWhenItIsHandedInAgain() async throws {
    try await PushDesk.run { desk in
      let first = try await desk.submit("road-digging")
      try await desk.pushes.decide(.cancel, about: first.id, by: try Self.person())
      let second = try await desk.submit("road-digging")
      #expect(second.duplicateOf == nil)
      #expect(try await desk.push(second.id).follows == first.id)
      #expect(try await desk.submit("road-digging").duplicateOf == second.id)
      try await desk.settle()
      #expect(try await desk.state(second.id) == .accepted)
      #expect(desk.bench.sandbox.permitCases.count == 1)
    }
  }

  @Test func whatWasRefusedIsNotSwallowed() async throws {
    try await PushDesk.run { desk in
      desk.fault(.refusal, "road-digging")
      let first = try await desk.submit("road-digging")
      try await desk.settle()
      await #expect(throws: PushError.self) { try await desk.submit("road-digging") }
      try await desk.submit("road-digging", follows: first.id)
      try await desk.settle()
      #expect(desk.bench.sandbox.permitCases.count == 1)
    }
  }

  /// What withdraws or supplements goes by the receipt of what it is about, and behind it.
  @Test func aWithdrawalGoesByTheReceiptOfItsApplication() async throws {
    try await PushDesk.run { desk in
      await #expect(throws: PushError.self) { try await desk.submit("withdraw") }
      let application = try await desk.submit("road-digging")
      let withdrawal = try await desk.submit("withdraw", about: application.id)
      #expect(try await desk.push(withdrawal.id).sequence == desk.push(application.id).sequence)
      try await desk.settle()
      #expect(try await desk.state(withdrawal.id) == .accepted)
      #expect(try await desk.effects(application.id).map(\.state) == [.withdrawn])
    }
  }

  /// It had been corrected meanwhile: the first content once more goes on behind the correction.
  @Test func whatWasTakenBackAndCorrectedCanBeHandedInAgain() async throws {
    try await PushDesk.run { desk in
      let first = try await desk.submit("road-digging")
      try await desk.pushes.decide(.cancel, about: first.id, by: try Self.person())
      let corrected = try await desk.submit("road-digging", follows: first.id) { $0["remarks"] = .text("另") }
      #expect(try await desk.push(corrected.id).follows == first.id)
      let third = try await desk.submit("road-digging")
      #expect(third.duplicateOf == nil)
      #expect(try await desk.push(third.id).follows == corrected.id)
      try await desk.settle()
      #expect(try await desk.state(corrected.id) == .accepted)
      #expect(try await desk.state(third.id) == .accepted)
      #expect(desk.events.withLock { $0.allSatisfy { $0.event != .secondEffect } }, "they are two things")
    }
  }

  /// --follows repeats the same application, and goes around neither the look for duplicates nor the lock on what is unknown.
  @Test func followingGoesAroundNothing() async throws {
    try await PushDesk.run { desk in
      func refuses(_ code: PushErrorCode, _ follows: PushID, _ item: String, number: String = "SQ-1") async {
        do {
          try await desk.submit(item, number: number, follows: follows)
          Issue.record("\(item) \(number) follows \(follows)")
        } catch {
          #expect((error as? PushError)?.code == code, "\(error)")
        }
      }
      desk.fault(.refusal, "greening")
      let refused = try await desk.submit("greening") { $0["remarks"] = .text("另") }
      try await desk.settle()
      desk.fault(.resetAfter, "greening")
      let unknown = try await desk.submit("greening")
      try await desk.settle()
      #expect(try await desk.state(refused.id) == .refused)
      #expect(try await desk.state(unknown.id) == .unknown)
      // The same as what is unknown; another application; another operation; one that is not there.
      await refuses(.notNow, refused.id, "greening")
      await refuses(.notNow, unknown.id, "greening")
      await refuses(.notNow, refused.id, "greening", number: "SQ-2")
      await refuses(.notNow, refused.id, "road-digging")
      await refuses(.notFound, PushID(99), "greening")
      try await desk.pushes.decide(.happened(receipt: nil), about: unknown.id, by: try Self.person())
      await refuses(.notNow, refused.id, "greening")
      try await desk.settle()
      #expect(desk.bench.sandbox.permitCases.count == 1)
      // What nobody has handed in yet follows what was refused.
      let other = try await desk.submit("greening", follows: refused.id) { $0["remarks"] = .text("改") }
      try await desk.settle()
      #expect(try await desk.state(other.id) == .accepted)
    }
  }

  @Test func anOlderCopySendsNothingUnasked() async throws {
    try await PushDesk.run { desk in
      let sent = try await desk.submit("road-digging")
      let silent = try await desk.submit("greening", number: "SQ-2")
      let path = desk.bench.folder + "/b.sqlite"
      try await desk.database.backup(to: path)
      try await desk.settle()
      let copy = try await Database.open(path: path)
      let keys = try await RegistryKeys.open(copy, ring: desk.bench.ring)
      let ledger = SyncLedger(
        database: copy, journal: Journal(database: copy, keys: desk.bench.ring), keys: keys)
      let again = try PushDesk(desk.bench, copy, keys: keys, recorder: ledger)
      #expect(try await again.pushes.doubtAll(at: desk.bench.clock.now) == 2)
      try await again.settle()
      #expect(try await again.state(sent.id) == .accepted)
      #expect(try await again.state(silent.id) == .unknown)
      #expect(try await desk.effects(sent.id).count == 1)
      #expect(try await desk.effects(silent.id).count == 1)
      await copy.close()
    }
  }

  /// What somebody was to look at before it is sent still is, though nobody knows whether it has been sent since.
  @Test func anOlderCopyLeavesParkedWhatWasParked() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let lease = try #require(try await desk.claim())
      let (push, now) = (try await desk.push(ticket.id), desk.bench.clock.now)
      try await desk.database.write { transaction in
        var change = PushChange(.gaveUp)
        change.problem = ExchangeProblem(code: "drift", errorClass: .drift, message: "m", remedy: "r")
        try desk.pushes.apply(change, to: push, in: transaction, at: now)
        try desk.queue.park(
          lease, WorkProblem(code: "drift", errorClass: .drift), in: transaction, now: now)
      }
      #expect(try await desk.pushes.doubtAll(at: now) == 1)
      #expect(try await desk.state(ticket.id) == .unknown)
      try await desk.settle()
      let asked = try await desk.push(ticket.id)
      #expect(asked.state == .parked && asked.problemCode == "drift" && asked.attempts == 0)
      #expect(try await desk.work(of: asked)?.state == .parked)
      #expect(desk.bench.sandbox.permitCases.isEmpty)
      try await desk.pushes.decide(.retry, about: ticket.id, by: try Self.person())
      try await desk.settle()
      #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
    }
  }

  /// A process stood still between the journal and the wire while another sent the push: that cannot be undone, and somebody is told.
  @Test func aSecondEffectIsTold() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("road-digging")
      let slow = try #require(try await desk.claim())
      let push = try await desk.push(ticket.id)
      let route = try desk.route("road-digging")
      let id = try await PushHandler.Attempt(desk.handler, push, slow).begin(
        Exchange(
          platform: "hangzhou-permits", operation: "road-digging", method: "POST", address: "https://a/",
          created: desk.bench.clock.now, outcome: .unknown, requestID: "r"))
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      let (_, answer) = try await desk.client.push(
        try await desk.handler.pushes.call(for: push), route.operation, recorder: Silent(id), requestID: "r",
        attempt: 1,
        parent: nil)
      try await desk.handler.settle(
        desk.handler.judge(answer, id, of: push, route, slow), of: push, slow)
      #expect(try await desk.effects(ticket.id).count == 2)
      #expect(try await desk.pushes.history(of: ticket.id).last?.event == .secondEffect)
      #expect(try await desk.push(ticket.id).exchange != id, "what was accepted is what counts")
      let told = desk.events.withLock { $0.last?.problem?.code }
      #expect(told == "second-effect-possible")
    }
  }

  private struct Silent: PushRecorder {
    let id: ExchangeID
    init(_ id: ExchangeID) { self.id = id }
    func begin(_ exchange: Exchange) async throws -> ExchangeID { id }
    func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {}
  }
}
