import Applications
import Calendars
import CivilTime
import SQLDatabase
import Testing

@testable import Permits

/// Of several attempts the one by which an item stands, and what a case was before.
@Suite struct PermitCountingTests {
  private static let policy = PermitBench.policy.replacing(
    "process:",
    with: "  order: [{id: o, clause: D, items: [road-occupation], after: [route-planning]}]\nprocess:")

  @discardableResult
  private static func enter(
    _ bench: PermitBench, _ event: PermitEvent, attempt: Int, in id: PermitCaseID, _ happened: String,
    learned: String? = nil, retracts: Int64? = nil
  ) async throws -> PermitEntryResult {
    let moment = try #require(CivilDateTime(iso: happened))
    let now = try PermitBench.timestamp(learned ?? happened)
    return try await bench.database.write { transaction in
      let attempt = try bench.permits.attempt(.routePlanning, number: attempt, of: id, transaction)
      return try bench.permits.enter(
        PermitEntry(event, happened: moment, source: .person, reference: "entry", retracts: retracts),
        of: attempt.id, in: transaction, now: now)
    }
  }

  /// The first attempt was taken for rejected, and another one made; that one is withdrawn, and the first allowed.
  private static func stepBack(_ bench: PermitBench) async throws -> PermitCaseID {
    let id = try await bench.open()
    let wrong = try await enter(bench, .rejected, attempt: 1, in: id, "2024-03-05T10:00:00")
    let first = try await bench.latest(.routePlanning, in: id, at: "2024-03-06T09:00:00").attempt.id
    let again = try PermitBench.timestamp("2024-03-06T09:00:00")
    _ = try await bench.database.write { try bench.permits.retry(first, in: $0, now: again) }
    try await enter(bench, .withdrawn, attempt: 2, in: id, "2024-03-06T10:00:00")
    try await enter(
      bench, .approved, attempt: 1, in: id, "2024-03-05T10:00:00", learned: "2024-03-07T10:00:00",
      retracts: wrong.id)
    return id
  }

  @Test func anItemCountsByTheAttemptThatIsAllowed() async throws {
    let bench = try await PermitBench(policy: Self.policy)
    let id = try await Self.stepBack(bench)
    let view = try await bench.permits.view(id, at: try #require(CivilDateTime(iso: "2024-03-07T11:00:00")))
    let route = try #require(view.items.counting.first)
    #expect(route.attempt.item == .routePlanning && route.attempt.attempt == 1 && route.state == .approved)
    let course = try #require(
      try await bench.database.read {
        try bench.permits.courses(ofNumbers: ["GD-2024-1"], projects: [], $0)
      }.first)
    #expect(course.items.map(\.state) == [.approved, .planned])
    #expect(course.items.map(\.permittedBy) == [.person, nil])
  }

  /// What waits for it may be handed in, and has its time since then.
  @Test func whatWaitsForItIsReady() async throws {
    let bench = try await PermitBench(policy: Self.policy)
    let id = try await Self.stepBack(bench)
    let now = try #require(CivilDateTime(iso: "2024-03-07T11:00:00"))
    let view = try await bench.permits.view(id, at: now)
    let occupation = try #require(view.items.last { $0.attempt.item == .roadOccupation })
    #expect(occupation.own?.limit.step == "permit-hand-in" && occupation.own?.reading.state == .running)
    // Until the first was known to be allowed nothing was believed of it.
    let beliefs = view.ownBeliefs(of: occupation, .china)
    #expect(beliefs.map(\.since) == [try PermitBench.timestamp("2024-03-07T10:00:00")])
    let before = try await bench.latest(
      .roadOccupation, in: id, at: "2024-03-06T20:00:00", knownAt: "2024-03-06T20:00:00")
    #expect(before.own == nil)
  }

  /// What an entry opens again was closed until then, and is what it was when somebody asks for that time.
  @Test func aBoardOfThePastKnowsThatACaseWasClosed() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-02-26T09:00:00")
    try await bench.enter(.submitted, "2024-02-27T09:00:00", in: id)
    try await bench.enter(.approved, "2024-03-01T09:00:00", in: id)
    #expect(try await bench.enter(.filed, "2024-03-01T09:00:00", of: .roadOccupation, in: id).hasClosedCase)
    try await bench.enter(.supplementRequested, "2024-03-11T09:00:00", of: .roadOccupation, in: id)
    func wasOpen(_ time: String) async throws -> [Bool] {
      let (now, known) = (try #require(CivilDateTime(iso: time)), try PermitBench.timestamp(time))
      let board = try await bench.permits.board(at: now, knownAt: known)
      let digest = try await bench.permits.digest(at: now, knownAt: known)
      let view = try await bench.permits.view(id, at: now, knownAt: known)
      return [!board.lines.isEmpty, digest.open == 1, view.permitCase.closed == nil]
    }
    let (open, closed) = ([true, true, true], [false, false, false])
    #expect(try await wasOpen("2024-02-29T09:00:00") == open)
    #expect(try await wasOpen("2024-03-05T09:00:00") == closed)
    #expect(try await wasOpen("2024-03-11T09:00:00") == open)
    let past = try await bench.permits.view(
      id, at: try #require(CivilDateTime(iso: "2024-03-05T09:00:00")),
      knownAt: try PermitBench.timestamp("2024-03-05T09:00:00"))
    #expect(past.permitCase.closed == (try PermitBench.timestamp("2024-03-01T09:00:00")))
    // Twice: each time counts.
    try await bench.enter(.supplementReceived, "2024-03-13T09:00:00", of: .roadOccupation, in: id)
    try await bench.enter(
      .supplementRequested, "2024-03-20T09:00:00", of: .roadOccupation, in: id, reference: "again")
    for (time, expected) in [
      ("2024-02-29T09:00:00", open), ("2024-03-10T09:00:00", closed), ("2024-03-12T09:00:00", open),
      ("2024-03-13T09:00:00", closed), ("2024-03-19T09:00:00", closed), ("2024-03-21T09:00:00", open),
    ] { #expect(try await wasOpen(time) == expected, "\(time)") }
    let board = try await bench.permits.board(at: try #require(CivilDateTime(iso: "2024-03-21T09:00:00")))
    #expect(board.lines.count == 2)
  }

  /// What the utility had still to do counts for some time behind the end of a case, also where it was opened again since.
  @Test func theProcessOfThePastEndsBehindACaseThatWasClosed() async throws {
    let bench = try await PermitBench(
      policy: PermitBench.policy.replacing(
        "process:",
        with:
          "process:\n  - {id: a, clause: D 9, step: archive, limit: 1 working day, starts: [connected], ends: [archived]}"
      ))
    let id = try await bench.open(at: "2024-02-26T09:00:00")
    try await bench.enter(.approved, "2024-03-01T09:00:00", in: id)
    try await bench.enter(.filed, "2024-03-01T09:00:00", of: .roadOccupation, in: id)
    let connected = try #require(CivilDateTime(iso: "2024-03-01T10:00:00"))
    let learned = try PermitBench.timestamp("2024-03-01T10:00:00")
    _ = try await bench.database.write {
      try bench.permits.enter(ProcessEntry(.connected, happened: connected), of: id, in: $0, now: learned)
    }
    try await bench.enter(.supplementRequested, "2024-09-02T09:00:00", of: .roadOccupation, in: id)
    func steps(_ time: String) async throws -> [String] {
      try await bench.permits.board(
        at: try #require(CivilDateTime(iso: time)), knownAt: try PermitBench.timestamp(time)
      ).process.map(\.clock.limit.step)
    }
    #expect(try await steps("2024-03-05T09:00:00") == ["archive"])
    #expect(try await steps("2024-08-30T09:00:00") == [])
    #expect(try await steps("2024-09-03T09:00:00") == ["archive"])
  }

  /// What was believed of the utility's own step, which is corrected as well.
  @Test func beliefsOfOwnStepsAreToldStepByStep() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    func told(_ now: String) async throws -> [String] {
      let view = try await bench.permits.view(id, at: try #require(CivilDateTime(iso: now)))
      let item = try #require(view.items.first { $0.attempt.item == .routePlanning })
      return view.ownBeliefs(of: item, .china).map { belief in
        let due = if case .at(let moment) = belief.due { moment.date.description } else { "-" }
        return
          "\(belief.since.civil(offsetSeconds: UTCOffset.china).date) \(belief.state) \(due) \(belief.learned.count)"
      }
    }
    #expect(try await told("2024-03-02T09:00:00") == ["2024-03-01 running 2024-03-05 0"])
    // That it was handed in on Monday is learned on Wednesday.
    try await bench.enter(.submitted, "2024-03-04T09:00:00", in: id, learned: "2024-03-06T09:00:00")
    let handedIn = try await told("2024-03-06T10:00:00")
    #expect(handedIn.count == 2 && handedIn[0] == "2024-03-01 running 2024-03-05 0")
    #expect(handedIn[1].hasPrefix("2024-03-06 ended(2024-03-04") && handedIn[1].hasSuffix("2024-03-05 1"))
    // Another step has beliefs of its own, and those of before are not among them.
    let asked = try await bench.enter(.supplementRequested, "2024-03-07T10:00:00", in: id)
    try await bench.enter(
      .supplementRequested, "2024-03-06T10:00:00", in: id, learned: "2024-03-11T09:00:00",
      reference: "slip", retracts: asked.id)
    #expect(
      try await told("2024-03-11T10:00:00") == [
        "2024-03-07 running 2024-03-12 1", "2024-03-11 running 2024-03-09 1",
      ])
  }
}
