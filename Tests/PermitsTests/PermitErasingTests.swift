import Applications
import Calendars
import CivilTime
import Exchanges
import Permits
import SQLDatabase
import Testing

@Suite struct PermitErasingTests {
  private static func closed(_ bench: PermitBench, _ number: String = "GD-1") async throws -> PermitCaseID {
    let id = try await bench.open(number)
    try await bench.enter(.filed, "2024-03-04T09:00:00", of: .roadOccupation, in: id)
    try await bench.enter(.rejected, "2024-03-08T10:00:00", in: id)
    return id
  }

  private static func erase(_ id: PermitCaseID, _ bench: PermitBench) async throws -> Bool {
    let now = try PermitBench.timestamp("2024-04-01T00:00:00")
    return try await bench.database.write { try bench.permits.erase(id, in: $0, now: now) != nil }
  }

  @Test func whatItWasOpenedWithIsGoneAndWhatHappenedStays() async throws {
    let bench = try await PermitBench()
    let id = try await Self.closed(bench)
    let attempt = try await bench.latest(.routePlanning, in: id, at: "2024-04-01T00:00:00").attempt
    #expect(try await bench.permits.history(of: attempt.id).allSatisfy { $0.words != nil })
    #expect(try await Self.erase(id, bench))
    let after = try await bench.latest(.routePlanning, in: id, at: "2024-04-01T00:00:00")
    #expect(after.state == .rejected && after.events.map(\.name) == ["rejected"])
    #expect(try await bench.permits.history(of: attempt.id).allSatisfy { $0.words == nil })
    let left = try await bench.database.read { reader in
      try (
        reader.int("SELECT count(*) FROM permit_material"),
        reader.int("SELECT count(*) FROM permit_case WHERE length(application) > 0")
      )
    }
    #expect(left == (0, 0))
    // Once more changes nothing; the same number is still the same case; nothing more is handed in.
    #expect(try await !Self.erase(id, bench))
    #expect(try await bench.open("GD-1") == id)
    let error = await #expect(throws: PermitError.self) {
      _ = try await bench.desk.retry(PermitPlace(id, .routePlanning))
    }
    #expect(error?.code == .erased)
    // A rotation has nothing left to do.
    #expect(try await bench.permits.resealOutdated(after: 0, limit: 10).next == nil)
  }

  @Test func anOpenCaseIsKept() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    let error = await #expect(throws: PermitError.self) { _ = try await Self.erase(id, bench) }
    #expect(error?.code == .notNow)
  }

  @Test func whatWasClosedLongAgoGoesByItself() async throws {
    let bench = try await PermitBench()
    let old = try await Self.closed(bench, "GD-1")
    let open = try await bench.open("GD-2")
    let now = try PermitBench.timestamp("2027-04-01T00:00:00")
    let end = try PermitBench.timestamp("2024-03-09T00:00:00")
    let early = try PermitBench.timestamp("2024-03-08T00:00:00")
    #expect(
      try await bench.permits.eraseClosed(before: early, now: now, isTrial: false) == PermitErasure())
    // It may really have been closed later: the clock stood behind.
    let closed = try #require(try await bench.permits.list(limit: 10).first { $0.id == old }?.closed)
    for isTrial in [true, false] {
      let spared = try await bench.permits.eraseClosed(
        before: end, sparing: [0...1, closed.milliseconds...closed.milliseconds], now: now, isTrial: isTrial)
      #expect(spared == PermitErasure())
    }
    let trial = try await bench.permits.eraseClosed(before: end, now: now, isTrial: true)
    #expect(trial.cases == 1 && trial.files == 2)
    #expect(try await bench.permits.eraseClosed(before: end, now: now, isTrial: false) == trial)
    #expect(
      try await bench.permits.eraseClosed(before: end, now: now, isTrial: false) == PermitErasure())
    let cases = try await bench.permits.list(limit: 10)
    #expect(cases.first { $0.id == old }?.erased == now && cases.first { $0.id == open }?.erased == nil)
  }
}
