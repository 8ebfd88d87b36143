import Adapters
import CivilTime
import Documents
import Exchanges
import Journal
@testable import Pushing
@testable import Replay
import SQLDatabase
import Sandbox
import Testing
import Work

/// What was handed in, handed in again.
@Suite struct RepushingTests {
  private static func signOff() throws -> SignOff {
    try SignOff(name: "op-1", reason: "wrong paper")
  }

  /// A push that is refused, by a window that refuses the next one.
  @discardableResult
  static func refused(_ desk: ReplayDesk, _ number: String) async throws -> PushID {
    desk.pushing.fault(.refusal, "greening")
    let ticket = try await desk.pushing.submit("greening", number: number)
    try await desk.pushing.settle()
    try #require(try await desk.pushing.state(ticket.id) == .refused)
    return ticket.id
  }

  /// A push that the handler gave up.
  private static func parked(_ desk: ReplayDesk, _ number: String) async throws -> PushID {
    let pushes = desk.pushing.pushes
    let id = try await desk.pushing.submit("greening", number: number).id
    let lease = try #require(try await desk.pushing.claim())
    let (push, now) = (try await desk.pushing.push(id), desk.clock.now)
    try await desk.database.write { transaction in
      try pushes.apply(PushChange(.gaveUp), to: push, in: transaction, at: now)
      try pushes.queue.park(
        lease, WorkProblem(code: "drift", errorClass: .drift), in: transaction, now: now)
    }
    return id
  }

  @Test func eachStateGetsWhatItMay() async throws {
    try await ReplayDesk.run { desk in
      let pushing = desk.pushing
      let refused = try await Self.refused(desk, "SQ-1")
      let accepted = try await pushing.submit("greening", number: "SQ-2").id
      let twice = try await pushing.submit("greening", number: "SQ-2").id
      try await pushing.settle()
      pushing.fault(.resetAfter, "greening")
      let unknown = try await pushing.submit("greening", number: "SQ-3").id
      try await pushing.settle()
      let cancelled = try await pushing.submit("greening", number: "SQ-4").id
      try await pushing.pushes.decide(.cancel, about: cancelled, by: try Self.signOff())
      try await pushing.settle()
      let parked = try await Self.parked(desk, "SQ-5")
      let waiting = try await pushing.submit("greening", number: "SQ-6").id
      let before = try await pushing.pushes.list(PushFilter())

      let (id, preview) = try await desk.plan(ReplayDesk.permits("greening"), .repush)
      #expect(
        try await desk.replays.items(of: id).map(\.original) == [refused, cancelled, parked].map(\.rawValue))
      #expect(preview.idempotency == [.neither: 3] && preview.calls == 3)
      #expect(
        preview.leftOut == [
          "the platform has it": 1, "a duplicate of another": 1, "it is under way": 1,
          "its outcome is unknown: find out first, and say so with 'push sign'": 1,
        ])
      #expect(try await pushing.pushes.list(PushFilter()) == before, "a plan changes nothing")

      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      #expect(try await desk.counts(id).list == [0, 0, 3, 0])
      let items = try await desk.replays.items(of: id)
      for (item, original) in zip(items, [refused, cancelled]) {
        let repetition = try await pushing.push(PushID(try #require(item.repetition)))
        #expect(repetition.follows == original && repetition.state == .accepted)
        #expect(repetition.requestID == "replay-\(id)-\(item.number)")
        #expect(try await pushing.effects(repetition.id).count == 1)
        #expect(try await pushing.push(original) == before.first { $0.id == original }, "the original stays")
      }
      #expect(items[2].repetition == parked.rawValue)
      #expect(try await pushing.state(parked) == .accepted)
      #expect(
        try await pushing.work(of: pushing.push(parked))?.priority == 10,
        "behind what is handed in for the first time")
      for (untouched, state) in [(accepted, PushState.accepted), (unknown, .unknown), (twice, .accepted)] {
        #expect(try await pushing.state(untouched) == state)
      }
      #expect(try await pushing.state(waiting) == .accepted)
      // What was handed in again is not handed in a third time.
      let again = try await desk.look(ReplayDesk.permits("greening"), .repush)
      #expect(again.originals.isEmpty && again.preview.leftOut["it has been handed in again already"] == 2)
    }
  }

  /// What was set aside without a call, and handed in again by a plan, still says why.
  @Test func whyItWasSetAsideStaysInItsHistory() async throws {
    try await ReplayDesk.run { desk in
      let pushing = desk.pushing
      let owner = try await pushing.submit("greening", sequence: "one").id
      let id = try await pushing.submit("withdraw", sequence: "another", about: owner).id
      pushing.fault(.refusal, "greening")
      try await pushing.settle()
      #expect(try await pushing.push(id).problemCode == "push-no-receipt")
      let before = try await pushing.pushes.history(of: id)
      #expect(before.last?.problemCode == "push-no-receipt" && before.last?.problemClass == .data)
      let replay = try await desk.start(ReplayDesk.permits("withdraw"), .repush)
      try await desk.settle()
      #expect(try await desk.counts(replay).list == [0, 0, 0, 1])
      let after = try await pushing.pushes.history(of: id)
      #expect(Array(after.prefix(before.count)) == before && after.count > before.count)
      #expect(after[before.count].event == .released && after[before.count].problemCode == nil)
    }
  }

  /// What stood still goes on as the push it was: its new request is linked to the old one, and neither that nor the history before it is touched.
  @Test func aParkedPushIsLinkedToWhatItWas() async throws {
    try await ReplayDesk.run { desk in
      let pushing = desk.pushing
      pushing.fault(.refusal, "road-digging")
      let id = try await pushing.submit("road-digging").id
      let lease = try #require(try await pushing.claim())
      let (handler, route) = (pushing.handler, try pushing.route("road-digging"))
      let attempt = PushHandler.Attempt(handler, try await pushing.push(id), lease)
      let (exchange, _) = try await pushing.client.push(
        try await handler.pushes.call(for: try await pushing.push(id)), route.operation, recorder: attempt,
        requestID: "r", attempt: 1, parent: nil)
      // Trouble that only a person can see to, and that had no effect.
      var change = PushChange(.gaveUp, exchange: exchange)
      change.problem = ExchangeProblem(code: "drift", errorClass: .drift, message: "new", remedy: "look")
      try await handler.settle(
        PushHandler.Result(change: change, step: .park, outcome: .failed),
        of: try #require(attempt.begun), lease)
      let original = try await pushing.push(id)
      try #require(original.state == .parked)
      let history = try await pushing.pushes.history(of: id)
      let (journal, first) = (desk.engine.journal, try #require(original.exchange))
      let stored = try await journal.exchange(first)

      let replay = try await desk.start(ReplayDesk.permits("road-digging"), .repush)
      try await desk.settle()
      #expect(try await desk.state(replay) == .completed)
      let item = try await desk.replays.items(of: replay)[0]
      #expect(item.original == id.rawValue && item.repetition == id.rawValue && item.state == .succeeded)
      let push = try await pushing.push(id)
      #expect(push.state == .accepted && push.key == original.key && push.attempts == original.attempts + 1)
      let second = try await journal.exchange(try #require(push.exchange))
      #expect(push.exchange != first && second.parent == first, "the new request names the old one")
      #expect(try await journal.exchange(first) == stored, "the old one is as it was")
      let now = try await pushing.pushes.history(of: id)
      #expect(Array(now.prefix(history.count)) == history)
      #expect(now.dropFirst(history.count).map(\.event) == [.released, .begun, .accepted])
      #expect(now[history.count].signOff?.name == "replay \(replay)")
    }
  }

  /// What is due first is handed in first, and the plan says what is too late.
  @Test func whatIsDueFirstGoesFirst() async throws {
    try await ReplayDesk.run(
      changing: [("limits: {rate: 20/s, concurrency: 4}", "limits: {rate: 20/s, concurrency: 4, daily: 2}")]
    ) { desk in
      desk.clock.advance(seconds: 22 * 3600)
      let now = desk.clock.now
      var ids: [PushID] = []
      // Past, today and tomorrow, and one that nothing is due of.
      for (number, hours) in [nil, 30, 1, -1].enumerated() {
        let due = hours.map { now.advanced(bySeconds: $0 * 3600) }
        let id = try await desk.pushing.submit("greening", number: "SQ-\(number)", due: due).id
        #expect(try await desk.pushing.push(id).due == due)
        try await desk.pushing.pushes.decide(.cancel, about: id, by: try Self.signOff())
        ids.append(id)
      }
      try await desk.pushing.settle()
      // It waits at the same platform, and would be in time today.
      let waiting = try await desk.pushing.submit(
        "road-digging", number: "SQ-9", due: now.advanced(bySeconds: 3600)
      ).id
      let outlook = try await desk.look(ReplayDesk.permits("greening"), .repush)
      #expect(outlook.originals.map(\.id) == [ids[3], ids[2], ids[1], ids[0]].map(\.rawValue))
      let deadlines = outlook.preview.deadlines
      #expect(deadlines.overdue == 1 && deadlines.becomeOverdue == 0)
      #expect(deadlines.earliest == now.advanced(bySeconds: -3600))
      #expect(deadlines.delayed == 1, "both calls of today would be spent on the replay")
      #expect(outlook.preview.begins == now && outlook.preview.days == 2)

      let id = try await desk.start(ReplayDesk.permits("greening"), .repush)
      // Two days of waiting for calls, looked at every ten minutes.
      try await desk.settle(step: 600)
      #expect(try await desk.counts(id).list == [0, 0, 4, 0])
      let items = try await desk.replays.items(of: id)
      let repeated = try await desk.pushing.push(PushID(try #require(items[0].repetition)))
      #expect(repeated.due == now.advanced(bySeconds: -3600), "a repetition is due when the first one was")
      #expect(try await desk.pushing.state(waiting) == .accepted)
    }
  }

  /// A window that goes on refusing fails the items; the new pushes can be repeated in turn.
  @Test func aRepetitionThatIsRefusedIsAFailure() async throws {
    try await ReplayDesk.run { desk in
      let first = try await Self.refused(desk, "SQ-1")
      desk.pushing.fault(.refusal, "greening")
      let id = try await desk.start(ReplayDesk.permits("greening"), .repush)
      try await desk.settle()
      let item = try await desk.replays.items(of: id)[0]
      #expect(item.state == .failed && item.original == first.rawValue)
      let second = PushID(try #require(item.repetition))
      #expect(try await desk.pushing.state(second) == .refused)
      let next = try await desk.look(ReplayDesk.permits("greening"), .repush)
      #expect(next.originals.map(\.id) == [second.rawValue])
    }
  }

  /// An answer that is lost is no failure: where the window can be asked the item waits until it has said what it has.
  @Test func whatIsAskedAboutWaits() async throws {
    try await ReplayDesk.run { desk in
      desk.pushing.fault(.refusal, "road-digging")
      let first = try await desk.pushing.submit("road-digging").id
      try await desk.pushing.settle()
      try #require(try await desk.pushing.state(first) == .refused)
      desk.pushing.fault(.resetAfter, "road-digging")
      let id = try await desk.start(ReplayDesk.permits("road-digging"), .repush)
      try await desk.handler().perform(try #require(try await desk.claim()))
      try await desk.pushing.work()
      let repetition = PushID(try #require(try await desk.replays.items(of: id)[0].repetition))
      #expect(try await desk.pushing.state(repetition) == .unknown)
      desk.clock.advance(seconds: 15)
      try await desk.handler().perform(try #require(try await desk.claim()))
      #expect(try await desk.counts(id).list == [0, 1, 0, 0])
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      #expect(try await desk.counts(id).list == [0, 0, 1, 0])
    }
  }

  private static func reported(_ id: ReplayID, _ desk: ReplayDesk) async throws -> [String?] {
    let bytes = try await ReplayReport(id, desk.replays).encoded()
    return try JSONDocument(parsing: bytes).root["items"]?.elements.map { $0["state"]?.string } ?? []
  }

  /// Where nobody can be asked it is a person's to find out: not failed, and not forgotten when the replay is over.
  @Test(arguments: [true, false]) func whatAPersonHasToFindOutIsOpen(_ happened: Bool) async throws {
    try await ReplayDesk.run { desk in
      try await Self.refused(desk, "SQ-1")
      desk.pushing.fault(happened ? .resetAfter : .reset, "greening")
      let id = try await desk.start(
        ReplayDesk.permits("greening"), .repush, ReplayDesk.terms(mostErrors: 100))
      try await desk.settle()
      let counts = try await desk.counts(id)
      #expect(try await desk.state(id) == .completed)
      #expect(counts.list == [0, 0, 0, 0] && counts.unknown == 1 && counts.total == 1)
      #expect(try await Self.reported(id, desk) == ["unknown"])
      let push = PushID(try #require(try await desk.replays.items(of: id)[0].repetition))
      try await desk.pushing.pushes.decide(
        happened ? .happened(receipt: nil) : .didNotHappen, about: push, by: try Self.signOff())
      #expect(try await Self.reported(id, desk) == [happened ? "succeeded" : "waiting"])
      try await desk.settle()
      #expect(try await Self.reported(id, desk) == ["succeeded"])
    }
  }

  /// Losing every answer is no success either: it stops by itself, and what is found out counts when it goes on.
  @Test func doubtStopsItAsFailuresDo() async throws {
    try await ReplayDesk.run { desk in
      for number in 1...3 { try await Self.refused(desk, "SQ-\(number)") }
      desk.pushing.fault(.resetAfter, "greening", calls: 1...2)
      let id = try await desk.start(ReplayDesk.permits("greening"), .repush, ReplayDesk.terms(canary: 2))
      try await desk.settle()
      #expect(try await desk.state(id) == .stopped)
      let stopped = try await desk.counts(id)
      #expect(stopped.list == [1, 0, 0, 0] && stopped.unknown == 2)
      for item in try await desk.replays.items(of: id, state: .unknown) {
        try await desk.pushing.pushes.decide(
          .happened(receipt: nil), about: PushID(try #require(item.repetition)), by: try Self.signOff())
      }
      desk.clock.advance(seconds: 60)
      _ = try await desk.replays.start(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.state(id) == .completed)
      #expect(try await desk.counts(id).list == [0, 0, 3, 0])
    }
  }

  /// What was on its way when it was cancelled is followed to its end in the report.
  @Test func theReportFollowsWhatWasOnItsWay() async throws {
    try await ReplayDesk.run { desk in
      try await Self.refused(desk, "SQ-1")
      desk.pushing.fault(.resetAfter, "greening")
      let id = try await desk.start(ReplayDesk.permits("greening"), .repush)
      try await desk.handler().perform(try #require(try await desk.claim()))
      let lease = try #require(try await desk.pushing.claim())
      try await desk.pushing.handler.perform(lease)
      _ = try await desk.replays.cancel(id, by: ReplayDesk.person)
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 1, 0, 0], "the replay looks at nothing any more")
      #expect(try await Self.reported(id, desk) == ["unknown"])
      let push = PushID(try #require(try await desk.replays.items(of: id)[0].repetition))
      try await desk.pushing.pushes.decide(.happened(receipt: nil), about: push, by: try Self.signOff())
      #expect(try await Self.reported(id, desk) == ["succeeded"])
    }
  }

  @Test func queriesFindWhatTheySay() async throws {
    try await ReplayDesk.run { desk in
      let early = try await Self.refused(desk, "SQ-1")
      desk.clock.advance(seconds: 3600)
      let moment = desk.clock.now
      let late = try await Self.refused(desk, "SQ-2")
      let sequence = try await desk.pushing.push(late).sequence
      let errorClass = try #require(try await desk.pushing.push(early).problemClass)
      func found(_ change: (inout ReplayQuery) -> Void) async throws -> [Int64] {
        var query = ReplayDesk.permits("greening")
        change(&query)
        return try await desk.look(query, .repush).originals.map(\.id)
      }
      #expect(try await found { _ in } == [early.rawValue, late.rawValue])
      #expect(try await found { $0.until = moment } == [early.rawValue])
      #expect(try await found { $0.since = moment } == [late.rawValue])
      #expect(try await found { $0.sequence = sequence } == [late.rawValue])
      #expect(try await found { $0.ids = [early.rawValue] } == [early.rawValue])
      #expect(try await found { $0.errorClass = errorClass } == [early.rawValue, late.rawValue])
      #expect(try await found { $0.errorClass = .rate } == [])
      for change: (inout ReplayQuery) -> Void in [{ $0.outcome = .failed }, { $0.mappingVersion = 1 }] {
        var query = ReplayDesk.permits("greening")
        change(&query)
        let wrong = query
        await #expect(throws: ReplayError.self) { try await desk.look(wrong, .repush) }
      }
    }
  }

  /// What waits in the queue of pushes would go on after a stop.
  @Test func noMoreIsHandedInThanCanBeJudged() async throws {
    try await ReplayDesk.run { desk in
      for number in 1...60 {
        let id = try await desk.pushing.submit("greening", number: "SQ-\(number)").id
        try await desk.pushing.pushes.decide(.cancel, about: id, by: try Self.signOff())
      }
      try await desk.pushing.settle()
      let id = try await desk.start(ReplayDesk.permits("greening"), .repush)
      try await desk.handler().perform(try #require(try await desk.claim()))
      #expect(try await desk.counts(id).list == [10, 50, 0, 0])
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 0, 60, 0])
    }
  }

  /// Three calls a day, one of them used up: five pushes need today and tomorrow.
  @Test func thePlanSaysWhatItCostsOfTheQuota() async throws {
    try await ReplayDesk.run(
      changing: [("limits: {rate: 20/s, concurrency: 4}", "limits: {rate: 20/s, concurrency: 4, daily: 3}")]
    ) { desk in
      // Shortly before midnight, so that little time is waited through.
      desk.clock.advance(seconds: 23 * 3600)
      for number in 1...5 {
        let id = try await desk.pushing.submit("greening", number: "SQ-\(number)").id
        try await desk.pushing.pushes.decide(.cancel, about: id, by: try Self.signOff())
      }
      try await desk.pushing.settle()
      try await desk.pushing.submit("greening", number: "SQ-6")
      try await desk.pushing.settle()
      var terms = ReplayDesk.terms()
      terms.rate = 2
      let preview = try await desk.look(ReplayDesk.permits("greening"), .repush, terms).preview
      #expect(preview.items == 5 && preview.calls == 5 && preview.daily == 3)
      #expect(preview.leftToday == 2 && preview.days == 2 && preview.seconds == 2.5)
      let id = try await desk.start(ReplayDesk.permits("greening"), .repush)
      try await desk.settle()
      #expect(try await desk.counts(id).list == [0, 0, 5, 0], "what is over the quota waits for its day")
    }
  }
}
