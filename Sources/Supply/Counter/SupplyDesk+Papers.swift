import Authorisations
import CivilTime
import Materials
import Policies
import Registry

extension SupplyParty {
  /// Who it is, as papers and authorisations are found.
  var holder: PaperHolder { PaperHolder(isPerson: isPerson, name: name, code: code) }

  var representativeHolder: PaperHolder? {
    guard let representative, representative.code != nil else { return nil }
    return PaperHolder(isPerson: true, name: representative.name, code: representative.code)
  }
}

extension SupplyCase {
  /// Who has a part in it.
  var holders: [PaperHolder] {
    [applicant.representativeHolder].compactMap(\.self)
      + SupplyRequirement.Party.allCases.compactMap { party($0)?.holder }
  }
}

extension SupplyDesk {
  /// An application with what is kept of authorisations and materials in place of what its form says of them.
  ///
  /// - Parameter purpose: what papers are looked up for; nil: only what was agreed to for whatever purpose holds.
  func resolved(_ form: SupplyForm, purpose: String?) async throws -> SupplyCase {
    var supply = form.supply
    // One that was revoked holds for nobody, also for whoever began before.
    supply.authorisations = try await consents(form).filter {
      $0.revoked == nil && $0.covers(purpose: purpose, application: form.number)
    }.map { SupplyAuthorisation($0, forApplication: form.number) }
    let handedIn = try await counter.materials.handedIn(forApplication: form.number)
    var kept: [SupplyMaterial] = []
    for party in SupplyRequirement.Party.allCases {
      guard let holder = supply.party(party)?.holder else { continue }
      kept += try await counter.materials.materials(of: holder, application: form.number).compactMap {
        SupplyMaterial($0, of: party, isForThis: handedIn.contains($0.id))
      }
    }
    // What is named and kept too is the one that is kept.
    supply.materials =
      kept
      + supply.materials.filter { named in
        !kept.contains { $0.code == named.code && $0.sm3 == named.sm3 }
      }
    return supply
  }

  /// What the applicant, or whoever stands for it, agreed to.
  private func consents(_ form: SupplyForm) async throws -> [Authorisation] {
    let applicant = form.supply.applicant
    var found: [Authorisation] = []
    for holder in [applicant.holder, applicant.representativeHolder].compactMap(\.self) {
      found += try await counter.authorisations.authorisations(of: holder, application: form.number)
    }
    return found
  }

  /// Keeps what the form says was agreed to, and requires that what it names by number is kept, and of these people.
  ///
  /// - Throws: `SupplyError.unfit`, `AuthorisationError`.
  func keepPapers(of form: SupplyForm, for asker: SupplyAsker?, at moment: Timestamp) async throws {
    switch form.consent {
    case .given(let given, let reference)?:
      _ = try await counter.authorise(
        form.authorisation(given, reference: reference, for: asker), at: moment)
    case .kept(let id)?:
      guard try await consents(form).contains(where: { $0.id == id }) else {
        throw SupplyError(
          .unfit, "authorisation \(id) is not kept, or not of the applicant nor of who stands for it",
          remedy: "name another one, or leave it out: what is kept is found by who the applicant is")
      }
    case nil: break
    }
    guard !form.namedMaterials.isEmpty else { return }
    let known = Set(try await resolved(form, purpose: nil).materials.compactMap(\.kept?.id))
    for id in form.namedMaterials where !known.contains(id) {
      throw SupplyError(
        .unfit,
        "material \(id) is not kept, was taken back, or is nobody's who has a part in the application",
        remedy: "hand it in, or leave it out: what is kept is found by whose it is")
    }
  }
}

extension SupplyForm {
  /// What is agreed to by a form is agreed to for its application, and for what the asker asks for.
  fileprivate func authorisation(
    _ given: SupplyAuthorisation, reference: String?, for asker: SupplyAsker?
  ) -> NewAuthorisation {
    let applicant = supply.applicant
    var holder = applicant.holder
    // Whose face it was has to be said: else it proves nobody's identity, and is known by this application.
    if given.means == .face, given.person == nil {
      holder = PaperHolder(isPerson: applicant.isPerson, name: applicant.name, code: nil)
    }
    if let person = given.person, HolderMatch.codes(person, applicant.code) != .same {
      let isRepresentative = HolderMatch.codes(person, applicant.representative?.code) == .same
      holder = PaperHolder(
        isPerson: true, name: isRepresentative ? applicant.representative?.name : nil, code: person)
    }
    return NewAuthorisation(
      means: given.means, holder: holder, given: given.given, until: given.until, kinds: given.scope,
      purposes: asker.map { [$0.purpose] } ?? [], application: number, channel: "supply-application",
      operator: asker?.operator ?? "", reference: reference)
  }
}
