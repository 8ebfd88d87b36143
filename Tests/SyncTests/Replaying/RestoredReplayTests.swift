import Adapters
import CivilTime
import Exchanges
import Journal
@testable import Pushing
import Registry
@testable import Replay
import SQLDatabase
import Sandbox
import Testing
import Work

/// A copy that was put in the place of the database: what had been handed in again since is not handed in a third time.
@Suite struct RestoredReplayTests {
  private static func repush(_ ids: [PushID]) -> ReplayQuery {
    var query = ReplayDesk.permits("greening")
    query.ids = Set(ids.map(\.rawValue))
    return query
  }

  private static let maybe = Pushes.maybeRepeated

  /// Copies the database when `body` says so, and hands out a desk over the copy when that has done more.
  private static func run(
    _ body: @escaping @Sendable (ReplayDesk, @Sendable () async throws -> ReplayDesk) async throws -> Void
  ) async throws {
    try await ReplayDesk.run { desk in
      let path = desk.engine.bench.folder + "/copy.sqlite"
      try await body(desk) {
        let copy = try await Database.open(path: path)
        let keys = try await RegistryKeys.open(copy, ring: desk.engine.bench.ring)
        return try ReplayDesk(desk.engine.bench, copy, keys, needsApproval: false, changing: [])
      }
    }
  }

  private static func copy(_ desk: ReplayDesk) async throws {
    try await desk.database.backup(to: desk.engine.bench.folder + "/copy.sqlite")
  }

  /// As `database restore` does.
  private static func restore(_ desk: ReplayDesk) async throws -> RestoredReplays {
    _ = try await desk.pushing.pushes.doubtAll(at: desk.clock.now)
    return try await desk.replays.stopAll(at: desk.clock.now)
  }

  private static func effects(_ desk: ReplayDesk) -> Int { desk.engine.bench.sandbox.permitCases.count }

  /// A plan under way and one that is only planned, both done after the copy was made; then the disk dies.
  @Test func whatWasHandedInAgainSinceIsNotHandedInOnceMore() async throws {
    try await Self.run { desk, restored in
      var refused: [PushID] = []
      for number in 1...4 { refused.append(try await RepushingTests.refused(desk, "SQ-\(number)")) }
      let cancelled = try await desk.pushing.submit("greening", number: "SQ-5").id
      try await desk.pushing.pushes.decide(.cancel, about: cancelled, by: ReplayDesk.person)
      try await desk.pushing.settle()
      let running = try await desk.start(
        Self.repush(Array(refused[0..<3])), .repush, ReplayDesk.terms(canary: 1))
      let planned = try await desk.plan(Self.repush([refused[3], cancelled]), .repush).id
      try await desk.handler().perform(try #require(try await desk.claim()))
      try await desk.pushing.work()
      #expect(Self.effects(desk) == 1)
      try await Self.copy(desk)
      try await desk.settle()
      _ = try await desk.replays.start(planned, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.state(running) == .completed)
      #expect(try await desk.state(planned) == .completed)
      #expect(Self.effects(desk) == 5)

      let again = try await restored()
      #expect(try await again.state(running) == .canary)
      #expect(try await again.state(planned) == .planned)
      let ended = try await Self.restore(again)
      #expect(ended.cancelled == 2 && ended.stopped == 0)
      for id in [running, planned] {
        #expect(try await again.state(id) == .cancelled)
        #expect(try await again.replays.history(of: id).last?.signOff?.name == "database restore")
        await #expect(throws: ReplayError.self) {
          _ = try await again.replays.start(id, by: ReplayDesk.person)
        }
      }
      try await again.settle()
      #expect(Self.effects(desk) == 5)
      // Nor does a new plan, a person, or whoever hands the same in once more.
      let look = try await again.look(ReplayDesk.permits("greening"), .repush)
      #expect(look.originals.isEmpty)
      #expect(look.preview.leftOut[Self.maybe] == 4)
      #expect(look.preview.leftOut["it has been handed in again already"] == 1)
      for (number, follows) in [(4, refused[3]), (5, nil)] {
        let error = await #expect(throws: PushError.self) {
          _ = try await again.pushing.submit("greening", number: "SQ-\(number)", follows: follows)
        }
        #expect(error?.code == .notNow && error?.remedy.contains("push sign") == true)
      }
      #expect(Self.effects(desk) == 5)
      await again.database.close()
    }
  }

  /// A person finds out: what is not there may be repeated, and what is there never is.
  @Test func aPersonSaysWhetherItWasRepeated() async throws {
    try await Self.run { desk, restored in
      let (lost, there) = (
        try await RepushingTests.refused(desk, "SQ-1"), try await RepushingTests.refused(desk, "SQ-2")
      )
      try await Self.copy(desk)
      _ = try await desk.pushing.submit("greening", number: "SQ-2", follows: there)
      try await desk.pushing.settle()
      #expect(Self.effects(desk) == 1)

      let again = try await restored()
      _ = try await Self.restore(again)
      let pushes = again.pushing.pushes
      let before = try await again.pushing.push(lost)
      #expect(before.mayHaveBeenRepeated && before.state == .refused)
      #expect(try await pushes.history(of: lost).last?.event == .restored)
      let exchange = try await again.engine.journal.summary(try #require(before.exchange))
      try await pushes.decide(.didNotHappen, about: lost, by: ReplayDesk.person)
      try await pushes.decide(.happened(receipt: "R-1"), about: there, by: ReplayDesk.person)
      let after = try await again.pushing.push(lost)
      #expect(after.state == .refused && !after.mayHaveBeenRepeated)
      #expect(after.problemCode == before.problemCode && after.problemCode != nil)
      #expect(try await again.engine.journal.summary(try #require(before.exchange)) == exchange)
      #expect(try await again.pushing.state(there) == .accepted)
      #expect(try await pushes.acknowledgement(of: there)?.receipt == "R-1")
      let id = try await again.start(ReplayDesk.permits("greening"), .repush)
      #expect(try await again.replays.items(of: id).map(\.original) == [lost.rawValue])
      try await again.settle()
      #expect(try await again.counts(id).list == [0, 0, 1, 0])
      #expect(Self.effects(desk) == 2)
      // Once is enough, and of what was never in doubt there is nothing to sign.
      for push in [lost, there] {
        await #expect(throws: PushError.self) {
          try await pushes.decide(.didNotHappen, about: push, by: ReplayDesk.person)
        }
      }
      let keys = try await RegistryKeys.open(again.database, ring: again.engine.bench.ring)
      #expect(try await Pushes.alteredDecision(in: again.database, keys: keys) == nil)
      await again.database.close()
    }
  }

  /// To understand or fetch something again does no harm: such a replay is stopped, and goes on.
  @Test func whatCallsNobodyGoesOn() async throws {
    try await Self.run { desk, restored in
      try await RemappingTests.pull(desk)
      let running = try await desk.start(ReplayDesk.deeds, .remap)
      let planned = try await desk.plan(ReplayDesk.deeds, .remap).id
      try await Self.copy(desk)
      let again = try await restored()
      let ended = try await Self.restore(again)
      #expect(ended.stopped == 1 && ended.cancelled == 0)
      #expect(try await again.state(running) == .stopped)
      #expect(try await again.state(planned) == .planned)
      _ = try await again.replays.start(running, by: ReplayDesk.person)
      try await again.settle()
      #expect(try await again.state(running) == .completed)
      await again.database.close()
    }
  }

  /// What was parked may have been taken back and handed in otherwise: a plan leaves it alone, a person lets it go on.
  @Test func whatWasParkedIsAPersonsToLetGo() async throws {
    try await Self.run { desk, restored in
      let id = try await desk.pushing.submit("road-digging").id
      let lease = try #require(try await desk.pushing.claim())
      let (push, now) = (try await desk.pushing.push(id), desk.clock.now)
      try await desk.database.write { transaction in
        try desk.pushing.pushes.apply(PushChange(.gaveUp), to: push, in: transaction, at: now)
        try desk.pushing.queue.park(
          lease, WorkProblem(code: "drift", errorClass: .drift), in: transaction, now: now)
      }
      try await Self.copy(desk)
      let again = try await restored()
      _ = try await Self.restore(again)
      try await again.pushing.settle()
      #expect(try await again.pushing.state(id) == .parked)
      #expect(try await again.look(ReplayDesk.permits("road-digging"), .repush).originals.isEmpty)
      try await again.pushing.pushes.decide(.retry, about: id, by: ReplayDesk.person)
      try await again.pushing.settle()
      let sent = try await again.pushing.push(id)
      #expect(sent.state == .accepted && !sent.mayHaveBeenRepeated)
      await again.database.close()
    }
  }

  /// Waiting, lost or about to be withdrawn in the copy, and handed in again as another since: what the platform says of the old key lets nothing go by itself.
  @Test(arguments: ["queued", "unknown"]) func whatWaitedIsNotSentBesideItsRepetition(_ state: String)
    async throws
  {
    try await Self.run { desk, restored in
      let pushing = desk.pushing
      if state == "unknown" { pushing.fault(.reset, "road-digging") }
      let id = try await pushing.submit("road-digging").id
      if state == "unknown" { try await pushing.work() }
      #expect(try await pushing.state(id).rawValue == state)
      try await Self.copy(desk)
      // Found not to be there, or not sent yet: taken back, and handed in again.
      if state == "unknown" {
        try await pushing.pushes.decide(.didNotHappen, about: id, by: ReplayDesk.person)
      }
      try await pushing.pushes.decide(.cancel, about: id, by: ReplayDesk.person)
      let again = try await pushing.submit("road-digging", follows: id).id
      try await pushing.settle()
      #expect(try await pushing.state(again) == .accepted && Self.effects(desk) == 1)

      let copy = try await restored()
      _ = try await Self.restore(copy)
      let doubted = try await copy.pushing.push(id)
      #expect(doubted.state == .unknown && doubted.mayHaveBeenRepeated)
      #expect(try await copy.pushing.pushes.history(of: id).last?.event == .restored)
      // To have it asked about again says nothing of what may have repeated it.
      try await copy.pushing.pushes.decide(.retry, about: id, by: ReplayDesk.person)
      try await copy.pushing.settle()
      let asked = try await copy.pushing.push(id)
      #expect(asked.state == .parked && asked.problemCode == Pushes.restoredCode)
      #expect(asked.mayHaveBeenRepeated)
      #expect(Self.effects(desk) == 1)
      #expect(try await copy.look(ReplayDesk.permits("road-digging"), .repush).originals.isEmpty)
      // A person who has found out that nothing is there lets it go.
      try await copy.pushing.pushes.decide(.retry, about: id, by: ReplayDesk.person)
      let released = try await copy.pushing.push(id)
      #expect(released.state == .queued && !released.mayHaveBeenRepeated)
      await copy.database.close()
    }
  }

  /// Its withdrawal was open in the copy: taken since, the push may have been handed in again.
  @Test func whatWasAboutToBeWithdrawnMayHaveBeenRepeated() async throws {
    try await Self.run { desk, restored in
      let pushing = desk.pushing
      let ids = [
        try await pushing.submit("greening", number: "SQ-1").id,
        try await pushing.submit("greening", number: "SQ-2").id,
      ]
      try await pushing.settle()
      let withdrawal = try await pushing.submit("greening", number: "SQ-3").id
      try await desk.database.write { transaction in
        _ = try transaction.execute(
          "UPDATE push SET about = ?2, withdraws = 1 WHERE id = ?1", .int(withdrawal.rawValue),
          .int(ids[0].rawValue))
      }
      try await Self.copy(desk)
      let copy = try await restored()
      _ = try await Self.restore(copy)
      #expect(try await copy.pushing.push(ids[0]).mayHaveBeenRepeated)
      #expect(try await !copy.pushing.push(ids[1]).mayHaveBeenRepeated)
      #expect(try await copy.pushing.state(ids[0]) == .accepted)
      await copy.database.close()
    }
  }
}
