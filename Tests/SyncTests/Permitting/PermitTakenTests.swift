import Applications
import Calendars
import CivilTime
import Permits
@testable import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// What a window has taken after all, though it counted as refused.
@Suite struct PermitTakenTests {
  private static let place = PermitItem.roadDigging

  /// A case of which the window did not take one item.
  private static func refused(
    _ floor: PermitFloor, region: String = "330100"
  ) async throws -> (id: PermitCaseID, push: PushID) {
    floor.desk.fault(.refusal, "road-digging")
    let id = try await floor.open(region: region)
    try await floor.work()
    let item = try await floor.item(place, of: id)
    #expect(item.state == .refused)
    return (id, PushID(try #require(item.attempt.push)))
  }

  /// The answer to another request of the push comes, and it is an acceptance.
  private static func accept(_ floor: PermitFloor, _ push: PushID) async throws {
    floor.desk.bench.clock.advance(seconds: 60)
    let (current, now) = (try await floor.desk.push(push), floor.desk.bench.clock.now)
    _ = try await floor.desk.database.write { transaction in
      try floor.desk.pushes.apply(PushChange(.late), to: current, in: transaction, at: now)
    }
    #expect(try await floor.desk.state(push) == .accepted)
  }

  private static func enter(
    _ floor: PermitFloor, _ event: PermitEvent?, _ id: PermitCaseID, retracting: Int64? = nil
  ) async throws {
    floor.desk.bench.clock.advance(seconds: 60)
    _ = try await floor.people().enter(
      PermitEntry(
        event, happened: floor.now, source: .person, reference: "entry", retracts: retracting,
        signOff: try PermitFloor.person()), of: PermitPlace(id, place, attempt: 1))
  }

  private static func first(_ floor: PermitFloor, _ id: PermitCaseID) async throws -> PermitItemView {
    let view = try await floor.permits.view(id, at: floor.now)
    return try #require(view.items.first { $0.attempt.item == place && $0.attempt.attempt == 1 })
  }

  @Test func itIsAtTheWindowAgain() async throws {
    try await PermitFloor.run { floor in
      let (id, push) = try await Self.refused(floor)
      try await Self.accept(floor, push)
      try await floor.work()
      let item = try await floor.item(Self.place, of: id)
      #expect(item.state == .submitted && item.events.known().map(\.name) == ["submitted"])
      await #expect(throws: PermitError.self) {
        _ = try await floor.people().retry(PermitPlace(id, Self.place))
      }
      try await floor.work()
      #expect(try await floor.item(Self.place, of: id).events.count == 2, "entered once")
    }
  }

  /// Another attempt was made by then: nothing is filed beside what the window has, until somebody has looked.
  @Test func nothingIsFiledBesideIt() async throws {
    try await PermitFloor.run { floor in
      let (id, push) = try await Self.refused(floor)
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await Self.accept(floor, push)
      try await floor.pass(days: 1)
      let second = try await floor.item(Self.place, of: id)
      #expect(second.attempt.attempt == 2 && second.attempt.push == nil && second.state == .planned)
      #expect(second.attempt.problemCode == "permit-not-now")
      #expect(floor.effects(Self.place).isEmpty, "the late answer is of the test's own making")
      var first = try await Self.first(floor, id)
      #expect(first.attempt.doubts == [.takenAfterAll])
      #expect(floor.troubles.withLock { $0.map(\.problem.code) }.contains("permit-taken-after-all"))
      // It is withdrawn at the window, and the next attempt goes.
      let declined = try #require(first.events.known().last)
      try await Self.enter(floor, .submitted, id, retracting: Int64(declined.id))
      first = try await Self.first(floor, id)
      #expect(first.state == .submitted && first.attempt.doubts == [])
      try await floor.pass(seconds: 7200)
      #expect(try await floor.item(Self.place, of: id).attempt.push == nil)
      try await Self.enter(floor, .withdrawn, id)
      try await floor.pass(seconds: 7200)
      let next = try await floor.item(Self.place, of: id)
      #expect(next.attempt.push != nil && next.state != .planned && next.attempt.problem == nil)
      #expect(floor.effects(Self.place).count == 1)
    }
  }

  /// The push of another attempt, which is yet to leave.
  private static func tryAgain(_ floor: PermitFloor, _ id: PermitCaseID) async throws -> PushID {
    _ = try await floor.people().retry(PermitPlace(id, place))
    let handler = try floor.handler()
    while let lease = try await floor.claim([.permit]) { try await handler.perform(lease) }
    let push = PushID(try #require(try await floor.item(place, of: id).attempt.push))
    #expect(try await floor.desk.state(push) == .queued)
    return push
  }

  /// Another attempt waits at the window that its region has by now when the former one has the first after all.
  @Test func nothingIsFiledBesideItAtAnotherWindow() async throws {
    try await PermitFloor.run { floor in
      let (id, push) = try await Self.refused(floor, region: "330106")
      try floor.addWindow("henan", for: ["330106"])
      let second = try await Self.tryAgain(floor, id)
      try await Self.accept(floor, push)
      try await floor.pass(seconds: 7200)
      let parked = try await floor.desk.push(second)
      #expect(parked.platform == "henan-permits" && parked.follows == nil && parked.instead == push)
      #expect(parked.state == .parked && parked.problemCode == "push-repeated" && parked.attempts == 0)
      #expect(floor.effects(Self.place).isEmpty)
      #expect(try await Self.first(floor, id).attempt.doubts == [.takenAfterAll])
      // It is taken back, and the first counts.
      _ = try await floor.desk.pushes.decide(.cancel, about: second, by: try PermitFloor.person())
      try await floor.pass(seconds: 7200)
      #expect(try await Self.first(floor, id).state == .submitted)
      #expect(floor.effects(Self.place).isEmpty)
    }
  }

  /// The other window has its attempt by then: that both may have it is said.
  @Test func thatTwoWindowsMayHaveItIsSaid() async throws {
    try await PermitFloor.run { floor in
      let (id, push) = try await Self.refused(floor, region: "330106")
      try floor.addWindow("henan", for: ["330106"])
      let second = try await Self.tryAgain(floor, id)
      try await floor.work()
      #expect(try await floor.desk.state(second) == .accepted)
      let now = floor.desk.bench.clock.now
      try await floor.desk.database.write { transaction in
        try floor.desk.pushes.hear(of: push, receipt: nil, in: transaction, at: now)
      }
      #expect(try await floor.desk.pushes.history(of: push).last?.problemCode == "second-effect-possible")
    }
  }

  /// The attempt between them was taken and declined, so that the third repeats nothing.
  @Test func nothingIsFiledBesideItBehindAnAttemptThatWasDeclined() async throws {
    try await PermitFloor.run { floor in
      let (id, push) = try await Self.refused(floor)
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await floor.work()
      try await floor.window(Self.place, "rejected")
      try await floor.pass(seconds: 7200)
      let third = try await Self.tryAgain(floor, id)
      try await Self.accept(floor, push)
      try await floor.pass(seconds: 7200)
      let parked = try await floor.desk.push(third)
      #expect(parked.follows == nil && parked.instead == push)
      #expect(parked.state == .parked && parked.problemCode == "push-repeated" && parked.attempts == 0)
      #expect(floor.effects(Self.place).count == 1)
    }
  }

  /// The attempt between them never left, so that it stands for nothing that the window has.
  @Test func nothingIsFiledBesideItBehindAnAttemptThatNeverLeft() async throws {
    try await PermitFloor.run { floor in
      let (id, push) = try await Self.refused(floor)
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await Self.accept(floor, push)
      try await floor.pass(seconds: 7200)
      #expect(try await floor.item(Self.place, of: id).attempt.problemCode == "permit-not-now")
      #expect(
        try await floor.people().withdraw(
          PermitPlace(id, Self.place), remarks: nil, by: try PermitFloor.person()) == nil)
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await floor.pass(seconds: 7200)
      let third = try await floor.item(Self.place, of: id)
      #expect(third.attempt.attempt == 3 && third.attempt.push == nil && third.state == .planned)
      #expect(third.attempt.problemCode == "permit-not-now")
      #expect(floor.effects(Self.place).isEmpty)
    }
  }

  /// What was refused is repeated, also where the attempt behind it was withdrawn before it left.
  @Test func whatWasRefusedIsRepeatedBehindAnAttemptThatNeverLeft() async throws {
    try await PermitFloor.run { floor in
      let (id, push) = try await Self.refused(floor)
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      _ = try await floor.people().withdraw(
        PermitPlace(id, Self.place), remarks: nil, by: try PermitFloor.person())
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await floor.work()
      let third = try await floor.item(Self.place, of: id)
      let repeated = try #require(third.attempt.push)
      #expect(third.attempt.attempt == 3 && third.state == .submitted)
      #expect(try await floor.desk.push(PushID(repeated)).follows == push)
    }
  }

  /// The window declines the second one, for it has the first: that one is under way, and no third goes beside it.
  @Test func nothingIsFiledBesideItWhenTheSecondWasDeclined() async throws {
    try await PermitFloor.run { floor in
      let (id, push) = try await Self.refused(floor)
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await floor.work()
      #expect(floor.effects(Self.place).count == 1)
      try await Self.accept(floor, push)
      try await floor.work()
      #expect(try await Self.first(floor, id).attempt.doubts == [.takenAfterAll])
      try await floor.window(Self.place, "rejected")
      try await floor.pass(seconds: 7200)
      #expect(try await floor.state(Self.place, of: id) == .rejected)
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await floor.pass(seconds: 7200)
      let third = try await floor.item(Self.place, of: id)
      #expect(third.attempt.attempt == 3 && third.attempt.push == nil)
      #expect(third.attempt.problemCode == "permit-not-now")
      #expect(floor.effects(Self.place).count == 1)
      // When nothing comes of the first, the third goes.
      if try await Self.first(floor, id).state == .refused {
        let declined = try #require(try await Self.first(floor, id).events.known().last)
        try await Self.enter(floor, .submitted, id, retracting: Int64(declined.id))
      }
      try await Self.enter(floor, .withdrawn, id)
      try await floor.pass(seconds: 7200)
      let last = try await floor.item(Self.place, of: id)
      #expect(last.attempt.push != nil && last.state?.isUnderWay == true)
      #expect(floor.effects(Self.place).count == 2)
    }
  }

  /// The attempt behind it steps back: the case is open, the board shows what the window has, and the window is asked about it.
  @Test func itIsFollowedWhenTheAttemptBehindItWasWithdrawn() async throws {
    try await PermitFloor.run { floor in
      let (id, push) = try await Self.refused(floor)
      for item in [PermitItem.routePlanning, .greening] {
        _ = try await floor.people().enter(
          PermitEntry(
            .approved, happened: floor.now, source: .person, reference: "entry",
            signOff: try PermitFloor.person()), of: PermitPlace(id, item))
      }
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await Self.accept(floor, push)
      try await floor.pass(seconds: 7200)
      _ = try await floor.people().withdraw(
        PermitPlace(id, Self.place), remarks: nil, by: try PermitFloor.person())
      try await floor.pass(seconds: 7200)
      let first = try await Self.first(floor, id)
      #expect(first.state == .submitted && first.attempt.doubts == [])
      #expect(first.attempt.asked != nil, "the window is asked about it")
      #expect(try await !floor.isClosed(id))
      func lines() async throws -> [String] {
        try await floor.permits.board(at: floor.now).lines.map(\.standing.view)
          .filter { $0.attempt.item == Self.place }
          .map { "\($0.attempt.attempt) \($0.state?.rawValue ?? "")" }
      }
      #expect(try await lines() == ["1 submitted"])
      // What is tried again stands beside it, and does not go.
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await floor.pass(seconds: 7200)
      #expect(try await lines() == ["1 submitted", "3 planned"])
      _ = try await floor.people().withdraw(
        PermitPlace(id, Self.place), remarks: nil, by: try PermitFloor.person())
      try await Self.enter(floor, .approved, id)
      try await floor.pass(seconds: 7200)
      #expect(try await floor.isClosed(id))
      // Figures go by it too.
      let course = try await floor.desk.database.read {
        try floor.permits.courses(ofNumbers: ["GD-1"], projects: [], $0)
      }.first
      let digging = try #require(course?.items.first { $0.item == Self.place })
      #expect(digging.state == .approved && digging.permittedBy == .person)
    }
  }

  /// A withdrawal of an earlier attempt that the window took after all is entered at that attempt.
  @Test func aWithdrawalOfAnEarlierAttemptThatWasTakenAfterAllCounts() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      floor.desk.fault(.refusal, "withdraw")
      let withdrawal = try #require(
        try await floor.people().withdraw(
          PermitPlace(id, Self.place), remarks: nil, by: try PermitFloor.person()))
      try await floor.work()
      #expect(try await floor.desk.state(withdrawal) == .refused)
      // Somebody takes it for declined and tries again; then that is taken back.
      try await Self.enter(floor, .rejected, id)
      let wrong = try #require(try await Self.first(floor, id).events.known().last)
      _ = try await floor.people().retry(PermitPlace(id, Self.place))
      try await Self.enter(floor, nil, id, retracting: Int64(wrong.id))
      try await floor.pass(seconds: 7200)
      #expect(try await floor.item(Self.place, of: id).attempt.push == nil, "the window has the first")
      try await Self.accept(floor, withdrawal)
      try await floor.pass(seconds: 7200)
      #expect(try await Self.first(floor, id).state == .withdrawn)
      #expect(try await floor.item(Self.place, of: id).attempt.push != nil)
    }
  }

  /// A withdrawal that the window took after all ends the item.
  @Test func aWithdrawalThatWasTakenAfterAllCounts() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      floor.desk.fault(.refusal, "withdraw")
      let push = try #require(
        try await floor.people().withdraw(
          PermitPlace(id, Self.place), remarks: nil, by: try PermitFloor.person()))
      try await floor.work()
      #expect(try await floor.desk.state(push) == .refused)
      #expect(try await floor.state(Self.place, of: id) == .submitted)
      #expect(try await floor.item(Self.place, of: id).attempt.problemCode == "permit-not-taken")
      try await Self.accept(floor, push)
      try await floor.work()
      #expect(try await floor.state(Self.place, of: id) == .withdrawn)
      #expect(try await floor.item(Self.place, of: id).attempt.problemCode == nil)
    }
  }

  /// Of what the window tells nobody the problem stays until something is taken.
  @Test func thatAWithdrawalWasRefusedStaysWhereNobodyIsTold() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      floor.desk.fault(.refusal, "withdraw")
      let push = try #require(
        try await floor.people().withdraw(
          PermitPlace(id, .greening), remarks: nil, by: try PermitFloor.person()))
      try await floor.pass(days: 3)
      #expect(try await floor.desk.state(push) == .refused)
      #expect(try await floor.item(.greening, of: id).attempt.problemCode == "permit-not-taken")
      // At the counter it was.
      _ = try await floor.people().enter(
        PermitEntry(
          .withdrawn, happened: floor.now, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .greening))
      #expect(try await floor.item(.greening, of: id).attempt.problemCode == nil)
    }
  }
}
