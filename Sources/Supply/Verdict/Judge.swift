import Authorisations
public import CivilTime
public import Policies
import Certificates

extension Verdict {
  /// Judges an application by what its policy demands and what is known. Pure: the same in, the same out, whatever the
  /// order of certificates and materials.
  ///
  /// - Parameter moment: by which authorisations and papers hold, and records are as old as they are. The rules are those of the
  ///   day of the application.
  public init(_ supply: SupplyCase, _ terms: SupplyTerms, _ knowledge: SupplyKnowledge, at moment: Timestamp)
  {
    let judge = Judge(supply: supply, terms: terms, knowledge: knowledge, moment: moment)
    var requirements = terms.decisions.map(judge.judge)
    judge.allowDeferrals(&requirements)
    region = supply.region
    policy = terms.policy.name
    day = supply.day
    facts = supply.facts
    self.requirements = requirements
    let level = judge.level(requirements)
    let name = level.flatMap { level in terms.levels.first { $0.rule.outcome.level == level } }
    self.level = level
    levelTitle = name?.rule.outcome.title ?? level?.title
    levelSource = name.map { RequirementVerdict.Source($0) }
  }
}

/// Judges requirement by requirement.
struct Judge {
  let supply: SupplyCase
  let terms: SupplyTerms
  let knowledge: SupplyKnowledge
  let moment: Timestamp
  /// On which papers have to hold: that of the moment, whatever day's rules it goes by.
  let day: CivilDate
  let replacements: Supersession

  init(supply: SupplyCase, terms: SupplyTerms, knowledge: SupplyKnowledge, moment: Timestamp) {
    self.supply = supply
    self.terms = terms
    self.knowledge = knowledge
    self.moment = moment
    day = moment.civil(offsetSeconds: UTCOffset.china).date
    replacements = Supersession(knowledge.certificates, on: day)
  }

  func judge(_ decision: SupplyDecision) -> RequirementVerdict {
    let found = Findings(decision, self)
    var (state, reason) = state(decision, found)
    // What depends on a fact is settled only if it is met without it.
    if case .missing = state, !decision.missing.isEmpty {
      (state, reason) = (.undecided(decision.missing), nil)
    }
    return RequirementVerdict(
      requirement: decision.requirement, demand: decision.demand.ruling?.rule.outcome, state: state,
      source: decision.demand.ruling.map { RequirementVerdict.Source($0) }, reason: reason,
      refused: found.refused, means: means(decision), deferral: nil)
  }

  private func state(_ decision: SupplyDecision, _ found: Findings) -> Outcome {
    switch decision.demand {
    case .silent: return (.silent, nil)
    case .undecided(let facts): return (.undecided(facts), nil)
    case .decided(let ruling) where ruling.rule.outcome == .none: return (.notRequired, nil)
    case .decided(let ruling) where ruling.document.isAssumed: return (.baseless, nil)
    case .decided: break
    }
    if let met = found.best, !met.isEquivalent { return byCertificate(met, decision) }
    if let face = decision.faceProof, isRecognised {
      return (.identified, RequirementVerdict.Source(face))
    }
    let handedIn = Handed(decision, found.refused, self)
    if let met = byMaterial(handedIn, decision, isEquivalent: false) { return met }
    let equivalent =
      found.best.map { byCertificate($0, decision) } ?? byMaterial(handedIn, decision, isEquivalent: true)
    if let equivalent { return found.proper.map { (.unchecked($0), nil) } ?? equivalent }
    if let obstacle = found.obstacle ?? handedIn.doubt { return (.unchecked(obstacle), nil) }
    return absence(decision)
  }

  private func byCertificate(_ met: RequirementVerdict.Evidence, _ decision: SupplyDecision) -> Outcome {
    let exemption = met.origin == .push ? decision.exemption(.partnerPush) : nil
    let proof = decision.proof(by: met.kind)
    return (
      .certificate(met),
      exemption.map { RequirementVerdict.Source($0) } ?? proof.map { RequirementVerdict.Source($0) }
    )
  }

  private var isRecognised: Bool {
    guard supply.applicant.isPerson else { return false }
    return supply.authorisations.contains { authorisation in
      // Who was recognised must be who applies, and have been for this.
      authorisation.means == .face && authorisation.isForThis && authorisation.holds(at: moment)
        && HolderMatch.codes(authorisation.person, supply.applicant.code) == .same
    }
  }

  /// It is to be brought only where the platforms that could tell have said that they have none, or there are none: whether a
  /// rule names them (`obtainable`) decides by which clause nobody is asked, not whether anybody is.
  private func absence(_ decision: SupplyDecision) -> Outcome {
    let kinds = decision.proofs.filter { !$0.rule.outcome.isEquivalent }
      .reduce(into: Set<CertificateKind>()) { $0.formUnion($1.rule.outcome.kinds) }
    let reason = decision.sources.first.map { RequirementVerdict.Source($0) }
    let told = reason == nil ? kinds.filter(knowledge.isTold) : kinds
    guard !told.isEmpty else { return (.missing(reason == nil ? .notHandedIn : .noPlatform), nil) }
    let allowed = told.filter { allows($0, decision.requirement.party) }
    guard !allowed.isEmpty else { return (.missing(.notAuthorised), nil) }
    let silent = allowed.reduce(into: Set<String>()) { $0.formUnion(silence($1)) }
    guard silent.isEmpty else {
      if decision.isCustomersOwn { return (.missing(.notHandedIn), nil) }
      return (.unchecked(.unreachable(silent.sorted(), stale: nil)), reason)
    }
    // It may be among those that must not be looked at.
    if allowed.count < told.count { return (.missing(.notAuthorised), reason) }
    if allowed.contains(where: { !knowledge.reach($0).sources.isEmpty }) {
      return (.missing(.notFound), reason)
    }
    return (.missing(knowledge.withheld.isDisjoint(with: told) ? .noPlatform : .notAuthorised), reason)
  }

  /// The platforms that have not told of a kind for so long that nothing follows from what they have not said.
  func silence(_ kind: CertificateKind) -> [String] {
    let oldest = terms.freshness[kind].map { moment.advanced(byMilliseconds: -Int64($0) * 86_400_000) }
    return knowledge.reach(kind).silent(since: oldest)
  }

  /// Whether papers of a kind may be looked at: a person's only by authorisation.
  func allows(_ kind: CertificateKind, _ party: SupplyRequirement.Party) -> Bool {
    guard kind.isPersonal(holderIsPerson: supply.party(party)?.mayBePerson ?? true) else { return true }
    return supply.isAuthorised(kind, at: moment)
  }

  /// Whether a certificate may be looked at: also by the word of its platform, where a code leaves open whether it is a person's.
  func allows(_ record: CertificateRecord, _ party: SupplyRequirement.Party) -> Bool {
    if allows(record.kind, party) { return true }
    return supply.party(party)?.hasRegistrationNumber == true && !record.isHeldByPerson
  }

  /// Whether a platform may be asked about a party. An answer cannot be had in part: each kind it may hold must be one that may be
  /// looked at. By the numbers of a place or a project, or by a name, it tells of whoever they belong to, persons too.
  func allows(_ source: SupplyQuery, _ party: SupplyRequirement.Party) -> Bool {
    source.kinds.allSatisfy { kind in
      guard allows(kind, party) else { return false }
      return source.needs.contains(.holderCode) || !kind.isPersonal(holderIsPerson: true)
        || supply.isAuthorised(kind, at: moment)
    }
  }

  private func means(_ decision: SupplyDecision) -> [RequirementVerdict.Means] {
    decision.proofs.compactMap { ruling in
      let proof = ruling.rule.outcome
      guard !proof.kinds.isEmpty || !proof.materials.isEmpty else { return nil }
      return RequirementVerdict.Means(
        kinds: proof.kinds.sorted { $0.rawValue < $1.rawValue }, materials: proof.materials,
        isEquivalent: proof.isEquivalent, clause: ruling.rule.clause)
    }
  }

  /// 容缺: what is missing may wait where everything that must be there for it is.
  func allowDeferrals(_ requirements: inout [RequirementVerdict]) {
    let met = Set(requirements.filter(\.isMet).map(\.requirement))
    for place in requirements.indices {
      guard let ruling = terms.decision(requirements[place].requirement)?.deferral,
        ruling.rule.outcome.given.isSubset(of: met)
      else { continue }
      switch requirements[place].state {
      case .missing(let absence):
        requirements[place].state = .deferred(ruling.rule.outcome.until, because: absence)
        requirements[place].reason = RequirementVerdict.Source(ruling)
        requirements[place].deferral = ruling.rule.outcome.until
      case .unchecked: requirements[place].deferral = ruling.rule.outcome.until
      case .notRequired, .certificate, .material, .identified, .deferred, .undecided, .silent, .baseless:
        break
      }
    }
  }

  /// Levels are about what is needed to apply. None as long as something could not be checked that the customer may yet have to bring.
  func level(_ requirements: [RequirementVerdict]) -> SupplyLevel? {
    guard case .word(let stage)? = supply.facts[.stage],
      stage == SupplyStep.application || stage == SupplyStep.booking
    else {
      return nil
    }
    var (isDeferred, isOpen) = (false, false)
    for one in requirements {
      switch one.state {
      case .undecided, .silent: return nil
      case .deferred: isDeferred = true
      case .unchecked: isOpen = true
      case .notRequired, .certificate, .material, .identified, .missing, .baseless: break
      }
    }
    // Whatever else comes, something waits.
    if isDeferred { return .deferred }
    if isOpen { return nil }
    switch requirements.count(where: \.isBorne) {
    case 0: return .zero
    case 1: return .one
    case 2: return .two
    default: return .more
    }
  }
}
