import Applications
import Calendars
import CivilTime
import Exchanges
import Journal
import Permits
import Pushing
import Registry
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// The window has what counts as not taken, and says so at last: by its answer, by a probe, or by a call. Nothing is at the window twice.
@Suite struct PermitUnansweredTests {
  private static let place = PermitItem.roadDigging

  private static func first(_ floor: PermitFloor, _ id: PermitCaseID) async throws -> PermitItemView {
    let view = try await floor.permits.view(id, at: floor.now)
    return try #require(view.items.first { $0.attempt.item == place && $0.attempt.attempt == 1 })
  }

  private static func enter(
    _ floor: PermitFloor, _ event: PermitEvent, _ id: PermitCaseID, retracting: Int64? = nil
  ) async throws {
    floor.desk.bench.clock.advance(seconds: 60)
    _ = try await floor.people().enter(
      PermitEntry(
        event, happened: floor.now, source: .person, reference: "entry", retracts: retracting,
        signOff: try PermitFloor.person()), of: PermitPlace(id, place, attempt: 1))
  }

  /// Somebody signs that it is not there, and it is taken back, or sent again and refused.
  private static func decline(_ floor: PermitFloor, _ unheard: PermitFloor.Unheard, byRefusal: Bool)
    async throws
  {
    let person = try PermitFloor.person()
    try await floor.desk.pushes.decide(.didNotHappen, about: unheard.push, by: person)
    if byRefusal {
      floor.desk.fault(.refusal, "road-digging")
    } else {
      let push = try await floor.people().withdraw(PermitPlace(unheard.id, place), remarks: nil, by: person)
      #expect(push == nil)
    }
    try await floor.work()
    #expect(try await floor.desk.state(unheard.push) == (byRefusal ? .refused : .cancelled))
    #expect(try await floor.state(place, of: unheard.id) == (byRefusal ? .refused : .withdrawn))
  }

  @Test(arguments: PermitFloor.Word.allCases, [true, false])
  func itIsAtTheWindowAgain(_ word: PermitFloor.Word, byRefusal: Bool) async throws {
    try await PermitFloor.run { floor in
      let unheard = try await floor.handInUnheard(Self.place)
      try await Self.decline(floor, unheard, byRefusal: byRefusal)
      try await floor.hear(word, Self.place, unheard)
      let item = try await floor.item(Self.place, of: unheard.id)
      #expect(item.state?.isUnderWay == true && item.attempt.doubts == [])
      #expect(item.events.known().first?.name == "submitted")
      if word == .call {
        #expect(item.state == .accepted, "what it told counts at once")
      }
      await #expect(throws: PermitError.self) {
        _ = try await floor.people().retry(PermitPlace(unheard.id, Self.place))
      }
      try await floor.pass(days: 1)
      #expect(floor.effects(Self.place).count == 1)
    }
  }

  /// A person had entered that it was not to be filed, and so its push was taken back: nobody but a person says now what became of it.
  @Test(arguments: PermitFloor.Word.allCases)
  func whatAPersonHadDeclinedIsDoubted(_ word: PermitFloor.Word) async throws {
    try await PermitFloor.run { floor in
      let unheard = try await floor.handInUnheard(Self.place)
      try await floor.desk.pushes.decide(
        .didNotHappen, about: unheard.push, by: try PermitFloor.person())
      try await Self.enter(floor, .withdrawn, unheard.id)
      #expect(try await floor.desk.state(unheard.push) == .cancelled)
      try await floor.hear(word, Self.place, unheard)
      var item = try await Self.first(floor, unheard.id)
      #expect(item.state == .withdrawn && item.attempt.doubts == [.takenAfterAll])
      #expect(!item.events.contains { $0.name == "submitted" })
      #expect(floor.troubles.withLock { $0.map(\.problem.code) } == ["permit-taken-after-all"])
      // Nothing is filed beside it.
      _ = try await floor.people().retry(PermitPlace(unheard.id, Self.place))
      try await floor.pass(days: 1)
      let second = try await floor.item(Self.place, of: unheard.id)
      #expect(second.attempt.attempt == 2 && second.attempt.push == nil)
      #expect(second.attempt.problemCode == "permit-not-now")
      #expect(floor.effects(Self.place).count == 1)
      // It was at the window, and is withdrawn there.
      let declined = try #require(item.events.known().first { $0.name == "withdrawn" })
      try await Self.enter(floor, .submitted, unheard.id, retracting: Int64(declined.id))
      #expect(try await Self.first(floor, unheard.id).attempt.doubts == [])
      try await Self.enter(floor, .withdrawn, unheard.id)
      try await floor.pass(seconds: 7200)
      item = try await floor.item(Self.place, of: unheard.id)
      #expect(item.attempt.push != nil && floor.effects(Self.place).count == 2)
    }
  }

  /// What was tried again waits for a window that is down: when that is up, it does not go beside the first.
  @Test(arguments: PermitFloor.Word.allCases)
  func whatWasTriedAgainIsNotSentBesideIt(_ word: PermitFloor.Word) async throws {
    try await PermitFloor.run { floor in
      let unheard = try await floor.handInUnheard(Self.place)
      try await Self.decline(floor, unheard, byRefusal: true)
      _ = try await floor.people().retry(PermitPlace(unheard.id, Self.place))
      let handler = try floor.handler()
      while let lease = try await floor.claim([.permit]) { try await handler.perform(lease) }
      let second = PushID(
        try #require(try await floor.item(Self.place, of: unheard.id).attempt.push))
      #expect(try await floor.desk.state(second) == .queued)
      // Nobody works on it meanwhile.
      let work = try #require(try await floor.desk.push(second).work)
      let clock = floor.desk.bench.clock
      try await floor.desk.database.write { transaction in
        _ = try floor.desk.queue.reschedule(
          work, at: clock.now.advanced(bySeconds: 3600), in: transaction)
      }
      try await floor.hear(word, Self.place, unheard)
      #expect(try await Self.first(floor, unheard.id).attempt.doubts == [.takenAfterAll])
      try await floor.pass(days: 1)
      let push = try await floor.desk.push(second)
      #expect(push.state == .parked && push.problemCode == "push-repeated" && push.attempts == 0)
      #expect(floor.effects(Self.place).count == 1)
      // It steps back, and the first goes on.
      let error = await #expect(throws: PermitError.self) {
        _ = try await floor.people().withdraw(
          PermitPlace(unheard.id, Self.place), remarks: nil, by: try PermitFloor.person())
      }
      #expect(error?.remedy.contains("push cancel \(second)") == true)
      try await floor.desk.pushes.decide(.cancel, about: second, by: try PermitFloor.person())
      try await floor.pass(seconds: 7200)
      #expect(try await floor.state(Self.place, of: unheard.id) == .withdrawn)
      #expect(try await Self.first(floor, unheard.id).state?.isUnderWay == true)
      #expect(floor.effects(Self.place).count == 1)
    }
  }

  // Calls about what nobody knows of yet.

  /// Nobody can ask about it, and the window tells: what is about it goes by the number that the call has.
  @Test func aCallSettlesWhatIsUnknown() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.resetAfter, "greening")
      let id = try await floor.open()
      try await floor.work()
      let push = PushID(try #require(try await floor.item(.greening, of: id).attempt.push))
      #expect(try await floor.desk.state(push) == .unknown)
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.call(.greening, "00")
      let settled = try await floor.desk.push(push)
      #expect(settled.state == .accepted && settled.problemCode == nil)
      #expect(try await floor.state(.greening, of: id) == .received)
      let sent = try await floor.desk.journal.exchange(try #require(settled.exchange))
      #expect(sent.outcome == .succeeded)
      await #expect(throws: PushError.self) {
        try await floor.desk.pushes.decide(.didNotHappen, about: push, by: try PermitFloor.person())
      }
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.window(.greening, "correction")
      try await floor.call(.greening, "20")
      let supplement = try await floor.people().supplement(
        PermitPlace(id, .greening), with: [PermitFloor.material("plan")], remarks: nil)
      try await floor.work()
      #expect(try await floor.desk.state(supplement) == .accepted)
      #expect(floor.effects(.greening).map(\.supplements) == [1])
      try await floor.pass(days: 1)
      #expect(try await floor.state(.greening, of: id) == .received)
      #expect(floor.effects(.greening).count == 1)
    }
  }

  /// A person takes it for absent, and the window's call is quicker than the next try.
  @Test(arguments: [PermitItem.greening, .roadOccupation])
  func whatTheWindowTellsOfIsNotSentAgain(_ item: PermitItem) async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.resetAfter, item.rawValue)
      let id = try await floor.open()
      try await floor.work()
      let push = PushID(try #require(try await floor.item(item, of: id).attempt.push))
      try await floor.desk.pushes.decide(.didNotHappen, about: push, by: try PermitFloor.person())
      #expect(try await floor.desk.state(push) == .queued)
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.call(item, "00")
      #expect(try await floor.desk.state(push) == .accepted)
      #expect(try await floor.state(item, of: id) == (item == .greening ? .received : .filed))
      try await floor.pass(days: 1)
      #expect(floor.effects(item).count == 1)
    }
  }

  /// It tells by a call what it had answered: nothing is there, and it is repeated.
  @Test func aCallAboutARefusalTakesNothing() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.refusal, "road-digging")
      let id = try await floor.open()
      try await floor.work()
      let push = try await floor.desk.push(
        PushID(try #require(try await floor.item(Self.place, of: id).attempt.push)))
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.call(Self.place, "92", key: push.key)
      #expect(try await floor.desk.state(push.id) == .refused)
      #expect(try await floor.state(Self.place, of: id) == .refused)
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await floor.work()
      let next = PushID(try #require(try await floor.item(Self.place, of: id).attempt.push))
      #expect(try await floor.desk.push(next).follows == push.id)
      #expect(try await floor.desk.state(next) == .accepted)
    }
  }
}
