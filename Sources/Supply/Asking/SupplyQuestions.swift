import Certificates
import CivilTime
import Policies

/// What platforms are asked for an application, after the registry was: only what would settle something, and never for papers of a person who has not
/// agreed to it.
struct SupplyQuestions {
  struct One {
    let source: SupplyQuery
    let texts: [LookupDomain: String]
    /// About whom; nil where it is about a paper that was handed in.
    var party: SupplyRequirement.Party?
  }

  let all: [One]
  /// Kinds of which platforms could tell that must not be asked, for want of an authorisation.
  let withheld: Set<CertificateKind>

  init(_ all: [One], withheld: Set<CertificateKind> = []) {
    self.all = all
    self.withheld = withheld
  }

  /// All that could be asked for an application, whatever is known already.
  init(_ supply: SupplyCase, _ terms: SupplyTerms, _ sources: [SupplyQuery], at moment: Timestamp) {
    let judge = Judge(supply: supply, terms: terms, knowledge: SupplyKnowledge(), moment: moment)
    var all: [One] = []
    var withheld: Set<CertificateKind> = []
    for party in SupplyRequirement.Party.allCases {
      guard let somebody = supply.party(party) else { continue }
      let kinds = Self.kinds(terms.decisions.filter { $0.requirement.party == party })
      let texts = Self.texts(somebody, supply.place, isApplicant: party == .applicant)
      for source in sources where !source.kinds.isDisjoint(with: kinds) {
        let given = texts.filter { source.needs.contains($0.key) }
        guard given.count == source.needs.count else { continue }
        if judge.allows(source, party) {
          all.append(One(source: source, texts: given, party: party))
        } else {
          withheld.formUnion(source.kinds)
        }
      }
    }
    self.init(all, withheld: withheld)
  }

  /// Those that would settle something, each once.
  ///
  /// - Parameter verdict: by what is known without asking.
  func wanted(by verdict: Verdict, _ terms: SupplyTerms) -> SupplyQuestions {
    var wanted: [One] = []
    for one in all {
      let decisions = terms.decisions.filter { decision in
        decision.requirement.party == one.party
          && verdict.verdict(decision.requirement)?.wouldGainByAsking == true
      }
      let isKnown = wanted.contains {
        $0.source.platform == one.source.platform && $0.source.operation == one.source.operation
          && $0.texts == one.texts
      }
      if !isKnown, !one.source.kinds.isDisjoint(with: Self.kinds(decisions)) { wanted.append(one) }
    }
    return SupplyQuestions(wanted, withheld: withheld)
  }

  private static func kinds(_ decisions: [SupplyDecision]) -> Set<CertificateKind> {
    decisions.flatMap(\.proofs).reduce(into: []) { $0.formUnion($1.rule.outcome.kinds) }
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
  /// Whether a platform's word of now may change how it stands: what is not there, is too old, could not be told, or only a paper says.
  fileprivate var wouldGainByAsking: Bool {
    switch state {
    // Also of what a rule has the customer bring: nobody has to bring what a platform tells.
    case .missing(let absence), .deferred(_, let absence): absence != .notAuthorised
    // Another one that holds makes it of no matter what is doubtful, or was handed in.
    case .unchecked: true
    // What a platform tells goes before what stands on a paper.
    case .material: true
    case .notRequired, .certificate, .identified, .undecided, .silent, .baseless: false
    }
  }
}
