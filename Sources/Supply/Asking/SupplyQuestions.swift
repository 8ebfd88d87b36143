import Certificates
import CivilTime
import Policies

/// What platforms are asked for an application, after the registry was: only what would settle something, and never for papers of a person who has not
/// agreed to it.
struct SupplyQuestions {
  struct One {
    let source: SupplyQuery
    let texts: [LookupDomain: String]
  }

  let all: [One]

  init(_ all: [One]) { self.all = all }

  /// - Parameter verdict: by what is known without asking.
  init(
    _ supply: SupplyCase, _ terms: SupplyTerms, _ verdict: Verdict, _ sources: [SupplyQuery],
    at moment: Timestamp
  ) {
    let judge = Judge(supply: supply, terms: terms, knowledge: SupplyKnowledge(), moment: moment)
    var all: [One] = []
    for party in SupplyRequirement.Party.allCases {
      guard let somebody = supply.party(party) else { continue }
      let wanted = Self.wanted(of: party, terms, verdict)
      let texts = Self.texts(somebody, supply.place, isApplicant: party == .applicant)
      for source in sources
      // An answer cannot be had in part: each kind it may hold must be one that may be looked at.
      where !source.kinds.isDisjoint(with: wanted) && source.kinds.allSatisfy({ judge.allows($0, party) }) {
        let given = texts.filter { source.needs.contains($0.key) }
        guard given.count == source.needs.count,
          !all.contains(where: {
            $0.source.platform == source.platform && $0.source.operation == source.operation
              && $0.texts == given
          })
        else { continue }
        all.append(One(source: source, texts: given))
      }
    }
    self.all = all
  }

  /// The kinds that would settle something.
  private static func wanted(
    of party: SupplyRequirement.Party, _ terms: SupplyTerms, _ verdict: Verdict
  ) -> Set<CertificateKind> {
    terms.decisions.reduce(into: []) { wanted, decision in
      guard decision.requirement.party == party,
        verdict.verdict(decision.requirement)?.wouldGainByAsking == true
      else { return }
      for proof in decision.proofs { wanted.formUnion(proof.rule.outcome.kinds) }
    }
  }

  private static func texts(
    _ party: SupplyParty, _ place: SupplyPlace, isApplicant: Bool
  ) -> [LookupDomain: String] {
    var texts: [LookupDomain: String] = [.holderName: party.name]
    texts[.holderCode] = party.code
    guard isApplicant else { return texts }
    texts[.unitNumber] = place.unitNumber
    texts[.number] = place.deedNumber
    texts[.projectCode] = place.projectCode
    return texts
  }
}

extension RequirementVerdict {
  /// Whether a platform's word of now may change how it stands: what is not there, is too old, or could not be told.
  fileprivate var wouldGainByAsking: Bool {
    switch state {
    // Also of what a rule has the customer bring: nobody has to bring what a platform tells.
    case .missing(let absence), .deferred(_, let absence): absence != .notAuthorised
    case .unchecked(.unreachable), .unchecked(.stale): true
    case .unchecked(.doubtful): false
    case .notRequired, .certificate, .material, .identified, .undecided, .silent, .baseless: false
    }
  }
}
