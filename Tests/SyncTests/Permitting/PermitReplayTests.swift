import Applications
import Exchanges
import Permits
import Pushing
import SQLDatabase
import Sandbox
import Testing
import Work

@testable import Replay

/// What permit cases follow is not handed in again behind their back.
@Suite struct PermitReplayTests {
  private static let query = ReplayQuery(platform: "hangzhou-permits", operation: "road-digging")
  private static let reason = "a permit case follows it: 'permit retry' hands it in again"

  /// - Parameter guards: those of the gateway.
  private static func library(_ floor: PermitFloor, guards: Bool = true) -> ReplayLibrary {
    let desk = floor.desk
    return ReplayLibrary(
      runners: [], journal: desk.journal, registry: floor.registry, ledger: floor.ledger,
      pushes: desk.pushes, routes: { _, operation in try? desk.route(operation) },
      guards: guards
        ? [RepushGuard { push, reader in try Permits.reasonAgainstRepeating(push, in: reader) }] : [])
  }

  private static func look(_ floor: PermitFloor, guards: Bool = true) async throws -> ReplayOutlook {
    try await library(floor, guards: guards).look(
      for: query, depth: .repush, terms: ReplayTerms(), now: floor.desk.bench.clock.now)
  }

  /// Of the first attempt and of one after it.
  @Test func whatACaseFollowsIsLeftOut() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.refusal, "road-digging", calls: 1...2)
      let id = try await floor.open()
      try await floor.work()
      let place = PermitPlace(id, .roadDigging)
      for attempt in 1...2 {
        let view = try await floor.item(.roadDigging, of: id)
        let push = PushID(try #require(view.attempt.push))
        #expect(view.attempt.attempt == attempt)
        try #require(try await floor.desk.push(push).state == .refused)
        let outlook = try await Self.look(floor)
        #expect(outlook.originals.isEmpty && outlook.preview.idempotency.isEmpty)
        #expect(outlook.preview.leftOut[Self.reason] == 1)
        _ = try await floor.people().retry(place)
        try await floor.work()
      }
      #expect(try await floor.state(.roadDigging, of: id) == .submitted)
    }
  }

  /// A plan of before does not go around the case either, and the case goes on by its own way.
  @Test func aPlanOfBeforeLeavesTheCaseAlone() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.refusal, "road-digging")
      let id = try await floor.open()
      try await floor.work()
      let clock = floor.desk.bench.clock
      let outlook = try await Self.look(floor, guards: false)
      #expect(outlook.originals.count == 1)
      let person = try SignOff(name: "拟经办甲", reason: "again")
      let terms = ReplayTerms()
      let replay = try await floor.replays.keep(
        Self.query, depth: .repush, terms: terms, outlook: outlook, by: person)
      _ = try await floor.replays.start(replay, by: person)
      let handler = ReplayHandler(
        replays: floor.replays, library: Self.library(floor), now: { clock.now }, sleep: { _ in })
      try await handler.perform(try #require(try await floor.claim([.replay])))
      let item = try await floor.replays.items(of: replay)[0]
      #expect(item.state == .failed && item.problemCode == "push-not-now" && item.repetition == nil)
      #expect(floor.effects(.roadDigging).isEmpty)
      _ = try await floor.people().retry(PermitPlace(id, .roadDigging))
      try await floor.work()
      #expect(try await floor.state(.roadDigging, of: id) == .submitted)
      #expect(floor.effects(.roadDigging).count == 1)
    }
  }

  /// What stands still goes on as the push that the case knows.
  @Test func whatStandsStillGoesOn() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.refusal, "road-digging")
      let id = try await floor.open()
      try await floor.work()
      let push = try #require(try await floor.item(.roadDigging, of: id).attempt.push)
      try await floor.desk.database.write {
        _ = try $0.execute("UPDATE push SET state = 'parked' WHERE id = ?1", .int(push))
      }
      let outlook = try await Self.look(floor)
      #expect(outlook.originals.map(\.id) == [push] && outlook.preview.leftOut[Self.reason] == nil)
    }
  }
}
