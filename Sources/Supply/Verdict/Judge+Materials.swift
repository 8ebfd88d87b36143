import CivilTime
import Certificates
import Materials
import Policies

extension Judge {
  typealias Outcome = (RequirementVerdict.State, RequirementVerdict.Source?)

  /// What was handed in before is used before what the customer brings now.
  func byMaterial(_ decision: SupplyDecision, isEquivalent: Bool) -> Outcome? {
    let usable = supply.materials.filter { material in
      guard material.holds(on: supply.day), let proof = decision.proof(byMaterial: material.code) else {
        return false
      }
      return proof.rule.outcome.isEquivalent == isEquivalent
        && (material.earlier == nil || decision.exemption(.earlierMaterial) != nil)
        && (material.kept.map { serves($0, decision.requirement, isEarlier: material.earlier != nil) } ?? true)
    }
    let order = usable.sorted { left, right in
      if (left.earlier == nil) != (right.earlier == nil) { return left.earlier != nil }
      // What was handed in last and holds longest, whatever the order in which they came.
      let (handedIn, others) = (left.earlier?.daysSinceEpoch ?? 0, right.earlier?.daysSinceEpoch ?? 0)
      if handedIn != others { return handedIn > others }
      let (end, other) = (left.validTo?.daysSinceEpoch ?? .max, right.validTo?.daysSinceEpoch ?? .max)
      let (id, otherID) = (left.kept?.id.rawValue ?? 0, right.kept?.id.rawValue ?? 0)
      return (other, left.code, left.sm3, id) < (end, right.code, right.sm3, otherID)
    }
    guard let material = order.first else { return nil }
    let exemption = material.earlier == nil ? nil : decision.exemption(.earlierMaterial)
    let proof = decision.proof(byMaterial: material.code)
    return (
      .material(material, isEquivalent: isEquivalent),
      exemption.map { RequirementVerdict.Source($0) } ?? proof.map { RequirementVerdict.Source($0) }
    )
  }

  /// Whether a material that is kept stands for what is required: it is of whom that is about, no platform says otherwise, and
  /// it is about this place or project where the requirement is.
  private func serves(
    _ kept: SupplyMaterial.Kept, _ requirement: SupplyRequirement, isEarlier: Bool
  ) -> Bool {
    guard kept.party == requirement.party, kept.check != .differs, !isRefuted(kept) else { return false }
    guard requirement.isAboutPlace else { return true }
    switch place(of: kept) {
    case .same: return true
    case .different: return false
    // What is handed in for an application is about it. What was handed in for another one is only where that is plain.
    case .unknown: return !isEarlier
    }
  }

  /// Whether the certificate that it shows is known, and does not hold or was replaced.
  private func isRefuted(_ kept: SupplyMaterial.Kept) -> Bool {
    guard let kind = kept.kind, let number = kept.number.map(LookupDomain.number.normal) else { return false }
    return knowledge.certificates.contains { certificate in
      guard certificate.record.kind == kind,
        certificate.record.number.map(LookupDomain.number.normal) == number
      else { return false }
      switch certificate.record.standing(on: supply.day).state {
      case .expired, .notYetValid, .cancelled, .revoked, .seized: return true
      case .valid, .unknown: return replacements.finding(certificate) == .replaced
      }
    }
  }

  private func place(of kept: SupplyMaterial.Kept) -> HolderMatch.Sameness {
    func same(_ domain: LookupDomain, _ one: String?, _ other: String?) -> Bool? {
      guard let one, let other else { return nil }
      return domain.normal(one) == domain.normal(other)
    }
    let place = supply.place
    for found in [
      same(.unitNumber, kept.place.unitNumber, place.unitNumber),
      same(.projectCode, kept.place.projectCode, place.projectCode),
    ] {
      if let found { return found ? .same : .different }
    }
    // The number of a deed tells only where it is the same, for deeds are replaced.
    if same(.number, kept.number, place.deedNumber) == true { return .same }
    guard let address = kept.place.address else { return .unknown }
    return AddressMatch(place.address).compare(address)
  }
}

extension SupplyRequirement {
  /// Whether a paper for it is one about a place or a project, and not about somebody.
  fileprivate var isAboutPlace: Bool {
    switch self {
    case .subject, .designQualification, .constructionQualification: false
    case .property, .project, .tradeApproval, .designDocuments, .concealedWorks, .completionReport: true
    }
  }
}
