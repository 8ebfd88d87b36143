import Applications
import Calendars
import CivilTime
import Exchanges
import Permits
import Policies
import Pushing
import Sandbox
import Synchronization
import Testing

/// What only one region has, by the calendar of 2026: 09-25 to 09-27 and 10-01 to 10-07 are off, 09-20 and 10-10 are worked. What
/// each has is in ``RegionCourseTests``.
@Suite struct RegionScenarioTests {
  @Test func henanTakesPromisesForLowVoltage() async throws {
    try await PermitFloor.run("henan", from: "2026-09-28T09:00:00") { floor in
      let id = try await floor.open(
        "410199", #""voltage": 0.4, "capacity": 100, "length": 420, "customer": "other""#)
      try await floor.goOn(to: "2026-09-28T10:00:00")
      #expect(try await floor.states(of: id) == [.received, .filed, .filed, .filed])
      #expect(try await floor.clauses(.greening, of: id) == ["HA-345 三"])
      #expect(try await floor.push(.greening, of: id).operation == "promise")
      #expect(try await floor.push(.routePlanning, of: id).operation == "approval")
      // The route is an approval by the national total, and ends the case.
      try await floor.decide(.accepted, [.routePlanning], of: id)
      try await floor.goOn(to: "2026-09-28T12:00:00")
      #expect(try await floor.clauses(.routePlanning, of: id) == ["NDRC-1479 (四)", "NDRC-1479 (二)"])
      let route = try await floor.item(.routePlanning, of: id)
      #expect(route.reading == nil && route.total?.reading.lastDay?.description == "2026-10-10")
      try await floor.decide(.deferred, [.routePlanning], of: id)
      try await floor.goOn(to: "2026-09-28T15:00:00")
      #expect(try await floor.states(of: id) == [.approvedDeferred, .filed, .filed, .filed])
      #expect(try await floor.permits.list(isOpen: false, limit: 1).map(\.id) == [id])
    }
  }

  /// Four and five days that roll: both end on a day off, and move behind the holiday.
  @Test func henanDaysRollOverTheHoliday() async throws {
    try await PermitFloor.run("henan", from: "2026-09-28T09:00:00") { floor in
      // The answer to the first application is lost; the window is asked, and has it.
      floor.fault(.resetAfter, "approval")
      let id = try await floor.open(
        "410199", #""voltage": 10, "capacity": 630, "length": 420, "customer": "other""#)
      try await floor.goOn(to: "2026-09-28T10:00:00")
      #expect(try await floor.states(of: id) == [.received, .received, .received, .received])
      for item in PermitItem.allCases { #expect(try await floor.effects(item, of: id).count == 1) }
      try await floor.decide(.accepted, PermitItem.allCases, of: id)
      try await floor.goOn(to: "2026-09-28T12:00:00")
      #expect(
        try await floor.clauses(.routePlanning, of: id) == ["NDRC-1479 (四)", "HA-PLAN (二)5", "NDRC-1479 (二)"])
      for item in PermitItem.allCases {
        #expect(try await floor.item(item, of: id).reading?.lastDay?.description == "2026-10-08")
      }
      try await floor.goOn(to: "2026-10-08T11:00:00")
      try await floor.decide(.approved, [.routePlanning, .greening], of: id)
      try await floor.decide(.rejected, [.roadOccupation], of: id)
      try await floor.goOn(to: "2026-10-09T11:00:00")
      #expect(try await floor.states(of: id) == [.approved, .rejected, .accepted, .approved])
      #expect(try await floor.item(.routePlanning, of: id).reading?.isLate == false)
      // One that is late holds none of the others.
      #expect(try await floor.item(.roadDigging, of: id).reading?.isLate == true)
      try await floor.decide(.approved, [.roadDigging], of: id)
      try await floor.goOn(to: "2026-10-09T13:00:00")
      #expect(try await floor.item(.roadDigging, of: id).reading?.isLate == true)
      #expect(try await floor.permits.list(isOpen: false, limit: 1).map(\.id) == [id])
    }
  }

  /// Two working days with the holiday between them, and an acceptance that is entered late (补录).
  @Test func xinxianCountsWorkingDaysAndTakesLateEntries() async throws {
    try await PermitFloor.run("xinxian", from: "2026-09-30T09:00:00") { floor in
      let id = try await floor.open(
        "411523", #""voltage": 10, "capacity": 630, "length": 150.5, "customer": "other""#)
      try await floor.goOn(to: "2026-09-30T10:00:00")
      try await floor.decide(.accepted, PermitItem.allCases, of: id)
      try await floor.goOn(to: "2026-10-09T09:00:00")
      #expect(try await floor.clauses(.routePlanning, of: id) == ["XX-20 1", "XX-20 1", "NDRC-1479 (二)"])
      let before = try await floor.item(.routePlanning, of: id)
      #expect(before.reading?.lastDay?.description == "2026-10-09" && before.reading?.isLate == false)
      // It had been accepted on paper the day before.
      let accepted = try #require(before.events.first { $0.name == PermitEvent.accepted.rawValue })
      let result = try await floor.people().enter(
        PermitEntry(
          .accepted, happened: try #require(CivilDateTime(iso: "2026-09-29T15:00:00")), source: .person,
          reference: "slip", retracts: Int64(accepted.id)), of: PermitPlace(id, .routePlanning))
      #expect(result.isNew && !result.isMisfit)
      let after = try await floor.item(.routePlanning, of: id)
      #expect(after.reading?.lastDay?.description == "2026-10-08" && after.reading?.isLate == true)
      let believed = try await floor.item(.routePlanning, of: id, knownAt: "2026-10-08T20:00:00")
      #expect(believed.reading?.lastDay?.description == "2026-10-09")
      // The others had until today.
      try await floor.decide(.approved, PermitItem.allCases, of: id)
      try await floor.goOn(to: "2026-10-09T12:00:00")
      #expect(try await floor.states(of: id) == [.approved, .approved, .approved, .approved])
      #expect(try await floor.item(.routePlanning, of: id).reading?.isLate == true)
      #expect(try await floor.item(.greening, of: id).reading?.isLate == false)
    }
  }

  /// The window is down, and people carry the papers to the counter: when it is back nothing is filed once more.
  @Test func whatWasFiledOnPaperIsNotFiledByItsPushToo() async throws {
    try await PermitFloor.run("xinxian", from: "2026-09-28T09:00:00") { floor in
      floor.fault(.unavailable(retryAfter: 3600), each: true)
      let id = try await floor.open(
        "411523", #""voltage": 10, "capacity": 630, "length": 300, "customer": "other""#)
      try await floor.goOn(to: "2026-09-28T10:00:00")
      func enter(_ event: PermitEvent, _ item: PermitItem) async throws {
        _ = try await floor.people().enter(
          PermitEntry(
            event, happened: try #require(CivilDateTime(iso: "2026-09-28T09:50:00")), source: .person,
            reference: "slip", signOff: try SignOff(name: "op-1", reason: "at the counter")),
          of: PermitPlace(id, item))
      }
      for item in PermitItem.allCases {
        let push = try await floor.push(item, of: id)
        guard push.state == .queued else {
          // It may be there already: first somebody finds out.
          #expect(push.state == .unknown)
          await #expect(throws: PermitError.self) { try await enter(.submitted, item) }
          try await floor.desk.pushes.decide(
            .didNotHappen, about: push.id, by: try SignOff(name: "op-1", reason: "asked"))
          try await enter(.submitted, item)
          continue
        }
        try await enter(item == .greening ? .withdrawn : .submitted, item)
      }
      floor.sandbox.faults.removeAll()
      try await floor.goOn(to: "2026-09-29T09:00:00")
      #expect(floor.sandbox.permitCases.isEmpty)
      for item in PermitItem.allCases { #expect(try await floor.push(item, of: id).state == .cancelled) }
      #expect(
        try await floor.states(of: id).map { $0 == .submitted || $0 == .withdrawn }.allSatisfy { $0 })
    }
  }

  /// The national limit of ten working days for all of them together, and 特别程序 of all, which stops it.
  @Test func changzhouApprovesLongLines() async throws {
    try await PermitFloor.run("changzhou", from: "2026-09-28T09:00:00") { floor in
      let id = try await floor.open(
        "320499", #""voltage": 10, "capacity": 630, "length": 500.5, "customer": "other""#)
      try await floor.goOn(to: "2026-09-28T10:00:00")
      #expect(try await floor.push(.routePlanning, of: id).operation == "approval")
      try await floor.decide(.accepted, PermitItem.allCases, of: id)
      try await floor.goOn(to: "2026-10-09T10:00:00")
      #expect(try await floor.clauses(.routePlanning, of: id) == ["CZ-204 三.4", "NDRC-1479 (二)"])
      func total() async throws -> ClockReading? {
        try await floor.permits.view(id, at: floor.now).totals.first?.reading
      }
      #expect(try await total()?.lastDay?.description == "2026-10-16")
      // While one of them is worked on the time of all goes on.
      try await floor.decide(.special, [.roadDigging, .roadOccupation, .greening], of: id)
      try await floor.goOn(to: "2026-10-09T12:00:00")
      #expect(try await total()?.state == .running)
      try await floor.decide(.special, [.routePlanning], of: id)
      try await floor.goOn(to: "2026-10-12T10:00:00")
      #expect(try await floor.item(.routePlanning, of: id).attempt.state == .special)
      #expect(try await total()?.due == .open)
      try await floor.decide(.accepted, PermitItem.allCases, of: id)
      try await floor.goOn(to: "2026-10-12T14:00:00")
      #expect(try await floor.item(.routePlanning, of: id).attempt.state == .accepted)
      #expect(try await total()?.lastDay?.description == "2026-10-20")
      // 撤件: the utility takes the rest back.
      for item in [PermitItem.roadOccupation, .roadDigging, .greening] {
        _ = try await floor.people().withdraw(
          PermitPlace(id, item), remarks: nil,
          by: try PermitFloor.person())
      }
      try await floor.goOn(to: "2026-10-12T16:00:00")
      #expect(try await floor.states(of: id) == [.accepted, .withdrawn, .withdrawn, .withdrawn])
      #expect(floor.sandbox.permitCases.count { $0.state == .withdrawn } == 3)
    }
  }

  /// A secret, token or signature that is refused is mended, and what it was for is there once.
  @Test(arguments: [
    ("henan", "410199", "approval"), ("xinxian", "411523", "approval"), ("chongqing", "500103", "road"),
    ("changzhou", "320499", "approval"),
  ])
  func aRefusedSecretCostsNoApplication(_ region: String, _ area: String, _ operation: String) async throws {
    try await PermitFloor.run(region, from: "2026-09-28T09:00:00") { floor in
      floor.fault(.expiredToken, operation)
      let id = try await floor.open(
        area, #""voltage": 10, "capacity": 630, "length": 600, "customer": "other", "red-line": "outside""#)
      try await floor.goOn(to: "2026-09-28T10:00:00")
      #expect(try await floor.states(of: id) == [.received, .received, .received, .received])
      for item in PermitItem.allCases { #expect(try await floor.effects(item, of: id).count == 1) }
      #expect(floor.troubles.withLock { $0.isEmpty })
    }
  }
}
