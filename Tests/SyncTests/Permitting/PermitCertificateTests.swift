import Applications
import Calendars
import Certificates
import CivilTime
import Permits
import Pushing
import Registry
import Sandbox
import Testing

/// What the certificates of a permit say when its decision is corrected, contradicted or taken back: never that something holds which
/// does not.
@Suite struct PermitCertificateTests {
  private static let first = "杭建许〔2026〕11号"
  private static let second = "杭建许〔2026〕12号"
  private static let third = "杭建许〔2026〕13号"

  /// A case whose items are at the window.
  private static func open(
    _ floor: PermitFloor, _ number: String = "GD-1", application: String = "SQ-1"
  ) async throws -> PermitCaseID {
    let id = try await floor.open(number, application: application)
    try await floor.work()
    floor.desk.bench.clock.advance(seconds: 600)
    return id
  }

  private static func states(_ floor: PermitFloor, _ number: String) async throws -> [CertificateState?] {
    let kinds: Set<CertificateKind> = [.constructionPlanningPermit]
    return try await floor.registry.certificates(matching: [LookupKey(.number, number)], kinds: kinds).map(
      \.record.state)
  }

  @discardableResult
  private static func enter(
    _ floor: PermitFloor, _ event: PermitEvent?, _ id: PermitCaseID, number: String? = nil,
    retracting: Int64? = nil
  ) async throws -> PermitEntryResult {
    floor.desk.bench.clock.advance(seconds: 60)
    return try await floor.people().enter(
      PermitEntry(
        event, happened: floor.now, source: .person, reference: "entry", retracts: retracting,
        decision: number, signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
  }

  private static func last(_ floor: PermitFloor, _ event: PermitEvent, _ id: PermitCaseID) async throws
    -> Int64
  {
    let known = try await floor.item(.routePlanning, of: id).events.known()
    let entry = try #require(known.last { $0.name == event.rawValue })
    return try #require(Int64(entry.id))
  }

  /// The number itself was wrong, and then the whole decision.
  @Test func aCorrectedNumberHoldsNoMore() async throws {
    try await PermitFloor.run { floor in
      let id = try await Self.open(floor)
      try await PermitBelievedTests.call(floor, .routePlanning, .approved, decision: Self.first)
      #expect(try await Self.states(floor, Self.first) == [.valid])
      try await Self.enter(
        floor, .approved, id, number: Self.second, retracting: try await Self.last(floor, .approved, id))
      #expect(try await Self.states(floor, Self.first) == [.other])
      #expect(try await Self.states(floor, Self.second) == [.valid])
      let result = try await Self.enter(
        floor, .rejected, id, number: Self.third, retracting: try await Self.last(floor, .approved, id))
      #expect(result.state == .rejected)
      #expect(try await Self.states(floor, Self.first) == [.other])
      #expect(try await Self.states(floor, Self.second) == [.other])
      #expect(try await Self.states(floor, Self.third).isEmpty, "a refusal is no permit")
      // The first was right after all.
      try await Self.enter(
        floor, .approved, id, number: Self.first, retracting: try await Self.last(floor, .rejected, id))
      #expect(try await Self.states(floor, Self.first) == [.valid])
      #expect(try await Self.states(floor, Self.second) == [.other])
    }
  }

  /// What takes a permit back has a number of its own, which is none of a permit.
  @Test(arguments: [true, false], [true, false])
  func aRevokedPermitIsTheOneThatWasGiven(_ isRevoked: Bool, _ isAsked: Bool) async throws {
    try await PermitFloor.run { floor in
      let id = try await Self.open(floor)
      let given: String
      if isAsked {
        try await floor.window(.routePlanning, "approved")
        try await floor.pass(seconds: 3600)
        given = try #require(floor.effects(.routePlanning).last?.decision)
      } else {
        given = Self.first
        try await PermitBelievedTests.call(floor, .routePlanning, .approved, decision: given)
        floor.desk.bench.clock.advance(seconds: 60)
      }
      #expect(try await Self.states(floor, given) == [.valid])
      if isAsked {
        let receipt = try #require(floor.effects(.routePlanning).last?.receipt)
        floor.desk.bench.sandbox.decide(receipt, isRevoked ? .revoked : .recalled, decision: Self.third)
        try await floor.pass(days: 2)
      } else {
        try await PermitBelievedTests.call(
          floor, .routePlanning, isRevoked ? .revoked : .recalled, decision: Self.third)
      }
      #expect(try await floor.state(.routePlanning, of: id) == (isRevoked ? .revoked : .recalled))
      #expect(try await Self.states(floor, given) == [isRevoked ? .withdrawn : .cancelled])
      #expect(try await Self.states(floor, Self.third).isEmpty)
      // It rests on what told that it is taken back.
      let certificate = try #require(
        try await floor.registry.certificates(
          matching: [LookupKey(.number, given)], kinds: [.constructionPlanningPermit]
        ).first)
      let evidence = try #require(try await floor.registry.evidence(for: certificate.id))
      let told = try await floor.permits.history(of: floor.item(.routePlanning, of: id).attempt.id).last
      #expect(evidence.exchange == told?.words?.exchange)
    }
  }

  /// A refusal that does not fit, and one that is taken back, with numbers of their own.
  @Test(arguments: [true, false]) func theNumberOfARefusalIsNoPermits(_ isAfterwards: Bool) async throws {
    try await PermitFloor.run { floor in
      let id = try await Self.open(floor)
      if isAfterwards {
        try await PermitBelievedTests.call(floor, .routePlanning, .approved, decision: Self.first)
        floor.desk.bench.clock.advance(seconds: 60)
        let stray = try await PermitBelievedTests.call(
          floor, .routePlanning, .rejected, decision: Self.third)
        #expect(stray.map(\.isMisfit) == [true])
        #expect(try await Self.states(floor, Self.first) == [.valid])
      } else {
        try await PermitBelievedTests.call(floor, .routePlanning, .rejected, decision: Self.third)
        let result = try await Self.enter(
          floor, .approved, id, retracting: try await Self.last(floor, .rejected, id))
        #expect(result.state == .approved && result.doubts == [.unnumbered])
      }
      #expect(try await Self.states(floor, Self.third).isEmpty)
      #expect(try await floor.state(.routePlanning, of: id) == .approved)
    }
  }

  /// Entered by mistake of a number that another case has, and taken back: that one's permit holds as before.
  @Test func aNumberThatWasEnteredByMistakeIsTheOtherCasesAgain() async throws {
    try await PermitFloor.run { floor in
      let wrong = try await Self.open(floor)
      let right = try await Self.open(floor, "GD-2", application: "SQ-2")
      try await PermitBelievedTests.call(floor, .routePlanning, .approved, decision: Self.first)
      #expect(try await floor.state(.routePlanning, of: right) == .approved)
      func told() async throws -> Certificate {
        try #require(
          try await floor.registry.certificates(
            matching: [LookupKey(.number, Self.first)], kinds: [.constructionPlanningPermit]
          ).first)
      }
      let before = try await told()
      #expect(before.record.state == .valid)
      try await Self.enter(floor, .approved, wrong, number: Self.first)
      try await Self.enter(floor, nil, wrong, retracting: try await Self.last(floor, .approved, wrong))
      #expect(try await told().record == before.record)
      #expect(try await told().version == before.version + 2)
      // As soon as the other one is taken back too, it holds no more.
      try await Self.enter(floor, nil, right, retracting: try await Self.last(floor, .approved, right))
      #expect(try await Self.states(floor, Self.first) == [.other])
      try await Self.enter(floor, .approved, wrong, number: Self.first)
      #expect(try await Self.states(floor, Self.first) == [.valid])
      try await Self.enter(floor, nil, wrong, retracting: try await Self.last(floor, .approved, wrong))
      #expect(try await Self.states(floor, Self.first) == [.other])
    }
  }

  /// Its number and what told it stay, when only the moment was wrong.
  @Test func aCorrectedMomentKeepsTheNumber() async throws {
    try await PermitFloor.run { floor in
      let id = try await Self.open(floor)
      try await PermitBelievedTests.call(floor, .routePlanning, .approved, decision: Self.first)
      let told = try #require(
        try await floor.permits.history(of: floor.item(.routePlanning, of: id).attempt.id).last)
      let result = try await Self.enter(floor, .approved, id, retracting: told.id)
      #expect(result.state == .approved && result.doubts == [])
      #expect(try await Self.states(floor, Self.first) == [.valid])
      let entered = try #require(
        try await floor.permits.history(of: floor.item(.routePlanning, of: id).attempt.id).last)
      #expect(entered.words?.decision == Self.first && entered.words?.exchange == told.words?.exchange)
      #expect(entered.words?.signOff != nil)
      // Of what allowed nothing there is no number.
      try await Self.enter(floor, .rejected, id, number: Self.third, retracting: entered.id)
      let again = try await Self.enter(
        floor, .approved, id, retracting: try await Self.last(floor, .rejected, id))
      #expect(again.doubts == [.unnumbered])
    }
  }

  /// The window puts its own number right; what a person has put right stands.
  @Test func theWindowCorrectsItsOwnNumber() async throws {
    try await PermitFloor.run { floor in
      let id = try await Self.open(floor)
      try await PermitBelievedTests.call(floor, .routePlanning, .approved, decision: Self.first)
      let approved = try await floor.item(.routePlanning, of: id).events.known().last?.happened
      floor.desk.bench.clock.advance(seconds: 600)
      try await PermitBelievedTests.call(floor, .routePlanning, .approved, decision: Self.second)
      #expect(try await Self.states(floor, Self.first) == [.other])
      #expect(try await Self.states(floor, Self.second) == [.valid])
      #expect(try await floor.item(.routePlanning, of: id).events.known().last?.happened == approved)
      try await Self.enter(
        floor, .approved, id, number: Self.third, retracting: try await Self.last(floor, .approved, id))
      floor.desk.bench.clock.advance(seconds: 600)
      try await PermitBelievedTests.call(floor, .routePlanning, .approved, decision: Self.second)
      #expect(try await Self.states(floor, Self.second) == [.other])
      #expect(try await Self.states(floor, Self.third) == [.valid])
    }
  }

  /// Entered at the wrong case, and corrected when the right one has it.
  @Test func aCorrectionLeavesTheNumberOfAnotherCaseAlone() async throws {
    try await PermitFloor.run { floor in
      let wrong = try await Self.open(floor)
      try await Self.enter(floor, .approved, wrong, number: Self.first)
      let right = try await Self.open(floor, "GD-2", application: "SQ-2")
      try await PermitBelievedTests.call(floor, .routePlanning, .approved, decision: Self.first)
      #expect(try await floor.state(.routePlanning, of: right) == .approved)
      try await Self.enter(floor, nil, wrong, retracting: try await Self.last(floor, .approved, wrong))
      #expect(try await floor.state(.routePlanning, of: wrong) == .submitted)
      #expect(try await Self.states(floor, Self.first) == [.valid])
    }
  }
}
