import Applications
import Calendars
import CivilTime
@testable import Permits
import TestSupport
import Testing

@Suite struct PermitProgressTests {
  private func progress(_ names: [String]) throws -> PermitProgress {
    let start = try #require(CivilDate(iso: "2024-03-04"))
    let events = names.enumerated().map { place, name in
      ClockEvent(
        id: "\(place)", name: name, happened: CivilDateTime(startOf: start.adding(days: place)),
        learned: Timestamp(milliseconds: Int64(place)))
    }
    return PermitProgress(events)
  }

  @Test func everyStateOfTheTablesIsAnEvent() {
    let all = (1...15).map { PermitEvent(blzt: $0) }
    #expect(all.allSatisfy { $0 != nil })
    #expect(Set(all).count == 15)
    for code in 1...15 { #expect(PermitEvent(blzt: code)?.blzt == code) }
    for code in [0, 16, -1, 99] { #expect(PermitEvent(blzt: code) == nil) }
  }

  @Test(arguments: [
    ([], PermitState.planned), (["submitted"], .submitted), (["submitted", "received"], .received),
    (["submitted", "accepted"], .accepted), (["accepted", "handling"], .accepted),
    (["received", "handling", "accepted"], .accepted), (["received", "special-procedure-started"], .special),
    (["received", "special-procedure-started", "special-procedure-ended"], .accepted),
    (["submitted", "supplement-requested"], .supplement),
    (["submitted", "supplement-requested", "supplement-received"], .submitted),
    (["accepted", "supplement-requested", "supplement-received"], .accepted),
    (["accepted", "supplement-requested", "supplement-received", "supplement-requested"], .supplement),
    (["accepted", "special-procedure-started", "survey-started", "special-procedure-ended"], .special),
    (["accepted", "special-procedure-started", "special-procedure-ended"], .accepted),
    (["accepted", "supplement-requested", "approved"], .approved),
    // Whoever accepts it has what was asked for.
    (["received", "supplement-requested", "accepted"], .accepted),
    (["accepted", "supplement-requested", "accepted"], .accepted),
    (["accepted", "approved-deferred"], .approvedDeferred),
    (["accepted", "approved-deferred", "approved"], .approved), (["accepted", "rejected"], .rejected),
    (["received", "refused"], .refused), (["received", "not-accepted"], .refused),
    (["submitted", "withdrawn"], .withdrawn), (["submitted", "filed"], .filed),
    (["approved", "recalled"], .recalled), (["approved", "revoked"], .revoked),
    (["filed", "revoked"], .revoked), (["filed", "recalled"], .recalled),
    // A filing lies at the authority, which may ask and object.
    (["filed", "received", "accepted", "handling", "approved"], .filed), (["filed", "rejected"], .rejected),
    (["filed", "not-accepted"], .refused), (["filed", "supplement-requested"], .supplement),
    // When it has what it asked for, it lies there as before.
    (["filed", "supplement-requested", "supplement-received"], .filed),
    (["filed", "supplement-requested", "supplement-received", "supplement-requested"], .supplement),
    (["filed", "supplement-requested", "filed"], .filed),
    (["filed", "supplement-requested", "accepted"], .filed),
    (["filed", "supplement-requested", "rejected"], .rejected),
    (["filed", "supplement-requested", "withdrawn"], .withdrawn),
    (["submitted", "supplement-requested", "filed"], .filed),
    // What is still to be brought is there; whether it is enough, the window says.
    (["approved-deferred", "supplement-received"], .approvedDeferred),
    (["approved-deferred", "supplement-received", "approved"], .approved),
    (["approved-deferred", "supplement-received", "revoked"], .revoked),
  ])
  func statesFollowFromEvents(_ names: [String], _ state: PermitState) throws {
    let progress = try progress(names)
    #expect(progress.state == state)
    #expect(progress.misfits.isEmpty)
  }

  @Test(arguments: [
    (["rejected", "approved"], PermitState.rejected), (["accepted", "refused"], .accepted),
    (["supplement-received"], .planned),
    (["accepted", "supplement-requested", "supplement-requested"], .supplement),
    (["accepted", "received"], .accepted), (["revoked"], .planned), (["withdrawn", "accepted"], .withdrawn),
    (["approved", "approved"], .approved), (["accepted", "survey-ended"], .accepted),
    (["accepted", "painted"], .accepted), (["filed", "withdrawn"], .filed),
    (["approved", "rejected"], .approved), (["approved-deferred", "rejected"], .approvedDeferred),
  ])
  func whatCannotBeIsNotedAndChangesNothing(_ names: [String], _ state: PermitState) throws {
    let progress = try progress(names)
    #expect(progress.state == state)
    #expect(progress.misfits.map(\.name) == [names.last])
  }

  @Test(arguments: [
    ([], PermitEvent.accepted, [PermitEvent.accepted]), (["accepted"], .accepted, []),
    (["accepted"], .handling, []),
    (["accepted", "supplement-requested"], .accepted, [.supplementReceived]),
    (["accepted", "supplement-requested"], .supplementRequested, []),
    (["submitted", "supplement-requested"], .accepted, [.supplementReceived, .accepted]),
    (
      ["accepted", "special-procedure-started", "survey-started"], .accepted,
      [.specialProcedureEnded, .surveyEnded]
    ),
    (["accepted", "supplement-requested"], .approved, [.approved]),
    (["accepted", "approved"], .approved, []),
    (["accepted", "approved-deferred"], .approved, [.approved]), (["rejected"], .approved, [.approved]),
    // What does not fit is kept once.
    (["accepted", "received"], .received, []), (["accepted", "refused"], .refused, []),
    (["accepted", "revoked"], .revoked, [.approved, .revoked]),
    (["accepted", "supplement-requested", "refused"], .refused, []),
    (["revoked", "accepted", "approved"], .revoked, [.revoked]),
    (["accepted"], .received, [.received]), (["received"], .supplementRequested, [.supplementRequested]),
    // Whoever is at work on it has accepted it, and may still say when.
    (["received"], .handling, [.handling]), (["received", "handling"], .handling, []),
    (["received", "handling"], .accepted, [.accepted]), (["handling", "accepted"], .accepted, []),
    (["received"], .specialProcedureStarted, [.specialProcedureStarted]),
    (["received", "special-procedure-started"], .accepted, [.specialProcedureEnded]),
    (["received", "special-procedure-started", "special-procedure-ended"], .accepted, [.accepted]),
    (["received", "supplement-requested"], .handling, [.supplementReceived, .handling]),
    // A special procedure is part of deciding: what was missing has come, on paper say.
    (
      ["accepted", "supplement-requested"], .specialProcedureStarted,
      [.supplementReceived, .specialProcedureStarted]
    ),
    (
      ["received", "supplement-requested"], .specialProcedureStarted,
      [.supplementReceived, .specialProcedureStarted]
    ),
    (
      ["special-procedure-started", "supplement-requested"], .specialProcedureStarted, [.supplementReceived]
    ),
    (
      ["special-procedure-started", "supplement-requested"], .specialProcedureEnded,
      [.supplementReceived, .specialProcedureEnded]
    ),
    (["accepted", "supplement-requested"], .specialProcedureEnded, [.supplementReceived]),
    (["received", "supplement-requested"], .specialProcedureEnded, [.supplementReceived, .handling]),
    (["accepted"], .specialProcedureEnded, []),
    // What was decided without a word before was, and the clock knows since when it ran.
    (["submitted"], .approved, [.approved]), ([], .approvedDeferred, [.approvedDeferred]),
    (["received"], .rejected, [.rejected]), (["received"], .refused, [.refused]),
    (["submitted"], .filed, [.filed]),
    // A window that is asked after its decision says the same each day.
    (["filed"], .accepted, []), (["filed"], .approved, []), (["filed"], .rejected, [.rejected]),
    (["filed", "supplement-requested"], .filed, [.supplementReceived]),
    (["filed", "supplement-requested"], .handling, [.supplementReceived]),
    (["filed", "supplement-requested"], .submitted, []),
    (["approved"], .accepted, [.accepted]), (["approved", "accepted"], .accepted, []),
    // What is taken back was given, though nobody had asked meanwhile.
    (["accepted"], .revoked, [.approved, .revoked]), (["submitted"], .recalled, [.approved, .recalled]),
    (["accepted", "approved"], .revoked, [.revoked]), (["filed"], .revoked, [.revoked]),
  ])
  func whereAPlatformStandsTellsWhatHappened(
    _ names: [String], _ word: PermitEvent, _ steps: [PermitEvent]
  ) throws {
    #expect(try progress(names).steps(toward: word) == steps)
  }

  @Test func noCourseOfEventsLeavesADecisionExceptAsTheLawAllows() throws {
    var chance = SplitMix64(seed: 5)
    let names = PermitEvent.allCases.map(\.rawValue)
    for _ in 0..<5000 {
      let course = (0..<Int.random(in: 1...12, using: &chance)).map { _ in
        names.randomElement(using: &chance)!
      }
      var before = PermitState.planned
      for length in 1...course.count {
        let progress = try progress(Array(course.prefix(length)))
        let now = progress.state
        if before.hasFailed { #expect(now == before, "\(course.prefix(length))") }
        if before == .approved || before == .approvedDeferred {
          #expect(now.isDecided && now != .withdrawn && now != .rejected && now != .refused)
        }
        // A filing is looked at again, or comes to nothing; it is never withdrawn behind our back.
        if before == .filed { #expect(now != .withdrawn && now != .approved && now != .planned) }
        #expect(progress.misfits.count <= length)
        before = now
      }
    }
  }

  /// What does not fit says nothing of whether the window took it.
  @Test(arguments: [
    (["submitted", "rejected"], true), (["withdrawn", "submitted"], false), (["withdrawn"], false),
    (["filed", "withdrawn"], true), (["rejected", "filed"], false), ([], false),
  ])
  func whatTellsThatItWasTaken(_ names: [String], _ isTaken: Bool) throws {
    let start = try #require(CivilDate(iso: "2024-03-04"))
    let events = names.enumerated().map { place, name in
      ClockEvent(
        id: "\(place)", name: name, happened: CivilDateTime(startOf: start.adding(days: place)),
        learned: Timestamp(milliseconds: Int64(place)))
    }
    #expect(events.tellTaken == isTaken)
  }
}
