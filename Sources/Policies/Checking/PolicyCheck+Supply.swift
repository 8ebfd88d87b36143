import CivilTime

/// 四免: what a policy must not ask for.
extension PolicyCheck {
  /// Looks at what is demanded for all facts that the rules can tell apart: whether a document demands it, whether the
  /// customer is left alone with what can be had elsewhere, and whether anything meets it.
  func lookForExemptions(_ chain: [Policy], _ requirement: SupplyRequirement) -> [PolicyFinding] {
    var findings: [PolicyFinding] = []
    var seen: Set<String> = []
    for day in days(chain, since: start) {
      let empty = Resolver(chain: chain, facts: Facts(), day: day)
      func conditions<Outcome>(_ list: KeyPath<Policy, [Rule<Outcome>]>) -> [Condition] {
        chain.flatMap { empty.candidates($0, list, nil, nil, requirement).map(\.0.condition) }
      }
      let space = FactSpace(
        conditions(\.supply.demands) + conditions(\.supply.obtainable) + conditions(\.supply.proofs))
      space.forEach { facts in
        let resolver = Resolver(chain: chain, facts: facts, day: day)
        guard let demand = resolver.resolve(\.supply.demands, requirement: requirement).ruling,
          demand.rule.outcome != .none
        else { return true }
        let sources = resolver.all(\.supply.obtainable, requirement: requirement).rulings
        let hasProof = !resolver.all(\.supply.proofs, requirement: requirement).rulings.isEmpty
        func find(_ code: PolicyFinding.Code, _ rules: [String], in policies: [String]) {
          // What is wrong above is found there.
          guard policies.contains(chain[0].name), seen.insert("\(code) \(rules)").inserted else { return }
          findings.append(
            finding(code, chain[0], "demands", nil, day, rules, facts, isError: day == start, requirement))
        }
        if demand.document.isAssumed { find(.noBasis, [demand.rule.id], in: [demand.policy]) }
        if demand.rule.outcome == .customer, let source = sources.first {
          find(.obtainable, [demand.rule.id, source.rule.id], in: [demand.policy, source.policy])
        }
        if demand.rule.outcome == .shared, sources.isEmpty {
          find(.unobtainable, [demand.rule.id], in: [demand.policy])
        }
        if !hasProof { find(.noProof, [demand.rule.id], in: [demand.policy]) }
        return true
      }
    }
    return findings
  }
}
