import Applications
import CivilTime

/// The rule that decides, and where it stands.
public struct Ruling<Outcome: Hashable & Sendable>: Hashable, Sendable {
  public let rule: Rule<Outcome>
  /// The policy it stands in.
  public let policy: String
  public let document: PolicyDocument
  /// The document's term has ended, and the site goes on by it.
  public let isContinued: Bool
}

/// What a list of rules says about facts.
public enum Resolution<Outcome: Hashable & Sendable>: Hashable, Sendable {
  case decided(Ruling<Outcome>)
  /// It depends on what is not known.
  case undecided([Fact])
  /// No rule in force says anything.
  case silent

  public var ruling: Ruling<Outcome>? {
    if case .decided(let ruling) = self { ruling } else { nil }
  }
}

/// Asks policies, the nearest first.
struct Resolver {
  /// A policy and those above it.
  let chain: [Policy]
  let facts: Facts
  let day: CivilDate

  /// The first policy with a rule that holds decides. A rule that might hold, were more known, stands in the way of
  /// everything above it unless it would say the same.
  func resolve<Outcome>(
    _ list: KeyPath<Policy, [Rule<Outcome>]>, item: PermitItem? = nil, way: PermitWay? = nil,
    requirement: SupplyRequirement? = nil
  ) -> Resolution<Outcome> {
    var open: [(facts: [Fact], outcome: Outcome)] = []
    for policy in chain {
      var found: Ruling<Outcome>?
      for (rule, ruling) in candidates(policy, list, item, way, requirement) {
        switch rule.condition.holds(for: facts) {
        case .yes: if found == nil { found = ruling }
        case .no: break
        case .unknown(let missing): open.append((missing, rule.outcome))
        }
      }
      guard let found else { continue }
      let differing = open.filter { $0.outcome != found.rule.outcome }
      return differing.isEmpty ? .decided(found) : .undecided(Self.named(differing.flatMap(\.facts)))
    }
    return open.isEmpty ? .silent : .undecided(Self.named(open.flatMap(\.facts)))
  }

  /// Every rule that holds, of all policies: for lists whose outcomes add up.
  func all<Outcome>(
    _ list: KeyPath<Policy, [Rule<Outcome>]>, item: PermitItem? = nil, way: PermitWay? = nil,
    requirement: SupplyRequirement? = nil
  ) -> (rulings: [Ruling<Outcome>], missing: [Fact]) {
    var rulings: [Ruling<Outcome>] = []
    var missing: [Fact] = []
    for policy in chain {
      for (rule, ruling) in candidates(policy, list, item, way, requirement) {
        switch rule.condition.holds(for: facts) {
        case .yes: rulings.append(ruling)
        case .no: break
        case .unknown(let facts): missing += facts
        }
      }
    }
    return (rulings, Self.named(missing))
  }

  /// The rules in force that are about the item, the way and what has to be shown.
  func candidates<Outcome>(
    _ policy: Policy, _ list: KeyPath<Policy, [Rule<Outcome>]>, _ item: PermitItem?, _ way: PermitWay?,
    _ requirement: SupplyRequirement? = nil
  ) -> [(Rule<Outcome>, Ruling<Outcome>)] {
    policy[keyPath: list].compactMap { rule in
      guard item.map(rule.items.contains) ?? true, way.map(rule.ways.contains) ?? true,
        requirement.map(rule.requirements.contains) ?? true, rule.term.contains(day),
        let document = policy.documents[rule.clause.document]
      else { return nil }
      let force = document.force(on: day)
      guard force != .none else { return nil }
      return (
        rule,
        Ruling(rule: rule, policy: policy.name, document: document, isContinued: force == .continued)
      )
    }
  }

  private static func named(_ facts: [Fact]) -> [Fact] {
    Set(facts).sorted { $0.rawValue < $1.rawValue }
  }
}
