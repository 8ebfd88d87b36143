import CivilTime
import Certificates
import Materials
import Policies
import Registry

extension Judge {
  typealias Outcome = (RequirementVerdict.State, RequirementVerdict.Source?)

  func byMaterial(_ handed: Handed, _ decision: SupplyDecision, isEquivalent: Bool) -> Outcome? {
    let material = handed.usable.first { material in
      decision.proof(byMaterial: material.code)?.rule.outcome.isEquivalent == isEquivalent
    }
    guard let material else { return nil }
    let exemption = material.earlier == nil ? nil : decision.exemption(.earlierMaterial)
    let proof = decision.proof(byMaterial: material.code)
    return (
      .material(material, isEquivalent: isEquivalent),
      exemption.map { RequirementVerdict.Source($0) } ?? proof.map { RequirementVerdict.Source($0) }
    )
  }

  /// Whether a material that is kept stands for what is required: it is of whom that is about, no platform says otherwise, and
  /// it is about this place or project where the requirement is.
  fileprivate func serves(
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

  /// Whether the certificate that it shows is known, and does not hold, was replaced, or does not cover the voltage.
  private func isRefuted(_ kept: SupplyMaterial.Kept) -> Bool {
    guard let kind = kept.kind, let number = kept.number.map(LookupDomain.number.normal) else { return false }
    return knowledge.certificates.contains { certificate in
      guard certificate.record.kind == kind,
        certificate.record.number.map(LookupDomain.number.normal) == number
      else { return false }
      switch certificate.record.standing(on: day).state {
      case .expired, .notYetValid, .cancelled, .revoked, .seized: return true
      case .valid, .unknown:
        return replacements.finding(certificate) == .replaced || covers(certificate.record) == false
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
    let area = kept.place.unitNumber.flatMap(AddressMatch.area(ofUnit:))
    return AddressMatch(place, region: supply.region)
      .compare(AddressMatch(address, area: area), byCity: false)
  }
}

/// What was handed in for one requirement.
struct Handed {
  /// What counts for it, the best first.
  private(set) var usable: [SupplyMaterial] = []
  /// Why somebody has to look at something that does not count: it may be the scan of a certificate that does not, or it says too little.
  private(set) var doubt: RequirementVerdict.Obstacle?

  /// - Parameter refused: the party's certificates that do not count, by their ids.
  init(_ decision: SupplyDecision, _ refused: [RequirementVerdict.Refused], _ judge: Judge) {
    var doubted: Set<CertificateID> = []
    var unproven: RequirementVerdict.Obstacle?
    for material in judge.supply.materials.sorted(by: Self.isBetter) where material.holds(on: judge.day) {
      guard let proof = decision.proof(byMaterial: material.code),
        material.earlier == nil || decision.exemption(.earlierMaterial) != nil,
        material.kept.map({
          judge.serves($0, decision.requirement, isEarlier: material.earlier != nil)
        }) ?? true
      else { continue }
      let kinds = material.kept?.kind.map { [$0] } ?? proof.rule.outcome.kinds
      let same = refused.filter {
        kinds.contains($0.kind) && judge.mayShow(material, $0.certificate)
      }
      if !same.isEmpty {
        doubted.formUnion(same.map(\.certificate))
      } else if let doubt = judge.doubt(ofPaperFor: proof.rule.outcome.kinds) {
        unproven = unproven ?? .paper(material, doubt)
      } else {
        usable.append(material)
      }
    }
    doubt =
      refused.first { doubted.contains($0.certificate) }.map { .doubtful($0.certificate, .handedIn) }
      ?? unproven
  }

  /// What was handed in before, then what was handed in last and holds longest, whatever the order in which they came.
  private static func isBetter(_ left: SupplyMaterial, _ right: SupplyMaterial) -> Bool {
    if (left.earlier == nil) != (right.earlier == nil) { return left.earlier != nil }
    let (handedIn, others) = (left.earlier?.daysSinceEpoch ?? 0, right.earlier?.daysSinceEpoch ?? 0)
    if handedIn != others { return handedIn > others }
    let (end, other) = (left.validTo?.daysSinceEpoch ?? .max, right.validTo?.daysSinceEpoch ?? .max)
    let (id, otherID) = (left.kept?.id.rawValue ?? 0, right.kept?.id.rawValue ?? 0)
    return (other, left.code, left.sm3, id) < (end, right.code, right.sm3, otherID)
  }
}

extension Judge {
  /// Whether a material may be the scan of a certificate: it is unless its number says otherwise.
  fileprivate func mayShow(_ material: SupplyMaterial, _ id: CertificateID) -> Bool {
    guard let number = material.kept?.number.map(LookupDomain.number.normal),
      let record = knowledge.certificates.first(where: { $0.id == id })?.record, let own = record.number
    else { return true }
    return number == LookupDomain.number.normal(own)
  }

  /// Why a paper does not show that somebody may design or build: none says to which level, and the platforms may know of no licence. Where
  /// none ever tells of one there is nothing but the paper.
  fileprivate func doubt(ofPaperFor kinds: Set<CertificateKind>) -> RequirementVerdict.PaperDoubt? {
    guard let kind = CertificateKind.qualifications.first(where: kinds.contains), knowledge.mayBeTold(kind)
    else { return nil }
    if !knowledge.reach(kind).sources.isEmpty, silence(kind).isEmpty { return .notFound }
    return terms.grades[kind] == nil ? nil : .level
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
