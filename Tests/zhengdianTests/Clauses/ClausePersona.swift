import Certificates
import Sandbox

/// Somebody of the sandbox who wants electricity: what they are known by, where they want it, what the platforms have of theirs, and how it should go.
///
/// All are invented; their numbers have right check characters.
struct ClausePersona: Sendable {
  enum Party: Sendable {
    case person(Int)
    case company(Int)
  }

  let party: Party
  /// The house that it is wanted for; nil: a place of which no platform tells.
  var house: Int?
  var project: Int?
  /// `platform/kind` of what can be asked for while they wait.
  let holds: Set<String>
  let course: String

  static let resident = ClausePersona(
    party: .person(Personas.resident.index), house: 0, holds: [card, deed], course: "nothing to bring")
  static let coOwner = ClausePersona(
    party: .person(Personas.coOwners[0].index), house: 2, holds: [card, deed],
    course: "nothing to bring: one of two owners is one")
  static let seizedOwner = ClausePersona(
    party: .person(Personas.seizedOwner.index), house: 6, holds: [card, deed],
    course: "the deed does not count")
  static let oldDeedHolder = ClausePersona(
    party: .person(Personas.oldDeedHolder.index), house: 1, holds: [card, deed], course: "刷脸办电")
  static let countyResident = ClausePersona(
    party: .person(Personas.countyResident.index), house: 11, holds: [card, deed], course: "零证办电")
  static let expiredHolder = ClausePersona(
    party: .person(Personas.expiredHolder.index), house: 15, holds: [card, deed],
    course: "the card has to be brought")
  /// Owns houses elsewhere, and none where electricity is wanted.
  static let villager = ClausePersona(
    party: .person(Personas.villager.index), holds: [card, deed], course: "村委会's proof instead of a deed")

  static let smallCompany = ClausePersona(
    party: .company(Personas.smallCompany.index), house: 4, holds: [licence, deed],
    course: "nothing to bring at low voltage")
  static let closedCompany = ClausePersona(
    party: .company(Personas.closedCompany.index), holds: [licence], course: "the licence does not count")
  static let sponsor = ClausePersona(
    party: .company(Personas.sponsor.index), project: 0, holds: [licence],
    course: "high voltage by the project that the platform knows")
  static let countyCompany = ClausePersona(
    party: .company(Personas.countyCompany.index), house: 3, project: 3, holds: [licence, deed],
    course: "零证办电, 免证办结")
  static let instrumentMaker = ClausePersona(
    party: .company(Personas.instrumentMaker.index), house: 7, project: 7, holds: [licence, deed],
    course: "everything is fetched and archived")
  static let haulier = ClausePersona(
    party: .company(Personas.haulier.index), holds: [licence], course: "容缺办理")
  static let plant = ClausePersona(
    party: .company(Personas.plant.index), house: 13, project: 13, holds: [licence, deed], course: "一证办电")
  /// Builds for others.
  static let contractor = ClausePersona(
    party: .company(Personas.contractor.index), holds: [licence, contractorLicence],
    course: "may build up to 35 kV")
  /// Designs for others.
  static let designer = ClausePersona(
    party: .company(Personas.designer.index), holds: [licence, designLicence],
    course: "may design up to 220 kV")
  static let architect = ClausePersona(
    party: .company(Personas.architect.index), holds: [licence, designLicence],
    course: "may design houses, and the grid no more")
  /// Of which no platform has heard.
  static let newcomer = ClausePersona(party: .company(100_000), holds: [], course: "两证办结")

  static let all = [
    resident, coOwner, seizedOwner, oldDeedHolder, countyResident, expiredHolder, villager, smallCompany,
    closedCompany, sponsor, countyCompany, instrumentMaker, haulier, plant, contractor, designer,
    architect, newcomer,
  ]

  private static let card = "services/identity-card"
  private static let licence = "services/business-licence"
  private static let deed = "services/property-deed"
  private static let contractorLicence = "exchange/contractor-licence"
  private static let designLicence = "exchange/design-licence"
}

/// What a persona is to a form.
extension ClausePersona {
  func name(_ population: Population) -> String {
    switch party {
    case .person(let index): population.person(index).name
    case .company(let index): population.company(index).name
    }
  }

  func code(_ population: Population) -> String {
    switch party {
    case .person(let index): population.person(index).citizenNumber
    case .company(let index): population.company(index).creditCode
    }
  }

  /// As `applicant`, `designer`, `contractor` or `holder` of a form.
  func written(_ population: Population) -> String {
    let (name, code) = (name(population), code(population))
    switch party {
    case .person: return #"{"type": "person", "name": "\#(name)", "code": "\#(code)"}"#
    case .company(let index):
      let head = population.person(population.company(index).representative)
      return #"""
        {"type": "organisation", "name": "\#(name)", "code": "\#(code)",
         "representative": {"name": "\#(head.name)", "code": "\#(head.citizenNumber)"}}
        """#
    }
  }

  /// As `holder` of a material or an authorisation.
  func holder(_ population: Population) -> String {
    let type = if case .person = party { "person" } else { "organisation" }
    return #"{"type": "\#(type)", "name": "\#(name(population))", "code": "\#(code(population))"}"#
  }

  func address(_ population: Population) -> String {
    if let house { return population.house(house).location }
    return switch party {
    case .person(let index): population.person(index).addressText
    case .company(let index): population.company(index).addressText
    }
  }

  func place(_ population: Population) -> String {
    var members = [#""address": "\#(address(population))""#]
    if let house { members.append(#""unitNumber": "\#(population.house(house).unitNumber)""#) }
    if let project { members.append(#""projectCode": "\#(population.project(project).projectCode)""#) }
    return "{\(members.joined(separator: ", "))}"
  }
}
