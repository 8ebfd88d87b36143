import Applications
import Calendars
import Certificates
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

/// Cases from their opening to their end, at the simulated window.
@Suite struct PermitWorkflowTests {
  private static func code(_ body: () async throws -> Void) async -> PermitErrorCode? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? PermitError)?.code
    }
  }

  @Test func allItemsGoSideBySide() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      for item in PermitItem.allCases { #expect(floor.effects(item).count == 1, "\(item)") }
      #expect(try await floor.state(.roadOccupation, of: id) == .filed, "a promise needs no answer")
      #expect(try await floor.state(.routePlanning, of: id) == .submitted)
      for item in [PermitItem.routePlanning, .roadDigging] {
        try await floor.window(item, "accepted")
        try await floor.pass(seconds: 3600)
        #expect(try await floor.state(item, of: id) == .accepted)
        #expect(try await floor.item(item, of: id).reading?.state == .running)
      }
      try await floor.window(.routePlanning, "approved")
      try await floor.window(.roadDigging, "rejected")
      try await floor.pass(seconds: 2 * 3600)
      #expect(try await floor.state(.routePlanning, of: id) == .approved)
      #expect(try await floor.state(.roadDigging, of: id) == .rejected)
      #expect(try await !floor.isClosed(id))
      let decision = try await floor.permits.history(of: floor.item(.routePlanning, of: id).attempt.id)
        .compactMap { $0.words?.decision }
      #expect(decision == floor.effects(.routePlanning).compactMap(\.decision) && decision.count == 1)
      // Nobody can ask about this one, so that somebody says it.
      let result = try await floor.people().enter(
        PermitEntry(.approvedDeferred, happened: floor.now, source: .person, reference: "entry"),
        of: PermitPlace(id, .greening))
      #expect(result.hasClosedCase)
      #expect(try await floor.isClosed(id))
      try await floor.pass(days: 2)
      #expect(floor.desk.bench.sandbox.permitCases.count == 4)
      #expect(try await floor.claim() == nil)
    }
  }

  /// A decision is a certificate with the answer that told it as evidence; what becomes of the permit shows in its state.
  @Test func decisionsBecomeCertificates() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.routePlanning, "approved")
      try await floor.pass(seconds: 3600)
      let number = try #require(floor.effects(.routePlanning).first?.decision)
      func certificate() async throws -> Certificate? {
        try await floor.registry.certificates(
          matching: [LookupKey(.number, number)], kinds: [.constructionPlanningPermit]
        ).first
      }
      let approved = try #require(try await certificate())
      #expect(approved.record.state == .valid && approved.record.number == number)
      #expect(approved.record.holders.first?.text(.holderName) == "拟电力公司")
      let evidence = try #require(try await floor.registry.evidence(for: approved.id))
      let told = try await floor.desk.journal.exchange(evidence.exchange)
      #expect(
        told.operation == "status" && String(decoding: told.responseBody, as: UTF8.self).contains(number))
      let entered = try await floor.people().enter(
        PermitEntry(
          .revoked, happened: floor.now, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
      #expect(entered.state == .revoked)
      #expect(try await certificate()?.record.state == .withdrawn)
      // It was another one that was revoked.
      _ = try await floor.people().enter(
        PermitEntry(
          nil, happened: floor.now, source: .person, reference: "entry", retracts: entered.id,
          signOff: try PermitFloor.person()), of: PermitPlace(id, .routePlanning))
      #expect(try await certificate()?.record.state == .valid)
      #expect(try await certificate()?.id == approved.id)
    }
  }

  @Test func whatIsAskedForIsSentTwice() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      let people = try floor.people()
      let place = PermitPlace(id, .routePlanning)
      try await floor.work()
      #expect(
        await Self.code {
          _ = try await people.supplement(place, with: [PermitFloor.material("a")], remarks: nil)
        } == .notNow)
      try await floor.window(.routePlanning, "accepted")
      try await floor.pass(seconds: 3600)
      for round in 1...2 {
        try await floor.window(.routePlanning, "correction", note: "缺图\(round)")
        try await floor.pass(seconds: 3600)
        #expect(try await floor.state(.routePlanning, of: id) == .supplement, "round \(round)")
        #expect(try await floor.item(.routePlanning, of: id).reading?.state == .paused(.supplement))
        if round == 2 {
          // The very same would not be sent: that is said.
          #expect(
            await Self.code {
              _ = try await people.supplement(place, with: [PermitFloor.material("plan", "1")], remarks: nil)
            } == .notNow)
        }
        _ = try await people.supplement(
          place, with: [PermitFloor.material("plan", "\(round)")], remarks: nil)
        try await floor.work()
        #expect(try await floor.state(.routePlanning, of: id) == .accepted, "at once, by the push's end")
        #expect(floor.effects(.routePlanning).map(\.supplements) == [round])
      }
      try await floor.window(.routePlanning, "approved")
      try await floor.pass(seconds: 3600)
      #expect(try await floor.state(.routePlanning, of: id) == .approved)
      #expect(
        try await floor.events(.routePlanning, of: id).filter { $0.hasPrefix("supplement") } == [
          "supplement-requested", "supplement-received", "supplement-requested", "supplement-received",
        ])
    }
  }

  /// The window decides while the material is on its way: it is not taken, that is said, and the files are kept.
  @Test func aSupplementThatComesTooLateIsNotLost() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.roadDigging, "correction")
      try await floor.pass(seconds: 3600)
      #expect(try await floor.state(.roadDigging, of: id) == .supplement)
      try await floor.window(.roadDigging, "rejected")
      let push = try await floor.people().supplement(
        PermitPlace(id, .roadDigging), with: [PermitFloor.material("plan")], remarks: nil)
      try await floor.work()
      #expect(try await floor.desk.state(push) == .refused)
      #expect(try await floor.item(.roadDigging, of: id).attempt.problemCode == "permit-not-taken")
      #expect(floor.troubles.withLock { $0.map(\.problem.code) } == ["permit-not-taken"])
      try await floor.pass(seconds: 3600)
      #expect(try await floor.state(.roadDigging, of: id) == .rejected)
      let files = try await floor.desk.database.read {
        try $0.int("SELECT count(*) FROM permit_material WHERE code = 'plan'")
      }
      #expect(files == 1)
    }
  }

  /// What the window took and declined, and what it did not take, is handed in again as another attempt.
  @Test func whatWasDeclinedIsTriedAgain() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.refusal, "road-digging")
      let id = try await floor.open()
      try await floor.work()
      let place = PermitPlace(id, .roadDigging)
      #expect(try await floor.state(.roadDigging, of: id) == .refused)
      #expect(floor.effects(.roadDigging).isEmpty)
      let people = try floor.people()
      for attempt in 2...4 {
        _ = try await people.retry(place)
        #expect(await Self.code { _ = try await people.retry(place) } == .notNow)
        try await floor.work()
        let view = try await floor.item(.roadDigging, of: id)
        #expect(view.attempt.attempt == attempt && view.state == .submitted, "\(attempt)")
        #expect(view.attempt.problem == nil)
        #expect(floor.effects(.roadDigging).count == attempt - 1)
        try await floor.window(.roadDigging, attempt == 4 ? "approved" : "rejected")
        try await floor.pass(seconds: 3600)
      }
      let view = try await floor.permits.view(id, at: floor.now)
      let attempts = view.items.filter { $0.attempt.item == .roadDigging }
      #expect(attempts.map(\.state) == [.refused, .rejected, .rejected, .approved])
      #expect(attempts.map(\.attempt.follows) == [nil] + attempts.dropLast().map { $0.attempt.id })
      #expect(Set(attempts.compactMap(\.attempt.push)).count == 4)
    }
  }

  @Test func oneThatFailsHoldsNoOther() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.unavailable(retryAfter: 17_280), "road-digging", calls: 1...200)
      let id = try await floor.open()
      try await floor.pass(seconds: 2 * 3600)
      #expect(try await floor.state(.roadDigging, of: id) == .planned)
      for item in [PermitItem.routePlanning, .greening, .roadOccupation] {
        #expect(floor.effects(item).count == 1)
      }
      try await floor.window(.routePlanning, "approved")
      try await floor.pass(seconds: 3600)
      #expect(try await floor.state(.routePlanning, of: id) == .approved)
      #expect(try await floor.state(.roadDigging, of: id) == .planned)
    }
  }

  /// What is kept of one item is damaged: the others go on, and that is said once.
  @Test func oneThatIsDamagedHoldsNoOther() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      let item = try await floor.item(.routePlanning, of: id).attempt.id
      try await floor.desk.database.write { transaction in
        _ = try transaction.execute(
          "INSERT INTO permit_push (push, item, purpose, is_open) VALUES (9999, ?1, 'painted', 1)",
          .int(item.rawValue))
      }
      try await floor.pass(seconds: 7200)
      #expect(try await floor.state(.roadOccupation, of: id) == .filed)
      #expect(try await floor.state(.roadDigging, of: id) == .received)
      let attempt = try await floor.item(.routePlanning, of: id).attempt
      #expect(attempt.state == .planned && attempt.problemCode == "permit-unreadable")
      #expect(floor.troubles.withLock { $0.map(\.problem.code) } == ["permit-unreadable"])
      try await floor.desk.database.write { transaction in
        _ = try transaction.execute("DELETE FROM permit_push WHERE push = 9999")
      }
      try await floor.pass(seconds: 7200)
      let mended = try await floor.item(.routePlanning, of: id).attempt
      #expect(mended.state == .received && mended.problemCode == nil)
    }
  }

  /// Nobody knows what became of it: nothing is filed twice, and what a person finds out counts at once.
  @Test func anUnknownOutcomeFilesNothingTwice() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.resetAfter, "greening")
      floor.desk.fault(.resetAfter, "road-digging")
      let id = try await floor.open()
      try await floor.pass(days: 3)
      #expect(floor.effects(.greening).count == 1 && floor.effects(.roadDigging).count == 1)
      #expect(try await floor.state(.roadDigging, of: id) == .received, "the window could be asked")
      let attempt = try await floor.item(.greening, of: id).attempt
      #expect(attempt.state == .planned)
      let push = PushID(try #require(attempt.push))
      #expect(try await floor.desk.state(push) == .unknown)
      let place = PermitPlace(id, .greening)
      let person = try PermitFloor.person()
      #expect(
        await Self.code {
          _ = try await floor.people().withdraw(place, remarks: nil, by: person)
        } == .notNow)
      // Nor is it said to be over, and so tried again, before somebody knows whether it is there.
      #expect(
        await Self.code {
          _ = try await floor.people().enter(
            PermitEntry(
              .withdrawn, happened: floor.now, source: .person, reference: "entry", signOff: person),
            of: place)
        } == .notNow)
      #expect(await Self.code { _ = try await floor.people().retry(place) } == .notNow)
      try await floor.pass(seconds: 3600)
      #expect(floor.effects(.greening).count == 1)
      try await floor.desk.pushes.decide(.happened(receipt: "R-1"), about: push, by: person)
      try await floor.pass(seconds: 3600)
      #expect(try await floor.state(.greening, of: id) == .submitted)
      #expect(floor.effects(.greening).count == 1, "it is known that the first is there")
    }
  }

  private static func happened(
    _ event: PermitEvent, _ item: PermitItem, of id: PermitCaseID, _ floor: PermitFloor
  ) async throws -> CivilDateTime? {
    try await floor.item(item, of: id).events.last { $0.name == event.rawValue }?.happened
  }

  /// It counts at once when somebody signs, and from when it was sent: the window had it then.
  @Test func whatIsSignedCountsAtOnce() async throws {
    try await PermitFloor.run { floor in
      floor.desk.fault(.resetAfter, "greening")
      let sent = floor.now
      let id = try await floor.open()
      try await floor.work()
      let push = PushID(try #require(try await floor.item(.greening, of: id).attempt.push))
      try await floor.pass(days: 3)
      #expect(try await floor.state(.greening, of: id) == .planned)
      try await floor.desk.pushes.decide(.happened(receipt: "R-1"), about: push, by: try PermitFloor.person())
      try await floor.work()
      #expect(try await floor.state(.greening, of: id) == .submitted)
      #expect(floor.effects(.greening).count == 1)
      #expect(try await Self.happened(.submitted, .greening, of: id, floor) == sent)
    }
  }

  /// 补正 whose answer was lost: the clock goes on from when it was sent, not from when somebody found out.
  @Test func aSupplementThatIsSignedForCountsFromWhenItWasSent() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.window(.greening, "correction")
      _ = try await floor.people().enter(
        PermitEntry(
          .supplementRequested, happened: floor.now, source: .person, reference: "entry",
          signOff: try PermitFloor.person()), of: PermitPlace(id, .greening))
      try await floor.pass(seconds: 3600)
      floor.desk.fault(.resetAfter, "supplement")
      _ = try await floor.people().supplement(
        PermitPlace(id, .greening), with: [PermitFloor.material("plan", "1")], remarks: nil)
      let sent = floor.now
      try await floor.work()
      #expect(try await floor.state(.greening, of: id) == .supplement)
      let push = try #require(try await floor.desk.pushes.list(PushFilter()).first { $0.about != nil }).id
      try await floor.pass(days: 2)
      let state = try await floor.desk.pushes.required(push).state
      if state == .unknown {
        try await floor.desk.pushes.decide(
          .happened(receipt: "R-2"), about: push, by: try PermitFloor.person())
        try await floor.work()
      }
      #expect(state == .unknown, "nobody can be asked")
      #expect(try await floor.state(.greening, of: id) != .supplement)
      #expect(try await Self.happened(.supplementReceived, .greening, of: id, floor) == sent)
    }
  }

  /// 补录: an acceptance that is entered a week later makes the deadline anew, and what was believed stays to be seen.
  @Test func aLateEntryMakesTheClockAnew() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      try await floor.work()
      try await floor.pass(days: 9)
      let before = floor.desk.bench.clock.now
      #expect(try await floor.item(.greening, of: id).reading?.basis == .deemed)
      let accepted = try #require(CivilDateTime(iso: "2026-08-03T10:00:00"))
      let people = try floor.people()
      let entered = try await people.enter(
        PermitEntry(
          .accepted, happened: accepted, source: .person, reference: "entry",
          signOff: try PermitFloor.person()),
        of: PermitPlace(id, .greening))
      #expect(entered.state == .accepted && !entered.isMisfit)
      let now = try await floor.item(.greening, of: id).reading
      #expect(now?.lastDay?.description == "2026-08-10" && now?.isLate == false)
      floor.desk.bench.clock.advance(seconds: 1)
      let believed = try await floor.permits.view(
        id, at: before.civil(offsetSeconds: UTCOffset.china), knownAt: before.advanced(bySeconds: -1))
      let then = try #require(believed.items.first { $0.attempt.item == .greening })
      #expect(then.state == .submitted && then.reading?.basis == .deemed)
      #expect(!then.events.contains { $0.name == "accepted" })
      // It was the fourth.
      let corrected = try await people.enter(
        PermitEntry(
          .accepted, happened: accepted.advanced(bySeconds: 86_400), source: .person, reference: "entry",
          retracts: entered.id), of: PermitPlace(id, .greening))
      #expect(corrected.isNew)
      #expect(try await floor.item(.greening, of: id).reading?.lastDay?.description == "2026-08-11")
      let later = PermitEntry(
        .approved, happened: floor.now.advanced(bySeconds: 60), source: .person, reference: "entry")
      #expect(
        await Self.code { _ = try await people.enter(later, of: PermitPlace(id, .greening)) } == .unfit)
    }
  }

  @Test func aWindowThatIsDownForADayGetsEverythingOnce() async throws {
    try await PermitFloor.run { floor in
      for item in PermitItem.allCases {
        floor.desk.fault(.unavailable(retryAfter: 17_280), item.rawValue, calls: 1...5)
      }
      let id = try await floor.open()
      try await floor.pass(seconds: 60)
      #expect(floor.desk.bench.sandbox.permitCases.isEmpty)
      try await floor.pass(days: 2)
      for item in PermitItem.allCases where item != .greening {
        #expect(floor.effects(item).count == 1, "\(item)")
        #expect(try await floor.state(item, of: id) != .planned)
      }
      // Whether the window had this one when it answered nobody can ask; a person found out.
      #expect(floor.effects(.greening).isEmpty)
      let push = try #require(try await floor.item(.greening, of: id).attempt.push)
      floor.desk.bench.sandbox.faults.removeAll()
      _ = try await floor.desk.pushes.decide(
        .didNotHappen, about: PushID(push), by: try PermitFloor.person())
      try await floor.pass(seconds: 3600)
      #expect(floor.effects(.greening).count == 1)
      #expect(try await floor.state(.greening, of: id) == .submitted)
    }
  }

  @Test func whatIsWithdrawnEndsThere() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      let (people, person) = (try floor.people(), try PermitFloor.person())
      // Not handed in yet: it never is.
      #expect(try await people.withdraw(PermitPlace(id, .greening), remarks: nil, by: person) == nil)
      try await floor.work()
      #expect(floor.effects(.greening).isEmpty)
      #expect(try await floor.state(.greening, of: id) == .withdrawn)
      // At the window: it has to take it.
      let push = try #require(
        try await people.withdraw(PermitPlace(id, .roadDigging), remarks: "改线", by: person))
      #expect(try await floor.state(.roadDigging, of: id) == .submitted)
      try await floor.work()
      #expect(try await floor.desk.state(push) == .accepted)
      #expect(try await floor.state(.roadDigging, of: id) == .withdrawn)
      #expect(floor.effects(.roadDigging).map(\.state) == [.withdrawn])
      #expect(
        await Self.code {
          _ = try await people.withdraw(PermitPlace(id, .roadDigging), remarks: nil, by: person)
        } == .notNow)
      _ = try await people.retry(PermitPlace(id, .roadDigging))
      try await floor.work()
      #expect(floor.effects(.roadDigging).map(\.state) == [.withdrawn, .received])
    }
  }

  /// Another case with the same application is told so, and files nothing.
  @Test func theSameApplicationIsOneApplication() async throws {
    try await PermitFloor.run { floor in
      let first = try await floor.open("GD-1")
      #expect(try await floor.open("GD-1") == first)
      let second = try await floor.open("GD-2")
      try await floor.pass(seconds: 3600)
      #expect(floor.desk.bench.sandbox.permitCases.count == 4)
      #expect(try await floor.item(.greening, of: second).attempt.problemCode == "permit-not-now")
    }
  }

  /// A copy of an earlier day does not know what was handed in since: nothing is, unasked.
  @Test func aRestoredCopyHandsNothingInUnasked() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      #expect(try await floor.permits.doubtAll(at: floor.desk.bench.clock.now) == 4)
      try await floor.pass(days: 1)
      #expect(floor.desk.bench.sandbox.permitCases.isEmpty)
      let held = try await floor.item(.greening, of: id).attempt
      #expect(held.problemCode == "permit-held" && held.problem?.contains("with 'permit retry'") == true)
      _ = try await floor.people().retry(PermitPlace(id, .greening))
      try await floor.work()
      #expect(floor.desk.bench.sandbox.permitCases.map(\.item) == ["greening"])
      #expect(try await floor.item(.greening, of: id).attempt.attempt == 1)
      // What was there is asked about at once.
      let calls = floor.desk.bench.sandbox.calls("hangzhou-permits", "status").calls
      _ = try await floor.people().retry(PermitPlace(id, .roadDigging))
      try await floor.pass(seconds: 120)
      let asked = floor.desk.bench.sandbox.calls("hangzhou-permits", "status").calls
      #expect(asked > calls)
      try await floor.pass(days: 1)
      let before = floor.desk.bench.sandbox.calls("hangzhou-permits", "status").calls
      _ = try await floor.permits.doubtAll(at: floor.desk.bench.clock.now)
      try await floor.work()
      #expect(floor.desk.bench.sandbox.calls("hangzhou-permits", "status").calls == before + 1)
    }
  }

  /// What had come to nothing in the copy, or turns out to have since, may have been tried again after the copy was made.
  @Test func aRestoredCopyTriesNothingAgainUnasked() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      let people = try floor.people()
      try await floor.work()
      _ = try await people.withdraw(
        PermitPlace(id, .roadDigging), remarks: nil, by: try PermitFloor.person())
      try await floor.window(.routePlanning, "rejected")
      try await floor.pass(seconds: 3600)
      #expect(try await floor.permits.doubtAll(at: floor.desk.bench.clock.now) == 0)
      // Filed when the copy was made.
      try await floor.window(.roadOccupation, "rejected")
      try await floor.pass(days: 1)
      let items: [(PermitItem, PermitState)] = [
        (.roadDigging, .withdrawn), (.routePlanning, .rejected), (.roadOccupation, .rejected),
      ]
      for (item, state) in items {
        #expect(try await floor.state(item, of: id) == state)
        #expect(try await !floor.item(item, of: id).attempt.isHeld, "there is nothing of it to be handed in")
        _ = try await people.retry(PermitPlace(id, item))
        try await floor.pass(seconds: 3600)
        let attempt = try await floor.item(item, of: id).attempt
        #expect(attempt.attempt == 2 && attempt.isHeld && attempt.problemCode == "permit-held", "\(item)")
        #expect(attempt.problem?.contains("'permit retry --attempt 2'") == true)
        #expect(floor.effects(item).count == 1)
        // The same call once more, because its answer was lost.
        let again = await #expect(throws: PermitError.self) {
          _ = try await people.retry(PermitPlace(id, item))
        }
        #expect(again?.code == .notNow && again?.remedy.contains("--attempt 2") == true)
        // A person has found out that it is not there.
        _ = try await people.retry(PermitPlace(id, item, attempt: 2))
        try await floor.work()
        #expect(try await floor.item(item, of: id).attempt.attempt == 2)
        #expect(floor.effects(item).count == 2)
      }
      // Tried again behind the copy, it is known what there is.
      try await floor.window(.routePlanning, "rejected")
      try await floor.pass(seconds: 3600)
      _ = try await people.retry(PermitPlace(id, .routePlanning))
      try await floor.work()
      #expect(floor.effects(.routePlanning).count == 3)
    }
  }
}
