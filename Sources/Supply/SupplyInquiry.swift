import Certificates
import CivilTime
import Policies

/// What the registry is asked for an application: never for papers of a person who has not agreed to it.
struct SupplyInquiry {
  struct Question: Hashable {
    let key: LookupKey
    let kinds: Set<CertificateKind>
  }

  let questions: [Question]
  /// Those that may be looked at.
  private(set) var kinds: Set<CertificateKind> = []
  private let matches: [(party: SupplyRequirement.Party, match: CertificateMatch)]
  private let judge: Judge

  init(_ supply: SupplyCase, _ terms: SupplyTerms, at moment: Timestamp) {
    let judge = Judge(supply: supply, terms: terms, knowledge: SupplyKnowledge(), moment: moment)
    var questions: [Question] = []
    var matches: [(party: SupplyRequirement.Party, match: CertificateMatch)] = []
    func ask(_ domain: LookupDomain, _ text: String?, _ kinds: Set<CertificateKind>) {
      guard let text, !kinds.isEmpty else { return }
      let key = LookupKey(domain, text)
      guard !key.text.isEmpty else { return }
      if let place = questions.firstIndex(where: { $0.key == key }) {
        questions[place] = Question(key: key, kinds: questions[place].kinds.union(kinds))
      } else {
        questions.append(Question(key: key, kinds: kinds))
      }
    }
    for party in SupplyRequirement.Party.allCases {
      guard let somebody = supply.party(party) else { continue }
      let wanted = terms.decisions.filter { $0.requirement.party == party }
        .flatMap(\.proofs).reduce(into: Set<CertificateKind>()) { $0.formUnion($1.rule.outcome.kinds) }
      let allowed = wanted.filter { judge.allows($0, party) }
      // By its code, which may be a person's, nothing is looked up but what is nobody's secret.
      let kinds =
        somebody.hasRegistrationNumber ? allowed.union(wanted.subtracting([.identityCard])) : allowed
      guard !kinds.isEmpty else { continue }
      self.kinds.formUnion(kinds)
      matches.append(
        (
          party,
          CertificateMatch(
            holder: HolderMatch(party: somebody), place: supply.place, region: supply.region)
        ))
      ask(.holderCode, somebody.code, allowed)
      // Many people share a name: theirs are found by the numbers of the place, or by a code.
      if !somebody.isPerson {
        for name in [somebody.name] + somebody.formerNames { ask(.holderName, name, kinds) }
        // What whoever stands for it holds is a person's.
        if supply.isAuthorised(.propertyDeed, ofRepresentativeAt: moment) {
          ask(.holderCode, somebody.representative?.code, kinds.intersection([.propertyDeed]))
        }
      } else if somebody.code == nil {
        ask(.holderName, somebody.name, kinds)
      }
      guard party == .applicant else { continue }
      ask(.unitNumber, supply.place.unitNumber, kinds.intersection([.propertyDeed]))
      ask(.number, supply.place.deedNumber, kinds.intersection([.propertyDeed]))
      ask(
        .projectCode, supply.place.projectCode,
        kinds.intersection([.projectRegistration, .constructionPlanningPermit]))
    }
    self.questions = questions
    self.matches = matches
    self.judge = judge
  }

  var keys: [LookupKey] { questions.map(\.key) }

  /// Whether a certificate may be one of somebody whose papers are looked at; of whoever stands for an organisation only by
  /// authorisation.
  func concerns(_ record: CertificateRecord) -> Bool {
    matches.contains { party, match in
      let found = match.match(record)
      guard found != .different, judge.allows(record, party) else { return false }
      return !found.isRepresentatives
        || judge.supply.isAuthorised(record.kind, ofRepresentativeAt: judge.moment)
    }
  }

  /// Whether a certificate that a platform told of, and that none of the keys finds, is one of theirs: many people share a name, so that what was not asked
  /// for by a code has to be theirs beyond doubt.
  func concerns(_ record: CertificateRecord, toldByCode: Bool) -> Bool {
    guard concerns(record) else { return false }
    return toldByCode
      || matches.contains { if case .same = $0.match.match(record) { true } else { false } }
  }
}
