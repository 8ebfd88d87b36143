import Documents
import Gateway
import Sandbox
import Supply
import Testing
@testable import zhengdian

/// `supply evaluate` on a site that has pulled nothing: platforms are asked while the customer waits.
@Suite struct SupplyAskingTests {
  /// Somebody who owns a house alone, in force and not seized.
  private static func owner(_ population: Population) throws -> (
    person: SyntheticPerson, house: SyntheticHouse
  ) {
    for index in 20..<population.sizes.houses {
      let house = population.house(index)
      if house.holders.count == 1, case .person(let person) = house.holders[0], !house.isEnded,
        !house.isSeized,
        population.house(index, version: 2).holders == house.holders
      {
        let person = population.person(person)
        // The card must hold, and the person's own row not change.
        guard person.expires == nil else { continue }
        return (person, house)
      }
    }
    throw CommandFailure(.failure, "nobody owns a house alone", remedy: "take other sizes")
  }

  private static func form(_ owner: (person: SyntheticPerson, house: SyntheticHouse), number: String)
    -> String
  {
    """
    {"number": "\(number)", "region": "330100",
     "facts": {"voltage": 0.22, "capacity": 8, "customer": "resident", "business": "new", "stage": "application"},
     "applicant": {"type": "person", "name": "\(owner.person.name)", "code": "\(owner.person.citizenNumber)"},
     "place": {"address": "\(owner.house.location)", "unitNumber": "\(owner.house.unitNumber)"},
     "authorisation": {"means": "counter", "given": "2026-01-01T00:00:00Z"}}
    """
  }

  private static func states(_ verdict: JSONValue?) -> [String: String] {
    var states: [String: String] = [:]
    guard let requirements = verdict?["requirements"] else { return states }
    for one in requirements.elements where one["state"]?.string != "not-required" {
      states[one["requirement"]?.string ?? ""] = one["state"]?.string
    }
    return states
  }

  @Test func nothingHasToBeBroughtWhereThePlatformsAnswer() async throws {
    try await ServedSandbox.use { served in
      let owner = try Self.owner(served.sandbox.population)
      let path = "\(served.site.folder)/form.json"
      try OutputFile.write(Self.form(owner, number: "GD-1"), to: path)
      let run = await served.run("supply", "evaluate", path, "--json")
      #expect(run.code == .done, "\(run.output) \(run.errors)")
      let statement = try run.json()["statement"]
      #expect(Self.states(statement?["verdict"]) == ["subject": "fetched", "property": "fetched"])
      #expect(statement?["verdict"]?["level"]?.string == "zero")
      let asked = statement?["asked"]?.elements.compactMap { $0["operation"]?.string }.sorted()
      #expect(asked == ["identity-card-query", "property-deed-query", "property-unit-query"])
      // The same once more finds it in the registry and asks nobody.
      let again = try await served.run("supply", "evaluate", path, "--json").json()["statement"]
      #expect(Self.states(again?["verdict"]) == ["subject": "certificate", "property": "certificate"])
      #expect(again?["asked"]?.count == 0)
      for secret in [owner.person.name, owner.person.citizenNumber, owner.house.unitNumber] {
        #expect(!run.output.contains(secret) && !run.errors.contains(secret))
      }
    }
  }

  @Test func platformsAreWaitedForAsLongAsTheSiteSays() async throws {
    try await TestSite.use { site in
      let written = String(
        decoding: try InputFile.read(site.configurationFile, most: 1 << 20), as: UTF8.self)
      for (more, budget) in [("", Duration.seconds(3)), ("supply: {budget: 250ms}\n", .milliseconds(250))] {
        try site.folder.write("zhengdian.yaml", written + more)
        try await site.open { gateway in
          let libraries = try SiteLibraries(gateway.configuration, diagnostics: Diagnostics())
          let station = try PullStation(gateway, libraries: libraries)
          let permitting = try PermitStation(gateway, station, PushStation(gateway, station))
          #expect(SupplyStation(gateway, station, permitting).desk.budget == budget)
        }
      }
    }
  }

  @Test func whatHangsIsWaitedForThreeSecondsAndFollowed() async throws {
    try await ServedSandbox.use { served in
      let owner = try Self.owner(served.sandbox.population)
      let path = "\(served.site.folder)/form.json"
      // By the unit nothing is asked: the platform lets two calls be made at once.
      let form = Self.form(owner, number: "GD-2").replacing(
        ", \"unitNumber\": \"\(owner.house.unitNumber)\"", with: "")
      try OutputFile.write(form, to: path)
      served.sandbox.faults.add(
        FaultRule(.stall(seconds: 30), platform: "zhejiang-public-data", operation: "propertyDeedQuery"))
      let begun = ContinuousClock.now
      let run = await served.run("supply", "evaluate", path, "--json")
      // Far from what hangs.
      #expect(ContinuousClock.now - begun < .seconds(12))
      #expect(run.code == .failure, "something could not be checked")
      let statement = try run.json()["statement"]
      #expect(Self.states(statement?["verdict"]) == ["subject": "fetched", "property": "unchecked"])
      let pending = statement?["asked"]?.elements.filter { $0["state"]?.string == "pending" }
      #expect(pending?.count == 1)
      served.sandbox.faults.removeAll()
      try await served.serve { _ in
        let later = try await served.wait("supply", "show", "1") {
          $0["statement"]?["version"]?.integer ?? 1 > 1
        }
        #expect(later["statement"]?["verdict"]?["final"]?.boolean == true)
        #expect(later["statement"]?["verdict"]?["level"]?.string == "zero")
      }
      let changes = await served.run("change", "list", "--kind", "supply.changed")
      #expect(changes.output.contains("supply-1"), "\(changes.output) \(changes.errors)")
    }
  }
}
