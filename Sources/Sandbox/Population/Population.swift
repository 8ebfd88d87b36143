public import CivilTime

/// How many of each kind the population has.
public struct PopulationSizes: Sendable {
  public var persons = 20_000
  public var companies = 10_000
  public var houses = 20_000
  public var projects = 3_000
  public var approvals = 9_000
  public var contractorLicences = 2_000
  public var designLicences = 1_000
  public var proofs = 5_000

  public init() {}

  /// Small enough for tests that pull everything.
  public static var small: PopulationSizes {
    var sizes = PopulationSizes()
    sizes.persons = 400
    sizes.companies = 200
    sizes.houses = 400
    sizes.projects = 60
    sizes.approvals = 180
    sizes.contractorLicences = 50
    sizes.designLicences = 50
    sizes.proofs = 100
    return sizes
  }
}

/// Invented people, companies, houses, projects and licences. Nothing is stored: each is computed from (seed, kind,
/// index) in constant time, so a population of millions costs no memory and the same seed gives the same world.
///
/// All names and numbers are invented: check characters are right, but the areas in them do not exist
/// (``Region/inventedAreaCode``).
public struct Population: Sendable {
  public let seed: UInt64
  public let sizes: PopulationSizes
  let lexicon: Lexicon
  let persons: Timeline
  let companies: Timeline
  let houses: Timeline
  let projects: Timeline
  let approvals: Timeline
  let contractorLicences: Timeline
  let designLicences: Timeline
  let proofs: Timeline
  let personScatter: Scatter
  let companyScatter: Scatter
  let houseScatter: Scatter
  let projectScatter: Scatter
  let approvalScatter: Scatter
  let licenceScatter: Scatter
  let designScatter: Scatter
  let proofScatter: Scatter

  /// - Parameter history: the span over which the records came into being; changes fall into it too, and a little
  ///   beyond. A record from later than a platform's clock is not there yet.
  public init(seed: UInt64, sizes: PopulationSizes = PopulationSizes(), history: Range<Timestamp>) {
    let start = max(0, Int(history.lowerBound.milliseconds / 1000))
    let end = max(start + 1, Int(history.upperBound.milliseconds / 1000))
    func timeline(_ count: Int) -> Timeline { Timeline(count: count, start: start, end: end) }
    self.seed = seed
    self.sizes = sizes
    lexicon = Lexicon()
    persons = timeline(sizes.persons)
    companies = timeline(sizes.companies)
    houses = timeline(sizes.houses)
    projects = timeline(sizes.projects)
    approvals = timeline(sizes.approvals)
    contractorLicences = timeline(sizes.contractorLicences)
    designLicences = timeline(sizes.designLicences)
    proofs = timeline(sizes.proofs)
    personScatter = Scatter(
      modulus: SyntheticPerson.days * SyntheticPerson.sequences, seed: seed, .person)
    companyScatter = Scatter(modulus: SyntheticCompany.codes, seed: seed, .company)
    houseScatter = Scatter(modulus: SyntheticHouse.serials, seed: seed, .house)
    projectScatter = Scatter(modulus: SyntheticProject.codes, seed: seed, .project)
    approvalScatter = Scatter(modulus: SyntheticHouse.serials, seed: seed, .approval)
    licenceScatter = Scatter(modulus: SyntheticContractorLicence.serials, seed: seed, .contractorLicence)
    designScatter = Scatter(modulus: SyntheticDesignLicence.serials, seed: seed, .designLicence)
    proofScatter = Scatter(modulus: SyntheticHouse.serials, seed: seed, .proof)
  }

  /// - Parameter version: 1, or 2 for the state after the record's change.
  public func person(_ index: Int, version: Int = 1) -> SyntheticPerson {
    SyntheticPerson(index: index, version: version, population: self)
  }

  public func company(_ index: Int, version: Int = 1) -> SyntheticCompany {
    SyntheticCompany(index: index, version: version, population: self)
  }

  public func house(_ index: Int, version: Int = 1) -> SyntheticHouse {
    SyntheticHouse(index: index, version: version, population: self)
  }

  public func project(_ index: Int, version: Int = 1) -> SyntheticProject {
    SyntheticProject(index: index, version: version, population: self)
  }

  public func approval(_ index: Int, version: Int = 1) -> SyntheticApproval {
    SyntheticApproval(index: index, version: version, population: self)
  }

  public func contractorLicence(_ index: Int, version: Int = 1) -> SyntheticContractorLicence {
    SyntheticContractorLicence(index: index, version: version, population: self)
  }

  public func designLicence(_ index: Int, version: Int = 1) -> SyntheticDesignLicence {
    SyntheticDesignLicence(index: index, version: version, population: self)
  }

  public func proof(_ index: Int, version: Int = 1) -> SyntheticProof {
    SyntheticProof(index: index, version: version, population: self)
  }

  /// The nearest index at or after `index` whose person lives in `region`, round the end.
  func personIndex(near index: Int, region: Region) -> Int {
    Population.index(near: index, region: region, count: sizes.persons)
  }

  func companyIndex(near index: Int, region: Region) -> Int {
    Population.index(near: index, region: region, count: sizes.companies)
  }

  private static func index(near index: Int, region: Region, count: Int) -> Int {
    guard count > 8 else { return 0 }
    // Regions repeat every eight indexes; the last, incomplete eight are left out.
    var candidate = index % (count / 8 * 8)
    for _ in 0..<8 {
      if Region.of(index: candidate) == region { return candidate }
      candidate = (candidate + 1) % (count / 8 * 8)
    }
    return 0
  }
}
