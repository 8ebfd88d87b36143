import Adapters
import Applications
import CivilTime
import Exchanges
import Journal
@testable import Pushing
@testable import Replay
import SQLDatabase
import Sandbox
import Testing
import Work

/// What was handed in goes when its time has come, and that it was handed in stays.
@Suite struct PushErasingTests {
  private static func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }

  private static let policy = RetentionPolicy(
    rules: [
      RetentionRule(
        platform: "hangzhou-permits", operation: "greening",
        times: RetentionTimes(bodies: days(400), rows: days(800))),
      RetentionRule(kind: .push, times: RetentionTimes(bodies: days(200), rows: days(800))),
    ], otherwise: RetentionTimes(bodies: days(10), rows: days(180)), kind: { _, _ in .pull })

  private static func retention(_ desk: PushDesk, held: [PushID] = []) -> PushRetention {
    PushRetention(
      desk.pushes, policy: policy,
      guards: [PushGuard(reason: "replay") { ids, _ in ids.filter(held.contains) }])
  }

  /// The parts that are left of each push.
  private static func left(_ desk: PushDesk) async throws -> [Int64: Int] {
    let rows = try await desk.database.read { reader in
      try reader.query("SELECT push, count(*) FROM push_content GROUP BY push") {
        ($0.int(0), Int($0.int(1)))
      }
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  private static func code(_ body: () async throws -> Void) async throws -> PushErrorCode? {
    do {
      try await body()
      return nil
    } catch let error as PushError {
      return error.code
    }
  }

  @Test func whatIsDecidedGoesByTheRuleOfItsKind() async throws {
    try await PushDesk.run { desk in
      let done = try await desk.submit("road-digging")
      let longer = try await desk.submit("greening", number: "SQ-2")
      try await desk.settle()
      desk.fault(.refusal, "road-digging")
      let refused = try await desk.submit("road-digging", number: "SQ-3")
      try await desk.settle()
      let taken = try await desk.submit("road-digging", number: "SQ-4")
      try await desk.pushes.decide(.cancel, about: taken.id, by: SignOff(name: "op-1", reason: "x"))
      let states = [done, longer, refused, taken].map(\.id)
      var found: [PushState] = []
      for id in states { found.append(try await desk.state(id)) }
      #expect(found.sorted { $0.rawValue < $1.rawValue } == [.accepted, .accepted, .cancelled, .refused])
      let before = try await Self.left(desk)
      #expect(before.count == 4)

      // A day too early nothing goes.
      desk.bench.clock.advance(seconds: 199 * 86_400)
      #expect(try await Self.retention(desk).run(now: desk.bench.clock.now, isTrial: false).erased.isEmpty)
      #expect(try await Self.left(desk) == before)

      // A replay still needs one of them.
      desk.bench.clock.advance(seconds: 2 * 86_400)
      let now = desk.bench.clock.now
      let trial = try await Self.retention(desk, held: [refused.id]).run(now: now, isTrial: true)
      #expect(try await Self.left(desk) == before, "a trial changes nothing")
      let report = try await Self.retention(desk, held: [refused.id]).run(now: now, isTrial: false)
      #expect(report == trial)
      #expect(report.erased == ["push": 2] && report.held == ["replay": 1] && report.bytes > 0)
      #expect(
        try await Self.left(desk).keys.sorted() == [longer.id.rawValue, refused.id.rawValue].sorted())
      // Let go, it goes; twice nothing happens.
      #expect(try await Self.retention(desk).run(now: now, isTrial: false).erased == ["push": 1])
      #expect(try await Self.retention(desk).run(now: now, isTrial: false) == PushRetentionReport())
      desk.bench.clock.advance(seconds: 200 * 86_400)
      let later = try await Self.retention(desk).run(now: desk.bench.clock.now, isTrial: false)
      #expect(later.erased == ["hangzhou-permits/greening": 1])
      #expect(try await Self.left(desk).isEmpty)
    }
  }

  /// A machine starts half a year behind and its clock is set later: what was handed in meanwhile is as young as it is.
  @Test func aClockThatStoodBehindMakesNoPushOld() async throws {
    try await PushDesk.run { desk in
      let (clock, ledger) = (desk.bench.clock, ClockLedger(database: desk.database))
      let before = try await desk.submit("greening", number: "SQ-1")
      try await desk.settle()
      try await ledger.look(at: clock.now, uptime: clock.elapsed, boot: "b")
      clock.set(bySeconds: -300 * 86_400)
      try await ledger.look(at: clock.now, uptime: clock.elapsed, boot: "b")
      let sent = try await desk.submit("road-digging", number: "SQ-2")
      try await desk.settle()
      // Never sent, so that no exchange tells when it was.
      let taken = try await desk.submit("road-digging", number: "SQ-3")
      try await desk.pushes.decide(.cancel, about: taken.id, by: SignOff(name: "op-1", reason: "x"))
      #expect(try await desk.state(sent.id) == .accepted)
      #expect(try await desk.state(taken.id) == .cancelled)
      clock.set(bySeconds: 300 * 86_400)
      try await ledger.look(at: clock.now, uptime: clock.elapsed, boot: "b")
      let night = try await Self.retention(desk).run(now: clock.now, isTrial: false)
      #expect(night == PushRetentionReport())
      #expect(try await Self.left(desk).count == 3)
      // In half a year they go.
      clock.advance(seconds: 201 * 86_400)
      let later = try await Self.retention(desk).run(now: clock.now, isTrial: false)
      #expect(later.erased == ["push": 2])
      #expect(try await Self.left(desk).keys.sorted() == [before.id.rawValue])
    }
  }

  /// However old: nobody knows what became of it, or it is to be sent yet.
  @Test func whatIsNotDecidedStays() async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "greening")
      let lost = try await desk.submit("greening")
      try await desk.settle()
      let waiting = try await desk.submit("road-digging", number: "SQ-2")
      #expect(try await desk.state(lost.id) == .unknown)
      let before = try await Self.left(desk)
      desk.bench.clock.advance(seconds: 3_000 * 86_400)
      let report = try await Self.retention(desk).run(now: desk.bench.clock.now, isTrial: false)
      #expect(report.erased.isEmpty && report.held == ["unresolved": 2])
      #expect(try await Self.left(desk) == before)
      for id in [lost.id, waiting.id] {
        let refusal = try await Self.code {
          try await desk.database.write { transaction in
            _ = try desk.pushes.erase(id, receipt: true, in: transaction, at: desk.bench.clock.now)
          }
        }
        #expect(refusal == .notNow)
      }
      #expect(try await Self.left(desk) == before)
    }
  }

  /// It is listed, known again by its keyed digests, and neither read nor repeated.
  @Test func whatIsErasedIsStillKnown() async throws {
    try await PushDesk.run { desk in
      let first = try await desk.submit("road-digging")
      try await desk.settle()
      desk.fault(.refusal, "greening")
      let refused = try await desk.submit("greening", number: "SQ-2")
      try await desk.settle()
      #expect(try await desk.state(refused.id) == .refused)
      let receipt = try #require(try await desk.pushes.acknowledgement(of: first.id)?.receipt)
      let digests = try await desk.database.read { try $0.int("SELECT count(DISTINCT content) FROM push") }
      desk.bench.clock.advance(seconds: 450 * 86_400)
      #expect(
        try await Self.retention(desk).run(now: desk.bench.clock.now, isTrial: false).erased == [
          "push": 1, "hangzhou-permits/greening": 1,
        ])

      var filter = PushFilter()
      filter.states = [.accepted, .refused]
      let listed = try await desk.pushes.list(filter)
      #expect(listed.map(\.id) == [refused.id, first.id] && listed.allSatisfy { $0.erased != nil })
      #expect(listed[0].problemCode != nil, "why it was refused stays")
      #expect(try await desk.pushes.history(of: first.id).map(\.event) == [.begun, .accepted, .erased])
      #expect(
        try await desk.database.read { try $0.int("SELECT count(DISTINCT content) FROM push") } == digests)
      #expect(try await desk.pushes.acknowledgement(of: first.id)?.receipt == receipt)

      // The same again is the duplicate of the first, and is not sent.
      let again = try await desk.submit("road-digging")
      #expect(again.duplicateOf == first.id)
      try await desk.settle()
      #expect(try await desk.effects(first.id).map(\.submissions) == [1])
      #expect(try await Self.left(desk).isEmpty)

      for id in [first.id, again.id, refused.id] {
        #expect(try await Self.code { _ = try await desk.pushes.content(of: id) } == .erased)
      }
      #expect(
        try await desk.pushes.reasonAgainstRepeating(desk.push(refused.id)) == "what was handed in was erased"
      )
      // Handed in anew from where it came from, it goes on from there.
      let repeated = try await desk.submit("greening", number: "SQ-2", follows: refused.id)
      try await desk.settle()
      #expect(try await desk.state(repeated.id) == .accepted)
    }
  }

  /// Planned before it was erased, a repetition fails and says why; planned after, it is left out.
  @Test func aReplayDoesNotRepeatWhatIsErased() async throws {
    try await ReplayDesk.run { desk in
      let refused = try await RepushingTests.refused(desk, "SQ-1")
      let (id, _) = try await desk.plan(ReplayDesk.permits("greening"), .repush)
      let held = try await desk.database.read { try Replays.repushed(among: [refused, PushID(99)], in: $0) }
      #expect(held == [refused])
      let now = desk.clock.now
      _ = try await desk.database.write { transaction in
        try desk.pushing.pushes.erase(refused, receipt: true, in: transaction, at: now)
      }
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      let item = try #require(try await desk.replays.items(of: id).first)
      #expect(item.state == .failed && item.problemCode == "push-erased")
      #expect(try await desk.database.read { try Replays.repushed(among: [refused], in: $0) }.isEmpty)
      let again = try await desk.look(ReplayDesk.permits("greening"), .repush)
      #expect(again.originals.isEmpty && again.preview.leftOut == ["what was handed in was erased": 1])
    }
  }

  /// Withdrawals go by the receipt of what they are about.
  @Test func whatGoesByAReceiptKeepsIt() async throws {
    try await PushDesk.run { desk in
      let first = try await desk.submit("road-digging")
      try await desk.settle()
      let withdrawal = try await desk.submit("withdraw", about: first.id)
      // A duplicate is never sent, and holds nothing up.
      #expect(try await desk.submit("withdraw", about: first.id).duplicateOf == withdrawal.id)
      let erase: @Sendable () async throws -> Void = {
        try await desk.database.write { transaction in
          _ = try desk.pushes.erase(first.id, receipt: true, in: transaction, at: desk.bench.clock.now)
        }
      }
      #expect(try await Self.code(erase) == .notNow)
      try await desk.settle()
      #expect(try await desk.state(withdrawal.id) == .accepted)
      #expect(try await Self.code(erase) == nil)
      #expect(try await desk.pushes.acknowledgement(of: first.id) == nil)
      #expect(
        try await Self.code {
          _ = try await desk.submit("withdraw", number: "SQ-9", about: first.id)
        } == .erased)
    }
  }

  @Test func theRoomComesBack() async throws {
    try await PushDesk.run { desk in
      for number in 0..<40 {
        _ = try await desk.submit("road-digging", number: "SQ-\(number)") {
          $0["remarks"] = .text(String(repeating: "说明。", count: 600 + number))
        }
      }
      try await desk.settle()
      _ = try await desk.database.checkpoint()
      let before = try await desk.database.space()
      desk.bench.clock.advance(seconds: 250 * 86_400)
      let report = try await Self.retention(desk).run(now: desk.bench.clock.now, isTrial: false)
      #expect(report.erased == ["push": 40])
      while try await desk.database.reclaim(pages: 500) > 0 {}
      _ = try await desk.database.checkpoint()
      let after = try await desk.database.space()
      #expect((before.pages - after.pages) * before.pageSize > report.bytes / 2)
      // What was handed in lies in no free page.
      let parts = try await desk.database.read { try $0.int("SELECT count(*) FROM push_content") }
      #expect(parts == 0)
    }
  }

  /// Ended between two transactions it goes on, and of two at once each push goes once.
  @Test func twoAtOnceEraseOnce() async throws {
    try await PushDesk.run { desk in
      for number in 0..<60 { try await desk.submit("road-digging", number: "SQ-\(number)") }
      try await desk.settle()
      desk.bench.clock.advance(seconds: 250 * 86_400)
      let now = desk.bench.clock.now
      async let one = Self.retention(desk).run(now: now, isTrial: false)
      async let other = Self.retention(desk).run(now: now, isTrial: false)
      let counts = try await (one.erased["push"] ?? 0) + (other.erased["push"] ?? 0)
      #expect(counts == 60)
      let events = try await desk.database.read {
        try $0.int("SELECT count(*) FROM push_event WHERE event = 'erased'")
      }
      #expect(events == 60)
    }
  }
}
