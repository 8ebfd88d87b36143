import Applications
import Calendars
import Changes
import CivilTime
import Documents
import SQLDatabase
import Synchronization
import TestSupport
import Testing

@testable import Permits

/// Warnings of cases in a database, with the feed that tells of them.
@Suite struct PermitWarningTests {
  private static func warn(_ bench: PermitBench, _ id: PermitCaseID, at time: String) async throws -> String?
  {
    let now = try PermitBench.timestamp(time)
    let next = try await bench.database.write { try bench.permits.warn(id, in: $0, now: now) }
    return next?.civil(offsetSeconds: UTCOffset.china).description
  }

  /// What the feed tells of the item, `colour clock for` with a sign for what is taken back.
  private static func told(_ bench: PermitBench, _ item: PermitItem = .routePlanning) async throws -> [String]
  {
    let page = try await bench.feed.page(
      after: nil, kinds: [.permitWarning, .permitWarningWithdrawn], limit: 1000)
    return try page.changes.compactMap { change in
      let details = try JSONDocument(parsing: change.details).root
      guard details["item"]?.string == item.rawValue else { return nil }
      func word(_ name: String) -> String { details[name]?.string ?? "" }
      let skipped = word("skipped").isEmpty ? "" : " skipped \(word("skipped"))"
      return change.kind == .permitWarning
        ? "\(word("colour")) \(word("clock")) \(word("for"))\(skipped)"
        : "-\(word("colour")) \(word("clock")) \(word("reason"))"
    }
  }

  private static let handIn = ["orange permit-hand-in unit", "-orange permit-hand-in ended"]

  @Test func theUtilitysOwnTimeRunsUntilItHandsIn() async throws {
    let bench = try await PermitBench()
    // A Friday: the limit is the Monday.
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    #expect(try await Self.warn(bench, id, at: "2024-03-01T09:30:01") == "2024-03-04T00:00:00")
    #expect(try await Self.told(bench) == [])
    let own = try #require(try await bench.latest(.routePlanning, in: id, at: "2024-03-01T10:00:00").own)
    #expect(own.limit.step == "permit-hand-in" && own.limit.clause == "D 9" && !own.limit.isAssumed)
    #expect(own.reading.lastDay?.description == "2024-03-04")
    #expect(try await Self.warn(bench, id, at: "2024-03-04T00:00:00") == "2024-03-05T00:00:00")
    #expect(try await Self.told(bench) == ["orange permit-hand-in unit"])
    #expect(try await Self.warn(bench, id, at: "2024-03-05T00:00:00") == nil)
    #expect(
      try await Self.told(bench) == [
        "orange permit-hand-in unit", "-orange permit-hand-in passed", "yellow permit-hand-in manager",
      ])
    // The other item is handed in.
    #expect(try await Self.told(bench, .roadOccupation).count == 3)
    try await bench.enter(.filed, "2024-03-05T09:00:00", of: .roadOccupation, in: id)
    #expect(try await Self.told(bench, .roadOccupation).last == "-yellow permit-hand-in ended")
    #expect(try await Self.told(bench).count == 3)
    let late = try #require(try await bench.latest(.roadOccupation, in: id, at: "2024-03-06T09:00:00").own)
    #expect(late.reading.isLate && late.reading.used == 2)
  }

  /// A case that is opened, and told, after it was handed in on paper.
  @Test func whatWasHandedInBeforeTheCaseWasOpenedIsNotLate() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-03-06T09:30:00")
    try await bench.enter(.submitted, "2024-03-01T10:00:00", in: id, learned: "2024-03-06T09:30:00")
    _ = try await Self.warn(bench, id, at: "2024-03-08T10:00:00")
    #expect(try await Self.told(bench) == [])
    let own = try #require(try await bench.latest(.routePlanning, in: id, at: "2024-03-08T10:00:00").own)
    #expect(!own.reading.isLate && own.reading.used == 0)
  }

  /// Red here means the limit has passed, for the manager.
  @Test func aWarningIsFiredOnceTakenBackInAPauseAndFiredAnewByAnotherDeadline() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    try await bench.enter(.submitted, "2024-03-01T10:00:00", in: id)
    // Due at the end of the 11th, blue from the 8th.
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    #expect(try await Self.warn(bench, id, at: "2024-03-07T23:59:59") != nil)
    #expect(try await Self.told(bench) == [])
    for _ in 0..<3 { _ = try await Self.warn(bench, id, at: "2024-03-08T00:00:00") }
    #expect(try await Self.told(bench) == ["blue platform unit"])
    try await bench.enter(.supplementRequested, "2024-03-08T09:00:00", in: id)
    #expect(try await Self.told(bench).suffix(1) == ["-blue platform paused"])
    // Back on the same day: the same deadline, which was warned of already.
    try await bench.enter(.supplementReceived, "2024-03-08T11:00:00", in: id)
    #expect(try await Self.told(bench).filter { $0.contains("platform") }.count == 2)
    let feed = try await bench.feed.page(after: nil, kinds: [.permitChanged], limit: 100)
    let last = try JSONDocument(parsing: try #require(feed.changes.last).details).root
    #expect(last["event"]?.string == "supplement-received" && last["colour"]?.string == "blue")
    // A pause that moves the deadline by two working days.
    try await bench.enter(.supplementRequested, "2024-03-08T12:00:00", in: id, reference: "2")
    try await bench.enter(.supplementReceived, "2024-03-12T09:00:00", in: id, reference: "2")
    #expect(try await Self.told(bench).filter { $0.contains("platform") }.suffix(1) == ["blue platform unit"])
    _ = try await Self.warn(bench, id, at: "2024-03-13T00:00:00")
    try await bench.enter(.approved, "2024-03-13T10:00:00", in: id)
    let told = try await Self.told(bench).filter { $0.contains("platform") }
    #expect(
      told == ["blue platform unit", "-blue platform paused", "blue platform unit", "-blue platform ended"])
  }

  @Test func aGatewayThatWasDownFiresWhatCountsNowAndSaysWhatItMissed() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    try await bench.enter(.submitted, "2024-03-01T10:00:00", in: id)
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    #expect(try await Self.warn(bench, id, at: "2024-03-20T10:00:00") == nil)
    let told = try await Self.told(bench).filter { $0.contains("platform") }
    #expect(told == ["red platform manager skipped blue"])
    let rows = try await bench.database.read { reader in
      try reader.query(
        """
        SELECT colour, is_skipped, stands FROM permit_warning AS warning JOIN permit_item AS item
          ON item.id = warning.item WHERE item.item = 'route-planning' AND warning.clock = 'platform' ORDER BY warning.id
        """
      ) { "\($0.text(0)) \($0.int(1)) \($0.int(2))" }
    }
    #expect(rows.sorted() == ["blue 1 0", "red 0 1"])
  }

  /// A correction that was learned late takes back what it proves wrong, in its own transaction.
  @Test func aCorrectionTakesBackWhatItProvesWrong() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    try await bench.enter(.submitted, "2024-03-01T10:00:00", in: id)
    let accepted = try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    _ = try await Self.warn(bench, id, at: "2024-03-12T00:00:00")
    #expect(try await Self.told(bench).last == "red platform manager skipped blue")
    try await bench.enter(
      .accepted, "2024-03-08T10:00:00", in: id, learned: "2024-03-12T08:00:00", retracts: accepted.id)
    #expect(try await Self.told(bench).last == "-red platform moved")
    #expect(bench.warned.all.last?.withdrawn == .moved, "told after the commit")
  }

  /// A pause that is learned when the limit had passed: it had not, and whoever was told of it is told so.
  @Test func aPauseThatIsLearnedLateTakesBackWhatCameAfterTheLimit() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    try await bench.enter(.submitted, "2024-03-01T10:00:00", in: id)
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    _ = try await Self.warn(bench, id, at: "2024-03-08T00:00:00")
    _ = try await Self.warn(bench, id, at: "2024-03-12T00:00:00")
    #expect(
      try await Self.told(bench).suffix(3) == [
        "blue platform unit", "-blue platform passed", "red platform manager",
      ])
    try await bench.enter(.supplementRequested, "2024-03-06T10:00:00", in: id, learned: "2024-03-12T10:00:00")
    #expect(try await Self.told(bench).last == "-red platform paused")
    // It was over on the 8th: two working days more, and blue on the day before the last.
    try await bench.enter(.supplementReceived, "2024-03-08T10:00:00", in: id, learned: "2024-03-12T11:00:00")
    #expect(try await Self.told(bench).last == "blue platform unit")
    #expect(
      try await bench.latest(.routePlanning, in: id, at: "2024-03-12T12:00:00").deadline == "2024-03-13")
  }

  /// A pause after the limit moves no deadline, and takes back all the same.
  @Test func aPauseAfterTheLimitTakesBackAndFiresNothingTwice() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    try await bench.enter(.submitted, "2024-03-01T10:00:00", in: id)
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    _ = try await Self.warn(bench, id, at: "2024-03-12T00:00:00")
    try await bench.enter(.specialProcedureStarted, "2024-03-13T10:00:00", in: id)
    #expect(try await Self.told(bench).last == "-red platform paused")
    #expect(try await Self.warn(bench, id, at: "2024-03-20T00:00:00") == nil, "nothing changes by itself")
    try await bench.enter(.specialProcedureEnded, "2024-03-20T10:00:00", in: id)
    #expect(try await Self.told(bench).last == "-red platform paused", "fired once, and shown again")
    #expect(try await bench.latest(.routePlanning, in: id, at: "2024-03-20T11:00:00").colour == .red)
    let rows = try await bench.database.read { reader in
      try reader.int(
        "SELECT count(*) FROM permit_warning WHERE clock = 'platform' AND colour = 'red' AND stands = 1")
    }
    #expect(rows == 1)
  }

  @Test func whatIsUndoneFiresNothing() async throws {
    struct Stop: Error {}
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    let now = try PermitBench.timestamp("2024-03-04T10:00:00")
    await #expect(throws: Stop.self) {
      try await bench.database.write { transaction in
        _ = try bench.permits.warn(id, in: transaction, now: now)
        throw Stop()
      }
    }
    #expect(try await Self.told(bench) == [] && bench.warned.all.isEmpty)
  }

  @Test func theFeedNamesNoPerson() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    _ = try await bench.permits.tellDigest(at: try PermitBench.timestamp("2024-03-12T08:00:00"))
    let page = try await bench.feed.page(after: nil, kinds: Set(ChangeKind.allCases), limit: 100)
    #expect(
      page.changes.contains { $0.kind == .permitChanged }
        && page.changes.contains { $0.kind == .permitDigest })
    for change in page.changes {
      let text = String(decoding: change.details, as: UTF8.self)
      for secret in ["91330106MA2CFRTX5K", "甲公司", "说明", "某路"] { #expect(!text.contains(secret)) }
    }
  }

  @Test func theDigestCountsAnItemOnceForEachAudienceAndIsToldOnceADay() async throws {
    let bench = try await PermitBench()
    for number in 1...60 {
      let id = try await bench.open("GD-\(number)", at: "2024-03-01T09:30:00")
      try await bench.enter(.submitted, "2024-03-01T10:00:00", in: id)
      try await bench.enter(.filed, "2024-03-01T10:00:00", of: .roadOccupation, in: id)
      if number > 5 { try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id) }
    }
    let now = try #require(CivilDateTime(iso: "2024-03-08T08:00:00"))
    let digest = try await bench.permits.digest(at: now)
    #expect(digest.open == 60)
    #expect(digest.lines.map { "\($0.audience) \($0.colour.rawValue) \($0.items)" } == ["unit blue 55"])
    #expect(digest.lines.first?.cases.count == 55)
    let time = try PermitBench.timestamp("2024-03-08T08:00:00")
    #expect(try await bench.permits.tellDigest(at: time))
    #expect(try await !bench.permits.tellDigest(at: time.advanced(bySeconds: 3600)))
    #expect(try await bench.permits.tellDigest(at: time.advanced(bySeconds: 86_400)))
    let page = try await bench.feed.page(after: nil, kinds: [.permitDigest], limit: 10)
    // On the 9th the window has said nothing of five of them for five working days, and is late with these.
    #expect(
      page.changes.map(\.subject)
        == ["permit-digest-2024-03-08", "permit-digest-2024-03-09", "permit-digest-2024-03-09"])
    let details = try JSONDocument(parsing: try #require(page.changes.first).details).root
    #expect(details["items"]?.integer == 55 && details["more"]?.integer == 5)
    // What was believed then, with what is known now: the acceptance was learned on the 4th.
    let before = try await bench.permits.digest(
      at: now, knownAt: try PermitBench.timestamp("2024-03-04T09:00:00"))
    #expect(before.lines.isEmpty)
  }

  @Test func countsAreByRegionAndClock() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    _ = try await Self.warn(bench, id, at: "2024-03-04T00:00:00")
    #expect(
      try await bench.permits.warningCounts() == [
        PermitWarningCount(region: "110000", clock: .own, colour: .orange, items: 2)
      ])
    try await bench.enter(.submitted, "2024-03-04T09:00:00", in: id)
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id)
    _ = try await Self.warn(bench, id, at: "2024-03-20T00:00:00")
    #expect(
      try await bench.permits.warningCounts().map { "\($0.clock) \($0.colour.rawValue) \($0.items)" }
        == ["own yellow 1", "platform red 1"])
  }

  @Test func theBoardShowsBothClocksAsTheyWereBelievedToBe() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open(at: "2024-03-01T09:30:00")
    try await bench.enter(.submitted, "2024-03-01T10:00:00", in: id)
    try await bench.enter(.accepted, "2024-03-04T10:00:00", in: id, learned: "2024-03-06T10:00:00")
    let now = try #require(CivilDateTime(iso: "2024-03-05T10:00:00"))
    let board = try await bench.permits.board(at: now)
    #expect(board.lines.map(\.standing.view.attempt.item) == [.routePlanning, .roadOccupation])
    let line = try #require(board.lines.first)
    #expect(line.handedIn?.description == "2024-03-01T10:00:00")
    #expect(line.accepted?.description == "2024-03-04T10:00:00" && line.clause == "D 3")
    #expect(line.standing.view.deadline == "2024-03-11" && line.standing.view.reading?.used == 1)
    let believed = try await bench.permits.board(
      at: now, knownAt: try PermitBench.timestamp("2024-03-05T10:00:00"))
    #expect(believed.lines.first?.accepted == nil && believed.lines.first?.standing.view.state == .submitted)
    let before = try await bench.permits.board(
      at: now, knownAt: try PermitBench.timestamp("2024-02-01T10:00:00"))
    #expect(before.lines.isEmpty)
    // Also the next attempt, and no more the one before it.
    try await bench.enter(.rejected, "2024-03-07T10:00:00", in: id)
    let attempt = try await bench.latest(.routePlanning, in: id, at: "2024-03-08T10:00:00").attempt
    let time = try PermitBench.timestamp("2024-03-08T10:00:00")
    _ = try await bench.database.write { try bench.permits.retry(attempt.id, in: $0, now: time) }
    let later = try await bench.permits.board(at: try #require(CivilDateTime(iso: "2024-03-08T11:00:00")))
    #expect(later.lines.map { $0.standing.view.attempt.attempt } == [2, 1], "in the order of the items")
  }
}
