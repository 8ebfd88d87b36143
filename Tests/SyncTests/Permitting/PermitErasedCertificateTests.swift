import Applications
import Calendars
import Certificates
import CivilTime
import Exchanges
import Journal
@testable import Permits
import Registry
import SQLDatabase
import Sandbox
import Testing

/// Certificates of which the numbers are in the case no more, and such as an earlier version has left.
@Suite struct PermitErasedCertificateTests {
  private static let first = "杭建许〔2026〕31号"
  private static let second = "杭建许〔2026〕32号"
  private static let place = PermitItem.routePlanning

  private static func certificate(_ floor: PermitFloor, _ number: String) async throws -> Certificate? {
    try await floor.registry.certificates(
      matching: [LookupKey(.number, number)], kinds: [.constructionPlanningPermit]
    ).first
  }

  private static func state(_ floor: PermitFloor, _ number: String) async throws -> CertificateState? {
    try await certificate(floor, number)?.record.state
  }

  @discardableResult
  private static func enter(
    _ floor: PermitFloor, _ event: PermitEvent?, _ item: PermitItem, _ id: PermitCaseID,
    number: String? = nil, retracting: Int64? = nil
  ) async throws -> PermitEntryResult {
    floor.desk.bench.clock.advance(seconds: 60)
    return try await floor.people().enter(
      PermitEntry(
        event, happened: floor.now, source: .person, reference: "entry", retracts: retracting,
        decision: number, signOff: try PermitFloor.person()), of: PermitPlace(id, item))
  }

  /// A case that is closed: one item is allowed, by the window or by what a person entered.
  private static func closed(_ floor: PermitFloor, byPerson: Bool = false) async throws -> PermitCaseID {
    let id = try await floor.open()
    try await floor.work()
    floor.desk.bench.clock.advance(seconds: 600)
    if byPerson {
      try await enter(floor, .approved, place, id, number: first)
    } else {
      try await floor.call(place, "80", decision: first)
    }
    for item in [PermitItem.roadDigging, .greening] { try await enter(floor, .rejected, item, id) }
    #expect(try await floor.isClosed(id))
    #expect(try await state(floor, first) == .valid)
    return id
  }

  @Test(arguments: [true, false], [true, false])
  func whatIsTakenBackAfterwardsIsValidNoMore(isRevoked: Bool, byPerson: Bool) async throws {
    try await PermitFloor.run { floor in
      let id = try await Self.closed(floor, byPerson: byPerson)
      let now = floor.desk.bench.clock.now
      _ = try await floor.desk.database.write { try floor.permits.erase(id, in: $0, now: now) }
      #expect(try await Self.state(floor, Self.first) == .valid)
      floor.desk.bench.clock.advance(seconds: 600)
      try await floor.call(Self.place, isRevoked ? "86" : "85", decision: Self.second)
      let item = try await floor.item(Self.place, of: id)
      #expect(item.state == (isRevoked ? .revoked : .recalled) && item.attempt.doubts == [])
      let certificate = try #require(try await Self.certificate(floor, Self.first))
      #expect(certificate.record.state == (isRevoked ? .withdrawn : .cancelled))
      #expect(try await Self.certificate(floor, Self.second) == nil)
      // It rests on what told that, and the case has none of the words.
      let evidence = try #require(try await floor.registry.evidence(for: certificate.id))
      #expect(try await floor.desk.journal.exchange(evidence.exchange).operation == "progress")
      #expect(
        try await floor.permits.history(of: item.attempt.id).allSatisfy { $0.words == nil },
        "what was said is kept nowhere else than in the journal")
      // It was another one that was meant.
      let told = try #require(item.events.known().last.flatMap { Int64($0.id) })
      let result = try await Self.enter(floor, nil, Self.place, id, retracting: told)
      #expect(result.state == .approved && result.doubts == [])
      #expect(try await Self.state(floor, Self.first) == .valid)
      #expect(try await floor.permits.history(of: item.attempt.id).allSatisfy { $0.words == nil })
    }
  }

  /// A version that told nothing of a number that was corrected left it valid.
  @Test func whatAnEarlierVersionLeftValidIsMended() async throws {
    try await PermitFloor.run { floor in
      let id = try await Self.closed(floor)
      let known = try await floor.item(Self.place, of: id).events.known()
      let approved = try #require(known.last { $0.name == "approved" }.flatMap { Int64($0.id) })
      try await Self.enter(floor, .approved, Self.place, id, number: Self.second, retracting: approved)
      let certificate = try #require(try await Self.certificate(floor, Self.first))
      #expect(certificate.record.state == .other)
      // As it left it.
      let valid = try #require(try await floor.registry.observations(of: certificate.id).first)
      floor.desk.bench.clock.advance(seconds: 60)
      let now = floor.desk.bench.clock.now
      let left = try floor.registry.prepare([
        Observation(
          platform: valid.platform, record: valid.record, exchange: valid.exchange, locator: valid.locator,
          mapping: valid.mapping, adapter: valid.adapter, received: now)
      ])
      let marks = try #require(
        PermitSchema.component.migrations.first { $0.name == "certificates of permits to be read anew" }?
          .statements.last)
      try await floor.desk.database.write { transaction in
        _ = try floor.registry.store(left, in: transaction, now: now)
        try transaction.execute(marks)
      }
      #expect(try await Self.state(floor, Self.first) == .valid)
      floor.desk.bench.clock.advance(seconds: 60)
      let later = floor.desk.bench.clock.now
      let counts = try await floor.permits.catchUp { later }
      #expect(counts.read == 1 && counts.left == 0)
      #expect(try await Self.state(floor, Self.first) == .other)
      #expect(try await Self.state(floor, Self.second) == .valid)
      #expect(try await floor.permits.catchUp { later }.read == 0)
    }
  }
}
