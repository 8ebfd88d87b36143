import Applications
import Calendars
import CivilTime
import Exchanges
import Permits
import Pushing
import Sandbox
import Testing

/// What windows say while it is so already by entries that turn out to be about something else.
@Suite struct PermitUnheardTests {
  private static let place = PermitItem.routePlanning

  @discardableResult
  private static func enter(
    _ floor: PermitFloor, _ event: PermitEvent?, _ id: PermitCaseID, happened: CivilDateTime? = nil,
    number: String? = nil, retracting: Int64? = nil
  ) async throws -> PermitEntryResult {
    try await floor.people().enter(
      PermitEntry(
        event, happened: happened ?? floor.now, source: .person, reference: "entry", retracts: retracting,
        decision: number, signOff: try PermitFloor.person()), of: PermitPlace(id, place))
  }

  private static func rounds(_ floor: PermitFloor, _ id: PermitCaseID) async throws -> Int {
    try await floor.events(place, of: id).filter { $0 == "supplement-requested" }.count
  }

  /// The window asks for more before anybody knows that it has what it asked for: the answer was lost, or it came on paper.
  @Test(arguments: [true, false]) func aSecondQuestionIsNotLost(_ isOnPaper: Bool) async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(Self.place, "correction")
      try await floor.pass(seconds: 3600)
      #expect(try await floor.state(Self.place, of: id) == .supplement)
      var push: PushID?
      let brought = floor.now
      if !isOnPaper {
        floor.desk.fault(.reset, "supplement")
        push = try await floor.people().supplement(
          PermitPlace(id, Self.place), with: [PermitFloor.material("plan")], remarks: nil)
        try await floor.work()
      }
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.window(Self.place, "correction", note: "还缺一件")
      try await floor.pass(seconds: 7200)
      #expect(try await Self.rounds(floor, id) == 1, "it is asked for already, as far as anybody knows")
      if let push {
        #expect(try await !floor.desk.state(push).isFinal)
        try await floor.desk.pushes.decide(
          .happened(receipt: nil), about: push, by: try PermitFloor.person())
      } else {
        try await Self.enter(floor, .supplementReceived, id, happened: brought)
      }
      try await floor.pass(seconds: 7200)
      #expect(try await Self.rounds(floor, id) == 2)
      #expect(try await floor.state(Self.place, of: id) == .supplement)
      #expect(try await floor.item(Self.place, of: id).reading?.state != .running)
    }
  }

  /// A clerk enters it at the wrong item; then it is so, and then the entry is taken back.
  @Test(arguments: ["杭建许〔2026〕99号", nil]) func aTrueApprovalIsNotLost(_ number: String?) async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      floor.desk.bench.clock.advance(seconds: 600)
      try await Self.enter(floor, .approved, id, number: number)
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.window(Self.place, "approved")
      let decided = floor.now
      try await floor.pass(days: 2)
      let known = try await floor.item(Self.place, of: id).events.known()
      let wrong = try #require(known.last { $0.name == "approved" })
      #expect(try await Self.enter(floor, nil, id, retracting: Int64(wrong.id)).state == .submitted)
      try await floor.pass(days: 2)
      let view = try await floor.item(Self.place, of: id)
      #expect(view.state == .approved && view.attempt.doubts == [])
      #expect(view.events.known().last?.happened == decided)
    }
  }

  /// A window that tells no moments.
  private static let timeless = PermitFloor.Site(changes: [
    ("idle: 30s", "idle: 500ms"), ("$.data.changedTime", "$.data.nothing"),
  ])

  /// 补正 by telephone while the window shows the acceptance, whose moment is corrected: that was so before and after.
  @Test func aCorrectedMomentEndsNoSupplement() async throws {
    try await PermitFloor.run(Self.timeless) { floor in
      let id = try await floor.open()
      try await floor.work()
      floor.desk.bench.clock.advance(seconds: 600)
      let accepted = floor.now
      let wrong = try await Self.enter(floor, .accepted, id)
      try await floor.window(Self.place, "accepted")
      try await floor.pass(seconds: 7200)
      try await Self.enter(floor, .supplementRequested, id)
      floor.desk.bench.clock.advance(seconds: 60)
      let corrected = accepted.advanced(bySeconds: 60)
      try await Self.enter(floor, .accepted, id, happened: corrected, retracting: wrong.id)
      try await floor.pass(seconds: 7200)
      let view = try await floor.item(Self.place, of: id)
      #expect(view.state == .supplement && view.reading?.started == corrected)
      #expect(!view.events.contains { $0.name == "supplement-received" })
    }
  }

  /// The window lags behind what it has taken, and the moment at which it had asked is corrected.
  @Test func aCorrectedMomentAsksForNothingAgain() async throws {
    try await PermitFloor.run(Self.timeless) { floor in
      let id = try await floor.open()
      try await floor.work()
      floor.desk.bench.clock.advance(seconds: 600)
      let asked = floor.now
      let wrong = try await Self.enter(floor, .supplementRequested, id)
      try await floor.window(Self.place, "correction")
      try await floor.pass(seconds: 7200)
      _ = try await floor.people().supplement(
        PermitPlace(id, Self.place), with: [PermitFloor.material("plan")], remarks: nil)
      try await floor.work()
      #expect(try await floor.state(Self.place, of: id) == .submitted)
      try await floor.window(Self.place, "correction")
      try await Self.enter(
        floor, .supplementRequested, id, happened: asked.advanced(bySeconds: 60), retracting: wrong.id)
      try await floor.pass(seconds: 7200)
      #expect(try await floor.state(Self.place, of: id) == .submitted)
    }
  }

  @Test func aTrueAcceptanceIsNotLost() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      floor.desk.bench.clock.advance(seconds: 600)
      let wrong = try await Self.enter(floor, .accepted, id)
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.window(Self.place, "accepted")
      let accepted = floor.now
      try await floor.pass(seconds: 7200)
      try await Self.enter(floor, nil, id, retracting: wrong.id)
      try await floor.pass(seconds: 7200)
      let view = try await floor.item(Self.place, of: id)
      #expect(view.state == .accepted && view.reading?.started == accepted)
      // Taken back, that is the window's own word, and said once more it is no news.
      let own = try #require(view.events.known().last { $0.name == "accepted" })
      try await Self.enter(floor, nil, id, retracting: Int64(own.id))
      try await floor.pass(seconds: 7200)
      #expect(try await floor.state(Self.place, of: id) != .accepted)
    }
  }
}
