import Applications
import Calendars
import CivilTime
import Permits
import SQLDatabase
import Sandbox
import Testing

/// Windows that say the same again and again, while people know more.
@Suite struct PermitRepeatedTests {
  /// A window that tells no moments.
  private static let timeless: [(String, String)] = [
    ("idle: 30s", "idle: 500ms"), ("$.data.changedTime", "$.data.nothing"),
  ]

  private static func site(_ tellsMoments: Bool) -> PermitFloor.Site {
    tellsMoments ? PermitFloor.Site() : PermitFloor.Site(changes: timeless)
  }

  private static func enter(
    _ floor: PermitFloor, _ event: PermitEvent, _ item: PermitItem, of id: PermitCaseID
  ) async throws {
    let result = try await floor.people().enter(
      PermitEntry(
        event, happened: floor.now, source: .person, reference: "entry", signOff: try PermitFloor.person()),
      of: PermitPlace(id, item))
    #expect(result.isNew && !result.isMisfit)
  }

  private static func asked(_ floor: PermitFloor) async throws -> Int64 {
    try await floor.desk.database.read {
      try $0.int("SELECT count(*) FROM exchange WHERE operation = 'status'")
    }
  }

  /// A person knows of the acceptance before the window's answers do.
  @Test(arguments: [true, false])
  func whatIsBehindWhatPeopleKnowIsKeptOnceAndAskedEverMoreSeldom(_ tellsMoments: Bool) async throws {
    try await PermitFloor.run(Self.site(tellsMoments)) { floor in
      let id = try await floor.open()
      try await floor.work()
      floor.desk.bench.clock.advance(seconds: 10)
      let items: [PermitItem] = [.routePlanning, .roadDigging]
      for item in items { try await Self.enter(floor, .accepted, item, of: id) }
      let before = try await Self.asked(floor)
      try await floor.pass(seconds: 36_000)
      // Each minute for ten minutes, and then in steps that grow by a tenth.
      let asked = try await Self.asked(floor) - before
      #expect((40...140).contains(asked), "\(asked) questions about two items")
      for item in items {
        let events = try await floor.events(item, of: id)
        #expect(events.filter { $0 == "received" }.count == 1, "\(item): \(events)")
        #expect(events.count == 3)
        #expect(try await floor.state(item, of: id) == .accepted)
      }
      // What it says next is news.
      try await floor.window(.routePlanning, "approved")
      try await floor.pass(seconds: 2 * 3600)
      #expect(try await floor.state(.routePlanning, of: id) == .approved)
    }
  }

  /// 补正 by telephone: that the window shows the item as accepted, as it did before, ends nothing.
  @Test(arguments: [true, false])
  func anOldWordEndsNoSupplement(_ tellsMoments: Bool) async throws {
    try await PermitFloor.run(Self.site(tellsMoments)) { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.routePlanning, "accepted")
      try await floor.pass(seconds: 3600)
      try await Self.enter(floor, .supplementRequested, .routePlanning, of: id)
      try await floor.pass(days: 1)
      #expect(try await floor.state(.routePlanning, of: id) == .supplement)
      #expect(try await floor.item(.routePlanning, of: id).reading?.state == .paused(.supplement))
      #expect(try await !floor.events(.routePlanning, of: id).contains("supplement-received"))
      // At a later moment it is another word, and what tells no moments needs another one.
      try await floor.window(.routePlanning, tellsMoments ? "accepted" : "corrected")
      try await floor.pass(days: 1)
      #expect(try await floor.state(.routePlanning, of: id) == .accepted)
    }
  }

  /// What a person takes back of a window's word is not entered anew by the same word.
  @Test func whatIsTakenBackStaysTakenBack() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.routePlanning, "accepted")
      try await floor.pass(seconds: 3600)
      let events = try await floor.item(.routePlanning, of: id).events
      let accepted = try #require(events.last { $0.name == "accepted" })
      _ = try await floor.people().enter(
        PermitEntry(
          nil, happened: floor.now, source: .person, reference: "entry", retracts: Int64(accepted.id),
          signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
      try await floor.pass(seconds: 7200)
      #expect(try await floor.state(.routePlanning, of: id) != .accepted)
      try await floor.window(.routePlanning, "approved")
      try await floor.pass(days: 1)
      #expect(try await floor.state(.routePlanning, of: id) == .approved)
    }
  }

  /// It takes what it asked for, and asks for more in the very same words.
  @Test(arguments: [true, false])
  func theSameWordsAfterItHasTakenSomethingAreNews(_ tellsMoments: Bool) async throws {
    try await PermitFloor.run(Self.site(tellsMoments)) { floor in
      let id = try await floor.open()
      try await floor.work()
      for round in 1...2 {
        try await floor.window(.routePlanning, "correction", note: "材料不全")
        // What tells no moment is believed when it cannot lag any more.
        if tellsMoments { try await floor.pass(seconds: 3600) } else { try await floor.pass(days: 4) }
        #expect(try await floor.state(.routePlanning, of: id) == .supplement, "round \(round)")
        _ = try await floor.people().supplement(
          PermitPlace(id, .routePlanning), with: [PermitFloor.material("plan", "\(round)")], remarks: nil)
        try await floor.work()
        #expect(try await floor.state(.routePlanning, of: id) == .submitted, "nobody has asked since")
      }
    }
  }

  private static func rounds(_ floor: PermitFloor, _ id: PermitCaseID) async throws -> Int {
    try await floor.events(.routePlanning, of: id).filter { $0 == "supplement-requested" }.count
  }

  /// Asks for material and gets it, and shows the same words still at the next questions.
  private static func lag(_ floor: PermitFloor) async throws -> PermitCaseID {
    let id = try await floor.open()
    try await floor.work()
    try await floor.window(.routePlanning, "correction")
    try await floor.pass(seconds: 3600)
    #expect(try await floor.state(.routePlanning, of: id) == .supplement)
    _ = try await floor.people().supplement(
      PermitPlace(id, .routePlanning), with: [PermitFloor.material("plan", "1")], remarks: nil)
    try await floor.work()
    #expect(floor.effects(.routePlanning).map(\.supplements) == [1])
    let asked = try await asked(floor)
    try await floor.window(.routePlanning, "correction")
    try await floor.pass(seconds: 7200)
    #expect(try await Self.asked(floor) > asked + 2)
    return id
  }

  /// A window that tells no moments and lags behind what it has taken asks for nothing a second time.
  @Test func aWindowThatLagsStopsNoClock() async throws {
    try await PermitFloor.run(Self.site(false)) { floor in
      let id = try await Self.lag(floor)
      #expect(try await floor.state(.routePlanning, of: id) == .submitted)
      #expect(try await Self.rounds(floor, id) == 1)
      // It has caught up: the same words are another question at once.
      try await floor.window(.routePlanning, "accepted")
      try await floor.pass(seconds: 3600)
      #expect(try await floor.state(.routePlanning, of: id) == .accepted)
      try await floor.window(.routePlanning, "correction")
      try await floor.pass(seconds: 7200)
      #expect(try await floor.state(.routePlanning, of: id) == .supplement)
      #expect(try await Self.rounds(floor, id) == 2)
    }
  }

  /// So late it does not lag any more.
  @Test func whatIsSaidStillAfterAWorkingDayIsNewsOnce() async throws {
    try await PermitFloor.run(Self.site(false)) { floor in
      let id = try await Self.lag(floor)
      try await floor.pass(days: 4)
      #expect(try await floor.state(.routePlanning, of: id) == .supplement)
      #expect(try await Self.rounds(floor, id) == 2)
      // A person ends it; what is said once more asks for nothing.
      floor.desk.bench.clock.advance(seconds: 60)
      try await Self.enter(floor, .supplementReceived, .routePlanning, of: id)
      try await floor.pass(days: 4)
      #expect(try await floor.state(.routePlanning, of: id) == .submitted)
      #expect(try await Self.rounds(floor, id) == 2)
    }
  }
}
