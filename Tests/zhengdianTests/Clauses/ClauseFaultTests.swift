import Documents
import Sandbox
import Testing

@testable import zhengdian

/// What stands in the way of an application: platforms that do not answer, papers that do not count, and people who have not agreed.
@Suite struct ClauseFaultTests {
  @Test func whatCannotBeCheckedIsCompletedWhenThePlatformIsBack() async throws {
    try await ClauseSite.use { site in
      site.strike(.reset, "zhejiang-public-data", "propertyDeedQuery")
      site.strike(.reset, "zhejiang-public-data", "propertyUnitQuery")
      let first = try await site.apply(.smallCompany, in: "330100", .small)
      #expect(
        first.lines == [
          "no level, not final",
          "subject: fetched business-licence from services (HZ-340 任务七; NDRC-1479 (六))",
          "property: unchecked unreachable services (HZ-340 任务七; HZ-340 任务七)",
        ])
      #expect(first.asked.contains("services/property-deed-query failed"))
      // Still down when it is asked again: nothing is said twice.
      try await site.follow(after: 1)
      #expect(try await site.course(of: first.application).version == 1)
      site.sandbox.faults.removeAll()
      try await site.follow(after: 60)
      let later = try await site.course(of: first.application)
      #expect(later.version == 2 && later.lines[0] == "zero 零证办电")
      #expect(
        later.lines[2] == "property: fetched property-deed from services (HZ-340 任务七; NDRC-1479 (六))")
      #expect(try await site.told(of: first.application) == ["supply.changed zero final true"])
    }
  }

  @Test func whatWasKnownIsMarkedAsStaleWhileThePlatformIsDown() async throws {
    try await ClauseSite.use { site in
      _ = try await site.apply(.resident, in: "330100", .resident, authorised: "counter", number: "GD-S")
      // A deed is relied on for thirty days, a card for a year.
      try await site.age(byDays: 40)
      site.strike(.unavailable(retryAfter: 1), "zhejiang-public-data")
      let course = try await site.apply(
        .resident, in: "330100", .resident, authorised: "counter", number: "GD-S")
      #expect(
        course.lines == [
          "no level, not final",
          "subject: certificate identity-card from services (HZ-340 任务七; NDRC-1479 (六))",
          "property: unchecked unreachable services with a record (HZ-340 任务七)",
        ])
      site.sandbox.faults.removeAll()
      try await site.follow(after: 60)
      #expect(try await site.course(of: course.application).lines[0] == "zero 零证办电")
    }
  }

  @Test func whatIsSeizedExpiredOrCancelledDoesNotCount() async throws {
    try await ClauseSite.use { site in
      // On a day when her card holds.
      let seized = try await site.apply(
        .seizedOwner, in: "330100", .resident, day: "2026-03-02", authorised: "counter")
      #expect(
        seized.lines == [
          "one 一证办电", "subject: fetched identity-card from services (HZ-340 任务七; NDRC-1479 (六))",
          "property: missing not-found (HZ-340 任务七; HZ-340 任务七), not property-deed: seized",
          "ask property: property-deed",
        ])
      let closed = try await site.apply(.closedCompany, in: "330100", .small)
      #expect(
        closed.lines == [
          "two 两证办电",
          "subject: missing not-found (HZ-340 任务七; HZ-340 任务七), not business-licence: cancelled",
          "property: missing not-found (HZ-340 任务七; HZ-340 任务七)", "ask subject: business-licence",
          "ask property: property-deed",
        ])
    }
  }

  @Test func withoutAuthorisationNothingOfAPersonIsFetched() async throws {
    try await ClauseSite.use { site in
      let asked = [
        "two 两证办电", "subject: missing not-authorised (HZ-340 任务七)",
        "property: missing not-authorised (HZ-340 任务七)", "ask subject: identity-card",
        "ask property: property-deed",
      ]
      let none = try await site.apply(.resident, in: "330100", .resident)
      #expect(none.lines == asked && none.asked.isEmpty)
      // One that is about other papers, or is over, lets nothing more be looked up.
      let scope = #"{"means": "counter", "given": "2026-01-01T00:00:00Z", "scope": ["business-licence"]}"#
      #expect(try await site.apply(.resident, in: "330100", .resident, authorised: scope).lines == asked)
      let over =
        #"{"means": "counter", "given": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}"#
      #expect(try await site.apply(.coOwner, in: "330100", .resident, authorised: over).lines == asked)
      for operation in ["identityCardQuery", "propertyDeedQuery", "propertyUnitQuery"] {
        #expect(site.calls(operation) == 0, "\(operation)")
      }
      // Of one that is taken back nothing is shown any more, whatever was fetched by it.
      let given = try await site.apply(
        .seizedOwner, in: "330100", .resident, day: "2026-03-02", authorised: "counter", number: "GD-R")
      #expect(given.lines[1].hasPrefix("subject: fetched"))
      let holder = ClausePersona.seizedOwner.holder(site.population)
      let search = holder.replacing(
        #""name": "\#(ClausePersona.seizedOwner.name(site.population))", "#, with: "")
      let kept = try await site.json("POST", "/v1/authorisations:search", search)["authorisations"]
      let id = try #require(kept?[0]?["id"]?.integer)
      _ = try await site.json("POST", "/v1/authorisations/\(id):revoke", #"{"reason": "本人撤回"}"#)
      #expect(try await site.course(of: given.application).lines == asked)
    }
  }
}
