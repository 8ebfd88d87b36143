import Adapters
import Applications
import Calendars
import Certificates
import CivilTime
import Exchanges
import HTTPTransport
import Journal
import Permits
import Pushing
import Registry
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// What becomes of items that are decided, or need no decision.
@Suite struct PermitFollowingTests {
  /// All items but one end.
  private static func end(_ floor: PermitFloor, _ id: PermitCaseID, but item: PermitItem) async throws {
    for other in [PermitItem.routePlanning, .roadDigging] where other != item {
      try await floor.window(other, "rejected")
    }
    _ = try await floor.people().enter(
      PermitEntry(
        .rejected, happened: floor.now, source: .person, reference: "entry",
        signOff: try PermitFloor.person()), of: PermitPlace(id, .greening))
    try await floor.pass(seconds: 2 * 3600)
  }

  private static func asked(_ floor: PermitFloor) async throws -> Int64 {
    try await floor.desk.database.read {
      try $0.int("SELECT count(*) FROM exchange WHERE operation = 'status'")
    }
  }

  @Test func aFilingThatIsObjectedToIsKnown() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await Self.end(floor, id, but: .roadOccupation)
      #expect(try await floor.state(.roadOccupation, of: id) == .filed)
      #expect(try await floor.isClosed(id))
      let before = try await Self.asked(floor)
      try await floor.pass(days: 5)
      let asked = try await Self.asked(floor) - before
      #expect((4...6).contains(asked), "once a day, not \(asked) times")
      #expect(
        try await floor.events(.roadOccupation, of: id) == ["filed"], "what it says day by day is no news")
      try await floor.window(.roadOccupation, "correction")
      try await floor.pass(days: 1)
      #expect(try await floor.state(.roadOccupation, of: id) == .supplement)
      #expect(try await !floor.isClosed(id), "there is something to do again")
      try await floor.window(.roadOccupation, "rejected")
      try await floor.pass(days: 1)
      #expect(try await floor.state(.roadOccupation, of: id) == .rejected)
      #expect(try await floor.isClosed(id))
      _ = try await floor.people().retry(PermitPlace(id, .roadOccupation))
      try await floor.work()
      #expect(floor.effects(.roadOccupation).count == 2)
    }
  }

  @Test func followingEnds() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await Self.end(floor, id, but: .roadOccupation)
      try await floor.pass(days: 31)
      let before = try await Self.asked(floor)
      try await floor.pass(days: 20)
      #expect(try await Self.asked(floor) == before)
      let open = try await floor.desk.database.read {
        try $0.int("SELECT count(*) FROM work_item WHERE kind = 'permit' AND state IN ('ready', 'leased')")
      }
      #expect(open == 0)
    }
  }

  /// 容缺: the material comes, and the window agrees.
  @Test func whatWasLeftToBeBroughtIsBrought() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.routePlanning, "deferred")
      try await Self.end(floor, id, but: .routePlanning)
      #expect(try await floor.state(.routePlanning, of: id) == .approvedDeferred)
      #expect(try await floor.isClosed(id))
      let number = try #require(floor.effects(.routePlanning).last?.decision)
      let field = try #require(
        FieldSchema.field(path: "basic.stateText", kind: .constructionPlanningPermit))
      func standing() async throws -> FieldValue? {
        let found = try await floor.registry.certificates(
          matching: [LookupKey(.number, number)], kinds: [.constructionPlanningPermit])
        return found.first?.record[field]
      }
      #expect(try await standing() == .text("容缺通过"))
      let push = try await floor.people().supplement(
        PermitPlace(id, .routePlanning), with: [PermitFloor.material("survey")], remarks: nil)
      try await floor.work()
      #expect(try await floor.desk.state(push) == .accepted)
      #expect(floor.effects(.routePlanning).map(\.supplements) == [1])
      #expect(
        try await floor.state(.routePlanning, of: id) == .approvedDeferred, "until the window has looked")
      #expect(try await floor.events(.routePlanning, of: id).last == "supplement-received")
      try await floor.window(.routePlanning, "approved")
      try await floor.pass(days: 2)
      #expect(try await floor.state(.routePlanning, of: id) == .approved)
      #expect(try await standing() == .text("通过"))
      #expect(floor.troubles.withLock { $0.isEmpty })
    }
  }

  /// Nothing is brought: that the time is over is told once, and the window's word ends it.
  @Test func aDeferralWhoseTimeIsOverIsTold() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.routePlanning, "deferred")
      try await Self.end(floor, id, but: .routePlanning)
      try await floor.pass(days: 89)
      #expect(try await floor.item(.routePlanning, of: id).attempt.doubts == [])
      try await floor.pass(days: 3)
      #expect(try await floor.item(.routePlanning, of: id).attempt.doubts == [.deferralOver])
      try await floor.pass(days: 20)
      #expect(floor.troubles.withLock { $0.map(\.problem.code) } == ["permit-deferral-over"])
      let result = try await floor.people().enter(
        PermitEntry(
          .revoked, happened: floor.now, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
      #expect(result.state == .revoked)
      #expect(try await floor.item(.routePlanning, of: id).attempt.doubts == [])
      let number = try #require(floor.effects(.routePlanning).last?.decision)
      let found = try await floor.registry.certificates(
        matching: [LookupKey(.number, number)], kinds: [.constructionPlanningPermit])
      #expect(found.map(\.record.state) == [.withdrawn])
    }
  }

  /// The gateway believes that the window has it, and the window knows nothing of it.
  @Test func aWindowThatLostAnItemIsAProblem() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      #expect(try await floor.state(.routePlanning, of: id) == .submitted)
      try await floor.loseEffects()
      try await floor.pass(seconds: 3000)
      #expect(try await floor.item(.routePlanning, of: id).attempt.problemCode == nil, "it may need a while")
      try await floor.pass(seconds: 3 * 3600)
      let attempt = try await floor.item(.routePlanning, of: id).attempt
      #expect(attempt.problemCode == "permit-not-at-window")
      #expect(
        floor.troubles.withLock { $0.map(\.problem.code) } == [
          "permit-not-at-window", "permit-not-at-window",
        ],
        "each of the two once, however often the window is asked")
      // A person has found out, and it is handed in again.
      let place = PermitPlace(id, .routePlanning)
      _ = try await floor.people().enter(
        PermitEntry(
          .withdrawn, happened: floor.now, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: place)
      _ = try await floor.people().retry(place)
      try await floor.work()
      #expect(try await floor.state(.routePlanning, of: id) == .submitted)
      #expect(try await floor.item(.routePlanning, of: id).attempt.problemCode == nil)
      #expect(floor.effects(.routePlanning).count == 1)
    }
  }

  /// At night it is asked seldom: what it said last is a problem until it says otherwise.
  @Test func thatAnItemIsNotAtTheWindowStaysUntilItIsAsked() async throws {
    let site = PermitFloor.Site(polling: PermitPolling(), start: "2026-08-03T16:00:00", fraction: 0.9)
    try await PermitFloor.run(site) { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.loseEffects()
      try await floor.pass(seconds: 3 * 3600)
      func stays(_ hours: Range<Int>) async throws {
        for hour in hours {
          let code = try await floor.item(.routePlanning, of: id).attempt.problemCode
          #expect(code == "permit-not-at-window", "hour \(hour)")
          try await floor.pass(seconds: 3600)
        }
      }
      try await stays(0..<14)
      // What the window does not answer says nothing else.
      floor.desk.bench.sandbox.faults.add(
        FaultRule(.unavailable(retryAfter: 60), platform: "hangzhou-permits", trigger: .always))
      try await stays(14..<24)
      floor.desk.bench.sandbox.faults.removeAll()
      try await stays(24..<30)
      #expect(floor.troubles.withLock { $0.count } == 2, "each of the two once")
      // It is over with what its remedy says.
      _ = try await floor.people().enter(
        PermitEntry(
          .withdrawn, happened: floor.now, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
      try await floor.pass(seconds: 3600)
      #expect(try await floor.item(.routePlanning, of: id).attempt.problemCode == nil)
    }
  }

  /// A window is asked by key and receipt: what was handed in goes when its time has come, and the case is followed as before.
  @Test func whatWasHandedInIsNotNeededToAsk() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.pass(days: 3)
      let policy = RetentionPolicy(
        rules: [], otherwise: RetentionTimes(bodies: .seconds(86_400), rows: .seconds(180 * 86_400)),
        kind: { _, _ in .push })
      let report = try await PushRetention(floor.desk.pushes, policy: policy)
        .run(now: floor.desk.bench.clock.now, isTrial: false)
      #expect(report.erased == ["default": 4])
      try await floor.window(.routePlanning, "approved")
      try await Self.end(floor, id, but: .routePlanning)
      #expect(try await floor.state(.routePlanning, of: id) == .approved)
      #expect(try await floor.state(.roadDigging, of: id) == .rejected)
      #expect(try await floor.isClosed(id))
      try await floor.window(.routePlanning, "revoked")
      try await floor.pass(days: 2)
      #expect(try await floor.state(.routePlanning, of: id) == .revoked)
      #expect(floor.troubles.withLock { $0.isEmpty })
    }
  }

  /// By what somebody has destroyed nobody is asked, nor is something else asked in its place.
  @Test func aReceiptThatWasErasedIsSaid() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      let push = PushID(try #require(try await floor.item(.routePlanning, of: id).attempt.push))
      let now = floor.desk.bench.clock.now
      try await floor.desk.database.write { transaction in
        _ = try floor.desk.pushes.erase(push, receipt: true, in: transaction, at: now)
      }
      let before = try await Self.asked(floor)
      try await floor.window(.roadDigging, "rejected")
      try await floor.pass(seconds: 3600)
      #expect(try await floor.item(.routePlanning, of: id).attempt.problemCode == "push-erased")
      #expect(try await floor.state(.roadDigging, of: id) == .rejected, "the others go on")
      #expect(try await Self.asked(floor) > before)
    }
  }
}

/// A region gets a window of its own while cases are open: what was handed in before is at the former one.
extension PermitFollowingTests {
  private static func calls(_ floor: PermitFloor, _ platform: String) async throws -> Int {
    try await floor.desk.journal.list(ExchangeFilter(platform: platform, order: .oldestFirst)).count
  }

  @Test func whatAFormerWindowHasIsAskedAndAnsweredThere() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open(region: "330106")
      try await floor.work()
      try await Self.end(floor, id, but: .roadOccupation)
      try floor.addWindow("henan", for: ["330106"])
      try await floor.window(.roadOccupation, "correction")
      try await floor.pass(days: 1)
      #expect(try await floor.state(.roadOccupation, of: id) == .supplement, "it was followed there")
      let push = try await floor.people().supplement(
        PermitPlace(id, .roadOccupation), with: [PermitFloor.material("plan")], remarks: nil)
      try await floor.work()
      #expect(try await floor.desk.push(push).platform == "hangzhou-permits")
      #expect(floor.effects(.roadOccupation).map(\.supplements) == [1])
      try await floor.window(.roadOccupation, "rejected")
      try await floor.pass(days: 2)
      #expect(try await floor.state(.roadOccupation, of: id) == .rejected)
      #expect(try await Self.calls(floor, "henan-permits") == 0)
      #expect(floor.troubles.withLock { $0.isEmpty })
    }
  }

  @Test func aWindowThatIsGoneIsAProblem() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open(region: "330106")
      try await floor.work()
      let before = try await Self.calls(floor, "hangzhou-permits")
      try floor.addWindow("henan", for: ["330106"])
      floor.removeWindow("hangzhou-permits")
      try await floor.pass(seconds: 3 * 3600)
      let attempt = try await floor.item(.routePlanning, of: id).attempt
      #expect(
        attempt.problemCode == "permit-no-rule" && attempt.problem?.contains("hangzhou-permits") == true)
      #expect(
        floor.troubles.withLock { $0.map(\.problem.code) } == Array(repeating: "permit-no-rule", count: 4),
        "each of those at the window once")
      do {
        _ = try await floor.people().withdraw(
          PermitPlace(id, .routePlanning), remarks: nil, by: PermitFloor.person())
        Issue.record("nobody can be told")
      } catch let error as PermitError {
        #expect(error.code == .noRule && error.message.contains("hangzhou-permits"))
      }
      // What is filed may be objected to there, and nobody hears of it.
      let filed = try await floor.item(.roadOccupation, of: id)
      #expect(filed.state == .filed && filed.attempt.problemCode == "permit-no-rule")
      #expect(try await Self.calls(floor, "henan-permits") == 0)
      #expect(try await Self.calls(floor, "hangzhou-permits") == before)
      // Configured again, it is asked again.
      try floor.addWindow("hangzhou", for: ["330100"])
      try await floor.window(.routePlanning, "approved")
      try await floor.pass(seconds: 3 * 3600)
      let mended = try await floor.item(.routePlanning, of: id).attempt
      #expect(mended.state == .approved && mended.problemCode == nil)
      #expect(try await floor.item(.roadOccupation, of: id).attempt.problemCode == nil)
      try await floor.window(.roadOccupation, "revoked")
      try await floor.pass(days: 2)
      #expect(try await floor.state(.roadOccupation, of: id) == .revoked)
    }
  }

  /// All is decided, and there is nothing else to wake the case: it is looked at until nothing would be asked any more.
  @Test func aClosedCaseWhoseWindowIsGoneIsLookedAt() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open(region: "330106")
      try await floor.work()
      try await Self.end(floor, id, but: .roadOccupation)
      #expect(try await floor.isClosed(id))
      floor.removeWindow("hangzhou-permits")
      try await floor.pass(days: 2)
      #expect(try await floor.item(.roadOccupation, of: id).attempt.problemCode == "permit-no-rule")
      try floor.addWindow("hangzhou", for: ["330100"])
      try await floor.window(.roadOccupation, "rejected")
      try await floor.pass(seconds: 3600)
      #expect(try await floor.state(.roadOccupation, of: id) == .rejected)
      #expect(try await floor.item(.roadOccupation, of: id).attempt.problemCode == nil)
    }
  }

  /// Nothing is left to be asked: that nobody can be asked is no problem any more.
  @Test func aWindowThatIsGoneMattersAsLongAsItWouldBeAsked() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open(region: "330106")
      try await floor.work()
      try await Self.end(floor, id, but: .roadOccupation)
      floor.removeWindow("hangzhou-permits")
      try await floor.pass(days: 29)
      #expect(try await floor.item(.roadOccupation, of: id).attempt.problemCode == "permit-no-rule")
      try await floor.pass(days: 2)
      #expect(try await floor.item(.roadOccupation, of: id).attempt.problemCode == nil)
    }
  }
}

extension PermitFloor {
  /// The windows forget all that they took.
  fileprivate func loseEffects() async throws {
    let address = try #require(desk.bench.sandbox.addresses["control"])
    let response = try await desk.bench.http.send(
      HTTPRequest(method: "DELETE", url: address + "/control/effects", timeouts: Timeouts()))
    #expect(response.status == 200)
  }
}
