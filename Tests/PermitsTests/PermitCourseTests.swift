import Applications
import Calendars
import CivilTime
import Permits
import Policies
import SQLDatabase
import Testing

/// What of cases counts for figures.
@Suite struct PermitCourseTests {
  private static func courses(
    _ bench: PermitBench, _ numbers: [String], projects: [[UInt8]] = []
  ) async throws -> [PermitCourse] {
    try await bench.database.read {
      try bench.permits.courses(ofNumbers: numbers, projects: projects, $0)
    }
  }

  private static func words(_ course: PermitCourse?) -> [String] {
    course?.items.map { "\($0.item.rawValue) \($0.state.rawValue) \($0.permittedBy?.rawValue ?? "-")" } ?? []
  }

  /// A person enters a decision of the latest attempt.
  private static func enter(
    _ bench: PermitBench, _ event: PermitEvent?, _ item: PermitItem, _ id: PermitCaseID, at: String,
    retracts: Int64? = nil
  ) async throws -> PermitEntryResult {
    let happened = try #require(CivilDateTime(iso: at))
    let attempt = try await bench.latest(item, in: id, at: at).attempt.id
    let now = try PermitBench.timestamp(at)
    return try await bench.database.write {
      try bench.permits.enter(
        PermitEntry(event, happened: happened, source: .person, reference: "entry", retracts: retracts),
        of: attempt, in: $0, now: now)
    }
  }

  @Test func permitsAreToldApartByWhoToldThem() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    _ = try await bench.open("GD-2024-2")
    // What is exempt or not needed is none.
    #expect(
      Self.words(try await Self.courses(bench, ["GD-2024-1"]).first) == [
        "route-planning planned -", "road-occupation planned -",
      ])
    try await bench.enter(.accepted, "2024-03-04T09:00:00", in: id)
    try await bench.enter(.approved, "2024-03-05T09:00:00", in: id)
    let entered = try await Self.enter(bench, .filed, .roadOccupation, id, at: "2024-03-06T09:00:00")
    #expect(
      Self.words(try await Self.courses(bench, ["GD-2024-1"]).first)
        == ["route-planning approved platform", "road-occupation filed person"])
    // A person puts another decision in its place, and it is the person's.
    let view = try await bench.latest(.routePlanning, in: id, at: "2024-03-07T09:00:00")
    let approved = try #require(view.events.last { $0.name == "approved" }.flatMap { Int64($0.id) })
    _ = try await Self.enter(
      bench, .approved, .routePlanning, id, at: "2024-03-07T09:00:00", retracts: approved)
    _ = try await Self.enter(
      bench, nil, .roadOccupation, id, at: "2024-03-07T09:00:00", retracts: entered.id)
    #expect(
      Self.words(try await Self.courses(bench, ["GD-2024-1"]).first)
        == ["route-planning approved person", "road-occupation planned -"])
    #expect(
      try await Self.courses(bench, ["x", "GD-2024-2", "GD-2024-1"]).map(\.number) == [
        "GD-2024-1", "GD-2024-2",
      ])
    #expect(try await Self.courses(bench, []).isEmpty)
  }

  @Test func stepsAreThoseOfTheCase() async throws {
    let bench = try await PermitBench()
    let id = try await bench.open()
    let other = try await bench.open("GD-2024-2")
    let at = try #require(CivilDateTime(iso: "2024-03-01T10:00:00"))
    let now = try PermitBench.timestamp("2024-03-02T10:00:00")
    try await bench.database.write { transaction in
      let first = try bench.permits.enter(
        ProcessEntry(.requested, happened: at), of: id, in: transaction, now: now)
      try bench.permits.enter(
        ProcessEntry(.accepted, happened: at, retracts: first.id), of: id, in: transaction, now: now)
      try bench.permits.enter(ProcessEntry(.contacted, happened: at), of: other, in: transaction, now: now)
    }
    let courses = try await Self.courses(bench, ["GD-2024-1", "GD-2024-2"])
    #expect(courses.map { $0.steps.map(\.name) } == [["requested", "accepted"], ["contacted"]])
    #expect(
      courses[0].steps.map(\.learned) == [now, now] && courses[0].steps[1].retracts == courses[0].steps[0].id)
  }

  /// More than are asked about at once, behind one number and one project.
  @Test func casesOfAProjectAreFoundByItsDigest() async throws {
    let bench = try await PermitBench()
    _ = try await bench.open()
    _ = try await bench.database.write { transaction in
      try transaction.execute("UPDATE permit_case SET project = ?1", .blob([7]))
    }
    #expect(try await Self.courses(bench, [], projects: [[7], [8]]).map(\.project) == [[7]])
    #expect(try await Self.courses(bench, ["GD-2024-1"], projects: [[7]]).count == 1, "once")
    #expect(try await Self.courses(bench, [], projects: [[8]]).isEmpty)
    let many = (0..<Permits.mostCourses).map { "GD-\($0)" }
    #expect(try await Self.courses(bench, many).isEmpty)
  }
}
