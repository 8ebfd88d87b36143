import Applications
import Calendars
import Certificates
import CivilTime
import Inbound
import Permits
import Registry
import Sandbox
import Testing

/// The number of a decision that a window tells later than the decision, or otherwise.
@Suite struct PermitNumberTests {
  private static let first = "杭绿许〔2026〕21号"
  private static let second = "杭绿许〔2026〕22号"

  private static func states(_ floor: PermitFloor, _ number: String) async throws -> [CertificateState?] {
    try await floor.registry.certificates(
      matching: [LookupKey(.number, number)], kinds: [.greeningPermit]
    ).map(\.record.state)
  }

  /// A case whose items are at the window.
  private static func open(_ floor: PermitFloor) async throws -> PermitCaseID {
    let id = try await floor.open()
    try await floor.work()
    floor.desk.bench.clock.advance(seconds: 600)
    return id
  }

  /// The same call once more, with the number, and then with the right one: nobody can ask about this item.
  @Test func aCallThatHasTheNumberIsAnotherCall() async throws {
    try await PermitFloor.run { floor in
      let id = try await Self.open(floor)
      let decided = floor.desk.bench.clock.now
      #expect(try await !floor.call(.greening, "80", at: decided).isDuplicate)
      #expect(try await floor.item(.greening, of: id).attempt.doubts == [.unnumbered])
      #expect(try await floor.call(.greening, "80", at: decided).isDuplicate)
      floor.desk.bench.clock.advance(seconds: 60)
      #expect(try await !floor.call(.greening, "80", at: decided, decision: Self.first).isDuplicate)
      let item = try await floor.item(.greening, of: id)
      #expect(item.state == .approved && item.attempt.doubts == [])
      #expect(item.events.known().last?.happened == decided.civil(offsetSeconds: UTCOffset.china))
      #expect(try await Self.states(floor, Self.first) == [.valid])
      #expect(try await floor.call(.greening, "80", at: decided, decision: Self.first).isDuplicate)
      floor.desk.bench.clock.advance(seconds: 60)
      #expect(try await !floor.call(.greening, "80", at: decided, decision: Self.second).isDuplicate)
      #expect(try await Self.states(floor, Self.first) == [.other])
      #expect(try await Self.states(floor, Self.second) == [.valid])
    }
  }

  /// 容缺 under one number, and then allowed under another that comes behind the word.
  @Test(arguments: [true, false]) func anotherNumberBehindADeferralIsHeard(byPerson: Bool) async throws {
    try await PermitFloor.run { floor in
      let id = try await Self.open(floor)
      try await floor.call(.greening, "81", decision: Self.first)
      floor.desk.bench.clock.advance(seconds: 600)
      if byPerson {
        _ = try await floor.people().enter(
          PermitEntry(
            .approved, happened: floor.now, source: .person, reference: "entry",
            signOff: try PermitFloor.person()), of: PermitPlace(id, .greening))
      } else {
        try await floor.call(.greening, "80")
      }
      var item = try await floor.item(.greening, of: id)
      #expect(item.state == .approved && item.attempt.doubts == [])
      #expect(try await Self.states(floor, Self.first) == [.valid])
      let count = item.events.count
      // Under the same number it is no news.
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.call(.greening, "80", decision: Self.first)
      #expect(try await floor.item(.greening, of: id).events.count == count)
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.call(.greening, "80", decision: Self.second)
      item = try await floor.item(.greening, of: id)
      #expect(item.state == .approved && item.attempt.doubts == [])
      #expect(try await Self.states(floor, Self.first) == [.other])
      #expect(try await Self.states(floor, Self.second) == [.valid])
    }
  }
}
