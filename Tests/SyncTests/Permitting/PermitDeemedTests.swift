import Applications
import Calendars
import CivilTime
import Permits
import Testing

/// 行政许可法 第三十二条: what counts as accepted though nobody has said so, and since when.
@Suite struct PermitDeemedTests {
  /// A Monday.
  private static let site = PermitFloor.Site(start: "2026-08-03T10:00:00")

  /// What is asked for within five working days keeps the clock from running since the receipt.
  @Test(arguments: [(0, true), (4, true), (7, true), (8, false), (20, false)])
  func aSupplementAskedInTimeIsNoAcceptance(_ days: Int, _ isInTime: Bool) async throws {
    try await PermitFloor.run(Self.site) { floor in
      let id = try await floor.open()
      try await floor.work()
      let clock = floor.desk.bench.clock
      let submitted = try #require(try await floor.item(.routePlanning, of: id).events.first).happened
      clock.advance(seconds: days * 86_400)
      for item in [PermitItem.routePlanning, .roadDigging, .greening] {
        try await PermitBelievedTests.call(floor, item, .supplementRequested, at: floor.now)
      }
      clock.advance(seconds: 3 * 86_400)
      let brought = floor.now
      for item in [PermitItem.routePlanning, .greening] {
        try await PermitBelievedTests.call(floor, item, .supplementReceived, at: brought)
      }
      clock.advance(seconds: 86_400)
      let decided = floor.now
      try await PermitBelievedTests.call(floor, .routePlanning, .approved, at: decided)
      try await PermitBelievedTests.call(floor, .roadDigging, .approved, at: decided)
      // A person enters it.
      _ = try await floor.people().enter(
        PermitEntry(
          .approved, happened: decided, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .greening))
      let answered = try await floor.item(.routePlanning, of: id)
      #expect(answered.state == .approved && answered.reading?.findings == [])
      #expect(answered.reading?.started == (isInTime ? brought : submitted))
      #expect(answered.reading?.state == .ended(decided))
      let entered = try await floor.item(.greening, of: id)
      #expect(entered.state == .approved && entered.reading?.started == answered.reading?.started)
      // Of what was never brought it is accepted by the decision alone.
      let open = try await floor.item(.roadDigging, of: id)
      #expect(open.state == .approved)
      #expect(open.reading?.started == (isInTime ? decided : submitted))
    }
  }

  /// Each round has its own five days, from the day on which what was asked for has come.
  @Test func eachSupplementHasItsTime() async throws {
    try await PermitFloor.run(Self.site) { floor in
      let id = try await floor.open()
      try await floor.work()
      let clock = floor.desk.bench.clock
      func told(_ event: PermitEvent, after days: Int) async throws -> CivilDateTime {
        clock.advance(seconds: days * 86_400)
        try await PermitBelievedTests.call(floor, .routePlanning, event, at: floor.now)
        return floor.now
      }
      _ = try await told(.supplementRequested, after: 2)
      _ = try await told(.supplementReceived, after: 20)
      _ = try await told(.supplementRequested, after: 2)
      let brought = try await told(.supplementReceived, after: 20)
      // Too late: the clock that has run since then stands still meanwhile, and no more.
      _ = try await told(.supplementRequested, after: 14)
      _ = try await told(.supplementReceived, after: 2)
      let decided = try await told(.approved, after: 1)
      let view = try await floor.item(.routePlanning, of: id)
      #expect(view.reading?.started == brought && view.reading?.state == .ended(decided))
      #expect(view.reading?.isLate == true)
    }
  }
}

/// What windows say of a day, and not of its time.
@Suite struct PermitDayTests {
  private static let site = PermitFloor.Site(start: "2026-08-03T10:00:00")

  /// It asks twice on one day, and allows it on the same.
  @Test func aSecondSupplementOfADayIsNotLost() async throws {
    try await PermitFloor.run(Self.site) { floor in
      let id = try await floor.open()
      try await floor.work()
      let day = CivilDateTime(startOf: floor.now.date)
      floor.desk.bench.clock.advance(seconds: 600)
      try await PermitBelievedTests.call(floor, .routePlanning, .accepted, at: day)
      for round in 1...2 {
        try await PermitBelievedTests.call(floor, .routePlanning, .supplementRequested, at: day)
        #expect(try await floor.state(.routePlanning, of: id) == .supplement, "round \(round)")
        try await floor.window(.routePlanning, "correction")
        floor.desk.bench.clock.advance(seconds: 20)
        _ = try await floor.people().supplement(
          PermitPlace(id, .routePlanning), with: [PermitFloor.material("plan", "\(round)")], remarks: nil)
        try await floor.work()
        #expect(try await floor.state(.routePlanning, of: id) == .accepted)
        floor.desk.bench.clock.advance(seconds: 20)
      }
      try await PermitBelievedTests.call(floor, .routePlanning, .approved, at: day)
      let view = try await floor.item(.routePlanning, of: id)
      #expect(view.state == .approved && view.attempt.doubts == [.unnumbered])
      #expect(
        view.events.known().map(\.name) == [
          "submitted", "accepted", "supplement-requested", "supplement-received", "supplement-requested",
          "supplement-received", "approved",
        ])
      #expect(view.reading?.findings == [])
    }
  }

  /// A late word of a day is before what happened on it where only that can be.
  @Test func aLateWordOfADayIsBeforeWhatFollowedFromIt() async throws {
    try await PermitFloor.run(Self.site) { floor in
      let id = try await floor.open()
      try await floor.work()
      let day = CivilDateTime(startOf: floor.now.date)
      floor.desk.bench.clock.advance(seconds: 3600)
      _ = try await floor.people().enter(
        PermitEntry(
          .accepted, happened: floor.now, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
      floor.desk.bench.clock.advance(seconds: 3600)
      let told = try await PermitBelievedTests.call(floor, .routePlanning, .received, at: day)
      #expect(told.map(\.isMisfit) == [false] && told.map(\.state) == [.accepted])
    }
  }
}
