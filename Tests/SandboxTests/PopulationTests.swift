import Certificates
import CivilTime
import Testing

@testable import Sandbox

/// 2020-01-01 to 2026-07-01, Beijing.
let history = Timestamp.seconds(1_577_808_000)..<Timestamp.seconds(1_782_835_200)

struct PopulationTests {
  private let population = Population(seed: 7, sizes: PopulationSizes(), history: history)

  private func expectValid(
    _ kind: IdentifierKind, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let report = Identifier.inspect(kind, text)
    #expect(report.isValid, "\(kind) \(text): \(report.reasons)", sourceLocation: sourceLocation)
  }

  @Test(arguments: [UInt64(0), 1, 7, .max])
  func `every identifier passes the check of Certificates`(seed: UInt64) {
    let population = Population(seed: seed, sizes: PopulationSizes(), history: history)
    for index in 0..<300 {
      for version in 1...2 {
        let person = population.person(index, version: version)
        expectValid(.citizenNumber, person.citizenNumber)
        expectValid(.socialCreditCode, population.company(index, version: version).creditCode)
        expectValid(.realEstateUnit, population.house(index, version: version).unitNumber)
        expectValid(.deedNumber, population.house(index, version: version).deedNumber)
        expectValid(.projectCode, population.project(index, version: version).projectCode)
        expectValid(.installerLicence, population.contractorLicence(index, version: version).number)
        expectValid(.deedNumber, population.proof(index, version: version).number)
        expectValid(.certificateIdentifier, population.proof(index, version: version).certificateIdentifier)
      }
    }
  }

  @Test func `checks that only warn are right too`() {
    for index in 0..<500 {
      for (kind, text) in [
        (IdentifierKind.socialCreditCode, population.company(index).creditCode),
        (.projectCode, population.project(index).projectCode),
        (.certificateIdentifier, population.proof(index).certificateIdentifier),
      ] {
        let warnings = Identifier.inspect(kind, text).warnings
        #expect(warnings.isEmpty, "\(kind) \(text): \(warnings)")
      }
    }
  }

  @Test func `identifiers do not repeat`() {
    let range = 0..<20_000
    #expect(Set(range.map { population.person($0).citizenNumber }).count == range.count)
    #expect(Set(range.map { population.company($0).creditCode }).count == range.count)
    #expect(Set(range.map { population.house($0).unitNumber }).count == range.count)
    #expect(Set(range.map { population.house($0).deedNumber }).count == range.count)
    #expect(Set(range.map { population.project($0).projectCode }).count == range.count)
    #expect(Set(range.map { population.contractorLicence($0).number }).count == range.count)
    #expect(Set(range.map { population.designLicence($0).number.suffix(8) }).count == range.count)
    #expect(Set(range.map { population.proof($0).number }).count == range.count)
  }

  @Test func `no number can belong to anybody`() {
    for index in 0..<200 {
      let person = population.person(index)
      #expect(person.citizenNumber.hasPrefix(person.region.inventedAreaCode))
      #expect(person.phoneNumber.hasPrefix("154"))
      #expect(
        population.company(index).creditCode.dropFirst(2).hasPrefix(
          population.company(index).region.inventedAreaCode))
    }
  }

  @Test func `the same seed gives the same world, another seed another`() {
    let again = Population(seed: 7, sizes: PopulationSizes(), history: history)
    let other = Population(seed: 8, sizes: PopulationSizes(), history: history)
    for index in 20..<60 {
      #expect(population.person(index).name == again.person(index).name)
      #expect(population.house(index).location == again.house(index).location)
      #expect(population.person(index).citizenNumber == again.person(index).citizenNumber)
      #expect(population.person(index).citizenNumber != other.person(index).citizenNumber)
    }
  }

  @Test func `holders exist and no house has one twice`() {
    for index in 0..<2_000 {
      let house = population.house(index)
      #expect((1...4).contains(house.holders.count))
      #expect(Set(house.holders).count == house.holders.count)
      for holder in house.holders {
        switch holder {
        case .person(let person): #expect(person < population.sizes.persons)
        case .company(let company): #expect(company < population.sizes.companies)
        }
      }
    }
    let numbers = Set((0..<2_000).map { population.house($0).holders.count })
    #expect(numbers == [1, 2, 3, 4])
  }

  @Test func `personas are where scenarios look for them`() {
    #expect(population.person(Personas.resident.index).name == "林知夏")
    #expect(population.house(0).holders == [.person(Personas.resident.index)])
    #expect(population.house(2).ownership == .joint)
    #expect(population.house(6).isSeized)
    #expect(population.house(1).deedNumber == "常房新字00050538")
    #expect(population.company(Personas.closedCompany.index).state == .cancelled)
    #expect(population.company(Personas.smallCompany.index, version: 2).state == .open)
    #expect(population.house(4).holders == [.company(Personas.smallCompany.index)])
    #expect(population.project(0).sponsor == Personas.sponsor.index)
    #expect(population.contractorLicence(0).company == Personas.contractor.index)
    let designers = (0..<1_000).map { population.designLicence($0).company }
    #expect(designers[..<3] == [Personas.designer.index, Personas.architect.index, Personas.architect.index])
    #expect(designers[3...].allSatisfy { $0 >= Personas.ceiling })
    #expect(population.house(Personas.houses[6].index).location.hasPrefix("信阳市新县"))
    for house in Personas.houses { #expect(population.house(house.index).holders == house.holders) }
    for project in Personas.projects {
      #expect(population.project(project.index).sponsor == project.sponsor)
      #expect(population.project(project.index).name == project.name)
      #expect(population.approval(3 * project.index, version: 2).state == 1)
    }
    for persona in Personas.people { #expect(population.person(persona.index).name == persona.name) }
    for persona in Personas.companies { #expect(population.company(persona.index).name == persona.name) }
    // Hand-made records never change, so that a scenario reads the same at any time.
    let indexes =
      Personas.people.map(\.index) + Personas.companies.map(\.index) + Personas.houses.map(\.index)
      + Personas.projects.map(\.index)
    for index in indexes { #expect(!population.houses.isRevised(index) && index < Personas.ceiling) }
  }
}
