import Adapters
import Applications
import Calendars
import Changes
import CivilTime
import Documents
import Permits
import Pushing
import Sandbox
import SQLDatabase
import Testing
import Work

/// Warnings of cases that are worked on by the queue, at the simulated window.
@Suite struct PermitWarningWorkTests {
  private struct Told {
    let text: String
    let moment: CivilDateTime
  }

  /// - Parameter item: of the platform's clock only this one; of others the window says nothing, and is warned of that too.
  private static func told(
    _ floor: PermitFloor, clock: String = "platform", item: PermitItem = .routePlanning
  ) async throws -> [Told] {
    let page = try await floor.feed.page(
      after: nil, kinds: [.permitWarning, .permitWarningWithdrawn], limit: 1000)
    return try page.changes.compactMap { change in
      let details = try JSONDocument(parsing: change.details).root
      guard details["clock"]?.string == clock else { return nil }
      guard clock != "platform" || details["item"]?.string == item.rawValue else { return nil }
      let colour = details["colour"]?.string ?? ""
      let reason = details["reason"]?.string.map { " \($0)" } ?? ""
      let skipped = details["skipped"]?.string.map { " skipped \($0)" } ?? ""
      return Told(
        text: (change.kind == .permitWarning ? "" : "-") + colour + reason + skipped,
        moment: change.moment.civil(offsetSeconds: UTCOffset.china))
    }
  }

  /// The case sleeps no longer than until its next warning, however seldom it asks the window.
  @Test func aCaseWakesWhenItsWarningIsDue() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.routePlanning, "accepted")
      try await floor.pass(seconds: 3600)
      let reading = try #require(try await floor.item(.routePlanning, of: id).reading)
      let blue = try #require(reading.alerts.first { $0.warning.colour == .blue }).at
      let red = try #require(reading.alerts.first { $0.warning.colour == .red }).at
      try await floor.pass(days: 12)
      let told = try await Self.told(floor)
      #expect(told.map(\.text) == ["blue", "-blue passed", "red"])
      #expect(told.first.map { blue.seconds(until: $0.moment) <= 1 } == true, "\(told) \(blue)")
      #expect(told.last.map { red.seconds(until: $0.moment) <= 1 } == true, "\(told) \(red)")
      // The window never said a word of the others: they were accepted when it received them.
      #expect(try await Self.told(floor, item: .greening).map(\.text) == ["red skipped blue"])
      try await floor.window(.routePlanning, "approved")
      // At night it is asked seldom.
      try await floor.pass(days: 1)
      #expect(try await Self.told(floor).map(\.text).last == "-red ended")
      // It was handed in at once.
      #expect(try await Self.told(floor, clock: "permit-hand-in").isEmpty)
    }
  }

  /// Nobody works for days, then another process does: what is due is fired once.
  @Test func whatWasMissedIsFiredOnce() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.routePlanning, "accepted")
      try await floor.pass(seconds: 3600)
      floor.desk.bench.clock.advance(seconds: 12 * 86_400)
      for _ in 0..<3 {
        try await floor.work()
        #expect(try await Self.told(floor).map(\.text) == ["red skipped blue"])
        try await floor.pass(seconds: 3600)
      }
      // The colours also say which cases are taken up first: the sooner due, the smaller.
      let priorities = try await floor.desk.database.read { reader in
        try reader.query(
          "SELECT priority FROM work_item WHERE kind = 'permit' AND state = 'ready'"
        ) { $0.int(0) }
      }
      #expect(priorities.count == 1 && priorities.allSatisfy { $0 < 0 }, "\(id): \(priorities)")
    }
  }

  /// Where the day's calls are few, what is due on that day is asked from the reserve, and what has time is not.
  @Test func whatIsDueTodayIsAskedFromTheReserve() async throws {
    let limits = ("limits: {rate: 20/s, concurrency: 4}", "limits: {rate: 20/s, daily: 60, reserve: 30}")
    let site = PermitFloor.Site(
      changes: [("idle: 30s", "idle: 500ms"), limits], start: "2026-08-03T10:00:00")
    try await PermitFloor.run(site) { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.routePlanning, "accepted")
      try await floor.pass(seconds: 3600)
      func asked(_ item: PermitItem) async throws -> Timestamp {
        try #require(try await floor.item(item, of: id).attempt.asked)
      }
      let planned = try await floor.item(.routePlanning, of: id)
      let reading = try #require(planned.reading)
      guard case .at(let due) = reading.due else { return #expect(Bool(false), "\(reading)") }
      let last = due.timestamp(offsetSeconds: UTCOffset.china).advanced(bySeconds: -86_400 + 60)
      let clock = floor.desk.bench.clock
      clock.advance(seconds: Int(last.milliseconds(since: clock.now) / 1000))
      // Others have used up what is not kept.
      let push = try await floor.desk.push(PushID(try #require(planned.attempt.push)))
      let probe = try #require(try floor.routes().progress)
      var question = try await floor.desk.pushes.question(for: push, by: probe)
      question.due = nil
      while true {
        let answer = try await floor.desk.client.askTogether(
          question, probe, requestID: "r", parent: nil
        ).answer
        if case .undecided(let error) = answer, error.isOwnLimit { break }
      }
      let before = try await asked(.roadDigging)
      try await floor.work()
      #expect(try await asked(.routePlanning) >= last)
      #expect(try await asked(.roadDigging) == before)
    }
  }

  /// A window that is shut keeps the utility from handing in: its own time runs, and its pushes are due by it.
  @Test func whatCannotBeHandedInIsWarnedOf() async throws {
    try await PermitFloor.run { floor in
      floor.desk.bench.sandbox.faults.add(
        FaultRule(.unavailable(retryAfter: 3600), platform: "hangzhou-permits", trigger: .always))
      let id = try await floor.open()
      try await floor.pass(days: 5)
      let told = try await Self.told(floor, clock: "permit-hand-in").map(\.text)
      #expect(told.count { $0 == "yellow" } > 0 && !told.contains { $0.hasPrefix("-") }, "\(told)")
      let push = try #require(try await floor.item(.routePlanning, of: id).attempt.push)
      let due = try await floor.desk.database.read { reader in
        try reader.first("SELECT due FROM push WHERE id = ?1", .int(push)) { $0.intOrNull(0) } ?? nil
      }
      let own = try #require(try await floor.item(.routePlanning, of: id).own)
      guard case .at(let moment) = own.reading.due else { return #expect(Bool(false), "\(own)") }
      #expect(due == moment.timestamp(offsetSeconds: UTCOffset.china).milliseconds)
    }
  }
}
