import Applications
import Calendars
import CivilTime
import Exchanges
import Permits
import Policies
import SQLDatabase
import TestSupport
import Testing

@Suite struct PermitCaseTests {
  @Test func aCaseHasItsItemsAsThePolicyDecided() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    let view = try await bench.permits.view(id, at: try #require(CivilDateTime(iso: "2024-03-01T10:00:00")))
    #expect(view.items.map(\.attempt.item) == PermitItem.allCases)
    #expect(view.items.map(\.attempt.way) == [.approval, .promise, nil, nil])
    #expect(view.items.map(\.attempt.state) == [.planned, .planned, nil, nil])
    #expect(view.items.map { $0.attempt.clock != nil } == [true, false, false, false])
    #expect(view.items[0].attempt.decision.contains(#""clause":"D 3""#))
    #expect(view.permitCase.closed == nil)
  }

  @Test func theSameNumberIsTheSameCaseOrAnError() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    #expect(try await bench.open() == id)
    let other = try bench.permits.prepare(
      try bench.request(materials: ["drawing", "letter", "more"]), by: bench.policies)
    let error = await #expect(throws: PermitError.self) {
      try await bench.database.write {
        try bench.permits.open(other, in: $0, now: Timestamp(milliseconds: 0)).id
      }
    }
    #expect(error?.code == .numberTaken)
  }

  @Test func everythingMissingIsNamedAtOnceAndNothingIsStored() async throws {
    let bench = try await PermitBench()
    let error = #expect(throws: PermitError.self) {
      try bench.permits.prepare(try bench.request(materials: []), by: bench.policies)
    }
    #expect(error?.code == .unfit)
    #expect(error?.message.contains("route-planning: the file 'drawing' (D 1)") == true)
    #expect(error?.message.contains("road-occupation: the file 'letter' (D 2)") == true)
    #expect(try await bench.permits.list(limit: 10).isEmpty)
  }

  @Test(arguments: [
    "", "含中文", "a b", String(repeating: "1", count: 65), "11010519491231002X", "GD-11010519491231002X-1",
  ])
  func numbersAreWordsOfNoPerson(_ number: String) async throws {
    let bench = try await PermitBench()
    let error = #expect(throws: PermitError.self) {
      try bench.permits.prepare(try bench.request(number), by: bench.policies)
    }
    #expect(error?.code == .unfit)
  }

  @Test func aCaseEndsWhenAllItsItemsAreDecidedAndNoItemHoldsAnother() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    try await bench.enter(.submitted, "2024-03-04T09:00:00", in: id)
    let filed = try await bench.enter(.filed, "2024-03-04T09:00:00", of: .roadOccupation, in: id)
    #expect(filed.state == .filed && !filed.hasClosedCase)
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    let last = try await bench.enter(.approved, "2024-03-08T10:00:00", in: id)
    #expect(last.hasClosedCase)
    #expect(try await bench.permits.list(isOpen: false, limit: 10).map(\.id) == [id])
    // A correction opens it again.
    let back = try await bench.enter(
      .rejected, "2024-03-08T11:00:00", in: id, reference: "correction", retracts: last.id)
    #expect(back.state == .rejected && !back.hasClosedCase)
  }

  /// A filing that was asked for material is one again when that has come, and its case is closed again.
  @Test func aFilingThatWasCompletedIsFiled() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    try await bench.enter(.submitted, "2024-03-04T09:00:00", in: id)
    try await bench.enter(.approved, "2024-03-05T09:00:00", in: id)
    #expect(try await bench.enter(.filed, "2024-03-05T09:00:00", of: .roadOccupation, in: id).hasClosedCase)
    let asked = try await bench.enter(
      .supplementRequested, "2024-03-06T09:00:00", of: .roadOccupation, in: id)
    #expect(asked.state == .supplement)
    #expect(try await bench.permits.list(isOpen: true, limit: 10).map(\.id) == [id])
    let brought = try await bench.enter(
      .supplementReceived, "2024-03-07T09:00:00", of: .roadOccupation, in: id)
    #expect(brought.state == .filed && brought.hasClosedCase && !brought.isMisfit)
  }

  /// What was tried again since takes nothing from the cases behind it.
  @Test func theBoardOfAnEarlierTimeHasTheEventsOfAllCases() async throws {
    let bench = try await PermitBench()
    var ids: [PermitCaseID] = []
    for number in ["GD-1", "GD-2", "GD-3"] {
      let id = try await bench.open(number)
      try await bench.enter(.submitted, "2024-03-04T09:00:00", in: id)
      try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
      ids.append(id)
    }
    let (moment, known) = ("2024-03-04T11:00:00", try PermitBench.timestamp("2024-03-04T11:00:00"))
    let now = try #require(CivilDateTime(iso: moment))
    func lines() async throws -> [String] {
      try await bench.permits.board(at: now, knownAt: known).lines.filter {
        $0.standing.view.attempt.item == .routePlanning
      }.map {
        "\($0.standing.number) \($0.standing.view.state?.rawValue ?? "") \($0.standing.view.deadline ?? "")"
      }
    }
    let before = try await lines()
    #expect(before == ["GD-1", "GD-2", "GD-3"].map { "\($0) accepted 2024-03-11" })
    try await bench.enter(.rejected, "2024-03-05T09:00:00", in: ids[0])
    let attempt = try await bench.latest(.routePlanning, in: ids[0], at: "2024-03-05T10:00:00").attempt
    let again = try PermitBench.timestamp("2024-03-06T09:00:00")
    _ = try await bench.database.write { try bench.permits.retry(attempt.id, in: $0, now: again) }
    try await bench.enter(.submitted, "2024-03-06T10:00:00", in: ids[0])
    #expect(try await lines() == before)
    let digest = try await bench.permits.digest(at: now, knownAt: known)
    #expect(digest.open == 3)
  }

  @Test func theSameWordIsHeardOnce() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    let first = try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    let again = try await bench.enter(
      .accepted, "2024-03-04T10:00:00", in: id, learned: "2024-03-05T10:00:00")
    #expect(again.id == first.id && !again.isNew)
    // What does not fit is kept and said.
    let misfit = try await bench.enter(.supplementReceived, "2024-03-05T10:00:00", in: id)
    #expect(misfit.isMisfit && misfit.state == .accepted)
  }

  @Test func aLateEntryChangesTheDeadlineAndNotWhatWasBelieved() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    // Learned on the 12th: the platform had asked for material on the 5th and got it on the 7th.
    try await bench.enter(.supplementRequested, "2024-03-05T10:00:00", in: id, learned: "2024-03-12T09:00:00")
    try await bench.enter(.supplementReceived, "2024-03-07T10:00:00", in: id, learned: "2024-03-12T09:00:01")
    let now = try await bench.latest(.routePlanning, in: id, at: "2024-03-12T10:00:00")
    #expect(now.reading?.lastDay?.description == "2024-03-13")
    #expect(now.reading?.isLate == false)
    let believed = try await bench.latest(
      .routePlanning, in: id, at: "2024-03-12T10:00:00", knownAt: "2024-03-11T10:00:00")
    #expect(believed.reading?.lastDay?.description == "2024-03-11")
    #expect(believed.reading?.isLate == true)
  }

  @Test func aNewAttemptAfterARefusalHasItsOwnClock() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    let attempt = try await bench.latest(.routePlanning, in: id, at: "2024-03-05T10:00:00").attempt
    let early = await #expect(throws: PermitError.self) {
      try await bench.database.write {
        try bench.permits.retry(attempt.id, in: $0, now: Timestamp(milliseconds: 0))
      }
    }
    #expect(early?.code == .notNow)
    try await bench.enter(.rejected, "2024-03-06T10:00:00", in: id)
    let next = try await bench.database.write {
      try bench.permits.retry(attempt.id, in: $0, now: Timestamp(milliseconds: 0))
    }
    try await bench.enter(.accepted, "2024-03-11T10:00:00", in: id)
    let view = try await bench.latest(.routePlanning, in: id, at: "2024-03-12T10:00:00")
    #expect(view.attempt.id == next)
    #expect(view.attempt.attempt == 2 && view.attempt.follows == attempt.id)
    #expect(view.reading?.lastDay?.description == "2024-03-18")
    let twice = await #expect(throws: PermitError.self) {
      try await bench.database.write {
        try bench.permits.retry(attempt.id, in: $0, now: Timestamp(milliseconds: 0))
      }
    }
    #expect(twice?.code == .notNow)
  }

  @Test func nothingOfPeopleIsInClear() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    try await bench.database.checkpoint()
    let file = try bench.folder.read("permits.db") + bench.folder.read("permits.db-wal")
    for secret in ["91330106MA2CFRTX5K", "甲公司", "content of drawing", "说明"] {
      let needle = Array(secret.utf8)
      let isThere = file.indices.contains { file[$0...].starts(with: needle) }
      #expect(!isThere, "\(secret)")
    }
  }

  @Test func readingsOfAllOpenCasesComeInOnePass() async throws {
    let bench = try await PermitBench()
    for number in 1...20 {
      let id = try await bench.open("GD-\(number)")
      try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
      if number.isMultiple(of: 2) {
        try await bench.enter(.supplementRequested, "2024-03-05T10:00:00", in: id)
      }
    }
    let board = try await bench.permits.board(at: try #require(CivilDateTime(iso: "2024-03-11T10:00:00")))
    let routes = board.lines.map(\.standing.view).filter { $0.attempt.item == .routePlanning }
    #expect(routes.count { $0.colour == .blue } == 10 && routes.count { $0.colour == nil } == 10)
  }
}
