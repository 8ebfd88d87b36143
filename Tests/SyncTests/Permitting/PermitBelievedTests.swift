import Journal
@testable import Adapters
import Applications
import Calendars
import Certificates
import CivilTime
import Exchanges
import Permits
import Pushing
import Registry
import SQLDatabase
import Sandbox
import Synchronization
import Testing

/// What windows say that cannot be so, comes late, or is not all of it.
@Suite struct PermitBelievedTests {
  /// The window says something by calling us.
  @discardableResult
  static func call(
    _ floor: PermitFloor, _ item: PermitItem, _ event: PermitEvent, at said: CivilDateTime? = nil,
    decision: String? = nil, received: Timestamp? = nil
  ) async throws -> [PermitHandler.Event] {
    let told = Mutex<[PermitHandler.Event]>([])
    let callbacks = PermitCallbacks(
      permits: floor.permits, pushes: floor.desk.pushes,
      adapters: ["hangzhou-permits": floor.desk.client.adapter]
    ) { event in told.withLock { $0.append(event) } }
    let receipt = try #require(floor.effects(item).last).receipt
    let call = InboundCall(
      purpose: .permitProgress, platform: "hangzhou-permits", operation: "progress", receipt: receipt,
      key: nil,
      event: event, happened: said, decision: decision, note: nil)
    let now = floor.desk.bench.clock.now
    let exchange = try await floor.desk.journal.record(
      Exchange(
        platform: "hangzhou-permits", operation: "progress", direction: .inbound, method: "POST",
        address: "/",
        requestBody: Array("\(event)".utf8), created: now, outcome: .succeeded, requestID: "r"))
    try await floor.desk.database.write { transaction in
      try callbacks.act(
        on: call, exchange: exchange, received: received ?? now, in: transaction, now: now)
    }
    return told.withLock { $0 }
  }

  private static func certificates(_ floor: PermitFloor, _ number: String, _ kind: CertificateKind)
    async throws -> [Certificate]
  {
    try await floor.registry.certificates(matching: [LookupKey(.number, number)], kinds: [kind])
  }

  @Test func aMomentInTheFutureIsKeptAndNotBelieved() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.pass(seconds: 600)
      let (heard, future) = (floor.now, floor.now.advanced(bySeconds: 86_400 * 20))
      let told = try await Self.call(floor, .routePlanning, .accepted, at: future)
      #expect(told.map(\.doubts) == [[.moment]] && told.map(\.isMisfit) == [false])
      let view = try await floor.item(.routePlanning, of: id)
      #expect(view.reading?.started == heard && view.attempt.doubts == [.moment])
      let history = try await floor.permits.history(of: view.attempt.id)
      let entry = try #require(history.last)
      #expect(entry.said == future && entry.event.happened == heard && entry.event.name == "accepted")
      // The right moment stands in for it.
      _ = try await floor.people().enter(
        PermitEntry(
          .accepted, happened: floor.now, source: .person, reference: "entry", retracts: entry.id,
          signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
      #expect(try await floor.item(.routePlanning, of: id).attempt.doubts == [])
    }
  }

  @Test func aMomentBeforeTheFilingStartsNoClockBeforeIt() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      let handedIn = floor.now
      try await floor.work()
      try await floor.pass(seconds: 600)
      try await Self.call(floor, .routePlanning, .accepted, at: handedIn.advanced(bySeconds: -86_400 * 3))
      let view = try await floor.item(.routePlanning, of: id)
      #expect(view.reading?.started == handedIn && view.attempt.doubts == [.moment])
      // A day without a time is that day.
      try await Self.call(floor, .roadDigging, .accepted, at: CivilDateTime(startOf: handedIn.date))
      let other = try await floor.item(.roadDigging, of: id)
      #expect(other.reading?.started == handedIn && other.attempt.doubts == [])
    }
  }

  /// A call that could not be acted upon for days counts from when it came.
  @Test func aCallThatIsActedUponLaterCountsFromItsReception() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.pass(seconds: 600)
      let (heard, time) = (floor.now, floor.desk.bench.clock.now)
      floor.desk.bench.clock.advance(seconds: 86_400 * 3)
      try await Self.call(
        floor, .routePlanning, .accepted, at: heard.advanced(bySeconds: 86_400), received: time)
      let view = try await floor.item(.routePlanning, of: id)
      #expect(view.reading?.started == heard && view.attempt.doubts == [.moment])
      try await Self.call(floor, .roadDigging, .accepted, received: time)
      #expect(try await floor.item(.roadDigging, of: id).reading?.started == heard)
    }
  }

  /// 行政许可法 第三十二条: what was never refused counts as accepted since it was received.
  @Test func aDecisionWithoutAnAcceptanceEndsAClockThatRan() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      let submitted = try #require(try await floor.item(.routePlanning, of: id).events.first).happened
      floor.desk.bench.clock.advance(seconds: 86_400 * 25)
      let decided = floor.now
      try await Self.call(floor, .routePlanning, .approved, at: decided, decision: "杭建许〔2026〕1号")
      var view = try await floor.item(.routePlanning, of: id)
      #expect(view.state == .approved && view.events.known().map(\.name) == ["submitted", "approved"])
      #expect(view.reading?.started == submitted && view.reading?.state == .ended(decided))
      #expect(view.reading?.basis == .deemed && view.reading?.silence?.clause == "D 32")
      #expect(
        view.reading?.isLate == true && view.reading?.findings == [],
        "25 days, and the limit is 5 working days")
      // Nobody is warned of what is over already.
      let item = view.attempt.id.rawValue
      let warnings = try await floor.desk.database.read { reader in
        try reader.int("SELECT count(*) FROM permit_warning WHERE item = ?1", .int(item))
      }
      #expect(warnings == 0)
      // Accepted when it counted as accepted already: that moves nothing.
      let late = decided.advanced(bySeconds: -86_400 * 2)
      try await Self.call(floor, .routePlanning, .accepted, at: late)
      view = try await floor.item(.routePlanning, of: id)
      #expect(view.state == .approved && view.reading?.started == submitted && view.reading?.isLate == true)
      #expect(view.reading?.findings.map(\.code) == [.startedLate])
      // Accepted in time, told late as it is, comes before what was concluded.
      let accepted = submitted.advanced(bySeconds: 86_400 * 2)
      try await Self.call(floor, .routePlanning, .accepted, at: accepted)
      view = try await floor.item(.routePlanning, of: id)
      #expect(view.state == .approved && view.reading?.started == accepted)
      #expect(view.reading?.basis == .told && view.reading?.silence == nil)
      #expect(view.reading?.isLate == true, "25 days")
    }
  }

  /// A person enters it, and takes it back: what follows from it is gone, and the silence goes on.
  @Test func whatFollowsFromADecisionFallsWithIt() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      let (people, place) = (try floor.people(), PermitPlace(id, .greening))
      let submitted = try #require(try await floor.item(.greening, of: id).events.first).happened
      floor.desk.bench.clock.advance(seconds: 86_400)
      func enter(_ event: PermitEvent?, retracting: Int64? = nil) async throws -> PermitEntryResult {
        try await people.enter(
          PermitEntry(
            event, happened: floor.now, source: .person, reference: "entry", retracts: retracting,
            decision: event == nil ? nil : "杭绿许〔2026〕9号", signOff: try PermitFloor.person()), of: place)
      }
      let entered = try await enter(.approved)
      let decided = try await floor.item(.greening, of: id)
      #expect(decided.reading?.started == submitted && decided.reading?.state == .ended(floor.now))
      #expect(try await !enter(.approved).isNew)
      #expect(try await enter(nil, retracting: entered.id).state == .submitted)
      let view = try await floor.item(.greening, of: id)
      #expect(view.events.known().map(\.name) == ["submitted"] && view.reading?.state == .waiting)
      #expect(view.reading?.silence?.from == submitted && view.reading?.silence?.isOver == false)
    }
  }

  /// A window that takes an application and never says a word.
  @Test func aSilentWindowIsWarnedOfAllTheSame() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      let before = try await floor.item(.greening, of: id)
      let silence = try #require(before.reading?.silence)
      #expect(before.reading?.state == .waiting && !silence.isOver && before.colour == nil)
      try await floor.pass(days: 12)
      let view = try await floor.item(.greening, of: id)
      #expect(view.reading?.state == .running && view.reading?.started == silence.from)
      #expect(view.reading?.basis == .deemed && view.reading?.isLate == true && view.colour == .red)
      let fired = try await floor.desk.database.read { reader in
        try reader.int(
          "SELECT count(*) FROM permit_warning WHERE clock = 'platform' AND colour = 'red' AND stands = 1")
      }
      #expect(fired > 0)
    }
  }

  @Test func aDecisionWithoutANumberIsToldAndBecomesACertificateWithIt() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      let told = try await Self.call(floor, .routePlanning, .approved)
      #expect(told.last?.doubts == [.unnumbered])
      let before = try await floor.item(.routePlanning, of: id)
      #expect(before.attempt.doubts == [.unnumbered])
      let number = "杭建许〔2026〕2号"
      #expect(try await Self.certificates(floor, number, .constructionPlanningPermit).isEmpty)
      floor.desk.bench.clock.advance(seconds: 3600)
      try await Self.call(floor, .routePlanning, .approved, decision: number)
      let after = try await floor.item(.routePlanning, of: id)
      #expect(after.state == .approved && after.attempt.doubts == [])
      #expect(after.events.known().map(\.name) == before.events.known().map(\.name))
      #expect(after.events.known().last?.happened == before.events.known().last?.happened)
      let found = try await Self.certificates(floor, number, .constructionPlanningPermit)
      #expect(found.map(\.record.state) == [.valid])
      // Once more is no news.
      #expect(try await Self.call(floor, .routePlanning, .approved, decision: number).isEmpty)
    }
  }

  /// The window tells the number when it is asked on a later day.
  @Test func theNumberComesWithALaterAnswer() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.routePlanning, "approved")
      let number = try #require(floor.effects(.routePlanning).last?.decision)
      _ = try await floor.people().enter(
        PermitEntry(
          .approved, happened: floor.now, source: .person, reference: "telephone",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
      #expect(try await floor.item(.routePlanning, of: id).attempt.doubts == [.unnumbered])
      try await floor.pass(days: 2)
      #expect(try await floor.item(.routePlanning, of: id).attempt.doubts == [])
      #expect(try await Self.certificates(floor, number, .constructionPlanningPermit).count == 1)
    }
  }

  /// 补录: what came on paper is a certificate too; what a person has entered is what it rests on.
  @Test func aDecisionThatIsEnteredLateIsACertificate() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      let (people, number, signOff) = (try floor.people(), "杭绿许〔2026〕3号", try PermitFloor.person())
      let place = PermitPlace(id, .greening)
      let decided = floor.now
      let entered = try await people.enter(
        PermitEntry(
          .approved, happened: decided, source: .person, reference: "entry", decision: number,
          signOff: signOff), of: place)
      #expect(entered.doubts == [])
      let certificate = try #require(try await Self.certificates(floor, number, .greeningPermit).first)
      #expect(certificate.record.state == .valid)
      let evidence = try #require(try await floor.registry.evidence(for: certificate.id))
      let exchange = try await floor.desk.journal.exchange(evidence.exchange)
      #expect(exchange.operation == "permit-entry" && exchange.direction == .inbound)
      let said = String(decoding: exchange.requestBody, as: UTF8.self)
      #expect(said.contains(number) && said.contains(signOff.name) && evidence.platform == "hangzhou-permits")
      // The same entry twice is one, and leaves one exchange.
      let again = try await people.enter(
        PermitEntry(
          .approved, happened: decided, source: .person, reference: "entry", decision: number,
          signOff: signOff), of: place)
      #expect(!again.isNew)
      let exchanges = try await floor.desk.database.read {
        try $0.int("SELECT count(*) FROM exchange WHERE operation = 'permit-entry'")
      }
      #expect(exchanges == 1)
      // The window revokes it.
      try await Self.call(floor, .greening, .revoked)
      #expect(try await floor.state(.greening, of: id) == .revoked)
      #expect(try await Self.certificates(floor, number, .greeningPermit).map(\.record.state) == [.withdrawn])
    }
  }

  /// One document allows occupying and digging: both are found by its number, and each has its own state.
  @Test func twoItemsInOneDocumentAreTwoCertificates() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      let number = "杭城管许〔2026〕4号"
      try await Self.call(floor, .roadDigging, .approved, decision: number)
      _ = try await floor.people().enter(
        PermitEntry(
          .withdrawn, happened: floor.now, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
      // Occupation is a promise here; that the window decided it is entered at another case.
      let other = try await floor.open("GD-2", application: "SQ-2")
      try await floor.work()
      try await Self.call(floor, .roadDigging, .approved, decision: number)
      #expect(
        try await Self.certificates(floor, number, .roadPermit).count == 1, "the same item and document")
      let occupation = try await floor.item(.roadOccupation, of: other).attempt
      try await floor.desk.database.write { transaction in
        try transaction.execute("DELETE FROM permit_event WHERE item = ?1", .int(occupation.id.rawValue))
        try transaction.execute(
          "UPDATE permit_item SET state = 'submitted', way = 'approval' WHERE id = ?1",
          .int(occupation.id.rawValue))
      }
      try await Self.call(floor, .roadOccupation, .approved, decision: number)
      let both = try await Self.certificates(floor, number, .roadPermit)
      #expect(
        Set(both.compactMap { $0.record.specific.text(.itemCode) }) == ["road-digging", "road-occupation"])
      try await Self.call(floor, .roadOccupation, .revoked)
      let states = try await Self.certificates(floor, number, .roadPermit).map {
        ($0.record.specific.text(.itemCode), $0.record.state)
      }
      #expect(states.contains { $0 == ("road-digging", .valid) })
      #expect(states.contains { $0 == ("road-occupation", .withdrawn) })
    }
  }
}
