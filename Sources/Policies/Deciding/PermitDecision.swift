public import Applications
public import Calendars
public import CivilTime

/// What a policy says about one permit item of a line, with the rule behind each part.
public struct PermitDecision: Hashable, Sendable {
  public let item: PermitItem
  public let need: Resolution<PermitNeed>
  /// Only where it is needed.
  public let way: Resolution<PermitWay>?
  /// Only where the platform decides.
  public let limit: Resolution<PermitLimit>?
  public let clock: ClockRule?
  /// Only where the platform decides and a policy says how long all permits together may take.
  public let total: Resolution<PermitLimit>?
  /// Each file once, in the order of the rules; nearest policy first.
  public let materials: [Material]
  public let after: Set<PermitItem>
  /// What is not known and matters for the limit, the materials or the order.
  public let missing: [Fact]

  /// A file to hand in, and the clause that asks for it.
  public struct Material: Hashable, Sendable {
    public let code: String
    public let clause: Clause
  }
}

extension PolicyLibrary {
  /// What is to be done for each permit item of a line with these facts, on a day, by the nearest policy of the region.
  /// `nil` when no policy is about the region.
  public func permits(
    forRegion code: String, _ facts: Facts, on day: CivilDate
  ) -> (policy: Policy, decisions: [PermitDecision])? {
    guard let policy = policy(forRegion: code) else { return nil }
    let resolver = Resolver(chain: chain(policy), facts: facts, day: day)
    return (policy, PermitItem.allCases.map { resolver.decision($0) })
  }

  /// How long permits that are decided may take together: one for each rule that says so, with the items it is about. Those
  /// that set no limit are left out.
  public func totals(
    of decisions: [PermitDecision], by policy: Policy
  ) -> [(ruling: Ruling<PermitLimit>, clock: ClockRule, items: [PermitItem])] {
    let settings = Policy.clock(of: chain(policy))
    var totals: [(ruling: Ruling<PermitLimit>, clock: ClockRule, items: [PermitItem])] = []
    for decision in decisions {
      guard let ruling = decision.total?.ruling else { continue }
      if let known = totals.firstIndex(where: { $0.ruling == ruling }) {
        totals[known].items.append(decision.item)
      } else if let clock = settings?.rule(ruling.rule.outcome) {
        totals.append((ruling, clock, [decision.item]))
      }
    }
    return totals
  }

  /// The utility's own limits that apply, by step.
  public func process(
    forRegion code: String, _ facts: Facts, on day: CivilDate
  ) -> [String: Resolution<ProcessLimit>]? {
    guard let policy = policy(forRegion: code) else { return nil }
    let chain = chain(policy)
    let steps = Set(chain.flatMap { $0.process.map(\.outcome.step) })
    var limits: [String: Resolution<ProcessLimit>] = [:]
    for step in steps {
      let resolver = Resolver(chain: chain.map { $0.onlyProcess(step) }, facts: facts, day: day)
      limits[step] = resolver.resolve(\.process)
    }
    return limits
  }
}

extension Resolver {
  func decision(_ item: PermitItem) -> PermitDecision {
    let need = resolve(\.needs, item: item)
    let way = need.ruling?.rule.outcome == .needed ? resolve(\.ways, item: item) : nil
    guard let decided = way?.ruling?.rule.outcome, decided.isHandedIn else {
      return PermitDecision(
        item: item, need: need, way: way, limit: nil, clock: nil, total: nil, materials: [], after: [],
        missing: [])
    }
    let limit = decided.isDecided ? resolve(\.limits, item: item, way: decided) : nil
    let total = decided.isDecided ? resolve(\.totals, item: item, way: decided) : nil
    let materials = all(\.materials, item: item, way: decided)
    let order = all(\.order, item: item, way: decided)
    var missing = Set(materials.missing + order.missing)
    for case .undecided(let facts)? in [limit, total] { missing.formUnion(facts) }
    var codes: Set<String> = []
    let list = materials.rulings.flatMap { ruling in
      ruling.rule.outcome.codes.map { PermitDecision.Material(code: $0, clause: ruling.rule.clause) }
    }
    let clock = limit?.ruling.flatMap { Policy.clock(of: chain)?.rule($0.rule.outcome) }
    return PermitDecision(
      item: item, need: need, way: way, limit: limit, clock: clock, total: total == .silent ? nil : total,
      materials: list.filter { codes.insert($0.code).inserted },
      after: order.rulings.reduce(into: []) { $0.formUnion($1.rule.outcome.after) },
      missing: missing.sorted { $0.rawValue < $1.rawValue })
  }
}

extension Policy {
  /// How clocks are kept by a policy and those above it.
  static func clock(of chain: [Policy]) -> ClockSettings? { chain.lazy.compactMap(\.clock).first }

  func onlyProcess(_ step: String) -> Policy {
    Policy(
      name: name, title: title, region: region, parent: parent, documents: documents, clock: clock, needs: [],
      ways: [],
      limits: [], totals: [], materials: [], order: [], process: process.filter { $0.outcome.step == step },
      supply: .none)
  }
}
