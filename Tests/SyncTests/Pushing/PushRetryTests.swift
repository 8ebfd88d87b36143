import Exchanges
@testable import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// What people let go on has all its tries again.
@Suite struct PushRetryTests {
  private static func person() throws -> SignOff {
    try SignOff(name: "op-1", reason: "asked at the window")
  }

  /// What a person has tried again is tried with all its tries: one that fails does not park it.
  @Test func aRetryHasAllItsTries() async throws {
    let wire = Wire()
    defer { wire.stop() }
    try await PushDesk.run(url: { wire.url($0) }) { desk in
      func tries() -> Int { desk.events.withLock { $0.count { $0.problem?.code == "transport" } } }
      let ticket = try await desk.submit("greening")
      try await desk.settle(within: 7 * 86_400)
      #expect(try await desk.state(ticket.id) == .parked)
      try await desk.pushes.decide(.retry, about: ticket.id, by: try Self.person())
      let before = tries()
      for _ in 0..<100 where tries() == before {
        desk.bench.clock.advance(seconds: 1800)
        try await desk.work()
      }
      #expect(tries() == before + 1)
      let push = try await desk.push(ticket.id)
      #expect(push.state == .queued)
      let work = try #require(try await desk.work(of: push))
      #expect(work.state == .ready && work.attempts == 1)
      wire.start()
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
    }
  }

  /// The window answered each question with nothing to be understood: whoever has mended that has it asked again, as often as at first.
  @Test func whatIsUnknownIsAskedAboutAgain() async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "road-digging")
      desk.bench.sandbox.faults.add(
        FaultRule(.htmlPage, platform: "hangzhou-permits", operation: "status", trigger: .always))
      let ticket = try await desk.submit("road-digging")
      try await desk.settle(within: 2 * 86_400)
      let parked = try await desk.push(ticket.id)
      #expect(parked.state == .unknown && parked.probes == 20)
      let work = try #require(try await desk.work(of: parked))
      #expect(work.state == .parked)
      let error = await #expect(throws: WorkError.self) {
        try await desk.pushes.decide(.release, aboutWork: work.id)
      }
      #expect(error?.remedy.contains("push retry \(ticket.id)") == true)
      desk.bench.sandbox.faults.removeAll()
      try await desk.pushes.decide(.retry, about: ticket.id, by: try Self.person())
      let asked = try await desk.push(ticket.id)
      #expect(asked.state == .unknown && asked.probes == 0)
      #expect(try await desk.work(of: asked)?.state == .ready)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
      let said = try await desk.pushes.history(of: ticket.id)
      #expect(said.contains { $0.event == .released && $0.state == .unknown && $0.signOff?.name == "op-1" })
    }
  }

  /// What a person signs not to have happened is sent with all its tries, and asked about as often as at first.
  @Test func aSignatureGivesAllTriesAgain() async throws {
    try await PushDesk.run { desk in
      desk.fault(.reset, "road-digging")
      let ticket = try await desk.submit("road-digging")
      try await desk.work()
      let work = try #require(try await desk.push(ticket.id).work)
      try await desk.database.write { transaction in
        try transaction.execute("UPDATE push SET probes = 19 WHERE id = ?1", .int(ticket.id.rawValue))
        try transaction.execute("UPDATE work_item SET attempts = 9 WHERE id = ?1", .int(work.rawValue))
      }
      desk.fault(.htmlPage, "status")
      desk.bench.clock.advance(seconds: 61)
      try await desk.work()
      #expect(try await desk.work(of: desk.push(ticket.id))?.state == .parked, "it was asked about in vain")
      try await desk.pushes.decide(.didNotHappen, about: ticket.id, by: try Self.person())
      let signed = try await desk.push(ticket.id)
      #expect(signed.state == .queued && signed.probes == 0)
      #expect(try await desk.work(of: signed)?.attempts == 0)
      desk.fault(.reset, "road-digging")
      desk.fault(.htmlPage, "status")
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
    }
  }
}
