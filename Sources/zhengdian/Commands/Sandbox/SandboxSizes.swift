import Sandbox

/// The options that say how many of each kind a sandbox has.
enum SandboxSizes {
  /// The personas need a few of each.
  private static let fewest = 100
  /// Numbers of most kinds repeat beyond some millions.
  private static let most = 5_000_000

  static let records = size("records", "Records of each kind, where its own option does not say otherwise.")
  static let persons = size("persons", "People: identity cards.")
  static let companies = size("companies", "Companies: business licences.")
  static let houses = size("houses", "Houses: property deeds, of two platforms.")
  static let projects = size("projects", "Investment projects.")
  static let approvals = size("approvals", "Approvals of projects.")
  static let contractorLicences = size(
    "contractor-licences", "Licences to install and repair power facilities.")
  static let designLicences = size("design-licences", "Licences to design lines, substations and buildings.")
  static let proofs = size("proofs", "Real-estate proofs: mortgages and advance notices.")

  static let options: [any AnyCommandOption] = [
    records, persons, companies, houses, projects, approvals, contractorLicences, designLicences, proofs,
  ]

  static func sizes(_ invocation: Invocation) -> PopulationSizes {
    var sizes = PopulationSizes()
    func set(_ path: WritableKeyPath<PopulationSizes, Int>, _ option: CommandOption<Int>) {
      if let number = invocation[option] ?? invocation[records] { sizes[keyPath: path] = number }
    }
    set(\.persons, persons)
    set(\.companies, companies)
    set(\.houses, houses)
    set(\.projects, projects)
    set(\.approvals, approvals)
    set(\.contractorLicences, contractorLicences)
    set(\.designLicences, designLicences)
    set(\.proofs, proofs)
    return sizes
  }

  private static func size(_ name: String, _ help: String) -> CommandOption<Int> {
    .integer(name, "NUMBER", in: fewest...most, help)
  }
}
