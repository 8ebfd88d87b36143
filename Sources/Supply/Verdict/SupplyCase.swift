import Certificates
public import CivilTime
public import Policies

/// An application to be judged.
public struct SupplyCase: Hashable, Sendable {
  /// Area code.
  public let region: String
  /// The day by whose rules it goes.
  public internal(set) var day: CivilDate
  /// What policies ask about; whether the applicant is a person follows from who it is.
  public let facts: Facts
  public let applicant: SupplyParty
  public let place: SupplyPlace
  public let designer: SupplyParty?
  public let contractor: SupplyParty?
  public internal(set) var materials: [SupplyMaterial]
  /// Each is enough for what it is about.
  public internal(set) var authorisations: [SupplyAuthorisation]

  public init(
    region: String, day: CivilDate, facts: Facts, applicant: SupplyParty, place: SupplyPlace,
    designer: SupplyParty? = nil, contractor: SupplyParty? = nil, materials: [SupplyMaterial] = [],
    authorisations: [SupplyAuthorisation] = []
  ) {
    var facts = facts
    facts.set(.applicant, .word(applicant.isPerson ? "person" : "organisation"))
    self.region = region
    self.day = day
    self.facts = facts
    self.applicant = applicant
    self.place = place
    self.designer = designer
    self.contractor = contractor
    self.materials = materials
    self.authorisations = authorisations
  }

  /// Whether papers of a kind that are a person's may be looked at: by an authorisation of the applicant, or of whoever
  /// stands for it.
  func isAuthorised(_ kind: CertificateKind, at moment: Timestamp) -> Bool {
    authorisations.contains { authorisation in
      guard authorisation.allows(kind, at: moment) else { return false }
      guard let person = authorisation.person else { return true }
      return [applicant.code, applicant.representative?.code].contains {
        HolderMatch.codes(person, $0) == .same
      }
    }
  }

  /// The same of whoever stands for an organisation: by an authorisation of their own. A one-man business (个体工商户) is nobody but its owner, who
  /// speaks for both.
  func isAuthorised(_ kind: CertificateKind, ofRepresentativeAt moment: Timestamp) -> Bool {
    if applicant.isOneMan { return isAuthorised(kind, at: moment) }
    return authorisations.contains { authorisation in
      authorisation.allows(kind, at: moment)
        && HolderMatch.codes(authorisation.person, applicant.representative?.code) == .same
    }
  }

  /// Whose papers a requirement is about; nil where it was not said.
  public func party(_ party: SupplyRequirement.Party) -> SupplyParty? {
    switch party {
    case .applicant: applicant
    case .designer: designer
    case .contractor: contractor
    }
  }
}
