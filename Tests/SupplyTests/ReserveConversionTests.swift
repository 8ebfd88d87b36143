import Certificates
import Changes
import CivilTime
import Documents
import Registry
import SQLDatabase
@testable import Supply
import Testing

/// One step from a project to a formal application.
@Suite struct ReserveConversionTests {
  private static let id = ReserveProjectID(rawValue: 1)
  private static let moment = SupplyBench.moment

  private static func given(_ json: String) throws -> ReserveConversion {
    try ReserveConversion(try JSONDocument(parsing: Array(json.utf8)).root)
  }

  /// What a project cannot tell.
  private static let facts = #"{"facts": {"voltage": 10, "customer": "other", "special-trade": false}}"#

  private static func site(_ fields: [String: String] = [:]) async throws -> SupplySite {
    let site = try await SupplySite()
    try await site.store([ReserveTests.project(ReserveTests.code, fields), SupplyBench.licence])
    try await site.projects.catchUp()
    return site
  }

  @Test func whatIsKnownIsFilledInAndCarriedOver() async throws {
    let site = try await Self.site()
    var record = ReserveTests.project()
    record[.plannedCapacity] = .decimal("400")
    record[.legalRepresentative] = .text("李四")
    try await site.store([record])
    try await site.projects.catchUp()
    let converted = try await site.conversion.convert(
      Self.id, try Self.given(Self.facts), for: nil, at: Self.moment)
    let held = try #require(
      try await site.desk.store.application(converted.verdict.application, requestID: "r"))
    #expect(held.form.number == "RESERVE-1" && held.form.supply.region == "411523")
    #expect(held.form.supply.applicant.name == ReserveTests.company.name)
    #expect(held.form.supply.applicant.code == ReserveTests.company.code)
    #expect(held.form.supply.applicant.representative?.name == "李四")
    #expect(held.form.supply.place.address == ReserveTests.address)
    #expect(held.form.supply.place.projectCode == ReserveTests.code)
    let verdict = try converted.verdict.document.root["verdict"]
    #expect(
      verdict?["facts"]?["capacity"]?.string == "400" && verdict?["facts"]?["business"]?.string == "new")
    // The registration is the approval that a high-voltage supply needs.
    let project = verdict?["requirements"]?.elements.first { $0["requirement"]?.string == "project" }
    let registration = try #require(try await site.reserve.detail(Self.id).content).certificate
    #expect(project?["state"]?.string == "certificate")
    #expect(project?["evidence"]?["certificate"]?.string == registration.rawValue)
    let after = try await site.reserve.detail(Self.id).project
    #expect(after.stage == .converted && after.application == converted.verdict.application)
    let told = try await site.feed.page(after: nil, kinds: [.projectChanged], limit: 10).changes.last
    #expect(try told.map { try JSONDocument(parsing: $0.details).root["application"]?.integer } == 1)
    await site.close()
  }

  @Test func onceMoreIsTheSameApplication() async throws {
    let site = try await Self.site()
    let conversion = try Self.given(Self.facts)
    let desk = site.conversion
    let all = try await withThrowingTaskGroup(of: KeptVerdict.self) { group in
      for number in 0..<8 {
        let given = try Self.given(#"{"number": "GD-\#(number)", "facts": {"voltage": 10}}"#)
        group.addTask { try await desk.convert(Self.id, given, for: nil, at: Self.moment).verdict }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(all.map(\.application)).count == 1 && Set(all.map(\.number)).count == 1)
    let again = try await desk.convert(Self.id, conversion, for: nil, at: Self.moment)
    #expect(again.answer == nil && again.verdict.application == all[0].application)
    let count = try await site.database.read { try $0.int("SELECT count(*) FROM supply_application") }
    #expect(count == 1)
    // It is told once, and permits that come later leave it what it is.
    try await site.store([ReserveTests.permit(.roadPermit, "路字第1号")])
    try await site.projects.catchUp()
    let project = try await site.reserve.detail(Self.id).project
    #expect(project.stage == .converted && project.permits == 1)
    await site.close()
  }

  @Test func whatTheProjectDoesNotTellIsSaidWithItsPlace() async throws {
    let site = try await SupplySite()
    var record = ReserveTests.project()
    record[.place] = nil
    record.holders = []
    try await site.store([record])
    try await site.projects.catchUp()
    await #expect { try await site.conversion.convert(Self.id, .plain, for: nil, at: Self.moment) } throws: {
      ($0 as? SupplyFormError)?.faults.map(\.pointer) == ["/applicant", "/place/address"]
    }
    await #expect {
      try await site.conversion.convert(
        Self.id, try Self.given(#"{"facts": 1, "place": {"adress": "x"}, "number": "a b"}"#), for: nil,
        at: Self.moment)
    } throws: {
      let pointers = ($0 as? SupplyFormError)?.faults.map(\.pointer) ?? []
      return ["/number", "/facts", "/place"].allSatisfy(pointers.contains)
    }
    #expect(try await site.reserve.detail(Self.id).project.application == nil)
    let given = #"{"applicant": {"type": "organisation", "name": "拟公司"}, "place": {"address": "拟二路2号"}}"#
    let converted = try await site.conversion.convert(
      Self.id, try Self.given(given), for: nil, at: Self.moment)
    let held = try await site.desk.store.application(converted.verdict.application, requestID: "r")
    #expect(held?.form.supply.place.projectCode == ReserveTests.code)
    await site.close()
  }

  @Test func aProjectThatHasEndedIsNotConverted() async throws {
    let site = try await Self.site(["specific.projectValid": "false"])
    await #expect { try await site.conversion.convert(Self.id, .plain, for: nil, at: Self.moment) } throws: {
      ($0 as? ReserveError)?.code == .withdrawn
    }
    await #expect {
      try await site.conversion.convert(ReserveProjectID(rawValue: 9), .plain, for: nil, at: Self.moment)
    } throws: { ($0 as? ReserveError)?.code == .notFound }
    await site.close()
  }

  /// The number is somebody else's: neither an application nor a link is left behind.
  @Test func whatIsRefusedLeavesNothing() async throws {
    let site = try await Self.site()
    let form = try SupplyForm(
      try JSONDocument(
        parsing: Array(
          #"{"number": "GD-1", "region": "411523", "facts": {"voltage": 0.4}, "applicant": {"type": "organisation", "name": "拟他人"}, "place": {"address": "拟"}}"#
            .utf8)
      ).root, today: SupplyBench.day)
    _ = try await site.desk.evaluate(form, for: nil, at: Self.moment)
    await #expect {
      try await site.conversion.convert(
        Self.id, try Self.given("{\"number\": \"GD-1\", \(Self.leave(1))}"), for: nil, at: Self.moment)
    } throws: { ($0 as? SupplyError)?.code == .numberTaken }
    #expect(try await Self.authorisations(site) == 0)
    #expect(try await site.reserve.detail(Self.id).project.stage == .registered)
    await site.close()
  }

  /// Another one for each day of February.
  private static func leave(_ day: Int64) -> String {
    #""authorisation": {"means": "counter", "given": "2022-02-1\#(day)T00:00:00Z"}"#
  }

  private static func authorisations(_ site: SupplySite) async throws -> Int64 {
    try await site.database.read { try $0.int("SELECT count(*) FROM authorisation") }
  }

  /// Two projects of one owner are two applications, whatever number is given.
  @Test func twoProjectsDoNotBecomeOneApplication() async throws {
    let site = try await Self.site()
    try await site.store([ReserveTests.project("2202-411523-04-01-654321")])
    try await site.projects.catchUp()
    let (desk, other) = (site.conversion, ReserveProjectID(rawValue: 2))
    func convert(_ id: ReserveProjectID, _ number: String) async throws -> KeptVerdict {
      try await desk.convert(
        id,
        try Self.given(
          "{\"number\": \"\(number)\", \"facts\": {\"voltage\": 10}, \(Self.leave(id.rawValue))}"),
        for: nil, at: Self.moment
      ).verdict
    }
    let first = try await convert(Self.id, "GD-9")
    #expect(try await Self.authorisations(site) == 1)
    await #expect { try await convert(other, "GD-9") } throws: {
      ($0 as? SupplyError)?.code == .numberTaken
    }
    // Nothing is kept of what was refused, and the form is still that of the first.
    #expect(try await Self.authorisations(site) == 1)
    let held = try await site.desk.store.application(first.application, requestID: "r")
    #expect(held?.form.supply.place.projectCode == ReserveTests.code)
    #expect(try await site.reserve.detail(other).project.stage == .registered)
    #expect(try await convert(Self.id, "GD-9").application == first.application)
    #expect(try await convert(other, "GD-10").application != first.application)
    await site.close()
  }
}
