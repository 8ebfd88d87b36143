public import Certificates
public import CivilTime

/// What a policy says about one thing that may have to be shown, with the rule behind each part.
public struct SupplyDecision: Hashable, Sendable {
  public let requirement: SupplyRequirement
  public let demand: Resolution<SupplyDemand>
  /// The clause that demands it of the customer says what platforms yield, and this is not among it: it is the customer's own
  /// to bring (一证办电).
  public let isCustomersOwn: Bool
  /// What meets it, nearest policy first. Empty where it is not required.
  public let proofs: [Ruling<SupplyProof>]
  /// From where it can be had.
  public let sources: [Ruling<SupplySource>]
  public let deferral: Ruling<SupplyDeferral>?
  public let exemptions: [Ruling<SupplyExemption>]
  /// What is not known and matters for any of these.
  public let missing: [Fact]

  /// Whether it must be shown by somebody; nil where that is not decided.
  public var isRequired: Bool? { demand.ruling.map { $0.rule.outcome != .none } }

  /// The rule by which nobody is asked for this reason.
  public func exemption(_ reason: SupplyExemption.Reason) -> Ruling<SupplyExemption>? {
    exemptions.first { $0.rule.outcome.reasons.contains(reason) }
  }

  /// The rule by which certificates of a kind count, a proper one before an equivalent.
  public func proof(by kind: CertificateKind) -> Ruling<SupplyProof>? {
    first { $0.kinds.contains(kind) }
  }

  /// The rule by which a file counts.
  public func proof(byMaterial code: String) -> Ruling<SupplyProof>? {
    first { $0.materials.contains(code) }
  }

  /// The rule by which being recognised counts.
  public var faceProof: Ruling<SupplyProof>? { first { $0.isFace } }

  private func first(_ isIt: (SupplyProof) -> Bool) -> Ruling<SupplyProof>? {
    let found = proofs.filter { isIt($0.rule.outcome) }
    return found.first { !$0.rule.outcome.isEquivalent } ?? found.first
  }
}

/// What a policy says about a supply application.
public struct SupplyTerms: Hashable, Sendable {
  public let policy: Policy
  /// In the order of `SupplyRequirement`.
  public let decisions: [SupplyDecision]
  /// By kind, after how many days a record is looked up again; none where no rule says.
  public let freshness: [CertificateKind: Int]
  /// By the kind of certificate and its level, up to which voltage its holders may design or build; none where no rule says.
  public let grades: [CertificateKind: [String: Ruling<QualificationGrade>]]
  /// What the documents call the levels, nearest policy first.
  public let levels: [Ruling<SupplyLevelName>]

  public func decision(_ requirement: SupplyRequirement) -> SupplyDecision? {
    decisions.first { $0.requirement == requirement }
  }

  /// The kinds of certificates that anything required can be met by.
  public var kinds: Set<CertificateKind> {
    decisions.reduce(into: []) { kinds, decision in
      for proof in decision.proofs { kinds.formUnion(proof.rule.outcome.kinds) }
    }
  }
}

extension PolicyLibrary {
  /// What an application with these facts needs, on a day, by the nearest policy of the region; nil when no policy is
  /// about the region.
  public func supply(forRegion code: String, _ facts: Facts, on day: CivilDate) -> SupplyTerms? {
    guard let policy = policy(forRegion: code) else { return nil }
    let resolver = Resolver(chain: chain(policy), facts: facts, day: day)
    var freshness: [CertificateKind: Int] = [:]
    for ruling in resolver.all(\.supply.freshness).rulings {
      for kind in ruling.rule.outcome.kinds where freshness[kind] == nil {
        freshness[kind] = ruling.rule.outcome.days
      }
    }
    var grades: [CertificateKind: [String: Ruling<QualificationGrade>]] = [:]
    for ruling in resolver.all(\.supply.grades).rulings {
      let grade = ruling.rule.outcome
      if grades[grade.kind]?[grade.level] == nil { grades[grade.kind, default: [:]][grade.level] = ruling }
    }
    return SupplyTerms(
      policy: policy, decisions: SupplyRequirement.allCases.map { resolver.decision($0) },
      freshness: freshness, grades: grades,
      levels: resolver.all(\.supply.levels).rulings)
  }

  /// The steps that follow an application with these facts, on a day, by the nearest policy of the region that says; none where none does.
  public func stages(forRegion code: String, _ facts: Facts, on day: CivilDate) -> Set<String> {
    guard let policy = policy(forRegion: code) else { return [] }
    let resolver = Resolver(chain: chain(policy), facts: facts, day: day)
    return resolver.resolve(\.supply.stages).ruling?.rule.outcome.stages ?? []
  }
}

extension Resolver {
  func decision(_ requirement: SupplyRequirement) -> SupplyDecision {
    let demand = resolve(\.supply.demands, requirement: requirement)
    guard let decided = demand.ruling?.rule.outcome, decided != .none else {
      return SupplyDecision(
        requirement: requirement, demand: demand, isCustomersOwn: false, proofs: [], sources: [],
        deferral: nil,
        exemptions: [], missing: [])
    }
    let proofs = all(\.supply.proofs, requirement: requirement)
    let sources = all(\.supply.obtainable, requirement: requirement)
    let deferral = resolve(\.supply.deferrals, requirement: requirement)
    let exemptions = all(\.supply.exemptions, requirement: requirement)
    var missing = Set(proofs.missing + sources.missing + exemptions.missing)
    if case .undecided(let facts) = deferral { missing.formUnion(facts) }
    return SupplyDecision(
      requirement: requirement, demand: demand,
      isCustomersOwn: sources.rulings.isEmpty && demand.ruling.map(drawsALine) ?? false,
      proofs: proofs.rulings, sources: sources.rulings,
      deferral: deferral.ruling, exemptions: exemptions.rulings,
      missing: missing.sorted { $0.rawValue < $1.rawValue })
  }

  /// Whether the clause of a demand on the customer is also one by which something can be had elsewhere.
  private func drawsALine(_ demand: Ruling<SupplyDemand>) -> Bool {
    demand.rule.outcome == .customer
      && chain.contains { policy in
        policy.name == demand.policy
          && policy.supply.obtainable.contains { $0.clause == demand.rule.clause }
      }
  }
}
